"""An online copy of the database, checked before it gets its name; a half one is never left."""

from __future__ import annotations

import fcntl
import os
import re
import shutil
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from database.connection import BUSY_TIMEOUT_MS, DatabaseError
from database.failure import DAMAGED, complaint

FOLDER = "backups"
"""Where backups lie, beside the database."""
PAGES = 256
"""Copied in one step, and between two questions whether to stop."""
INSTRUCTIONS = 100_000
"""Of SQLite's machine between two such questions, while the copy is checked."""
_PART = ".backup-part"
_BESIDE = ("", "-journal", "-wal", "-shm")

Progress = Callable[[int, int], None]
Stop = Callable[[], bool]


class BackupError(Exception):
    """There is no backup; the message is one line with the cure."""


class StoppedError(Exception):
    """Someone asked the backup to stop; nothing is left of it."""


@dataclass(slots=True, frozen=True)
class Backup:
    """A finished copy. ``size`` and ``free`` (on its disk) in bytes."""

    path: Path
    size: int
    free: int


def stamped(database: Path, now: datetime) -> str:
    """The name of a backup: that of the database with the instant, UTC.

    >>> stamped(Path("data/rasid.db"), datetime(2026, 3, 2, 11, 5, tzinfo=UTC))
    'rasid-20260302T110500Z.db'
    """
    return f"{database.stem}-{now.astimezone(UTC):%Y%m%dT%H%M%SZ}.db"


def backup(
    database: Path,
    target: Path,
    *,
    on_progress: Progress = lambda _done, _pages: None,
    stop: Stop = lambda: False,
) -> Backup:
    """Copy ``database`` as it is at this moment to the new file ``target``, while others write.

    The folder of ``target`` is made where it is missing; what a killed backup left there goes.
    Raises BackupError where there is no room or ``target`` exists, StoppedError, and DatabaseError
    when the database cannot be read or is damaged.
    """
    if not database.is_file():
        raise DatabaseError(f"{database}: no such database; name one with --db")
    _refuse_existing(target)
    target.parent.mkdir(parents=True, exist_ok=True)
    _remove_leftovers(target.parent)
    with _part(target) as part, _reported(database, stop):
        with closing(_read(database)) as source, closing(sqlite3.connect(part)) as copy:
            _check_room(source, target.parent)
            _copy(source, copy, on_progress, stop)
            copy.set_progress_handler(stop, INSTRUCTIONS)
            _check(database, copy)
        part.chmod(database.stat().st_mode & 0o777)
        size = part.stat().st_size
        _sync(part)
        _publish(part, target)
    _sync(target.parent)
    return Backup(target, size, shutil.disk_usage(target.parent).free)


def thin(database: Path, folder: Path, keep: int) -> list[Path]:
    """Remove all but the newest ``keep`` stamped backups of a database; those removed."""
    name = re.compile(re.escape(database.stem) + r"-\d{8}T\d{6}Z\.db")
    made = sorted(path for path in folder.iterdir() if name.fullmatch(path.name))
    old = made[:-keep]
    for path in old:
        path.unlink()
    return old


def _read(database: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(
        f"{database.absolute().as_uri()}?mode=ro", uri=True, isolation_level=None
    )
    connection.execute(f"pragma busy_timeout = {BUSY_TIMEOUT_MS}")
    # The snapshot is pinned here: writers go on, and the copy need not begin anew for them.
    connection.execute("begin")
    connection.execute("select count(*) from sqlite_master").fetchone()
    return connection


def _copy(
    source: sqlite3.Connection, copy: sqlite3.Connection, on_progress: Progress, stop: Stop
) -> None:
    def copied(_status: int, remaining: int, total: int) -> None:
        on_progress(total - remaining, total)
        if stop():
            raise StoppedError

    # A half copy is thrown away, so a journal of it would be written for nothing.
    copy.execute("pragma journal_mode = off")
    source.backup(copy, pages=PAGES, progress=copied)
    # One file, without -wal: it can be moved, and be read from a disk that cannot be written.
    copy.execute("pragma journal_mode = delete")


def _check(database: Path, copy: sqlite3.Connection) -> None:
    """Raise DatabaseError unless the copy, and so the database, is sound."""
    found = copy.execute("pragma integrity_check(1)").fetchone()[0]
    if found != "ok":
        # SQLite may tell of a place in several lines.
        raise DatabaseError(f"{database}: is damaged ({' '.join(found.split())}); {DAMAGED}")
    if row := copy.execute("pragma foreign_key_check").fetchone():
        raise DatabaseError(
            f"{database}: is damaged (a row of {row[0]} names one of {row[2]} that is not there);"
            f" {DAMAGED}"
        )


def _check_room(source: sqlite3.Connection, folder: Path) -> None:
    pages, size = (source.execute(f"pragma {name}").fetchone()[0] for name in _SIZE)
    free = shutil.disk_usage(folder).free
    if pages * size > free:
        raise BackupError(
            f"{folder}: has {mega(free)} free, the backup needs {mega(pages * size)};"
            " name a file on another disk, or keep fewer backups (--keep)"
        )


_SIZE = ("page_count", "page_size")


def mega(size: int) -> str:
    """A number of bytes for a reader.

    >>> mega(12_340_000)
    '12.3 MB'
    """
    return f"{size / 1e6:,.1f} MB"


@contextmanager
def _part(target: Path) -> Iterator[Path]:
    """A new file beside ``target`` to write into. Its lock says that its backup is alive."""
    handle, name = tempfile.mkstemp(suffix=_PART, prefix=f".{target.name}.", dir=target.parent)
    part = Path(name)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield part
    finally:
        _remove(part)
        os.close(handle)


def _remove_leftovers(folder: Path) -> None:
    for part in folder.glob(f".*{_PART}"):
        with suppress(FileNotFoundError), part.open("rb") as file, suppress(BlockingIOError):
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            _remove(part)


def _remove(part: Path) -> None:
    for ending in _BESIDE:
        part.with_name(part.name + ending).unlink(missing_ok=True)


@contextmanager
def _reported(database: Path, stop: Stop) -> Iterator[None]:
    """Errors of SQLite as those that a user understands."""
    try:
        yield
    except sqlite3.Error as error:
        if stop():
            raise StoppedError from error
        raise DatabaseError(complaint(database, error)) from error


def _publish(part: Path, target: Path) -> None:
    """Give the copy its name at one blow, and never to the loss of another file."""
    try:
        os.link(part, target)
    except FileExistsError:
        _refuse_existing(target)
    except OSError:
        # A FAT disk knows no hard links.
        _refuse_existing(target)
        part.rename(target)


def _refuse_existing(target: Path) -> None:
    if target.exists():
        raise BackupError(f"{target}: exists already; name another file")


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
