"""A site without a class: ``scrapy run --url`` over real HTTP."""

from __future__ import annotations

import pytest

from crawler.site import site_name, site_spider

ROBOTS = "User-agent: *\nDisallow: /private/\n"
DAY = "/2026/03/02"


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("https://www.Example.net/ar/", "example.net"),
        ("http://127.0.0.1:8001/", "127.0.0.1:8001"),
        ("https://user:secret@example.net/feed", "example.net"),
        ("https://m.example.net", "m.example.net"),
    ],
)
def test_a_site_is_kept_under_its_host(url: str, name: str) -> None:
    assert site_name(url) == name
    assert site_spider(url).name == name


def front_page(links: list[str], feed: str = "") -> str:
    head = f'<link rel="alternate" type="application/rss+xml" href="{feed}">' if feed else ""
    rows = "".join(
        f'<li><a href="{link}">وصول القافلة إلى المدينة صباح اليوم {link[-1]}</a></li>'
        for link in links
    )
    elsewhere = f"https://elsewhere.example{DAY}/91234"
    more = f'<a href="/about">من نحن</a><a href="{elsewhere}">خبر آخر من موقع آخر</a>'
    return f'<html lang="ar"><head><title>موقع</title>{head}</head><body>{rows}{more}</body></html>'


@pytest.fixture
def site(host):
    """A front page with two articles and a feed with a third; one page is gone, one is broken."""
    host.put("/robots.txt", ROBOTS, kind="text/plain")
    listed = [f"{DAY}/10001", f"{DAY}/10002", f"{DAY}/10404", f"{DAY}/10500", "/private/10666"]
    host.put("/", front_page(listed, "/rss.xml"), etag='"front-1"')
    host.put_feed("/rss.xml", [f"{DAY}/10001", f"{DAY}/10003"], etag='"feed-1"')
    for number in (10001, 10002, 10003):
        host.put_article(f"{DAY}/{number}", number)
    host.put(f"{DAY}/10500", "broken", status=500)
    return host


def test_a_site_is_read_and_then_left_alone(run, site) -> None:
    first = run("--url", site.url("/"))

    assert first.code == 0
    name = site_name(site.url("/"))
    assert run.outcomes()[name] == ("degraded", "3 pages could not be fetched")
    assert run.query("select url, published_at from articles order by url") == [
        (site.url(f"{DAY}/{number}"), "2026-03-02T08:05:00Z") for number in (10001, 10002, 10003)
    ]
    pages = {url.rpartition("/")[2]: (status, why) for url, status, why in ledger(run)}
    assert pages == {
        "10001": ("stored", None),
        "10002": ("stored", None),
        "10003": ("stored", None),
        "10404": ("gone", "HTTP 404"),
        "10500": ("failed", "HTTP 500"),
        "10666": ("failed", "forbidden by robots.txt"),
    }
    assert sorted(set(site.paths())) == sorted(site.paths()), "nothing is asked for twice"
    assert "/about" not in site.paths()
    assert "/private/10666" not in site.paths()
    assert run.query("select count(*) from matches") == [(3,)]
    assert run.query("select kind, status from sources order by id") == [
        ("section", "ok"),
        ("feed", "ok"),
    ]

    # The next run tries again what failed or was missing for once, and never what it knows.
    site.put_article(f"{DAY}/10500", 10500)
    asked = len(site.asked)
    second = run("--url", site.url("/"))

    assert second.code == 0
    again = {
        each.path: (each.conditional, each.status)
        for each in site.asked[asked:]
        if each.path != "/robots.txt"
    }
    assert again == {
        "/": (True, 304),
        "/rss.xml": (True, 304),
        f"{DAY}/10500": (False, 200),
        f"{DAY}/10404": (False, 404),
    }
    assert run.query("select count(*) from articles") == [(4,)]
    assert run.query("select attempts from pages where status = 'failed'") == [(2,)]

    asked = len(site.asked)
    run("--url", site.url("/"))
    assert {path for path in site.paths(asked) if path != "/robots.txt"} == {"/", "/rss.xml"}
    assert run.outcomes()[name] == ("quiet", "")


def ledger(run) -> list[tuple]:
    return run.query("select url, status, reason from pages order by url")


def test_a_feed_is_read_as_a_feed_and_the_limit_leaves_the_rest(run, site) -> None:
    run("--url", site.url("/rss.xml"), "--limit", "1")
    assert run.outcomes()[site_name(site.url("/"))] == (
        "ok",
        "1 pages left for the next run (limit)",
    )
    run("--url", site.url("/rss.xml"))
    assert run.query("select url from articles order by url") == [
        (site.url(f"{DAY}/10001"),),
        (site.url(f"{DAY}/10003"),),
    ]
    assert "/" not in site.paths()
