"""Whatever a page holds, reading it takes time in proportion and gives text that can be stored."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from dataclasses import fields
from datetime import UTC, datetime
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from arabic.dates import parse
from crawler.extract import decode, extract
from crawler.extract.loader import split_tags
from crawler.items import Article, RawDate
from crawler.links import article_links
from database.urls import article_key, canonical_url, clean_url, generic_key

URL = "https://example.net/news/48213/bridge"
PROSE = "<p>أعلنت بلدية الواحة الخضراء افتتاح جسر المشاة الجديد الذي يربط السوق بالحي.</p>"
LENGTH = 40_000
SECONDS = 2.0
"""Far above what any of these takes (a tenth), far below what a quadratic one would."""

UNITS = [
    *(" ", "\t", "\n", "1", "٣", "12 ", "12-", "2019-11-05 ", "/20191105"),
    *('"', "'", "[", "]", "(", "{", "<", "</", "<!--", "<a ", "&", "&amp;", "&#x1b;"),
    *("%", "%25", "%2525", "%D8", "ا", "اا ", "a ", "ـ", "\u064b", "\u200f"),
    *("-", " - ", "| ", "…", "…   ", "...", "//   ", ",  ", "،", "#", "/", "\\", "."),
    *('"headline":"', "منذ ", "نشر في ", "التعليقات ", "display:", "x=1&", "http://"),
]
"""What patterns run along: repeated, each is a page that somebody could serve."""


def pages(text: str) -> Iterator[str]:
    """Pages that hold ``text`` wherever a page can hold any."""
    escaped = text.replace("&", "&amp;").replace('"', "&quot;").replace("<", "&lt;")
    names = ("og:site_name", "og:title", "description", "author", "keywords", "date", "og:image")
    metas = "".join(f'<meta property="{name}" content="{escaped}x">' for name in names)
    keys = ("headline", "keywords", "datePublished", "author", "articleSection")
    node = {"@type": "NewsArticle", "articleBody": f"…{text}x", **dict.fromkeys(keys, f"{text}x")}
    yield text
    yield f"<title>{escaped}</title><h1>{escaped}x</h1>{PROSE}"
    yield f'<html><head>{metas}</head><body class="{escaped}"><h1>{escaped}x</h1>{PROSE}'
    yield f'<h1>x</h1><script type="application/ld+json">{json.dumps(node)}</script>{PROSE}'
    yield f'<script type="application/ld+json">{text}</script>{PROSE}'
    yield f"<h1>x</h1><div>{PROSE}<p>{escaped}x</p></div>"
    writer = f'<a class="author" href="{escaped}">{escaped}x</a>'
    yield f"<h1>x</h1>{writer}<time>{escaped}</time>{PROSE}"


def seconds(work: Callable[[], object]) -> float:
    start = time.process_time()
    work()
    return time.process_time() - start


@pytest.mark.parametrize("unit", UNITS)
def test_long_runs_are_read_in_bounded_time(unit: str) -> None:
    text = unit * (LENGTH // len(unit))
    for page in pages(text):
        assert seconds(lambda page=page: extract(page, URL, names=["نبأ"])) < SECONDS
        assert (
            seconds(lambda page=page: article_links(page, URL, pattern=None, domains=[])) < SECONDS
        )
    now = datetime(2026, 3, 2, tzinfo=UTC)
    for part in (text, text[:200]):
        assert seconds(lambda part=part: parse(part, now=now, timezone=None)) < SECONDS
    for start in ("https://example.net/", "https://example.net/?", "https://"):
        for url in (start + text, (start + text)[:4096]):
            for read in (
                canonical_url,
                clean_url,
                generic_key,
                lambda u: article_key(u, r"(?P<key>\d+)"),
            ):
                assert seconds(lambda read=read, url=url: read(url)) < SECONDS


@pytest.mark.parametrize(
    "markup",
    [
        "".join(f"<meta property='og:site_name' content='نبأ {n}'>" for n in range(4000)),
        "".join(f"<meta property='og:title' content='خبر رقم {n} - نبأ'>" for n in range(4000)),
        "".join(f"<h1>خبر رقم {n} من اليوم</h1>" for n in range(4000)),
        "<h2>عنوان" * 200 + PROSE * 500,
        "<div class=author>" * 200 + PROSE * 500,
        "<div class=breadcrumb>" * 200 + "<a>x</a>" * 5000,
        "<div itemscope itemtype='http://schema.org/Article'><meta itemprop=datePublished>" * 200,
        "<div><b>أحمد</b>" + PROSE * 2000,
        "<time datetime=2020-01-01></time>" * 4000,
    ],
    ids=lambda markup: markup[:24],
)
def test_many_and_nested_elements_are_read_in_bounded_time(markup: str) -> None:
    html = f"<title>خبر رقم 7 من اليوم - نبأ</title>{markup}<h1>خبر رقم 7 من اليوم</h1>{PROSE}"
    assert seconds(lambda: extract(html, URL)) < SECONDS


def test_tags_are_parted_in_bounded_time() -> None:
    assert seconds(lambda: split_tags(" " * 200_000 + "x")) < SECONDS
    assert split_tags(" جسر ، نهر;  سوق\n|#") == ["جسر", "نهر", "سوق"]


def texts(article: Article) -> Iterator[str]:
    """Every text of an article but its body, with the addresses and dates."""
    for field in fields(article):
        value = getattr(article, field.name)
        if field.name == "body":
            continue
        for part in value if isinstance(value, list) else [value]:
            if isinstance(part, str | RawDate):
                yield part if isinstance(part, str) else part.text
        if isinstance(value, dict):
            yield from (text for pair in value.items() for text in pair)


def is_storable(text: str) -> bool:
    """No control character and no lone surrogate."""
    return not any(c < " " or "\x7f" <= c <= "\x9f" or "\ud800" <= c <= "\udfff" for c in text)


ODD = st.lists(
    st.sampled_from(
        [
            *(
                "\ud800",
                "\udfff",
                "\x1b[31m",
                "\x00",
                "\x07",
                "\x85",
                "\x9b",
                "\u2028",
                "\r\n",
                "\t",
            ),
            *("&#27;", "&#x9b;", "&#xd800;", "&amp;#27;", "\\u001b", "\\ud800", "%1b"),
            *("جسر", "خبر اليوم", "2021-03-15", "،", " ", "https://example.net/a", "javascript:x"),
        ]
    ),
    min_size=1,
    max_size=6,
).map("".join)


@settings(max_examples=120, deadline=None)
@given(ODD, st.booleans())
def test_what_is_read_can_be_stored(odd: str, described: bool) -> None:
    escaped = odd.replace('"', "&quot;").replace("<", "&lt;")
    keys = ("headline", "keywords", "articleSection", "author", "description", "image")
    dates = dict.fromkeys(("datePublished", "dateModified"), f"2021-03-15{odd}")
    node = {"@type": "NewsArticle", "url": URL, **dict.fromkeys(keys, f"خبر {odd}"), **dates}
    node |= {"articleBody": f"{PROSE}<p>{odd}</p>", "image": f"https://example.net/{odd}"}
    script = json.dumps(node) if described else "{}"
    names = ("og:title", "description", "author", "article:section", "keywords", "date")
    metas = "".join(f'<meta property="{name}" content="{escaped}">' for name in names)
    urls = "".join(
        f'<meta property="{name}" content="https://example.net/{escaped}">'
        for name in ("og:url", "og:image")
    )
    found = extract(
        f'<html lang="{escaped}"><head><title>{escaped}</title>{metas}{urls}'
        f'<link rel="canonical" href="{escaped}"><link rel="amphtml" href="/{escaped}">'
        f'<script type="application/ld+json">{script}</script></head><body><h1>{escaped} خبر</h1>'
        f'<time datetime="{escaped}">{escaped}</time><a rel="tag">{escaped}</a>{PROSE}'
        f"<p>{escaped}</p></body></html>",
        URL,
        every=True,
    )
    article = found.article
    assert all(map(is_storable, texts(article)))
    assert all(map(is_storable, (article.body or "").split("\n")))
    addresses = [*article.aliases, *filter(None, [article.image_url])]
    assert all(a.startswith(("http://", "https://")) and not a.split()[1:] for a in addresses)
    json.dumps(
        [each.value for offered in found.candidates.values() for each in offered],
        ensure_ascii=False,
    ).encode()


@pytest.mark.parametrize(
    "head", [b"", b"\xff\xd8\xff\xe0\x00\x10JFIF", b"%PDF-1.7\n", b"PK\x03\x04"]
)
def test_binary_data_is_no_page(head: bytes) -> None:
    noise = Random(7).randbytes(50_000)
    found = extract(decode(head + noise, None), URL)
    assert found.rejected == "binary data, not a page"
    assert found.article.body is None


def test_a_page_with_a_stray_control_character_is_read() -> None:
    html = f"<html><body><h1>عنوان\x0b طويل هنا</h1>{PROSE}\x00\x1f</body></html>"
    assert extract(html, URL).rejected is None
