"""The parts of the extract stage: JSON-LD, titles, notices, dates, languages, the loader."""

from __future__ import annotations

import json
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.extract import jsonld
from crawler.extract.dates import url_date, visible_dates
from crawler.extract.language import language_of
from crawler.extract.loader import ArticleLoader, Candidate
from crawler.extract.meta import absolute, read_meta
from crawler.extract.phrases import is_label, is_last_line, is_notice
from crawler.extract.title import beside_heading, clean_titles, strip_names
from crawler.extract.tree import Lines, collapse, lines, parse, printable, text_of
from crawler.extract.trim import trim
from crawler.items import RawDate

NODE = '{"@type": "NewsArticle", "headline": "جسر"}'


def read_nodes(script: str) -> list[jsonld.Node]:
    tree = parse(f'<html><body><script type="application/ld+json">{script}</script></body></html>')
    return [node for node in jsonld.nodes(tree) if jsonld.is_article(node)]


@pytest.mark.parametrize(
    "script",
    [
        NODE,
        f"[{NODE}]",
        f'{{"@graph": [{{"@type": "WebSite"}}, {NODE}]}}',
        f"<!-- {NODE} -->",
        f"//<![CDATA[\n{NODE}\n//]]>",
        f"{NODE};",
        f"{NODE}\n{NODE.replace('NewsArticle', 'WebPage')}",
        '{"@type": ["Thing", "https://schema.org/OpinionNewsArticle"], "headline": "جسر",}',
        '{"@type": "BlogPosting", "headline": "جسر", "keywords": ["a", "b",],}',
        '{"@type": "NewsArticle", "headline": "جسر", "articleBody": "سطر\nآخر\tوآخر"}',
        r'{"@type": "NewsArticle", "headline": "جسر", "description": "l\'eau"}',
        "{&quot;@type&quot;: &quot;NewsArticle&quot;, &quot;headline&quot;: &quot;جسر&quot;}",
        '{"@type": "NewsArticle", "headline": "جسر", "articleBody": "قال "نعم" ومضى"}',
    ],
)
def test_json_ld_is_read_however_broken(script: str) -> None:
    assert [node["headline"] for node in read_nodes(script)][:1] == ["جسر"]


@pytest.mark.parametrize(
    "script", ["", "null", "[]", "{", '"a"', "1 2 3", "}{", '{"@type": null}', "[" * 5000]
)
def test_json_ld_without_article_gives_none(script: str) -> None:
    assert read_nodes(script) == []


def test_json_ld_reference_is_followed() -> None:
    script = '{"@graph":[{"@type":"Article","author":{"@id":"#p"}},{"@id":"#p","name":"هند"}]}'
    assert jsonld.strings(read_nodes(script)[0]["author"]) == ["هند"]


@settings(max_examples=60, deadline=None)
@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(),
        lambda inner: (
            st.lists(inner)
            | st.dictionaries(
                st.sampled_from(["@type", "@id", "author", "name", "image", "x"]), inner
            )
        ),
        max_leaves=12,
    )
)
def test_any_json_is_read(value: object) -> None:
    script = json.dumps(value).replace("<", "\\u003c")
    for node in read_nodes(script):
        assert all(isinstance(text, str) for text in jsonld.strings(node.get("author")))


@pytest.mark.parametrize(
    "title",
    [
        "خبر اليوم - عربي21",
        "خبر اليوم | عربي21",
        "عربي21 | خبر اليوم",
        "عربي21 - خبر اليوم",
        "خبر اليوم – عربي21 ",
        "خبر اليوم » عربي21",
        "خبر اليوم",
    ],
)
def test_outlet_name_leaves_the_title(title: str) -> None:
    assert strip_names(title, ["عربي21"]) == "خبر اليوم"


@pytest.mark.parametrize(
    "title", ["مدير عربي21 يتحدث", "حوار مع عربي21", "سوريا - تركيا: تقارب جديد"]
)
def test_outlet_name_inside_the_title_stays(title: str) -> None:
    assert strip_names(title, ["عربي21"]) == title


@pytest.mark.parametrize(
    ("window_title", "names"),
    [
        ("افتتاح جسر المشاة | صحيفة الواحة", ["صحيفة الواحة"]),
        ("افتتاح جسر المشاة - نبأ", ["نبأ"]),
        ("افتتاح جسر المشاة - 12.03.2026, نبأ", ["نبأ"]),
        ("افتتاح جسر المشاة - محليات | نبأ", ["نبأ"]),
        ("صحيفة الواحة - افتتاح جسر المشاة", ["صحيفة الواحة"]),
        ("عاجل | افتتاح جسر المشاة", []),
        ("محليات - افتتاح جسر المشاة", []),
        ("مدينة تنهض في قلب الصحراء - افتتاح جسر المشاة", []),
        ("افتتاح جسر المشاة", []),
        ("خبر آخر | صحيفة الواحة", []),
    ],
)
def test_beside_the_heading_stands_the_outlets_name(window_title: str, names: list[str]) -> None:
    assert beside_heading(window_title, ["افتتاح جسر المشاة"]) == names


@pytest.mark.parametrize(
    "last", ["لندن - عربي21", "لندن- عربي21", "عربي21 - لندن", "لندن/ عربي21", "(عربي21)", "عربي21"]
)
def test_a_last_line_of_place_and_outlet_is_no_text(last: str) -> None:
    tree = parse(f"<div><p>{PROSE[0]}</p><p>{PROSE[1]}</p><p>{last}</p></div>")
    kept = trim(list(lines(tree)), titles=[], names=["عربي21"])
    assert [line.text for line in kept] == PROSE[:2]


@pytest.mark.parametrize("last", ["حوار مع عربي21", "لندن - رويترز", "هذا ما قاله لصحيفة عربي21."])
def test_a_last_line_of_text_stays(last: str) -> None:
    tree = parse(f"<div><p>{PROSE[0]}</p><p>{last}</p></div>")
    kept = trim(list(lines(tree)), titles=[], names=["عربي21"])
    assert [line.text for line in kept][1:] == [last]


@pytest.mark.parametrize(
    ("target", "address"),
    [
        ("/a", "https://example.net/a"),
        (" //cdn.example.net/a.jpg ", "https://cdn.example.net/a.jpg"),
        ("https://example.net/جسر", "https://example.net/جسر"),
        ("javascript:alert(1)", None),
        ("ftp://example.net/a", None),
        ("data:image/png;base64,AA", None),
        ("https://example.net/a b", None),
        ("https://example.net/a\x1b[2J", None),
        ("https://example.net/a\x9b", None),
        ("https://example.net/\ud800", None),
        ("https://example.net/a\u2028b", None),
        ("http://[", None),
        ("", None),
        (None, None),
    ],
)
def test_absolute_addresses_are_of_the_web(target: str | None, address: str | None) -> None:
    assert absolute("https://example.net/news/1", target) == address


def test_cut_title_gives_way_to_the_heading() -> None:
    shown = "افتتاح جسر المشاة الجديد في الواحة"
    found = clean_titles(
        [
            Candidate("افتتاح جسر المشاة...", "jsonld"),
            Candidate(shown + " - محليات - نبأ", "title"),
        ],
        [shown],
        [],
    )
    assert {title.value for title in found} == {shown}


NOTICES = [
    "اقرأ أيضاً: خطة لتشجير الطرق الريفية",
    "إقرأ أيضا : وزير الزراعة يزور مزارع النخيل",
    "تابعونا على تلغرام",
    "تابعوا آخر أخبارنا عبر غوغل نيوز",
    "انضم إلى قناتنا على واتساب",
    "اشترك الآن في النشرة البريدية ليصلك كل جديد",
    "شارك الخبر",
    "مشاركة",
    "طباعة",
    "نسخ الرابط",
    "جاري تحميل المحتوى .. الرجاء الانتظار",
    "لن يتم نشر عنوان بريدك الإلكتروني. الحقول الإلزامية مشار إليها بـ *",
    "جميع الحقوق محفوظة © صحيفة الواحة",
    "الآراء الواردة في هذا المقال لا تعبر بالضرورة عن رأي الصحيفة",
    "مصدر الصورة، Getty Images",
    "إعلان",
    "ـــ إعلان ـــ",
    "* * *",
    "عدد المشاهدات: 120",
    "آخر تحديث: 15/03/2021",
    "The post جسر جديد appeared first on نبأ.",
    "ظهرت المقالة جسر جديد أولاً على نبأ.",
    "الكلمات الدلالية: جسر، نهر",
]
PROSE = [
    "تابع الرئيس كلامه على تويتر قائلاً إن بلاده ستواصل العمل.",
    "شارك في الاجتماع وزراء من عدة دول عربية.",
    "شاركت الفنانة على إنستغرام صورة من حفلها الأخير.",
    "انضم إلى القتال عشرات المتطوعين من القرى المجاورة.",
    "اشترك في الهجوم ثلاثة مسلحين لاذوا بالفرار.",
    "المزيد من الأمطار متوقع خلال الأيام المقبلة في المناطق الجبلية.",
    "وفق آخر تحديث أصدرته الوزارة فإن الطرق سالكة.",
    "يتم تحميل السفن بالحبوب في الميناء القديم.",
    "وقال إن هذه التصريحات لا تعبر عن رأي الحكومة.",
    "نشر الجيش قواته على الحدود.",
    "شاهد المواطنون ألسنة اللهب من بعيد.",
    "حملت السفينة شحنة من القمح.",
]


@pytest.mark.parametrize("text", NOTICES)
def test_notice_is_told(text: str) -> None:
    assert is_notice(text, len(text.split()))


@pytest.mark.parametrize("text", PROSE)
def test_prose_is_no_notice(text: str) -> None:
    assert not is_notice(text, len(text.split()))


def test_labels_and_last_lines() -> None:
    assert is_label("اقرأ أيضاً:")
    assert is_label("مواضيع ذات صلة")
    assert not is_label("ذات صلة بالملف النووي")
    assert is_last_line("المصدر: وكالات")
    assert not is_last_line("قال المصدر إن الطريق سالك")


@pytest.mark.parametrize(
    ("text", "dates"),
    [
        (
            "نشر في: الإثنين 15 آذار / مارس 2021 - 08:30 ص",
            [("الإثنين 15 آذار / مارس 2021 - 08:30 ص", False)],
        ),
        ("15 كانون الثاني 2021", [("15 كانون الثاني 2021", False)]),
        ("١٥ مارس ٢٠٢١ ٠٨:٣٠", [("١٥ مارس ٢٠٢١ ٠٨:٣٠", False)]),
        ("هند الراشد | 2021/03/15 08:30", [("2021/03/15 08:30", False)]),
        ("15-Mar-21 08:30 AM", [("15-Mar-21 08:30 AM", False)]),
        ("March 15, 2021", [("March 15, 2021", False)]),
        ("نشر: 15/03/2021 آخر تحديث: 16/03/2021", [("15/03/2021", False), ("16/03/2021", True)]),
        ("مارس 15, 2021", [("مارس 15, 2021", False)]),
        ("تشرين الثاني 4، 2021 10:30 ص", [("تشرين الثاني 4، 2021 10:30 ص", False)]),
        ("15 مارس 2021 (11:34)", [("15 مارس 2021 (11:34)", False)]),
        ("15 مارس 2021 (قبل التعديل)", [("15 مارس 2021", False)]),
        ("15 مارس 2021 (11)", [("15 مارس 2021", False)]),
        ("شارع فلسطين 12, 2021", []),
        ("منذ 3 ساعات", [("منذ 3 ساعات", False)]),
        ("بلغ العدد 2021 شخصاً", []),
        ("قتل 15 شخصا", []),
    ],
)
def test_visible_dates(text: str, dates: list[tuple[str, bool]]) -> None:
    assert visible_dates(text) == dates


@pytest.mark.parametrize(
    "text",
    ["12 " + "ا" * 100_000, "1" * 100_000, "12 اا " * 20_000, "12-" * 50_000, " - " * 50_000],
)
def test_dates_and_notices_are_sought_in_bounded_time(text: str) -> None:
    start = time.process_time()
    visible_dates(text)
    is_notice(text, 1)
    assert time.process_time() - start < 1


@pytest.mark.parametrize(
    ("url", "day"),
    [
        ("https://example.net/2021/3/5/bridge", "2021-03-05"),
        ("https://example.net/news/20210305-bridge", "2021-03-05"),
        ("https://example.net/news/2021-03-05-1.38", "2021-03-05"),
        ("https://example.net/news/48213", None),
        ("https://example.net/20210305/bridge", "2021-03-05"),
        ("https://example.net/2021/03/05", "2021-03-05"),
        ("https://example.net/bridge-2021-03-05", "2021-03-05"),
        ("https://example.net/news/20191105", None),
        ("https://example.net/news/20191105/", None),
        ("https://example.net/news/20191105?page=2", None),
        ("https://example.net/news/20191105.html", None),
        ("https://example.net/news/a-20191105", None),
        ("https://example.net/news/120191105/x", None),
        ("https://20191105.example.net/x", None),
        ("https://example.net/2021/13/41/x", None),
        ("https://example.net/x?d=/2021/03/05/", None),
    ],
)
def test_url_date(url: str, day: str | None) -> None:
    assert url_date(url) == (RawDate(day, "url") if day else None)


@pytest.mark.parametrize(
    ("text", "declared", "language"),
    [
        ("أعلنت البلدية افتتاح الجسر", "en", "ar"),
        ("گشایش پل تازه در شهر", "ar", "fa"),
        (
            "اعلنت الوزارة في بيان ان الطريق الدولي مفتوح في المنطقة الغربية".replace("ي", "ی"),
            None,
            "ar",
        ),
        ("یہ پل لوگوں کے لیے ہے", None, "ur"),
        ("شارەوانی پردی نوێی کردەوە", None, "ckb"),
        ("The bridge is open", "en-GB", "en"),
        ("The bridge is open", None, None),
        ("", "ar", "ar"),
    ],
)
def test_language(text: str, declared: str | None, language: str | None) -> None:
    assert language_of(text, declared) == language


def test_loader_takes_the_first_that_is_not_empty_and_says_whose_it_is() -> None:
    loader = ArticleLoader()
    loader.add_candidates(
        "title", [Candidate(" <b> </b> ", "jsonld"), Candidate("جسر &amp;  <i>نهر</i>", "meta")]
    )
    loader.add_candidates("tags", [Candidate("جسر، نهر\nجسر", "jsonld")])
    loader.add_candidates("body", [Candidate(" سطر  أول \n\n سطر ثان ", "structure")])
    loader.add_candidates("author", [])
    assert loader.load_item() == {
        "title": "جسر & نهر",
        "tags": ["جسر", "نهر"],
        "body": "سطر أول\nسطر ثان",
    }
    won = {field: each.source for field, each in loader.chosen.items()}
    assert won == {"title": "meta", "tags": "jsonld", "body": "structure"}


@pytest.mark.parametrize(
    "close", ["</p><p>", "<br>", "</div><div>", "</li><li>", "<hr>", "</td></tr><tr><td>"]
)
def test_blocks_do_not_glue_words(close: str) -> None:
    tree = parse(f"<html><body><table><tr><td><div><ul><li><p>أول{close}ثان</table></body></html>")
    assert [line.text for line in lines(tree)] == ["أول", "ثان"]


def test_cells_are_one_line_and_inline_elements_no_break() -> None:
    tree = parse(
        "<table><tr><td>عدد</td><td>سبعة</td></tr></table><p>ال<b>جس</b>ر <a href='/x'>هنا</a></p>"
    )
    assert [(line.text, line.linked) for line in lines(tree)] == [("عدد سبعة", 0), ("الجسر هنا", 1)]


@pytest.mark.parametrize(
    ("markup", "count"),
    [
        ("<span id=d>الأحد</span> <span id=b>نص<br><br>آخر</span>", 3),
        ("نص <span>طويل<br><br>آخر</span>", 2),
        ("نص <span id=b>طويل<br>آخر</span>", 2),
    ],
)
def test_a_span_of_several_lines_begins_a_line(markup: str, count: int) -> None:
    tree = parse(f"<div>{markup}</div>")
    assert tree is not None
    assert len(list(lines(tree))) == count


def test_only_links_to_the_page_itself_are_read() -> None:
    tree = parse(
        '<link rel=stylesheet href=/a.css><link rel="Canonical nofollow" href=/n/1><p>نص</p>'
    )
    assert read_meta(tree, "https://waha.example/").links == {
        "canonical": ["https://waha.example/n/1"]
    }


@given(st.text(st.sampled_from("جa \xa0\n\x85\u200c")))
def test_a_bare_text_reads_as_one_among_elements(text: str) -> None:
    bare, beside = parse(f"<p>.{text}</p>"), parse(f"<p>.{text}<b></b></p>")
    assert text_of(bare.find(".//p")) == text_of(beside.find(".//p")) == collapse(f".{text}")


def test_lines_are_cut_once_however_they_are_asked_for() -> None:
    cut = Lines(parse("<p>أول</p><p>ثان</p><p>ثالث</p>"))
    first = next(iter(cut))
    every = list(cut)
    assert [line.text for line in every] == ["أول", "ثان", "ثالث"]
    assert every[0] is next(iter(cut)) is first


@given(st.text(st.sampled_from("جa \x00\x08\t\x1c\x7f\x85\x9f\xa0\u200c\u2028\ud800«")))
def test_a_page_is_parsed_and_collapsed_without_unprintable_characters(text: str) -> None:
    assert collapse(text) == " ".join(printable(text).split())
    tree = parse(f"<p title='{text}'>.</p>")
    assert tree.find(".//p").get("title") == printable(text)
    assert (parse(text) is None) == (not printable(text).strip())
