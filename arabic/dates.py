"""Read the dates Arabic outlets print, and refuse to guess."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import Literal
from zoneinfo import ZoneInfo

from arabic.dateago import find_distance
from arabic.dateclocks import Clock, find_clocks, make_clock, read_offset
from arabic.datedays import full_days, one_day, short_day, stands_alone
from arabic.datewords import fold, shape

EARLIEST = date(1990, 1, 1)
AHEAD = timedelta(days=60)
"""How far past ``now`` a stated date may lie: the caller decides what it can be."""
SOON = timedelta(days=2)
"""How far past ``now`` a day without a year may lie; a later one was last year's."""
_LONGEST = 200  # code points
_MOST_OTHER_WORDS = 12  # more is prose, whose dates are those of its events

_ISO = re.compile(
    r"(?P<year>\d{4})(?P<dash>-?)(?P<month>\d\d)(?P=dash)(?P<day>\d\d)"
    r"(?:[t ]?(?P<hour>\d\d):?(?P<minute>\d\d)(?::?(?P<second>\d\d)(?:[.,]\d+)?)?"
    r" ?(?P<offset>z|[+-]\d\d(?::?\d\d)?)?)?"
)
_EPOCH = re.compile(r"(1\d{9})(?:\d{3}|\.\d+)?")
_NUMBER = re.compile(r"\d")

_LONGEST_UNUSUAL = 60  # code points
_MONTH = re.compile(r"G([a-l])")
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
_STRICT = {
    "PARSERS": ["absolute-time"],
    "REQUIRE_PARTS": ["day", "month", "year"],
    "STRICT_PARSING": True,
}


@dataclass(slots=True, frozen=True)
class ParsedDate:
    """A point in time as exactly as the text knows it.

    ``value`` is an aware datetime in the zone stated or given; a date where no more is known.
    """

    value: datetime | date
    precision: Literal["second", "minute", "day"]
    rounded: bool = False
    """Told in whole hours before now: the value may be an hour off."""


def parse(text: str, *, now: datetime, timezone: str | None) -> ParsedDate | None:
    """Return the one date that ``text`` states, or None when it states none, several or a doubt.

    ``text`` is what a page shows where it shows its date, not prose. ``now`` (aware) is when the
    page was seen; words such as أمس and dates without a year lean on it. ``timezone`` is the
    outlet's IANA name; where it is None, a time without a stated zone leaves the day only. Days
    come before months (04/12 is 4 December) unless the weekday or a number over 12 says otherwise.
    Of two dates, one labelled as published wins, and a Hijri twin is dropped. A date before 1990
    or more than two days ahead of ``now`` is None.

    Raises ``zoneinfo.ZoneInfoNotFoundError`` for an unknown ``timezone``.

    >>> now = datetime(2017, 11, 15, tzinfo=UTC)
    >>> print(parse("نُشر في: ١٤ تشرين الثاني 2017 - 5:32 م", now=now, timezone="Asia/Beirut").value)
    2017-11-14 17:32:00+02:00
    >>> print(parse("٢٥ صفر ١٤٣٩هـ", now=now, timezone=None).value)
    2017-11-14
    """
    zone = ZoneInfo(timezone) if timezone else None
    local = now.astimezone(zone) if zone else now
    if len(text) > _LONGEST:
        return None
    folded = fold(text)
    found = _read_machine(folded, zone) or _read_printed(folded, local, zone)
    return found if found and _is_plausible(found.value, local) else None


def _is_plausible(value: datetime | date, now: datetime) -> bool:
    if isinstance(value, datetime):
        return value.date() >= EARLIEST and value <= now + AHEAD
    return EARLIEST <= value <= (now + AHEAD).date()


def _read_machine(folded: str, zone: tzinfo | None) -> ParsedDate | None:
    """ISO 8601 in its forms, or Unix time in seconds or milliseconds."""
    if match := _EPOCH.fullmatch(folded):
        return ParsedDate(datetime.fromtimestamp(int(match[1]), UTC), "second")
    match = _ISO.fullmatch(folded)
    if match is None:
        return None
    try:
        day = date(int(match["year"]), int(match["month"]), int(match["day"]))
    except ValueError:
        return None
    if match["hour"] is None:
        return ParsedDate(day, "day")
    if "t" not in folded and match["second"] is None and "-" in (match["offset"] or ""):
        return ParsedDate(day, "day")  # 10:00-12:00 is from ten to twelve
    stated = read_offset(match["offset"]) if match["offset"] else zone
    return _at(day, [make_clock(match["hour"], match["minute"], match["second"], stated)])


def _read_printed(folded: str, now: datetime, zone: tzinfo | None) -> ParsedDate | None:
    """What people read: a full day, else a short one, else a distance or a time of today."""
    coded = shape(folded)
    if coded.count("?") > _MOST_OTHER_WORDS:
        return None
    part = _published_part(coded)
    stated, rest = full_days(part)
    clocks, rest = find_clocks(rest, zone)
    if stated:
        full = one_day(stated)
        return _at(full, clocks) if full else None
    short = short_day(rest, now.date(), (now + SOON).date())
    if short:
        return _at(short, clocks)
    return (
        _read_distance(folded, now) or _read_today(clocks, rest, now) or _last_resort(folded, coded)
    )


def _published_part(coded: str) -> str:
    """The part of a shape labelled as published; without that label, what no "updated" labels."""
    before, published, after = coded.partition("L")
    part = after.partition("X")[0] if published else before.partition("X")[0]
    return part if _NUMBER.search(part) else coded


def _read_distance(folded: str, now: datetime) -> ParsedDate | None:
    distance = find_distance(folded, now)
    if distance is None:
        return None
    if not stands_alone(shape(folded[: distance.start]), shape(folded[distance.end :])):
        return None
    if distance.daily:
        return ParsedDate(distance.value.date(), "day")
    value = distance.value.replace(second=0, microsecond=0)
    return ParsedDate(value, "minute", rounded=distance.hourly)


def _read_today(clocks: list[Clock | None], rest: str, now: datetime) -> ParsedDate | None:
    """A time that stands alone is one of today, if today has come so far."""
    if len(clocks) != 1 or not stands_alone(rest, ""):
        return None
    clock = clocks[0]
    if clock is None or clock.zone is None:
        return None
    today = _at(now.astimezone(clock.zone).date(), clocks)
    return today if isinstance(today.value, datetime) and today.value <= now else None


def _at(day: date, clocks: list[Clock | None]) -> ParsedDate:
    """``day`` at its time; the day alone where the time is missing, doubtful or without a zone."""
    sure = [clock for clock in clocks if clock and clock.zone]
    moments = {clock.on(day) for clock in sure}
    if len(moments) != 1 or len(sure) < len(clocks):
        return ParsedDate(day, "day")
    return ParsedDate(sure[0].on(day), "minute" if sure[0].second is None else "second")


def _last_resort(folded: str, coded: str) -> ParsedDate | None:
    """The day that dateparser sees in an unusual order, as in "Nov 14 17:32 2017".

    It reads wrong days out of free text, so only a short text with one month name and a year is
    given to it, and each part it returns must be written there.
    """
    months = set(_MONTH.findall(coded))
    if len(folded) > _LONGEST_UNUSUAL or len(months) != 1 or not _YEAR.search(folded):
        return None
    import dateparser  # slow to import, seldom needed

    found = dateparser.parse(folded, languages=["ar", "en", "fr"], settings=_STRICT)
    if found is None or chr(ord("a") + found.month - 1) not in months:
        return None
    is_written = {str(found.day), str(found.year)} <= {
        n.lstrip("0") for n in re.findall(r"\d+", folded)
    }
    return ParsedDate(found.date(), "day") if is_written else None
