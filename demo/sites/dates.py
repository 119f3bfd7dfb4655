"""Dates as Arabic outlets print them."""

from __future__ import annotations

from datetime import datetime

_WEEKDAYS = ("الاثنين", "الثلاثاء", "الأربعاء", "الخميس", "الجمعة", "السبت", "الأحد")
_LEVANTINE = (
    "كانون الثاني",
    "شباط",
    "آذار",
    "نيسان",
    "أيار",
    "حزيران",
    "تموز",
    "آب",
    "أيلول",
    "تشرين الأول",
    "تشرين الثاني",
    "كانون الأول",
)
_EGYPTIAN = (
    "يناير",
    "فبراير",
    "مارس",
    "أبريل",
    "مايو",
    "يونيو",
    "يوليو",
    "أغسطس",
    "سبتمبر",
    "أكتوبر",
    "نوفمبر",
    "ديسمبر",
)
_ENGLISH = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_ENGLISH_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_INDIC = str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")


def weekday(moment: datetime) -> str:
    """«الأحد»."""
    return _WEEKDAYS[moment.weekday()]


def indic(text: str) -> str:
    """The text with Arabic-Indic digits."""
    return text.translate(_INDIC)


def levantine(moment: datetime) -> str:
    """«الأحد 8 آذار 2026 - 14:05»."""
    month = _LEVANTINE[moment.month - 1]
    return f"{weekday(moment)} {moment.day} {month} {moment.year} - {moment:%H:%M}"


def egyptian_day(moment: datetime) -> str:
    """«الأحد ٨ مارس ٢٠٢٦»."""
    month = _EGYPTIAN[moment.month - 1]
    return indic(f"{weekday(moment)} {moment.day} {month} {moment.year}")


def numeric(moment: datetime) -> str:
    """«٨/٣/٢٠٢٦ ١٤:٠٥», day first."""
    return indic(f"{moment.day}/{moment.month}/{moment.year} {moment:%H:%M}")


def both_months(moment: datetime) -> str:
    """«الأحد 8 مارس/آذار 2026 الساعة 14:05»."""
    month = f"{_EGYPTIAN[moment.month - 1]}/{_LEVANTINE[moment.month - 1]}"
    day = f"{weekday(moment)} {moment.day} {month} {moment.year}"
    return f"{day} الساعة {moment:%H:%M}"


def english(moment: datetime) -> str:
    """«08-Mar-26 02:05 PM»."""
    half = "AM" if moment.hour < 12 else "PM"
    month = _ENGLISH[moment.month - 1]
    return f"{moment:%d}-{month}-{moment:%y} {moment:%I:%M} {half}"


def rfc822(moment: datetime, *, seconds: bool) -> str:
    """The date of an RSS item in UTC; RFC 822 lets the seconds be left out."""
    day = f"{_ENGLISH_DAYS[moment.weekday()]}, {moment:%d} {_ENGLISH[moment.month - 1]}"
    return f"{day} {moment:%Y %H:%M:%S} GMT" if seconds else f"{day} {moment:%Y %H:%M} GMT"
