"""Opening the SQLite file: pragmas, functions, migrations, and the one way to write."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import sqlite_utils

from database import search, unusual
from database.failure import DAMAGED, complaint
from database.migrations import migrations

BUSY_TIMEOUT_MS = 30_000
_STEPS = {step.name for step in migrations.pending(sqlite_utils.Database(memory=True))}


class DatabaseError(Exception):
    """The database cannot be used; the message is one line with the cure."""


def open_database(
    path: str | Path, *, create: bool = True, one_thread: bool = True
) -> sqlite_utils.Database:
    """Open (and by default create) the database at ``path``, migrated to the newest schema.

    Without ``one_thread`` several may use it, one after the other.
    Raises DatabaseError when the file is missing (``create=False``), unreadable, read-only, no
    SQLite database, or made by a newer version.
    """
    path = Path(path)
    if not create and not path.exists():
        raise DatabaseError(f"{path}: no such database; run `scrapy run` or `scrapy ingest` first")
    if path.is_dir():
        raise DatabaseError(f"{path}: is a folder; name a file, as in --db {path / 'rasid.db'}")
    if _was_emptied(path):
        raise DatabaseError(f"{path}: is empty although a run has used it; {DAMAGED}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        connection = sqlite3.connect(
            path, timeout=BUSY_TIMEOUT_MS / 1000, check_same_thread=one_thread
        )
    except (OSError, sqlite3.OperationalError) as error:
        raise DatabaseError(f"{path}: cannot be opened ({error}); check path and rights") from error
    try:
        return _prepare(connection, path)
    except sqlite3.DatabaseError as error:
        connection.close()
        raise DatabaseError(complaint(path, error)) from error
    except BaseException:
        connection.close()
        raise


_shared: dict[str, tuple[sqlite_utils.Database, int]] = {}


def share_database(path: str) -> sqlite_utils.Database:
    """The connection of all who ask for the same file in one thread; each gives it back by
    ``release_database``.

    Connections of their own would each read anew what another one wrote, and each keep its copy.
    """
    db, users = _shared.get(path) or (open_database(path), 0)
    _shared[path] = db, users + 1
    return db


def release_database(db: sqlite_utils.Database) -> None:
    """Give a shared connection back; the last one closes it."""
    [path] = [path for path, (shared, _) in _shared.items() if shared is db]
    _, users = _shared.pop(path)
    if users > 1:
        _shared[path] = db, users - 1
    else:
        db.close()


def _was_emptied(path: Path) -> bool:
    """Whether a file of no bytes was a database: the lock of a run is beside it."""
    lock = path.with_name(path.name + ".lock")
    return path.exists() and path.stat().st_size == 0 and lock.exists()


def _prepare(connection: sqlite3.Connection, path: Path) -> sqlite_utils.Database:
    connection.execute(f"pragma busy_timeout = {BUSY_TIMEOUT_MS}")
    db = sqlite_utils.Database(connection, execute_plugins=False)
    _refuse_strangers(db, path)
    connection.execute("pragma journal_mode = wal")
    connection.execute("pragma synchronous = full")
    connection.execute("pragma foreign_keys = on")
    search.register(connection)
    unusual.register(connection)
    if migrations.pending(db):
        with transaction(db):
            migrations.apply(db)
    if _index_version(db) != search.NORM_VERSION:
        with transaction(db):
            search.refill(connection)
            unusual.note(connection)
            connection.execute(f"pragma user_version = {search.NORM_VERSION}")
    return db


def _index_version(db: sqlite_utils.Database) -> int:
    """The version of ``ar_norm`` that the full-text index was filled with (``user_version``)."""
    return int(db.execute("pragma user_version").fetchone()[0])


def _refuse_strangers(db: sqlite_utils.Database, path: Path) -> None:
    """Raise DatabaseError for another program's tables, and for those of a version to come."""
    applied = {step.name for step in migrations.applied(db)}
    if db.table_names() and not applied:
        raise DatabaseError(f"{path}: holds tables of another program; name another file with --db")
    if applied - _STEPS or _index_version(db) > search.NORM_VERSION:
        raise DatabaseError(
            f"{path}: was made by a newer version of Rasid; update this one, or name another file"
        )


@contextmanager
def transaction(db: sqlite_utils.Database) -> Iterator[None]:
    """All or nothing, with the write lock taken at the start.

    A deferred transaction that reads first and writes later fails at once with SQLITE_BUSY when
    another process wrote in between; ``BEGIN IMMEDIATE`` waits instead. Inside an open
    transaction this joins it, so that batches commit as one.
    """
    if db.conn.in_transaction:
        yield
        return
    db.conn.execute("begin immediate")
    try:
        yield
        db.conn.commit()
    except BaseException:
        db.conn.rollback()
        raise
