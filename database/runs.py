"""The record of each run, and of each outlet in it."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime

import sqlite_utils

from database.connection import transaction
from database.ledger import timestamp


@dataclass(slots=True)
class Counts:
    """What one outlet's crawl did, in pages and articles; the columns of ``outlet_runs``."""

    discovered: int = 0
    known: int = 0
    fetched: int = 0
    stored: int = 0
    revised: int = 0
    duplicates: int = 0
    matched: int = 0
    rejected: int = 0
    failed: int = 0


def start_run(db: sqlite_utils.Database, command: str, now: datetime) -> int:
    """Open a run; its status is ``running`` until ``finish_run``."""
    cursor = db.execute(
        "insert into runs (started_at, status, command) values (?, 'running', ?)",
        [timestamp(now), command],
    )
    return int(cursor.lastrowid or 0)


def finish_run(
    db: sqlite_utils.Database, run: int, *, status: str, exit_code: int, now: datetime
) -> None:
    """Close a run with its outcome."""
    db.execute(
        "update runs set finished_at = ?, status = ?, exit_code = ? where id = ?",
        [timestamp(now), status, exit_code, run],
    )


def abandon_runs(db: sqlite_utils.Database) -> None:
    """Runs that were killed are marked so; call it only while holding the lock."""
    db.execute("update runs set status = 'killed' where status = 'running'")


def record_outlet(
    db: sqlite_utils.Database,
    run: int,
    outlet: str,
    counts: Counts,
    *,
    seconds: float,
    status: str,
    note: str | None,
) -> None:
    """Write an outlet's row of a run; the last word counts."""
    values = {"run": run, "outlet": outlet, **asdict(counts)}
    values |= {"seconds": round(seconds, 3), "status": status, "note": note}
    names, marks = ", ".join(values), ", ".join("?" * len(values))
    with transaction(db):
        db.execute(
            f"insert or replace into outlet_runs ({names}) values ({marks})",
            list(values.values()),
        )
