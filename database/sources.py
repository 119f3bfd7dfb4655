"""The sources of the outlets: when each was polled, how it answered, what to send it next time.

What is known of a source is known of it as one outlet's: two that name one address know nothing of
each other's polls, for what one has read the other one has not.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlite_utils

from database.connection import transaction
from database.ledger import is_ahead, timestamp

SOURCES_PER_OUTLET = 500
"""Sources kept of an outlet at most: sitemaps that it named long ago give way to newer ones."""

SLEEP_SHARE = 10
"""A source that has told nothing new for so long is polled after a tenth of that time."""

_ITS_OWN = "outlet = ? and url = ?"


@dataclass(slots=True, frozen=True)
class Rhythm:
    """How long to wait between two polls of a source, at least and at most."""

    shortest: timedelta = timedelta(0)
    longest: timedelta = timedelta(hours=6)

    def next_poll(self, news_at: datetime, now: datetime) -> datetime:
        """When to poll a source again that told news at ``news_at`` for the last time."""
        return now + min(max((now - news_at) / SLEEP_SHARE, self.shortest), self.longest)


@dataclass(slots=True, frozen=True)
class Validators:
    """What a source answered with, to be sent back as If-None-Match and If-Modified-Since."""

    etag: str | None = None
    last_modified: str | None = None


def validators(db: sqlite_utils.Database, outlet: str, source_url: str) -> Validators:
    """The validators that the last good poll of a source left; empty when there was none."""
    row = _row(db, outlet, source_url, "etag, last_modified")
    return Validators(*row) if row else Validators()


def register(db: sqlite_utils.Database, outlet: str, sources: Iterable[tuple[str, str]]) -> None:
    """Write an outlet's sources, given as (kind, url); what was learnt of them stays."""
    with transaction(db):
        for kind, url in sources:
            db.execute(
                "insert into sources (outlet, kind, url) values (?, ?, ?)"
                " on conflict (outlet, url) do update set kind = excluded.kind",
                [outlet, kind, url],
            )
        db.execute(
            "delete from sources where outlet = ? and id not in (select id from sources"
            " where outlet = ? order by polled_at is null desc, polled_at desc, id limit ?)",
            [outlet, outlet, SOURCES_PER_OUTLET],
        )


def of_outlet(db: sqlite_utils.Database, outlet: str) -> list[tuple[str, str]]:
    """An outlet's sources as (kind, url), in the order in which they became known."""
    rows = db.execute("select kind, url from sources where outlet = ? order by id", [outlet])
    return [(kind, url) for kind, url in rows]


def is_unfinished(db: sqlite_utils.Database, outlet: str, source_url: str) -> bool:
    """Whether the last poll of a source ended before its last page.

    Then its first page may show nothing new although the further ones were never read.
    """
    row = _row(db, outlet, source_url, "status")
    return row is not None and row[0] not in (None, "ok", "unchanged")


def is_due(
    db: sqlite_utils.Database,
    outlet: str,
    source_url: str,
    now: datetime,
    rhythm: Rhythm = Rhythm(),
) -> bool:
    """Whether a source is to be polled: it is new, busy, failed, or has slept long enough.

    A sleep beyond the longest one was planned under a clock that was wrong.
    """
    row = _row(db, outlet, source_url, "next_poll_at")
    return row is None or not is_ahead(row[0], now, rhythm.longest)


def peace(
    db: sqlite_utils.Database, outlet: str, source_url: str, now: datetime
) -> datetime | None:
    """Until when a source's host asked for peace; None: it may be asked."""
    row = _row(db, outlet, source_url, "peace_until")
    return datetime.fromisoformat(row[0]) if row and is_ahead(row[0], now) else None


def postpone(db: sqlite_utils.Database, outlet: str, source_url: str, until: datetime) -> None:
    """A source's host asks for peace; what is known of the source, its validators too, stays."""
    db.execute(
        f"update sources set next_poll_at = ?, peace_until = ? where {_ITS_OWN}",
        [timestamp(until), timestamp(until), outlet, source_url],
    )


def record_answer(
    db: sqlite_utils.Database,
    outlet: str,
    source_url: str,
    found: Validators,
    now: datetime,
    *,
    news: bool = True,
    rhythm: Rhythm = Rhythm(),
) -> None:
    """A source was read to its end: save its validators for the next poll.

    ``news``: it named a page that was not known.
    """
    db.execute(
        "update sources set etag = ?, last_modified = ?, polled_at = ?, status = 'ok',"
        " failures = 0, news_at = case when ? then ? else coalesce(news_at, ?) end"
        f" where {_ITS_OWN}",
        [
            found.etag,
            found.last_modified,
            timestamp(now),
            news,
            timestamp(now),
            timestamp(now),
            outlet,
            source_url,
        ],
    )
    _plan(db, outlet, source_url, now, rhythm)


def record_unchanged(
    db: sqlite_utils.Database,
    outlet: str,
    source_url: str,
    now: datetime,
    rhythm: Rhythm = Rhythm(),
) -> None:
    """A source answered 304: nothing new since the last poll."""
    db.execute(
        f"update sources set polled_at = ?, status = 'unchanged', failures = 0 where {_ITS_OWN}",
        [timestamp(now), outlet, source_url],
    )
    _plan(db, outlet, source_url, now, rhythm)


def _row(
    db: sqlite_utils.Database, outlet: str, source_url: str, columns: str
) -> tuple[Any, ...] | None:
    sql = f"select {columns} from sources where {_ITS_OWN}"
    row: tuple[Any, ...] | None = db.execute(sql, [outlet, source_url]).fetchone()
    return row


def _plan(
    db: sqlite_utils.Database, outlet: str, source_url: str, now: datetime, rhythm: Rhythm
) -> None:
    row = _row(db, outlet, source_url, "news_at")
    if row:
        news_at = datetime.fromisoformat(row[0]) if row[0] else now
        db.execute(
            f"update sources set next_poll_at = ? where {_ITS_OWN}",
            [timestamp(rhythm.next_poll(news_at, now)), outlet, source_url],
        )


def record_failure(
    db: sqlite_utils.Database, outlet: str, source_url: str, reason: str, now: datetime
) -> None:
    """A source could not be read; without its validators the next poll reads it all."""
    db.execute(
        "update sources set polled_at = ?, status = ?, failures = failures + 1,"
        f" next_poll_at = null, etag = null, last_modified = null where {_ITS_OWN}",
        [timestamp(now), reason, outlet, source_url],
    )
