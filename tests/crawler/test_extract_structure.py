"""Where the text ends: columns of teasers, copies of it, captions and what stands at its edges."""

from __future__ import annotations

import time

import pytest

from crawler.extract import extract
from crawler.extract.page import Page
from crawler.extract.phrases import is_last_line, is_notice
from crawler.extract.rejection import LISTING
from crawler.extract.tree import parse

URL = "https://example.net/news/48213/bridge"
TITLE = "افتتاح جسر المشاة الجديد في الواحة"
HEADLINES = [
    "مزارعو الوادي يبدؤون موسم القطاف",
    "مدرسة الشاطئ تستعد للعام الجديد",
    "قطار الساحل يعود بعد الصيانة",
    "سوق الحرير يفتح أبوابه ليلا",
]


def sentence(number: int | str) -> str:
    """A sentence of sixteen words, unlike the others."""
    return (
        f"أعلنت بلدية الواحة الخضراء افتتاح الجسر رقم {number} الذي يربط السوق القديم بحي البساتين"
        " قبل نهاية العام."
    )


def text(first: int, last: int) -> str:
    return "".join(f"<p>{sentence(number)}</p>" for number in range(first, last + 1))


def said(*numbers: int | str) -> list[str]:
    return [sentence(number) for number in numbers]


def page(body: str, head: str = "", headline: str = f"<h1>{TITLE}</h1>") -> str:
    return f"<html><head><title>{TITLE}</title>{head}</head><body>{headline}{body}</body></html>"


def body_of(body: str, head: str = "") -> list[str]:
    return (extract(page(body, head), URL).article.body or "").split("\n")


def link(headline: str) -> str:
    return f"<a href='/news/2'>{headline}</a>"


TEASERS = "".join(
    f"<div>{link(headline)}<p>{sentence(n)}</p></div>" for n, headline in enumerate(HEADLINES, 70)
)
LINKS = "<div>" + "<br>".join(map(link, HEADLINES)) + "</div>"


@pytest.mark.parametrize("column", [TEASERS, LINKS], ids=["excerpts", "links"])
def test_a_column_of_teasers_beside_the_text_is_not_of_it(column: str) -> None:
    inside = f"<div><div><div>{text(1, 5)}</div></div><div>{column}</div></div>"
    assert body_of(inside) == said(1, 2, 3, 4, 5)


@pytest.mark.parametrize("between", ["", LINKS, f"<div>{link(HEADLINES[0])}</div>"])
def test_text_that_goes_on_beside_it_is_of_it(between: str) -> None:
    inside = f"<div><div>{text(1, 9)}</div>{between}<div>{text(10, 14)}</div></div>"
    assert body_of(inside) == said(*range(1, 15))


def listing(words: int) -> str:
    excerpt = " ".join(sentence(n).rstrip(".") for n in range(words // 16)) + "."
    return "".join(f"<div><h2>{link(h)}</h2><p>{excerpt}</p></div>" for h in HEADLINES * 4)


@pytest.mark.parametrize("words", [16, 32])
def test_a_listing_with_excerpts_stays_a_listing(words: int) -> None:
    front = f"<div>{listing(words)}</div>"
    assert extract(page(front), "https://example.net/local").rejected == LISTING


def test_an_article_between_teasers_is_none() -> None:
    inside = f"<div>{text(1, 9)}<ul>" + f"<li>{link(HEADLINES[0])}</li>" * 15 + "</ul></div>"
    found = extract(page(inside), "https://example.net/local")
    assert found.rejected is None
    assert (found.article.body or "").split("\n") == said(*range(1, 10))


def headlines_of(shown: str, title: str) -> list[str]:
    html = f"<html><head><title>{title}</title></head><body>{shown}{text(1, 3)}</body></html>"
    return Page(parse(html), URL).plain_headlines


@pytest.mark.parametrize(
    ("shown", "title", "found"),
    [
        (f"<div>{TITLE}</div>", f"{TITLE} - صحيفة الواحة", [TITLE]),
        (f"<span class=t>{TITLE}</span>", f"صحيفة الواحة | {TITLE}", [TITLE]),
        (f"<div>{TITLE}</div>", TITLE, []),
        (f"<div>{link(TITLE)}</div>", f"{TITLE} - صحيفة الواحة", []),
        ("<div>صحيفة الواحة</div>", f"{TITLE} - صحيفة الواحة", []),
        (f"<h1>صحيفة الواحة</h1><div>{TITLE}</div>", f"{TITLE} - صحيفة الواحة", []),
    ],
)
def test_without_a_heading_the_window_title_tells_the_headline(
    shown: str, title: str, found: list[str]
) -> None:
    assert headlines_of(shown, title) == found


def test_a_text_in_one_piece_beside_its_paragraphs_is_a_copy() -> None:
    copy = f"<div itemprop=articleBody>{' '.join(said(*range(1, 9)))}</div>"
    assert body_of(f"<div>{copy}<div>{text(1, 8)}</div></div>") == said(*range(1, 9))


def test_a_long_paragraph_that_repeats_a_sentence_is_none() -> None:
    long = " ".join(said(1, *range(20, 27)))
    assert body_of(f"<div>{text(1, 3)}<p>{long}</p></div>") == [*said(1, 2, 3), long]


PICTURE = "<img src='/i/kiln.jpg'>"


@pytest.mark.parametrize(
    "frame",
    [
        f"<div>{PICTURE}<span>أوان تحمل أختام الورشة</span></div>",
        f"<div><div>{PICTURE}</div><p>أوان تحمل أختام الورشة</p></div>",
        f"<p>{PICTURE}<br>أوان تحمل أختام الورشة</p>",
        f"<ul><li>{PICTURE}<p>أوان تحمل أختام الورشة</p></li></ul>",
    ],
)
def test_a_caption_inside_the_text_is_left_out(frame: str) -> None:
    assert body_of(f"<div>{text(1, 3)}{frame}{text(4, 6)}</div>") == said(1, 2, 3, 4, 5, 6)


@pytest.mark.parametrize(
    ("markup", "line"),
    [
        (f"<p>{PICTURE} انتهى الاجتماع بعد ساعتين.</p>", "انتهى الاجتماع بعد ساعتين."),
        (f"<div>{PICTURE}<h3>مراحل تشغيل المحطة</h3></div>", "مراحل تشغيل المحطة"),
        (f"<p>{PICTURE}</p><p>مراحل تشغيل المحطة</p>", "مراحل تشغيل المحطة"),
        (f"<ul><li>{PICTURE} الأرز: 25 دينارا</li></ul>", "الأرز: 25 دينارا"),
        ("<p>خطوات التسجيل <img class=emoji src='/e.png'></p>", "خطوات التسجيل"),
    ],
)
def test_a_short_line_beside_a_picture_stays(markup: str, line: str) -> None:
    kept = body_of(f"<div>{text(1, 3)}{markup}{text(4, 6)}</div>")
    assert kept == [*said(1, 2, 3), line, *said(4, 5, 6)]


WRITER = '<meta name="author" content="هند الراشد">'


@pytest.mark.parametrize(
    "edge",
    [
        "<p>hind@waha.example</p>",
        "<p>هند الراشد</p>",
        "<p>انتهى / 25 م / 107</p>",
        "<p>انتهى</p>",
        "<h3>أخبار أخرى من الواحة</h3>",
        "<p>بغداد / هند الراشد</p>",
    ],
)
def test_what_stands_behind_the_text_is_none(edge: str) -> None:
    assert body_of(f"<div>{text(1, 4)}{edge}</div>", WRITER) == said(1, 2, 3, 4)


@pytest.mark.parametrize("edge", ["<p>hind@waha.example</p>", "<p>هند الراشد</p>"])
def test_what_stands_before_the_text_is_none(edge: str) -> None:
    assert body_of(f"<div>{edge}{text(1, 4)}</div>", WRITER) == said(1, 2, 3, 4)


@pytest.mark.parametrize(
    ("markup", "line"),
    [
        ("<p>للتواصل: hind@waha.example.</p>", "للتواصل: hind@waha.example."),
        ("<p>انتهى الاجتماع بلا اتفاق.</p>", "انتهى الاجتماع بلا اتفاق."),
        ("<h3>وفي الختام شكرت البلدية الأهالي.</h3>", "وفي الختام شكرت البلدية الأهالي."),
        ("<p>ليلى العطار</p>", "ليلى العطار"),
    ],
)
def test_a_last_line_of_the_text_stays(markup: str, line: str) -> None:
    assert body_of(f"<div>{text(1, 4)}{markup}</div>", WRITER) == [*said(1, 2, 3, 4), line]


@pytest.mark.parametrize("inside", ["<h3>لقاء مع الأهالي</h3>", "<p>هند الراشد</p>"])
def test_a_heading_or_name_inside_the_text_stays(inside: str) -> None:
    assert len(body_of(f"<div>{text(1, 3)}{inside}{text(4, 6)}</div>", WRITER)) == 7


@pytest.mark.parametrize(
    ("line", "is_last"),
    [
        ("انتهى", True),
        ("انتهى.", True),
        ("انتهى / 25 م / 107", True),
        ("انتهى/ س.ع", True),
        ("انتهى الاجتماع", False),
        ("انتهى عام 2025", False),
        ("انتهى أمس", False),
    ],
)
def test_an_agency_ends_its_text_with_a_mark(line: str, is_last: bool) -> None:
    assert is_last_line(line) == is_last


def test_an_end_is_sought_in_bounded_time() -> None:
    begin = time.perf_counter()
    assert not is_last_line("انتهى " + "1" * 5000 + "." * 5000 + "يوم")
    assert time.perf_counter() - begin < 1


@pytest.mark.parametrize(
    ("line", "is_one"),
    [
        ("— أمل تازارت (@amal_tazart) November 15, 2026", True),
        ("— أمل تازارت (@amal_tazart) 15 نونبر 2026", True),
        ("- أمل (@amal)", True),
        ("- حساب الوزارة (@waha_health) ينشر أرقام الزوار كل مساء.", False),
        ("- وقال الوزير (في بيان) إن الطريق سالك.", False),
    ],
)
def test_the_line_under_a_tweet_is_a_notice(line: str, is_one: bool) -> None:
    assert is_notice(line, len(line.split())) == is_one
