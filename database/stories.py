"""Stories: the articles, across outlets, that tell one text, copied or edited."""

from __future__ import annotations

from typing import NamedTuple

import sqlite_utils

# Shorter texts ("watch the video", "photos below") are equal without telling one story.
LEAST_WORDS = 15
# A wire copy appears within days; an equal text long after is a template or a column.
DAYS_APART = 7


class Copy(NamedTuple):
    """A stored article with the same text."""

    article: int
    outlet: str
    story: int


def same_text(
    db: sqlite_utils.Database,
    *,
    text_hash: str | None,
    word_count: int,
    at: str,
    but: int,
) -> Copy | None:
    """The first article, ``but`` one, with the same normalised text of the same week; or None.

    ``at`` is when the article was published or, undated, first seen.
    """
    if text_hash is None or word_count < LEAST_WORDS:
        return None
    row = db.execute(
        "select id, outlet, story from articles where text_hash = :hash and story not null"
        " and id != :but"
        " and abs(julianday(substr(coalesce(published_at, first_seen_at), 1, 10))"
        " - julianday(substr(:at, 1, 10))) <= :days order by id limit 1",
        {"hash": text_hash, "at": at, "days": DAYS_APART, "but": but},
    ).fetchone()
    return Copy(*row) if row else None


def lead_of(db: sqlite_utils.Database, story: int) -> int | None:
    """The lead article of a story."""
    row = db.execute("select lead_article from stories where id = ?", [story]).fetchone()
    return row[0] if row else None


def members(db: sqlite_utils.Database, story: int, *, but: int) -> list[int]:
    """The articles of a story ``but`` one, its lead first."""
    rows = db.execute(
        "select articles.id from articles join stories on stories.id = story"
        " where story = ? and articles.id != ? order by articles.id != lead_article, articles.id",
        [story, but],
    )
    return [number for (number,) in rows]


def new_story(db: sqlite_utils.Database, article: int) -> int:
    """A story of one article, as ``refresh`` would count it."""
    cursor = db.execute(
        "insert into stories (articles, outlets, first_published_at, last_published_at,"
        " lead_article, agency) select 1, 1, published_at, published_at, id, agency"
        " from articles where id = ?",
        [article],
    )
    return int(cursor.lastrowid or 0)


def refresh(db: sqlite_utils.Database, story: int) -> None:
    """Recount a story; its lead is the earliest published article. An empty story is deleted.

    A publication known only to the day counts as the end of that day when leads are compared: an
    article with a known minute on that day is not passed over for it. Its agency is the one that
    most of its articles credit; where several are credited equally, the first stored.
    """
    row = db.execute(
        "select count(*), count(distinct outlet), min(published_at), max(published_at)"
        " from articles where story = ?",
        [story],
    ).fetchone()
    if not row[0]:
        db.execute("delete from stories where id = ?", [story])
        return
    db.execute(
        "update stories set articles = ?, outlets = ?, first_published_at = ?,"
        " last_published_at = ?, lead_article = (select id from articles where story = ?"
        " order by published_at is null,"
        " case when length(published_at) = 10 then published_at || 'T24' else published_at end,"
        " id limit 1), agency = (select agency from articles where story = ? and agency not null"
        " group by agency order by count(*) desc, min(id) limit 1) where id = ?",
        [*row, story, story, story],
    )
