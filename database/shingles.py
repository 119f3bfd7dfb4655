"""A text as its runs of three words: what near-duplicates are found and measured by.

A run (shingle) has a hash that never changes, because the store keeps it: ``VERSION`` counts the
ways of hashing and sampling there have been. The bottom sketch keeps the smallest hashes of a
text, one in ``ONE_IN``; unlike the signatures of MinHash it can be compared between a long text
and a short one (Broder 1997, "On the resemblance and containment of documents", modulo sketch).
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence, Set
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b
from operator import add

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

TEXTS_KEPT = 64
"""Texts in memory: an article is compared with the same few of its days again and again."""
MOST_WORDS = 20_000
"""Of a longer text only so many words are compared: no article is as long, but a page may be."""


@dataclass(slots=True, frozen=True)
class Text:
    """An article as it is compared. The body's runs and words count by their hashes: that two
    different ones have the same is less likely than that a disk errs."""

    title: tuple[str, ...]
    words: tuple[str, ...]
    runs: tuple[int, ...]
    """The hash of each run, in order."""
    shingles: frozenset[int]
    vocabulary: frozenset[int]
    sampled: tuple[int, ...]
    """The hashes under which it is found: a sample of its runs, its lead and its title."""

    @classmethod
    @lru_cache(maxsize=TEXTS_KEPT)
    def of(cls, title: str | None, body: str | None) -> Text:
        """The text of an article; lines that were left out of its body do not count."""
        heading, words = words_of(title), words_of(body)[:MOST_WORDS]
        first, second, third = zip(*map(_placed, words), strict=True) if words else ((), (), ())
        runs = _runs(first, second, third) if len(words) >= RUN else _short_run(words)
        shingles = frozenset(runs)
        return cls(
            title=heading,
            words=words,
            runs=runs,
            shingles=shingles,
            vocabulary=frozenset(first),
            sampled=_sample(runs, shingles, hash_title(heading)),
        )

    @property
    def numbers(self) -> list[str]:
        """The numbers of the body, without the particles that are written with them."""
        return _NUMBER.findall(" ".join(self.words))


def hash_title(title: Sequence[str]) -> int | None:
    """48 bits of a title; None for one that is too short to be evidence."""
    if len(title) < TITLE_WORDS:
        return None
    digest = blake2b(" ".join(title).encode(), digest_size=BITS // 8, person=b"title").digest()
    return int.from_bytes(digest)


def _sample(runs: Sequence[int], distinct: Set[int], title: int | None) -> tuple[int, ...]:
    ordered = sorted(distinct)
    below = bisect_left(ordered, (1 << BITS) // ONE_IN, hi=min(len(ordered), MOST))
    kept = {*ordered[: max(below, LEAST)], *sorted({*runs[:LEAD_WORDS]})[:LEAD_KEPT]}
    if title is not None:
        kept.add(title)
    return tuple(sorted(kept))


def _runs(first: Sequence[int], second: Sequence[int], third: Sequence[int]) -> tuple[int, ...]:
    """48 bits for each run, in order, the same on every machine and in every version of Python."""
    sums = map(add, map(add, first, second[1:]), third[2:])
    return tuple([(value & _MASK) >> (64 - BITS) for value in sums])


def _short_run(words: Sequence[str]) -> tuple[int, ...]:
    """A text of fewer words is one run, an empty one none."""
    return ((sum(map(_hash_word, words)) & _MASK) >> (64 - BITS),) if words else ()


@lru_cache(maxsize=1 << 16)
def _placed(word: str) -> tuple[int, int, int]:
    """What a word adds to the hash of a run as its first, second and third."""
    value = _hash_word(word)
    first, second, third = _PLACES
    return value * first & _MASK, value * second & _MASK, value * third & _MASK


def _hash_word(word: str) -> int:
    return int.from_bytes(blake2b(word.encode(), digest_size=8).digest())
