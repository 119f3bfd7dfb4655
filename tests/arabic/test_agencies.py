from __future__ import annotations

import doctest

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from arabic import agencies
from arabic.agencies import SEVERAL, find_agency

TEXT = "أعلن المتحدث أن الأعمال في الجسر انتهت قبل موعدها."


@pytest.mark.parametrize(
    ("author", "agency"),
    [
        ("رويترز", "رويترز"),
        ("الرياض - واس", "واس"),
        ("واس ـ جدة", "واس"),
        ("لندن: «رويترز»", "رويترز"),
        ("رويترز (لندن)", "رويترز"),
        ("كيب كنافيرال (فلوريدا) - رويترز", "رويترز"),
        ("القاهرة - أ. ف. ب.", "فرانس برس"),
        ("ا.ف.ب", "فرانس برس"),
        ("(أ.ف.ب)", "فرانس برس"),
        ("AFP", "فرانس برس"),
        ("وكالة الصحافة الفرنسية", "فرانس برس"),
        ("برلين - د ب أ:", "د ب أ"),
        ("وكالة الأنباء الألمانية", "د ب أ"),
        ("أ ش أ", "أ ش أ"),
        ("أ ب", "أسوشيتد برس"),
        ("اسوشيتد برس", "أسوشيتد برس"),
        ("أنقرة / الاناضول", "الأناضول"),
        ("وكالة سبوتنيك", "سبوتنيك"),
        ("اليوم، وكالات - عواصم", SEVERAL),
        ("أ ف ب - رويترز - تونس", SEVERAL),
        ("الدوحة - قنا", "قنا"),
        ("وكالة فارس", "فارس"),
        ("الوئام - بنا", None),
        ("قنا - محمد عبد الله", None),
        ("فارس", None),
        ("الرياض: فارس السبيعي", None),
        ("أب", None),
        ("لندن: «صحيفة ما»", None),
        (None, None),
    ],
)
def test_the_byline_names_its_agency(author: str | None, agency: str | None) -> None:
    assert find_agency("عنوان", author, TEXT) == agency


@pytest.mark.parametrize(
    ("line", "agency"),
    [
        ("دمشق ـ سانا: افتتح الوزير الجسر.", "سانا"),
        ("واشنطن (رويترز) - قال مسؤول إن المحادثات مستمرة.", "رويترز"),
        ("سان فرانسيسكو 20 يوليو تموز (رويترز) -", "رويترز"),
        ("رويترز - قال مسؤول إن المحادثات مستمرة.", "رويترز"),
        ("واس- الرياض: بدأت الأعمال.", "واس"),
        ("أ.ف.ب - بدأت الأعمال.", "فرانس برس"),
        ("عواصم – وكالات", SEVERAL),
        ('"رويترز": واشنطن تدرس الاتفاق.', None),
        ("قالت وكالة رويترز إن المحادثات مستمرة.", None),
        ("نقل عن وكالة أنباء الإمارات (وام): بدأت الأعمال.", None),
        ("كشفت وكالة (ناسا) - وهي أميركية - عن صورة.", None),
        ("زار الوفد هضبة الأناضول - وسط البلاد - أمس.", None),
    ],
)
def test_a_dateline_names_its_agency(line: str, agency: str | None) -> None:
    assert find_agency(None, None, f"{line}\n{TEXT}\n{TEXT}") == agency


@pytest.mark.parametrize(
    ("line", "agency"),
    [
        ("(رويترز)", "رويترز"),
        ("انتهت الأعمال. (أ ف ب)", "فرانس برس"),
        ("انتهت الأعمال.(د.ب.أ)", "د ب أ"),
        ("انتهت الأعمال. «الفرنسية»", "فرانس برس"),
        ("انتهت الأعمال. رويترز", "رويترز"),
        ("المصدر: سانا", "سانا"),
        ("المصدر : موقع الصحيفة + وكالات", SEVERAL),
        ("المصدر: فارس", "فارس"),
        ("المصدر: إن الأعمال انتهت.", None),
        ("انتهت الأعمال بحسب وكالة أنباء الإمارات (وام).", None),
        ("انتهت الأعمال بحسب وكالة «رويترز».", None),
        ("هذا ما كتبته مجلة «فوكوس» الألمانية.", None),
        ("انتهت الأعمال. الصور من «واس»", None),
    ],
)
def test_the_last_line_names_its_agency(line: str, agency: str | None) -> None:
    assert find_agency(None, None, f"{TEXT}\n{TEXT}\n{line}") == agency


def test_the_example_in_the_documentation() -> None:
    assert doctest.testmod(agencies).failed == 0


def test_a_mention_amid_the_text_is_no_source() -> None:
    body = f"{TEXT}\nقالت وكالة رويترز إن الأعمال انتهت. (رويترز)\n{TEXT}"
    assert find_agency("رويترز: انتهت الأعمال", "سعاد", body) is None


def test_a_title_names_its_agency_in_brackets_at_its_end() -> None:
    assert find_agency("انتهاء الأعمال (رويترز)", None, None) == "رويترز"
    assert find_agency("موقع جديد لوكالة الأنباء السعودية (واس)", None, None) is None


def test_a_name_beside_agencies_is_the_source() -> None:
    assert find_agency(None, "وكالات", f"لندن (رويترز) - {TEXT}") == "رويترز"
    assert find_agency(None, "واس", f"{TEXT}\nالمصدر: رويترز") == SEVERAL


@given(*[st.text('رويتزأفب .:-ـ()«»"\nالمصدر', max_size=80)] * 3)
@settings(max_examples=150, deadline=None)
def test_any_text_is_read_without_an_error(title: str, author: str, body: str) -> None:
    find_agency(title, author, body)
