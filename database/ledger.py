"""The crawl ledger: which sources were polled, which pages are known, which are still to fetch.

Known = stored. A page is known once its article is stored, or its final rejection with the reason;
until then it is ``queued`` or ``failed`` and every run asks for it again when it is due.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import sqlite_utils

from database.connection import transaction
from database.urls import article_key, canonical_url

FINAL = ("stored", "rejected", "gone")
FIRST_WAIT = timedelta(minutes=10)
LONGEST_WAIT = timedelta(days=1)
BATCH = 500


@dataclass(slots=True, frozen=True)
class Link:
    """An article's address as a source names it, with what the source says of the article.

    ``published`` is the raw text; ``modified`` and ``announced`` (the newest of both) are aware
    datetimes, None when the source is silent.
    """

    url: str
    published: str | None = None
    modified: datetime | None = None
    announced: datetime | None = None


@dataclass(slots=True, frozen=True)
class Validators:
    """What a source answered with, to be sent back as If-None-Match and If-Modified-Since."""

    etag: str | None = None
    last_modified: str | None = None


@dataclass(slots=True, frozen=True)
class Poll:
    """The outcome of one poll: the pages to fetch (as links) and how many were known already."""

    wanted: list[Link]
    known: int


def timestamp(moment: datetime) -> str:
    """UTC, ISO 8601, seconds, ``Z``: the form of every time in the database.

    >>> timestamp(datetime(2026, 3, 2, 11, 5, tzinfo=UTC))
    '2026-03-02T11:05:00Z'
    """
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def validators(db: sqlite_utils.Database, source_url: str) -> Validators:
    """The validators that the last good poll of a source left; empty when there was none."""
    row = db.execute(
        "select etag, last_modified from sources where url = ?", [source_url]
    ).fetchone()
    return Validators(*row) if row else Validators()


def register_sources(
    db: sqlite_utils.Database, outlet: str, sources: Iterable[tuple[str, str]]
) -> None:
    """Write an outlet's sources, given as (kind, url); what was learnt of them stays."""
    with transaction(db):
        for kind, url in sources:
            db.execute(
                "insert into sources (outlet, kind, url) values (?, ?, ?)"
                " on conflict (url) do update set outlet = excluded.outlet, kind = excluded.kind",
                [outlet, kind, url],
            )


def sources(db: sqlite_utils.Database, outlet: str) -> list[tuple[str, str]]:
    """An outlet's sources as (kind, url), in the order in which they became known."""
    rows = db.execute("select kind, url from sources where outlet = ? order by id", [outlet])
    return [(kind, url) for kind, url in rows]


def record_poll(
    db: sqlite_utils.Database,
    *,
    outlet: str,
    links: Sequence[Link],
    key_pattern: str | None,
    now: datetime,
) -> Poll:
    """Queue the pages of a source that are not known. Do this before ``record_answer``: so an
    unchanged source (304) never hides a page that was seen but not stored.
    """
    with transaction(db):
        wanted = list(_wanted(db, outlet, links, key_pattern, now))
        for link in wanted:
            db.execute(
                "insert into pages (url, fetch_url, outlet, article_key, status, first_seen_at)"
                " values (?, ?, ?, ?, 'queued', ?) on conflict (url) do update"
                " set next_try_at = excluded.first_seen_at where status = 'stored'",
                [
                    canonical_url(link.url),
                    link.url,
                    outlet,
                    article_key(link.url, key_pattern),
                    timestamp(now),
                ],
            )
    return Poll(wanted, len(links) - len(wanted))


def record_answer(
    db: sqlite_utils.Database, source_url: str, found: Validators, now: datetime
) -> None:
    """A source was read to its end: save its validators for the next poll."""
    db.execute(
        "update sources set etag = ?, last_modified = ?, polled_at = ?, status = 'ok',"
        " failures = 0 where url = ?",
        [found.etag, found.last_modified, timestamp(now), source_url],
    )


def record_unchanged(db: sqlite_utils.Database, source_url: str, now: datetime) -> None:
    """A source answered 304: nothing new since the last poll."""
    db.execute(
        "update sources set polled_at = ?, status = 'unchanged', failures = 0 where url = ?",
        [timestamp(now), source_url],
    )


def record_failure(db: sqlite_utils.Database, source_url: str, reason: str, now: datetime) -> None:
    """A source could not be read; without its validators the next poll reads it all."""
    db.execute(
        "update sources set polled_at = ?, status = ?, failures = failures + 1,"
        " etag = null, last_modified = null where url = ?",
        [timestamp(now), reason, source_url],
    )


def due(db: sqlite_utils.Database, outlet: str, now: datetime) -> list[Link]:
    """Pages that an earlier run saw but did not store, or not as edited since; oldest first."""
    rows = db.execute(
        "select fetch_url from pages where outlet = ? and (status = 'queued'"
        " or (status in ('failed', 'stored') and next_try_at <= ?)) order by first_seen_at, url",
        [outlet, timestamp(now)],
    )
    return [Link(url) for (url,) in rows]


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
) -> None:
    """Write what became of a page. A failed page gets a growing wait: 10 minutes to one day.

    A page that is stored stays stored when a later look at it fails or is rejected.
    """
    canonical = canonical_url(url)
    with transaction(db):
        row = db.execute("select attempts, status from pages where url = ?", [canonical]).fetchone()
        failures, before = row or (0, None)
        attempts = failures + 1 if status == "failed" else 0
        next_try = timestamp(now + _wait(attempts)) if status == "failed" else None
        if before == "stored" and status in ("failed", "rejected"):
            status = "stored"
        db.execute(
            "insert into pages (url, fetch_url, outlet, article_key, status, reason, attempts,"
            " first_seen_at, tried_at, next_try_at, article) values (?,?,?,?,?,?,?,?,?,?,?)"
            " on conflict (url) do update set status = excluded.status, reason = excluded.reason,"
            " attempts = excluded.attempts, tried_at = excluded.tried_at,"
            " next_try_at = excluded.next_try_at,"
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
                article,
            ],
        )


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


def _wait(attempts: int) -> timedelta:
    doubled: int = 2 ** min(attempts - 1, 10)
    return min(FIRST_WAIT * doubled, LONGEST_WAIT)


def _wanted(
    db: sqlite_utils.Database,
    outlet: str,
    links: Sequence[Link],
    key_pattern: str | None,
    now: datetime,
) -> Iterator[Link]:
    """The links whose page is not known, is due again, or changed since it was last read."""
    states = _states(db, outlet, links, key_pattern)
    seen: set[str] = set()
    for link in links:
        names = _names(link, key_pattern)
        if seen.isdisjoint(names) and _is_wanted(link, names, states, timestamp(now)):
            yield link
        seen.update(names)


def _names(link: Link, key_pattern: str | None) -> list[str]:
    key = article_key(link.url, key_pattern)
    return [canonical_url(link.url), *([f"key:{key}"] if key else [])]


def _is_wanted(
    link: Link, names: Sequence[str], states: dict[str, tuple[str, str, str]], now: str
) -> bool:
    found = [states[name] for name in names if name in states]
    if not found:
        return True
    status, tried_at, next_try_at = found[0]
    if status == "stored" and link.modified and tried_at:
        return timestamp(link.modified) > tried_at
    if status == "failed":
        return next_try_at <= now
    return status == "queued"


def _states(
    db: sqlite_utils.Database, outlet: str, links: Sequence[Link], key_pattern: str | None
) -> dict[str, tuple[str, str, str]]:
    """Canonical URL or ``key:…`` → (status, tried_at, next_try_at) of the pages known of."""
    urls = [canonical_url(link.url) for link in links]
    keys = [key for link in links if (key := article_key(link.url, key_pattern))]
    states: dict[str, tuple[str, str, str]] = {}
    for batch in _batches(urls):
        marks = ",".join("?" * len(batch))
        for url, seen_at in db.execute(
            "select article_urls.url, articles.checked_at from article_urls"
            f" join articles on articles.id = article where article_urls.url in ({marks})",
            batch,
        ):
            states[url] = ("stored", seen_at, "")
        for url, *state in db.execute(
            "select url, status, coalesce(tried_at, ''), coalesce(next_try_at, '')"
            f" from pages where url in ({marks})",
            batch,
        ):
            states.setdefault(url, tuple(state))
    for batch in _batches(keys):
        marks = ",".join("?" * len(batch))
        for key, seen_at in db.execute(
            "select article_key, checked_at from articles"
            f" where outlet = ? and article_key in ({marks})",
            [outlet, *batch],
        ):
            states[f"key:{key}"] = ("stored", seen_at, "")
        for key, *state in db.execute(
            "select article_key, status, coalesce(tried_at, ''), coalesce(next_try_at, '')"
            f" from pages where outlet = ? and article_key in ({marks})",
            [outlet, *batch],
        ):
            states.setdefault(f"key:{key}", tuple(state))
    return states


def _batches(values: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(values), BATCH):
        yield values[start : start + BATCH]
