"""``scrapy outlets --check``: every source asked once, live, and nothing written."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from dataclasses import dataclass

import pytest

from tests.crawler.conftest import ROOT


@dataclass(slots=True, frozen=True)
class Checked:
    code: int
    answers: dict[str, dict[str, object]]
    shown: str
    err: str


@pytest.fixture
def check(run, press):
    """A process of its own, as the reactor runs once in each."""

    def call(*args: str, **settings: str) -> Checked:
        run.settings |= {"SPIDER_MODULES": press.package, **settings}
        command = [sys.executable, "-m", "scrapy", "outlets", "--check", *args, *run.options()]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=50)
        rows = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
        answers = {str(row["outlet"]): row for row in rows}
        return Checked(done.returncode, answers, done.stdout, done.stderr)

    return call


def test_every_kind_of_answer(check, run, press, web) -> None:
    names = ("good", "gone", "hanging", "html", "forbidden", "wall", "section")
    hosts = {name: web.host() for name in names}
    for name, host in hosts.items():
        host.put_news(3)
        press.add(name, host.url("/feed"))
    hosts["gone"].pages.clear()
    hosts["hanging"].put("/feed", "", seconds=30)
    hosts["html"].put("/feed", "<html><body><p>خبر</p></body></html>")
    hosts["forbidden"].put("/robots.txt", "User-agent: *\nDisallow: /feed", kind="text/plain")
    hosts["wall"].put("/feed", "<title>Just a moment...</title>")
    link = hosts["section"].url("/news/1")
    hosts["section"].put("/list", f"<html><body><a href='{link}'>وصول القافلة اليوم</a></body>")
    press.add("section", hosts["section"].url("/list"), pages=1)
    press.write("broken", "import no_such_module_anywhere\n")

    started = time.monotonic()
    found = check("--json")

    assert time.monotonic() - started < 20
    assert found.code == 1
    assert {name: row["answer"] for name, row in found.answers.items()} == {
        "good": "HTTP 200",
        "gone": "HTTP 404",
        "hanging": "timed out",
        "html": "is no RSS or Atom feed",
        "forbidden": "forbidden by robots.txt",
        "wall": "challenge page",
        "section": "HTTP 200",
    }
    good = found.answers["good"]
    assert (good["kind"], good["links"], good["newest"]) == ("feed", 3, "2026-03-02T08:05:00Z")
    assert isinstance(good["milliseconds"], int)
    assert found.answers["section"]["links"] == 1
    assert {name for name, row in found.answers.items() if row["readable"]} == {"good", "section"}
    assert "broken.py cannot be loaded" in found.err
    assert "/feed" not in hosts["forbidden"].paths()
    assert all(not path.startswith("/news") for host in hosts.values() for path in host.paths())
    assert not (run.folder / "news.db").exists()


def test_named_outlets_alone_and_as_a_table(check, press, web) -> None:
    fine, other = web.host(), web.host()
    for name, host in (("fine", fine), ("other", other)):
        host.put_news(2)
        press.add(name, host.url("/feed"))
    found = check("fine")
    assert found.code == 0
    assert "HTTP 200" in found.shown
    assert not other.asked
    assert check("nobody").code == 2


def test_nothing_reached(check, press) -> None:
    press.add("away", "http://127.0.0.1:9/feed")
    found = check("--json")
    assert found.code == 4
    assert found.answers["away"]["reached"] is False


def test_what_does_not_answer_in_time_says_so(check, press, host, monkeypatch) -> None:
    """The whole check has a deadline, however many sources wait for their turn."""
    host.put_news(1)
    host.put("/feed", "", seconds=30)
    press.add("slow", host.url("/feed"))
    program = (
        "import json, sys\n"
        "from dataclasses import asdict\n"
        "from scrapy.settings import Settings\n"
        "from crawler.catalogue import load_outlet\n"
        "from crawler.check import check\n"
        "settings = Settings()\n"
        "settings.setmodule('crawler.settings')\n"
        f"outlet = load_outlet('slow', [{press.package!r}])\n"
        "print(asdict(check([outlet], settings, told=lambda: None, seconds=1.0)[0])['answer'])\n"
    )
    started = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, timeout=30
    )
    assert done.stdout.strip() == "no answer within 1 s", done.stderr
    assert time.monotonic() - started < 9
