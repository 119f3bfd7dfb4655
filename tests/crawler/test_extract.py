"""The extract stage as a whole: pages of many structures, and pages that are none."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.extract import Candidate, Extraction, Layout, decode, extract
from pipelines.published import choose_dates

PAGES = sorted((Path(__file__).resolve().parents[1] / "pages").glob("*.html"))
NOW = datetime(2026, 3, 8, 18, 0, tzinfo=UTC)
URL = "https://example.net/news/48213/bridge"
TITLE = "افتتاح جسر المشاة الجديد"
TEXT = "أعلنت بلدية الواحة الخضراء افتتاح جسر المشاة الجديد الذي يربط السوق بحي البساتين."


def article(body: str, head: str = "") -> str:
    return (
        f"<html><head><title>{TITLE}</title>{head}</head><body><h1>{TITLE}</h1>{body}</body></html>"
    )


def read(page: Path) -> tuple[Extraction, dict[str, Any]]:
    case = json.loads(page.with_suffix(".json").read_text("utf-8"))
    layouts = [Layout(**layout) for layout in case.get("layouts", [])]
    html = decode(page.read_bytes(), case.get("charset"))
    found = extract(
        html,
        case["url"],
        layouts=layouts,
        names=case.get("names", []),
        timezone=case.get("timezone"),
        fetched_at=case.get("fetched_at"),
    )
    return found, case["expected"]


def pop_stored_dates(found: Extraction, expected: dict[str, Any]) -> None:
    """Check the dates that the database would keep, where a page expects any."""
    article = found.article
    now = datetime.fromisoformat(article.fetched_at) if article.fetched_at else NOW
    dates = choose_dates(article.published, article.modified, now=now, timezone=article.timezone)
    for field, date in zip(("published_at", "modified_at"), dates, strict=True):
        if field in expected:
            assert (date.value if date else None) == expected.pop(field), field
    if "published_precision" in expected:
        assert dates[0] is not None
        assert dates[0].precision == expected.pop("published_precision")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_page(page: Path) -> None:
    found, expected = read(page)
    assert found.rejected == expected.pop("rejected", None)
    pop_stored_dates(found, expected)
    for field in ("published", "modified"):
        if field in expected:
            dates = [[date.text, date.source] for date in getattr(found.article, field)]
            assert dates == expected.pop(field)
    for field, source in expected.pop("provenance", {}).items():
        assert found.article.provenance[field] == source
    if "body" in expected:
        assert (found.article.body or "").split("\n") == (expected.pop("body") or [""])
    for field, value in expected.items():
        assert getattr(found.article, field) == value, field


def test_there_are_pages() -> None:
    assert len(PAGES) >= 84


def test_arguments_reach_the_article() -> None:
    found = extract(
        article(f"<p>{TEXT}</p>"),
        URL,
        outlet="waha",
        timezone="Asia/Dubai",
        fetched_at="2021-03-15T06:00:00Z",
    ).article
    assert (found.outlet, found.url) == ("waha", URL)
    assert (found.timezone, found.fetched_at) == ("Asia/Dubai", "2021-03-15T06:00:00Z")


def test_every_candidate_is_told() -> None:
    head = '<meta property="og:title" content="عنوان آخر للخبر نفسه">'
    found = extract(article(f"<p>{TEXT}</p>", head), URL, every=True)
    assert found.candidates["title"][0] == Candidate("عنوان آخر للخبر نفسه", "meta")
    assert Candidate(TITLE, "heading") in found.candidates["title"]


def test_selectors_that_fail_leave_the_generic_way() -> None:
    layouts = [Layout(body="div.gone"), Layout(body="div.empty")]
    found = extract(
        article(f'<div class="empty"></div><div><p>{TEXT}</p></div>'), URL, layouts=layouts
    )
    assert found.article.body == TEXT
    assert found.article.provenance["body"] == "structure"


COMMENT = "<div><b>{}</b><p>هذا المشروع جيد جداً وسيخدم سكان الحي والأحياء المجاورة له.</p></div>"
NAMES = ("أحمد", "سلمى", "نادر السالم", "منى")


@pytest.mark.parametrize(
    "comments",
    [
        "<div>" + "".join(map(COMMENT.format, NAMES)) + "</div>",
        "<ul>" + "".join(f"<li>{COMMENT.format(name)}</li>" for name in NAMES) + "</ul>",
        "<div>" + "".join(COMMENT.format(f"{n} منذ 3 ساعات") for n in NAMES[:2]) + "</div>",
        f"<h3>التعليقات</h3><div>{COMMENT.format('منى')}</div>",
        f"<div><h4>2 تعليقات</h4></div><div>{COMMENT.format('منى')}</div>",
        "<div>التعليقات</div><p>هذا المشروع جيد جداً وسيخدم سكان الحي والأحياء المجاورة له.</p>",
    ],
)
def test_comments_without_a_class_do_not_join_the_text(comments: str) -> None:
    assert extract(article(f"<div><p>{TEXT}</p></div>{comments}"), URL).article.body == TEXT


@pytest.mark.parametrize(
    "more",
    [
        "".join(f"<div><h2>عنوان {n}</h2><p>{TEXT}</p></div>" for n in "أبج"),
        "<div>"
        + "".join(f"<div><b>{n}:20</b><p>{TEXT}</p></div>" for n in range(10, 14))
        + "</div>",
        "<div>"
        + "".join(f"<div><b>لماذا هذا الجسر؟</b><p>{TEXT}</p></div>" for _ in range(4))
        + "</div>",
        f"<span>3 تعليقات</span><div><p>{TEXT}</p><p>{TEXT}</p><p>{TEXT}</p></div>",
    ],
    ids=["sections", "live", "interview", "counter"],
)
def test_what_only_looks_like_comments_stays(more: str) -> None:
    found = extract(article(f"<div><p>{TEXT}</p>{more}</div>"), URL).article.body
    assert found is not None
    assert found.count(TEXT) >= 4


LIST = (
    '<script type="application/ld+json">{"@type":"BreadcrumbList","itemListElement":['
    '{"@type":"ListItem","position":1,"name":"الرئيسية"},'
    '{"@type":"ListItem","position":2,"item":{"@id":"/m","name":"محليات"}},'
    '{"@type":"ListItem","position":3,"name":"' + TITLE + '"}]}</script>'
)
WAY = (
    '<div class="breadcrumbs"><a href="/">الرئيسية</a> / <a href="/n">أخبار</a> / '
    f'<a href="/m">محليات</a> / <span>{TITLE}</span></div>'
)


@pytest.mark.parametrize(("way", "source"), [(LIST, "jsonld"), (WAY, "breadcrumb")])
def test_breadcrumbs_name_the_section(way: str, source: str) -> None:
    found = extract(article(f"{way}<p>{TEXT}</p>"), URL).article
    assert (found.section, found.provenance["section"]) == ("محليات", source)
    said = '<meta property="article:section" content="اقتصاد">'
    assert extract(article(f"{way}<p>{TEXT}</p>", said), URL).article.section == "اقتصاد"


@pytest.mark.parametrize(
    "way",
    [
        '<div class="breadcrumb"><a href="/">الرئيسية</a></div>',
        f'<div class="breadcrumb"><a href="/">Home</a> <a href="/x">{TITLE}</a></div>',
        '<script type="application/ld+json">{"@type":"BreadcrumbList"}</script>',
    ],
)
def test_breadcrumbs_without_a_section_name_none(way: str) -> None:
    assert extract(article(f"{way}<p>{TEXT}</p>"), URL).article.section is None


def test_bad_selector_is_told_at_once() -> None:
    with pytest.raises(ValueError, match=r"Layout\.body"):
        Layout(body="div[")


@pytest.mark.parametrize("html", ["", "   \n", "\x00\x00", "<!-- -->", "<html></html>"])
def test_nothing_is_an_empty_page(html: str) -> None:
    assert extract(html, URL).rejected in ("empty page", "no title and no body")


@pytest.mark.parametrize(
    "opening", ["<div>", "<b>", "<table><tr><td>", "<a href=x>", "<ul><li>", "<p><span class=x>"]
)
def test_twenty_megabytes_of_nesting(opening: str) -> None:
    html = opening * (20_000_000 // len(opening)) + TEXT
    assert extract(html, URL).rejected


SAID = [TEXT, 'وقال المهندس سامر: "دام العمل عامين".', "وحضر الأهالي الافتتاح مع أطفالهم."] * 2


@pytest.mark.parametrize(
    "text",
    [
        "\n".join(SAID),
        "\r\n\r\n".join(SAID),
        "&nbsp;\n".join(SAID).replace('"', "&quot;"),
        "".join(f"<p>{each}&nbsp;</p>" for each in SAID),
        "".join(f"&lt;p&gt;{each}&lt;/p&gt;" for each in SAID),
        "<br />".join(SAID),
        SAID,
    ],
    ids=["lines", "blank lines", "references", "markup", "escaped markup", "breaks", "list"],
)
def test_a_text_in_json_ld_alone_is_read_in_whatever_form(text: object) -> None:
    node = {"@type": "NewsArticle", "headline": TITLE, "articleBody": text}
    script = json.dumps(node, ensure_ascii=False).replace("</", "<\\/")
    head = f'<script type="application/ld+json">{script}</script>'
    found = extract(article(f"<div>{TEXT[:60]}…</div>", head), URL).article
    assert (found.body or "").split("\n") == SAID
    assert found.provenance["body"] == "jsonld"


def test_what_only_looks_like_a_reference_stays() -> None:
    said = "\n".join([*SAID, "للمزيد من الصور: https://example.net/?a=1&copy=2&reg=3"])
    node = {"@type": "NewsArticle", "headline": TITLE, "articleBody": said}
    head = f'<script type="application/ld+json">{json.dumps(node)}</script>'
    found = extract(article(f"<div>{TEXT[:60]}…</div>", head), URL).article
    assert (found.body or "").endswith("?a=1&copy=2&reg=3")


def test_deep_json_is_no_error() -> None:
    head = f'<script type="application/ld+json">{"[" * 100_000}</script>'
    assert extract(article(f"<p>{TEXT}</p>", head), URL).article.body == TEXT


def test_json_that_refers_to_itself_ends() -> None:
    head = (
        '<script type="application/ld+json">{"@type":"NewsArticle","@id":"#a","name":{"@id":"#a"},'
        '"author":{"@id":"#a"},"mainEntityOfPage":"' + URL + '"}</script>'
    )
    assert extract(article(f"<p>{TEXT}</p>", head), URL).article.title == TITLE


def test_not_arabic_is_an_article_too() -> None:
    text = "The municipality opened a new pedestrian bridge across the river on Monday morning."
    html = f'<html lang="en-GB"><title>New bridge</title><h1>New bridge</h1><p>{text}</p></html>'
    found = extract(html, URL)
    assert (found.rejected, found.article.language) == (None, "en")


@settings(max_examples=60, deadline=None)
@given(
    st.one_of(st.text(max_size=300), st.binary(max_size=300).map(lambda raw: raw.decode("latin-1")))
)
def test_any_text_is_read_without_error(html: str) -> None:
    extract(html, URL)


MARKUP = ("<p>", " ", "</p>", "</div>", "</a>", "<h1>", "</h1>", "<td>", "<br>", "<form>", "<!--")
TOKENS = st.sampled_from(
    [
        *MARKUP,
        *("[", "]", "}", "'>", "]]>", "</script>", '"author":'),
        "<div class='entry-content'>",
        "<a href='http://[x'>",
        "<script type='application/ld+json'>",
        '{"@type":"NewsArticle",',
        "<time datetime='x'>",
        "<meta property='og:title' content='",
        "&#x110000;",
        "\ud800",
        TEXT,
        "15 آذار 2021",
        "اقرأ أيضا:",
    ]
)


@settings(max_examples=150, deadline=None)
@given(st.lists(TOKENS, max_size=40).map("".join))
def test_any_markup_is_read_without_error(html: str) -> None:
    found = extract(html, URL, layouts=[Layout(body=".entry-content", title="h1")])
    assert found.rejected or found.article.body


@pytest.mark.parametrize("url", ["", "http://[", "x", "//", "http://example.net:x/", "\ud800"])
def test_bad_address_is_no_error(url: str) -> None:
    page = next(page for page in PAGES if page.stem == "listing")
    assert extract(page.read_text("utf-8"), url).rejected == "listing page"


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 3000))
def test_a_page_cut_anywhere_is_read(length: int) -> None:
    page = next(page for page in PAGES if page.stem == "wordpress")
    extract(page.read_text("utf-8")[:length], URL)
