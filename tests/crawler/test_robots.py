"""Robots.txt over real HTTP: what permits, what forbids, and how slowly (RFC 9309)."""

from __future__ import annotations

import socket
from itertools import pairwise

import pytest
from scrapy.robotstxt import ProtegoRobotParser
from scrapy.utils.test import get_crawler

from crawler.robots import MOST_READ, crawl_delay, readable


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("User-agent: *\nDisallow: /x", 0),
        ("User-agent: *\nCrawl-delay: 2.5", 2.5),
        ("User-agent: *\nCrawl-delay: 600", 30),
        ("User-agent: *\nCrawl-delay: 9\n\nUser-agent: Rasid\nCrawl-delay: 3", 3),
        ("User-agent: *\nCrawl-delay: soon", 0),
        ("", 0),
    ],
)
def test_the_delay_that_a_host_wishes_is_bounded(text: str, seconds: float) -> None:
    rules = ProtegoRobotParser.from_crawler(get_crawler(), text.encode())
    assert crawl_delay(rules, "Rasid") == seconds


def test_a_large_robots_is_read_to_a_line_within_500_kib() -> None:
    line = b"Disallow: /private/1\n"
    for extra in range(len(line)):
        found = readable(b"#" * extra + b"\n" + line * 100_000)
        assert found.endswith(line)
        assert MOST_READ - 2 * len(line) < len(found) <= MOST_READ
    assert readable(line * 3) == line * 3


def test_rules_behind_the_first_500_kib_do_not_hold(run, press, host) -> None:
    host.put_news(2)
    filler = "# filler\n" * (MOST_READ // 9)
    rules = f"User-agent: *\nDisallow: /news/1001\n{filler}Disallow: /news/1002\n"
    host.put("/robots.txt", rules, kind="text/plain")
    press.add("large", host.url("/feed"))
    run("large", SPIDER_MODULES=press.package)
    assert run.query("select url like '%1002' from articles") == [(1,)]


def closed_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def test_what_robots_says_or_does_not_say(run, press, web) -> None:
    """404 permits; 503, silence and a refused connection forbid everything of that host alone."""
    hosts = {name: web.host() for name in ("absent", "broken", "silent", "picky", "shut")}
    for name, host in hosts.items():
        host.put_news(3)
        press.add(name, host.url("/feed"))
    hosts["broken"].put("/robots.txt", "", status=503)
    hosts["silent"].put("/robots.txt", "", seconds=5)
    hosts["picky"].put("/robots.txt", "User-agent: *\nDisallow: /news/1002\n", kind="text/plain")
    hosts["shut"].put("/robots.txt", "User-agent: rasid\nDisallow: /feed\n", kind="text/plain")
    press.add("nobody", f"http://127.0.0.1:{closed_port()}/feed")

    result = run("--workers", "1", SPIDER_MODULES=press.package)

    assert result.code == 1
    outcomes = run.outcomes()
    feed = {name: f"feed {host.url('/feed')}" for name, host in hosts.items()}
    assert outcomes["absent"] == ("ok", "")
    assert outcomes["broken"] == ("failed", f"{feed['broken']}: robots.txt: HTTP 503")
    assert outcomes["silent"] == ("failed", f"{feed['silent']}: robots.txt: timed out")
    assert outcomes["nobody"][0] == "failed"
    assert outcomes["nobody"][1].endswith("/feed: robots.txt: connection refused")
    assert outcomes["shut"] == ("failed", f"{feed['shut']}: forbidden by robots.txt")
    assert outcomes["picky"][0] == "degraded"
    assert run.query("select outlet, count(*) from articles group by 1 order by 1") == [
        ("absent", 3),
        ("picky", 2),
    ]
    assert run.query("select reason from pages where outlet = 'picky' and status = 'failed'") == [
        ("forbidden by robots.txt",)
    ]
    # One fetch of the rules a host, and nothing that they forbid.
    assert [host.paths().count("/robots.txt") for host in hosts.values()] == [1] * len(hosts)
    assert "/news/1002" not in hosts["picky"].paths()
    assert {hosts[name].paths()[-1] for name in ("broken", "silent", "shut")} == {"/robots.txt"}


@pytest.mark.parametrize(("status", "code"), [(503, 1), (None, 4)], ids=["503", "refused"])
def test_only_a_server_that_speaks_is_reached(run, press, host, status, code) -> None:
    if status:
        host.put("/robots.txt", "", status=status)
        press.add("alone", host.url("/feed"))
    else:
        press.add("alone", f"http://127.0.0.1:{closed_port()}/feed")
    assert run("alone", SPIDER_MODULES=press.package).code == code


def test_a_crawl_delay_holds_from_the_first_request_to_the_last(run, press, host) -> None:
    """Neither chance nor a fast server shortens it."""
    host.put_news(3)
    host.put("/robots.txt", "User-agent: *\nCrawl-delay: 0.5\n", kind="text/plain")
    press.add("slow", host.url("/feed"))
    run(
        "slow", SPIDER_MODULES=press.package, AUTOTHROTTLE_ENABLED="1", AUTOTHROTTLE_START_DELAY="0"
    )
    times = [each.at for each in host.asked if each.path != "/robots.txt"]
    gaps = [later - earlier for earlier, later in pairwise(times)]
    assert len(gaps) == 3
    assert min(gaps) > 0.45
