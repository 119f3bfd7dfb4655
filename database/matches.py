"""The matches of an article, as rows: one a watch, and one for each of its hits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

import sqlite_utils

from database.ledger import timestamp
from database.snippets import snippet
from watchlist.matcher import Match


class Tagged(Protocol):
    """What is needed of an article; ``crawler.items.Article`` is one."""

    title: str | None
    subtitle: str | None
    body: str | None
    matches: list[Match]


@dataclass(slots=True)
class Found:
    """The texts of a stored article and what was found in them."""

    title: str | None
    subtitle: str | None
    body: str | None
    matches: list[Match]


def write(db: sqlite_utils.Database, identity: int, article: Tagged, now: datetime) -> None:
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
    texts = {"title": article.title, "subtitle": article.subtitle, "body": article.body}
    for match in article.matches:
        at, retag = first.get(match.watch, (timestamp(now), None))
        put(db, identity, match, texts, first_matched_at=at, retag=retag)


def put(
    db: sqlite_utils.Database,
    identity: int,
    match: Match,
    texts: Mapping[str, str | None],
    *,
    first_matched_at: str,
    retag: int | None,
) -> None:
    """Write one match with its hits, in place of an earlier one of this watch.

    ``retag`` is the retag that found it, None for a crawl or an ingest.
    """
    remove(db, identity, match.watch)
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


def excerpt(match: Match, texts: Mapping[str, str | None]) -> str:
    """The first hit of a match in its context."""
    best = match.hits[0]
    return snippet(texts[best.field] or "", best.start, best.end)
