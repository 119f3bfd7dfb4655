"""Which of the dates that a page states are true: its candidates checked against each other."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from arabic.dates import parse
from crawler.items import Precision, RawDate
from database.ledger import timestamp

AHEAD = timedelta(days=2)
"""How far past the moment of reading a date may lie."""
_SKEW = timedelta(minutes=10)
"""How far the clocks of an outlet and of this machine may differ."""
_DAY = timedelta(days=1)
_EASTERNMOST = timedelta(hours=4)
"""The Arab press writes its days between UTC and UTC+4."""

_VISIBLE = frozenset(("byline", "time", "selector", "url"))
_ANNOUNCED = frozenset(("feed", "sitemap"))
_FOR_MACHINES = re.compile(r"\dT[\d:.]+$")
"""A time without a zone as no reader sees it: it may be UTC as well as local."""
_PADDED = re.compile(r"\d{4}-?01-?01(?!\d)")
"""How a program writes a date of which it knows only the year."""


@dataclass(slots=True, frozen=True)
class ChosenDate:
    """A resolved date as the database keeps it, and the raw date that gave it."""

    value: str
    precision: Precision
    raw: RawDate


@dataclass(slots=True, frozen=True)
class _Reading:
    """A candidate as it was read; ``value`` is a bare date where no time is known."""

    value: datetime | date
    precision: Precision
    raw: RawDate
    is_midnight: bool = False

    @property
    def instant(self) -> datetime | None:
        return self.value if isinstance(self.value, datetime) else None

    @property
    def is_placeholder(self) -> bool:
        """Whether it is a 1 January that may stand for an unknown day."""
        padded = self.is_midnight or bool(_PADDED.match(self.raw.text.strip()))
        return self.instant is None and _is_new_year(self.value) and padded


def choose_date(
    candidates: Sequence[RawDate], *, now: datetime, timezone: str | None
) -> ChosenDate | None:
    """The first candidate that is a date and is not contradicted, as exactly as the others know it.

    ``now`` (aware) bounds dates and anchors relative ones; ``timezone`` is the outlet's IANA name.
    Raises ``zoneinfo.ZoneInfoNotFoundError`` for an unknown one.

    * A time told in hours before the reading is only a day.
    * A midnight is only a day; one of 1 January is nothing where another candidate names another
      day.
    * A UTC time whose clock is the one that readers see in the outlet's zone is a local time with
      a wrong label: the visible one counts.
    * A UTC time that is yet to come is local too, if its clock has come in the outlet's zone.
    * Of one day, a candidate that knows the minute beats one that does not; a feed or sitemap may
      be a day off.
    * Of one minute, the candidate that knows the second beats the one that does not.
    """
    zone = ZoneInfo(timezone) if timezone else None
    readings = _read(candidates, now, zone)
    return _stored(_best(_truthful(readings, _mislabelled(readings, zone), zone), zone))


def choose_dates(
    published: Sequence[RawDate],
    modified: Sequence[RawDate],
    *,
    now: datetime,
    timezone: str | None,
) -> tuple[ChosenDate | None, ChosenDate | None]:
    """The publication and the last change of a page, each chosen as by ``choose_date``.

    A change before the publication is none, unless the publication is a bare 1 January and readers
    see the day of the change: then it is the publication that is not known. A source that labels
    the time of publication wrongly is not believed about the change either.
    """
    zone = ZoneInfo(timezone) if timezone else None
    first, later = _read(published, now, zone), _read(modified, now, zone)
    liars = _mislabelled(first, zone)
    born = _best(_truthful(first, liars, zone), zone)
    later = _truthful(later, liars | _mislabelled(later, zone), zone)
    changed = _best(later, zone)
    if born and changed and _is_before(changed, born, zone):
        if born.is_placeholder and _is_shown(changed, [*first, *later], zone):
            return None, _stored(changed)
        return _stored(born), None
    return _stored(born), _stored(changed)


def date_verdicts(
    published: Sequence[RawDate],
    modified: Sequence[RawDate],
    *,
    now: datetime,
    timezone: str | None,
) -> tuple[list[str], list[str]]:
    """What ``choose_dates`` makes of each of its candidates, in words, in their order."""
    zone = ZoneInfo(timezone) if timezone else None
    chosen = choose_dates(published, modified, now=now, timezone=timezone)
    offered = (published, modified)
    read = [_read(candidates, now, zone) for candidates in offered]
    liars = _mislabelled(read[0], zone)
    born, changed = (
        [_verdict(raw, readings, liars, date, zone) for raw in candidates]
        for candidates, readings, date in zip(offered, read, chosen, strict=True)
    )
    return born, changed


def _verdict(
    raw: RawDate,
    readings: Sequence[_Reading],
    liars: set[str],
    chosen: ChosenDate | None,
    zone: ZoneInfo | None,
) -> str:
    reading = next((each for each in readings if each.raw is raw), None)
    if reading is None:
        return "refused: no date, or one that lies ahead"
    value = f"{reading.value:%Y-%m-%d %H:%M:%S%z}" if reading.instant else str(reading.value)
    if chosen and chosen.raw is raw:
        first = readings[0].raw is raw
        return f"taken as {chosen.value}: {'first in trust' if first else 'tells most, undisputed'}"
    if raw.source in (liars | _mislabelled(readings, zone)) and _claims_utc(reading, zone):
        return f"refused: {value} is local time labelled UTC, as a visible clock shows"
    if reading.is_placeholder:
        return f"refused: {value} may stand for an unknown day"
    if chosen is None:
        return f"refused: {value} is before the publication"
    return f"not needed: read as {value}"


def _read(candidates: Sequence[RawDate], now: datetime, zone: ZoneInfo | None) -> list[_Reading]:
    readings = []
    for raw in candidates:
        found = parse(raw.text, now=now, timezone=zone.key if zone else None)
        if found and _in_range(found.value, now):
            value = _relabelled(found.value, now, zone)
            if found.rounded and isinstance(value, datetime):
                readings.append(_Reading(value.date(), "day", raw))
            else:
                readings.append(_known(_Reading(value, found.precision, raw), zone))
    return readings


def _relabelled(value: datetime | date, now: datetime, zone: ZoneInfo | None) -> datetime | date:
    """A UTC time that is yet to come: local time with a wrong label, if that has come."""
    latest = now + _SKEW
    if not isinstance(value, datetime) or zone is None or value <= latest:
        return value
    local = value.replace(tzinfo=zone)
    return local if value.utcoffset() == timedelta(0) and local <= latest else value


def _in_range(value: datetime | date, now: datetime) -> bool:
    latest = now + AHEAD
    return value <= latest if isinstance(value, datetime) else value <= latest.date()


def _known(reading: _Reading, zone: ZoneInfo | None) -> _Reading:
    """The reading, or its day where the clock stands at midnight, there or in the outlet's zone."""
    if reading.instant is None:
        return reading
    for clock in (reading.instant, reading.instant.astimezone(zone or reading.instant.tzinfo)):
        if clock.time() == time.min:
            return _Reading(clock.date(), "day", reading.raw, is_midnight=True)
    return reading


def _mislabelled(readings: Sequence[_Reading], zone: ZoneInfo | None) -> set[str]:
    """The sources that give local time as UTC: the visible clock, but not the visible instant."""
    if zone is None:
        return set()
    visible = [
        _minute(reading.instant)
        for reading in readings
        if reading.instant
        and reading.raw.source in _VISIBLE
        and not _claims_utc(reading, zone)
        and not _FOR_MACHINES.search(reading.raw.text.strip())
    ]
    clocks = {instant.astimezone(zone).replace(tzinfo=UTC) for instant in visible}
    return {
        reading.raw.source
        for reading in readings
        if _claims_utc(reading, zone)
        and reading.instant
        and _minute(reading.instant) in clocks
        and _minute(reading.instant) not in visible
    }


def _truthful(
    readings: Sequence[_Reading], liars: set[str], zone: ZoneInfo | None
) -> list[_Reading]:
    return [r for r in readings if r.raw.source not in liars or not _claims_utc(r, zone)]


def _claims_utc(reading: _Reading, zone: ZoneInfo | None) -> bool:
    """Whether it is given in UTC where the outlet's clock shows another time."""
    if reading.instant is None or zone is None:
        return False
    return reading.instant.utcoffset() == timedelta(0) != zone.utcoffset(reading.instant)


def _best(readings: Sequence[_Reading], zone: ZoneInfo | None) -> _Reading | None:
    if not all(_is_new_year(reading.value) for reading in readings):
        readings = [reading for reading in readings if not reading.is_placeholder]
    if not readings:
        return None
    best = readings[0]
    if best.instant is None:
        best = next((r for r in readings if _tells_time(r, best.value, zone)), best)
    if best.instant and best.precision != "second":
        best = next((r for r in readings if _tells_second(r, best.instant)), best)
    return best


def _tells_time(reading: _Reading, day: date, zone: ZoneInfo | None) -> bool:
    """Whether it is a moment of ``day``, as the reading, UTC or the outlet's zone counts days."""
    if reading.instant is None:
        return False
    if day in _days(reading.instant, zone):
        return True
    return reading.raw.source in _ANNOUNCED and abs(reading.instant.date() - day) <= _DAY


def _days(instant: datetime, zone: ZoneInfo | None) -> set[date]:
    universal = instant.astimezone(UTC)
    local = instant.astimezone(zone) if zone else universal + _EASTERNMOST
    return {instant.date(), universal.date(), local.date()}


def _tells_second(reading: _Reading, minute: datetime) -> bool:
    return (
        reading.precision == "second"
        and reading.instant is not None
        and _minute(reading.instant) == _minute(minute)
    )


def _minute(instant: datetime) -> datetime:
    return instant.replace(second=0, microsecond=0)


def _is_new_year(value: date) -> bool:
    return (value.month, value.day) == (1, 1)


def _is_before(one: _Reading, other: _Reading, zone: ZoneInfo | None) -> bool:
    """Whether it is surely earlier: two moments, or two days where one of them is only a day."""
    if one.instant and other.instant:
        return one.instant < other.instant
    days = [_days(r.instant, zone) if r.instant else {r.value} for r in (one, other)]
    return max(days[0]) < min(days[1])


def _is_shown(changed: _Reading, readings: Sequence[_Reading], zone: ZoneInfo | None) -> bool:
    """Whether a byline names the day of a change."""
    days = _days(changed.instant, zone) if changed.instant else {changed.value}
    return any(
        reading.raw.source == "byline"
        and days & (_days(reading.instant, zone) if reading.instant else {reading.value})
        for reading in readings
    )


def _stored(reading: _Reading | None) -> ChosenDate | None:
    if reading is None:
        return None
    if reading.instant is None:
        return ChosenDate(reading.value.isoformat(), "day", reading.raw)
    return ChosenDate(timestamp(reading.instant), reading.precision, reading.raw)
