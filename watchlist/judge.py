"""Which of the places found count for a watch."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Mapping, Sequence
from itertools import accumulate

from arabic.fold import fold
from watchlist.finder import Place, Role
from watchlist.nodes import Facts
from watchlist.proximity import Span
from watchlist.rules import Rule
from watchlist.text import FIELD_NAMES, Article
from watchlist.watch import Watch

Found = Mapping[Role, list[Place]]


def judge(watch: Watch, found: Found, article: Article) -> list[Place]:
    """Return the places that count: outside exceptions, proved by a context, needed by a rule."""
    exceptions = found.get("exception", [])
    places = outside(exceptions, found.get("spelling", []))
    rule = watch.rule or watch.context
    if rule is None:
        return places
    weak = outside(exceptions, found.get("weak", []))
    if watch.context and not weak:
        return places
    evidence = _evidence(rule, rule_places(found), article)
    if watch.rule:
        return evidence
    if evidence:
        named = {fold(term.removesuffix("*")) for term in rule.terms}
        proved = {place[:3] for place in evidence}
        places += [place for place in weak if place[:3] in proved or fold(place.term) not in named]
    return places


def rule_places(found: Found) -> list[Place]:
    """Return the places that a rule or context is asked with, in order."""
    # What is said of the section is no part of the text: no exception spares it.
    terms = outside(found.get("exception", []), found.get("term", []))
    return sorted(terms + found.get("section", []))


def longest(places: list[Place]) -> list[Place]:
    """Return of places that overlap the longest, of equals the one spelled so, in order."""
    if len(places) < 2:
        return places
    kept: list[Place] = []
    for place in sorted(places, key=lambda p: (p.field, p.start, -p.end, p.loose, p.term)):
        last = kept[-1] if kept else None
        if last is None or last.field != place.field or last.end <= place.start:
            kept.append(place)
        elif place.end - place.start > last.end - last.start:
            kept[-1] = place
    return kept


def facts(places: Sequence[Place], article: Article) -> Facts:
    """Return the article as a rule sees it; its spans count the places from 0."""
    spans: dict[str, list[Span]] = defaultdict(list)
    for index, (number, start, end, _, term) in enumerate(places):
        text = article.texts[number]
        words = text.word_at(start), text.word_at(end - 1)
        spans[term].append(Span(FIELD_NAMES[number], *words, (index,)))
    return Facts(spans, article.sentences, article.outlet, article.language)


def _evidence(rule: Rule, places: Sequence[Place], article: Article) -> list[Place]:
    """Return the places that make the rule hold, none where it does not."""
    if not rule.may_hold({place.term for place in places}):
        return []
    held = rule.find(facts(places, article)) or []
    return [places[index] for index in {index for span in held for index in span.places}]


def outside(exceptions: list[Place], places: list[Place]) -> list[Place]:
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
