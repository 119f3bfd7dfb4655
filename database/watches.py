"""The watches of the watchlist file, as rows: an edited file changes them, history stays."""

from __future__ import annotations

from datetime import datetime

import sqlite_utils

from database.connection import transaction
from database.ledger import timestamp
from watchlist import Watchlist


def sync(db: sqlite_utils.Database, watchlist: Watchlist, *, now: datetime) -> None:
    """Write the watches; one that the file no longer names becomes inactive, its matches stay."""
    with transaction(db):
        names = [watch.name for watch in watchlist.watches]
        for watch in watchlist.watches:
            db.execute(
                "insert into watches (watch, query, category, note, fingerprint, active,"
                " updated_at) values (?, ?, ?, ?, ?, 1, ?) on conflict (watch) do update set"
                " query = excluded.query, category = excluded.category, note = excluded.note,"
                " fingerprint = excluded.fingerprint, active = 1, updated_at = excluded.updated_at"
                " where (query, category, note, fingerprint, active) is not"
                " (excluded.query, excluded.category, excluded.note, excluded.fingerprint, 1)",
                [
                    watch.name,
                    watch.query,
                    watch.category,
                    watch.note,
                    watch.fingerprint,
                    timestamp(now),
                ],
            )
        marks = ",".join("?" * len(names))
        db.execute(
            "update watches set active = 0, updated_at = ?"
            f" where active and watch not in ({marks})",
            [timestamp(now), *names],
        )
