"""Which sources a run polls, and what --full asks for again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

START = datetime(2027, 1, 1, tzinfo=UTC)


def at(**after: float) -> str:
    return (START + timedelta(**after)).isoformat()


def feed_requests(host, since: int) -> int:
    return host.paths(since).count("/feed")


def put_tagged_news(host, count: int) -> None:
    host.put_news(count)
    feed = host.pages["/feed"].body.decode()
    host.put("/feed", feed, etag=f'"{count}"', kind="application/rss+xml")


def test_a_sleeping_source_is_polled_seldom_and_a_busy_one_in_every_run(run, press, host) -> None:
    put_tagged_news(host, 2)
    press.add("alpha", host.url("/feed"))
    polled = []
    for hours in (0, 0, 1, 48, 49, 53, 53.1):
        asked = len(host.asked)
        if hours == 53:
            put_tagged_news(host, 3)
        result = run("alpha", SPIDER_MODULES=press.package, NOW=at(hours=hours))
        assert result.code == 0
        polled.append(feed_requests(host, asked))
    assert polled == [1, 1, 1, 1, 0, 1, 1]
    assert run.query("select count(*) from articles") == [(3,)]
    notes = run.query("select note from outlet_runs where note is not null")
    assert [note for (note,) in notes if "sleep" in note] == [
        "its sources sleep and were not polled (POLL_LONGEST)"
    ]


def test_the_bounds_are_settings(run, press, host) -> None:
    put_tagged_news(host, 1)
    press.add("alpha", host.url("/feed"))
    chosen = {"SPIDER_MODULES": press.package, "POLL_SHORTEST": "600"}
    polled = []
    for minutes in (0, 5, 10):
        asked = len(host.asked)
        run("alpha", NOW=at(minutes=minutes), **chosen)
        polled.append(feed_requests(host, asked))
    assert polled == [1, 0, 1]
    run("alpha", NOW=at(days=9), **chosen)
    asked = len(host.asked)
    run("alpha", NOW=at(days=9, minutes=30), **chosen, POLL_LONGEST="1200")
    assert feed_requests(host, asked) == 1, "no plan beyond the longest wait is believed"
    run("alpha", NOW=at(days=9, hours=7), **chosen, POLL_LONGEST="1200")
    asked = len(host.asked)
    run("alpha", NOW=at(days=9, hours=7.5), **chosen)
    assert feed_requests(host, asked) == 1


def test_full_reads_everything_again_but_what_is_stored(run, press, host) -> None:
    put_tagged_news(host, 4)
    good = dict(host.pages)
    host.put("/news/1001", "%PDF", kind="application/pdf")
    host.put("/news/1002", "", status=503)
    host.put("/news/1003", "", status=404)
    press.add("alpha", host.url("/feed"))
    run("alpha", SPIDER_MODULES=press.package, NOW=at())
    assert run.query("select count(*) from articles") == [(1,)]
    host.pages.update(good)
    run("alpha", SPIDER_MODULES=press.package, NOW=at(days=20))
    run("alpha", SPIDER_MODULES=press.package, NOW=at(days=20, minutes=1), RECHECK="0")
    asked = len(host.asked)
    result = run(
        "alpha", "--full", SPIDER_MODULES=press.package, NOW=at(days=20, minutes=2), RECHECK="0"
    )
    assert result.code == 0
    paths = host.paths(asked)
    assert [each.status for each in host.asked[asked:] if each.path == "/feed"] == [200]
    assert "/news/1004" not in paths, "stored"
    assert run.query("select count(*) from articles") == [(4,)]
    assert run.query("select status, count(*) from pages group by 1") == [("stored", 4)]


def test_full_reads_a_listing_to_its_last_page(run, press, host) -> None:
    host.put_news(4)
    for page, numbers in ((1, (1001, 1002)), (2, (1003, 1004))):
        links = "".join(f'<a href="/news/{n}">وصول القافلة إلى المدينة</a>' for n in numbers)
        host.put(f"/list?page={page}", links)
    press.add("alpha", host.url("/list?page={page}"), pages=2)
    run("alpha", SPIDER_MODULES=press.package)
    asked = len(host.asked)
    run("alpha", SPIDER_MODULES=press.package)
    assert "/list?page=2" not in host.paths(asked)
    asked = len(host.asked)
    run("alpha", "--full", SPIDER_MODULES=press.package)
    assert "/list?page=2" in host.paths(asked)


@pytest.mark.parametrize("page", [1, 2])
def test_a_listing_that_led_to_the_front_page_is_read_again_to_its_end(
    run, press, host, page
) -> None:
    """The front page has links too: taken for the listing's, they would hide what it lists."""
    host.put_news(4)
    title = "وصول القافلة إلى المدينة"
    for path, numbers in (
        ("/list?page=1", (1001, 1002)),
        ("/list?page=2", (1003, 1004)),
        ("/", (1001, 1002)),
    ):
        links = "".join(f'<a href="/news/{n}">{title}</a>' for n in numbers)
        host.put(path, links, etag=f'"{path}"')
    well = dict(host.pages)
    host.put(f"/list?page={page}", "", status=302, location="/")
    press.add("alpha", host.url("/list?page={page}"), pages=2)
    run("alpha", SPIDER_MODULES=press.package)
    status, note = run.outcomes()["alpha"]
    assert status in ("failed", "degraded")
    assert "leads to the front page" in note
    host.pages = well
    assert run("alpha", SPIDER_MODULES=press.package).code == 0
    assert run.query("select count(*) from articles") == [(4,)]


def test_full_since_leaves_the_validators_of_a_whole_poll(run, press, host) -> None:
    put_tagged_news(host, 2)
    press.add("alpha", host.url("/feed"))
    for more in ((), ("--full", "--since", "1d"), ()):
        assert run("alpha", *more, SPIDER_MODULES=press.package).code == 0
    assert [each.status for each in host.asked if each.path == "/feed"] == [200, 200, 304]


def test_outlets_that_share_a_feed_read_it_each_for_itself(run, press, host) -> None:
    """Each has its own articles in it, so what one was told is not what the other one knows."""
    ours, theirs = ["/a/1", "/a/2"], ["/b/1", "/b/2"]
    host.put_feed("/feed", ours + theirs, etag='"1"')
    for number, path in enumerate(ours + theirs):
        host.put_article(path, number)
    for name, folder in (("alpha", "a"), ("beta", "b")):
        press.add(name, host.url("/feed"), f'    article = r"/{folder}/(?P<key>\\d+)$"')
    chosen = {"SPIDER_MODULES": press.package, "RECHECK": "0"}
    polls = []
    for hours in (0, 1, 2):
        asked = len(host.asked)
        assert run(NOW=at(hours=hours), **chosen).code == 0
        polls.append([each.status for each in host.asked[asked:] if each.path == "/feed"])
        if hours == 1:
            ours.append("/a/3")
            theirs.append("/b/3")
            host.put_feed("/feed", ours + theirs, etag='"2"')
            host.put_article("/a/3", 4)
            host.put_article("/b/3", 5)
    assert polls == [[200, 200], [304, 304], [200, 200]]
    found = run.query("select outlet, url from articles order by url")
    assert found == [
        *(("alpha", host.url(path)) for path in ours),
        *(("beta", host.url(path)) for path in theirs),
    ]
    assert run.query("select outlet, etag, status from sources order by outlet") == [
        ("alpha", '"2"', "ok"),
        ("beta", '"2"', "ok"),
    ]
