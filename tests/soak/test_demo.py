"""The main job at length: thousands of articles, and a power cut at any moment."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from crawler.commands.demo import crawl, unexpected
from demo.compare import compare
from demo.newsroom import Newsroom, build
from demo.server import DemoServer

ROOT = Path(__file__).resolve().parents[2]
KILLS = 50
STOPS = 20
MOST_SECONDS_TO_STOP = 10
PAGES_FOR_MEMORY = int(os.environ.get("RASID_MEMORY_PAGES", "10000"))
ENOUGH = 1000
"""Requests of a night that has read pages: the sources alone are fewer."""
SCRIPT = (
    "import json, sys; from datetime import datetime; from pathlib import Path;"
    "from crawler.commands.demo import crawl;"
    "sys.exit(crawl(Path(sys.argv[1]), int(sys.argv[2]), now=datetime.fromisoformat(sys.argv[3]),"
    " command='soak', workers=int(sys.argv[4]), changes=json.loads(sys.argv[5])).exit_code)"
)


def run(path: Path, server: DemoServer, newsroom: Newsroom) -> list[str]:
    """A healthy run, and every difference from the truth after it."""
    outcomes = crawl(path, server.port, now=newsroom.now, command="soak", workers=2).outcomes
    return [*unexpected(outcomes, newsroom.manifest), *compare(path, newsroom.manifest)]


def start(
    path: Path, server: DemoServer, newsroom: Newsroom, workers: int = 2, **settings: object
) -> subprocess.Popen[bytes]:
    """The same as a process of its own."""
    arguments = [str(path), str(server.port), newsroom.now.isoformat(), str(workers)]
    arguments.append(json.dumps(settings))
    return subprocess.Popen([sys.executable, "-c", SCRIPT, *arguments], cwd=ROOT)


def wait(process: subprocess.Popen[bytes], server: DemoServer, dice: random.Random) -> int:
    """Until some request, and a little longer."""
    moment = dice.randint(1, 160)
    while len(server.requests) < moment and process.poll() is None:
        time.sleep(0.002)
    time.sleep(dice.random() * 0.1)
    return moment


def pages(server: DemoServer, since: int = 0) -> int:
    return sum(record.path != "/robots.txt" for record in server.requests[since:])


def test_three_thousand_articles_are_the_truth(tmp_path: Path) -> None:
    newsroom = build(3000, seed=1)
    path = tmp_path / "demo.db"
    with DemoServer(newsroom) as server:
        started = time.monotonic()
        assert run(path, server, newsroom) == []
        seconds, asked, number = time.monotonic() - started, pages(server), len(server.requests)
        assert run(path, server, newsroom) == []
        again = pages(server, number)
    articles = len(newsroom.manifest.articles)
    print(f"\n{articles} articles, {asked} requests in {seconds:.1f} s; then {again} requests")
    assert asked < articles * 1.1
    assert again < 60


@pytest.fixture(scope="module")
def newsroom() -> Newsroom:
    return build(140, seed=1)


def children(pid: int) -> list[int]:
    return [int(each) for each in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def victims(whom: str, pid: int, dice: random.Random) -> list[int]:
    workers = children(pid)
    if whom == "parent" or not workers:
        return [pid]
    return [dice.choice(workers)] if whom == "worker" else [pid, *workers]


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="needs /proc to find workers")
@pytest.mark.parametrize("seed", range(KILLS))
def test_a_kill_at_any_moment_loses_nothing(seed: int, newsroom: Newsroom, tmp_path: Path) -> None:
    dice = random.Random(seed)
    path, whom = tmp_path / "demo.db", ("parent", "worker", "all")[seed % 3]
    with DemoServer(newsroom) as server:
        process = start(path, server, newsroom)
        moment = wait(process, server, dice)
        if process.poll() is None:
            for pid in victims(whom, process.pid, dice):
                os.kill(pid, signal.SIGKILL)
        process.wait()
        requests = len(server.requests)
        # The workers of a killed parent end by themselves; the next run need not wait.
        assert run(path, server, newsroom) == []
        print(f"\n{whom} killed at request {moment} ({requests} in all): equal to the truth")


@pytest.mark.parametrize("seed", range(STOPS))
def test_a_stop_at_any_moment_is_quick_and_loses_nothing(
    seed: int, newsroom: Newsroom, tmp_path: Path
) -> None:
    dice = random.Random(f"stop:{seed}")
    path = tmp_path / "demo.db"
    with DemoServer(newsroom) as server:
        process = start(path, server, newsroom)
        moment = wait(process, server, dice)
        alive = process.poll() is None
        began = time.monotonic()
        process.terminate()
        code = process.wait()
        seconds = time.monotonic() - began
        print(f"\nstopped at request {moment}: exit {code} after {seconds:.1f} s")
        assert seconds < MOST_SECONDS_TO_STOP
        if alive:
            assert code == 1
        assert run(path, server, newsroom) == []


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="needs /proc to find workers")
def test_memory_does_not_grow_with_the_pages(tmp_path: Path) -> None:
    """``RASID_MEMORY_PAGES`` (10000, at most 50000) says how many pages one worker reads."""
    newsroom = build(PAGES_FOR_MEMORY, seed=1)
    resident: dict[int, float] = {}
    with DemoServer(newsroom) as server:
        everything = {"PAGES_PER_OUTLET": PAGES_FOR_MEMORY, "CLOSESPIDER_TIMEOUT": 0}
        asked = -2 * ENOUGH
        # So many pages are more than an outlet may queue in one night.
        while len(server.requests) > asked + ENOUGH:
            asked = len(server.requests)
            process = start(tmp_path / "demo.db", server, newsroom, workers=1, **everything)
            while process.poll() is None:
                for pid in children(process.pid):
                    resident[len(server.requests)] = megabytes(pid)
                time.sleep(0.5)
    asked = max(resident)
    early = max(size for at, size in resident.items() if at <= asked / 3)
    late = max(resident.values())
    print(f"\n{asked} requests: {early:.0f} MB in the first third, {late:.0f} MB at most")
    assert asked > PAGES_FOR_MEMORY * 0.9
    assert late < early * 1.3


def megabytes(pid: int) -> float:
    """What a process holds in memory."""
    try:
        statm = Path(f"/proc/{pid}/statm").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return 0.0
    return int(statm.split()[1]) * os.sysconf("SC_PAGE_SIZE") / 2**20
