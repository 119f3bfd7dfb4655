"""Days stated in full, in either calendar, and those that leave out the year or the century."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta
from typing import NamedTuple

from hijridate import Hijri

_GAP = r"[ ,/().|-]{0,4}"
_MONTH = r"(?P<name>[GH][a-l])"
_NUMERIC = r"(?<![\d:./-])"
_FULL_FORMS = [
    re.compile(form)
    for form in (
        rf"(?<!\d)(?P<year>\d{{4}}) W[a-g] (?P<day>\d\d?) {_MONTH}(?!.{{0,4}}\d{{4}})",
        rf"(?<!\d)(?P<year>\d{{4}}){_GAP}{_MONTH}{_GAP}(?P<day>\d\d?)(?![\d:])",
        rf"(?<![\d:])(?P<day>\d\d?){_GAP}{_MONTH}{_GAP}(?P<year>\d{{4}})(?!\d)M?",
        rf"{_MONTH}{_GAP}(?P<day>\d\d?)(?![\d:])[ ,-]{{0,3}}(?P<year>\d{{4}})(?!\d)M?",
        rf"{_NUMERIC}(?P<year>\d{{4}}) ?(?P<by>[-/.]) ?(?P<month>\d\d?) ?(?P=by) ?(?P<day>\d\d?)"
        r"(?![\d:])",
        rf"{_NUMERIC}(?P<day>\d\d?) ?(?P<by>[-/.]) ?(?P<month>\d\d?) ?(?P=by) ?(?P<year>\d{{4}})"
        r"(?!\d)M?",
    )
]
_SHORT_FORMS = [
    re.compile(form)
    for form in (
        rf"(?<![\d:])(?P<day>\d\d?){_GAP}{_MONTH}[-/. ]?[-/ '](?P<year>\d\d)(?![\d:])",
        rf"{_NUMERIC}(?P<day>\d\d?)(?P<by>[-/.])(?P<month>\d\d?)(?P=by)(?P<year>\d\d)(?![\d:./-])",
        rf"(?<![\d:])(?P<day>\d\d?){_GAP}{_MONTH}(?![-/. ]?\d)",
    )
]
_WEEKDAY = re.compile(r"W([a-g])")
_DAYS_AGO = re.compile(r"Y([a-c])")
_LATIN_HALF = re.compile(r"\d ?[ap](?![a-z])")
_BREAK = re.compile(r"\| ?| - ")
_TELLING = re.compile(r"[?\dGHYC]")


class StatedDay(NamedTuple):
    """A day as the Gregorian calendar counts it; ``day`` None: it is impossible or in doubt."""

    day: date | None
    is_hijri: bool


def full_days(shape: str) -> tuple[list[StatedDay], str]:
    """Find the days stated with their year, and return the shape without them.

    In doubt are 7/9/2024 5:30 PM (Arabic sites print it by an American default as well as by their
    own), and impossible ones as 31/2/2024.
    """
    found: list[StatedDay] = []
    rest = shape
    for form in _FULL_FORMS:
        for match in form.finditer(rest):
            found.append(_full_day(match, shape))
        if found:
            rest = form.sub(" ", rest)
    return found, rest


def one_day(stated: list[StatedDay]) -> date | None:
    """The day that all agree on; a Hijri day within two of the Gregorian one is its twin."""
    days = {day for day, is_hijri in stated if not is_hijri} or {day for day, _ in stated}
    day = days.pop()
    if day is None or days:
        return None
    twins = [twin for twin, _ in stated]
    return day if all(twin and abs(twin - day) <= timedelta(days=2) for twin in twins) else None


def short_day(shape: str, today: date, latest: date) -> date | None:
    """Read a day told without its century (25-4-22), its year (the last such day up to ``latest``)
    or its name (امس). Weak as that is, it must stand alone and agree with a weekday beside it.
    """
    for form in (*_SHORT_FORMS, _DAYS_AGO):
        match = form.search(shape)
        if match:
            if not stands_alone(shape[: match.start()], shape[match.end() :]):
                return None
            weekday = _weekday(shape)
            for day in _short_days(match, today, latest):
                if weekday is None or day.weekday() == weekday:
                    return day
            return None
    return None


def stands_alone(left: str, right: str) -> bool:
    """Whether the shapes beside a date say nothing more, up to the next ``|`` or dash."""
    return not _TELLING.search(_BREAK.split(left)[-1] + " " + _BREAK.split(right)[0])


def _full_day(match: re.Match[str], shape: str) -> StatedDay:
    groups = match.groupdict()
    year, day = int(groups["year"]), int(groups["day"])
    name = groups.get("name")
    month = _index(name[1]) + 1 if name else int(groups["month"])
    if (name and name[0] == "H") or (not name and 1300 <= year < 1500):
        return StatedDay(_hijri(year, month, day), is_hijri=True)
    if name or match.start("year") < match.start("day"):
        return StatedDay(_gregorian(year, month, day), is_hijri=False)
    is_unpadded = 1 in (len(groups["day"]), len(groups["month"]))
    if is_unpadded and max(day, month) <= 12 and day != month and _LATIN_HALF.search(shape):
        return StatedDay(None, is_hijri=False)
    return StatedDay(_day_first(year, month, day, _weekday(shape)), is_hijri=False)


def _day_first(year: int, month: int, day: int, weekday: int | None = None) -> date | None:
    """Day before month, unless only the other order is a date or falls on the weekday stated."""
    usual, american = _gregorian(year, month, day), _gregorian(year, day, month)
    if usual is None or (american and american.weekday() == weekday and usual.weekday() != weekday):
        return american
    return usual


def _short_days(match: re.Match[str], today: date, latest: date) -> Iterator[date]:
    """The days that a short form can mean, likeliest first."""
    groups = match.groupdict()
    if match.re is _DAYS_AGO:
        yield today - timedelta(days=_index(match[1]))
        return
    name = groups.get("name")
    if name and name[0] == "H":
        return
    month, day = _index(name[1]) + 1 if name else int(groups["month"]), int(groups["day"])
    if groups.get("year"):
        year = int(groups["year"])
        years = [1900 + year if year >= 90 else 2000 + year]
    else:
        years = [latest.year, latest.year - 1]
    read = _gregorian if name else _day_first
    days = (read(year, month, day) for year in years)
    yield from (found for found in days if found and found <= latest)


def _weekday(shape: str) -> int | None:
    match = _WEEKDAY.search(shape)
    return _index(match[1]) if match else None


def _gregorian(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _hijri(year: int, month: int, day: int) -> date | None:
    """By the Umm al-Qura calendar, which is known for 1343 to 1500 AH."""
    try:
        return date(*Hijri(year, month, day).to_gregorian().datetuple())
    except (ValueError, OverflowError):
        return None


def _index(letter: str) -> int:
    return ord(letter) - ord("a")
