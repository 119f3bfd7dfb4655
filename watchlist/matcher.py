"""Matches of a watchlist in an article."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate
from typing import Literal, NamedTuple

from ahocorasick_rs import AhoCorasick, Implementation

from arabic.clitics import Profile, forms
from arabic.fold import OffsetMap, fold
from watchlist.file import Watch
from watchlist.rules import Rule, Span

Field = Literal["title", "subtitle", "body"]


@dataclass(slots=True, frozen=True)
class Hit:
    """One occurrence: ``field[start:end]`` in Unicode code points of the stored text."""

    term: str
    field: Field
    start: int
    end: int


@dataclass(slots=True, frozen=True)
class Match:
    """A watch that an article matches, with its hits in order of field and start (never empty)."""

    watch: str
    hits: tuple[Hit, ...]


_FIELDS: tuple[Field, ...] = ("title", "subtitle", "body")
_WORD = re.compile(r"\S+")
_BLANK_LINE = re.compile("\n[\\s\u200b-\u200f\u202a-\u202e\ufeff]*\n|\u2029")
_DFA_LIMIT = 5000  # patterns; beyond, its tables no longer fit the processor's cache

_Role = Literal["spelling", "weak", "exception", "term"]


@dataclass(slots=True, frozen=True)
class _Pattern:
    """What a core found in the text means: a term of a watch, if these letters stand around it."""

    before: frozenset[str]
    after: frozenset[str]
    watch: int
    role: _Role
    term: str
    loose: bool
    """The core is not in the spelling as it stands: a gap closed, a case changed."""


class _Place(NamedTuple):
    """Whole words of one folded field, in which a term was found."""

    field: int
    start: int
    end: int
    loose: bool
    term: str


class _Text:
    """A field, folded; what only some articles need is made when asked for."""

    def __init__(self, original: str) -> None:
        self.original = original
        self.folded = fold(original)

    @cached_property
    def offsets(self) -> OffsetMap:
        return OffsetMap(self.original)

    @cached_property
    def has_blank_line(self) -> bool:
        return _BLANK_LINE.search(self.original) is not None

    @cached_property
    def _words(self) -> list[int]:
        return [word.start() for word in _WORD.finditer(self.folded)]

    def word_at(self, position: int) -> int:
        return bisect_right(self._words, position) - 1

    def is_torn(self, start: int, end: int) -> bool:
        """Tell whether a blank line parts the words of a phrase."""
        if not self.has_blank_line or " " not in self.folded[start:end]:
            return False
        return _BLANK_LINE.search(self.original, *self.offsets.span(start, end)) is not None


class Watchlist:
    """Watches, ready to be found in articles."""

    def __init__(self, watches: Iterable[Watch]) -> None:
        self.watches = tuple(watches)
        patterns: dict[str, list[_Pattern]] = defaultdict(list)
        for core, pattern in self._patterns():
            patterns[core].append(pattern)
        self._table = list(patterns.values())
        # What can stand around a core is short: farther letters need not be looked at.
        every = [pattern for found in self._table for pattern in found]
        self._before = 1 + max((len(p) for pattern in every for p in pattern.before), default=0)
        self._after = 1 + max((len(p) for pattern in every for p in pattern.after), default=0)
        small = len(patterns) <= _DFA_LIMIT
        implementation = Implementation.DFA if small else Implementation.ContiguousNFA
        self._automaton = AhoCorasick(list(patterns), implementation=implementation)

    def match(
        self, *, title: str | None = "", subtitle: str | None = "", body: str | None = ""
    ) -> list[Match]:
        """Return the watches that match, in the order of the file."""
        texts = [_Text(text or "") for text in (title, subtitle, body)]
        found: dict[int, dict[_Role, list[_Place]]] = defaultdict(lambda: defaultdict(list))
        for number, text in enumerate(texts):
            for pattern, start, end in self._scan(text):
                place = _Place(number, start, end, pattern.loose, pattern.term)
                found[pattern.watch][pattern.role].append(place)
        matches = []
        for number in sorted(found):
            watch = self.watches[number]
            places = _judge(watch, found[number], texts)
            if places:
                hits = tuple(_hit(place, texts) for place in _longest(places))
                matches.append(Match(watch.name, hits))
        return matches

    def _scan(self, text: _Text) -> Iterator[tuple[_Pattern, int, int]]:
        """Yield each pattern that fits, with the whole words it stands in."""
        folded = text.folded
        length = len(folded)
        for number, start, end in self._automaton.find_matches_as_indexes(folded, overlapping=True):
            left = start
            floor = max(0, start - self._before)
            while left > floor and folded[left - 1].isalnum():
                left -= 1
            right = end
            ceiling = min(length, end + self._after)
            while right < ceiling and folded[right].isalnum():
                right += 1
            before, after = folded[left:start], folded[end:right]
            for pattern in self._table[number]:
                fits = before in pattern.before and after in pattern.after
                if fits and not text.is_torn(left, right):
                    yield pattern, left, right

    def _patterns(self) -> Iterator[tuple[str, _Pattern]]:
        """Yield every core with its pattern."""
        for number, watch in enumerate(self.watches):
            for term, role, profile in _terms(watch):
                plain = fold(term)
                for form in forms(term, profile):
                    loose = form.core not in plain
                    yield form.core, _Pattern(form.before, form.after, number, role, term, loose)


def _terms(watch: Watch) -> Iterator[tuple[str, _Role, Profile]]:
    for term in watch.spellings:
        yield term, "spelling", watch.profile
    for term in watch.weak:
        yield term, "weak", watch.profile
    for term in watch.exceptions:
        yield term, "exception", "name"
    for term in watch.rule.terms if watch.rule else ():
        yield term, "term", watch.profile
    for term in watch.context.terms if watch.context else ():
        # The words of a context are common nouns: قوات must also find القوات and قواته.
        yield term, "term", "thing"


def _judge(watch: Watch, found: dict[_Role, list[_Place]], texts: list[_Text]) -> list[_Place]:
    """Return the places that count for the watch."""
    exceptions = found["exception"]
    places = _outside(exceptions, found["spelling"])
    rule = watch.rule or watch.context
    if rule is None:
        return places
    evidence = _evidence(rule, _outside(exceptions, found["term"]), texts)
    if watch.rule:
        return evidence
    if evidence:
        named = set(map(fold, rule.terms))
        proved = {place[:3] for place in evidence}
        places += [
            place
            for place in _outside(exceptions, found["weak"])
            if place[:3] in proved or fold(place.term) not in named
        ]
    return places


def _evidence(rule: Rule, places: list[_Place], texts: list[_Text]) -> list[_Place]:
    """Return the places that make the rule hold, none where it does not."""
    spans: dict[str, list[Span]] = defaultdict(list)
    origin: list[_Place] = sorted(places)
    for index, (number, start, end, _, term) in enumerate(origin):
        text = texts[number]
        words = text.word_at(start), text.word_at(end - 1)
        spans[term].append(Span(_FIELDS[number], *words, (index,)))
    held = rule.find(spans) or []
    return [origin[index] for index in {index for span in held for index in span.places}]


def _outside(exceptions: list[_Place], places: list[_Place]) -> list[_Place]:
    """Return the places that lie in no exception."""
    if not exceptions:
        return places
    kept = []
    covers = sorted(exceptions)
    reach = list(accumulate(((c.field, c.end) for c in covers), max))
    for place in places:
        index = bisect_right(covers, (place.field, place.start), key=lambda c: c[:2]) - 1
        if index < 0 or reach[index] < (place.field, place.end):
            kept.append(place)
    return kept


def _longest(places: Iterable[_Place]) -> list[_Place]:
    """Return of places that overlap the longest, of equals the one spelled so, in order."""
    kept: list[_Place] = []
    for place in sorted(places, key=lambda p: (p.field, p.start, -p.end, p.loose, p.term)):
        last = kept[-1] if kept else None
        if last is None or last.field != place.field or last.end <= place.start:
            kept.append(place)
        elif place.end - place.start > last.end - last.start:
            kept[-1] = place
    return kept


def _hit(place: _Place, texts: list[_Text]) -> Hit:
    start, end = texts[place.field].offsets.span(place.start, place.end)
    return Hit(place.term, _FIELDS[place.field], start, end)
