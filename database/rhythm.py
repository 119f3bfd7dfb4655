"""An outlet's rhythm: how many articles it has published lately, and how many were to be expected.

A day here is a bucket of 24 hours back from now, so that it does not matter at which hour one asks,
and compares only with the same weekday of earlier weeks: an outlet that rests on Fridays and
Saturdays is not missed on them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median_low

import sqlite_utils

from database.ledger import timestamp

WEEK = 7
DAYS = 9 * WEEK
"""How far back is looked."""
LEAST_HISTORY = 2 * WEEK
"""Days before the window that an outlet must have been published."""
LONGEST_WINDOW = 4 * WEEK
ENOUGH = 10
"""So many articles have to be expected before their lack says anything."""
LEAST_SHARE = 1 / 6
LONGEST_GAP = timedelta(hours=36)
"""Between two runs; what a feed told and dropped within a longer one was never seen."""


@dataclass(slots=True, frozen=True)
class Rhythm:
    """What an outlet published within the last ``days``, and what its earlier weeks promised."""

    found: int
    expected: float
    days: int

    def is_broken(self, more: int = 0) -> bool:
        """Whether a sixth of the expected is lacking too, were there ``more`` articles."""
        return self.found + more < self.expected * LEAST_SHARE

    def __str__(self) -> str:
        articles = "1 article" if self.found == 1 else f"{self.found} articles"
        span = "day" if self.days == 1 else f"{self.days} days"
        return f"{articles} in the last {span}, {self.expected:.0f} expected"


def rhythm(counts: Sequence[int]) -> Rhythm | None:
    """The rhythm out of the articles of each day, the last 24 hours first; None: it has none.

    Looked at are the fewest days in which ``ENOUGH`` articles are expected. Expected of a day is
    the median of the same weekday in the weeks before, as far back as articles are known: one odd
    day, as a first crawl, does not speak for weeks.
    """
    history = max((day for day, count in enumerate(counts) if count), default=0) + 1
    for days in range(1, min(LONGEST_WINDOW, history - LEAST_HISTORY) + 1):
        expected = sum(_expected(counts, day, days, history) for day in range(days))
        if expected >= ENOUGH:
            return Rhythm(sum(counts[:days]), expected, days)
    return None


def _expected(counts: Sequence[int], day: int, window: int, history: int) -> int:
    first = day + -(-(window - day) // WEEK) * WEEK
    before = counts[first : min(history, day + 8 * WEEK + 1) : WEEK]
    return median_low(before) if before else 0


def was_watched(db: sqlite_utils.Database, outlet: str, rhythm: Rhythm, now: datetime) -> bool:
    """Whether no gap between runs that could read the outlet reaches into the days of a rhythm."""
    rows = db.execute(
        "select started_at from outlet_runs join runs on runs.id = run"
        " where outlet = ? and outlet_runs.status not in ('failed', 'blocked')"
        " and started_at <= ? order by run desc",
        [outlet, timestamp(now)],
    )
    later, since = now, now - timedelta(days=rhythm.days)
    for (started_at,) in rows:
        earlier = _instant(started_at)
        if later - earlier > LONGEST_GAP:
            return False
        if earlier <= since:
            break
        later = earlier
    return True


def daily_counts(db: sqlite_utils.Database, outlet: str, now: datetime) -> list[int]:
    """Articles of the last nine weeks by day, the last 24 hours first.

    By publication, and where none is known by when they were first seen. A bare date counts as the
    end of that day: what is printed in the evening must not be missed at noon.
    """
    counts = [0] * DAYS
    since = now - timedelta(days=DAYS)
    rows = db.execute(
        "select published_at, count(*) from articles"
        " where outlet = :outlet and published_at between :first_day and :tomorrow group by 1"
        " union all select first_seen_at, count(*) from articles"
        " where outlet = :outlet and published_at is null and first_seen_at >= :since group by 1",
        {
            "outlet": outlet,
            "since": timestamp(since),
            "first_day": timestamp(since)[:10],
            # A bare date of today may lie ahead.
            "tomorrow": timestamp(now + timedelta(days=1)),
        },
    )
    for published, count in rows:
        age = now - _instant(published)
        day = max(age // timedelta(days=1), 0)
        if day < DAYS:
            counts[day] += count
    return counts


def _instant(published: str) -> datetime:
    if "T" in published:
        return datetime.fromisoformat(published)
    return datetime.fromisoformat(f"{published}T00:00:00Z") + timedelta(days=1)
