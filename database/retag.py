"""Tagging the archive anew after an edit of the watchlist: only what changed, batch by batch.

A batch and the progress that it makes are one transaction, so a retag that was killed goes on
where it stood. A match that a retag finds bears its number: what is found so is no news.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from typing import NamedTuple

import sqlite_utils

from database import matches, watches
from database.candidates import candidates
from database.connection import transaction
from database.differences import Difference, Kind, differences
from database.ledger import timestamp
from watchlist import Watch, Watchlist

BATCH = 500
"""Articles of one transaction."""

Tallies = dict[str, Counter[Kind]]
"""Watch → how many matches it gained, lost, and how many have other hits."""
Progress = Callable[[int, int], None]
"""Is told how many articles were looked at, and how many there are to look at."""


class SupersededError(Exception):
    """Articles were stored with another watchlist meanwhile; the message is one line."""


class Result(NamedTuple):
    """What a retag did since it was first started; ``finished``: False where it was stopped."""

    tallies: Tallies
    finished: bool


class _Row(NamedTuple):
    """A row of ``retags``."""

    id: int
    started_at: str
    next_article: int
    last_article: int


def preview(
    db: sqlite_utils.Database,
    chosen: Sequence[Watch],
    *,
    every_article: bool = False,
    on_progress: Progress = lambda _done, _total: None,
) -> Iterator[Difference]:
    """Yield what a retag of these watches would change; nothing is written."""
    matcher = Watchlist(chosen)
    articles = _articles(db, chosen, every_article)
    for done, batch in _batches(articles, BATCH):
        yield from differences(db, matcher, batch)
        on_progress(done, len(articles))


def retag(
    db: sqlite_utils.Database,
    watchlist: Watchlist,
    chosen: Sequence[Watch],
    *,
    clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    every_article: bool = False,
    batch: int = BATCH,
    on_progress: Progress = lambda _done, _total: None,
    stop: Callable[[], bool] = lambda: False,
) -> Result:
    """Make the matches of the ``chosen`` watches those that ``watchlist`` means; hold the run lock.

    Only articles that can match are read, unless ``every_article`` is to be. One that was begun and
    not finished for just these watches is gone on with. ``stop`` is asked after each batch.

    :raises SupersededError: another program stored articles with another watchlist.
    """
    row = _begin(db, watchlist, chosen, every_article, clock())
    matcher = Watchlist(chosen)
    every = _articles(db, chosen, every_article)
    articles = [each for each in every if row.next_article <= each <= row.last_article]
    before = sum(each < row.next_article for each in every)
    for done, numbers in _batches(articles, batch):
        with transaction(db):
            _check(db, row.id)
            found = list(differences(db, matcher, numbers))
            for difference in found:
                _apply(db, difference, row)
            _count(db, row.id, found)
            db.execute("update retags set next_article = ? where id = ?", [numbers[-1] + 1, row.id])
        on_progress(before + done, before + len(articles))
        if done < len(articles) and stop():
            return Result(_tallies(db, row.id), finished=False)
    _finish(db, row.id, clock())
    return Result(_tallies(db, row.id), finished=True)


def _articles(
    db: sqlite_utils.Database, chosen: Sequence[Watch], every_article: bool
) -> Sequence[int]:
    found = None if every_article else candidates(db, chosen)
    if found is None:
        found = [number for (number,) in db.execute("select id from articles order by id")]
    return found


def _batches(articles: Sequence[int], size: int) -> Iterator[tuple[int, Sequence[int]]]:
    """Yield the articles in batches, each with how many there are up to its end."""
    for first in range(0, len(articles), size):
        numbers = articles[first : first + size]
        yield first + len(numbers), numbers


def _begin(
    db: sqlite_utils.Database,
    watchlist: Watchlist,
    chosen: Sequence[Watch],
    every_article: bool,
    now: datetime,
) -> _Row:
    """Find the retag to go on with, or begin one. From here on the archive is mixed."""
    meant = {watch.name: watch.fingerprint for watch in chosen}
    with transaction(db):
        watches.sync(db, watchlist, now=now)
        found = _unfinished(db, meant, every_article) or _new(db, meant, every_article, now)
        db.execute(
            "update retags set status = 'superseded', finished_at = ?"
            " where status = 'unfinished' and id != ?",
            [timestamp(now), found.id],
        )
        db.conn.executemany(
            "update watches set tagged = null where watch = ?", [(name,) for name in meant]
        )
    return found


def _unfinished(
    db: sqlite_utils.Database, meant: dict[str, str], every_article: bool
) -> _Row | None:
    row = db.execute(
        "select id, started_at, next_article, last_article from retags"
        " where status = 'unfinished' and every_article = ? order by id desc",
        [every_article],
    ).fetchone()
    if row is None:
        return None
    known = db.execute("select watch, fingerprint from retag_watches where retag = ?", [row[0]])
    return _Row(*row) if dict(known.fetchall()) == meant else None


def _new(
    db: sqlite_utils.Database, meant: dict[str, str], every_article: bool, now: datetime
) -> _Row:
    last = db.execute("select coalesce(max(id), 0) from articles").fetchone()[0]
    cursor = db.execute(
        "insert into retags (started_at, status, every_article, next_article, last_article)"
        " values (?, 'unfinished', ?, 0, ?)",
        [timestamp(now), every_article, last],
    )
    number = int(cursor.lastrowid or 0)
    db.conn.executemany(
        "insert into retag_watches (retag, watch, fingerprint) values (?, ?, ?)",
        [(number, name, fingerprint) for name, fingerprint in meant.items()],
    )
    return _Row(number, timestamp(now), 0, last)


def _check(db: sqlite_utils.Database, retag: int) -> None:
    (status,) = db.execute("select status from retags where id = ?", [retag]).fetchone()
    if status != "unfinished":
        raise SupersededError(
            "articles were stored with another watchlist meanwhile; run `scrapy retag` again"
        )


def _apply(db: sqlite_utils.Database, difference: Difference, row: _Row) -> None:
    article, match = difference.article, difference.match
    if match is None:
        matches.remove(db, article.id, difference.watch)
        return
    at, retag = row.started_at, row.id
    if difference.kind == "changed":
        at, retag = db.execute(
            "select first_matched_at, retag from matches where article = ? and watch = ?",
            [article.id, difference.watch],
        ).fetchone()
    matches.put(db, article.id, match, article.texts, first_matched_at=at, retag=retag)


def _count(db: sqlite_utils.Database, retag: int, found: Sequence[Difference]) -> None:
    counts = Counter((difference.kind, difference.watch) for difference in found)
    for (kind, watch), count in counts.items():
        db.execute(
            f"update retag_watches set {kind} = {kind} + ? where retag = ? and watch = ?",
            [count, retag, watch],
        )


def _tallies(db: sqlite_utils.Database, retag: int) -> Tallies:
    rows = db.execute(
        "select watch, gained, lost, changed from retag_watches where retag = ?", [retag]
    )
    return {
        watch: Counter({"gained": gained, "lost": lost, "changed": changed})
        for watch, gained, lost, changed in rows.fetchall()
    }


def _finish(db: sqlite_utils.Database, retag: int, now: datetime) -> None:
    with transaction(db):
        _check(db, retag)
        db.execute(
            "update watches set tagged = fingerprint"
            " where watch in (select watch from retag_watches where retag = ?)",
            [retag],
        )
        db.execute(
            "update retags set status = 'finished', finished_at = ? where id = ?",
            [timestamp(now), retag],
        )
