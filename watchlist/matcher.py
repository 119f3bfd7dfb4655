"""Matches of a watchlist in an article."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from arabic.clitics import Profile
from watchlist.finder import Finder, Miss, Pattern, Place, Role, patterns
from watchlist.judge import Found, judge, longest
from watchlist.text import FIELDS, Article, Field, Text
from watchlist.watch import Watch

Missed = Callable[[Miss], None] | None


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


class Watchlist:
    """Watches, ready to be found in articles."""

    def __init__(self, watches: Iterable[Watch]) -> None:
        self.watches = tuple(watches)
        self._finder = Finder(_patterns(self.watches, terms))
        in_section = list(_patterns(self.watches, section_terms))
        self._section_finder = Finder(in_section) if in_section else None

    @cached_property
    def fingerprints(self) -> dict[str, str]:
        """The name of each watch and its fingerprint, in the order of the file."""
        return {watch.name: watch.fingerprint for watch in self.watches}

    def match(
        self,
        *,
        title: str | None = "",
        subtitle: str | None = "",
        body: str | None = "",
        section: str | None = "",
        outlet: str | None = "",
        language: str | None = "",
    ) -> list[Match]:
        """Return the watches that match, in the order of the file.

        ``section``, ``outlet`` (its name) and ``language`` (its code) are for rules that ask for
        them; they give no hits.
        """
        article = self.article(
            title=title,
            subtitle=subtitle,
            body=body,
            section=section,
            outlet=outlet,
            language=language,
        )
        found = self.found(article)
        matches = []
        for number in sorted(found):
            watch = self.watches[number]
            places = judge(watch, found[number], article)
            if places:
                hits = tuple(hit(place, article) for place in longest(places))
                matches.append(Match(watch.name, hits))
        return matches

    def article(
        self,
        *,
        title: str | None = "",
        subtitle: str | None = "",
        body: str | None = "",
        section: str | None = "",
        outlet: str | None = "",
        language: str | None = "",
    ) -> Article:
        """Return what ``match`` reads of an article; it takes the same."""
        looked_into = section if self._section_finder else ""
        texts = tuple(Text(text or "") for text in (title, subtitle, body, looked_into))
        return Article(texts, outlet or "", language or "")

    def found(self, article: Article, missed: Missed = None) -> Mapping[int, Found]:
        """Return where the terms of each watch stand; ``missed`` is told what nearly does."""
        found: dict[int, dict[Role, list[Place]]] = {}
        for pattern, place in self._places(article.texts, missed):
            roles = found.setdefault(pattern.watch, {})
            roles.setdefault(pattern.role, []).append(place)
        return found

    def _places(self, texts: tuple[Text, ...], missed: Missed) -> Iterator[tuple[Pattern, Place]]:
        *fields, section = texts
        for number, text in enumerate(fields):
            if text.folded:
                yield from self._finder.find(number, text, missed)
        if self._section_finder and section.folded:
            yield from self._section_finder.find(len(fields), section, missed)


def _patterns(watches: Iterable[Watch], terms_of: _Terms) -> Iterator[tuple[str, Pattern]]:
    """Yield every core with its pattern."""
    for number, watch in enumerate(watches):
        for term, role, profile in terms_of(watch):
            yield from patterns(term, number, role, profile)


_Terms = Callable[[Watch], Iterator[tuple[str, Role, Profile]]]


def terms(watch: Watch) -> Iterator[tuple[str, Role, Profile]]:
    """Yield what is looked for in title, subtitle and body, with what it is to the watch."""
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


def section_terms(watch: Watch) -> Iterator[tuple[str, Role, Profile]]:
    """Yield what is looked for in the section."""
    for rule in (watch.rule, watch.context):
        for term in rule.section_terms if rule else ():
            # So are those of a section: رياضة must also find الرياضة.
            yield term, "section", "thing"


def hit(place: Place, article: Article) -> Hit:
    """Return the place as it lies in the original text."""
    start, end = article.texts[place.field].offsets.span(place.start, place.end)
    return Hit(place.term, FIELDS[place.field], start, end)
