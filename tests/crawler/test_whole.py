"""What ends in the middle with 200 OK, and what else a passing fault must not settle."""

from __future__ import annotations

import pytest

from crawler.discover import read_source
from crawler.whole import is_whole_feed, is_whole_page, is_whole_sitemap

SAME_DAY = {hours: f"2026-03-02T{9 + hours:02}:00:00+00:00" for hours in range(12)}
LATER = {hours: f"2027-01-01T{hours:02}:00:00+00:00" for hours in range(12)}


@pytest.mark.parametrize(
    ("page", "is_whole"),
    [
        ("<html><body><p>نص</p></body></html>", True),
        ("<HTML><BODY>نص</BODY >\n<!-- counter -->", True),
        ("<html><body>نص</html>" + "<!-- -->" * 100, True),
        ("<html><script>w.write('</html>')</script>" + "<p>نص</p>" * 1000, False),
        ("<html><body><p>نص</p></bo", False),
        ("<li><a href='/1'>خبر</a></li>", True),
    ],
)
def test_a_page_is_whole_when_its_markup_is_closed(page: str, is_whole: bool) -> None:
    assert is_whole_page(page) is is_whole


@pytest.mark.parametrize(
    "feed", [b"<rss></rss>", b"<feed></FEED >\n", b"<r:RDF></r:RDF>", "<rss>".encode("utf-16")]
)
def test_a_feed_is_whole_when_it_is_closed(feed: bytes) -> None:
    assert is_whole_feed(feed)
    assert not is_whole_feed(b"<rss><channel><item></item></channel>")


def test_a_sitemap_is_whole_when_it_is_closed() -> None:
    for whole in (
        b"<urlset></urlset>",
        b"<s:sitemapindex></s:sitemapindex>",
        b"<urlset xmlns=''/>",
    ):
        assert is_whole_sitemap(whole)
    assert not is_whole_sitemap(b"<urlset><url></url>")


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("feed", "<rss><channel><item><link>{}1</link></item><item><link>{}23</link></item>"),
        ("sitemap", "<urlset><url><loc>{}1</loc></url><url><loc>{}23</loc></url>"),
    ],
)
def test_the_last_link_of_a_cut_source_may_be_cut_itself(kind: str, body: str) -> None:
    address = "https://x.example/story/"
    full = body.replace("{}", address)
    for end in range(full.index("1</"), len(full)):
        listing = read_source(kind, full[:end].encode(), "https://x.example/")
        assert listing.cut
        assert {link.url for link in listing.links} <= {f"{address}1"}


def test_a_cut_page_is_read_when_it_is_whole_or_at_the_third_look(run, press, host) -> None:
    host.put_news(2)
    whole, sloppy = (host.pages[f"/news/{number}"].body.decode() for number in (1001, 1002))
    host.put("/news/1001", whole[: len(whole) * 2 // 3])
    host.put("/news/1002", sloppy.replace("</body></html>", ""))
    press.add("alpha", host.url("/feed"))
    run("alpha", SPIDER_MODULES=press.package, NOW=LATER[0])
    assert pages(run) == dict.fromkeys(("1001", "1002"), ("failed", "cut off"))
    host.put("/news/1001", whole)
    run("alpha", SPIDER_MODULES=press.package, NOW=LATER[0])
    assert pages(run) == {"1001": ("stored", None), "1002": ("failed", "cut off")}
    run("alpha", SPIDER_MODULES=press.package, NOW=LATER[1])
    assert pages(run) == dict.fromkeys(("1001", "1002"), ("stored", None))
    assert run.query("select count(*) from article_text where body like '%الثالث%'") == [(2,)]


def test_a_page_that_never_closes_is_looked_at_again_as_it_is(run, press, host) -> None:
    host.put_news(1)
    sloppy = host.pages["/news/1001"].body.decode().replace("</body></html>", "")
    host.put("/news/1001", sloppy)
    press.add("alpha", host.url("/feed"))
    for hour in (0, 0, 1):
        run("alpha", SPIDER_MODULES=press.package, NOW=SAME_DAY[hour])
    assert pages(run) == {"1001": ("stored", None)}
    host.put("/news/1001", sloppy.replace("الطريق مفتوح", "الطريق مغلق"))
    run("alpha", SPIDER_MODULES=press.package, NOW=SAME_DAY[3])
    assert pages(run) == {"1001": ("stored", None)}
    assert run.query("select changed from revisions") == [("body",)]


def test_a_page_that_was_whole_when_it_was_stored_is_cut_again(run, press, host) -> None:
    host.put_news(1)
    press.add("alpha", host.url("/feed"))
    run("alpha", SPIDER_MODULES=press.package, NOW=SAME_DAY[0])
    whole = host.pages["/news/1001"].body.decode()
    host.put("/news/1001", whole[: len(whole) * 2 // 3])
    run("alpha", SPIDER_MODULES=press.package, NOW=SAME_DAY[3])
    assert pages(run) == {"1001": ("stored", "cut off")}
    assert run.query("select count(*) from revisions") == [(0,)]


def test_a_cut_feed_is_told_and_read_again_in_full(run, press, host) -> None:
    host.put_news(4)
    whole = host.pages["/feed"].body.decode()
    kind = {"kind": "application/rss+xml", "etag": '"1"'}
    host.put("/feed", whole[: whole.rindex("<item>")], **kind)
    press.add("alpha", host.url("/feed"))
    run("alpha", SPIDER_MODULES=press.package)
    status, note = run.outcomes()["alpha"]
    assert status == "degraded"
    assert "cut off" in note
    host.put("/feed", whole, **kind)
    run("alpha", SPIDER_MODULES=press.package)
    assert run.query("select count(*) from articles") == [(4,)]
    assert run.query("select status, etag from sources") == [("ok", '"1"')]


def test_a_listing_whose_second_page_was_cut_is_read_again(run, press, host) -> None:
    host.put_news(4)
    links = [f'<a href="/news/{n}">وصول القافلة إلى المدينة</a>' for n in range(1001, 1005)]
    host.put("/list?page=1", f"<html><body>{''.join(links[:2])}</body></html>")
    host.put("/list?page=2", f"<html><body>{links[2]}")
    press.add("alpha", host.url("/list?page={page}"), pages=2)
    run("alpha", SPIDER_MODULES=press.package)
    assert run.outcomes()["alpha"] == ("ok", "")
    assert run.query("select count(*), max(sources.status) from articles, sources") == [
        (3, "cut off")
    ]
    host.put("/list?page=2", f"<html><body>{''.join(links[2:])}</body></html>")
    run("alpha", SPIDER_MODULES=press.package)
    assert run.query("select count(*) from articles") == [(4,)]


def test_what_a_passing_fault_may_feign_is_settled_by_the_third_look(run, press, host) -> None:
    host.put_news(5)
    well = dict(host.pages)
    host.put("/news/1001", "", status=404)
    host.put("/news/1002", "", status=302, location=host.url("/"))
    host.put("/news/1003", "<h1>الصفحة غير موجودة</h1></html>")
    host.put("/news/1004", "%PDF", kind="application/pdf")
    host.put("/news/1005", "<h1>عذرا، حدث خطأ</h1><p>حاول لاحقا.</p></html>")
    host.put("/", "<html><p>الرئيسية</p></html>")
    press.add("alpha", host.url("/feed"))
    run("alpha", SPIDER_MODULES=press.package, NOW=LATER[0])
    assert pages(run) == {
        "1001": ("gone", "HTTP 404"),
        "1002": ("gone", "leads to the front page"),
        "1003": ("rejected", "page not found"),
        "1004": ("rejected", "no web page but application/pdf"),
        "1005": ("failed", "error page"),
    }
    del well["/news/1001"]  # the first is truly gone
    host.pages = well
    run("alpha", SPIDER_MODULES=press.package, NOW=LATER[0])
    assert {status for status, _ in pages(run).values()} == {"gone", "stored"}
    run("alpha", SPIDER_MODULES=press.package, NOW=LATER[2])
    asked = len(host.asked)
    run("alpha", SPIDER_MODULES=press.package, NOW=LATER[9])
    assert "/news/1001" not in host.paths(asked)


def test_a_source_that_led_elsewhere_for_once_leaves_no_validators(run, press, host) -> None:
    host.put_news(2)
    feed = host.pages["/feed"]
    host.put("/feed", "", status=302, location=host.url("/other"))
    host.put("/other", feed.body.decode(), kind=feed.kind, etag='"other"')
    press.add("alpha", host.url("/feed"))
    run("alpha", SPIDER_MODULES=press.package)
    assert run.query("select status, etag from sources") == [("ok", None)]


def test_a_304_of_another_page_is_no_answer_of_the_source(run, press, host) -> None:
    host.put_news(2)
    feed = host.pages["/feed"]
    host.put("/feed", feed.body.decode(), kind=feed.kind, etag='"1"')
    press.add("alpha", host.url("/feed"))
    run("alpha", SPIDER_MODULES=press.package)
    host.put("/feed", "", status=302, location=host.url("/maintenance"))
    host.put("/maintenance", "<p>نعود قريبا</p>", etag='"1"')
    assert run("alpha", SPIDER_MODULES=press.package).code == 1
    note = f"feed {host.url('/feed')}: HTTP 304 from another address"
    assert run.outcomes()["alpha"] == ("failed", note)
    assert run.query("select status, etag from sources") == [
        ("HTTP 304 from another address", None)
    ]


def test_a_304_that_nobody_asked_for_is_no_answer(run, press, host) -> None:
    host.put("/feed", "", status=304)
    press.add("alpha", host.url("/feed"))
    assert run("alpha", SPIDER_MODULES=press.package).code == 1
    assert "HTTP 304" in run.outcomes()["alpha"][1]


def pages(run) -> dict[str, tuple[str, str | None]]:
    """Number of a page → what the ledger says of it."""
    rows = run.query("select url, status, reason from pages")
    return {url.rpartition("/")[2]: (status, reason) for url, status, reason in rows}
