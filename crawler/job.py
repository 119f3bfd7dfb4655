"""The job: one run over many outlets, in worker processes, under a lock, with an outcome each."""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import logging
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import NamedTuple, TextIO

import sqlite_utils

from crawler.command import FAILED, OK, UNREACHED
from crawler.crew import Crew, Job, Watcher
from crawler.health import ALARMS
from crawler.report import Outcome
from database import runs

LOG_BYTES = 5 * 1024 * 1024
LOG_FILES = 5
ORPHAN_SECONDS = 10.0
"""How long workers whose parent was killed may take to end."""
FOLDER_PREFIX = "rasid-"


class LockedError(Exception):
    """Another run holds the lock."""


@contextlib.contextmanager
def lock(database: Path) -> Iterator[TextIO]:
    """Hold the run lock of a database; raises LockedError at once when another run holds it.

    The lock is a file beside the database. The system frees it when the process ends, however it
    ends, and the workers to which it passed the file; so no stale lock can stop the next night.
    Workers that lost their parent are waited for: they end by themselves.
    """
    database = database.resolve()
    database.parent.mkdir(parents=True, exist_ok=True)
    path = database.with_name(database.name + ".lock")
    with path.open("a+", encoding="utf-8", errors="replace") as file:
        give_up = time.monotonic() + ORPHAN_SECONDS
        while not _is_taken(file):
            if time.monotonic() > give_up or _is_running(_signed(file)[0]):
                raise LockedError(f"another run holds {path.name}; wait for it to end")
            time.sleep(0.1)
        _sign(file, _signed(file)[1])
        yield file


def _is_taken(file: TextIO) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _signed(file: TextIO) -> tuple[str, str]:
    """The process that took the lock last, and the folder of its run."""
    file.seek(0)
    process, _, folder = file.read().partition("\n")
    return process, folder


def _sign(file: TextIO, folder: str) -> None:
    file.truncate(0)
    file.write(f"{os.getpid()}\n{folder}")
    file.flush()


def _is_running(process: str) -> bool:
    """Whether the holder itself lives; where it does not tell its number, it may."""
    try:
        os.kill(int(process), 0)
    except ProcessLookupError:
        return False
    except (ValueError, PermissionError):
        return True
    return True


class _RunLog(RotatingFileHandler):
    """A full disk costs the log, with one line, and not the run."""

    def handleError(self, _record: logging.LogRecord) -> None:
        error = sys.exc_info()[1]
        reason = getattr(error, "strerror", None) or error
        logger = logging.getLogger("rasid.run")
        logger.removeHandler(self)
        logger.addHandler(logging.NullHandler())
        with contextlib.suppress(OSError):
            self.close()
        print(f"{self.baseFilename}: {reason}; the run goes on without its log", file=sys.stderr)


def run_log(path: Path) -> logging.Logger:
    """The log of all workers: a file that rotates at 5 MB and keeps five."""
    path.parent.mkdir(parents=True, exist_ok=True)
    log = logging.getLogger("rasid.run")
    for handler in list(log.handlers):
        log.removeHandler(handler)
        handler.close()
    handler = _RunLog(path, maxBytes=LOG_BYTES, backupCount=LOG_FILES, encoding="utf-8")
    handler.setFormatter(logging.Formatter("%(message)s"))
    log.addHandler(handler)
    log.setLevel(logging.INFO)
    log.propagate = False
    return log


class Result(NamedTuple):
    """How a run ended; ``stopped``: by Ctrl-C or SIGTERM."""

    outcomes: list[Outcome]
    exit_code: int
    stopped: bool


def run(
    job: Job, db: sqlite_utils.Database, log: logging.Logger, watcher: Watcher, held: TextIO
) -> Result:
    """Carry out a job. Hold the lock meanwhile (``held``): the workers hold it too."""
    runs.abandon_runs(db)
    run_id = runs.start_run(db, job.command, datetime.now(UTC))
    with _run_folder(held) as run_folder:
        crew = Crew(job, run_id, db, log, watcher, run_folder, lock=held.fileno())
        outcomes = asyncio.run(crew.work())
    code = exit_code(outcomes)
    status = "stopped" if crew.stopping else "ok" if code == OK else "failed"
    if crew.stopping:
        code = FAILED
    runs.finish_run(db, run_id, status=status, exit_code=code, now=datetime.now(UTC))
    return Result(outcomes, code, crew.stopping)


@contextlib.contextmanager
def _run_folder(held: TextIO) -> Iterator[str]:
    """A temporary folder. The lock's file names it: the next run removes what a killed one left."""
    left = Path(_signed(held)[1])
    if left.parent == Path(tempfile.gettempdir()) and left.name.startswith(FOLDER_PREFIX):
        shutil.rmtree(left, ignore_errors=True)
    with tempfile.TemporaryDirectory(prefix=FOLDER_PREFIX) as folder:
        _sign(held, folder)
        yield folder


def exit_code(outcomes: Sequence[Outcome]) -> int:
    """0 healthy · 1 an outlet failed, is blocked or silent · 4 no outlet could be reached."""
    begun = [outcome for outcome in outcomes if not outcome.broken]
    if begun and not any(outcome.reached for outcome in begun):
        return UNREACHED
    return FAILED if any(outcome.status in ALARMS for outcome in outcomes) else OK
