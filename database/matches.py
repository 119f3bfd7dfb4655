"""The matches of an article, as rows: one a watch, and one for each of its hits."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

import sqlite_utils

from database.ledger import timestamp
from database.snippets import snippet
from watchlist import Match, Watchlist

_ARTICLES = """
    select id, title, subtitle, body, section, outlet, language, published_at
    from articles left join article_text on article_text.article = id
    where id in (select value from json_each(?)) order by id
"""

Texts = Mapping[str, str | None]
"""The fields that hits point into: title, subtitle, body."""


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
    def texts(self) -> Texts:
        """The fields that hits point into."""
        return {"title": self.title, "subtitle": self.subtitle, "body": self.body}

    def matches(self, watchlist: Watchlist) -> list[Match]:
        """What the watches find in it."""
        return watchlist.match(
            title=self.title,
            subtitle=self.subtitle,
            body=self.body,
            section=self.section,
            outlet=self.outlet,
            language=self.language,
        )


def stored(db: sqlite_utils.Database, articles: Sequence[int]) -> list[Stored]:
    """The stored articles of these numbers, ascending."""
    return list(map(Stored._make, db.execute(_ARTICLES, [json.dumps(articles)]).fetchall()))


def write(
    db: sqlite_utils.Database, identity: int, texts: Texts, found: Sequence[Match], now: datetime
) -> None:
    """Replace an article's matches and hits; a match that stays keeps its first time.

    A match of a watch that is no longer active stays as history, without its hits: their places
    were those of the earlier text.
    """
    first = {
        watch: (at, retag)
        for watch, at, retag in db.execute(
            "select watch, first_matched_at, retag from matches where article = ?", [identity]
        )
    }
    db.execute("delete from hits where article = ?", [identity])
    db.execute(
        "delete from matches where article = ?"
        " and watch in (select watch from watches where active)",
        [identity],
    )
    for match in found:
        at, retag = first.get(match.watch, (timestamp(now), None))
        put(db, identity, match, texts, first_matched_at=at, retag=retag)


def put(
    db: sqlite_utils.Database,
    identity: int,
    match: Match,
    texts: Texts,
    *,
    first_matched_at: str,
    retag: int | None,
) -> None:
    """Write one match with its hits, in place of an earlier one of this watch.

    ``retag`` is the retag that found it, None for a crawl or an ingest.
    """
    remove(db, identity, match.watch)
    _add(db, identity, match, texts, first_matched_at, retag)


def add(
    db: sqlite_utils.Database, identity: int, texts: Texts, found: Sequence[Match], now: datetime
) -> None:
    """Write the matches and hits of an article that has none yet."""
    for match in found:
        _add(db, identity, match, texts, timestamp(now), None)


def _add(
    db: sqlite_utils.Database,
    identity: int,
    match: Match,
    texts: Texts,
    first_matched_at: str,
    retag: int | None,
) -> None:
    best = match.hits[0]
    db.execute(
        "insert into matches (article, watch, hits, in_title, snippet, first_matched_at, retag)"
        " values (?, ?, ?, ?, ?, ?, ?)",
        [
            identity,
            match.watch,
            len(match.hits),
            int(best.field == "title"),
            excerpt(match, texts),
            first_matched_at,
            retag,
        ],
    )
    db.conn.executemany(
        "insert into hits (article, watch, term, field, start, end) values (?, ?, ?, ?, ?, ?)",
        [(identity, match.watch, hit.term, hit.field, hit.start, hit.end) for hit in match.hits],
    )


def remove(db: sqlite_utils.Database, identity: int, watch: str) -> None:
    """Remove one match with its hits."""
    db.execute("delete from hits where article = ? and watch = ?", [identity, watch])
    db.execute("delete from matches where article = ? and watch = ?", [identity, watch])


def excerpt(match: Match, texts: Texts) -> str:
    """The first hit of a match in its context."""
    best = match.hits[0]
    return snippet(texts[best.field] or "", best.start, best.end)
