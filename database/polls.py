"""Polls: what a source names, beside what the ledger knows, becomes the pages to ask for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import sqlite_utils

from database.connection import transaction
from database.ledger import LONGEST_QUEUE, PRUNED, Link, is_ahead, timestamp
from database.urls import article_key, canonical_url

EDIT_REST = timedelta(hours=1)
FURTHEST_EDIT = timedelta(days=1)
"""An announced edit further in the future is not believed."""
LINKS_PER_SOURCE = 1000
"""New pages that one answer of a source may queue; the rest is left for the next poll."""
BATCH = 500
ANNOUNCERS = {"feed": 1, "sitemap": 2, "section": 4}
"""Kind of source → its bit in ``pages.announced_by``."""


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
