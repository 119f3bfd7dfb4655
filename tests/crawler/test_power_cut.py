"""What a power cut leaves of a crawl opens, and holds all that was committed before.

The crawl is frozen at random moments and its files are copied as the disk has them then: the
database, and its -wal up to what SQLite says was synced, with any part of what was written since.
Not tried: a checkpoint whose writes into the database file reached the disk in another order.
"""

from __future__ import annotations

import os
import random
import shutil
import signal
import sqlite3
import struct
import subprocess
import sys
import time
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest

from database.connection import open_database

PAGES = 40
CUTS = 4
FRAME_HEADER, WAL_HEADER = 24, 32
ROOT = Path(__file__).resolve().parents[2]


@dataclass(slots=True)
class Cut:
    """A copy as a power cut would leave it, and the articles that were seen before it."""

    path: Path
    seen: set[str]
    lost: int


def stored(db: sqlite3.Connection) -> set[str]:
    return {url for (url,) in db.execute("select url from articles")}


def processes(parent: int) -> list[int]:
    """A process and its children."""
    path = Path(f"/proc/{parent}/task/{parent}/children")
    return [parent, *map(int, path.read_text().split())] if path.exists() else [parent]


def cut_power(database: Path, parent: int, to: Path, chance: random.Random) -> Cut:
    """Copy the files of a database that these processes write."""
    with closing(sqlite3.connect(database)) as db:
        seen = stored(db)
        frozen = processes(parent)
        for number in frozen:
            os.kill(number, signal.SIGSTOP)
        try:
            wal = database.with_name(database.name + "-wal")
            shared = database.with_name(database.name + "-shm").read_bytes()
            shutil.copy(database, to)
            data = wal.read_bytes()
        finally:
            for number in frozen:
                os.kill(number, signal.SIGCONT)
        # The header of the index of the -wal (sqlite.org/walformat.html): only what was synced
        # is counted as frames that others may read.
        (frames,) = struct.unpack_from("=I", shared, 16)
        (size,) = db.execute("pragma page_size").fetchone()
    synced = WAL_HEADER + frames * (size + FRAME_HEADER) if frames else 0
    end = chance.randint(min(synced, len(data)), len(data))
    torn = chance.randbytes(chance.randint(0, 9000)) if chance.random() < 0.5 else b""
    to.with_name(to.name + "-wal").write_bytes(data[:end] + torn)
    return Cut(to, seen, len(data) - end)


def is_whole(cut: Cut) -> bool:
    """Whether a copy opens, is sound, and has what was committed."""
    with closing(open_database(cut.path, create=False)) as db:
        assert db.execute("pragma integrity_check").fetchall() == [("ok",)]
        assert db.execute("pragma foreign_key_check").fetchall() == []
        kept = stored(db.conn)
        assert cut.seen <= kept
        known = "select count(*) from pages where status = 'stored' and article not null"
        assert db.execute(known).fetchone() == (len(kept),)
        found = "select count(*) from articles_fts where articles_fts match ar_query('القافله')"
        assert db.execute(found).fetchone() == (len(kept),)
    return True


def crawl_with_cuts(run, press, host, *, pages: int, cuts: int, seed: int) -> list[Cut]:
    """Crawl a feed while the power is cut so many times."""
    chance = random.Random(seed)
    host.put_news(pages, seconds=0.01)
    press.add("alpha", host.url("/feed"))
    run.settings |= {"SPIDER_MODULES": press.package, "CONCURRENT_REQUESTS": "4"}
    database = run.folder / "news.db"
    made: list[Cut] = []
    with subprocess.Popen(
        [sys.executable, "-m", "scrapy", "run", "alpha", "--quiet", *run.options()], cwd=ROOT
    ) as process:
        while not host.asked:
            assert process.poll() is None
            time.sleep(0.01)
        while process.poll() is None and len(made) < cuts:
            asked = len(host.asked) + chance.randint(0, 2 * pages // cuts)
            while process.poll() is None and len(host.asked) < asked:
                time.sleep(0.001)
            time.sleep(chance.random() / 100)
            if process.poll() is None and Path(f"{database}-shm").exists():
                to = run.folder / f"cut{len(made)}.db"
                made.append(cut_power(database, process.pid, to, chance))
    assert process.returncode == 0
    return made


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="needs /proc")
def test_a_power_cut_costs_nothing_that_was_committed(run, press, host) -> None:
    cuts = crawl_with_cuts(run, press, host, pages=PAGES, cuts=CUTS, seed=1)
    assert len(cuts) >= 2
    assert all(map(is_whole, cuts))
    early = cuts[0]
    with closing(sqlite3.connect(run.folder / "news.db")) as db:
        final = stored(db)
    assert run("alpha", "--db", str(early.path), "--quiet", RECHECK="0").code == 0
    with closing(sqlite3.connect(early.path)) as db:
        assert stored(db) == final
