"""Times of day and the zones stated with them."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from typing import NamedTuple
from zoneinfo import ZoneInfo

from arabic.datewords import OFFSETS, PLACES


class Clock(NamedTuple):
    """A time of day; ``zone`` None: the text or the outlet leaves it unknown."""

    hour: int
    minute: int
    second: int | None
    zone: tzinfo | None

    def on(self, day: date) -> datetime:
        return datetime(
            day.year,
            day.month,
            day.day,
            self.hour,
            self.minute,
            self.second or 0,
            tzinfo=self.zone,
        )


_HALF = r"(?:[APDMN]|[ap](?![a-z]))"
_ZONE = r"(?P<zone>Z[a-z])(?P<shift> ?[+-]\d\d?(?::?\d\d)?(?![\d:]))?"
_CLOCK = re.compile(
    r"(?<![\d:.])(?P<hour>\d\d?)"
    r"(?: ?[:h] ?(?P<minute>\d\d)(?!\d)(?: ?: ?(?P<second>\d\d)(?!\d)(?:[.,]\d+)?)?"
    rf"|\.(?P<dotted>\d\d)(?= ?{_HALF}))"
    rf"(?: ?(?P<half>{_HALF}))?"
    # A negative offset with a colon is one only after seconds: 10:00-12:00 is from ten to twelve.
    r"(?: ?(?P<offset>[+-]\d{4}(?!\d)|\+\d\d:\d\d(?!\d)|(?<=:\d\d:\d\d)-\d\d:\d\d(?!\d))"
    rf"|[ (,|-]{{0,3}}(?:T ?)?\(?{_ZONE}|[ ,|-]{{0,3}}(?:T ?\(?|\()(?P<place>C[a-z]))?"
)
_STATED_ZONE = re.compile(rf"{_ZONE}|T ?\(?(?P<place>C[a-z]|\?)")
_LOOSE_HALF = re.compile(rf"(?<![A-Z]){_HALF}")


def make_clock(hour: str, minute: str, second: str | None, zone: tzinfo | None) -> Clock | None:
    """The clock of these digits; None when there is no such time."""
    clock = Clock(int(hour), int(minute), int(second) if second else None, zone)
    return clock if clock.hour < 24 and clock.minute < 60 and (clock.second or 0) < 60 else None


def read_offset(text: str) -> tzinfo | None:
    """The zone of ``z``, ``+3``, ``+0300`` or ``+03:00``; None when it is further than 14 hours."""
    if text == "z":
        return UTC
    hours, minutes = text[1:3].rstrip(":"), text[3:].lstrip(":")
    distance = timedelta(hours=int(hours), minutes=int(minutes or 0))
    if distance > timedelta(hours=14):
        return None
    return timezone(-distance if text[0] == "-" else distance)


def find_clocks(shape: str, zone: tzinfo | None) -> tuple[list[Clock | None], str]:
    """Find every time in a shape, and return the shape without them and their zones.

    A time has the zone stated right behind it, else the one stated elsewhere, else ``zone``. None
    stands for a time that cannot be: 25:00, or 5:30 with صباحا or مساء out of its reach.
    """
    matches = list(_CLOCK.finditer(shape))
    rest = _CLOCK.sub(" ", shape)
    common = {_zone(match) for match in _STATED_ZONE.finditer(rest)} or {zone}
    fallback = common.pop() if len(common) == 1 else None
    has_loose_half = _LOOSE_HALF.search(rest) is not None
    clocks = [_clock(match, fallback, has_loose_half) for match in matches]
    return clocks, _STATED_ZONE.sub(" ", rest)


def _clock(match: re.Match[str], fallback: tzinfo | None, has_loose_half: bool) -> Clock | None:
    hour = _hour(int(match["hour"]), match["half"])
    if hour is None or (has_loose_half and match["half"] is None and hour <= 12):
        return None
    stated = match["offset"] or match["zone"] or match["place"]
    zone = _zone(match) if stated else fallback
    return make_clock(str(hour), match["minute"] or match["dotted"], match["second"], zone)


def _hour(hour: int, half: str | None) -> int | None:
    """The hour of 24; None when the half of the day denies it (17:32 ص, 00:15 م)."""
    if half is None:
        return hour
    if half in "Aa":
        return hour % 12 if hour <= 12 else None
    if half == "N":  # ليلا runs from six in the evening to the dawn
        return (hour + 12) % 24 if 6 <= hour <= 12 else hour
    if half == "D" and hour in (10, 11):
        return hour
    if hour == 0:
        return None
    return hour + 12 if hour < 12 else hour


def _zone(match: re.Match[str]) -> tzinfo | None:
    """The zone that a match states; None when it is ambiguous or unknown."""
    groups = match.groupdict()
    if groups.get("offset"):
        return read_offset(groups["offset"])
    if groups["place"]:
        name = PLACES.get(groups["place"])
        return ZoneInfo(name) if name else None
    minutes = OFFSETS[groups["zone"]]
    if minutes is None:
        return None
    if groups["shift"]:
        return read_offset(groups["shift"].strip())
    return timezone(timedelta(minutes=minutes))
