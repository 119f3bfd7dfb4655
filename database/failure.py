"""What is wrong with the SQLite file or its disk, in one line with the cure."""

from __future__ import annotations

import sqlite3
from pathlib import Path

DAMAGED = (
    "restore a backup (`scrapy backup` makes them) or try `sqlite3 FILE .recover`:"
    " docs/store.md has the steps"
)
_CURES = {
    sqlite3.SQLITE_CORRUPT: f"is damaged ({{}}); {DAMAGED}",
    sqlite3.SQLITE_NOTADB: "is no readable SQLite database ({}); name another file, or " + DAMAGED,
    sqlite3.SQLITE_FULL: "cannot grow ({}); free disk space, then run this again: what was stored"
    " before is safe",
    sqlite3.SQLITE_READONLY: "is read-only ({}); give this user write rights to the file and its"
    " folder",
    sqlite3.SQLITE_BUSY: "is locked by another program ({}); wait for it to end, then try again",
    sqlite3.SQLITE_LOCKED: "is locked by another program ({}); wait for it to end, then try again",
    sqlite3.SQLITE_IOERR: "cannot be read or written ({}); check the disk: its free space, its"
    " health, and that it is no network disk",
    sqlite3.SQLITE_CANTOPEN: "cannot be opened ({}); check path, rights and free disk space",
}
_UNKNOWN = "cannot be used ({}); check the file, the disk and the rights"


def is_failure(error: BaseException | None) -> bool:
    """Whether the store itself failed: further articles would fail as this one did."""
    return _code(error) in _CURES


def complaint(path: str | Path, error: BaseException) -> str:
    """One line that names the file, what is wrong with it, and the cure."""
    return f"{path}: " + _CURES.get(_code(error), _UNKNOWN).format(error)


def _code(error: BaseException | None) -> int:
    """The primary result code of SQLite; 0 for any other error."""
    return getattr(error, "sqlite_errorcode", 0) & 0xFF
