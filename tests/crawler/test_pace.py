"""Turns at a host: within a process, over processes, and after a host asked for peace."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import subprocess
import sys
import time
from itertools import chain, pairwise
from pathlib import Path

import pytest

from crawler.pace import LONGEST_PEACE, ClosedError, Pace, StoppedError, Turn

ROOT = Path(__file__).resolve().parents[2]
HOST = "furat.example"
WORKER = """
import asyncio, sys, time
from pathlib import Path
from crawler.pace import Pace

pace = Pace(Path(sys.argv[1]), limit=int(sys.argv[2]), patience=60)
delay, seconds, count = float(sys.argv[3]), float(sys.argv[4]), int(sys.argv[5])

async def one():
    async with pace.turn("furat.example", delay):
        began = time.monotonic()
        print("turn", flush=True)
        await asyncio.sleep(seconds)
        print(began, time.monotonic(), flush=True)

async def main():
    await asyncio.gather(*(one() for _ in range(count)))

asyncio.run(main())
"""


class Clock:
    """A clock that a test sets on."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def begin(folder: Path, *, limit=1, delay=0.0, seconds=0.0, count=1) -> subprocess.Popen[str]:
    arguments = [str(value) for value in (folder, limit, delay, seconds, count)]
    return subprocess.Popen(
        [sys.executable, "-c", WORKER, *arguments], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )


def turns(*workers: subprocess.Popen[str]) -> list[list[tuple[float, float]]]:
    """Begin and end of each turn, by worker."""
    found = []
    for worker in workers:
        lines = worker.communicate(timeout=30)[0].splitlines()
        times = [tuple(map(float, line.split())) for line in lines if line != "turn"]
        found.append([(began, ended) for began, ended in times])
    return found


def answer(pace: Pace, status: int, asked: float | None = None, delay: float = 0.0) -> Turn:
    """One request that is answered so."""

    async def request() -> Turn:
        async with pace.turn(HOST, delay) as turn:
            turn.answered(status, asked)
        return turn

    return asyncio.run(request())


def seconds_closed(pace: Pace, clock: Clock) -> float:
    """How long nobody may ask the host, by the file."""
    with pace._host(HOST).record() as record:
        return record.until - clock.now


def test_the_delay_holds_over_processes(tmp_path) -> None:
    first, second = turns(*(begin(tmp_path, delay=0.2, count=4) for _ in range(2)))
    began = sorted(began for began, _ in first + second)
    assert len(began) == 8
    assert min(later - earlier for earlier, later in pairwise(began)) >= 0.199


@pytest.mark.parametrize("limit", [1, 3])
def test_the_limit_holds_over_processes(tmp_path, limit) -> None:
    workers = [begin(tmp_path, limit=limit, seconds=0.05, count=9) for _ in range(2)]
    both = list(chain.from_iterable(turns(*workers)))
    assert len(both) == 18
    flying = [sum(b <= began < e for b, e in both) for began, _ in both]
    assert max(flying) == limit


def test_a_worker_with_a_long_queue_leaves_turns_to_others(tmp_path) -> None:
    greedy = begin(tmp_path, seconds=0.03, count=160)
    assert greedy.stdout is not None
    greedy.stdout.readline()
    modest = begin(tmp_path, seconds=0.03, count=5)
    long, short = turns(greedy, modest)
    assert short[-1][1] < long[-20][1]


@pytest.mark.parametrize("limit", [1, 2])
def test_a_killed_worker_leaves_the_host_open(tmp_path, limit) -> None:
    holders = [begin(tmp_path, limit=limit, seconds=60) for _ in range(limit)]
    for holder in holders:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "turn\n"
    next_one = begin(tmp_path, limit=limit)
    time.sleep(0.5)
    assert next_one.poll() is None, "the host is full"
    holders[0].send_signal(signal.SIGKILL)
    killed = time.monotonic()
    ((began, _),) = turns(next_one)[0]
    assert began - killed < 1
    for holder in holders:
        holder.kill()
        holder.communicate()


def test_turns_of_one_process_come_in_order(tmp_path) -> None:
    pace = Pace(tmp_path, limit=1, patience=60)
    order = []

    async def one(number: int) -> None:
        async with pace.turn(HOST, 0.01):
            order.append(number)

    async def main() -> None:
        await asyncio.gather(*(one(number) for number in range(10)))

    asyncio.run(main())
    assert order == list(range(10))


def test_hosts_do_not_wait_for_each_other(tmp_path) -> None:
    pace = Pace(tmp_path, limit=1, patience=60)

    async def main() -> None:
        async with contextlib.AsyncExitStack() as stack:
            for name in ("a.example", "b.example", "a.example:8080"):
                await stack.enter_async_context(pace.turn(name, 30))

    began = time.monotonic()
    asyncio.run(main())
    assert time.monotonic() - began < 1


@pytest.mark.parametrize("name", ["../../etc/x", "/etc/x", "a\x00b", "ا" * 5000, "\ud800", ""])
def test_a_hosts_name_is_no_path(tmp_path, name) -> None:
    folder = tmp_path / "pace"
    folder.mkdir()

    async def main() -> None:
        async with Pace(folder, limit=1, patience=60).turn(name, 0):
            pass

    asyncio.run(main())
    assert [path.name for path in tmp_path.iterdir()] == ["pace"]
    assert len(list(folder.iterdir())) == 2


def test_a_broken_file_is_begun_anew(tmp_path) -> None:
    answer(Pace(tmp_path, limit=1, patience=60), 200)
    for path in tmp_path.iterdir():
        path.write_bytes(b"\xff" * 7)
    answer(Pace(tmp_path, limit=1, patience=60), 200)


def test_refusals_in_a_row_double_the_peace_and_a_good_answer_ends_it(tmp_path) -> None:
    clock = Clock()
    pace = Pace(tmp_path, limit=1, patience=60, clock=clock)
    waits = []
    for status in (429, 429, 500, 429, 200, 429, 503):
        answer(pace, status)
        waits.append(max(seconds_closed(pace, clock), 0))
        clock.now += waits[-1]
    assert waits == [2, 4, 0, 8, 0, 2, 0]
    clock.now += 3
    answer(pace, 429, delay=3)
    assert seconds_closed(pace, clock) == 24


def test_requests_in_flight_together_are_refused_once(tmp_path) -> None:
    clock = Clock()
    pace = Pace(tmp_path, limit=8, patience=60, clock=clock)

    async def storm() -> None:
        async with contextlib.AsyncExitStack() as stack:
            turns = [await stack.enter_async_context(pace.turn(HOST, 0)) for _ in range(8)]
            for turn in turns:
                turn.answered(429, None)

    asyncio.run(storm())
    assert seconds_closed(pace, clock) == 2


@pytest.mark.parametrize(("status", "closed"), [(429, True), (503, True), (404, False)])
def test_more_peace_than_patience_closes_the_host_to_all_workers(tmp_path, status, closed) -> None:
    clock = Clock()
    pace, other = (Pace(tmp_path, limit=1, patience=60, clock=clock) for _ in range(2))
    answer(other, status, asked=60.0)
    clock.now += 60
    if not closed:
        answer(other, status, asked=61.0)
        return
    with pytest.raises(ClosedError):
        answer(other, status, asked=61.0)
    other_kind = pytest.raises(ClosedError, match=f"HTTP {status}: closed for 60 s")
    pace.check(HOST)
    clock.now += 1
    with other_kind:
        answer(pace, 200)
    with other_kind:
        pace.check(HOST)
    clock.now += 100
    with pytest.raises(ClosedError, match="closed for 0 s"):
        answer(pace, 200)


def test_nobody_waits_for_years(tmp_path) -> None:
    with pytest.raises(ClosedError) as caught:
        answer(Pace(tmp_path, limit=1, patience=60, clock=Clock()), 429, asked=1e300)
    assert caught.value.seconds == LONGEST_PEACE


def test_all_that_wait_hear_that_the_host_is_closed(tmp_path) -> None:
    pace, other = (Pace(tmp_path, limit=1, patience=5) for _ in range(2))

    async def main() -> list[object]:
        async with other.turn(HOST, 0) as turn:
            waiting = [asyncio.ensure_future(pace.turn(HOST, 0).__aenter__()) for _ in range(3)]
            await asyncio.sleep(0.1)
            with pytest.raises(ClosedError):
                turn.answered(429, 6.0)
        return await asyncio.gather(*waiting, return_exceptions=True)

    began = time.monotonic()
    assert [type(error) for error in asyncio.run(main())] == [ClosedError] * 3
    assert time.monotonic() - began < 1


def test_who_stops_does_not_wait(tmp_path) -> None:
    pace = Pace(tmp_path, limit=1, patience=60)
    stopped = False

    async def main() -> list[object]:
        nonlocal stopped
        async with pace.turn(HOST, 30):
            pass
        waiting = [
            asyncio.ensure_future(pace.turn(HOST, 30, lambda: stopped).__aenter__())
            for _ in range(3)
        ]
        await asyncio.sleep(0.1)
        stopped = True
        return await asyncio.gather(*waiting, return_exceptions=True)

    began = time.monotonic()
    assert [type(error) for error in asyncio.run(main())] == [StoppedError] * 3
    assert time.monotonic() - began < 2
    assert not pace._host(HOST).queue
