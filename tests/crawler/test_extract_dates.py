"""Which dates on a page are the article's own, and which tell of something else."""

from __future__ import annotations

import pytest

from crawler.extract import extract
from crawler.extract.dateline import stated_dates
from crawler.extract.dates import MOST_DATES

URL = "https://example.net/news/48213/bridge"
TITLE = "افتتاح جسر المشاة الجديد في الواحة"
TEXT = (
    "<p>أعلنت بلدية الواحة الخضراء افتتاح جسر المشاة الجديد الذي يربط السوق بحي البساتين.</p>"
    "<p>وقال رئيس البلدية إن الجسر سيخفف الازدحام عن الشارع الرئيسي في ساعات الذروة كلها.</p>"
)
SCHEMA = "itemscope itemtype='https://schema.org/"


def page(between: str = "", *, before: str = "", text: str = TEXT, after: str = "") -> str:
    return (
        f"<html><head><title>{TITLE}</title></head><body><div class=top>{before}</div>"
        f"<div><div><h1>{TITLE}</h1>{between}<div class=txt>{text}</div></div></div>{after}"
        "</body></html>"
    )


def published(html: str) -> list[tuple[str, str]]:
    return [(date.text, date.source) for date in extract(html, URL).article.published]


@pytest.mark.parametrize(
    "lead",
    [
        "أعلنت القوات السيطرة على الباغوز في 23 آذار 2019",
        "أعلنت القوات السيطرة على الباغوز في 23 آذار 2019 بعد حصار.",
        "قبل 3 أيام سيطرت القوات على الباغوز",
        "قبل 3 أيام أعلنت القوات انتهاء المعركة",
        "23 آذار 2019 سيطرت القوات على الباغوز",
        "نشر الجيش قواته في 23 آذار 2019",
        "وكان التقرير قد نشر في 23 آذار 2019",
        "كتب الرئيس في 23 آذار 2019 رسالة إلى البلدية",
    ],
)
@pytest.mark.parametrize("place", ["between", "first", "before", "strong"])
def test_a_day_in_prose_is_no_publication(lead: str, place: str) -> None:
    html = {
        "between": page(f"<p>{lead}</p>"),
        "first": page(text=f"<p>{lead}</p>{TEXT}"),
        "before": page(before=f"<p>{lead}</p>"),
        "strong": page(f"<div class=lead><strong>{lead}</strong></div>"),
    }[place]
    assert published(html) == []


@pytest.mark.parametrize(
    ("line", "date"),
    [
        ("23 آذار 2019", "23 آذار 2019"),
        ("هند الراشد - دمشق | 23 آذار 2019", "23 آذار 2019"),
        ("بواسطة هند الراشد في 23 آذار 2019", "23 آذار 2019"),
        ("محليات | السبت 23 آذار 2019 10:00 | 3 دقائق قراءة", "السبت 23 آذار 2019 10:00"),
        ("كتب: محمد على 23 آذار 2019", "23 آذار 2019"),
        ("منذ 3 ساعات", "منذ 3 ساعات"),
        ("قبل 3 ساعات", "قبل 3 ساعات"),
        ("اليوم 10:40", "اليوم 10:40"),
        ("أمس، ١٠:٤٠", "أمس، ١٠:٤٠"),
        ("25-Apr-22", "25-Apr-22"),
        ("٢٣ آذار ٢٠١٩", "٢٣ آذار ٢٠١٩"),
        ("هند الراشد منذ 3 ساعات", "منذ 3 ساعات"),
        ("نشر في 23 آذار 2019", "23 آذار 2019"),
        ("تم نشره السبت 23 آذار 2019 09:22 مساءً", "السبت 23 آذار 2019 09:22 مساءً"),
        ("Published On 23/3/2019", "23/3/2019"),
    ],
)
def test_a_byline_states_the_publication(line: str, date: str) -> None:
    assert published(page(f"<p>{line}</p>")) == [(date, "byline")]


@pytest.mark.parametrize("line", ["نشر في: 23 آذار 2019", "تاريخ النشر: 23 آذار 2019"])
def test_a_labelled_date_counts_before_the_headline_and_in_the_text(line: str) -> None:
    assert published(page(before=f"<p>{line}</p>")) == [("23 آذار 2019", "byline")]
    assert published(page(text=f"<p>{line}</p>{TEXT}")) == [("23 آذار 2019", "byline")]


@pytest.mark.parametrize("line", ["23 آذار 2019", "منذ 3 ساعات", "معركة الباغوز 23 آذار 2019"])
def test_a_bare_date_counts_neither_before_the_headline_nor_in_the_text(line: str) -> None:
    assert published(page(before=f"<p>{line}</p>")) == []
    assert published(page(text=f"<p>{line}</p>{TEXT}")) == []
    assert published(page(text=f"<h3>{line}</h3>{TEXT}")) == []


def test_a_change_is_told_from_the_publication() -> None:
    line = "نشر في: 23 آذار 2019 | آخر تحديث: 24 آذار 2019"
    found = extract(page(text=f"<p>{line}</p>{TEXT}"), URL).article
    assert [date.text for date in found.published] == ["23 آذار 2019"]
    assert [date.text for date in found.modified] == ["24 آذار 2019"]


@pytest.mark.parametrize(
    "foreign",
    [
        "<span itemprop=startDate content='2019-03-23'>23 آذار 2019</span>",
        "<time itemprop=startDate datetime='2019-03-23'>23 آذار 2019</time>",
        "<meta itemprop=startDate content='2019-03-23'>",
        f"<div {SCHEMA}Event'><meta itemprop=datePublished content='2019-03-23'></div>",
        f"<div {SCHEMA}Comment'><time itemprop=datePublished datetime='2019-03-23'></time></div>",
        f"<div {SCHEMA}NewsArticle'><meta itemprop=headline content='خبر آخر لا صلة له'>"
        "<meta itemprop=datePublished content='2019-03-23'></div>",
        "<ol class=comment-list><li><time datetime='2019-03-23'>23 آذار 2019</time></li></ol>",
        "<ol id=comments><li><span itemprop=datePublished>23 آذار 2019</span></li></ol>",
        "<aside><h3>خبر آخر</h3><meta itemprop=datePublished content='2019-03-23'></aside>",
        "<aside><time datetime='2019-03-23'>23 آذار 2019</time></aside>",
        "<nav><time datetime='2019-03-23'>23 آذار 2019</time></nav>",
        "<div class=related-posts><span itemprop=datePublished>23 آذار 2019</span></div>",
        "<figure><figcaption>مقاتلون 23 آذار 2019</figcaption></figure>",
        "<article><h3>خبر آخر</h3><time datetime='2019-03-23'>23 آذار 2019</time></article>",
    ],
)
def test_the_dates_of_others_are_not_the_articles(foreign: str) -> None:
    for html in (page(before=foreign), page(foreign), page(after=foreign)):
        assert published(html) == []


@pytest.mark.parametrize(
    "clock",
    [
        "<span>الاثنين 2 آذار 2026</span>",
        "<time datetime='2026-03-02'>الاثنين 2 آذار 2026</time>",
        "<header><div class=date>الاثنين 2 آذار 2026</div></header>",
    ],
)
def test_a_clock_on_top_is_no_publication(clock: str) -> None:
    assert published(page(before=clock)) == []
    assert published(f"<html><body>{clock}<h1>{TITLE}</h1><div>{TEXT}</div></body></html>") == []


@pytest.mark.parametrize(
    ("own", "source"),
    [
        ("<time datetime='2019-03-23'></time>", "time"),
        ("<time itemprop=datePublished datetime='2019-03-23'></time>", "time"),
        ("<span property='schema:datePublished' content='2019-03-23'></span>", "time"),
        ("<span property='dc:date dc:created' content='2019-03-23'></span>", "time"),
        ("<meta itemprop='datePublished' content='2019-03-23'>", "meta"),
    ],
)
def test_the_articles_own_elements_state_its_publication(own: str, source: str) -> None:
    inside = page(own).replace("<div><div>", f"<div><div {SCHEMA}NewsArticle'>")
    for html in (page(own), inside):
        assert published(html) == [("2019-03-23", source)]


def test_a_time_above_the_headline_in_its_own_block_counts() -> None:
    html = page().replace("<h1>", "<time datetime='2019-03-23'></time><h1>")
    assert published(html) == [("2019-03-23", "time")]


@pytest.mark.parametrize(
    "kicker",
    [
        "<div>محليات</div><div>23 آذار 2019</div>",
        "<div><span>محليات</span> | <span>23 آذار 2019</span></div>",
        "<div>23 آذار 2019</div><div>محليات</div>",
    ],
)
def test_a_kicker_in_one_block_with_the_headline_states_its_date(kicker: str) -> None:
    assert published(page().replace("<h1>", f"{kicker}<h1>")) == [("23 آذار 2019", "byline")]


@pytest.mark.parametrize(
    "line", ["معركة الباغوز التي انتهت في 23 آذار 2019", "قتل العشرات في 23 آذار 2019."]
)
def test_a_kicker_of_prose_states_no_date(line: str) -> None:
    assert published(page().replace("<h1>", f"<div>{line}</div><h1>")) == []


@pytest.mark.parametrize(
    "head",
    [
        "{bar}<h1>{title}</h1>",
        "{bar}<div><h1>{title}</h1></div>",
        "{bar}<div><a href='/'>الرئيسية</a></div><div><h1>{title}</h1></div>",
        "<table><tr><td>{bar}</td></tr><tr><td><h1>{title}</h1></td></tr></table>",
    ],
)
def test_the_day_in_the_bar_on_top_is_no_kicker(head: str) -> None:
    bar = "<div class=bar><span>الاثنين 2 آذار 2026</span></div>"
    top = f"<html><body><div id=page>{head.format(bar=bar, title=TITLE)}"
    assert published(f"{top}<div>{TEXT}</div></div></body></html>") == []
    dated = f"{top}<p>23 آذار 2019</p><div>{TEXT}</div></div></body></html>"
    assert published(dated) == [("23 آذار 2019", "byline")]


def test_a_scope_apart_that_repeats_the_headline_is_the_articles() -> None:
    scope = (
        f"<div {SCHEMA}NewsArticle'><meta itemprop=headline content='{TITLE}'>"
        "<meta itemprop=datePublished content='2019-03-23'></div>"
    )
    assert published(page(after=scope)) == [("2019-03-23", "meta")]


def test_a_page_of_dates_gives_few() -> None:
    times = "".join(f"<time datetime='20{n:02}-03-23'></time>" for n in range(90))
    assert len(published(page(times))) == MOST_DATES


def test_a_labelled_line_of_prose_states_no_date() -> None:
    assert (
        stated_dates("آخر تحديث 23 آذار 2019 وكان المجلس قد أقر في جلسته الخطة الجديدة", bare=True)
        == []
    )


def test_a_name_with_shadda_beside_a_date_is_one_word():
    """Cut at the mark, الوزّان would end in ان, a word of prose."""
    assert stated_dates("ثائر الوزّان | 5 آذار 2026", bare=True)
    assert not stated_dates("وقال إنّ ذلك تم 5 آذار 2026", bare=True)
