"""The dates outlets print are read as they stand, and nothing else is read as a date."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from arabic import dateago, datewords
from arabic.dates import AHEAD, EARLIEST, parse
from arabic.datewords import fold, shape

NOW = datetime(2022, 6, 15, 12, 0, tzinfo=UTC)  # a Wednesday
ZONE = "Asia/Baghdad"  # +03:00 all year
CASES = Path(__file__).resolve().parents[2] / "../shared/cases/date_cases.jsonl"

DAYS = [
    # month families
    ("3 كانون الثاني 2021", "2021-01-03"),
    ("3 شباط 2021", "2021-02-03"),
    ("3 آذار 2021", "2021-03-03"),
    ("3 نيسان 2021", "2021-04-03"),
    ("3 حزيران 2021", "2021-06-03"),
    ("3 آب 2021", "2021-08-03"),
    ("3 تشرين الأول 2021", "2021-10-03"),
    ("3 ت2 2021", "2021-11-03"),
    ("3 ك 1 2021", "2021-12-03"),
    ("3 فبراير 2021", "2021-02-03"),
    ("3 إبريل 2021", "2021-04-03"),
    ("3 يونية 2021", "2021-06-03"),
    ("3 جانفي 2021", "2021-01-03"),
    ("3 جوان 2021", "2021-06-03"),
    ("3 جويلية 2021", "2021-07-03"),
    ("3 أوت 2021", "2021-08-03"),
    ("3 ماي 2021", "2021-05-03"),
    ("3 شتنبر 2021", "2021-09-03"),
    ("3 دجنبر 2021", "2021-12-03"),
    # spelling
    ("3 ايلول 2021", "2021-09-03"),
    ("3 تِشْرين الثّاني 2021", "2021-11-03"),
    ("3 نوفمـــبر 2021", "2021-11-03"),
    ("۳ نوفمبر ۲۰۲۱", "2021-11-03"),
    ("٣/١١/٢٠٢١", "2021-11-03"),
    ("\u200f3\u200e نوفمبر\u200b \u202b2021\u202c", "2021-11-03"),
    ("3\xa0نوفمبر\n2021", "2021-11-03"),
    ("3نوفمبر2021", "2021-11-03"),
    ("٣ ﻧﻮﻓﻤﺒﺮ ٢٠٢١", "2021-11-03"),
    # one month said twice
    ("3 نوفمبر/تشرين الثاني 2021", "2021-11-03"),
    ("3 تموز (يوليو) 2021", "2021-07-03"),
    ("3 أيلول - سبتمبر 2021", "2021-09-03"),
    # the month first
    ("نوفمبر 3, 2021", "2021-11-03"),
    ("تشرين الثاني 3، 2021", "2021-11-03"),
    # around the date
    ("الأربعاء، 3 نوفمبر، 2021", "2021-11-03"),
    ("نُشر في: 3 نوفمبر 2021م", "2021-11-03"),
    ("تاريخ النشر : 3-11-2021", "2021-11-03"),
    ("آخر تحديث: 3/11/2021", "2021-11-03"),
    ("3 من شهر نوفمبر لعام 2021", "2021-11-03"),
    ("بغداد - أحمد محمد | 3 نوفمبر 2021", "2021-11-03"),
    ("3 نوفمبر 2021 ميلادي", "2021-11-03"),
    # order
    ("نوفمبر 3, 2021", "2021-11-03"),
    ("2021 نوفمبر 3", "2021-11-03"),
    ("2021/11/03", "2021-11-03"),
    ("2021.11.3", "2021-11-03"),
    ("03-11-2021", "2021-11-03"),
    ("3 / 11 / 2021", "2021-11-03"),
    ("3\\11\\2021", "2021-11-03"),
    ("11/23/2021", "2021-11-23"),
    ("الخميس 11/3/2021", "2021-03-11"),
    ("الأربعاء 11/3/2021", "2021-11-03"),
    ("20211103", "2021-11-03"),
    ("2021-11-03", "2021-11-03"),
    ("3-11-21", "2021-11-03"),
    ("3-Nov-21", "2021-11-03"),
    ("Nov 3rd, 2021", "2021-11-03"),
    ("3 février 2021", "2021-02-03"),
    ("1er août 2021", "2021-08-01"),
    ("Wed Nov 03 17:32:00 2021", "2021-11-03"),
    ("11/9/2001", "2001-09-11"),
    # without a year, or by name
    ("14 يونيو", "2022-06-14"),
    ("14 ديسمبر", "2021-12-14"),
    ("الأربعاء 16 يونيو", "2021-06-16"),
    ("اليوم", "2022-06-15"),
    ("أمس", "2022-06-14"),
    ("أمس الأول", "2022-06-13"),
    ("يوم أمس الثلاثاء", "2022-06-14"),
    # long ago
    ("منذ 3 أيام", "2022-06-12"),
    ("قبل يومين", "2022-06-13"),
    ("منذ أسبوع", "2022-06-08"),
    ("قبل ٣ أشهر", "2022-03-15"),
    ("منذ يوم واحد", "2022-06-14"),
    ("5 days ago", "2022-06-10"),
    ("il y a 2 jours", "2022-06-13"),
    # Hijri
    ("28 ربيع الأول 1443 هـ", "2021-11-03"),
    ("٢٨ ربيع الأول ١٤٤٣هـ", "2021-11-03"),
    ("28/3/1443", "2021-11-03"),
    ("1443-03-28 هـ", "2021-11-03"),
    ("1 رمضان المبارك 1443", "2022-04-02"),
    ("9 ذو الحجّة 1442", "2021-07-19"),
    ("28 ربيع الأول 1443هـ الموافق 3 نوفمبر 2021م", "2021-11-03"),
    ("3/11/2021 - 29/3/1443 هـ", "2021-11-03"),
    # two dates, one of them labelled
    ("نشر في 3/11/2021 - آخر تحديث 5/11/2021", "2021-11-03"),
    ("آخر تحديث: 5/11/2021 نُشر: 3/11/2021", "2021-11-03"),
    ("3/11/2021 (تحديث 5/11/2021)", "2021-11-03"),
    # a time that stays in doubt
    ("3 نوفمبر 2021 17:32 ص", "2021-11-03"),
    ("3 نوفمبر 2021 الساعة 5 مساء", "2021-11-03"),
    ("3 نوفمبر 2021 م 05:32", "2021-11-03"),
    ("3 نوفمبر 2021 25:00", "2021-11-03"),
    ("3 نوفمبر 2021 10:00-12:00", "2021-11-03"),
    ("2021-11-03 10:00-12:00", "2021-11-03"),
    ("3 نوفمبر 2021 17:32 بتوقيت عمان", "2021-11-03"),
    ("3 نوفمبر 2021 17:32 بتوقيت جزيرة بعيدة", "2021-11-03"),
    ("Wed, 03 Nov 2021 17:32:00 AST", "2021-11-03"),
]
MOMENTS = [
    ("3 نوفمبر 2021 - 05:32 م", "2021-11-03T17:32+03:00", "minute"),
    ("3 نوفمبر 2021 | 12:30 ص", "2021-11-03T00:30+03:00", "minute"),
    ("3 نوفمبر 2021 12:30 م", "2021-11-03T12:30+03:00", "minute"),
    ("3 نوفمبر 2021 5.32 مساءً", "2021-11-03T17:32+03:00", "minute"),
    ("3 نوفمبر 2021 11:45 ظهرا", "2021-11-03T11:45+03:00", "minute"),
    ("3 نوفمبر 2021 1:45 ظهرا", "2021-11-03T13:45+03:00", "minute"),
    ("3 نوفمبر 2021 2:15 بعد الظهر", "2021-11-03T14:15+03:00", "minute"),
    ("3 نوفمبر 2021 11:20 قبل الظهر", "2021-11-03T11:20+03:00", "minute"),
    ("3 نوفمبر 2021 12:20 بعد منتصف الليل", "2021-11-03T00:20+03:00", "minute"),
    ("3 نوفمبر 2021 9:20 ليلا", "2021-11-03T21:20+03:00", "minute"),
    ("3 نوفمبر 2021 عند الساعة 08 : 45", "2021-11-03T08:45+03:00", "minute"),
    ("17:32:05 3 نوفمبر 2021", "2021-11-03T17:32:05+03:00", "second"),
    ("01:48 | 2021-11-03", "2021-11-03T01:48+03:00", "minute"),
    ("07:48 ص الأربعاء 3 نوفمبر 2021", "2021-11-03T07:48+03:00", "minute"),
    ("03-Nov-21 03:34 AM", "2021-11-03T03:34+03:00", "minute"),
    ("Nov 3, 2021 3:34 p.m.", "2021-11-03T15:34+03:00", "minute"),
    ("3 novembre 2021 à 17h32", "2021-11-03T17:32+03:00", "minute"),
    ("3 نوفمبر 2021، 17:32 بتوقيت غرينتش", "2021-11-03T17:32+00:00", "minute"),
    ("3 نوفمبر 2021 17:32 ت.غ", "2021-11-03T17:32+00:00", "minute"),
    ("3 نوفمبر 2021 17:32 (توقيت مكة المكرمة)", "2021-11-03T17:32+03:00", "minute"),
    ("3 نوفمبر 2021 17:32 بتوقيت أبو ظبي", "2021-11-03T17:32+04:00", "minute"),
    ("3 نوفمبر 2021 17:32 GMT+2", "2021-11-03T17:32+02:00", "minute"),
    ("3/11/2021 17:51 (مكة المكرمة)، 14:51 (غرينتش)", "2021-11-03T17:51+03:00", "minute"),
    ("2021-11-03T17:32:05+03:00", "2021-11-03T17:32:05+03:00", "second"),
    ("2021-11-03T17:32:05.123Z", "2021-11-03T17:32:05+00:00", "second"),
    ("2021-11-03T17:32+0200", "2021-11-03T17:32+02:00", "minute"),
    ("2021-11-03T17:32:05-05", "2021-11-03T17:32:05-05:00", "second"),
    ("2021-11-03T10:00-05:00", "2021-11-03T10:00-05:00", "minute"),
    ("2021-11-03 17:32:05", "2021-11-03T17:32:05+03:00", "second"),
    ("2021-11-03 17:32:05 +0000", "2021-11-03T17:32:05+00:00", "second"),
    ("20211103T173205Z", "2021-11-03T17:32:05+00:00", "second"),
    ("1635960725", "2021-11-03T17:32:05+00:00", "second"),
    ("1635960725123", "2021-11-03T17:32:05+00:00", "second"),
    ("Wed, 03 Nov 2021 17:32:05 +0000", "2021-11-03T17:32:05+00:00", "second"),
    ("Wed, 03 Nov 2021 17:32:05 GMT", "2021-11-03T17:32:05+00:00", "second"),
    ("Wed, 03 Nov 21 17:32:05 EST", "2021-11-03T17:32:05-05:00", "second"),
    ("منذ ساعتين", "2022-06-15T13:00+03:00", "minute"),
    ("نشر قبل 3 ساعات", "2022-06-15T12:00+03:00", "minute"),
    ("منذ ساعة ونصف", "2022-06-15T13:30+03:00", "minute"),
    ("قبل ساعة و20 دقيقة", "2022-06-15T13:40+03:00", "minute"),
    ("قبل ساعة وخمس دقائق", "2022-06-15T13:55+03:00", "minute"),
    ("قبل ساعتين ودقيقتين", "2022-06-15T12:58+03:00", "minute"),
    ("منذ خمس عشرة دقيقة", "2022-06-15T14:45+03:00", "minute"),
    ("أحمد محمد | منذ 5 د", "2022-06-15T14:55+03:00", "minute"),
    ("الآن", "2022-06-15T15:00+03:00", "minute"),
    ("3 hours ago", "2022-06-15T12:00+03:00", "minute"),
    ("اليوم 14:20", "2022-06-15T14:20+03:00", "minute"),
    ("أمس، 10:15 م", "2022-06-14T22:15+03:00", "minute"),
    ("الساعة 2:20 م", "2022-06-15T14:20+03:00", "minute"),
]
NONE = [
    "",
    "   ",
    "2021",
    "عام 2021",
    "نوفمبر 2021",
    "2021/11",
    "03 عام 2014",
    "صفحة 3 من 20",
    "3 تعليقات",
    "31/2/2021",
    "31 نوفمبر 2021",
    "2021-02-30T10:00:00Z",
    "32/11/2021",
    "30 صفر 1443 و 31 صفر 1443",
    "1 رمضان 1999",
    "1 محرم 1299",
    "3/11/2021 و 5/11/2021",
    "3 نوفمبر 2021 - 5 نوفمبر 2021",
    "3 نوفمبر/أكتوبر 2021",
    "28 ربيع الأول 1443 - 3 ديسمبر 2021",  # the two calendars disagree
    "3 نوفمبر 1989",
    "3 نوفمبر 2089",
    "15/8/2022",
    "0",
    "1970-01-01T00:00:00Z",
    "7/9/2021 5:30 PM",  # 7 September or 9 July
    "الاثنين 16 يونيو",  # no such day in this year or the last
    "المصري اليوم",
    "5 نيسان جديدة",
    "اشتعلت النيران في 4.5.12",
    "نيسان تطلق سيارة جديدة",
    "قال قبل يومين إنه عاد",
    "17:32",  # not yet come
    "التقى الوزير 10:15 بالسفير",
    "الثلاثاء",
    "+963 11 222 3344",
    "2-1",
    "نوفمبر 2021 ³",
    "3 نوفمبر 2021 " + "كلمة " * 13,
    "3 نوفمبر 2021" + "." * 200,
]


def value_of(text: str, zone: str | None = ZONE) -> str | None:
    parsed = parse(text, now=NOW, timezone=zone)
    return None if parsed is None else parsed.value.isoformat()


@pytest.mark.parametrize(("text", "day"), DAYS, ids=[text for text, _ in DAYS])
def test_days(text: str, day: str) -> None:
    parsed = parse(text, now=NOW, timezone=ZONE)
    assert parsed is not None
    assert (parsed.value, parsed.precision) == (date.fromisoformat(day), "day")


@pytest.mark.parametrize(
    ("text", "moment", "precision"), MOMENTS, ids=[case[0] for case in MOMENTS]
)
def test_moments(text: str, moment: str, precision: str) -> None:
    parsed = parse(text, now=NOW, timezone=ZONE)
    assert parsed is not None
    assert isinstance(parsed.value, datetime)
    assert parsed.value.utcoffset() == datetime.fromisoformat(moment).utcoffset()
    assert (parsed.value, parsed.precision) == (datetime.fromisoformat(moment), precision)


@pytest.mark.parametrize("text", NONE)
def test_no_date(text: str) -> None:
    assert parse(text, now=NOW, timezone=ZONE) is None


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("2021-11-03 17:32:05", "2021-11-03"),
        ("3 نوفمبر 2021 - 05:32 م", "2021-11-03"),
        ("2021-11-03T17:32:05Z", "2021-11-03T17:32:05+00:00"),
        ("3 نوفمبر 2021 17:32 بتوقيت دمشق", "2021-11-03T17:32:00+02:00"),
        ("1635960725", "2021-11-03T17:32:05+00:00"),
        ("منذ ساعتين", "2022-06-15T10:00:00+00:00"),
        ("اليوم 10:20", "2022-06-15"),
        ("10:20", None),
    ],
)
def test_without_a_zone_only_what_is_stated(text: str, value: str | None) -> None:
    assert value_of(text, zone=None) == value


@pytest.mark.parametrize(
    ("text", "rounded"),
    [
        ("منذ 3 ساعات", True),
        ("منذ ساعة", True),
        ("قبل ساعتين", True),
        ("منذ 25 دقيقة", False),
        ("منذ 3 أيام", False),
        ("3 نوفمبر 2021 11:34", False),
    ],
)
def test_only_a_distance_in_hours_is_rounded(text: str, rounded: bool) -> None:
    found = parse(text, now=NOW, timezone=ZONE)
    assert found is not None
    assert found.rounded == rounded


def test_today_is_the_outlets_day() -> None:
    late = datetime(2022, 6, 15, 22, 30, tzinfo=UTC)
    parsed = parse("اليوم", now=late, timezone="Asia/Baghdad")
    assert parsed is not None
    assert parsed.value == date(2022, 6, 16)


def test_a_summer_time_zone_is_applied_on_the_day() -> None:
    assert value_of("1 تموز 2021 10:00", "Asia/Beirut") == "2021-07-01T10:00:00+03:00"
    assert value_of("1 كانون الثاني 2021 10:00", "Asia/Beirut") == "2021-01-01T10:00:00+02:00"


def test_the_next_days_are_in_range() -> None:
    assert value_of("14/8/2022") == "2022-08-14"
    assert value_of("15/8/2022") is None
    assert value_of("1/1/1990") == "1990-01-01"
    assert value_of("31/12/1989") is None


def test_an_unknown_zone_is_an_error() -> None:
    with pytest.raises(ZoneInfoNotFoundError):
        parse("اليوم", now=NOW, timezone="Asia/Atlantis")


def test_fold_keeps_what_dates_are_written_with() -> None:
    assert fold("الثُّلاثاء، ١٤–[تشريـن]\t٢٠١٧") == "الثلاثاء, 14-(تشرين) 2017"


def test_shape() -> None:
    assert shape(fold("أمس بتوقيت أبو ظبي - كتب أحمد 5 ت2")) == "Yb T Ch - ? ? 5 Gk"


FAMILIES = {
    "levantine": "كانون الثاني|شباط|آذار|نيسان|أيار|حزيران|تموز|آب|أيلول|تشرين الأول|تشرين الثاني"
    "|كانون الأول",
    "egyptian": "يناير|فبراير|مارس|أبريل|مايو|يونيو|يوليو|أغسطس|سبتمبر|أكتوبر|نوفمبر|ديسمبر",
    "algerian": "جانفي|فيفري|مارس|أفريل|ماي|جوان|جويلية|أوت|سبتمبر|أكتوبر|نوفمبر|ديسمبر",
    "moroccan": "يناير|فبراير|مارس|أبريل|ماي|يونيو|يوليوز|غشت|شتنبر|أكتوبر|نونبر|دجنبر",
    "english": "January|February|March|April|May|June|July|August|September|October|November"
    "|December",
    "french": "janvier|février|mars|avril|mai|juin|juillet|août|septembre|octobre|novembre"
    "|décembre",
}
moments = st.builds(
    datetime.combine,
    st.dates(date(1990, 1, 2), date(2022, 6, 14)),
    st.times(),
    tzinfo=st.just(ZoneInfo(ZONE)),
)


@settings(max_examples=150, deadline=None)
@given(moments, st.sampled_from(sorted(FAMILIES)), st.booleans())
def test_what_is_printed_is_read_again(moment: datetime, family: str, arabic_digits: bool) -> None:
    month = FAMILIES[family].split("|")[moment.month - 1]
    half = "ص" if moment.hour < 12 else "م"
    text = f"{moment.day} {month} {moment.year} - {moment:%I:%M} {half}"
    if arabic_digits:
        text = text.translate({ord("0") + n: 0x0660 + n for n in range(10)})
    parsed = parse(text, now=NOW, timezone=ZONE)
    assert parsed is not None
    assert parsed.value == moment.replace(second=0, microsecond=0)


pieces = st.sampled_from(
    [
        *(
            "3",
            "11",
            "2021",
            "31",
            "1443",
            "17:32",
            "5.30",
            ":",
            "/",
            "-",
            "|",
            " ",
            " ",
            " - ",
            "(",
            ".",
        ),
        *(
            "نوفمبر",
            "تشرين",
            "الثاني",
            "صفر",
            "م",
            "ص",
            "منذ",
            "قبل",
            "ساعة",
            "يومين",
            "اليوم",
            "أمس",
        ),
        *(
            "نشر",
            "تحديث",
            "بتوقيت",
            "غرينتش",
            "عمان",
            "الثلاثاء",
            "GMT",
            "+03:00",
            "-0500",
            "Z",
            "T",
        ),
        *(
            "Nov",
            "2021-11-03",
            "PM",
            "a.m.",
            "ago",
            "999",
            "كلمة",
            "\u200f",
            "\ud800",
            "٣",
            "²",
            "½",
        ),
    ]
)


@settings(max_examples=600, deadline=None)
@given(
    st.one_of(st.text(max_size=60), st.lists(pieces, max_size=12).map("".join)),
    st.sampled_from([ZONE, "Africa/Casablanca", None]),
)
@example("منذ 999 سنة", None)
@example("9999-12-31T23:59:59-14:00", None)
@example("0001-01-01T00:00:00+14:00", None)
def test_any_text_gives_a_date_in_range_or_none(text: str, zone: str | None) -> None:
    parsed = parse(text, now=NOW, timezone=zone)
    if parsed is None:
        return
    if isinstance(parsed.value, datetime):
        assert parsed.precision in ("second", "minute")
        assert parsed.value.utcoffset() is not None
        assert parsed.value <= NOW + AHEAD
        assert parsed.value.date() >= EARLIEST
    else:
        assert parsed.precision == "day"
        assert EARLIEST <= parsed.value <= (NOW + AHEAD + timedelta(days=1)).date()


@pytest.mark.skipif(not CASES.exists(), reason="the labelled cases are not here")
def test_labelled_cases() -> None:
    wrong = []
    for line in CASES.read_text("utf-8").splitlines():
        case = json.loads(line)
        now = datetime.fromisoformat(case["now"])
        expected = case["expected_iso"]
        parsed = parse(case["text"], now=now, timezone=case["tz"])
        if expected is None or parsed is None:
            right = parsed is None and expected is None
        elif parsed.precision == "day":
            right = parsed.value.isoformat() == expected
        else:
            right = parsed.value == datetime.fromisoformat(expected)
        if not right:
            wrong.append((case, parsed))
    assert not wrong


def test_the_tables_are_spelled_as_folded_text() -> None:
    words = [*datewords._LEXICON, *dateago._UNIT_OF, *dateago._NUMBER_OF]
    assert [word for word in words if fold(word) != word] == []
