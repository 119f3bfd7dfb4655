"""What one clumsy or hostile page, link or date may cost: itself, and nothing beside it."""

from __future__ import annotations

import pytest

ESCAPE = "\x1b[2J\x1b[32mALL OK"


def test_pages_that_redirect_to_one_are_each_accounted_for(run, press, host) -> None:
    host.put_news(4)
    for number in (1001, 1002):
        host.put(f"/news/{number}", "", status=302, location=host.url("/news/1003"))
    host.put("/news/1004", "", status=302, location=host.url("/"))
    host.put_article("/", 1)
    press.add("alpha", host.url("/feed"))
    run("alpha", SPIDER_MODULES=press.package)
    assert run.query("select count(*) from pages where status = 'queued'") == [(0,)]
    assert run.query("select status, reason from pages where url like '%1004'") == [
        ("gone", "leads to the front page")
    ]
    assert run.query("select count(*) from articles") == [(1,)]


def test_a_wall_passes_and_its_pages_are_read_then(run, press, host) -> None:
    host.put_news(3)
    good = dict(host.pages)
    for number in (1001, 1002):
        host.put(f"/news/{number}", "<title>Just a moment...</title><p>Checking your browser</p>")
    press.add("alpha", host.url("/feed"))
    run("alpha", SPIDER_MODULES=press.package)
    assert run.outcomes()["alpha"][0] == "degraded"
    assert run.query("select status, reason from pages where url like '%1001'") == [
        ("failed", "challenge page")
    ]
    host.pages.update(good)
    later = "2027-01-01T00:00:00+00:00"
    assert run("alpha", SPIDER_MODULES=press.package, NOW=later).code == 0
    assert run.query("select count(*) from articles") == [(3,)]


def test_a_page_that_cannot_be_stored_says_why_and_costs_itself(run, press, host) -> None:
    host.put_news(3)
    hook = "    def clean(self, article):\n        article.author = object()\n"
    press.add("alpha", host.url("/feed"), hook + "        return article\n")
    assert run("alpha", SPIDER_MODULES=press.package).code == 1
    status, note = run.outcomes()["alpha"]
    assert status == "failed"
    assert "AttributeError" in note or "TypeError" in note
    assert run.query("select status, reason != '' from pages") == [("failed", 1)] * 3


def test_a_hook_that_returns_nothing_is_an_error_of_each_page(run, press, host) -> None:
    host.put_news(3)
    press.add("alpha", host.url("/feed"), "    def clean(self, article):\n        return None\n")
    assert run("alpha", SPIDER_MODULES=press.package).code == 1
    status, note = run.outcomes()["alpha"]
    assert status == "failed"
    assert "3 errors (TypeError)" in note
    assert run.query("select distinct status, reason from pages") == [
        ("failed", "TypeError('clean() returned NoneType, no article')")
    ]


def test_a_lone_surrogate_costs_nothing(run, press, host) -> None:
    host.put_news(2)
    page = host.pages["/news/1001"]
    data = '<script type="application/ld+json">{"@type":"NewsArticle","image":"https://x/\\ud800"'
    host.put("/news/1001", page.body.decode().replace("</head>", data + "}</script></head>"))
    press.add("alpha", host.url("/feed"))
    assert run("alpha", SPIDER_MODULES=press.package).code == 0
    assert run.query("select count(*) from articles") == [(2,)]


@pytest.mark.parametrize(
    "bad",
    [
        "http://[oops/2",
        "javascript:alert(1)",
        "http://x\x00y/",
        "http://127.0.0.1:99999/news/7",
        "http://127.0.0.1:abc/news/7",
    ],
)
def test_one_bad_link_costs_that_link(run, press, host, bad) -> None:
    host.put_news(2)
    feed = host.pages["/feed"].body.decode()
    host.put("/feed", feed.replace("<item>", f"<item><link>{bad}</link></item><item>", 1))
    press.add("alpha", host.url("/feed"))
    assert run("alpha", SPIDER_MODULES=press.package).code == 0
    assert run.query("select count(*) from articles") == [(2,)]
    assert run.outcomes()["alpha"] == ("ok", "")


def test_an_address_of_a_hook_that_is_none_costs_that_link(run, press, host) -> None:
    host.put_news(2)
    hook = (
        "    def links(self, response, source):\n"
        "        found = super().links(response, source)\n"
        "        found.links.insert(0, type(found.links[0])('http://127.0.0.1:99999/news/7'))\n"
        "        return found\n"
    )
    press.add("alpha", host.url("/feed"), hook)
    for status in ("ok", "quiet"):
        assert run("alpha", SPIDER_MODULES=press.package).code == 0
        assert run.outcomes()["alpha"][0] == status
    assert run.query("select count(*) from articles") == [(2,)]
    assert run.query("select status, reason from pages where url like '%/7'") == [
        ("rejected", "not a web address")
    ]


def test_an_address_of_the_ledger_or_a_source_that_is_none_ends_no_run(run, press, host) -> None:
    host.put_news(3)
    press.add("alpha", host.url("/feed"))
    outlet = press.folder / "alpha.py"
    source = "sources = [Feed('http://127.0.0.1:99999/feed'), "
    outlet.write_text(outlet.read_text().replace("sources = [", source), encoding="utf-8")
    assert run("alpha", SPIDER_MODULES=press.package).code == 0
    run.write("update pages set fetch_url = 'http://127.0.0.1:99999/news/' || substr(url, -4)")
    run.write("update pages set url = fetch_url where url not like '%1003'")
    run.write("update pages set recheck_at = '2020-01-01T00:00:00Z' where url like '%1002'")
    run.write("update pages set status = 'queued', article = null where url like '%1001'")
    for _ in range(2):
        run("alpha", SPIDER_MODULES=press.package)
        status, note = run.outcomes()["alpha"]
        assert status == "degraded"
        assert "feed http://127.0.0.1:99999/feed: not a web address" in note
        assert "ValueError" not in note
    assert run.query("select status, reason from pages order by url limit 2") == [
        ("rejected", "not a web address"),
        ("stored", "not a web address"),
    ]


def test_a_user_name_in_a_link_is_left_out(run, press, host) -> None:
    host.put_news(2)
    feed = host.pages["/feed"].body.decode()
    host.put("/feed", feed.replace("http://", "http://user:word@"), kind="application/rss+xml")
    press.add("alpha", host.url("/feed"))
    assert run("alpha", SPIDER_MODULES=press.package).code == 0
    assert run.query("select count(*) from articles") == [(2,)]
    assert run.query("select count(*) from pages where fetch_url like '%@%'") == [(0,)]


def test_a_date_of_year_one_costs_that_date(run, press, host) -> None:
    host.put_news(1)
    host.put(
        "/map.xml",
        f"<urlset><url><loc>{host.url('/news/1001')}</loc>"
        "<lastmod>0001-01-01T00:00:00+03:00</lastmod></url></urlset>",
    )
    press.add("alpha", host.url("/map.xml"))
    outlet = press.folder / "alpha.py"
    outlet.write_text(outlet.read_text().replace("Feed", "NewsSitemap"), encoding="utf-8")
    assert run("alpha", SPIDER_MODULES=press.package).code == 0
    assert run.query("select count(*) from articles") == [(1,)]


@pytest.mark.parametrize("page", ["<p>جار التحميل</p>", '<a href="/tag/1">وسم</a>'])
def test_a_listing_without_articles_is_no_quiet_day(run, press, host, page) -> None:
    host.put("/list", f"<html><body>{page}</body></html>", etag='"1"')
    press.add("alpha", host.url("/list"), pages=1)
    result = run("alpha", SPIDER_MODULES=press.package)
    assert result.code == 1
    assert "lists no article" in run.outcomes()["alpha"][1]


def test_what_since_left_out_is_found_by_the_next_run(run, press, host) -> None:
    host.put_news(2)
    host.put("/feed", host.pages["/feed"].body.decode(), etag='"1"', kind="application/rss+xml")
    press.add("alpha", host.url("/feed"))
    run("alpha", "--since", "1d", SPIDER_MODULES=press.package)
    assert run.query("select count(*) from articles") == [(0,)]
    run("alpha", SPIDER_MODULES=press.package)
    assert run.query("select count(*) from articles") == [(2,)]


def test_the_feeds_date_is_kept_for_a_page_that_is_read_later(run, press, host) -> None:
    host.put_news(3)
    for path in ("/news/1001", "/news/1002", "/news/1003"):
        body = host.pages[path].body.decode()
        host.put(path, body.replace("article:published_time", "nothing"))
    press.add("alpha", host.url("/feed"))
    run("alpha", "--limit", "1", SPIDER_MODULES=press.package)
    run("alpha", SPIDER_MODULES=press.package)
    assert run.query("select distinct published_at, published_source from articles") == [
        ("2026-03-02T08:05:00Z", "feed")
    ]


def test_a_page_cannot_write_on_the_terminal_or_into_the_log(run, host) -> None:
    host.put_news(1)
    link = '<a href="/2026/03/02/1001-a-b-c-d">خبر اليوم الأول من المدينة</a>'
    escape = ESCAPE.replace("\x1b", "&#27;")
    alternate = f'<link rel="alternate" type="application/rss+xml" href="/nofeed{escape}">'
    host.put("/", f"<html><head>{alternate}</head><body>{link}</body></html>")
    result = run("--url", host.url("/"))
    assert "\x1b" not in result.out + result.err
    assert "\x1b" not in result.log


def test_only_what_is_watched_may_be_kept_on_a_quiet_day(run, press, host) -> None:
    for number in range(1001, 1005):
        host.put_article(f"/news/{number}", number)
        page = host.pages[f"/news/{number}"].body.decode()
        host.put(f"/news/{number}", page.replace("البوكمال", "المدينة"))
    host.put_feed("/feed", [f"/news/{number}" for number in range(1001, 1005)])
    press.add("alpha", host.url("/feed"))
    assert run("alpha", SPIDER_MODULES=press.package, STORE="matching").code == 0
    assert run.outcomes()["alpha"] == ("quiet", "")
    asked = len(host.asked)
    run("alpha", SPIDER_MODULES=press.package, STORE="matching")
    assert not [path for path in host.paths(asked) if path.startswith("/news/")]
