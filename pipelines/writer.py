"""Writer: a thread that stores what waits, all of it in one transaction.

A commit waits for the disk. Meanwhile pages are fetched and read, and what they give waits for the
next transaction; so a slow disk makes the transactions larger, not the crawl slower.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from typing import Any, TypeVar

import sqlite_utils

from database.connection import open_database, transaction

MOST_AT_ONCE = 16
"""Orders of one transaction: other processes want to write too."""

T = TypeVar("T")


@dataclass(slots=True)
class Order:
    """Something to be stored, and who waits for it."""

    work: Callable[[sqlite_utils.Database], Any]
    future: asyncio.Future[Any]
    result: Any = None
    error: BaseException | None = None

    def tell(self) -> None:
        """Wake who waits, unless it does no longer."""
        with suppress(RuntimeError):  # the loop has ended, so nobody waits
            self.future.get_loop().call_soon_threadsafe(self._settle)

    def _settle(self) -> None:
        if self.future.done():
            return
        if self.error:
            self.future.set_exception(self.error)
        else:
            self.future.set_result(self.result)


class Writer:
    """One for all crawls of a process that write into one database: ``open`` and ``close`` it."""

    _writers: dict[str, Writer] = {}

    def __init__(self, path: str) -> None:
        self.path = path
        self._users = 0
        self._orders: SimpleQueue[Order | None] = SimpleQueue()
        self._thread = threading.Thread(target=self._work, name="writer", daemon=True)

    @classmethod
    def open(cls, path: str) -> Writer:
        """The writer of a database, which is migrated by now."""
        writer = cls._writers.get(path)
        if writer is None:
            writer = cls._writers[path] = cls(path)
            writer._thread.start()
        writer._users += 1
        return writer

    def close(self) -> None:
        """End the thread once nobody uses it; all that was ordered before is stored then."""
        self._users -= 1
        if not self._users:
            del self._writers[self.path]
            self._orders.put(None)
            self._thread.join()

    async def store(self, work: Callable[[sqlite_utils.Database], T]) -> T:
        """Do ``work`` inside a transaction, and give its result when that is committed.

        Raises what ``work`` raises, which then has changed nothing, or why nothing could be stored.
        """
        order = Order(work, asyncio.get_running_loop().create_future())
        self._orders.put(order)
        result: T = await order.future
        return result

    def _work(self) -> None:
        db: sqlite_utils.Database | None = None
        while orders := self._next():
            try:
                db = db or open_database(self.path)
                with transaction(db):
                    for order in orders:
                        _carry_out(db, order)
            except Exception as error:  # the store itself failed: whoever waits decides
                for order in orders:
                    order.error = error
            for order in orders:
                order.tell()
        if db:
            db.close()

    def _next(self) -> list[Order]:
        """The orders that wait, one at least; none when the end has come."""
        orders: list[Order] = []
        while len(orders) < MOST_AT_ONCE:
            try:
                order = self._orders.get(block=not orders)
            except Empty:
                break
            if order is None:
                if orders:
                    self._orders.put(None)
                break
            orders.append(order)
        return orders


def _carry_out(db: sqlite_utils.Database, order: Order) -> None:
    """One order's failure must not cost the others what they store."""
    db.execute("savepoint one")
    try:
        order.result = order.work(db)
    except Exception as error:
        db.execute("rollback to one")
        order.error = error
    db.execute("release one")
