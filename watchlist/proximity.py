"""Stretches of text beside one another: near, in order, in one sentence, apart."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple


class Span(NamedTuple):
    """A stretch of one field: its first and last word (counted from 0) and the places in it."""

    field: str
    first: int
    last: int
    places: tuple[int, ...]
    """The numbers by which the caller knows the terms found in it."""


Sentences = Callable[[str], Sequence[int]]
"""Field → the numbers of the words with which its sentences begin, ascending."""


def near(left: Sequence[Span], right: Sequence[Span], words: int, *, ordered: bool) -> list[Span]:
    """Return the joined spans with at most ``words`` words between them, ``left`` first if ordered.

    Each span is joined with its nearest neighbours alone: whatever has a partner is in the result,
    and the result is no longer than twice both lists.
    """
    return sorted(
        {_join(a, b) for a, b in _neighbours(left, right, ordered) if _between(a, b) <= words}
    )


def in_one_sentence(
    left: Sequence[Span], right: Sequence[Span], sentences: Sentences
) -> list[Span]:
    """Return the joined neighbours of which both lie, as a whole, in one sentence."""

    def sentence(field: str, word: int) -> int:
        return bisect_right(sentences(field), word)

    def whole(spans: Sequence[Span]) -> list[Span]:
        return [s for s in spans if sentence(s.field, s.first) == sentence(s.field, s.last)]

    return sorted(
        {
            _join(a, b)
            for a, b in _neighbours(whole(left), whole(right), ordered=False)
            if sentence(a.field, a.first) == sentence(b.field, b.first)
        }
    )


def in_order(parts: Sequence[Sequence[Span]], words: int) -> list[Span]:
    """Return the closest chains of one span of each part, in the order of the parts.

    At most ``words`` words stand between the links of a chain altogether.
    """
    chains = [(span, 0) for span in parts[0]]
    for part in parts[1:]:
        # The chain that ends last began last too: no other leaves less between.
        chains.sort(key=lambda chain: (chain[0].field, chain[0].last, chain[0].first))
        ends = [(chain.field, chain.last) for chain, _ in chains]
        longer = []
        for span in part:
            index = bisect_left(ends, (span.field, span.first)) - 1
            if index < 0 or chains[index][0].field != span.field:
                continue
            chain, gap = chains[index]
            gap += _between(chain, span)
            if gap <= words:
                longer.append((_join(chain, span), gap))
        chains = longer
    return sorted({chain for chain, _ in chains})


def apart(spans: Sequence[Span]) -> int:
    """Return how many of the spans can be taken so that no two of them share a word."""
    count = 0
    field, end = "", -1
    for span in sorted(spans, key=lambda s: (s.field, s.last)):
        if span.field != field or span.first > end:
            count += 1
            field, end = span.field, span.last
    return count


def _neighbours(
    left: Sequence[Span], right: Sequence[Span], ordered: bool
) -> Iterator[tuple[Span, Span]]:
    yield from _followed(left, right)
    if not ordered:
        yield from _followed(right, left)


def _followed(left: Sequence[Span], right: Sequence[Span]) -> Iterator[tuple[Span, Span]]:
    """Yield each of ``left`` with the next of ``right``, each of ``right`` with the last before."""
    starts = sorted(right)
    start_keys = [(span.field, span.first) for span in starts]
    ends = sorted(left, key=lambda span: (span.field, span.last, span.first))
    end_keys = [(span.field, span.last) for span in ends]
    for span in left:
        index = bisect_right(start_keys, (span.field, span.last))
        if index < len(starts) and starts[index].field == span.field:
            yield span, starts[index]
    for span in right:
        index = bisect_left(end_keys, (span.field, span.first)) - 1
        if index >= 0 and ends[index].field == span.field:
            yield ends[index], span


def _between(first: Span, second: Span) -> int:
    return second.first - first.last - 1


def _join(first: Span, second: Span) -> Span:
    return Span(first.field, first.first, second.last, first.places + second.places)
