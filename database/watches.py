"""The watches of the watchlist file, as rows: an edited file changes them, history stays.

``fingerprint`` is the meaning that the file last gave a watch; ``tagged`` the one that the matches
of all articles follow, null while some may follow another. Whoever tags articles calls ``sync``
first, so an archive that was tagged by two meanings is known as such whichever comes back.
"""

from __future__ import annotations

from datetime import datetime

import sqlite_utils

from database.connection import transaction
from database.ledger import timestamp
from watchlist import Watch, Watchlist

_WRITE = """
    insert into watches (watch, query, category, note, fingerprint, active, updated_at)
    values (?, ?, ?, ?, ?, 1, ?)
    on conflict (watch) do update set
        query = excluded.query, category = excluded.category, note = excluded.note,
        fingerprint = excluded.fingerprint, active = 1, updated_at = excluded.updated_at
    where (query, category, note, fingerprint, active)
        is not (excluded.query, excluded.category, excluded.note, excluded.fingerprint, 1)
"""
_SUPERSEDE = """
    update retags set status = 'superseded', finished_at = ?
    where status = 'unfinished' and id in (
        select retag from retag_watches join watches using (watch)
        where not active or retag_watches.fingerprint != watches.fingerprint
    )
"""


def sync(db: sqlite_utils.Database, watchlist: Watchlist, *, now: datetime) -> None:
    """Write the watches; one that the file no longer names becomes inactive, its matches stay.

    An unfinished retag that follows another meaning of a watch will not be gone on with.
    """
    at = timestamp(now)
    with transaction(db):
        for watch in watchlist.watches:
            meant = watchlist.fingerprints[watch.name]
            values = [watch.name, watch.query, watch.category, watch.note, meant, at]
            db.execute(_WRITE, values)
        for name in removed(db, watchlist):
            db.execute(
                "update watches set active = 0, tagged = null, updated_at = ? where watch = ?",
                [at, name],
            )
        # What is stored from now on follows the file: no earlier meaning holds for all.
        db.execute("update watches set tagged = null where tagged != fingerprint")
        if not _has_articles(db):
            db.execute("update watches set tagged = fingerprint where active")
        db.execute(_SUPERSEDE, [at])


def follows(db: sqlite_utils.Database, watchlist: Watchlist) -> bool:
    """Whether the rows are those of this watchlist, or another one was written since."""
    rows = dict(db.execute("select watch, fingerprint from watches where active"))
    return rows == watchlist.fingerprints


def pending(db: sqlite_utils.Database, watchlist: Watchlist) -> list[Watch]:
    """The watches of the file that the matches of some articles may not follow, in its order."""
    if not _has_articles(db):
        return []
    tagged = dict(db.execute("select watch, tagged from watches"))
    meant = watchlist.fingerprints
    return [watch for watch in watchlist.watches if tagged.get(watch.name) != meant[watch.name]]


def removed(db: sqlite_utils.Database, watchlist: Watchlist) -> list[str]:
    """The names of the active watches that the file no longer names."""
    named = {watch.name for watch in watchlist.watches}
    active = db.execute("select watch from watches where active order by watch")
    return [name for (name,) in active.fetchall() if name not in named]


def _has_articles(db: sqlite_utils.Database) -> bool:
    return db.execute("select 1 from articles limit 1").fetchone() is not None
