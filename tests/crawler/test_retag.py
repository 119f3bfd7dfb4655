"""An edited watchlist: ``scrapy retag``, and what the other commands say of it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest
from scrapy.cmdline import execute
from scrapy.settings import Settings

from crawler.job import lock
from database.connection import open_database, transaction

ROOT = Path(__file__).resolve().parents[2]
OLD = '[[watch]]\nname = "الشمال"\nspellings = ["حلب", "إدلب"]\n'
EAST = '[[watch]]\nname = "الشرق"\nspellings = ["الرقة"]\n'
NEW = OLD.replace("حلب", "عفرين")
NOTHING = "nothing to retag: the archive follows the watchlist\n"


@dataclass(slots=True, frozen=True)
class Result:
    code: int
    out: str
    err: str

    def rows(self) -> dict[str, tuple[int, ...]]:
        """The closing table: watch → gained, lost, changed."""
        words = [line.split() for line in self.out.splitlines()]
        return {
            " ".join(line[:-3]): tuple(map(int, line[-3:]))
            for line in words
            if len(line) > 3 and all(word.isdigit() for word in line[-3:])
        }


Call = Callable[..., Result]


@pytest.fixture
def scrapy(run, capfd: pytest.CaptureFixture[str]) -> Call:
    """Any command with the settings of the ``run`` fixture."""

    def call(*args: str) -> Result:
        settings = Settings()
        settings.setmodule("crawler.settings", priority="project")
        settings.update(run.settings, priority="cmdline")
        capfd.readouterr()
        with pytest.raises(SystemExit) as caught:
            execute(["scrapy", *args], settings)
        shown = capfd.readouterr()
        return Result(int(caught.value.code or 0), shown.out, shown.err)

    return call


def watch(tmp_path: Path, text: str) -> None:
    (tmp_path / "watchlist.toml").write_text(text, encoding="utf-8")


def record(number: int, place: str, **more: str) -> dict[str, str]:
    return {
        "url": f"https://archive.example/news/{number}",
        "title": f"خبر رقم {number}",
        "text": f"وصلت القافلة رقم {number} إلى {place} صباح اليوم.",
        "date": "2026-03-02T11:05:00+03:00",
        "outlet": "أرشيف",
        **more,
    }


@pytest.fixture
def archive(scrapy: Call, tmp_path: Path) -> Path:
    """Five articles about four places, tagged with the old watchlist."""
    watch(tmp_path, OLD)
    path = tmp_path / "archive.jsonl"
    places = ("حلب", "إدلب", "عفرين", "الرقة", "الرقة")
    lines = [json.dumps(record(n, place)) for n, place in enumerate(places, 1)]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    result = scrapy("ingest", str(path))
    assert (result.code, result.err) == (0, "")
    return path


def matches(run) -> list[tuple[int, str]]:
    return run.query("select article, watch from matches order by 1, 2")


def test_an_edit_is_followed_once(scrapy, run, archive, tmp_path) -> None:
    assert matches(run) == [(1, "الشمال"), (2, "الشمال")]
    assert scrapy("retag") == Result(0, NOTHING, "")
    watch(tmp_path, NEW + EAST)
    result = scrapy("retag")
    assert (result.code, result.err) == (0, "")
    assert result.rows() == {"الشمال": (1, 1, 0), "الشرق": (2, 0, 0), "all": (3, 1, 0)}
    assert matches(run) == [(2, "الشمال"), (3, "الشمال"), (4, "الشرق"), (5, "الشرق")]
    assert run.query("select article from matches where retag is null") == [(2,)]
    assert scrapy("retag") == Result(0, NOTHING, "")


def test_a_dry_run_shows_it_and_changes_nothing(scrapy, run, archive, tmp_path) -> None:
    watch(tmp_path, NEW + EAST)
    dump = "select * from watches, matches, retags"
    before = run.query("select * from watches"), matches(run)
    result = scrapy("retag", "--dry-run", "--show", "1")
    assert (result.code, result.err) == (0, "")
    assert result.rows()["الشمال"] == (1, 1, 0)
    shown = result.out.splitlines()
    assert "  + 2026-03-02 أرشيف خبر رقم 3" in shown
    assert "      وصلت القافلة رقم 3 إلى [عفرين] صباح اليوم." in shown
    assert "      وصلت القافلة رقم 1 إلى [حلب] صباح اليوم." in shown
    assert [line for line in shown if "رقم 5" in line], "the newest"
    assert not [line for line in shown if "رقم 4" in line], "no more than asked for"
    assert (run.query("select * from watches"), matches(run)) == before
    assert run.query(dump) == []
    assert "[" not in scrapy("retag", "--dry-run", "--show", "0").out


def test_page_text_cannot_forge_lines(scrapy, run, tmp_path) -> None:
    watch(tmp_path, OLD)
    path = tmp_path / "archive.jsonl"
    evil = record(1, "عفرين \x1b[2Jأمس", title="خبر\u202e\x1b[31m\nجديد", outlet="\x1b[1mأرشيف")
    path.write_text(json.dumps(evil) + "\n", encoding="utf-8")
    scrapy("ingest", str(path))
    watch(tmp_path, NEW)
    out = scrapy("retag", "--dry-run").out
    assert out.replace("\n", "").isprintable()


def test_names_restrict_and_all_looks_everywhere(scrapy, run, archive, tmp_path) -> None:
    watch(tmp_path, NEW + EAST)
    assert scrapy("retag", "الشرق").rows() == {"الشرق": (2, 0, 0)}
    assert matches(run)[0] == (1, "الشمال")
    assert scrapy("retag").rows() == {"الشمال": (1, 1, 0)}
    assert scrapy("retag", "--all").rows()["all"] == (0, 0, 0)
    assert scrapy("retag", "--all", "الشرق").rows() == {"الشرق": (0, 0, 0)}


def test_a_removed_watch_keeps_its_history(scrapy, run, archive, tmp_path) -> None:
    watch(tmp_path, EAST)
    told = "الشمال: no longer in the watchlist; its 2 matches stay as history\n"
    assert scrapy("retag", "--dry-run").out.startswith(told)
    result = scrapy("retag")
    assert result.out.startswith(told)
    assert result.rows() == {"الشرق": (2, 0, 0)}
    assert matches(run) == [(1, "الشمال"), (2, "الشمال"), (4, "الشرق"), (5, "الشرق")]
    assert run.query("select watch from watches where active") == [("الشرق",)]
    assert scrapy("retag").out == NOTHING


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (["الشمل"], "did you mean الشمال?"),
        (["--show", "-1"], "--show -1"),
        (["--db", "absent.db"], "no such database"),
    ],
)
def test_wrong_usage_is_one_line(scrapy, run, archive, args, said) -> None:
    result = scrapy("retag", *args)
    assert result.code == 2
    assert said in result.err
    assert result.err.count("\n") == 1


def test_a_broken_watchlist_and_a_lock(scrapy, run, archive, tmp_path) -> None:
    watch(tmp_path, NEW)
    with lock(tmp_path / "news.db"):
        assert scrapy("retag").code == 3
        assert scrapy("retag", "--dry-run").code == 0
    watch(tmp_path, '[[watch]]\nnam = "حلب"\n')
    result = scrapy("retag")
    assert result.code == 2
    assert "did you mean name?" in result.err


def test_a_run_says_that_the_archive_is_behind_or_retags(
    scrapy, run, archive, press, host, tmp_path
) -> None:
    host.put_news(1)
    press.add("paper", host.url("/feed"))
    own = {"SPIDER_MODULES": press.package}
    assert run("paper", **own).err == ""
    watch(tmp_path, NEW + EAST)
    behind = (
        "2 watches changed since the archive was tagged (الشمال, الشرق):"
        " run 'scrapy retag', or 'scrapy run --retag'\n"
    )
    assert run("paper", **own).err == behind
    assert run("paper", "--quiet", **own).err == behind, "the crawl's own sync is no retag"
    assert scrapy("ingest", str(archive)).err == behind
    result = run("paper", "--retag", **own)
    assert (result.code, result.err) == (0, "")
    assert "gained" in result.out
    assert matches(run) == [(2, "الشمال"), (3, "الشمال"), (4, "الشرق"), (5, "الشرق")]
    assert "gained" not in run("paper", "--retag", **own).out


def test_ctrl_c_stops_after_the_batch(scrapy, run, archive, tmp_path) -> None:
    with closing(open_database(tmp_path / "news.db")) as db, transaction(db):
        db.execute(
            "with recursive number(n) as (select 10 union all select n + 1 from number limit 3000)"
            " insert into articles (id, outlet, url, first_seen_at, checked_at)"
            " select n, 'أرشيف', 'https://archive.example/' || n, '', '' from number"
        )
        db.execute("insert into article_text select id, 'قرب عفرين' from articles where id >= 10")
    watch(tmp_path, NEW)
    arguments = [sys.executable, "-m", "scrapy", "retag", *run.options()]
    with subprocess.Popen(
        arguments, cwd=ROOT, stderr=subprocess.PIPE, stdout=subprocess.PIPE, env=os.environ
    ) as process:
        deadline = time.monotonic() + 20
        while not run.query("select 1 from retags where next_article > 0"):
            assert time.monotonic() < deadline
            assert process.poll() is None
            time.sleep(0.002)
        process.send_signal(signal.SIGINT)
        err = process.communicate()[1].decode()
    assert (process.returncode, err) == (1, "stopped: run it again to go on\n")
    assert run.query("select status from retags") == [("unfinished",)]
    assert scrapy("retag").rows() == {"الشمال": (3001, 1, 0)}
    assert run.query("select count(*) from matches") == [(3002,)]
