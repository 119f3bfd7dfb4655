"""Why a watch matches a text, and why what looks like a hit is none."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate
from typing import Literal

from arabic.clitics import forms
from watchlist.finder import Miss, Place, Role
from watchlist.judge import Found, facts, judge, longest, outside, rule_places
from watchlist.lacking import lacking
from watchlist.matcher import Hit, Watchlist, hit
from watchlist.text import Article
from watchlist.watch import Watch

Reason = Literal["exception", "context", "rule", "letters", "blank line", "overlap"]

_Words = tuple[int, int, int]  # field, start and end in the folded text


@dataclass(slots=True, frozen=True)
class Refusal:
    """Words that hold a term and do not count; ``why`` is a line, ``details`` are more."""

    hit: Hit
    reason: Reason
    why: str
    details: tuple[str, ...] = ()


@dataclass(slots=True, frozen=True)
class Account:
    """A watch with its hits, as ``Watchlist.match`` gives them, and what it refused."""

    watch: str
    hits: tuple[Hit, ...]
    refusals: tuple[Refusal, ...]


def explain(
    watchlist: Watchlist, texts: dict[str, str], *, inside_words: bool = True
) -> list[Account]:
    """Return the watches of which something stands in the text, in the order of the file.

    ``texts`` are the arguments of ``Watchlist.match``. Without ``inside_words`` a word that holds
    a term is told only if it begins with it, particles apart: of الرقة, والرقيون but not متفرقة.
    """
    hits = {match.watch: match.hits for match in watchlist.match(**texts)}
    article = watchlist.article(**texts)
    missed: dict[int, list[Miss]] = defaultdict(list)

    def note(miss: Miss) -> None:
        if inside_words or miss.before in _PARTICLES or miss.before in miss.pattern.before:
            missed[miss.pattern.watch].append(miss)

    found = watchlist.found(article, note)
    accounts = []
    for number, watch in enumerate(watchlist.watches):
        if number in found or number in missed:
            judged = _Judged(watch, found.get(number, {}), article)
            refusals = [*judged.refusals(), *judged.misses(missed[number])]
            refusals.sort(key=lambda r: (_FIELD_ORDER[r.hit.field], r.hit.start, r.hit.end))
            if refusals or watch.name in hits:
                accounts.append(Account(watch.name, hits.get(watch.name, ()), tuple(refusals)))
    return accounts


_PARTICLES = frozenset(before for form in forms("قصف", "thing") for before in form.before)
"""All that can stand before some word."""

_FIELD_ORDER = {"title": 0, "subtitle": 1, "body": 2}


class _Cover:
    """Places, asked which of them lie over some words."""

    def __init__(self, places: Iterable[Place]) -> None:
        self._places = sorted(places)
        self._reach = list(accumulate(((p.field, p.end) for p in self._places), max))

    def over(self, words: _Words) -> list[Place]:
        """Return the places that share a letter with the words, in order."""
        field, start, end = words
        index = bisect_left(self._places, (field, end), key=lambda p: (p.field, p.start))
        found = []
        while index and self._reach[index - 1] > (field, start):
            index -= 1
            if self._places[index].end > start:
                found.append(self._places[index])
        return found[::-1]


class _Judged:
    """What was found of one watch, beside the judge's word on it."""

    def __init__(self, watch: Watch, found: Found, article: Article) -> None:
        self._watch = watch
        self._article = article
        self._found = found
        self._counted = judge(watch, found, article)
        self._hits = longest(self._counted)
        roles: tuple[Role, ...] = ("term",) if watch.rule else ("spelling", "weak")
        self._candidates = [place for role in roles for place in found.get(role, [])]

    def refusals(self) -> Iterator[Refusal]:
        """Yield the places of whole words that do not count."""
        counted = set(self._counted)
        spared = set(self._candidates) - set(outside(self._exceptions, self._candidates))
        hits, exceptions = _Cover(self._hits), _Cover(self._exceptions)
        seen: set[_Words] = {place[:3] for place in self._hits}
        for place in sorted(self._candidates, key=lambda p: (*p[:3], p.loose)):
            words = place[:3]
            if words in seen:
                continue
            seen.add(words)
            if place in counted:
                yield self._overlapped(place, hits)
            elif place in spared:
                yield self._spared(place, exceptions)
            else:
                yield self._unproved(place)

    def misses(self, missed: Iterable[Miss]) -> Iterator[Refusal]:
        """Yield the words that hold the letters of a term and are no form of it."""
        known = _Cover([*self._candidates, *self._exceptions])
        by_words: dict[tuple[str, int, int, int], list[Miss]] = defaultdict(list)
        word = (-1, 0, 0)
        for miss in missed:
            role, term = miss.pattern.role, miss.pattern.term
            if role in ("spelling", "weak") or (role == "term" and self._watch.rule):
                # Many cores may stand in one very long word: its ends are sought once.
                words = word if _inside(miss[1:4], word) else self._whole_words(miss)
                if words is not word and self._is_one_word(words):
                    word = words
                if not known.over(words):
                    by_words[(term, *words)].append(miss)
        for (term, field, start, end), group in by_words.items():
            yield self._missed(Place(field, start, end, False, term), group)

    @property
    def _exceptions(self) -> list[Place]:
        return self._found.get("exception", [])

    def _hit(self, place: Place) -> Hit:
        return hit(place, self._article)

    def _overlapped(self, place: Place, hits: _Cover) -> Refusal:
        longer = hits.over(place[:3])[0]
        why = "overlaps a longer spelling, which counts once"
        return Refusal(self._hit(place), "overlap", why, (longer.term,))

    def _spared(self, place: Place, exceptions: _Cover) -> Refusal:
        words = place[:3]
        terms = [e.term for e in exceptions.over(words) if _inside(words, e[:3])]
        why = "stands in an exception"
        return Refusal(self._hit(place), "exception", why, tuple(dict.fromkeys(terms)))

    def _unproved(self, place: Place) -> Refusal:
        return Refusal(self._hit(place), *self._unproved_because)

    @cached_property
    def _unproved_because(self) -> tuple[Reason, str, tuple[str, ...]]:
        """What the rule lacks; it is the same for all places."""
        rule = self._watch.rule or self._watch.context
        assert rule is not None
        reason: Reason = "rule" if self._watch.rule else "context"
        places = rule_places(self._found)
        lines = lacking(rule.root, facts(places, self._article))
        if lines:
            return reason, f"the {reason} does not hold", tuple(lines)
        return reason, f"the {reason} holds, but not by this place", (rule.meaning,)

    def _whole_words(self, miss: Miss) -> _Words:
        folded = self._article.texts[miss.field].folded
        start, end = miss.start, miss.end
        while start and folded[start - 1].isalnum():
            start -= 1
        while end < len(folded) and folded[end].isalnum():
            end += 1
        return miss.field, start, end

    def _is_one_word(self, words: _Words) -> bool:
        field, start, end = words
        return self._article.texts[field].folded[start:end].isalnum()

    def _missed(self, words: Place, group: list[Miss]) -> Refusal:
        miss = min(group, key=lambda m: (len(_wrong_sides(m)), m.start - m.end))
        # One form may mind what stands before it, and another what stands behind.
        sides = sorted({sides[0] for m in group if len(sides := _wrong_sides(m)) == 1})
        wrong = _wrong_sides(miss)
        if not wrong:
            why = "a blank line stands between its words"
            return Refusal(self._hit(words), "blank line", why)
        folded = self._article.texts[miss.field].folded
        letters = {
            "before": folded[words.start : miss.start],
            "behind": folded[miss.end : words.end],
        }
        shown = sides if len(wrong) == 1 and len(sides) == 2 else wrong
        why = (
            "these letters around it do not go together"
            if shown is sides
            else _WRONG_LETTERS[tuple(wrong)].format(self._watch.profile)
        )
        details = tuple(f"{side} it: {letters[side] or 'nothing'}" for side in shown)
        return Refusal(self._hit(words), "letters", why, details)


_WRONG_LETTERS = {
    ("before",): "the letters before it are no particle that a {} takes",
    ("behind",): "the letters behind it are no ending that a {} takes",
    ("before", "behind"): "inside a longer word: this is no form that a {} takes",
}


def _wrong_sides(miss: Miss) -> list[str]:
    """Return the sides on which the pattern does not take the letters, by its own word."""
    takes = {
        "before": miss.before in miss.pattern.before,
        "behind": miss.after in miss.pattern.after,
    }
    return [side for side, taken in takes.items() if not taken]


def _inside(words: _Words, others: _Words) -> bool:
    return words[0] == others[0] and others[1] <= words[1] and words[2] <= others[2]
