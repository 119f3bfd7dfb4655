"""Stored pages that are looked at again, ever more seldom: for edits, and for what is gone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlite_utils

from database.connection import transaction
from database.identity import Page
from database.ledger import LONGEST_PLAN, UNWATCHED, Link, is_ahead, timestamp
from database.sources import Validators
from database.urls import canonical_url

SHORTEST_WAIT = timedelta(hours=1)
LONGEST_WAIT = LONGEST_PLAN
OLDEST = timedelta(days=30)
OLDEST_DOUBTED = 2 * OLDEST
"""Age up to which a page is looked at that was missing while the outlet showed no other."""
UNCLOSED = {"markup": "unclosed"}
"""Noted in ``provenance`` of what was read from a page that never closes its markup."""
MISSES = 2
"""So many looks in a row, an hour apart at least, have to find a page missing."""


@dataclass(slots=True, frozen=True)
class Look:
    """A stored page to look at again, and what lets its server answer 304."""

    link: Link
    validators: Validators


def next_look(born: datetime, now: datetime, oldest: timedelta = OLDEST) -> datetime | None:
    """When an article is due to be looked at again: when it is twice as old as now.

    Not before an hour, and within a week; None once it is as old as the ``oldest``.

    >>> next_look(datetime(2026, 3, 2, 6, tzinfo=UTC), datetime(2026, 3, 2, 9, tzinfo=UTC))
    datetime.datetime(2026, 3, 2, 12, 0, tzinfo=datetime.timezone.utc)
    """
    age = now - born
    return None if age >= oldest else now + min(max(age, SHORTEST_WAIT), LONGEST_WAIT)


def schedule(db: sqlite_utils.Database, article: Page, number: int, now: datetime) -> None:
    """An article was read on its page: note the page's validators and when to look again."""
    url = canonical_url(article.url)
    db.execute(
        "update pages set etag = ?, last_modified = ?, missed = 0, recheck_at = ? where url = ?",
        [article.etag, article.last_modified, _due(_born(db, number), now), url],
    )
    # Its other addresses lead to the same page: one look is enough.
    db.execute(
        "update pages set recheck_at = null where article = ? and url <> ? and recheck_at not null",
        [number, url],
    )
    db.execute("update articles set gone_at = null where id = ? and gone_at not null", [number])


def due(db: sqlite_utils.Database, outlet: str, now: datetime, limit: int) -> list[Look]:
    """The pages of an outlet to be looked at now, the newest first, ``limit`` at most."""
    rows = db.execute(
        "select fetch_url, published, published_source, etag, last_modified from pages"
        " where outlet = ? and (recheck_at <= ? or recheck_at > ?)"
        " order by first_seen_at desc, url limit ?",
        [outlet, timestamp(now), timestamp(now + LONGEST_WAIT), limit],
    )
    return [
        Look(Link(url, published, kind or "feed"), Validators(etag, last_modified))
        for url, published, kind, etag, last_modified in rows
    ]


def validators(db: sqlite_utils.Database, url: str) -> Validators:
    """What lets the server of a stored page answer 304; empty for any other page."""
    row = db.execute(
        "select etag, last_modified from pages where url = ? and article not null",
        [canonical_url(url)],
    ).fetchone()
    return Validators(*row) if row else Validators()


def is_unclosed(db: sqlite_utils.Database, url: str) -> bool:
    """Whether what is stored of a page was read from markup that is not closed."""
    row = db.execute(
        "select 1 from article_urls join articles on articles.id = article"
        " where article_urls.url = ? and json_extract(provenance, '$.markup') = 'unclosed'",
        [canonical_url(url)],
    ).fetchone()
    return row is not None


def record_unchanged(db: sqlite_utils.Database, url: str, now: datetime) -> None:
    """A server answered 304: the page is as it was stored, and there."""
    with transaction(db):
        page = _stored_page(db, url)
        if page is None:
            return
        next_at = _due(page["born"], now)
        _write(db, page, status="stored", missed=0, recheck_at=next_at, next_try_at=None, now=now)
        db.execute(
            "update articles set checked_at = ?, gone_at = null where id = ?",
            [timestamp(now), page["article"]],
        )


def record_failure(
    db: sqlite_utils.Database, url: str, *, missing: bool, reason: str, now: datetime
) -> str | None:
    """A page gave no article. None: it is not that of a stored one, or an announced edit is due,
    which the ledger tries again soon; else ``missed`` or ``stored``, or ``gone`` the first time
    that so many looks in a row found it ``missing`` (404, 410). The article itself stays. Of an
    outlet that shows no page at all nothing is gone: the site is broken, or dead.
    """
    with transaction(db):
        page = _stored_page(db, url)
        if page is None or (page["next_try_at"] and not missing):
            return None
        next_at = _due(page["born"], now)
        if not missing:
            _write(db, page, recheck_at=next_at, reason=reason, now=now)
            return "stored"
        if page["missed"] and is_ahead(page["recheck_at"], now):
            return "missed"  # asked again before the hour was over
        missed = page["missed"] + 1
        status = page["status"]
        if missed < MISSES:
            next_at = timestamp(now + SHORTEST_WAIT)
        elif _shows_others(db, page):
            status = "gone"
        else:
            next_at = _due(page["born"], now, OLDEST_DOUBTED)
        _write(db, page, status=status, missed=missed, recheck_at=next_at, reason=reason, now=now)
        if status == "gone" and page["status"] != "gone":
            _mark_gone(db, page, now)
            return "gone"
        return "missed"


def _shows_others(db: sqlite_utils.Database, page: Mapping[str, Any]) -> bool:
    """Whether the outlet has shown another page since the last look at one, or has no other."""
    # What an archive stored is not looked at again, and no sign of life.
    others, read = db.execute(
        "select count(*), total(reason is null and tried_at >= ?) from pages"
        " where outlet = ? and recheck_at not null and status = 'stored' and article <> ?",
        [page["tried_at"], page["outlet"], page["article"]],
    ).fetchone()
    if read or not others:
        return True
    unwatched = db.execute(
        "select 1 from pages where outlet = ? and status = 'rejected' and reason = ?"
        " and tried_at >= ?",
        [page["outlet"], UNWATCHED, page["tried_at"]],
    )
    return unwatched.fetchone() is not None


def _mark_gone(db: sqlite_utils.Database, page: Mapping[str, Any], now: datetime) -> None:
    """The article is gone, unless it is read at another address: this one was an alias."""
    elsewhere = db.execute(
        "select 1 from pages where article = ? and url <> ? and status = 'stored'"
        " and recheck_at not null",
        [page["article"], page["url"]],
    )
    if elsewhere.fetchone() is None:
        db.execute(
            "update articles set gone_at = ?, checked_at = ? where id = ?",
            [timestamp(now), timestamp(now), page["article"]],
        )


def _stored_page(db: sqlite_utils.Database, url: str) -> dict[str, Any] | None:
    names = "url, outlet, status, missed, article, tried_at, next_try_at, recheck_at"
    row = db.execute(
        f"select {names} from pages"
        " where url = ? and article not null and status in ('stored', 'gone')",
        [canonical_url(url)],
    ).fetchone()
    if row is None:
        return None
    page = dict(zip(names.split(", "), row, strict=True))
    return page | {"born": _born(db, page["article"])}


def _write(
    db: sqlite_utils.Database, page: Mapping[str, Any], *, now: datetime, **values: object
) -> None:
    values |= {"tried_at": timestamp(now)}
    values.setdefault("reason", None)
    if values.get("missed"):
        values["next_try_at"] = None
    assignments = ", ".join(f"{name} = ?" for name in values)
    db.execute(f"update pages set {assignments} where url = ?", [*values.values(), page["url"]])


def _born(db: sqlite_utils.Database, number: int) -> datetime:
    """When an article was published, or first seen where that is not known or later."""
    published, seen = db.execute(
        "select published_at, first_seen_at from articles where id = ?", [number]
    ).fetchone()
    return _instant(min(published, seen) if published else seen)


def _instant(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _due(born: datetime, now: datetime, oldest: timedelta = OLDEST) -> str | None:
    moment = next_look(born, now, oldest)
    return timestamp(moment) if moment else None
