"""The crawl ledger: which pages are known, and which are still to fetch.

Known = stored. A page is known once its article is stored, or its final rejection with the reason;
until then it is ``queued`` or ``failed`` and every run asks for it again when it is due.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import sqlite_utils

from database.connection import transaction
from database.urls import article_key, canonical_url

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
EDIT_REST = timedelta(hours=1)
FURTHEST_EDIT = timedelta(days=1)
"""An announced edit further in the future is not believed."""
LINKS_PER_SOURCE = 1000
"""New pages that one answer of a source may queue; the rest is left for the next poll."""
LONGEST_QUEUE = 20_000
"""Pages of an outlet that wait to be read at most."""
BATCH = 500
ANNOUNCERS = {"feed": 1, "sitemap": 2, "section": 4}
"""Kind of source → its bit in ``pages.announced_by``."""


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


@dataclass(slots=True)
class PageState:
    """What is known of a page; ``modified_at`` is the newest edit that a source told of,
    ``changed_at``: since when the stored article is as it is."""

    status: str
    checked_at: str = ""
    next_try_at: str = ""
    modified_at: str = ""
    changed_at: str = ""

    def rests_until(self) -> str:
        """When an announced edit may be looked for again; empty: at once.

        Where the last one that was announced changed nothing the next one waits an hour: there are
        sources whose pages were all edited just now, whenever they are asked.
        """
        if not self.checked_at or not self.changed_at or self.modified_at <= self.changed_at:
            return ""
        return timestamp(datetime.fromisoformat(self.checked_at) + EDIT_REST)


@dataclass(slots=True, frozen=True)
class Poll:
    """The outcome of one poll: the pages to fetch (as links), those never read first, how many
    were known already, and how many new ones were ``left`` out of the ledger, for a bound: that of
    the queue where it ``is_full``."""

    wanted: list[Link]
    known: int
    left: int = 0
    is_full: bool = False


def timestamp(moment: datetime) -> str:
    """UTC, ISO 8601, seconds, ``Z``: the form of every time in the database.

    >>> timestamp(datetime(2026, 3, 2, 11, 5, tzinfo=UTC))
    '2026-03-02T11:05:00Z'
    """
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def is_ahead(planned: str | None, now: datetime, longest: timedelta = LONGEST_PLAN) -> bool:
    """Whether a planned time is still to come; what is further off than ``longest`` is due."""
    return planned is not None and timestamp(now) < planned <= timestamp(now + longest)


def record_poll(
    db: sqlite_utils.Database,
    *,
    outlet: str,
    links: Sequence[Link],
    key_pattern: str | None,
    now: datetime,
    full: bool = False,
) -> Poll:
    """Queue the pages of a source that are not known. Do this before ``record_answer``: so an
    unchanged source (304) never hides a page that was seen but not stored.

    ``full``: pages that wait or were given up or refused are wanted too, but none that was pruned.
    """
    links = [
        replace(link, modified=None)
        if link.modified and link.modified > now + FURTHEST_EDIT
        else link
        for link in links
    ]
    with transaction(db):
        states = _states(db, outlet, links, key_pattern)
        wanted: list[Link] = []
        edited: list[Link] = []
        room = max(0, LONGEST_QUEUE - waiting(db, outlet))
        left = new = 0
        for link, state in _wanted(links, states, key_pattern, now, full=full):
            new += state is None
            if state is None and new > min(room, LINKS_PER_SOURCE):
                left += 1
            elif state is None or state.status != "stored":
                wanted.append(link)
            elif full or (until := state.rests_until()) <= timestamp(now):
                edited.append(link)
            else:
                db.execute(
                    "update pages set next_try_at = ? where url = ? and status = 'stored'",
                    [until, canonical_url(link.url)],
                )
        wanted += edited
        if full:
            db.conn.executemany(_ASK_AGAIN, [[canonical_url(link.url)] for link in wanted])
        _queue(db, outlet, wanted, key_pattern, now)
        for kind, bit in ANNOUNCERS.items():
            _note_announcer(db, outlet, [x for x in links if x.kind == kind], key_pattern, bit)
        _note_edits(db, links)
    return Poll(
        wanted, len(links) - len(wanted) - left, left, is_full=left > 0 and room < LINKS_PER_SOURCE
    )


def _queue(
    db: sqlite_utils.Database,
    outlet: str,
    links: Sequence[Link],
    key_pattern: str | None,
    now: datetime,
) -> None:
    """Ask for these pages; a stored one is due to be looked at again."""
    for link in links:
        db.execute(
            "insert into pages (url, fetch_url, outlet, article_key, status, first_seen_at,"
            " published, published_source, announced_by)"
            " values (?, ?, ?, ?, 'queued', ?, ?, ?, ?)"
            " on conflict (url) do update set next_try_at = excluded.first_seen_at"
            " where status in ('stored', 'gone')",
            [
                canonical_url(link.url),
                link.url,
                outlet,
                article_key(link.url, key_pattern),
                timestamp(now),
                link.published,
                link.kind,
                ANNOUNCERS[link.kind],
            ],
        )


def _note_edits(db: sqlite_utils.Database, links: Sequence[Link]) -> None:
    """Keep the newest edit that a source told of."""
    for link in links:
        if link.modified:
            db.execute(
                "update pages set modified_at = max(coalesce(modified_at, ''), ?) where url = ?",
                [timestamp(link.modified), canonical_url(link.url)],
            )


def _note_announcer(
    db: sqlite_utils.Database,
    outlet: str,
    links: Sequence[Link],
    key_pattern: str | None,
    bit: int,
) -> None:
    """Add a kind of source to the pages of what these links lead to, under whatever address; all
    pages of one article tell the same. Where all is known already nothing is written.
    """
    urls = [canonical_url(link.url) for link in links]
    keys = [key for link in links if (key := article_key(link.url, key_pattern))]
    found: dict[str, tuple[object, int]] = {}
    for where, values, first in (
        ("url in ({})", urls, []),
        ("outlet = ? and article_key in ({})", keys, [outlet]),
        ("article in (select article from article_urls where url in ({}))", urls, []),
    ):
        for batch in _batches(values):
            rows = db.execute(
                "select url, coalesce(article_key, article, url), announced_by from pages where "
                + where.format(",".join("?" * len(batch))),
                [*first, *batch],
            )
            found |= {url: (one, bits) for url, one, bits in rows}
    told: dict[object, int] = {}
    for one, bits in found.values():
        told[one] = told.get(one, bit) | bits
    db.conn.executemany(
        "update pages set announced_by = ? where url = ?",
        [(told[one], url) for url, (one, bits) in found.items() if bits != told[one]],
    )


def waiting(db: sqlite_utils.Database, outlet: str) -> int:
    """How many pages of an outlet wait to be read for the first time."""
    sql = "select count(*) from pages where outlet = ? and status in ('queued', 'failed')"
    return int(db.execute(sql, [outlet]).fetchone()[0])


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


def _wanted(
    links: Sequence[Link],
    states: Mapping[str, PageState],
    key_pattern: str | None,
    now: datetime,
    *,
    full: bool,
) -> Iterator[tuple[Link, PageState | None]]:
    """The links whose page is not known, is due again, or changed since it was last read; with
    what is known of it."""
    seen: set[str] = set()
    for link in links:
        names = _names(link, key_pattern)
        state = next((states[name] for name in names if name in states), None)
        if seen.isdisjoint(names) and (state is None or _is_wanted(link, state, now, full=full)):
            yield link, state
        seen.update(names)


def _names(link: Link, key_pattern: str | None) -> list[str]:
    key = article_key(link.url, key_pattern)
    return [canonical_url(link.url), *([f"key:{key}"] if key else [])]


def _is_wanted(link: Link, state: PageState, now: datetime, *, full: bool) -> bool:
    if is_ahead(state.next_try_at, now) and not full:
        return False
    if state.status == "stored":
        since = state.modified_at or state.checked_at
        return link.modified is not None and timestamp(link.modified) > since
    return (full and state.status != PRUNED) or state.status in ("queued", "failed")


def _states(
    db: sqlite_utils.Database, outlet: str, links: Sequence[Link], key_pattern: str | None
) -> dict[str, PageState]:
    """Canonical URL or ``key:…`` → what is known of that page."""
    states: dict[str, PageState] = {}
    urls = [canonical_url(link.url) for link in links]
    for batch in _batches(urls):
        marks = ",".join("?" * len(batch))
        _add_stored(
            states,
            db.execute(
                f"select article_urls.url, checked_at, {_CHANGED_AT} from article_urls"
                f" join articles on articles.id = article where article_urls.url in ({marks})",
                batch,
            ),
        )
        _add_pages(states, db.execute(f"{_PAGE.format('url')} where url in ({marks})", batch))
    keys = [key for link in links if (key := article_key(link.url, key_pattern))]
    for batch in _batches(keys):
        marks = ",".join("?" * len(batch))
        where = f" where outlet = ? and article_key in ({marks})"
        # That nothing is at one address says nothing of another one.
        not_gone = " and (status <> 'gone' or article not null)"
        _add_stored(
            states,
            db.execute(
                f"select 'key:' || article_key, checked_at, {_CHANGED_AT} from articles {where}",
                [outlet, *batch],
            ),
        )
        _add_pages(
            states,
            db.execute(_PAGE.format("'key:' || article_key") + where + not_gone, [outlet, *batch]),
        )
    return states


_ASK_AGAIN = (
    "update pages set status = 'queued', attempts = 0, missed = 0, next_try_at = null"
    " where url = ? and status in ('failed', 'rejected', 'gone') and article is null"
)
_DUE = (
    "outlet = ? and ((status = 'queued' and next_try_at is null) or next_try_at <= ?"
    " or next_try_at > ? or (? and next_try_at not null))"
)


def _due_values(outlet: str, now: datetime, full: bool) -> list[str | bool]:
    return [outlet, timestamp(now), timestamp(now + LONGEST_PLAN), full]


_CHANGED_AT = (
    "max(articles.first_seen_at, coalesce((select max(replaced_at) from revisions"
    " where revisions.article = articles.id), ''))"
)
_PAGE = (
    f"select {{}}, case when reason = '{PRUNED}' then reason else status end,"
    " coalesce(tried_at, ''), coalesce(next_try_at, ''), coalesce(modified_at, '') from pages"
)


def _add_stored(states: dict[str, PageState], rows: Iterable[tuple[str, str, str]]) -> None:
    for name, checked_at, changed_at in rows:
        states[name] = PageState("stored", checked_at, changed_at=changed_at)


def _add_pages(
    states: dict[str, PageState], rows: Iterable[tuple[str, str, str, str, str]]
) -> None:
    for name, status, tried_at, next_try_at, modified_at in rows:
        state = states.setdefault(name, PageState(status, tried_at, next_try_at))
        state.modified_at = max(state.modified_at, modified_at)
        if status == "stored":
            state.next_try_at = max(state.next_try_at, next_try_at)


def _batches(values: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(values), BATCH):
        yield values[start : start + BATCH]
