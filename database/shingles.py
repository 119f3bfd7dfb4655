"""A text as its runs of three words: what near-duplicates are found and measured by.

A run (shingle) has a hash that never changes, because the store keeps it: ``VERSION`` counts the
ways of hashing and sampling there have been. The bottom sketch keeps the smallest hashes of a
text, one in ``ONE_IN``; unlike the signatures of MinHash it can be compared between a long text
and a short one (Broder 1997, "On the resemblance and containment of documents", modulo sketch).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from hashlib import blake2b

from arabic.fold import words_of

VERSION = 1
RUN = 3
"""Words of a shingle."""
ONE_IN, LEAST, MOST = 12, 16, 48
"""Of the shingles of a text one in twelve is kept, but not fewer than 16 or more than 48."""
# A brief is another paper's first paragraph: that one is sampled more densely.
LEAD_WORDS, LEAD_KEPT = 26, 6
# Titles of fewer words ("عاجل", "الطقس اليوم") are no evidence.
TITLE_WORDS = 4

BITS = 48
_MASK = (1 << 64) - 1
# Odd multipliers: each place of a run counts differently (the fraction of the golden ratio,
# and two constants of MurmurHash3's 64-bit finaliser).
_PLACES = (0x9E3779B97F4A7C15, 0xFF51AFD7ED558CCD, 0xC4CEB9FE1A85EC53)
_NUMBER = re.compile(r"(?<!\S)[وبلف]?(\d+)(?!\S)")

Shingle = tuple[str, ...]
TEXTS_KEPT = 256
"""Texts in memory: an article is compared with the same few of its days again and again."""


@dataclass(slots=True, frozen=True)
class Text:
    """An article as it is compared: the words of title and body, and the body's runs."""

    title: tuple[str, ...]
    words: tuple[str, ...]
    runs: tuple[Shingle, ...]
    shingles: frozenset[Shingle]
    vocabulary: frozenset[str]
    numbers: tuple[str, ...] = field(repr=False)

    @classmethod
    @lru_cache(maxsize=TEXTS_KEPT)
    def of(cls, title: str | None, body: str | None) -> Text:
        """The text of an article; lines that were left out of its body do not count."""
        words = tuple(words_of(body))
        runs = tuple(shingles(words))
        return cls(
            title=tuple(words_of(title)),
            words=words,
            runs=runs,
            shingles=frozenset(runs),
            vocabulary=frozenset(words),
            numbers=tuple(_NUMBER.findall(" ".join(words))),
        )


def shingles(words: Sequence[str]) -> Iterable[Shingle]:
    """The runs of three words in order; a shorter text is one run, an empty one none."""
    if len(words) < RUN:
        return [tuple(words)] if words else []
    return zip(words, words[1:], words[2:], strict=False)


@lru_cache(maxsize=TEXTS_KEPT)
def hashes(words: tuple[str, ...]) -> list[int]:
    """48 bits for each run, in order, the same on every machine and in every version of Python."""
    each = [_hash_word(word) for word in words]
    if len(each) < RUN:
        return [(sum(each) & _MASK) >> (64 - BITS)] if each else []
    one, two, three = _PLACES
    return [
        (a * one + b * two + c * three & _MASK) >> (64 - BITS)
        for a, b, c in zip(each, each[1:], each[2:], strict=False)
    ]


def hash_words(words: Iterable[str]) -> set[int]:
    """64 bits for each word."""
    return {*map(_hash_word, words)}


def sketch(text: Text) -> list[int]:
    """The hashes under which a text is found: a sample of its runs, its lead and its title."""
    return _sketch(text.words, text.title)


def hash_title(title: Sequence[str]) -> int | None:
    """48 bits of a title; None for one that is too short to be evidence."""
    if len(title) < TITLE_WORDS:
        return None
    digest = blake2b(" ".join(title).encode(), digest_size=BITS // 8, person=b"title").digest()
    return int.from_bytes(digest)


@lru_cache(maxsize=TEXTS_KEPT)
def _sketch(words: tuple[str, ...], title: tuple[str, ...]) -> list[int]:
    runs = hashes(words)
    kept = _bottom(runs, LEAST, MOST) | {*sorted(set(runs[:LEAD_WORDS]))[:LEAD_KEPT]}
    found = hash_title(title)
    return sorted(kept | ({found} if found is not None else set()))


def _bottom(hashes: Sequence[int], least: int, most: int) -> set[int]:
    ordered = sorted(set(hashes))
    below = sum(value < (1 << BITS) // ONE_IN for value in ordered[:most])
    return set(ordered[: max(below, least)])


@lru_cache(maxsize=1 << 16)
def _hash_word(word: str) -> int:
    return int.from_bytes(blake2b(word.encode(), digest_size=8).digest())
