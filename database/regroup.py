"""Grouping anew what is stored, in order of publication, as if it were imported in that order."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import sqlite_utils

from database import grouping, postings, stories
from database.connection import transaction

STEP = 200
"""Articles between two reports of progress."""


@dataclass(slots=True, frozen=True)
class Regrouped:
    """``stories``: those that hold a regrouped article; ``changed``: how many have new members."""

    articles: int
    stories: int
    changed: int


def ungrouped(db: sqlite_utils.Database) -> bool:
    """Whether articles are stored that were never grouped by their likeness."""
    query = "select 1 from articles where grouping is null limit 1"
    return db.execute(query).fetchone() is not None


def regroup(
    db: sqlite_utils.Database,
    *,
    since: str | None = None,
    on_progress: Callable[[int, int], None] = lambda _done, _all: None,
) -> Regrouped:
    """Take the articles out of their stories and place them again; all or nothing.

    ``since`` (a date, ISO 8601): only articles published or, undated, first seen from that day on;
    the others stay where they are. A story whose members stay the same keeps its number, and a
    changed one that of the old story with which it shares most.
    """
    with transaction(db):
        _remember(db, since or "")
        _clear(db, since)
        total = db.execute("select count(*) from regrouping").fetchone()[0]
        for done, article in enumerate(_in_order(db)):
            if done % STEP == 0:
                on_progress(done, total)
            grouping.place(db, article)
        on_progress(total, total)
        result = _compare(db, total)
        _restore_numbers(db)
        _drop_empty(db)
        db.execute("drop table regrouping")
        db.execute("drop table moves")
    return result


def _remember(db: sqlite_utils.Database, since: str) -> None:
    """The articles to group and their stories, in a table that ends with the connection."""
    db.execute("drop table if exists temp.regrouping")
    db.execute(
        "create temp table regrouping as select id as article, story,"
        " coalesce(published_at, first_seen_at) as at from articles where at >= ?"
        " order by at, id",
        [since],
    )
    db.execute("create index temp.regrouping_article on regrouping(article)")
    db.execute("create index temp.regrouping_story on regrouping(story)")


def _clear(db: sqlite_utils.Database, since: str | None) -> None:
    if since is None:
        db.execute("delete from postings")
        db.execute("delete from links")
    else:
        db.execute("delete from postings where entry >= ?", [postings.entry(since, 0)])
        for end in ("article_a", "article_b"):
            db.execute(f"delete from links where {end} in (select article from regrouping)")
    db.execute("update articles set story = null where id in (select article from regrouping)")
    # What is left of the stories must be up to date before an article asks for a lead.
    for (story,) in db.execute(
        "select distinct story from articles where story in (select story from regrouping)"
    ).fetchall():
        stories.refresh(db, story)


def _in_order(db: sqlite_utils.Database) -> list[int]:
    return [number for (number,) in db.execute("select article from regrouping order by rowid")]


def _compare(db: sqlite_utils.Database, total: int) -> Regrouped:
    """Count, and write into ``moves`` which new story takes the number of which old one."""
    db.execute("drop table if exists temp.moves")
    db.execute(
        """
        create temp table moves as
        with shared as (
            select articles.story as new, regrouping.story as old, count(*) as n
            from regrouping join articles on articles.id = regrouping.article
            where regrouping.story not null group by new, old
        )
        select new, old, n,
            row_number() over (partition by new order by n desc, old) as first_of_new,
            row_number() over (partition by old order by n desc, new) as first_of_old
        from shared
        """
    )
    held, unchanged = db.execute(
        """
        with held as (
            select articles.story, count(*) as n from regrouping
            join articles on articles.id = regrouping.article group by articles.story
        ), was as (select story, count(*) as n from regrouping group by story)
        select (select count(*) from held), (
            select count(*) from moves
            join held on held.story = new and held.n = moves.n
            join was on was.story = old and was.n = moves.n
        )
        """
    ).fetchone()
    return Regrouped(total, held, held - unchanged)


def _restore_numbers(db: sqlite_utils.Database) -> None:
    """Give the new stories the numbers of the old ones, where these hold nothing any more."""
    rows = db.execute(
        "select new, old from moves where first_of_new = 1 and first_of_old = 1 and new != old"
        " and not exists (select 1 from articles where story = old)"
        " and exists (select 1 from stories where id = old)"
    ).fetchall()
    for new, old in rows:
        db.execute("update articles set story = ? where story = ?", [old, new])
        stories.refresh(db, old)


def _drop_empty(db: sqlite_utils.Database) -> None:
    """Remove stories without articles; an alert follows its article."""
    empty = (
        "select id from stories where not exists (select 1 from articles where story = stories.id)"
    )
    db.execute(
        "update alerts set story = (select story from articles where id = alerts.article)"
        f" where story in ({empty})"
    )
    db.execute(f"delete from stories where id in ({empty})")
