"""What stands around a text is told from it: datelines, writers, dates of one's own."""

from __future__ import annotations

import pytest

from crawler.extract import extract
from crawler.items import RawDate

URL = "https://example.net/news/48213/bridge"
TITLE = "افتتاح جسر المشاة الجديد"
TEXT = "أعلنت بلدية الواحة الخضراء افتتاح جسر المشاة الجديد الذي يربط السوق بحي البساتين."


def article(body: str, head: str = "") -> str:
    return (
        f"<html><head><title>{TITLE}</title>{head}</head><body><h1>{TITLE}</h1>{body}</body></html>"
    )


@pytest.mark.parametrize(
    ("line", "stays"),
    [
        ("الأحد 26 ذو الحجة 1438هـ - 17 سبتمبر 2017م 09:45 صباحاً", False),
        ("المصدر: وكالة أنباء الساحل | الأربعاء 21 مارس 2018 - 10:30", False),
        ("افتتحت بلدية الواحة الأحد 5 آذار 2021 جسر المشاة", True),
        ("كتبت هند عن الجسر في 5 آذار 2021 مقالا طويلا", True),
        ("المصدر: وكالة أنباء الساحل قالت في 21 مارس 2018 إن الجسر جديد.", True),
    ],
)
def test_a_line_of_dates_before_the_text_is_no_text(line: str, stays: bool) -> None:
    found = extract(article(f"<div><p>{line}</p><p>{TEXT}</p><p>{TEXT}</p></div>"), URL)
    assert (line in (found.article.body or "").split("\n")) == stays


@pytest.mark.parametrize(
    ("byline", "author"),
    [
        ('<div class="writer"><a href="/w">هند السالم</a><span>كاتبة</span></div>', "هند السالم"),
        ("<p>كتبه هند السالم في 5 آذار 2021 - 10:40</p>", "هند السالم"),
        ("<p>كتب الوزير في 5 آذار 2021 أن الجسر جديد</p>", None),
    ],
)
def test_the_writer_is_told_from_what_stands_beside(byline: str, author: str | None) -> None:
    found = extract(article(f"{byline}<div><p>{TEXT}</p></div>"), URL).article
    assert found.author == author


def salvaged(headline: str) -> str:
    return f'''<script type="application/ld+json">{{"@type":"NewsArticle","headline":"{headline}",
        "datePublished":"2021-03-15","x":"a"b"}}</script>'''


@pytest.mark.parametrize(("headline", "source"), [(TITLE, "jsonld"), ("افتتاح جسر", "heading")])
def test_a_headline_from_broken_json_must_be_shown(headline: str, source: str) -> None:
    found = extract(article(f"<p>{TEXT}</p>", salvaged(headline)), URL).article
    assert (found.title, found.provenance["title"]) == (TITLE, source)
    assert found.published[0] == RawDate("2021-03-15", "jsonld")


VIDEO = (
    '<script type="application/ld+json">{{"@type":"VideoObject","name":"{}",'
    '"uploadDate":"2021-03-15"}}</script>'
)


@pytest.mark.parametrize(
    ("videos", "dates"),
    [
        (VIDEO.format(TITLE), [RawDate("2021-03-15", "jsonld")]),
        (VIDEO.format("جولة في أسواق البلدة القديمة"), []),
        (VIDEO.format(TITLE) * 2, []),
    ],
    ids=["own", "foreign", "several"],
)
def test_only_a_page_about_one_video_has_its_date(videos: str, dates: list[RawDate]) -> None:
    assert extract(article(f"<p>{TEXT}</p>", videos), URL).article.published == dates


def test_only_its_own_entry_dates_the_article() -> None:
    date = '<p>في <abbr class="published" title="{}">هنا</abbr></p>'
    own, other = (date.format(day) for day in ("2021-03-15", "2020-01-02"))
    html = (
        f'<html><title>{TITLE}</title><div class="hentry"><h3>{TITLE}</h3><p>{TEXT}</p>{own}</div>'
        f'<div class="hentry"><h3>عنوان آخر</h3>{other}</div></html>'
    )
    assert extract(html, URL).article.published == [RawDate("2021-03-15", "time")]


LEAD = "مشروع انتظره سكان الضفتين أكثر من عشر سنوات"
SUMMARY = f'<meta property="og:description" content="{LEAD} وكلف مليوني دينار...">'


@pytest.mark.parametrize(
    ("between", "head", "subtitle"),
    [
        (f"<h2>{LEAD}</h2>", "", LEAD),
        (f"<div class=article-subtitle>{LEAD}</div>", "", LEAD),
        (f"<p>{LEAD} وكلف مليوني دينار</p>", SUMMARY, f"{LEAD} وكلف مليوني دينار"),
        (f"<h2>- {LEAD}</h2>", "", LEAD),
        (f"<p>{LEAD}</p>", "", None),
        ("<h2>أخبار محلية</h2>", "", None),
        (f"<h2>{TITLE}!</h2>", "", None),
        (f"<h2><a href='/2'>{LEAD}</a></h2>", "", None),
        (f"<aside><h2>{LEAD}</h2></aside>", "", None),
    ],
)
def test_a_lead_below_the_headline_is_the_subtitle(
    between: str, head: str, subtitle: str | None
) -> None:
    found = extract(article(f"{between}<div>{f'<p>{TEXT}</p>' * 3}</div>", head), URL).article
    assert found.subtitle == subtitle


def test_a_heading_of_the_text_is_no_lead() -> None:
    text = f"<div><h2>{LEAD}</h2>{f'<p>{TEXT}</p>' * 3}</div>"
    found = extract(article(text), URL).article
    assert (found.subtitle, (found.body or "").split("\n")[0]) == (None, LEAD)


TAGS = "<a href='/tag/bridge'>جسر</a> <a href='/topics/7/river'>نهر</a>"


@pytest.mark.parametrize(
    ("tags", "found"),
    [
        (f"<div>{TAGS}</div>", ["جسر", "نهر"]),
        ("<p><a href='/search?tag=7'>جسر</a></p>", ["جسر"]),
        (f"<a href='/x' rel=tag>ضفاف</a><div>{TAGS}</div>", ["ضفاف"]),
        ("<a href='/stage/bridge'>جسر</a><a href='/local/'>محليات</a>", []),
    ],
)
def test_links_to_tags_beside_the_text_are_its_tags(tags: str, found: list[str]) -> None:
    inside = f"<main><div><p>{TEXT}</p><p>{TEXT}</p>{tags}</div></main>"
    assert extract(article(inside), URL).article.tags == found


@pytest.mark.parametrize("bar", ["<nav>{}</nav>", "<aside>{}</aside>", "<footer>{}</footer>"])
def test_links_to_tags_in_bars_are_not(bar: str) -> None:
    inside = f"<main><div><p>{TEXT}</p><p>{TEXT}</p></div></main>{bar.format(TAGS)}"
    assert extract(article(inside), URL).article.tags == []


def test_links_to_tags_above_the_headline_are_not() -> None:
    head = f"<div id=page><div class=hot>{TAGS}</div><h1>{TITLE}</h1>"
    html = f"<html><body>{head}<div><p>{TEXT}</p><p>{TEXT}</p></div></div></body></html>"
    assert extract(html, URL).article.tags == []


def test_the_footer_of_an_article_holds_its_tags() -> None:
    inside = f"<article><div><p>{TEXT}</p><p>{TEXT}</p></div><footer>{TAGS}</footer></article>"
    assert extract(article(inside), URL).article.tags == ["جسر", "نهر"]


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        (
            "<td class='mainTitle'><b>افتتاح فلج الرحبة بعد ترميمه</b></td>",
            "افتتاح فلج الرحبة بعد ترميمه",
        ),
        ("<h2>افتتاح فلج الرحبة بعد ترميمه</h2>", "افتتاح فلج الرحبة بعد ترميمه"),
        ("<td class='title'><a href='/2'>افتتاح فلج آخر بعد ترميمه</a></td>", "جريدة الواحة"),
        ("<td class='x'>افتتاح فلج الرحبة بعد ترميمه</td>", "جريدة الواحة"),
    ],
)
def test_where_the_window_names_the_outlet_only_a_class_marks_the_headline(
    head: str, expected: str
) -> None:
    html = (
        "<html><head><title>جريدة الواحة</title></head><body><table><tr>"
        f"{head}</tr><tr><td><p>{TEXT}</p><p>{TEXT}</p></td></tr></table></body></html>"
    )
    assert extract(html, "https://waha.example/1").article.title == expected
