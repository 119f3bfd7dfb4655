"""Real archives, whole: counts, memory, and that a second import changes nothing."""

from __future__ import annotations

import gzip
import hashlib
import os
import re
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
CORPORA = ROOT / "../shared/corpora"
MOST_MEMORY = 300  # MB
# When an article was last looked at: a second import is a look.
CLOCKS = {"articles": {"checked_at"}}


@dataclass(slots=True, frozen=True)
class Import:
    """How ``scrapy ingest`` went; ``memory``: resident MB as it went on."""

    code: int
    out: str
    seconds: float
    memory: list[float]

    def count(self, what: str) -> int:
        found = re.search(rf"(\d+) {what}", self.out)
        assert found, self.out
        return int(found[1])


def resident(pid: int) -> float | None:
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return None
    found = re.search(r"VmRSS:\s+(\d+)", status)
    return int(found[1]) / 1024 if found else None


def ingest(archive: Path, database: Path) -> Import:
    started = time.monotonic()
    with subprocess.Popen(
        [sys.executable, "-m", "scrapy", "ingest", str(archive), "--db", str(database)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env=os.environ,
    ) as process:
        memory = []
        while process.poll() is None:
            memory += [now for now in [resident(process.pid)] if now]
            time.sleep(0.2)
        assert process.stdout is not None
        out = process.stdout.read()
    return Import(process.returncode, out, time.monotonic() - started, memory)


def fingerprint(path: Path) -> dict[str, str]:
    """Table → a digest of all its rows; the record of the runs is left out."""
    found = {}
    with closing(sqlite3.connect(path)) as db:
        names = [
            name for (name,) in db.execute("select name from sqlite_master where type='table'")
        ]
        for name in names:
            if name == "runs" or name.startswith(("sqlite_", "_")):
                continue
            digest = hashlib.sha256()
            columns = [row[1] for row in db.execute(f'pragma table_info("{name}")')]
            kept = ", ".join(f'"{each}"' for each in columns if each not in CLOCKS.get(name, ()))
            for row in db.execute(f'select {kept} from "{name}" order by {kept}'):
                digest.update(repr(row).encode())
            found[name] = digest.hexdigest()
    return found


@pytest.mark.skipif(not CORPORA.exists(), reason="no archives beside the project")
@pytest.mark.parametrize("name", ["almayadeen_2023", "saudi_papers_2015_07"])
def test_an_archive_is_imported_once(name: str, tmp_path: Path) -> None:
    archive, database = CORPORA / f"{name}.jsonl.gz", tmp_path / "news.db"
    with gzip.open(archive) as file:
        lines = sum(1 for line in file if line.strip())

    first = ingest(archive, database)
    before = fingerprint(database)
    second = ingest(archive, database)

    for each in (first, second):
        print(f"\n{each.out.strip()}\n{each.seconds:.1f} s, {max(each.memory):.0f} MB at most")
    assert first.count("lines") == lines
    assert first.count("bad") < lines / 100
    with closing(sqlite3.connect(database)) as db:
        assert db.execute("select count(*) from articles").fetchone() == (first.count("stored"),)
    assert max(first.memory + second.memory) < MOST_MEMORY
    half = len(first.memory) // 2
    assert max(first.memory[half:]) < 1.3 * max(first.memory[:half]), "it grows with the archive"
    assert second.count("stored") == second.count("revised") == 0
    assert fingerprint(database) == before
