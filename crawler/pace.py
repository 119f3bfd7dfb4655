"""Pace: turns at a host over all workers of a run, and hosts that ask for peace."""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import hashlib
import os
import struct
import time
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import astuple, dataclass
from pathlib import Path
from typing import Self

LONGEST_PEACE = 7 * 86400.0
"""Seconds; a host that asks for more is asked again then: it may well be a mistake."""
FIRST_PEACE = 2.0
MOST_DOUBLINGS = 10
STEP = 0.25
"""Seconds between two looks of a request that waits: may it go, does its crawl end?"""
SHORT_STEP = 0.02
HEIR_SECONDS = 2 * STEP
"""How long the next turn is kept for a worker that is not heard of: it may be dead."""

_RECORD = struct.Struct("<ddddIII")


class ClosedError(Exception):
    """A host asked for more patience than there is, with this status, for so many seconds yet."""

    def __init__(self, status: int, seconds: float) -> None:
        super().__init__(f"HTTP {status}: closed for {seconds:.0f} s")
        self.status = status
        self.seconds = seconds


class StoppedError(Exception):
    """The crawl ended while the request waited for its turn."""


@dataclass(slots=True)
class Record:
    """What the workers together know of a host; times in seconds of the machine's own clock.

    ``asked``: when its last request began, and the ``delay`` that was to follow it; ``until``: no
    request before; ``refusals`` in a row; ``closed``: the status with which it asked for more
    patience than there is, else 0; ``heir``: the process whose turn is next, heard of at ``heard``;
    0 until one that did not have the last turn claims it, and again when it had its own.
    """

    asked: float = float("-inf")
    delay: float = 0.0
    until: float = 0.0
    heard: float = 0.0
    refusals: int = 0
    closed: int = 0
    heir: int = 0

    def wait(self, delay: float, now: float) -> float:
        """Seconds until a request may begin that wants ``delay`` after the last one."""
        return max(self.asked + max(delay, self.delay), self.until) - now

    def is_for(self, process: int, now: float) -> bool:
        """Whether the next turn is no other process's."""
        return self.heir in (0, process) or now - self.heard > HEIR_SECONDS


class Pace:
    """Turns at hosts: ``limit`` requests of a host at once, each a delay after the one before.

    Workers share it through small files in ``folder``; the system frees the locks of a worker that
    dies. Times are of the monotonic clock, which is one for all processes: no wait is longer or
    shorter because somebody set the time.

    ``patience``: the longest peace in seconds that a request waits for; a host that asks for more
    is closed to all workers for as long as the folder stays.
    """

    def __init__(
        self,
        folder: Path,
        *,
        limit: int,
        patience: float,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.folder = folder
        self.limit = max(limit, 1)
        self.patience = patience
        self.clock = clock
        self._hosts: dict[str, Host] = {}

    def turn(
        self, host: str, delay: float, is_stopping: Callable[[], bool] = lambda: False
    ) -> Turn:
        """A turn at a host (``name`` or ``name:port``): use it with ``async with``."""
        return Turn(self, self._host(host), delay, is_stopping)

    def check(self, host: str) -> None:
        """Raises ClosedError for a host that this process knows to be closed; reads no file."""
        if known := self._hosts.get(host):
            known.check(self.clock())

    def _host(self, name: str) -> Host:
        if name not in self._hosts:
            # A name may be anything that a page says: it must not become a path.
            digest = hashlib.blake2b(name.encode(errors="surrogatepass"), digest_size=16)
            self._hosts[name] = Host(self.folder / digest.hexdigest())
        return self._hosts[name]


class Host:
    """A host as one process sees it: its files, and who waits for it here."""

    def __init__(self, path: Path) -> None:
        self.path = str(path)
        self.queue: deque[Turn] = deque()
        self.last = float("-inf")
        """When this process had its last turn."""
        self._held = 0
        self._closed = (0, 0.0)

    def notify(self) -> None:
        """A turn ended, or one that waited is gone: wake who is next in this process."""
        if self.queue:
            self.queue[0].wake()

    @contextlib.contextmanager
    def record(self) -> Iterator[Record]:
        """The host's record, alone; what is changed is written."""
        file = _open(self.path)
        try:
            # Held for microseconds, and never while anything is awaited.
            fcntl.flock(file, fcntl.LOCK_EX)
            data = os.pread(file, _RECORD.size, 0)
            record = Record(*_RECORD.unpack(data)) if len(data) == _RECORD.size else Record()
            yield record
            if (changed := _RECORD.pack(*astuple(record))) != data:
                os.pwrite(file, changed, 0)
        finally:
            os.close(file)
        if record.closed:
            self._closed = (record.closed, record.until)

    def take_seat(self, limit: int) -> int:
        """A locked file descriptor, one of ``limit`` over all processes; -1: all are taken."""
        if self._held >= limit:
            return -1
        for number in range(limit):
            seat = _open(f"{self.path}.{number}")
            try:
                fcntl.flock(seat, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                os.close(seat)
            else:
                self._held += 1
                return seat
        return -1

    def leave_seat(self, seat: int) -> None:
        """Free a seat for whoever waits here or in another process."""
        os.close(seat)
        self._held -= 1
        self.notify()

    def check(self, now: float) -> None:
        """Raises ClosedError when the host is known to be closed."""
        status, until = self._closed
        if status:
            raise ClosedError(status, max(until - now, 0.0))


class Turn:
    """One request's turn at a host; it ends with the block, however that ends.

    Entering raises ClosedError, and StoppedError when ``is_stopping`` says that the crawl ends.
    """

    def __init__(
        self, pace: Pace, host: Host, delay: float, is_stopping: Callable[[], bool]
    ) -> None:
        self.pace = pace
        self.host = host
        self.delay = delay
        self.is_stopping = is_stopping
        self._refusals = 0
        self._seat = -1
        self._waking: asyncio.Future[None] | None = None

    async def __aenter__(self) -> Self:
        queue = self.host.queue
        if not queue and not self.is_stopping() and self._try() <= 0:
            return self
        queue.append(self)
        try:
            while True:
                if self.is_stopping():
                    raise StoppedError
                self.host.check(self.pace.clock())
                wait = self._try() if queue[0] is self else STEP
                if wait <= 0:
                    return self
                await self._sleep(min(wait, STEP))
        finally:
            queue.remove(self)
            self.host.notify()

    async def __aexit__(self, *_error: object) -> None:
        self.host.leave_seat(self._seat)

    async def _sleep(self, seconds: float) -> None:
        """Wait so long, or until woken."""
        loop = asyncio.get_running_loop()
        self._waking = loop.create_future()
        alarm = loop.call_later(seconds, self.wake)
        try:
            await self._waking
        finally:
            alarm.cancel()

    def wake(self) -> None:
        """It may be this one's turn."""
        if self._waking and not self._waking.done():
            self._waking.set_result(None)

    def answered(self, status: int, asked: float | None) -> None:
        """Tell of the answer; ``asked``: the seconds of peace that its Retry-After asks for.

        429, and 503 with Retry-After, closes the host so long. A 429 without: four times the
        delay, 2 s at least, doubled for each further one in a row.

        :raises ClosedError: that is more than there is patience.
        """
        refused = status == 429 or (status == 503 and asked is not None)
        if not refused and (status >= 500 or not self._refusals):
            return
        now = self.pace.clock()
        with self.host.record() as record:
            # Requests that were in flight together count once.
            if record.refusals == self._refusals:
                record.refusals = record.refusals + 1 if refused else 0
            if refused:
                wanted = asked or self._own_peace(max(record.refusals, 1))
                record.until = max(record.until, now + min(wanted, LONGEST_PEACE))
                if record.until - now > self.pace.patience:
                    record.closed = status
        self.host.check(now)

    def _own_peace(self, refusals: int) -> float:
        doubled: int = 2 ** min(refusals - 1, MOST_DOUBLINGS)
        return max(FIRST_PEACE, 4 * self.delay) * doubled

    def _try(self) -> float:
        """Take the turn (then 0), or tell after how many seconds to try again."""
        me, now = os.getpid(), self.pace.clock()
        with self.host.record() as record:
            if record.closed:
                return SHORT_STEP
            is_mine = record.is_for(me, now)
            wait = record.wait(self.delay, now)
            if wait <= 0 and is_mine and (seat := self.host.take_seat(self.pace.limit)) >= 0:
                self._seat, self._refusals = seat, record.refusals
                record.asked, record.delay, self.host.last = now, self.delay, now
                if record.heir == me:
                    record.heir = 0
                return 0.0
            # Who had the last turn claims no next: a long queue must not take every one.
            if is_mine and record.asked != self.host.last:
                record.heir, record.heard = me, now
            return max(wait, SHORT_STEP)


def _open(path: str) -> int:
    return os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
