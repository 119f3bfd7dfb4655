"""Forgetting old articles and runs: the ledger keeps that the articles' pages were known.

A batch is one transaction with all that belongs to its articles or runs, so a prune that was
stopped or killed has pruned some of them wholly and the others not at all.
"""

from __future__ import annotations

import json
import shutil
import sqlite3
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import sqlite_utils

from database import grouping, postings, stories
from database.backup import mega
from database.connection import transaction
from database.ledger import PRUNED, timestamp

BATCH = 200
"""Articles or runs of one transaction."""
RUNS_KEPT = timedelta(days=90)
"""Runs as new as this stay in any case: an outlet's rhythm is judged by those of a month."""
INSTRUCTIONS = 100_000
"""Of SQLite's machine between two questions whether to stop reclaiming."""

_WHOLE_DAY = "case when length({at}) = 10 then {at} || 'T24' else {at} end"
_OLD = f"{_WHOLE_DAY.format(at='coalesce(published_at, first_seen_at)')} < :before" + (
    " and not (:keep_matched and exists (select 1 from matches where article = articles.id))"
)
# What stays: the last run of all, which the desk shows; an outlet's last one of each status,
# which tells how it fared, when it was well, and how long nobody watched it until the next one.
_OLD_RUNS = """
    select id from runs where started_at < :before
        and id not in (select max(id) from runs group by command like 'scrapy ingest%')
        and id not in (select max(run) from outlet_runs join runs on runs.id = run
            where started_at < :before group by outlet, outlet_runs.status)
    order by id
"""
_CHOSEN = "(select value from json_each(:articles))"
# Every address that led to an article: a feed may list any of them for years.
_REMEMBER = f"""
    insert into pages (url, fetch_url, outlet, article_key, status, reason, first_seen_at)
    select article_urls.url, article_urls.url, outlet, article_key, 'rejected', :reason,
        first_seen_at
    from article_urls join articles on articles.id = article where article in {_CHOSEN}
    on conflict (url) do nothing
"""
_SETTLE = f"""
    update pages set status = 'rejected', reason = :reason, article_key = coalesce(article_key,
        (select articles.article_key from articles where articles.id = pages.article)),
        attempts = 0, next_try_at = null, recheck_at = null, missed = 0, etag = null,
        last_modified = null,
        -- The one that stood for the article among those announced still does, alone.
        announced_by = announced_by * not exists (select 1 from pages as other
            where other.article = pages.article and other.announced_by > 0
            and (other.first_seen_at, other.url) < (pages.first_seen_at, pages.url))
    where article in {_CHOSEN}
"""


class NoRoomError(Exception):
    """The disk has no room to reclaim space; the message is one line with the cure."""


@dataclass(slots=True, frozen=True)
class Pruned:
    """How many articles or runs went; ``finished``: False where it was stopped before the last."""

    count: int
    finished: bool


def outlets(
    db: sqlite_utils.Database, before: datetime, *, keep_matched: bool = False
) -> dict[str, int]:
    """Outlet → how many of its articles would go."""
    rows = db.execute(
        f"select outlet, count(*) from articles where {_OLD} group by outlet order by outlet",
        _meaning(before, keep_matched),
    )
    return dict(rows.fetchall())


def prune(
    db: sqlite_utils.Database,
    before: datetime,
    *,
    keep_matched: bool = False,
    on_progress: Callable[[int, int], None] = lambda _done, _total: None,
    stop: Callable[[], bool] = lambda: False,
) -> Pruned:
    """Delete the articles published or, undated, first seen before an instant; hold the run lock.

    One known to the day only is as old as the end of its day. ``keep_matched``: not those that a
    watch matches. ``stop`` is asked after each batch.
    """
    query = f"select id from articles where {_OLD} order by id"
    old = [number for (number,) in db.execute(query, _meaning(before, keep_matched))]
    return _in_batches(db, old, _forget, on_progress, stop)


def runs_limit(before: datetime, now: datetime) -> datetime:
    """Before when the runs are old, where the articles before ``before`` are."""
    return min(before, now - RUNS_KEPT)


def old_runs(db: sqlite_utils.Database, limit: datetime) -> list[int]:
    """The runs begun before ``limit``, but for those that still tell how an outlet fares."""
    rows = db.execute(_OLD_RUNS, {"before": timestamp(limit)})
    return [number for (number,) in rows]


def prune_runs(
    db: sqlite_utils.Database, limit: datetime, *, stop: Callable[[], bool] = lambda: False
) -> Pruned:
    """Delete the records of old runs and of the outlets in them; hold the run lock."""
    return _in_batches(db, old_runs(db, limit), _forget_runs, lambda _done, _total: None, stop)


def reclaim(db: sqlite_utils.Database, *, stop: Callable[[], bool] = lambda: False) -> bool:
    """Give the room of what was deleted back to the disk; False when ``stop`` said so before.

    Raises NoRoomError where the disk has too little free.
    """
    path = Path(db.execute("pragma database_list").fetchone()[2])
    _check_room(db, path)
    db.conn.set_progress_handler(stop, INSTRUCTIONS)
    try:
        # The full-text index only marks what was deleted, until it is merged.
        with transaction(db):
            db.execute("insert into articles_fts (articles_fts) values ('optimize')")
        db.execute("vacuum")
        db.execute("pragma wal_checkpoint(truncate)")
    except sqlite3.OperationalError:
        if not stop():
            raise
        return False
    finally:
        db.conn.set_progress_handler(None, 0)
    return True


def size(path: Path) -> int:
    """Bytes of a database on its disk, with what still waits in its ``-wal``."""
    wal = path.with_name(path.name + "-wal")
    return sum(file.stat().st_size for file in (path, wal) if file.exists())


def _meaning(before: datetime, keep_matched: bool) -> dict[str, object]:
    return {"before": timestamp(before), "keep_matched": keep_matched}


def _in_batches(
    db: sqlite_utils.Database,
    old: Sequence[int],
    forget: Callable[[sqlite_utils.Database, Sequence[int]], None],
    on_progress: Callable[[int, int], None],
    stop: Callable[[], bool],
) -> Pruned:
    for first in range(0, len(old), BATCH):
        batch = old[first : first + BATCH]
        with transaction(db):
            forget(db, batch)
        done = first + len(batch)
        on_progress(done, len(old))
        if done < len(old) and stop():
            return Pruned(done, finished=False)
    return Pruned(len(old), finished=True)


def _forget(db: sqlite_utils.Database, articles: Sequence[int]) -> None:
    """Delete articles with all that belongs to them; foreign keys take most of it along."""
    chosen = {"articles": json.dumps(articles), "reason": PRUNED}
    members = grouping.load(db, articles)
    for member in members:
        postings.remove(db, member.text.sampled, member.entry)
    db.execute(_REMEMBER, chosen)
    db.execute(_SETTLE, chosen)
    db.execute(f"delete from articles where id in {_CHOSEN}", {"articles": chosen["articles"]})
    for story in sorted({member.story for member in members if member.story is not None}):
        db.execute(
            "update alerts set story = null where story = ?"
            " and not exists (select 1 from articles where articles.story = alerts.story)",
            [story],
        )
        stories.refresh(db, story)


def _forget_runs(db: sqlite_utils.Database, numbers: Sequence[int]) -> None:
    """Delete runs; foreign keys take the outlets in them along."""
    chosen = "(select value from json_each(?))"
    db.execute(f"delete from runs where id in {chosen}", [json.dumps(numbers)])


def _check_room(db: sqlite_utils.Database, path: Path) -> None:
    """The new file is written twice: among the temporary files, and into the ``-wal``."""
    pages, unused, bytes_each = (db.execute(f"pragma {name}").fetchone()[0] for name in _SIZE)
    needed = (pages - unused) * bytes_each
    folders = [path.parent, Path(tempfile.gettempdir())]
    one_disk = len({folder.stat().st_dev for folder in folders}) == 1
    for folder in folders:
        wanted = needed * 2 if one_disk else needed
        free = shutil.disk_usage(folder).free
        if free < wanted:
            raise NoRoomError(
                f"{folder}: has {mega(free)} free, reclaiming needs {mega(wanted)};"
                " new articles will use the room in the file, or free some and prune again"
            )


_SIZE = ("page_count", "freelist_count", "page_size")
