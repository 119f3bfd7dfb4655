"""Outlines of texts, small enough to keep: they rule out most candidates without their texts.

An outline has what of a text is known by its hash, packed. What may be like by its text may be like
by its outline too.
"""

from __future__ import annotations

from array import array
from collections import OrderedDict
from collections.abc import Mapping, Set
from dataclasses import dataclass

from database.likeness import (
    RELATED,
    REWORDED,
    REWORDED_LENGTH,
    REWORDED_RUNS,
    TITLES_AGREE,
    share_of_title,
    weighted_share,
    weights,
)
from database.shingles import Text

MOST_RUNS = 1_000_000
"""Runs of all outlines that are kept: with the words about 16 MB, or 3,000 articles."""

Key = tuple[object, ...]
"""What tells an article's text from every other one, and from its own earlier ones."""


@dataclass(slots=True, frozen=True)
class Outline:
    """A text as far as it takes to rule it out."""

    title: frozenset[str]
    length: int
    """Words of the text."""
    shingles: int
    """How many different runs it has."""
    runs: array[int]
    """All runs, in order."""
    vocabulary: array[int]
    sampled: array[int]

    @classmethod
    def of(cls, text: Text) -> Outline:
        """The outline of a text."""
        return cls(
            title=frozenset(text.title),
            length=len(text.words),
            shingles=len(text.shingles),
            runs=array("Q", text.runs),
            vocabulary=array("Q", text.vocabulary),
            sampled=array("Q", text.sampled),
        )


@dataclass(slots=True, frozen=True)
class Overlap:
    """What a candidate shares with the text. ``sampled``: the runs whose days are to be known."""

    other: Outline
    shared: Set[int]
    sampled: Set[int]


class Sieve:
    """Rules out what cannot be like one text: first by what it shares, then by its days."""

    def __init__(self, text: Text) -> None:
        self.outline = Outline.of(text)
        self._text = text
        self._sampled = frozenset(text.sampled)

    def overlap(self, other: Outline) -> Overlap | None:
        """None if they share too little, whatever the days."""
        own = self.outline
        shared = self._text.shingles.intersection(other.runs)
        least = REWORDED_RUNS * min(own.shingles, other.shingles)
        if len(shared) < least:
            return None
        # Only those that the shorter text has can weigh its runs.
        if own.shingles < other.shingles:
            sampled = self._sampled | shared.intersection(other.sampled)
        elif own.shingles > other.shingles:
            sampled = (self._sampled & shared).union(other.sampled)
        else:
            sampled = self._sampled.union(other.sampled)
        return Overlap(other, shared, sampled)

    def may_be_like(self, found: Overlap, other_days: Mapping[int, int]) -> bool:
        """Whether any verdict but "different" is possible; ``other_days`` as for ``compare``."""
        own, other = self.outline, found.other
        return (
            (own.shingles <= other.shingles and _shares(own, found.shared, other_days))
            or (own.shingles >= other.shingles and _shares(other, found.shared, other_days))
            or self._may_be_reworded(other)
        )

    def _may_be_reworded(self, other: Outline) -> bool:
        lengths = sorted((self.outline.length, other.length))
        own = self._text.vocabulary
        words = min(len(own), len(other.vocabulary))
        return (
            lengths[0] >= REWORDED_LENGTH * lengths[1]
            and share_of_title(self.outline.title, other.title) >= TITLES_AGREE
            and len(own.intersection(other.vocabulary)) >= REWORDED * words
        )


class Outlines:
    """The outlines that were asked for last."""

    def __init__(self) -> None:
        self._kept: OrderedDict[Key, Outline] = OrderedDict()
        self._runs = 0

    def get(self, key: Key) -> Outline | None:
        """The outline that was kept under a key, or None."""
        outline = self._kept.get(key)
        if outline:
            self._kept.move_to_end(key)
        return outline

    def keep(self, key: Key, outline: Outline) -> Outline:
        """Keep an outline in place of those that were not asked for the longest."""
        if key not in self._kept:
            self._kept[key] = outline
            self._runs += len(outline.runs)
        while self._runs > MOST_RUNS:
            _, oldest = self._kept.popitem(last=False)
            self._runs -= len(oldest.runs)
        return outline


def _shares(short: Outline, shared: Set[int], other_days: Mapping[int, int]) -> bool:
    return weighted_share(short.runs, weights(short.runs, other_days), shared) >= RELATED
