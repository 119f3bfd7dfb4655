"""Writer: stores what waits, all of it in one transaction.

A commit waits for the disk. Meanwhile pages are fetched and read, and what they give waits for the
next transaction; so a slow disk makes the transactions larger, not the crawl slower.
"""

from __future__ import annotations

import asyncio
import sqlite3
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, TypeVar

import sqlite_utils

from database.connection import BUSY_TIMEOUT_MS, open_database

MOST_AT_ONCE = 64
"""Orders of one transaction: other processes want to write too."""
NEXT_TRY = 0.01
"""Seconds until the write lock is asked for again."""

T = TypeVar("T")


@dataclass(slots=True)
class Order:
    """Something to be stored, and who waits for it."""

    work: Callable[[sqlite_utils.Database], Any]
    future: asyncio.Future[Any]
    result: Any = None
    error: BaseException | None = None

    def settle(self) -> None:
        """Wake who waits, unless it does no longer."""
        if self.future.done():
            return
        if self.error:
            self.future.set_exception(self.error)
        else:
            self.future.set_result(self.result)


class Writer:
    """One for all crawls of a process that write into one database: ``open`` and ``close`` it.

    Only what waits leaves the thread of the event loop: threads that compute would take turns at
    the interpreter, and the one that stores hold the database's lock for as long.
    """

    _writers: dict[str, Writer] = {}

    def __init__(self, path: str) -> None:
        self.path = path
        self._users = 0
        self._orders: deque[Order] = deque()
        self._working: asyncio.Task[None] | None = None
        self._db = open_database(path, one_thread=False)
        # Else what a savepoint may have to restore goes to a file: a hundred writes an article.
        self._db.execute("pragma temp_store = memory")
        self._disk = ThreadPoolExecutor(1, thread_name_prefix="disk")

    @classmethod
    def open(cls, path: str) -> Writer:
        """The writer of a database, which is migrated by now."""
        writer = cls._writers.get(path)
        if writer is None:
            writer = cls._writers[path] = cls(path)
        writer._users += 1
        return writer

    async def close(self) -> None:
        """Once nobody uses it, store all that was ordered before, and let go of the database."""
        self._users -= 1
        if self._users:
            return
        del self._writers[self.path]
        try:
            if self._working:
                await self._working
        finally:
            self._disk.shutdown()
            self._db.close()

    async def store(self, work: Callable[[sqlite_utils.Database], T]) -> T:
        """Do ``work`` inside a transaction, and give its result when that is committed.

        Raises what ``work`` raises, which then has changed nothing, or why nothing could be stored.
        """
        loop = asyncio.get_running_loop()
        order = Order(work, loop.create_future())
        self._orders.append(order)
        if self._working is None:
            self._working = loop.create_task(self._work())
        result: T = await order.future
        return result

    async def _work(self) -> None:
        """Store until nothing waits."""
        try:
            while self._orders:
                await self._transact()
        finally:
            self._working = None

    async def _transact(self) -> None:
        """Store some of what waits; each who waits for it hears how it ended."""
        orders: list[Order] = []
        try:
            await self._begin()
            orders = self._next()
            for order in orders:
                _carry_out(self._db, order)
            await asyncio.get_running_loop().run_in_executor(self._disk, self._db.conn.commit)
        except BaseException as error:  # the store itself failed: whoever waits decides
            with suppress(sqlite3.Error):
                self._db.conn.rollback()
            orders = orders or self._next()
            for order in orders:
                order.error = error
            if not isinstance(error, Exception):
                raise
        finally:
            for order in orders:
                order.settle()

    def _next(self) -> list[Order]:
        return [self._orders.popleft() for _ in range(min(len(self._orders), MOST_AT_ONCE))]

    async def _begin(self) -> None:
        """Take the write lock, without keeping anything else from going on meanwhile.

        What follows must not wait for the event loop before it is computed: somebody else there
        could ask for the lock, and wait for it in vain.
        """
        deadline = time.monotonic() + BUSY_TIMEOUT_MS / 1000
        while True:
            self._db.execute("pragma busy_timeout = 0")
            try:
                self._db.execute("begin immediate")
                return
            except sqlite3.OperationalError as error:
                busy = error.sqlite_errorcode & 0xFF == sqlite3.SQLITE_BUSY
                if not busy or time.monotonic() > deadline:
                    raise
            finally:
                self._db.execute(f"pragma busy_timeout = {BUSY_TIMEOUT_MS}")
            await asyncio.sleep(NEXT_TRY)


def _carry_out(db: sqlite_utils.Database, order: Order) -> None:
    """One order's failure must not cost the others what they store."""
    db.execute("savepoint one")
    try:
        order.result = order.work(db)
    except Exception as error:
        if not db.conn.in_transaction:  # SQLite gave it up: the store itself failed
            raise
        db.execute("rollback to one")
        # A future takes no StopIteration.
        order.error = RuntimeError(error) if isinstance(error, StopIteration) else error
    db.execute("release one")
