"""The job: one run over many outlets, in worker processes, under a lock, with an outcome each."""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import json
import logging
import os
import signal
import sys
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import Any, NamedTuple

import sqlite_utils

from crawler.command import FAILED, OK, UNREACHED
from crawler.fetch import printable
from crawler.report import Outcome
from crawler.settings import ROOT
from database import runs
from database.runs import Counts

LOG_BYTES = 5 * 1024 * 1024
LOG_FILES = 5
LONGEST_LINE = 1024 * 1024
STOP_SECONDS = 5.0
"""How long stopped workers may take to end in good order; then they are killed."""


class LockedError(Exception):
    """Another run holds the lock."""


@dataclass(slots=True)
class Job:
    """What one run is to do. ``settings`` overrides those of the project, in every worker."""

    outlets: Sequence[str]
    command: str
    url: str | None = None
    workers: int = 1
    settings: dict[str, Any] = field(default_factory=dict)


class Watcher:
    """Is told of progress; the screen is one, a test may be another."""

    def progressed(self, outlet: str, counts: Counts) -> None:
        """An outlet's counts so far."""

    def closed(self, outcome: Outcome) -> None:
        """An outlet's crawl ended."""


@contextlib.contextmanager
def lock(database: Path) -> Iterator[None]:
    """Hold the run lock of a database; raises LockedError at once when another run holds it.

    The lock is a file beside the database. The system frees it when the process ends, however it
    ends, so no stale lock can stop the next night.
    """
    database.parent.mkdir(parents=True, exist_ok=True)
    path = database.with_name(database.name + ".lock")
    with path.open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise LockedError(f"another run holds {path.name}; wait for it to end") from None
        yield


def run_log(path: Path) -> logging.Logger:
    """The log of all workers: a file that rotates at 5 MB and keeps five."""
    path.parent.mkdir(parents=True, exist_ok=True)
    log = logging.getLogger("rasid.run")
    for handler in list(log.handlers):
        log.removeHandler(handler)
        handler.close()
    handler = RotatingFileHandler(path, maxBytes=LOG_BYTES, backupCount=LOG_FILES, encoding="utf-8")
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


def run(job: Job, db: sqlite_utils.Database, log: logging.Logger, watcher: Watcher) -> Result:
    """Carry out a job. Hold the lock meanwhile."""
    runs.abandon_runs(db)
    run_id = runs.start_run(db, job.command, datetime.now(UTC))
    crew = Crew(job, run_id, db, log, watcher)
    outcomes = asyncio.run(crew.work())
    code = exit_code(outcomes)
    status = "stopped" if crew.stopping else "ok" if code == OK else "failed"
    if crew.stopping:
        code = FAILED
    runs.finish_run(db, run_id, status=status, exit_code=code, now=datetime.now(UTC))
    return Result(outcomes, code, crew.stopping)


def exit_code(outcomes: Sequence[Outcome]) -> int:
    """0 healthy (no news is healthy) · 1 an outlet failed · 4 no outlet could be reached."""
    begun = [outcome for outcome in outcomes if not outcome.broken]
    if begun and not any(outcome.reached for outcome in begun):
        return UNREACHED
    return FAILED if any(outcome.status == "failed" for outcome in outcomes) else OK


class Crew:
    """The workers of one run, and what they tell."""

    def __init__(
        self,
        job: Job,
        run_id: int,
        db: sqlite_utils.Database,
        log: logging.Logger,
        watcher: Watcher,
    ) -> None:
        self.job = job
        self.run_id = run_id
        self.db = db
        self.log = log
        self.watcher = watcher
        self.outcomes: dict[str, Outcome] = {}
        self.counts: dict[str, Counts] = {}
        self.processes: set[asyncio.subprocess.Process] = set()
        self.stopping = False

    async def work(self) -> list[Outcome]:
        """Crawl all outlets; those that a dying worker left behind get one more, each alone."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, self.stop)
        shares = [self.job.outlets[n :: self.job.workers] for n in range(self.job.workers)]
        await asyncio.gather(*(self.worker(share) for share in shares if share))
        for name in self.job.outlets:
            if name not in self.outcomes and not self.stopping:
                code = await self.worker([name])
                if name not in self.outcomes:
                    self.conclude(name, f"its worker died ({_death(code)}); see the log")
        for name in self.job.outlets:
            if name not in self.outcomes:
                self.conclude(name, "stopped before it ended")
        return [self.outcomes[name] for name in self.job.outlets]

    def stop(self) -> None:
        """End the workers in good order; each stores what it has read."""
        self.stopping = True
        for process in self.processes:
            _send(process, signal.SIGTERM)
        # A worker waits for the requests that it has begun, and for the delays between them.
        asyncio.get_running_loop().call_later(STOP_SECONDS, self.kill)

    def kill(self) -> None:
        """End the workers at once; what they have stored is committed."""
        for process in self.processes:
            _send(process, signal.SIGKILL)

    async def worker(self, outlets: Sequence[str]) -> int:
        """Run one worker over some outlets and give its return code."""
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "crawler.worker",
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            cwd=ROOT,
            env=os.environ | {"PYTHONPATH": _python_path()},
            limit=LONGEST_LINE,
            # Ctrl-C in a terminal reaches the parent alone, which ends its workers in good order.
            start_new_session=True,
        )
        self.processes.add(process)
        if self.stopping:
            _send(process, signal.SIGTERM)
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stderr is not None
        settings = self.job.settings | {"RUN_ID": self.run_id, "EVENTS": True}
        task = {"outlets": list(outlets), "url": self.job.url, "settings": settings}
        process.stdin.write(json.dumps(task).encode() + b"\n")
        await asyncio.gather(self.hear(process.stdout), self.keep_log(process.stderr))
        code = await process.wait()
        self.processes.discard(process)
        return code

    async def hear(self, stream: asyncio.StreamReader) -> None:
        """Take a worker's events; any other line it prints belongs to the log."""
        async for line in _lines(stream):
            try:
                event = json.loads(line)
                kind, name = event["event"], event["outlet"]
            except (ValueError, TypeError, KeyError):
                self.log.info("%s", line)
                continue
            if kind == "progress":
                self.counts[name] = Counts(**event["counts"])
                self.watcher.progressed(name, self.counts[name])
            elif kind == "closed":
                del event["event"]
                self.close(Outcome(**event | {"counts": Counts(**event["counts"])}))
            elif kind == "broken":
                self.conclude(name, event["note"], broken=True)

    async def keep_log(self, stream: asyncio.StreamReader) -> None:
        """Pass a worker's log on to the file."""
        async for line in _lines(stream):
            self.log.info("%s", line)

    def close(self, outcome: Outcome) -> None:
        """Keep an outlet's outcome; the worker has written its row."""
        self.outcomes[outcome.outlet] = outcome
        self.watcher.closed(outcome)

    def conclude(self, name: str, note: str, *, broken: bool = False) -> None:
        """Write the row of an outlet that could not write it itself, with its last counts."""
        note = printable(note)
        counts = self.counts.get(name, Counts())
        self.log.error("%s: %s", name, note)
        runs.record_outlet(
            self.db, self.run_id, name, counts, seconds=0, status="failed", note=note
        )
        self.close(Outcome(name, "failed", counts, note=note, broken=broken))


async def _lines(stream: asyncio.StreamReader) -> AsyncIterator[str]:
    """The lines of a stream; one that is too long loses its beginning, and ends no run."""
    while True:
        try:
            line = await stream.readline()
        except ValueError:
            yield f"(more than {LONGEST_LINE} bytes in one line: left out)"
            continue
        if not line:
            return
        yield printable(line.decode(errors="replace"), spaces=True).rstrip()


def _python_path() -> str:
    """The project, then what the user named: outlets may lie elsewhere (SPIDER_MODULES)."""
    named = os.environ.get("PYTHONPATH")
    return os.pathsep.join([str(ROOT), *([named] if named else [])])


def _send(process: asyncio.subprocess.Process, number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError):
        process.send_signal(number)


def _death(code: int) -> str:
    return f"signal {-code}" if code < 0 else f"exit code {code}"
