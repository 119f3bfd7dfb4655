"""The crawl ledger: which pages are known, and which are still to fetch.

Known = stored. A page is known once its article is stored, or its final rejection with the reason;
until then it is ``queued`` or ``failed`` and every run asks for it again when it is due.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import sqlite_utils

from database.connection import transaction
from database.urls import canonical_url

UNWATCHED = "matches no watch"
"""The reason of a rejected page whose article nobody asked for (``STORE=matching``)."""
PRUNED = "pruned"
"""The reason of a rejected page whose article was deleted for its age: never wanted again."""
FIRST_WAIT = timedelta(minutes=10)
LONGEST_WAIT = timedelta(days=1)
LONGEST_PLAN = timedelta(days=7)
"""No time is planned further ahead; one that is was written under a clock that was wrong."""
DOUBTED_LOOKS = 3
SETTLING_WAIT = timedelta(hours=1)
# About five days: what has not come by then is given up, with its last reason.
MOST_ATTEMPTS = 12
LONGEST_QUEUE = 20_000
"""Pages of an outlet that wait to be read at most."""


@dataclass(slots=True, frozen=True)
class Link:
    """An article's address as a source names it, with what the source says of the article.

    ``published`` is the raw text, ``kind`` that of the source (feed, sitemap, section).
    ``modified`` and ``announced`` (the newest of both) are aware datetimes, None when not told.
    """

    url: str
    published: str | None = None
    kind: str = "feed"
    modified: datetime | None = None
    announced: datetime | None = None


def timestamp(moment: datetime) -> str:
    """UTC, ISO 8601, seconds, ``Z``: the form of every time in the database.

    >>> timestamp(datetime(2026, 3, 2, 11, 5, tzinfo=UTC))
    '2026-03-02T11:05:00Z'
    """
    return f"{moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec='seconds')}Z"


def is_ahead(planned: str | None, now: datetime, longest: timedelta = LONGEST_PLAN) -> bool:
    """Whether a planned time is still to come; what is further off than ``longest`` is due."""
    return planned is not None and timestamp(now) < planned <= timestamp(now + longest)


def count_due(db: sqlite_utils.Database, outlet: str, now: datetime, *, full: bool = False) -> int:
    """How many pages :func:`due` would give without a limit."""
    values = _due_values(outlet, now, full)
    return int(db.execute(f"select count(*) from pages where {_DUE}", values).fetchone()[0])


def due(
    db: sqlite_utils.Database,
    outlet: str,
    now: datetime,
    *,
    full: bool = False,
    limit: int = LONGEST_QUEUE,
) -> list[Link]:
    """Pages that an earlier run saw but did not store, the newest first, then announced edits.

    ``full``: also those whose time has not come.
    """
    rows = db.execute(
        f"select fetch_url, published, published_source from pages where {_DUE}"
        " order by article not null, first_seen_at desc, url limit ?",
        [*_due_values(outlet, now, full), limit],
    )
    return [Link(url, published, kind or "feed") for url, published, kind in rows]


def record_page(
    db: sqlite_utils.Database,
    *,
    outlet: str,
    url: str,
    status: str,
    now: datetime,
    reason: str | None = None,
    article: int | None = None,
    key: str | None = None,
    doubted: bool = False,
) -> None:
    """Write what became of a page.

    A failed page is asked for by the next run, then after a growing wait: 10 minutes to one day.
    ``doubted``: such a verdict may be a passing fault, and the third one in a row settles it: the
    next run looks again, then one an hour later at least. A page that is stored stays stored
    whatever becomes of a later look; ``rechecks`` knows when it is gone.
    """
    canonical = canonical_url(url)
    with transaction(db):
        row = db.execute(
            "select attempts, status, missed from pages where url = ?", [canonical]
        ).fetchone()
        failures, before, missed = row or (0, None, 0)
        settled = before == "stored" or (before in ("gone", "rejected") and not missed)
        doubted = doubted and status in ("gone", "rejected") and not settled
        looks = missed + doubted
        doubted = doubted and looks < DOUBTED_LOOKS
        attempts = failures + 1 if status == "failed" else failures if doubted else 0
        if attempts >= MOST_ATTEMPTS:
            status, reason = "rejected", f"given up after {attempts} attempts: {reason}"
        next_try = None
        if status == "failed":
            next_try = timestamp(now + _wait(attempts))
        elif doubted:
            next_try = timestamp(now + (SETTLING_WAIT if looks > 1 else timedelta(0)))
        if status != "stored" and before in ("stored", "gone"):
            status = before
        db.execute(
            "insert into pages (url, fetch_url, outlet, article_key, status, reason, attempts,"
            " first_seen_at, tried_at, next_try_at, missed, article)"
            " values (?,?,?,?,?,?,?,?,?,?,?,?)"
            " on conflict (url) do update set status = excluded.status, reason = excluded.reason,"
            " attempts = excluded.attempts, tried_at = excluded.tried_at,"
            " next_try_at = excluded.next_try_at, missed = excluded.missed,"
            " article = coalesce(excluded.article, article),"
            " article_key = coalesce(excluded.article_key, article_key)",
            [
                canonical,
                url,
                outlet,
                key,
                status,
                reason,
                attempts,
                timestamp(now),
                timestamp(now),
                next_try,
                looks,
                article,
            ],
        )


def postpone(db: sqlite_utils.Database, url: str, until: datetime) -> None:
    """A page's host asks for peace: the page stays what it was and is not asked for before."""
    canonical = canonical_url(url)
    with transaction(db):
        db.execute(
            "update pages set next_try_at = ? where url = ?"
            " and (status in ('queued', 'failed') or next_try_at not null)",
            [timestamp(until), canonical],
        )
        db.execute(
            "update pages set recheck_at = max(recheck_at, ?) where url = ?",
            [timestamp(until), canonical],
        )


def was_stored(db: sqlite_utils.Database, url: str) -> bool:
    """Whether the page of an address was stored: an archive has nothing to tell of it then."""
    row = db.execute(
        "select 1 from pages where url = ? and status in ('stored', 'gone') and article not null",
        [canonical_url(url)],
    ).fetchone()
    return row is not None


def settle(
    db: sqlite_utils.Database, *, outlet: str, urls: Sequence[str], key: str | None, article: int
) -> None:
    """Other addresses of a stored page (canonical forms, or with its key) need not be asked for."""
    marks = ",".join("?" * len(urls))
    db.execute(
        "update pages set status = 'stored', article = ?, reason = null, next_try_at = null"
        f" where status in ('queued', 'failed') and url in ({marks})",
        [article, *urls],
    )
    if key:
        db.execute(
            "update pages set status = 'stored', article = ?, reason = null, next_try_at = null"
            " where outlet = ? and article_key = ? and status in ('queued', 'failed')",
            [article, outlet, key],
        )


def attempts(db: sqlite_utils.Database, url: str) -> int:
    """How often in a row a page failed."""
    row = db.execute("select attempts from pages where url = ?", [canonical_url(url)]).fetchone()
    return int(row[0]) if row else 0


def _wait(attempts: int) -> timedelta:
    """None after the first attempt: most of what fails is well again at the next run."""
    if attempts == 1:
        return timedelta(0)
    doubled: int = 2 ** min(attempts - 2, 10)
    return min(FIRST_WAIT * doubled, LONGEST_WAIT)


_DUE = (
    "outlet = ? and ((status = 'queued' and next_try_at is null) or next_try_at <= ?"
    " or next_try_at > ? or (? and next_try_at not null))"
)


def _due_values(outlet: str, now: datetime, full: bool) -> list[str | bool]:
    return [outlet, timestamp(now), timestamp(now + LONGEST_PLAN), full]
