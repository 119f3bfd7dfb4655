"""The main job at length: thousands of articles, and a power cut at any moment."""

from __future__ import annotations

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
KILLS = 20
SCRIPT = (
    "import sys; from datetime import datetime; from pathlib import Path;"
    "from crawler.commands.demo import crawl;"
    "crawl(Path(sys.argv[1]), int(sys.argv[2]), now=datetime.fromisoformat(sys.argv[3]),"
    " command='soak', workers=2)"
)


def run(path: Path, server: DemoServer, newsroom: Newsroom) -> list[str]:
    """A healthy run, and every difference from the truth after it."""
    outcomes = crawl(path, server.port, now=newsroom.now, command="soak", workers=2).outcomes
    return [*unexpected(outcomes, newsroom.manifest), *compare(path, newsroom.manifest)]


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
        process = subprocess.Popen(
            [sys.executable, "-c", SCRIPT, str(path), str(server.port), newsroom.now.isoformat()],
            cwd=ROOT,
        )
        moment = dice.randint(1, 160)
        while len(server.requests) < moment and process.poll() is None:
            time.sleep(0.002)
        time.sleep(dice.random() * 0.1)
        if process.poll() is None:
            for pid in victims(whom, process.pid, dice):
                os.kill(pid, signal.SIGKILL)
        process.wait()
        requests = len(server.requests)
        # The workers of a killed parent end by themselves; the next run need not wait.
        assert run(path, server, newsroom) == []
        print(f"\n{whom} killed at request {moment} ({requests} in all): equal to the truth")
