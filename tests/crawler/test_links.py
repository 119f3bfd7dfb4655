"""The links of listing pages."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.links import article_links, feed_links

BASE = "https://www.example.net/local"
LISTINGS = Path(__file__).resolve().parents[2] / "../shared/eval/listings"
HEADLINE = "افتتاح جسر المشاة الجديد في الواحة"


def page(*links: tuple[str, str], head: str = "") -> str:
    return (
        f"<html><head>{head}</head><body>"
        + "".join(f'<a href="{url}">{text}</a>' for url, text in links)
        + "</body>"
    )


ARTICLES = [
    "/story/1602948/افتتاح-جسر-المشاة",
    "/news/48213",
    "/2021/03/15/bridge/",
    "/view.aspx?id=48213",
    "/local/افتتاح-جسر-المشاة-الجديد-في-الواحة",
    "https://m.example.net/article/48213",
    "/article/c4g7x0z9k1mo",
    "/world-61825481",
]
OTHERS = [
    "/",
    "#top",
    "/local",
    "/local#48213",
    "/tag/48213",
    "/category/2021/03/15/",
    "/author/48213",
    "/login?id=48213",
    "/section/48213/x",
    "https://www.facebook.com/sharer/48213",
    "https://other.example.org/news/48213",
    "mailto:desk@example.net",
    "javascript:open(48213)",
    "tel:0048213",
    "/uploads/2021/03/48213.jpg",
    "/files/48213.pdf",
    "http://[bad/48213",
    "",
]


@pytest.mark.parametrize("url", ARTICLES)
def test_article_is_found(url: str) -> None:
    assert (
        len(article_links(page((url, HEADLINE)), BASE, pattern=None, domains=["example.net"])) == 1
    )


@pytest.mark.parametrize("url", OTHERS)
def test_other_links_are_left(url: str) -> None:
    assert article_links(page((url, HEADLINE)), BASE, pattern=None, domains=["example.net"]) == []


def test_order_repetition_and_fragments() -> None:
    html = page(
        ("/news/2002", ""),
        ("/news/1001#c", HEADLINE),
        ("/news/2002", HEADLINE),
        ("../news/1001", "المزيد"),
    )
    expected = ["https://www.example.net/news/2002", "https://www.example.net/news/1001"]
    assert article_links(html, BASE, pattern=None, domains=[]) == expected


def test_short_text_needs_two_signs() -> None:
    html = page(("/news/48213", "المزيد"), ("/2021/03/15/48213", "المزيد"))
    assert article_links(html, BASE, pattern=None, domains=[]) == [
        "https://www.example.net/2021/03/15/48213"
    ]


def test_pattern_decides_alone() -> None:
    html = page(
        ("/story/7", "x"), ("/news/48213", HEADLINE), ("https://example.org/story/8/خبر", "y")
    )
    found = article_links(html, BASE, pattern=r"/story/(?P<key>\d+)", domains=["example.net"])
    assert found == ["https://www.example.net/story/7", "https://example.org/story/8/خبر"]


def test_pattern_sees_the_decoded_address_too() -> None:
    html = page(("/%D8%AE%D8%A8%D8%B1/7", "x"))
    assert article_links(html, BASE, pattern="/خبر/", domains=[]) == [
        "https://www.example.net/%D8%AE%D8%A8%D8%B1/7"
    ]


def test_a_mirror_names_its_site() -> None:
    html = page(
        ("https://example.org/news/48213", HEADLINE),
        head='<link rel="canonical" href="https://example.org/local">',
    )
    assert article_links(html, BASE, pattern=None, domains=[]) == ["https://example.org/news/48213"]


def test_base_element() -> None:
    html = page(("news/48213", HEADLINE), head='<base href="https://www.example.net/ar/">')
    assert article_links(html, BASE, pattern=None, domains=[]) == [
        "https://www.example.net/ar/news/48213"
    ]


def test_feeds() -> None:
    head = (
        '<link rel="alternate" type="application/rss+xml" href="/rss">'
        '<link rel="alternate" href="/en">'
        '<LINK REL="ALTERNATE" TYPE="application/atom+xml; charset=utf-8" HREF="atom.xml">'
        '<link rel="alternate" type="application/rss+xml" href="/rss">'
    )
    assert feed_links(page(head=head), BASE) == [
        "https://www.example.net/rss",
        "https://www.example.net/atom.xml",
    ]


@settings(max_examples=80, deadline=None)
@given(st.text(max_size=60), st.one_of(st.just(BASE), st.text(max_size=20)))
def test_any_link_is_read(url: str, base: str) -> None:
    html = page((url.replace('"', ""), HEADLINE))
    for found in article_links(html, base, pattern=None, domains=[]):
        assert urlsplit(found).scheme in ("http", "https")
    feed_links(html, base)


@pytest.mark.skipif(not LISTINGS.is_dir(), reason="the real listings are not here")
@pytest.mark.parametrize(
    ("name", "base", "pattern"),
    [
        ("yemennownews.com__home.html", "https://yemennownews.com/", r"/article/\d+$"),
        (
            "bbc.com_arabic__frontpage.html",
            "https://www.bbc.com/arabic",
            r"/arabic/(?:articles/\w+|live/\d+|(?:[a-z-]+-)?\d+)$",
        ),
    ],
)
def test_real_listing(name: str, base: str, pattern: str) -> None:
    html = (LISTINGS / name).read_text("utf-8")
    wanted = set(article_links(html, base, pattern=pattern, domains=[]))
    found = set(article_links(html, base, pattern=None, domains=[]))
    assert len(found & wanted) >= 0.85 * len(wanted)
    assert len(found - wanted) <= 0.1 * len(found)
