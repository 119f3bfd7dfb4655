"""The workers of a run: what they are told, what they tell, and what is done when one dies."""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import os
import signal
import sys
import time
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import sqlite_utils

from crawler import bookmark
from crawler.fetch import printable
from crawler.health import Status
from crawler.report import Outcome
from crawler.settings import CLOSESPIDER_TIMEOUT, ROOT, WORKER_MEMORY, WORKER_PATIENCE
from database import ledger, runs
from database.runs import Counts

LONGEST_LINE = 1024 * 1024
STOP_SECONDS = 5.0
"""How long stopped workers may take to end in good order; then they are killed."""
PIPE_SECONDS = 2.0
"""How long the pipes of an ended worker are read on: a process that it began may hold them open."""
LOOK_SECONDS = 1.0
"""Between two looks at a worker that says nothing."""
START_SECONDS = 60.0
"""How long a worker may take to say its first word, on a busy machine."""
DIED_READING = "its worker died while reading it"


@dataclass(slots=True, frozen=True)
class Bounds:
    """When a worker is killed: it says nothing for ``patience`` seconds, takes more than
    ``memory`` megabytes, or is not at its end after ``seconds`` (0: no matter)."""

    patience: float = WORKER_PATIENCE
    memory: int = WORKER_MEMORY
    seconds: float = CLOSESPIDER_TIMEOUT + WORKER_PATIENCE


@dataclass(slots=True)
class Job:
    """What one run is to do. ``settings`` overrides those of the project, in every worker."""

    outlets: Sequence[str]
    command: str
    url: str | None = None
    workers: int = 1
    settings: dict[str, Any] = field(default_factory=dict)
    bounds: Bounds = field(default_factory=Bounds)


class Watcher:
    """Is told of progress; the screen is one, a test may be another."""

    def progressed(self, outlet: str, counts: Counts) -> None:
        """An outlet's counts so far."""

    def closed(self, outcome: Outcome) -> None:
        """An outlet's crawl ended."""


@dataclass(slots=True, eq=False)
class Worker:
    """A worker process, when it was heard last (seconds of the clock ``time.monotonic``), and why
    it was killed."""

    process: asyncio.subprocess.Process
    patience: float
    began: float = field(default_factory=time.monotonic)
    heard: float = field(default_factory=time.monotonic)
    killed: str = ""

    def send(self, number: signal.Signals) -> None:
        """Send a signal; one that ended needs none."""
        with contextlib.suppress(ProcessLookupError):
            self.process.send_signal(number)

    def kill(self, reason: str) -> None:
        """End it at once, and the processes that it began; what it has stored is committed."""
        self.killed = self.killed or reason
        self.sweep()

    def sweep(self) -> None:
        """End whatever is left of its session."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)

    def death(self) -> str:
        """How it ended, in words."""
        code = self.process.returncode or 0
        return self.killed or (f"signal {-code}" if code < 0 else f"exit code {code}")


class Crew:
    """The workers of one run, and what they tell."""

    def __init__(
        self,
        job: Job,
        run_id: int,
        db: sqlite_utils.Database,
        log: logging.Logger,
        watcher: Watcher,
        run_folder: str,
        *,
        lock: int,
    ) -> None:
        self.job = job
        self.run_id = run_id
        self.db = db
        self.log = log
        self.watcher = watcher
        self.run_folder = run_folder
        self.lock = lock
        self.own_settings = {"RUN_ID": run_id, "EVENTS": True, "RUN_FOLDER": run_folder}
        self.outcomes: dict[str, Outcome] = {}
        self.counts: dict[str, Counts] = {}
        self.workers: set[Worker] = set()
        self.fatal: dict[str, str] = {}
        self.stopping = False

    async def work(self) -> list[Outcome]:
        """Crawl all outlets; those that may have killed a worker get one more, each alone."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, self.stop)
        shares = [self.job.outlets[n :: self.job.workers] for n in range(self.job.workers)]
        await asyncio.gather(*(self.crawl_share(share) for share in shares))
        places = asyncio.Semaphore(self.job.workers)
        await asyncio.gather(*(self.crawl_alone(name, places) for name in self.left()))
        for name in self.left():
            self.conclude(name, "stopped before it ended", status="degraded")
        return [self.outcomes[name] for name in self.job.outlets]

    def left(self) -> list[str]:
        """The outlets that have no outcome yet."""
        return [name for name in self.job.outlets if name not in self.outcomes]

    def stop(self) -> None:
        """End the workers in good order; each stores what it has read. Once is enough."""
        if self.stopping:
            return
        self.stopping = True
        for worker in self.workers:
            worker.send(signal.SIGTERM)
        # A worker waits for the requests that it has begun, and for the delays between them.
        asyncio.get_running_loop().call_later(STOP_SECONDS, self.kill)

    def kill(self) -> None:
        """End the workers at once."""
        for worker in self.workers:
            worker.kill("stopped")

    async def crawl_share(self, outlets: Sequence[str]) -> None:
        """Crawl some outlets. When their worker dies over a page, those of other outlets go on
        together; when nobody knows of what it died, all that it left are suspect."""
        while outlets and not self.stopping:
            await self.crawl(outlets)
            left = [name for name in outlets if name not in self.outcomes]
            outlets = [name for name in left if name not in self.fatal]
            if outlets == left:
                return

    async def crawl_alone(self, name: str, places: asyncio.Semaphore) -> None:
        """Crawl one outlet in a worker of its own: if that dies too, it was this outlet."""
        async with places:
            if self.stopping:
                return
            death = await self.crawl([name])
        if name not in self.outcomes and not self.stopping:
            self.conclude(name, f"its worker died ({death}); see the log")

    async def crawl(self, outlets: Sequence[str]) -> str:
        """Run one worker over some outlets and tell how it ended."""
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
            # While a worker lives that lost its parent, no other run begins.
            pass_fds=[self.lock],
        )
        worker = Worker(process, max(self.job.bounds.patience, START_SECONDS))
        self.workers.add(worker)
        if self.stopping:
            worker.send(signal.SIGTERM)
        assert process.stdin is not None
        settings = self.job.settings | self.own_settings
        task = {"outlets": list(outlets), "url": self.job.url, "settings": settings}
        process.stdin.write(json.dumps(task).encode() + b"\n")
        readers = [
            asyncio.create_task(reader) for reader in (self.listen(worker), self.keep_log(worker))
        ]
        await self.watch(worker)
        worker.sweep()
        await _finish(readers, PIPE_SECONDS)
        # asyncio has no other way to shut a pipe that somebody else holds open.
        process._transport.close()  # type: ignore[attr-defined]
        self.workers.discard(worker)
        left_behind = any(name not in self.outcomes for name in outlets)
        if (process.returncode or left_behind) and not self.stopping:
            self.log.error("a worker died (%s): %s", worker.death(), ", ".join(outlets))
            if page := bookmark.found(self.run_folder, process.pid):
                self.note_fatal_page(*page, worker.death())
        return worker.death()

    async def watch(self, worker: Worker) -> None:
        """Return when a worker is dead; kill it when it hangs or is too old."""
        seconds = self.job.bounds.seconds
        while worker.process.returncode is None:
            now = time.monotonic()
            if seconds and now - worker.began > seconds:
                worker.kill(f"not at its end after {seconds:.0f} seconds")
            elif now - worker.heard > worker.patience:
                worker.kill(f"hung for {worker.patience:.0f} seconds")
            # In some versions of Python it waits for the end of the pipes too.
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(worker.process.wait(), LOOK_SECONDS)

    async def listen(self, worker: Worker) -> None:
        """Take a worker's events."""
        assert worker.process.stdout is not None
        async for line in _lines(worker.process.stdout):
            worker.heard, worker.patience = time.monotonic(), self.job.bounds.patience
            self.hear(worker, line)

    def hear(self, worker: Worker, line: str) -> None:
        """Take one event; a line that is none belongs to the log, and ends no run."""
        try:
            self.take(worker, json.loads(line))
        except (ValueError, TypeError, LookupError, AttributeError, RecursionError):
            self.log.info("%s", line)

    def take(self, worker: Worker, event: dict[str, Any]) -> None:
        """Do what an event asks for."""
        kind = event.pop("event")
        if kind == "alive":
            if event["megabytes"] > self.job.bounds.memory:
                worker.kill(f"it took more than {self.job.bounds.memory} MB of memory")
        elif kind == "progress":
            self.counts[event["outlet"]] = Counts(**event["counts"])
            self.watcher.progressed(event["outlet"], self.counts[event["outlet"]])
        elif kind == "closed":
            outcome = Outcome(**event | {"counts": Counts(**event["counts"])})
            if outcome.outlet in self.fatal:
                self.counts[outcome.outlet] = outcome.counts
                self.conclude(outcome.outlet, self.fatal[outcome.outlet])
            else:
                self.close(outcome)
        elif kind == "broken":
            self.conclude(event["outlet"], event["note"], broken=True)

    async def keep_log(self, worker: Worker) -> None:
        """Pass a worker's log on to the file."""
        assert worker.process.stderr is not None
        async for line in _lines(worker.process.stderr):
            self.log.info("%s", line)

    def close(self, outcome: Outcome) -> None:
        """Keep an outlet's outcome; the worker has written its row."""
        self.outcomes[outcome.outlet] = outcome
        self.watcher.closed(outcome)

    def conclude(
        self, name: str, note: str, *, status: Status = "failed", broken: bool = False
    ) -> None:
        """Write the row of an outlet that could not write it itself, with its last counts."""
        note = printable(note)
        counts = self.counts.get(name, Counts())
        self.log.error("%s: %s", name, note)
        runs.record_outlet(self.db, self.run_id, name, counts, seconds=0, status=status, note=note)
        self.close(Outcome(name, status, counts, note=note, broken=broken))

    def note_fatal_page(self, outlet: str, url: str, death: str) -> None:
        """A page that a worker died of waits longer each time, as any other that fails."""
        self.fatal[outlet] = note = f"its worker died ({death}) while reading {printable(url)}"
        self.log.error("%s: %s", outlet, note)
        standing = self.job.settings.get("NOW")
        now = datetime.fromisoformat(standing) if standing else datetime.now(UTC)
        ledger.record_page(
            self.db, outlet=outlet, url=url, status="failed", reason=DIED_READING, now=now
        )


async def _finish(tasks: Sequence[asyncio.Task[None]], seconds: float) -> None:
    """Let tasks end within so many seconds; an error of theirs is raised."""
    done, late = await asyncio.wait(tasks, timeout=seconds)
    for task in late:
        task.cancel()
    for task in done:
        task.result()


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
