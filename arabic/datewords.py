"""The words dates are written with, and the shape they give a text: one letter code a word."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator

# Rows are the twelve months in order. Spellings are folded as `fold` folds: hamza, marks and
# tatweel gone, ة as ه. CLDR gives one family a region; the press mixes them.
_GREGORIAN = (
    "يناير|ينايير|كانون الثاني|كانون ثاني|كانون ثان|كانون 2|ك 2|جانفي|jan|january|janvier|janv",
    "فبراير|شباط|فيفري|feb|february|fevrier|fevr|fev",
    "مارس|اذار|mar|march|mars",
    "ابريل|نيسان|افريل|apr|april|avril|avr",
    "مايو|ايار|ماي|مايس|may|mai",
    "يونيو|يونيه|حزيران|جوان|jun|june|juin",
    "يوليو|يوليه|يوليوز|تموز|جويليه|jul|july|juillet|juil",
    "اغسطس|اوغسطس|اغشت|غشت|اب|اوت|aug|august|aout",
    "سبتمبر|سيبتمبر|ايلول|شتنبر|شتمبر|sep|sept|september|septembre",
    "اكتوبر|اوكتوبر|تشرين الاول|تشرين اول|تشرين 1|ت 1|oct|october|octobre",
    "نوفمبر|تشرين الثاني|تشرين ثاني|تشرين ثان|تشرين 2|ت 2|نونبر|نوفنبر|nov|november|novembre",
    "ديسمبر|كانون الاول|كانون اول|كانون 1|ك 1|دجنبر|دجمبر|ديسنبر|dec|december|decembre",
)
_HIJRI = (
    "محرم|المحرم",
    "صفر",
    "ربيع الاول|ربيع اول",
    "ربيع الاخر|ربيع اخر|ربيع الثاني|ربيع ثاني",
    "جمادي الاولي|جمادي الاول|جمادي اول|جماد الاول|جماد اول",
    "جمادي الاخره|جمادي الاخر|جمادي الثانيه|جمادي الثاني|جماد الاخر|جماد الثاني|جماد ثاني",
    "رجب",
    "شعبان",
    "رمضان",
    "شوال",
    "ذو القعده|ذي القعده|ذوالقعده|ذيالقعده",
    "ذو الحجه|ذي الحجه|ذوالحجه|ذيالحجه",
)
_WEEKDAYS = (
    "الاثنين|الاثنان|اثنين|mon|monday|lundi",
    "الثلاثاء|الثلثاء|ثلاثاء|tue|tues|tuesday|mardi",
    "الاربعاء|اربعاء|wed|wednesday|mercredi",
    "الخميس|خميس|thu|thur|thurs|thursday|jeudi",
    "الجمعه|جمعه|fri|friday|vendredi",
    "السبت|سبت|sat|saturday|samedi",
    "الاحد|احد|sun|sunday|dimanche",
)
_DAYS_AGO = (
    "اليوم|today",
    "امس|الامس|البارحه|yesterday",
    "اول امس|امس الاول|اول البارحه",
)

# RFC 822 §5.1 names, and those in use between Rabat and Moscow; minutes east of UTC. None: the
# name has several meanings (AST is Arabia's and the Atlantic's), so the instant stays unknown.
_OFFSETS: dict[str, int | None] = {
    "utc|gmt|ut|z|غرينتش|جرينتش|غرينيتش|جرينيتش|قرينتش|ت.غ": 0,
    "est|cdt": -300,
    "edt": -240,
    "cst|mdt": -360,
    "mst|pdt": -420,
    "pst": -480,
    "cet": 60,
    "cest|eet": 120,
    "eest|msk": 180,
    "gst": 240,
    "ast|bst|ist": None,
}
_PLACES: dict[str, str | None] = {
    "مكه|السعوديه|الرياض|جده": "Asia/Riyadh",
    "دمشق|سوريا|سوريه": "Asia/Damascus",
    "القدس": "Asia/Jerusalem",
    "غزه|فلسطين": "Asia/Gaza",
    "بيروت|لبنان": "Asia/Beirut",
    "بغداد|العراق": "Asia/Baghdad",
    "القاهره|مصر": "Africa/Cairo",
    "الامارات|ابوظبي|ابو ظبي|دبي": "Asia/Dubai",
    "الاردن": "Asia/Amman",
    "عمان": None,  # without its vowels: Amman or Oman
    "الدوحه|قطر": "Asia/Qatar",
    "الكويت": "Asia/Kuwait",
    "البحرين|المنامه": "Asia/Bahrain",
    "مسقط": "Asia/Muscat",
    "صنعاء|عدن|اليمن": "Asia/Aden",
    "الخرطوم|السودان": "Africa/Khartoum",
    "طرابلس|ليبيا": "Africa/Tripoli",
    "تونس": "Africa/Tunis",
    "الجزاير": "Africa/Algiers",
    "الرباط|المغرب": "Africa/Casablanca",
    "نواكشوط|موريتانيا": "Africa/Nouakchott",
    "طهران": "Asia/Tehran",
    "اسطنبول|انقره|تركيا": "Europe/Istanbul",
    "موسكو": "Europe/Moscow",
    "لندن": "Europe/London",
    "باريس": "Europe/Paris",
}
_CODES = {
    "A": "ص|صباحا|صباح|الصباح|فجرا|الفجر|قبل الظهر|منتصف الليل",
    "P": "مساء|مساءا|المساء|بعد الظهر|عصرا|العصر",
    "D": "ظهرا|الظهر",
    "M": "م",  # مساء, or ميلادي after a year
    "N": "ليلا|الليل",
    "a": "am|a.m",
    "p": "pm|p.m",
    "h": "h",
    "T": "بتوقيت|توقيت|بالتوقيت|التوقيت",
    "L": "نشر|النشر|نشرت|ونشر|published|posted|publie|publication",
    "X": "تحديث|التحديث|محدث|حدث|حدثت|عدل|تعديل|updated|update|modified|edited",
    " ": "يوم|تاريخ|بتاريخ|التاريخ|الموافق|موافق|عام|لعام|سنه|لسنه|من|شهر|لشهر|في|عند|الساعه|علي"
    "|تم|اخر|ميلادي|ميلاديه|الميلادي|هجري|هجريه|الهجري|ه|المبارك|بعد|تمام|المكرمه|المحتله|المحلي"
    "|on|at|the|of|last|t|st|nd|rd|th|er|le|a|date",
}


def _rows(rows: Iterable[str], prefix: str) -> Iterator[tuple[str, str]]:
    for number, row in enumerate(rows):
        yield from ((word, prefix + chr(ord("a") + number)) for word in row.split("|"))


_LEXICON: dict[str, str] = {
    **{word: code for code, row in _CODES.items() for word in row.split("|")},
    **dict(_rows(_PLACES, "C")),
    **dict(_rows(_OFFSETS, "Z")),
    **dict(_rows(_DAYS_AGO, "Y")),
    **dict(_rows(_WEEKDAYS, "W")),
    **dict(_rows(_HIJRI, "H")),
    **dict(_rows(_GREGORIAN, "G")),
}
OFFSETS = {f"Z{chr(ord('a') + n)}": minutes for n, minutes in enumerate(_OFFSETS.values())}
"""Code of a zone that a text states by itself → minutes east of UTC, None when ambiguous."""
PLACES = {f"C{chr(ord('a') + n)}": zone for n, zone in enumerate(_PLACES.values())}
"""Code of a place → its IANA zone, None when ambiguous."""

_PAIRS = [words.split() for words in _LEXICON if " " in words and words.replace(" ", "").isalpha()]
_FIRST, _SECOND = ("|".join(sorted(set(words))) for words in zip(*_PAIRS, strict=True))
_WORD = re.compile(
    r"(?<![ء-ي])ت ?\. ?غ(?![ء-ي])\.?"
    r"|(?<![a-z])[ap]\. ?m\b\.?"
    r"|(?<![ء-ي])(?:تشرين|كانون|[تك]) ?[12](?!\d)"
    rf"|(?:{_FIRST}) (?:{_SECOND})(?![ء-ي])|[ء-ي]+|[a-z]+"
)
_TWIN_MONTHS = re.compile(r"(G[a-l])[ ,/().|-]{0,3}\1 ?\)?")

# NFKD makes digits of them: a footnote is no day.
_SMALL_DIGITS = dict.fromkeys(map(ord, "¹²³⁰⁴⁵⁶⁷⁸⁹₀₁₂₃₄₅₆₇₈₉¼½¾"), "*")
_DELETED = (
    *range(0x0300, 0x0370),  # marks that NFKD parts from Latin letters
    *range(0x0610, 0x061D),
    0x0640,  # tatweel
    *range(0x064B, 0x0660),
    0x0670,
    *range(0x06D6, 0x06DD),
    0x00AD,
    *range(0x200B, 0x2010),
    *range(0x202A, 0x202F),
    *range(0x2060, 0x206A),
    0xFEFF,
)
_TABLE: dict[int, str] = {
    **dict.fromkeys(_DELETED, ""),
    **{zero + n: str(n) for zero in (0x0660, 0x06F0) for n in range(10)},
    **dict.fromkeys(map(ord, "\t\n\v\f\r\x85\u2028\u2029"), " "),
    **dict.fromkeys(map(ord, "‐‑‒–—―−"), "-"),
    **dict.fromkeys(map(ord, "،؛;"), ","),
    **dict.fromkeys(map(ord, "[{"), "("),
    **dict.fromkeys(map(ord, "]}"), ")"),
    **dict.fromkeys(map(ord, "•·●"), "|"),
    **dict.fromkeys(map(ord, "\\⁄"), "/"),
    **dict.fromkeys(map(ord, "ىی"), "ي"),
    **dict.fromkeys(map(ord, "ةہھە"), "ه"),
    ord("ٱ"): "ا",
    ord("ک"): "ك",
}


def fold(text: str) -> str:
    """Return ``text`` with one spelling a letter and digit, and the punctuation that dates use.

    >>> fold("الثلاثاء، ١٤ تِشرين الثّـاني/نوفمبر")
    'الثلاثاء, 14 تشرين الثاني/نوفمبر'
    """
    if not text.isascii():
        text = unicodedata.normalize("NFKD", text.translate(_SMALL_DIGITS))
    return " ".join(text.translate(_TABLE).lower().split())


def shape(folded: str) -> str:
    """Return folded text with each word as a code; digits and punctuation stay.

    ``G``, ``H`` and a letter a to l: a Gregorian or Hijri month. ``W``: a weekday, Monday ``a``.
    ``Y``: that many days ago. ``Z``, ``C``: keys of OFFSETS and PLACES. ``A P D M N a p``:
    half of the day. ``T``: "in the time of". ``L``, ``X``: published, updated. ``?``: other words.

    >>> shape("نشر في: الثلاثاء 14 تشرين الثاني (نوفمبر) 2017 - 5:32 م")
    'L : Wb 14 Gk 2017 - 5:32 M'
    """
    coded = _TWIN_MONTHS.sub(r"\1", _WORD.sub(_code, folded))
    return " ".join(coded.split())


def _code(match: re.Match[str]) -> str:
    words = match[0].rstrip(".")
    code = _LEXICON.get(words)
    if code is None and not words.isalpha():
        code = _LEXICON.get(_spaced(words))
    if code is None:
        return " ".join(_LEXICON.get(word, "?") for word in words.split())
    return code


def _spaced(words: str) -> str:
    """The spelling the lexicon has of a pair written in another way: ك2, ت . غ, a. m."""
    if words[-1].isdigit():
        return f"{words[:-1].rstrip()} {words[-1]}"
    return words.replace(" ", "")
