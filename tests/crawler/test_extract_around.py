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
