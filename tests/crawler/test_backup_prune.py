"""``scrapy backup`` and ``scrapy prune`` as a user calls them, around real crawls."""

from __future__ import annotations

import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from scrapy.cmdline import execute
from scrapy.settings import Settings

from crawler.job import lock
from database import articles
from database.connection import open_database, transaction

ROOT = Path(__file__).resolve().parents[2]
LATER = "2026-03-03T00:00:00+00:00"
LARGE = 1200


@pytest.fixture
def scrapy(run):
    """Another command than run: its exit code, output and errors."""

    def call(*args: str) -> tuple[int, str, str]:
        settings = Settings()
        settings.setmodule("crawler.settings", priority="project")
        settings.update(run.settings, priority="cmdline")
        run.capture.readouterr()
        with pytest.raises(SystemExit) as caught:
            execute(["scrapy", *args], settings)
        shown = run.capture.readouterr()
        return int(caught.value.code or 0), shown.out, shown.err

    handlers = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    yield call
    for number, handler in handlers.items():
        signal.signal(number, handler)


@pytest.fixture
def stored(run) -> Path:
    """A database of one old article."""
    path = run.folder / "news.db"
    with closing(open_database(path)) as db:
        put(db, 1, "نص")
    return path


def put(db, number: int, body: str) -> None:
    articles.ensure_outlet(db, "furat")
    db.execute(
        "insert into articles (id, outlet, url, first_seen_at, checked_at)"
        " values (?, 'furat', ?, '2026-01-01T00:00:00Z', 't')",
        [number, f"https://furat.example/{number}"],
    )
    db.execute("insert into article_text values (?, ?)", [number, body])


@pytest.fixture
def crawled(run, press, host) -> Path:
    host.put_news(6)
    press.add("alpha", host.url("/feed"))
    run.settings |= {"SPIDER_MODULES": press.package}
    assert run("alpha", NOW=LATER).code == 0
    return run.folder / "news.db"


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_what_was_pruned_is_not_fetched_again(crawled, run, host, scrapy) -> None:
    code, out, _ = scrapy("prune", "--older-than", "2026-03-03", "--dry-run")
    assert (code, out.split()[:2]) == (0, ["6", "alpha"])
    assert run.query("select count(*) from articles") == [(6,)]
    code, out, err = scrapy("prune", "--older-than", "2026-03-03")
    assert (code, err) == (0, "")
    assert out.startswith("6 articles and 0 runs pruned; ")
    assert run.query("select count(*) from articles") == [(0,)]
    feed = host.pages["/feed"].body.decode()
    edited = "<pubDate>Wed, 04 Mar 2026 08:05:00 +0000</pubDate>"
    host.put(
        "/feed",
        feed.replace("<pubDate>Mon, 02 Mar 2026 08:05:00 +0000</pubDate>", edited),
        kind="application/rss+xml",
    )
    asked = len(host.asked)
    assert run("alpha", NOW="2026-03-05T00:00:00+00:00").code == 0
    assert [path for path in host.paths(asked) if path.startswith("/news/")] == []
    assert run.outcomes()["alpha"] == ("quiet", "")
    assert run.query("select count(*) from articles") == [(0,)]


def test_old_runs_go_but_of_ninety_days_and_the_last_of_each_outlet(crawled, run, scrapy) -> None:
    ages = (900, 800, 700, 91, 89, 3)
    for age in ages:
        begun = datetime.now(UTC) - timedelta(days=age)
        run.write(
            "insert into runs (started_at, status, command)"
            f" values ('{begun:%Y-%m-%dT%H:%M:%SZ}', 'ok', 'run {age}')"
        )
    for age, outlet, status in ((900, "beta", "ok"), (800, "beta", "failed"), (91, "alpha", "ok")):
        run.write(
            f"insert into outlet_runs (run, outlet, status) select id, '{outlet}', '{status}'"
            f" from runs where command = 'run {age}'"
        )
    run.write(
        "insert into outlet_runs (run, outlet, status) select id, 'beta', 'failed' from runs"
        " where command = 'run 700'"
    )
    code, out, _ = scrapy("prune", "--older-than", "2d", "--dry-run")
    assert code == 0
    assert out.splitlines()[-1].split()[:3] == ["1", "runs", "before"]
    assert run.query("select count(*) from runs") == [(7,)]
    code, out, err = scrapy("prune", "--older-than", "2d")
    assert (code, err) == (0, "")
    assert " and 1 runs pruned; " in out
    commands = run.query("select command from runs where command like 'run %' order by id")
    assert commands == [(f"run {age}",) for age in (900, 700, 91, 89, 3)]


def test_what_a_watch_matches_can_stay(crawled, run, scrapy) -> None:
    assert scrapy("prune", "--older-than", "2026-03-03", "--keep-matched", "--quiet") == (0, "", "")
    assert run.query("select count(*) from articles") == [(6,)]


@pytest.mark.parametrize(
    ("args", "told"),
    [
        ([], "say what is old"),
        (["--older-than", "old"], "--older-than 'old': write 12h"),
        (["--older-than", "2999-01-01"], "is still to come"),
        (["1y"], "write --older-than 1y"),
    ],
)
def test_a_mistyped_prune_deletes_nothing(stored, run, scrapy, args, told) -> None:
    code, _, err = scrapy("prune", *args)
    assert code == 2
    assert told in err
    assert run.query("select count(*) from articles") == [(1,)]


def test_no_prune_while_a_run_holds_the_lock(stored, run, scrapy) -> None:
    with lock(stored):
        code, _, err = scrapy("prune", "--older-than", "2026-03-03")
    assert code == 3
    assert "another run holds" in err
    assert run.query("select count(*) from articles") == [(1,)]


def test_a_backup_can_be_crawled_on(crawled, run, host, scrapy) -> None:
    code, out, err = scrapy("backup")
    assert (code, err) == (0, "")
    [name] = names(crawled.parent / "backups")
    assert name.startswith("news-")
    assert name in out
    assert "checked" in out
    copy = crawled.parent / "backups" / name
    assert scrapy("backup", str(copy))[0] == 2
    asked = len(host.asked)
    assert run("alpha", "--db", str(copy), "--quiet", RECHECK="0").code == 0
    assert [path for path in host.paths(asked) if path.startswith("/news/1")] == []


def test_only_so_many_backups_are_kept(stored, scrapy) -> None:
    folder = stored.parent / "backups"
    folder.mkdir()
    for name in ("news-20260301T000000Z.db", "news-20260302T000000Z.db", "mine.db"):
        (folder / name).touch()
    code, out, _ = scrapy("backup", str(folder), "--keep", "2")
    assert code == 0
    assert "older backups removed: 1" in out
    left = names(folder)
    assert left[:2] == ["mine.db", "news-20260302T000000Z.db"]
    assert len(left) == 3
    code, _, err = scrapy("backup", str(folder / "x.db"), "--keep", "2")
    assert code == 2
    assert "no folder of backups" in err


@pytest.fixture(scope="module")
def template(tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp("large") / "large.db"
    chance = random.Random(1)
    with closing(open_database(path)) as db, transaction(db):
        for number in range(1, LARGE + 1):
            put(db, number, f"نص الخبر رقم {number} {chance.randbytes(3000).hex()}")
    return path


@pytest.fixture
def large(template, tmp_path: Path) -> Path:
    """A database that is not copied or pruned at once."""
    return Path(shutil.copy(template, tmp_path / "large.db"))


def begin(*args: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "scrapy", *args],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def wait_until(condition, process: subprocess.Popen[str]) -> None:
    while not condition():
        assert process.poll() is None, process.communicate()
        time.sleep(0.001)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL], ids=["stopped", "killed"])
def test_an_ended_backup_leaves_no_half_file(large, scrapy, number) -> None:
    folder = large.parent / "backups"
    process = begin("backup", "--db", str(large))
    wait_until(lambda: folder.exists() and any(p.stat().st_size for p in folder.iterdir()), process)
    process.send_signal(number)
    told = process.communicate(timeout=30)[1]
    assert process.returncode == (1 if number == signal.SIGTERM else -9)
    if number == signal.SIGTERM:
        assert told == "stopped: there is no backup; run it again\n"
        assert names(folder) == []
    assert not list(folder.glob("large-*"))
    assert scrapy("backup", str(folder / "next.db"), "--db", str(large), "--quiet") == (0, "", "")
    assert names(folder) == ["next.db"]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL], ids=["stopped", "killed"])
def test_an_ended_prune_goes_on_next_time(large, scrapy, number) -> None:
    with closing(sqlite3.connect(large, isolation_level=None)) as db:
        left = "select count(*) from articles"
        process = begin("prune", "--older-than", "1d", "--db", str(large))
        wait_until(lambda: db.execute(left).fetchone()[0] < LARGE, process)
        process.send_signal(number)
        told = process.communicate(timeout=30)[1]
        assert process.returncode == (1 if number == signal.SIGTERM else -9)
        assert "stopped" in told or number == signal.SIGKILL
        assert 0 < db.execute(left).fetchone()[0] < LARGE
        assert db.execute("pragma foreign_key_check").fetchall() == []
    code, out, _ = scrapy("prune", "--older-than", "1d", "--db", str(large))
    assert code == 0
    assert out.endswith(" MB now\n")
    assert large.stat().st_size < 1_000_000
