"""The matches of an article, as rows: one a watch, and one for each of its hits."""

from __future__ import annotations

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


def write(db: sqlite_utils.Database, identity: int, article: Tagged, now: datetime) -> None:
    """Replace an article's matches and hits; a match that stays keeps its first time."""
    first = dict(
        db.execute("select watch, first_matched_at from matches where article = ?", [identity])
    )
    db.execute("delete from hits where article = ?", [identity])
    db.execute("delete from matches where article = ?", [identity])
    texts = {"title": article.title, "subtitle": article.subtitle, "body": article.body}
    for match in article.matches:
        best = match.hits[0]
        db.execute(
            "insert into matches (article, watch, hits, in_title, snippet, first_matched_at)"
            " values (?, ?, ?, ?, ?, ?)",
            [
                identity,
                match.watch,
                len(match.hits),
                int(best.field == "title"),
                snippet(texts[best.field] or "", best.start, best.end),
                first.get(match.watch, timestamp(now)),
            ],
        )
        db.conn.executemany(
            "insert into hits (article, watch, term, field, start, end) values (?, ?, ?, ?, ?, ?)",
            [
                (identity, match.watch, hit.term, hit.field, hit.start, hit.end)
                for hit in match.hits
            ],
        )
