"""Stored pages are looked at again: politely, and for what no source tells of."""

from __future__ import annotations

import pytest

START = "2026-03-02T09:00:00+00:00"
HOURS = {n: f"2026-03-02T{9 + n:02}:00:00+00:00" for n in range(15)}
PAGES = ["/news/1001", "/news/1002", "/news/1003"]


@pytest.fixture
def visit(run, press, host):
    """One run at a full hour after the first; what it asked for beside feed and robots.txt."""
    host.put_news(3, etag='"v1"')
    press.add("alpha", host.url("/feed"))

    def go(hour: int, **settings: object) -> list[str]:
        before = len(host.asked)
        values = {"SPIDER_MODULES": press.package, "NOW": HOURS[hour]} | settings
        assert run("alpha", **values).code == 0
        return sorted(path for path in host.paths(before) if path in PAGES)

    assert go(0) == PAGES
    return go


def test_nothing_is_asked_for_within_the_hour_and_304_after_it(visit, run, host) -> None:
    assert visit(0) == []
    assert visit(1) == PAGES
    assert [each.status for each in host.asked if each.path in PAGES][-3:] == [304] * 3
    assert run.query("select distinct checked_at from articles") == [("2026-03-02T10:00:00Z",)]
    assert run.query("select status, fetched from outlet_runs order by run desc limit 1") == [
        ("quiet", 0)
    ]
    assert visit(1) == []


def test_it_can_be_switched_off_and_bounded(visit) -> None:
    assert visit(1, RECHECK="0") == []
    assert len(visit(1, RECHECKS_PER_OUTLET="2")) == 2
    assert len(visit(1, PAGES_PER_OUTLET="5")) == 1


def test_an_announced_edit_is_asked_for_conditionally_and_once(visit, run, host) -> None:
    feed = host.pages["/feed"].body.decode()
    edit = "<atom:updated>2026-03-02T09:30:00Z</atom:updated></item>"
    spaces = 'version="2.0" xmlns:atom="http://www.w3.org/2005/Atom"'
    feed = feed.replace("</item>", edit).replace('version="2.0"', spaces)
    host.put("/feed", feed, kind="application/rss+xml")
    assert visit(1, RECHECK="0") == PAGES
    assert [each.status for each in host.asked if each.path in PAGES][-3:] == [304] * 3
    assert visit(2, RECHECK="0") == []
    assert run.query("select count(*) from pages where next_try_at not null") == [(0,)]


def test_an_edit_without_news_of_it_is_a_revision(visit, run, host) -> None:
    page = host.pages[PAGES[0]].body.decode()
    host.put(PAGES[0], page.replace("الطريق مفتوح", "الطريق مغلق"), etag='"v2"')
    visit(2)
    assert run.query("select changed from revisions") == [("body",)]
    assert run.query("select etag from pages where url like '%1001'") == [('"v2"',)]


def test_a_page_that_is_gone_is_seen_at_the_second_look(visit, run, host) -> None:
    kept = host.pages.pop(PAGES[0])
    visit(2)
    assert run.query("select count(*) from articles where gone_at not null") == [(0,)]
    assert run.outcomes()["alpha"] == ("quiet", "")
    visit(3)
    assert run.query("select status, reason from pages where url like '%1001'") == [
        ("gone", "HTTP 404")
    ]
    assert run.query("select gone_at from articles where gone_at not null") == [
        ("2026-03-02T12:00:00Z",)
    ]
    assert run.outcomes()["alpha"] == ("quiet", "stored articles gone from their pages: 1")
    assert run.query("select count(*) from articles join article_text on article = id") == [(3,)]
    host.pages[PAGES[0]] = kept
    visit(14)
    assert run.query("select count(*) from articles where gone_at not null") == [(0,)]


@pytest.mark.parametrize(
    "wall",
    [
        {"body": "down", "status": 503},
        {"body": "no", "status": 403},
        {"body": "", "status": 302, "location": "/"},
        {"body": "<title>Just a moment...</title><p>Checking your browser</p>"},
    ],
    ids=["503", "403", "front page", "challenge"],
)
def test_errors_and_blocks_never_mean_gone(visit, run, host, wall) -> None:
    host.put("/", "<title>الرئيسية</title>")
    host.put(PAGES[0], **wall)
    for hour in (2, 5, 8, 14):
        visit(hour)
    assert run.query("select status, missed from pages where url like '%1001'") == [("stored", 0)]
    assert run.query("select count(*) from articles where gone_at not null") == [(0,)]


@pytest.mark.parametrize("status", [301, 302])
def test_a_304_of_another_page_is_no_look(visit, run, host, status) -> None:
    host.put(PAGES[0], "", status=status, location=host.url("/"))
    host.put("/", "<title>الرئيسية</title>", etag='"v1"')
    visit(2)
    assert run.query("select reason, missed from pages where url like '%1001'") == [
        ("HTTP 304 from another address", 0)
    ]
    assert run.query("select checked_at from articles where url like '%1001'") == [
        ("2026-03-02T09:00:00Z",)
    ]


def test_an_address_that_shows_another_story(visit, run, host) -> None:
    text = "".join(
        f"<p>فاز المنتخب على ضيفه بهدفين في المباراة {word} أمام جمهور ملأ المدرجات، وأكد المدرب أن"
        f" الفريق سيخوض الإياب {word} دون حارسه.</p>"
        for word in ("الأولى", "الثانية", "الثالثة")
    )
    page = f"<html><body><article><h1>المنتخب يفوز على ضيفه في الذهاب</h1>{text}</article></html>"
    host.put(PAGES[0], page, etag='"other"')
    visit(2)
    rows = run.query("select id, replaced_by from articles where url like '%1001'")
    assert rows == [(1, 4), (4, None)] or {row[1] for row in rows} == {None, 4}
    assert run.query("select count(*) from revisions") == [(0,)]
