"""Politeness over real HTTP: one pace a host whoever asks, and peace for who asks for it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from scrapy.http import Response

from crawler.polite import retry_after
from crawler.settings import USER_AGENT

ROOT = Path(__file__).resolve().parents[2]
UNPACED = (
    "    custom_settings = {'DOWNLOAD_HANDLERS':"
    " {'http': 'scrapy.core.downloader.handlers.http11.HTTP11DownloadHandler'}}\n"
)


def gaps(host) -> list[float]:
    return [later.at - earlier.at for earlier, later in pairwise(host.asked)]


def refusal(seconds: int, *, date: bool = False, status: int = 503) -> dict[str, Any]:
    return {"status": status} | ({"retry_date": seconds} if date else {"retry_after": str(seconds)})


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"Retry-After": "120"}, 120),
        ({"Retry-After": "0"}, None),
        ({"Retry-After": "-5"}, None),
        ({"Retry-After": "soon"}, None),
        ({"Retry-After": "٣"}, None),
        ({}, None),
        (
            {
                "Retry-After": "Mon, 02 Mar 2026 12:00:30 GMT",
                "Date": "Mon, 02 Mar 2026 12:00:00 GMT",
            },
            30,
        ),
        ({"Retry-After": "Mon, 02 Mar 2026 12:00:30 GMT"}, None),
        ({"Retry-After": "Mon, 02 Mar 99999 12:00:30 GMT"}, None),
        ({"Retry-After": "Mon, 02 Mar 0000 12:00:30 GMT"}, None),
    ],
)
def test_what_retry_after_asks_for(headers, seconds) -> None:
    assert retry_after(Response("https://furat.example/", headers=headers)) == seconds


@pytest.mark.parametrize(("workers", "paced"), [("2", True), ("1", True), ("2", False)])
def test_two_outlets_of_one_host_keep_one_pace(run, press, host, workers, paced) -> None:
    host.put_news(2, seconds=0.1)
    host.put_feed("/other", ["/news/2001", "/news/2002"])
    for number in (2001, 2002):
        host.put_article(f"/news/{number}", number, seconds=0.1)
    more = "" if paced else UNPACED
    press.add("alpha", host.url("/feed"), more)
    press.add("beta", host.url("/other"), more)
    settings = {"DOWNLOAD_DELAY": "0.2", "CONCURRENT_REQUESTS_PER_DOMAIN": "1"}
    result = run("--workers", workers, SPIDER_MODULES=press.package, **settings)
    assert result.code == 0
    assert len(host.asked) == 8
    # The server's clock sees a request when it arrives, not when it is sent: the first of each
    # worker looks up the name and connects before.
    assert (sorted(gaps(host))[2] > 0.18) == paced
    assert not paced or max(asked.flying for asked in host.asked) == 1


@pytest.mark.parametrize("date", [False, True])
def test_a_short_peace_is_waited_for(run, press, host, date) -> None:
    host.put_news(1)
    host.put_first("/news/1001", **refusal(2, date=date))
    press.add("alpha", host.url("/feed"))
    assert run("alpha", SPIDER_MODULES=press.package, RETRY_TIMES="2").code == 0
    assert run.query("select count(*) from articles") == [(1,)]
    assert 0.9 < gaps(host)[-1] < 5


def test_a_page_of_a_host_that_asks_for_more_waits_for_a_later_run(run, press, host) -> None:
    host.put_news(3)
    host.put_first("/news/1002", **refusal(7200))
    press.add("alpha", host.url("/feed"))
    one = {"CONCURRENT_REQUESTS_PER_DOMAIN": "1", "SPIDER_MODULES": press.package}
    assert run("alpha", **one).code == 0
    status, note = run.outcomes()["alpha"]
    assert status == "degraded"
    assert "wait: the host asked for peace until 20" in note or "waits: the host" in note
    waiting = run.query("select count(*) from pages where status = 'queued' and attempts = 0")[0][0]
    assert waiting == 3 - run.query("select count(*) from articles")[0][0] >= 1
    asked = len(host.asked)
    run("alpha", **one)
    assert not [path for path in host.paths(asked) if "/news/" in path]
    later = (datetime.now(UTC) + timedelta(hours=3)).isoformat()
    run("alpha", NOW=later, **one)
    assert run.query("select count(*) from articles") == [(3,)]


@pytest.mark.parametrize("status", [429, 503])
def test_a_source_that_asks_for_peace_has_it_and_keeps_its_validators(
    run, press, host, status
) -> None:
    host.put_news(1)
    host.put("/feed", host.pages["/feed"].body.decode(), etag='"1"', kind="application/rss+xml")
    press.add("alpha", host.url("/feed"))
    run("alpha", SPIDER_MODULES=press.package)
    host.put_first("/feed", **refusal(7200, status=status))
    for _ in range(2):
        result = run("alpha", SPIDER_MODULES=press.package)
        assert result.code == 0
        health, note = run.outcomes()["alpha"]
        assert health == "quiet"
        assert note.startswith("1 source waits: the host asked for peace until 20")
    assert host.paths().count("/feed") == 2
    later = (datetime.now(UTC) + timedelta(hours=3)).isoformat()
    run("alpha", SPIDER_MODULES=press.package, NOW=later, RECHECK="0")
    assert host.asked[-1].status == 304


def test_a_host_that_refuses_everything_is_left_soon(run, press, host) -> None:
    host.put_news(3)
    for path in list(host.pages):
        host.put(path, "", status=429)
    press.add("alpha", host.url("/feed"))
    began = time.monotonic()
    result = run("alpha", SPIDER_MODULES=press.package, RETRY_TIMES="5", LONGEST_PATIENCE="3")
    assert time.monotonic() - began < 10
    assert result.code == 0
    assert host.paths().count("/feed") == 2
    assert min(gaps(host)[1:]) > 1.9
    assert run.outcomes()["alpha"][0] == "quiet"


def test_rules_that_are_refused_forbid(run, press, host) -> None:
    host.put_news(1)
    host.put("/robots.txt", "", status=429)
    press.add("alpha", host.url("/feed"))
    assert run("alpha", SPIDER_MODULES=press.package).code == 1
    assert "robots.txt: HTTP 429" in run.outcomes()["alpha"][1]
    assert host.paths() == ["/robots.txt"]


def test_a_run_that_waits_ends_when_told(run, press, host, tmp_path) -> None:
    host.put_news(2)
    for path in ("/news/1001", "/news/1002"):
        host.put(path, "", **refusal(50))
    press.add("alpha", host.url("/feed"))
    options = [*run.options(), "-s", f"SPIDER_MODULES={press.package}", "-s", "RETRY_TIMES=2"]
    command = [sys.executable, "-m", "scrapy", "run", "alpha", "--quiet", *options]
    process = subprocess.Popen(command, cwd=ROOT, env=os.environ, stdout=subprocess.DEVNULL)
    deadline = time.monotonic() + 20
    while not any("/news/" in path for path in host.paths()) and time.monotonic() < deadline:
        time.sleep(0.05)
    time.sleep(0.5)
    process.send_signal(signal.SIGTERM)
    told = time.monotonic()
    process.wait(timeout=20)
    assert time.monotonic() - told < 4
    assert run.query("select distinct status, attempts from pages") == [("queued", 0)]
    assert run.outcomes()["alpha"][1].startswith("stopped")


def test_every_request_says_who_asks(run, press, host) -> None:
    host.put_news(1)
    press.add("alpha", host.url("/feed"))
    for day in (2, 4):
        run("alpha", SPIDER_MODULES=press.package, NOW=f"2026-03-0{day}T12:00:00+00:00")
    assert {"/robots.txt", "/feed", "/news/1001"} == set(host.paths())
    assert host.paths().count("/news/1001") == 2
    assert {asked.agent for asked in host.asked} == {USER_AGENT}


def test_a_run_without_contact_says_so_once(run, press, host) -> None:
    host.put_news(1)
    press.add("alpha", host.url("/feed"))
    assert run("alpha", SPIDER_MODULES=press.package, CONTACT="").err.count("RASID_CONTACT") == 1
    assert run("alpha", "--quiet", SPIDER_MODULES=press.package, CONTACT="").err == ""
    assert run("alpha", SPIDER_MODULES=press.package, CONTACT="https://example.org").err == ""
