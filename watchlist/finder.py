"""Terms of many watches found in one pass over a text."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Final, Literal, NamedTuple

from ahocorasick_rs import AhoCorasick, Implementation

from arabic.clitics import Profile, forms
from arabic.fold import fold
from watchlist.text import Text

_DFA_LIMIT = 5000  # patterns; beyond, its tables no longer fit the processor's cache
_SURROGATE = re.compile("[\ud800-\udfff]")

Role = Literal["spelling", "weak", "exception", "term", "section"]


class AnyEnding:
    """Whatever may follow a stem that was written with ``*``."""

    longest: Final = 30  # letters; no word is longer, and a hostile text must not be read twice

    def __contains__(self, letters: object) -> bool:
        return isinstance(letters, str) and len(letters) <= self.longest


_ANY_ENDING = AnyEnding()


@dataclass(slots=True, frozen=True)
class Pattern:
    """What a core found in the text means: a term of a watch, if these letters stand around it."""

    before: frozenset[str]
    after: frozenset[str] | AnyEnding
    watch: int
    role: Role
    term: str
    loose: bool
    """The core is not in the spelling as it stands: a gap closed, a case changed."""


class Place(NamedTuple):
    """Whole words of one folded field, in which a term was found."""

    field: int
    start: int
    end: int
    loose: bool
    term: str


class Miss(NamedTuple):
    """Where the letters of a core stand, but not as its pattern wants them.

    ``before`` and ``after`` are the letters that stand around it in the same word, of very long
    words the nearest. If the pattern takes both, a blank line tears the words.
    """

    pattern: Pattern
    field: int
    start: int
    end: int
    before: str
    after: str


def patterns(term: str, watch: int, role: Role, profile: Profile) -> Iterator[tuple[str, Pattern]]:
    """Yield every core of a term with what it means."""
    stem = term.removesuffix("*")
    plain = fold(stem)
    for form in forms(stem, profile):
        after = form.after if stem == term else _ANY_ENDING
        yield form.core, Pattern(form.before, after, watch, role, term, form.core not in plain)


class Finder:
    """An automaton of all cores."""

    def __init__(self, found: Iterable[tuple[str, Pattern]]) -> None:
        cores: dict[str, list[Pattern]] = defaultdict(list)
        for core, pattern in found:
            cores[core].append(pattern)
        # With each core, all that may stand before any of its patterns: most cores that are found
        # stand inside longer words, and are left with one look.
        self._table = [(_befores(meant), tuple(meant)) for meant in cores.values()]
        # Letters of which one stands right before a core, if any: without it, one look is enough.
        self._nearest = {p[-1] for befores, _ in self._table for p in befores if p}
        # What can stand around a core is short: farther letters need not be looked at.
        every = [pattern for meant in cores.values() for pattern in meant]
        self._before = 1 + max((len(p) for pattern in every for p in pattern.before), default=0)
        self._after = 1 + max((_longest(pattern) for pattern in every), default=0)
        small = len(cores) <= _DFA_LIMIT
        implementation = Implementation.DFA if small else Implementation.ContiguousNFA
        self._automaton = AhoCorasick(list(cores), implementation=implementation)

    def find(
        self, number: int, text: Text, missed: Callable[[Miss], None] | None = None
    ) -> Iterator[tuple[Pattern, Place]]:
        """Yield each pattern that fits in a field, with the whole words it stands in.

        ``missed`` is told of each that does not, and of each that a blank line tears.
        """
        folded = text.folded
        length = len(folded)
        table, nearest = self._table, self._nearest
        for core, start, end in self._cores(folded):
            left = start
            if start and folded[start - 1].isalnum():
                if folded[start - 1] not in nearest and missed is None:
                    continue
                floor = max(0, start - self._before)
                left -= 1
                while left > floor and folded[left - 1].isalnum():
                    left -= 1
            before = folded[left:start]
            befores, meant = table[core]
            if before not in befores and missed is None:
                continue
            right = end
            if end < length and folded[end].isalnum():
                ceiling = min(length, end + self._after)
                right += 1
                while right < ceiling and folded[right].isalnum():
                    right += 1
            after = folded[end:right]
            for pattern in meant:
                fits = after in pattern.after and before in pattern.before
                if fits and not text.is_torn(left, right):
                    yield pattern, Place(number, left, right, pattern.loose, pattern.term)
                elif missed is not None:
                    missed(Miss(pattern, number, start, end, before, after))

    def _cores(self, folded: str) -> list[tuple[int, int, int]]:
        find = self._automaton.find_matches_as_indexes
        try:
            return find(folded, overlapping=True)
        except UnicodeEncodeError:  # lone surrogates, which are no letters
            return find(_SURROGATE.sub("\ufffd", folded), overlapping=True)


def _befores(meant: Iterable[Pattern]) -> frozenset[str]:
    sets = {pattern.before for pattern in meant}
    return sets.pop() if len(sets) == 1 else frozenset().union(*sets)


def _longest(pattern: Pattern) -> int:
    after = pattern.after
    return after.longest if isinstance(after, AnyEnding) else max(map(len, after), default=0)
