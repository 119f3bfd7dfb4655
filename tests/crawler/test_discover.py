from __future__ import annotations

import gzip
import tracemalloc
from datetime import UTC, datetime

import pytest

from crawler.discover import MOST_UNPACKED, NewsSitemap, SourceError, on_site, read_source, sniff
from crawler.whole import CUT_OFF

URL = "https://x.example/feed"
RSS = """<?xml version="1.0" encoding="utf-8"?><rss version="2.0"
 xmlns:atom="http://www.w3.org/2005/Atom"><channel><title>خ</title>
<item><title>أ & ب</title><link>
   https://x.example/story/1?a=1&amp;utm_source=rss
</link><pubDate>Sun, 08 Mar 2026 11:05:00 GMT</pubDate></item>
<item><title>ثان</title><link>/story/2</link><atom:updated>2026-03-08T12:00:00Z</atom:updated></item>
<item><title>إعلان</title><link>https://ads.example/story/3</link></item>
<item><title>بلا رابط</title></item></channel></rss>"""
SITEMAP = """<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"
 xmlns:news="http://www.google.com/schemas/sitemap-news/0.9" xmlns:image="http://i/">
<url><loc>https://x.example/story/1?x=1&y=2</loc><image:image><image:loc>https://x.example/i.jpg</image:loc></image:image>
<news:news><news:publication_date>2026-03-07T10:00:00+03:00</news:publication_date></news:news></url>
<url><loc>https://x.example/story/2</loc><lastmod>2026-03-08</lastmod></url><url/></urlset>"""


def urls(listing) -> list[str]:
    return [link.url for link in listing.links]


def test_a_feed_gives_its_articles_with_what_it_says_of_them() -> None:
    listing = read_source("feed", RSS.encode(), URL, domains=["x.example"])
    assert urls(listing) == [
        "https://x.example/story/1?a=1&utm_source=rss",
        "https://x.example/story/2",
    ]
    first, second = listing.links
    assert first.published == "Sun, 08 Mar 2026 11:05:00 GMT"
    assert first.modified is None, "a publication is no modification"
    assert first.announced == datetime(2026, 3, 8, 11, 5, tzinfo=UTC)
    assert second.modified == datetime(2026, 3, 8, 12, 0, tzinfo=UTC)


def test_the_pattern_says_which_links_are_articles() -> None:
    listing = read_source("feed", RSS.encode(), URL, pattern=r"/story/(?P<key>2)")
    assert urls(listing) == ["https://x.example/story/2"]


@pytest.mark.parametrize("body", [b"", b"<html><p>404</p></html>", b"\x00\xff garbage"])
@pytest.mark.parametrize("kind", ["feed", "sitemap"])
def test_what_is_no_feed_or_sitemap_says_so(kind: str, body: bytes) -> None:
    with pytest.raises(SourceError, match="is no"):
        read_source(kind, body, URL)


@pytest.mark.parametrize("kind", ["feed", "sitemap"])
def test_broken_xml_is_read_and_known_as_damaged(kind: str) -> None:
    body = {"feed": RSS, "sitemap": SITEMAP}[kind]
    whole = body.replace(" & ", " ").replace("&y", "")
    assert read_source(kind, body.encode(), URL).damaged
    assert not read_source(kind, whole.encode(), URL).damaged


def test_an_empty_feed_is_a_feed() -> None:
    assert read_source("feed", b'<rss version="2.0"><channel/></rss>', URL).links == []


def test_a_windows_1256_feed_is_read() -> None:
    body = '<?xml version="1.0" encoding="windows-1256"?><rss version="2.0"><channel><item>'
    body += "<title>خبر</title><link>https://x.example/خبر</link></item></channel></rss>"
    listing = read_source("feed", body.encode("cp1256"), URL)
    assert urls(listing) == ["https://x.example/خبر"]


@pytest.mark.parametrize("pack", [bytes, gzip.compress])
def test_a_sitemap_is_read_newest_first(pack) -> None:
    listing = read_source("sitemap", pack(SITEMAP.encode()), URL)
    assert urls(listing)[0] == "https://x.example/story/2"
    assert urls(listing)[1].startswith("https://x.example/story/1?x=1")
    assert listing.links[1].published == "2026-03-07T10:00:00+03:00"


def test_a_sitemap_index_names_its_newest_maps() -> None:
    maps = "".join(
        f"<sitemap><loc>https://x.example/{n}.xml</loc><lastmod>2026-03-0{n}T00:00:00Z</lastmod>"
        "</sitemap>"
        for n in range(1, 8)
    )
    listing = read_source("sitemap", f"<sitemapindex>{maps}</sitemapindex>".encode(), URL)
    assert listing.sources == [NewsSitemap(f"https://x.example/{n}.xml") for n in (7, 6, 5, 4)]


def test_entities_neither_explode_nor_read_files() -> None:
    bomb = '<!DOCTYPE r [<!ENTITY a "aaaaaaaaaa"><!ENTITY f SYSTEM "file:///etc/passwd">'
    bomb += "".join(f'<!ENTITY {chr(98 + i)} "{("&" + chr(97 + i) + ";") * 10}">' for i in range(9))
    bomb += (
        "]><urlset><url><loc>https://x.example/&f;</loc></url><url><loc>&j;</loc></url></urlset>"
    )
    found = urls(read_source("sitemap", bomb.encode(), URL))
    assert all(len(url) < 200 and "root:" not in url for url in found)


def test_a_section_is_read_by_the_pattern() -> None:
    html = '<a href="/story/7/x">خبر</a><a href="/tag/7">وسم</a><a href="/story/7/x#c">تعليق</a>'
    listing = read_source("section", html.encode(), URL, pattern=r"/story/(?P<key>\d+)")
    assert urls(listing) == ["https://x.example/story/7/x"]


@pytest.mark.parametrize(
    ("body", "kind"),
    [(RSS, "feed"), (SITEMAP, "sitemap"), ("<html><a>", "section"), ("", "section")],
)
def test_a_document_is_known_by_its_beginning(body: str, kind: str) -> None:
    assert sniff(body.encode()) == kind


def test_sub_domains_are_of_the_site_and_neighbours_are_not() -> None:
    assert on_site("https://www.x.example/a", ["x.example"])
    assert not on_site("https://x.example.evil.test/", ["x.example"])
    assert not on_site("https://notx.example/", ["x.example"])


def maps(body: bytes) -> tuple[list[str], str | None]:
    listing = read_source("sitemap", body, URL)
    return urls(listing), listing.cut


def test_a_whole_map_is_whole() -> None:
    body = SITEMAP.encode()
    found, cut = maps(body)
    assert (len(found), cut) == (2, None)
    assert maps(gzip.compress(body)) == (found, None)
    assert maps(gzip.compress(gzip.compress(body))) == (found, None)
    assert maps(gzip.compress(body[:200]) + gzip.compress(body[200:])) == (found, None)
    assert maps(SITEMAP.replace('1.0"?', '1.0" encoding="utf-16"?', 1).encode("utf-16")) == (
        found,
        None,
    )
    assert maps(b"<urlset/>") == ([], None)


@pytest.mark.parametrize("pack", [bytes, gzip.compress])
def test_a_cut_map_gives_what_it_has_and_says_so(pack) -> None:
    body = SITEMAP.encode()
    found, cut = maps(pack(body[: body.index(b"<url/>")]))
    assert len(found) == 1, "the last entry may be cut itself"
    assert found[0] in maps(body)[0]
    assert cut == CUT_OFF


def test_cut_gzip_gives_what_it_has_and_says_so() -> None:
    entry = "<url><loc>https://x.example/story/{}</loc></url>"
    body = "<urlset>" + "".join(entry.format(n * 7919) for n in range(900)) + "</urlset>"
    found, cut = maps(gzip.compress(body.encode())[:-400])
    assert 0 < len(found) < 900
    assert cut == "ends in the middle"


@pytest.mark.parametrize("layers", [1, 2])
def test_a_gzip_bomb_is_unpacked_to_the_bound_only(layers: int) -> None:
    entries = b"".join(b"<url><loc>https://x.example/%d</loc></url>" % n for n in (1, 2))
    body = b"<urlset>" + entries + b" " * (MOST_UNPACKED * 8)
    for _ in range(layers):
        body = gzip.compress(body + b"</urlset>" * (not body.startswith(b"\x1f")))
    tracemalloc.start()
    found, cut = maps(body)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert found == ["https://x.example/1"]
    assert cut == "is larger than 12 MB unpacked"
    assert peak < MOST_UNPACKED * 5


def test_gzip_members_without_end_cost_little() -> None:
    body = gzip.compress(SITEMAP.encode()) + gzip.compress(b"") * 100_000
    assert maps(body)[1] == "has more than 64 gzip members"


def test_gzip_is_not_unpacked_for_ever() -> None:
    body = SITEMAP.encode()
    for _ in range(4):
        body = gzip.compress(body)
    with pytest.raises(SourceError, match="gzip in gzip"):
        maps(body)


@pytest.mark.parametrize(
    "date",
    [
        "9999-12-31T23:59:59-14:00",
        "0000-00-00T00:00:00Z",
        "0001-01-01T00:00:00+14:00",
        "1980-01-01T00:00:00Z",
    ],
)
def test_an_odd_date_costs_that_date(date: str) -> None:
    entry = f'<entry><link href="https://a.example/1"/><updated>{date}</updated></entry>'
    feed = f'<feed xmlns="http://www.w3.org/2005/Atom">{entry}</feed>'
    page = f"<url><loc>https://a.example/1</loc><lastmod>{date}</lastmod></url>"
    for kind, body in (("feed", feed), ("sitemap", f"<urlset>{page}</urlset>")):
        (link,) = read_source(kind, body.encode(), "https://a.example/").links
        assert (link.modified, link.announced) == (None, None)


def test_of_an_index_without_dates_the_last_maps_are_read_and_the_rest_is_counted() -> None:
    entries = "".join(f"<sitemap><loc>https://a.example/{n}</loc></sitemap>" for n in range(6))
    dated = "<sitemap><loc>https://a.example/new</loc><lastmod>2026-03-02</lastmod></sitemap>"
    body = f"<sitemapindex>{entries}{dated}</sitemapindex>"
    listing = read_source("sitemap", body.encode(), "https://a.example/")
    names = [source.url.rpartition("/")[2] for source in listing.sources]
    assert (names, listing.left) == (["new", "5", "4", "3"], 3)


@pytest.mark.parametrize("kind", ["feed", "section"])
def test_an_answer_names_so_many_links_at_most(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("crawler.discover.MOST_LINKS", 10)
    urls = [f"https://a.example/news/{n}" for n in range(20)]
    items = "".join(f"<item><link>{url}</link></item>" for url in urls)
    body = f"<rss version='2.0'><channel>{items}</channel></rss>"
    if kind == "section":
        items = "".join(f"<a href={url}>x</a>" for url in urls)
        body = f"<html><body>{items}</body></html>"
    listing = read_source(kind, body.encode(), "https://a.example/", pattern=r"/news/(?P<key>\d+)$")
    assert (len(listing.links), listing.cut) == (10, "names more than 10 pages")
