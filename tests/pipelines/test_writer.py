"""The writer: what waits is stored in one transaction, and each order has its own fate."""

from __future__ import annotations

import asyncio
import sqlite3

import pytest

from database.connection import open_database
from pipelines.writer import MOST_AT_ONCE, Writer


@pytest.fixture
def path(tmp_path):
    path = str(tmp_path / "news.db")
    open_database(path).close()
    return path


def add(outlet):
    return lambda db: db.execute("insert into outlets (outlet) values (?)", [outlet]) and outlet


def outlets(path):
    with sqlite3.connect(path) as db:
        found = [name for (name,) in db.execute("select outlet from outlets order by 1")]
    db.close()
    return found


def test_an_order_is_committed_when_its_result_comes(path):
    async def order():
        writer = Writer.open(path)
        assert await writer.store(add("furat")) == "furat"
        assert outlets(path) == ["furat"]
        await writer.close()

    asyncio.run(order())


def test_what_waits_goes_into_one_transaction_and_one_failure_costs_itself(path):
    changes = []

    def look(db):
        changes.append(db.execute("select count(*) from outlets").fetchone()[0])
        with sqlite3.connect(path) as other:
            changes.append(other.execute("select count(*) from outlets").fetchone()[0])
        other.close()

    async def order():
        writer = Writer.open(path)
        names = [f"outlet{n}" for n in range(5)]
        rest = [asyncio.create_task(writer.store(add(name))) for name in names]
        twice = asyncio.create_task(writer.store(add("outlet1")))
        last = asyncio.create_task(writer.store(look))
        await asyncio.gather(*rest, last)
        with pytest.raises(sqlite3.IntegrityError):
            await twice
        await writer.close()

    asyncio.run(order())
    assert changes == [5, 0], "inside the transaction all, outside nothing yet"
    assert outlets(path) == [f"outlet{n}" for n in range(5)]


def test_a_transaction_is_bounded_and_nothing_is_lost_at_the_end(path):
    async def order():
        writer = Writer.open(path)
        assert Writer.open(path) is writer
        tasks = [asyncio.create_task(writer.store(add(f"{n:03}"))) for n in range(3 * MOST_AT_ONCE)]
        await asyncio.sleep(0)
        await writer.close()
        await asyncio.gather(*tasks)
        await writer.close()

    asyncio.run(order())
    assert len(outlets(path)) == 3 * MOST_AT_ONCE


def test_a_store_that_fails_tells_all_who_wait(path):
    async def order():
        writer = Writer.open(path)
        await writer.store(lambda db: db.execute("pragma max_page_count = 1"))
        big = [
            asyncio.create_task(
                writer.store(
                    lambda db: db.execute(
                        "insert into outlets (outlet, title) values (hex(randomblob(9)), ?)",
                        ["x" * 900_000],
                    )
                )
            )
            for _ in range(3)
        ]
        found = await asyncio.gather(*big, return_exceptions=True)
        assert [type(error) for error in found] == [sqlite3.OperationalError] * 3
        await writer.close()

    asyncio.run(order())
    assert outlets(path) == []


def test_who_waits_for_the_lock_does_not_keep_the_rest_from_going_on(path):
    async def order():
        writer = Writer.open(path)
        other = sqlite3.connect(path, isolation_level=None)
        other.execute("begin immediate")
        waiting = asyncio.create_task(writer.store(add("furat")))
        turns = 0
        while turns < 20:
            await asyncio.sleep(0.001)
            turns += 1
        assert not waiting.done()
        other.execute("commit")
        other.close()
        assert await waiting == "furat"
        await writer.close()

    asyncio.run(order())
    assert outlets(path) == ["furat"]


def test_a_lock_that_is_never_let_go_is_told_to_all_who_wait(path, monkeypatch):
    monkeypatch.setattr("pipelines.writer.BUSY_TIMEOUT_MS", 50)

    async def order():
        writer = Writer.open(path)
        other = sqlite3.connect(path, isolation_level=None)
        other.execute("begin immediate")
        tasks = [asyncio.create_task(writer.store(add(name))) for name in ("furat", "badia")]
        found = await asyncio.gather(*tasks, return_exceptions=True)
        assert [error.sqlite_errorcode for error in found] == [sqlite3.SQLITE_BUSY] * 2
        other.execute("commit")
        other.close()
        assert await writer.store(add("mawj")) == "mawj"
        await writer.close()

    asyncio.run(order())
    assert outlets(path) == ["mawj"]


def test_a_transaction_that_sqlite_gave_up_is_the_stores_failure(path):
    """A full disk may end it in the middle of an order: that is no fault of the order."""

    def give_up(db):
        db.conn.rollback()
        raise sqlite3.OperationalError("database or disk is full")

    async def order():
        writer = Writer.open(path)
        tasks = [asyncio.create_task(writer.store(work)) for work in (add("furat"), give_up)]
        found = await asyncio.gather(*tasks, return_exceptions=True)
        assert [str(error) for error in found] == ["database or disk is full"] * 2
        assert await writer.store(add("mawj")) == "mawj"
        await writer.close()

    asyncio.run(order())
    assert outlets(path) == ["mawj"]


def test_whatever_an_order_raises_reaches_who_ordered_it(path):
    async def order():
        writer = Writer.open(path)
        with pytest.raises(RuntimeError):
            await writer.store(lambda _db: next(iter(())))
        assert await writer.store(add("mawj")) == "mawj"
        await writer.close()

    asyncio.run(order())
    assert outlets(path) == ["mawj"]
