"""Times said by their distance from now: منذ ساعتين, قبل 3 أيام, 3 hours ago."""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import NamedTuple

_UNITS = {
    "ثانيه|ثواني|ثوان|second|seconds|secondes": "seconds",
    "دقيقه|دقايق|د|minute|minutes|min|mins": "minutes",
    "ساعه|ساعات|س|hour|hours|heure|heures": "hours",
    "يوم|ايام|يوما|day|days|jour|jours": "days",
    "اسبوع|اسابيع|اسبوعا|week|weeks|semaine|semaines": "weeks",
    "شهر|اشهر|شهور|شهرا|month|months|mois": "months",
    "سنه|سنوات|سنين|عام|اعوام|عاما|year|years|an|ans": "years",
}
_DUALS = {
    "ثانيتين|ثانيتان": "seconds",
    "دقيقتين|دقيقتان": "minutes",
    "ساعتين|ساعتان": "hours",
    "يومين|يومان": "days",
    "اسبوعين|اسبوعان": "weeks",
    "شهرين|شهران": "months",
    "سنتين|سنتان|عامين|عامان": "years",
}
_NUMBERS = {
    "ربع": 0.25,
    "ثلث": 1 / 3,
    "نصف": 0.5,
    "واحد|واحده|احدي|a|an|one|un|une": 1,
    "اثنين|اثنتي|اثني|اثنتين": 2,
    "ثلاث|ثلاثه": 3,
    "اربع|اربعه": 4,
    "خمس|خمسه": 5,
    "ست|سته": 6,
    "سبع|سبعه": 7,
    "ثماني|ثمانيه|ثمان": 8,
    "تسع|تسعه": 9,
    "عشر|عشره": 10,
    "عشرين|عشرون": 20,
    "ثلاثين|ثلاثون": 30,
    "اربعين|اربعون": 40,
    "خمسين|خمسون": 50,
}

_DAILY = ("days", "weeks", "months", "years")
_NOW = r"(?:منذ|قبل) (?:لحظات|لحظه|قليل)|الان|just now"
_ABOUT = r"(?:حوالي |نحو |ما يقارب |اقل من |اكثر من |about |environ )?"

_UNIT_OF = {
    word: (unit, count)
    for count, table in ((1, _UNITS), (2, _DUALS))
    for row, unit in table.items()
    for word in row.split("|")
}
_NUMBER_OF = {word: number for row, number in _NUMBERS.items() for word in row.split("|")}


def _any(words: Iterable[str]) -> str:
    return "|".join(sorted(words, key=len, reverse=True))


_COUNT = rf"\d{{1,3}} ?|(?:{_any(_NUMBER_OF)}) "
_UNIT = rf"(?:{_any(_UNIT_OF)})(?![ء-يa-z])"
_BARE_UNIT = rf"(?:{_any(word for word in _UNIT_OF if word > 'z' and len(word) > 2)})(?![ء-ي])"
_AMOUNT = rf"(?:(?:{_COUNT})(?:عشره? )?{_UNIT}|{_BARE_UNIT}(?: واحده?)?)"
_AMOUNTS = rf"{_AMOUNT}(?: ?و ?(?:{_AMOUNT}|نصف|ربع|ثلث)(?![ء-ي]))?"
_DISTANCE = re.compile(
    rf"(?<![ء-يa-z])(?:(?:منذ|قبل|من|il y a) {_ABOUT}(?P<before>{_AMOUNTS})"
    rf"|(?<!\d)(?P<after>{_AMOUNTS}) (?:مضت|مضي|ago)|{_NOW})(?![ء-يa-z])"
)
_PART = re.compile(
    rf"(?:(?P<count>\d+|{_any(_NUMBER_OF)})(?P<ten> عشره?)? ?|(?<![ء-يa-z])و?)(?P<unit>{_UNIT})"
    r"|و ?(?P<fraction>نصف|ربع|ثلث)"
)


class Distance(NamedTuple):
    """A time told by its distance from now, and where in the text it is told."""

    value: datetime
    daily: bool
    """Told in days or longer: the hour means nothing."""
    hourly: bool
    """Told in hours: the minute means nothing."""
    start: int
    end: int


def find_distance(folded: str, now: datetime) -> Distance | None:
    """Find the first relative time in text folded by `datewords.fold`; None when there is none."""
    match = _DISTANCE.search(folded)
    if match is None:
        return None
    value = now
    unit = "seconds"
    for part in _PART.finditer(match["before"] or match["after"] or ""):
        if part["fraction"]:
            count = _NUMBER_OF[part["fraction"]]
        else:
            unit, count = _UNIT_OF[part["unit"]]
            count *= _count(part)
        earlier = _back(value, unit, count)
        if earlier is None:
            return None
        value = earlier
    return Distance(value, unit in _DAILY, unit == "hours", *match.span())


def _count(part: re.Match[str]) -> float:
    if part["count"] is None:
        return 1
    if part["count"].isdigit():
        return int(part["count"])
    return _NUMBER_OF[part["count"]] + (10 if part["ten"] else 0)


def _back(moment: datetime, unit: str, count: float) -> datetime | None:
    """``moment`` less ``count`` units; the last day of a shorter month stands for a missing one."""
    if unit not in ("months", "years"):
        return moment - timedelta(**{unit: count})
    months = count * (12 if unit == "years" else 1)
    year, month = divmod(moment.year * 12 + moment.month - 1 - int(months), 12)
    if months != int(months) or year < 1:
        return None
    last = calendar.monthrange(year, month + 1)[1]
    return moment.replace(year=year, month=month + 1, day=min(moment.day, last))
