"""A disk or file that fails under a run: told in one line, ends the crawl, loses nothing known."""

from __future__ import annotations

import json
import random
import re
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from database.backup import backup

ROOT = Path(__file__).resolve().parents[2]
PAGES = 60


def mount(folder: Path, *options: str) -> None:
    try:
        subprocess.run(["mount", *options, str(folder)], check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("this machine lets nobody mount")


@pytest.fixture
def disk(run, tmp_path: Path) -> Iterator[Path]:
    """A disk of 8 MB; the run's database is on it."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount(folder, "-t", "tmpfs", "-o", "size=8m", "tmpfs")
    run.settings["DATABASE"] = str(folder / "news.db")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


def fill(disk: Path, leave: int) -> Path:
    """A file that leaves so many bytes free."""
    ballast = disk / "ballast"
    ballast.write_bytes(bytes(max(shutil.disk_usage(disk).free - leave, 0)))
    return ballast


def put_news(host, first: int, count: int) -> None:
    for number in range(first, first + count):
        host.put_article(f"/news/{number}", number)
    host.put_feed("/feed", [f"/news/{number}" for number in range(1001, first + count)])


@pytest.fixture
def alpha(run, press, host) -> None:
    """An outlet of so many pages."""
    put_news(host, 1001, PAGES)
    press.add("alpha", host.url("/feed"))
    run.settings |= {"SPIDER_MODULES": press.package}


def rows(path: Path) -> list[list[tuple]]:
    """What a run leaves, without times and counters; which story is which hangs on the order."""
    with closing(sqlite3.connect(path)) as db:
        db.create_function("path", 1, lambda url: re.sub(r"https?://127.0.0.1:\d+", "", url))
        return [
            db.execute(query).fetchall()
            for query in (
                "select path(url), title, text_hash, body from articles join article_text"
                " on article = id order by 1",
                "select path(url), status, reason from pages order by 1",
                "select outlet, path(url), status, failures from sources",
                "select sum(articles) from stories",
                "select watch, count(*), sum(hits) from matches group by watch",
            )
        ]


@pytest.fixture(scope="module")
def once() -> dict[str, list[list[tuple]]]:
    return {}


@pytest.fixture
def untroubled(run, alpha, once, tmp_path: Path) -> list[list[tuple]]:
    """What the run leaves on a disk that holds."""
    if not once:
        database = tmp_path / "untroubled.db"
        assert run("alpha", "--quiet", DATABASE=str(database)).code == 0
        once["rows"] = rows(database)
    return once["rows"]


def scrapy(run, *args: str) -> subprocess.CompletedProcess[str]:
    """Another command than run, as a user calls it, on the run's database and watchlist."""
    options = run.options()
    return subprocess.run(
        [sys.executable, "-m", "scrapy", *args, *options], capture_output=True, text=True, cwd=ROOT
    )


def is_one_line(told: str, *words: str) -> bool:
    """Whether a complaint is one line that has these words, and no traceback."""
    assert told.count("\n") == 1, told
    assert "Traceback" not in told
    assert all(word in told for word in words), told
    return True


# Full


def test_a_full_disk_ends_the_crawl_and_the_next_run_catches_up(
    untroubled, run, host, disk
) -> None:
    ballast, before = fill(disk, 700_000), len(host.asked)
    result = run("alpha", "--quiet")
    assert result.code == 1
    assert "Traceback" not in result.out + result.err
    assert "news.db: cannot grow" in " ".join(result.out.split())
    kept = rows(disk / "news.db")
    stored = [url for url, status, _ in kept[1] if status == "stored"]
    assert len(stored) == len(kept[0]) < PAGES
    assert {status for _, status, _ in kept[1]} == {"stored", "queued"}
    asked = [path for path in host.paths(before) if path.startswith("/news/")]
    # Those under way when it happened, and no more.
    assert len(asked) <= len(stored) + 40 < PAGES

    ballast.unlink()
    before = len(host.asked)
    assert run("alpha", "--quiet").code == 0
    assert rows(disk / "news.db") == untroubled
    again = {path for path in host.paths(before) if path.startswith("/news/")}
    assert len(again) == PAGES - len(stored)


def test_a_disk_that_is_full_from_the_start(alpha, run, disk) -> None:
    fill(disk, 50_000)
    result = run("alpha")
    assert result.code == 2
    assert is_one_line(result.err, "news.db: cannot grow", "free disk space")


def test_an_ingest_and_a_retag_on_a_full_disk(run, disk, tmp_path) -> None:
    archive = tmp_path / "archive.jsonl"
    text = "وصلت القافلة إلى البوكمال صباح اليوم وقال المصدر إن الطريق مفتوح أمام السكان. "
    lines = (
        json.dumps({"url": f"https://x.example/{n}", "title": f"خبر {n}", "text": text * 20})
        for n in range(300)
    )
    archive.write_text("\n".join(lines), encoding="utf-8")
    ballast = fill(disk, 900_000)
    failed = scrapy(run, "ingest", str(archive))
    assert failed.returncode == 2
    assert is_one_line(failed.stderr, "news.db: cannot grow")
    assert failed.stdout == ""
    assert rows(disk / "news.db")[0] == []
    ballast.unlink()
    assert scrapy(run, "ingest", str(archive)).returncode == 0
    assert len(rows(disk / "news.db")[0]) == 300

    watchlist = Path(run.settings["WATCHLIST"])
    watchlist.write_text(
        watchlist.read_text(encoding="utf-8").replace('["البوكمال"]', '["البوكمال", "القافلة"]'),
        encoding="utf-8",
    )
    ballast = fill(disk, 0)
    failed = scrapy(run, "retag", "--quiet")
    assert failed.returncode == 2
    assert is_one_line(failed.stderr, "news.db: cannot")
    ballast.unlink()
    assert scrapy(run, "retag", "--quiet").returncode == 0
    assert rows(disk / "news.db")[4] == [("البوكمال", 300, 300 * 40)]


def test_a_full_disk_of_the_log_costs_the_log(untroubled, run, disk, tmp_path) -> None:
    fill(disk, 0)
    database = str(tmp_path / "news.db")
    result = run("alpha", "--quiet", DATABASE=database, RUN_LOG=str(disk / "run.log"))
    assert result.code == 0
    assert is_one_line(result.err, "run.log: No space left", "goes on without its log")
    assert rows(Path(database)) == untroubled


# Not to be written


def test_a_read_only_disk(untroubled, run, disk) -> None:
    assert run("alpha", "--quiet").code == 0
    mount(disk, "-o", "remount,ro")
    result = run("alpha")
    assert result.code == 2
    assert is_one_line(result.err, "news.db")
    mount(disk, "-o", "remount,rw")
    assert run("alpha", "--quiet").code == 0
    assert rows(disk / "news.db") == untroubled


def test_another_program_holds_the_file(alpha, run, monkeypatch) -> None:
    assert run("alpha", "--quiet").code == 0
    monkeypatch.setattr("database.connection.BUSY_TIMEOUT_MS", 100)
    with closing(sqlite3.connect(run.settings["DATABASE"], isolation_level=None)) as other:
        other.execute("pragma locking_mode = exclusive")
        other.execute("update watches set note = null")
        result = run("alpha")
    assert result.code == 2
    assert is_one_line(result.err, "news.db: is locked by another program")
    assert run("alpha", "--quiet").code == 0


def test_a_lock_that_cannot_be_written(alpha, run) -> None:
    lock = Path(run.settings["DATABASE"] + ".lock")
    lock.mkdir()
    result = run("alpha")
    assert result.code == 2
    assert is_one_line(result.err, "news.db.lock: Is a directory")


# Damaged


def test_a_damaged_file_and_the_way_back(untroubled, run, host, tmp_path) -> None:
    path, copy = Path(run.settings["DATABASE"]), tmp_path / "copy.db"
    put_news(host, 1001, PAGES // 2)
    assert run("alpha", "--quiet").code == 0
    backup(path, copy)
    put_news(host, 1001, PAGES)
    size = path.stat().st_size // 4096 * 4096
    with path.open("r+b") as file:
        file.seek(size // 10 // 4096 * 4096)
        file.write(random.Random(1).randbytes(size // 10 * 8 // 4096 * 4096))
    before = len(host.asked)
    result = run("alpha", "--quiet")
    assert result.code in (1, 2)
    told = " ".join((result.out + result.err).split())
    assert "Traceback" not in told
    for part in ("news.db: is damaged", "scrapy backup", ".recover"):
        assert part in told
    assert len(host.asked) - before <= 40
    shutil.copy(copy, path)
    path.with_name("news.db-wal").unlink(missing_ok=True)
    assert run("alpha", "--quiet").code == 0
    assert rows(path) == untroubled
