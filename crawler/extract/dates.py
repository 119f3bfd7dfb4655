"""Where a page states its dates: raw texts only, best source first."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache

from crawler.extract.tree import collapse
from crawler.items import RawDate

_DIGIT = "[0-9\u0660-\u0669\u06f0-\u06f9]"
_NUMBERED = r"(?:(?:(?<=تشرين)|(?<=كانون))[12](?!\d))?"  # تشرين2
_WORDS = rf"\(?[^\W\d_]{{2,12}}+{_NUMBERED}[.)]?(?:\s*[/\\,،-]\s*|\s+)?"
_TIME = rf"(?:الساعة\s*:?\s*)?{_DIGIT}{{1,2}}\s*[:.]\s*{_DIGIT}{{2}}(?::{_DIGIT}{{2}})?"
_HALF = r"(?:\s*(?:[صم](?!\w)|صباحا?ً?ا?|مساءً?ا?|ظهرا?ً?ا?|[AaPp]\.?[Mm]\.?(?!\w)))?"
_ZONE = (
    r"(?:\s*(?:بتوقيت\s+[^\W\d_]+(?:\s+[^\W\d_]+)?|(?:GMT|UTC)(?:\s*[+-]?\d+)?"
    r"|\(?\+\d{1,2}:?\d{2}\)?))?"
)
_NAMED_DAY = (
    rf"(?<!تشرين)(?<!كانون){_DIGIT}{{1,2}}\s*[-/،,. ]?\s*"
    rf"(?:{_WORDS}){{1,4}}?[-/،,. ]*\s*{_DIGIT}{{4}}"
)
_DAY = (
    rf"(?:(?P<named>{_NAMED_DAY})"  # 3 آب / أغسطس 2020
    # 2026 الجمعة 20 نوفمبر
    rf"|(?P<trailing>{_DIGIT}{{4}}\s+(?:ال)?[^\W\d_]{{3,8}}\s+{_DIGIT}{{1,2}}\s+[^\W\d_]{{2,9}})"
    rf"|{_DIGIT}{{1,2}}-[A-Za-z]{{3}}-{_DIGIT}{{2,4}}"  # 25-Apr-22
    # July 11, 2024
    rf"|(?P<leading>(?:[^\W\d_]{{3,9}}\.?\s+){{1,2}}{_DIGIT}{{1,2}}[,،]?\s+{_DIGIT}{{4}})"
    rf"|{_DIGIT}{{4}}\s*[-/.]\s*{_DIGIT}{{1,2}}\s*[-/.]\s*{_DIGIT}{{1,2}}(?:T[\d:.+Z-]+)?"
    rf"|{_DIGIT}{{1,2}}\s*[-/.]\s*{_DIGIT}{{1,2}}\s*[-/.]\s*{_DIGIT}{{4}})\s?(?:هـ|م(?!\w))?"
)
_WEEKDAY = r"(?:(?:ال)?(?:سبت|[أا]حد|[إا]ثنين|ثلاثاء|[أا]ربعاء|خميس|جمعة)\s*[،,:-]?\s*)?"
_UNITS = (
    r"ثاني\w*|ثوان\w*|دقيق\w*|دقائق|ساع\w*|يوم\w*|[أا]يام|"
    r"[أا]سبوع\w*|[أا]سابيع|شهر\w*|[أا]شهر"
)
_CLOCK = rf"(?:{_TIME}{_HALF}{_ZONE})"
_RELATIVE = rf"(?:منذ|قبل)\s+(?:{_DIGIT}{{1,3}}\s+)?(?:{_UNITS})|(?:اليوم|أمس)\s*[،,-]?\s*{_CLOCK}"
_DATE = re.compile(
    rf"(?:(?:GMT\s+)?{_CLOCK}\s*[-–|،,]?\s*)?{_WEEKDAY}{_DAY}(?:\s*[-–|،,./]?\s*\(?{_CLOCK}\)?)?|{_RELATIVE}"
)
_MAY_BE_DATE = re.compile(rf"{_DIGIT}{{4}}|-[A-Za-z]{{3}}-|منذ|قبل|اليوم|أمس")
"""A year, a month between dashes or a word of ``_RELATIVE``: what ``_DATE`` finds holds one."""
_MONTH = re.compile(
    "يناير|فبراير|مارس|[أإا]بريل|مايو|يوني[وه]|يولي[وه]|[أا]غسطس|سبتمبر|[أا]كتوبر|نو[فڤ]مبر|ديسمبر|"
    "كانون|شباط|[آأا]ذار|نيسان|[أا]ي[ّ]?ار|حزيران|تم[ّ]?وز|[آأا]ب|[أا]يلول|تشرين|"
    "جانفي|فيفري|[أا]فريل|ماي|جوان|جويلية|[أا]وت|ماي|يونيه|يوليوز|غشت|شتنبر|نونبر|دجنبر|"
    "محرم|صفر|ربيع|جماد[ىي]|رجب|شعبان|رمضان|شوال|ذ[وي]|"
    "(?i:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)"
)
LONGEST_LINE = 300
"""Characters of a line that are searched for dates."""
_MODIFIED_LABEL = re.compile(r"تحديث|حُ?دّ?ِ?ثت?\b|تعديل|عُ?دّ?لت?\b|[Uu]pdate|[Mm]odif")
MOST_DATES = 20
_URL_DATE = re.compile(r"/((?:19|20)\d\d)[/-](\d{1,2})[/-](\d{1,2})(?=[/.-]|$)", re.ASCII)
_URL_DAY = re.compile(
    r"(?<![^/_-])(?:((?:19|20)\d\d)-([01]\d)-([0-3]\d)(?!\d)"
    # Eight digits at the end may as well be a number: /news/20191105.
    r"|((?:19|20)\d\d)([01]\d)([0-3]\d)(?=[/_-][^/]))",
    re.ASCII,
)


def visible_dates(text: str) -> list[tuple[str, bool]]:
    """The dates in a line of text, each with whether it is said to be that of a change."""
    return dated_pieces(text)[0]


def dated_pieces(text: str) -> tuple[list[tuple[str, bool]], list[str]]:
    """The dates in a line of text, as `visible_dates`, and the pieces before, between and after."""
    found, pieces = [], []
    end = 0
    for start, stop in _places(text[:LONGEST_LINE]):
        label = text[end:start]
        found.append((text[start:stop].strip(" -–|،,"), bool(_MODIFIED_LABEL.search(label))))
        pieces.append(label)
        end = stop
    return found, [*pieces, text[end:]]


@lru_cache(maxsize=256)
def _places(text: str) -> tuple[tuple[int, int], ...]:
    """Where dates stand in a text; kept, for each reader of a page asks about the same lines."""
    if not _MAY_BE_DATE.search(text):
        return ()
    return tuple(match.span() for match in _DATE.finditer(text) if _has_month(match))


def _has_month(match: re.Match[str]) -> bool:
    """Whether the word in a date, if there is one, is a month."""
    named = match["named"] or match["leading"] or match["trailing"]
    return not named or _MONTH.search(named) is not None


def url_date(url: str) -> RawDate | None:
    """The day that an address states in its path (``/2020/08/24/`` or ``/20200824/slug``)."""
    path = url.partition("#")[0].partition("?")[0]
    for pattern in (_URL_DATE, _URL_DAY):
        if found := pattern.search(path):
            year, month, day = (int(digits) for digits in found.groups() if digits)
            if 1 <= month <= 12 and 1 <= day <= 31:
                return RawDate(f"{year}-{month:02}-{day:02}", "url")
    return None


def distinct_dates(dates: Iterable[RawDate | None]) -> list[RawDate]:
    """``dates`` in order, each text once, at most ``MOST_DATES``."""
    kept: dict[str, RawDate] = {}
    for date in dates:
        if date and date.text.strip():
            kept.setdefault(date.text.strip(), date)
    return list(kept.values())[:MOST_DATES]


def raw(texts: Sequence[str], source: str) -> list[RawDate]:
    """``texts`` as dates of one source, each on one line."""
    return [RawDate(collapse(text), source) for text in texts]
