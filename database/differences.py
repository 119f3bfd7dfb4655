"""What watches find in stored articles, beside the rows of what they found earlier."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

import sqlite_utils

from watchlist import Match, Watchlist

Kind = Literal["gained", "lost", "changed"]
_Spans = list[tuple[str, str, int, int]]

_ARTICLES = """
    select id, title, subtitle, body, section, outlet, language, published_at
    from articles left join article_text on article_text.article = id
    where id in (select value from json_each(?)) order by id
"""
_MATCHES = """
    select article, watch, snippet from matches where article in (select value from json_each(?))
"""
_HITS = """
    select article, watch, term, field, start, end from hits
    where article in (select value from json_each(?))
"""


class Stored(NamedTuple):
    """An article as far as watches see it."""

    id: int
    title: str | None
    subtitle: str | None
    body: str | None
    section: str | None
    outlet: str
    language: str | None
    published_at: str | None

    @property
    def texts(self) -> dict[str, str | None]:
        """The fields that hits point into."""
        return {"title": self.title, "subtitle": self.subtitle, "body": self.body}


@dataclass(slots=True, frozen=True)
class Difference:
    """A watch and an article whose rows are not what the watch finds now.

    ``match`` is what it finds, None for nothing; ``snippet`` the row's, None where there was none.
    """

    kind: Kind
    watch: str
    article: Stored
    match: Match | None
    snippet: str | None


def differences(
    db: sqlite_utils.Database, watchlist: Watchlist, articles: Sequence[int]
) -> Iterator[Difference]:
    """Yield what differs in these articles, in ascending order of them."""
    numbers = json.dumps(articles)
    names = {watch.name for watch in watchlist.watches}
    snippets: dict[int, dict[str, str | None]] = defaultdict(dict)
    for article, watch, snippet in db.conn.execute(_MATCHES, [numbers]):
        if watch in names:
            snippets[article][watch] = snippet
    spans: dict[tuple[int, str], _Spans] = defaultdict(list)
    for article, watch, *span in db.conn.execute(_HITS, [numbers]):
        if watch in names:
            spans[article, watch].append(tuple(span))
    for row in map(Stored._make, db.conn.execute(_ARTICLES, [numbers]).fetchall()):
        before = snippets[row.id]
        for match in _matches(watchlist, row):
            known = match.watch in before
            snippet = before.pop(match.watch, None)
            if not known:
                yield Difference("gained", match.watch, row, match, None)
            elif sorted(spans[row.id, match.watch]) != _spans(match):
                yield Difference("changed", match.watch, row, match, snippet)
        for watch, snippet in before.items():
            yield Difference("lost", watch, row, None, snippet)


def _matches(watchlist: Watchlist, article: Stored) -> list[Match]:
    return watchlist.match(
        title=article.title,
        subtitle=article.subtitle,
        body=article.body,
        section=article.section,
        outlet=article.outlet,
        language=article.language,
    )


def _spans(match: Match) -> _Spans:
    return sorted((hit.term, hit.field, hit.start, hit.end) for hit in match.hits)
