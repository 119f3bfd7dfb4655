"""An outlet's rhythm: what it published lately against its own earlier weeks."""

from __future__ import annotations

import random
from datetime import datetime, timedelta

import pytest

from database import articles, runs
from database.rhythm import DAYS, Rhythm, daily_counts, rhythm, was_watched
from database.runs import Counts

WEEKEND = (4, 5)


def days(*latest: int, before: int, weeks: int = 8) -> list[int]:
    """Counts by day: the latest first, then so many on each day of the weeks before."""
    counts = [*latest, *[before] * (7 * weeks)]
    return (counts + [0] * DAYS)[:DAYS]


def is_silent(counts: list[int], more: int = 0) -> bool:
    found = rhythm(counts)
    return found is not None and found.is_broken(more)


@pytest.mark.parametrize(
    ("counts", "silent"),
    [
        (days(3, 0, before=20), True),
        (days(0, before=20), True),
        (days(4, before=20), False),
        (days(20, 0, 0, before=20), False),
        # One article a day: ten days have to pass.
        (days(*[0] * 8, 1, 1, before=1), False),
        (days(*[0] * 10, before=1), True),
        # Too few to say anything within four weeks.
        (days(*[0] * 28, 1, *[0] * 6, 1, *[0] * 6, 1, before=0), False),
        # No history, or too little of it.
        ([0] * DAYS, False),
        (days(0, before=20, weeks=1), False),
        (days(0, *[20] * 14, before=0), True),
        (days(0, *[20] * 13, before=0), False),
    ],
)
def test_silence(counts: list[int], silent: bool) -> None:
    assert is_silent(counts) is silent


def test_fewest_days_in_which_ten_are_expected() -> None:
    assert rhythm(days(1, 2, before=5)) == Rhythm(found=3, expected=10.0, days=2)
    assert rhythm(days(0, before=50)) == Rhythm(found=0, expected=50.0, days=1)
    assert str(Rhythm(3, 41.2, 2)) == "3 articles in the last 2 days, 41 expected"
    assert str(Rhythm(1, 12.0, 1)) == "1 article in the last day, 12 expected"


@pytest.mark.parametrize("first", [*range(14, 18), 21, 28, 35])
def test_one_odd_day_does_not_speak_for_weeks(first: int) -> None:
    assert not is_silent(days(*[20] * first, 500, before=0)), "a first crawl of an undated listing"
    assert not is_silent(days(*[20] * first, 1000, before=20))


@pytest.mark.parametrize(
    ("hours", "watched"),
    [
        ((), True),
        ((24, 48, 73), True),
        ((72,), False),
        ((1, 73), False),
        ((1, 25, 100), True),
        ((23, 100), False),
    ],
)
def test_no_verdict_on_days_in_which_no_run_looked(db, now, hours, watched) -> None:
    articles.ensure_outlet(db, "furat")
    for status, ago in [*(("quiet", ago) for ago in sorted(hours, reverse=True)), ("failed", 0.5)]:
        run = runs.start_run(db, "test", now - timedelta(hours=ago))
        runs.record_outlet(db, run, "furat", Counts(), seconds=0, status=status, note=None)
    assert was_watched(db, "furat", Rhythm(found=0, expected=20, days=1), now) is watched


def test_what_is_announced_but_not_read_yet_is_no_silence() -> None:
    assert is_silent(days(0, before=20))
    assert not is_silent(days(0, before=20), more=4)


@pytest.mark.parametrize("today", range(7))
def test_a_weekend_is_never_missed_whatever_day_it_is(today: int) -> None:
    """Counting back from ``today``, twenty articles a day and none on two days of the week."""
    counts = [0 if (today - day) % 7 in WEEKEND else 20 for day in range(DAYS)]
    assert not is_silent(counts)
    counts[:3] = [0, 0, 0]
    assert is_silent(counts), "three days without any are missed all the same"


def test_a_weekly_is_missed_after_its_days_of_issue() -> None:
    weekly = [12 if day % 7 == 3 else 0 for day in range(DAYS)]
    assert not is_silent(weekly)
    weekly[3] = 0
    assert is_silent(weekly)


def test_steady_outlets_are_hardly_ever_called_silent() -> None:
    dice = random.Random(7)
    cries = looks = 0
    for each in (1, 5, 20, 100):
        counts = [sum(dice.random() < 0.5 for _ in range(2 * each)) for _ in range(400 + DAYS)]
        for first in range(400):
            looks += 1
            cries += is_silent(counts[first : first + DAYS])
    assert cries <= looks / 1000


@pytest.fixture
def publish(db, make_article):
    numbers = iter(range(1, 1000))

    def publish(published_at: str | None, seen: datetime) -> None:
        number = next(numbers)
        article = make_article(
            f"https://furat.example/story/{number}",
            title=f"خبر {number}",
            text_hash=f"h{number}",
            published_at=published_at,
            published_precision=published_at and ("minute" if "T" in published_at else "day"),
        )
        articles.put(db, article, now=seen)

    return publish


def test_counts_by_publication_else_by_when_they_were_first_seen(db, publish, now) -> None:
    """It is noon of 2 March: a bare date lasts until midnight."""
    for published in (
        "2026-03-02T11:59:00Z",
        "2026-03-02",
        "2026-03-01T12:01:00Z",
        "2026-03-01",
        "2026-03-01T11:59:00Z",
        "2026-02-28",
        "2025-12-30T12:00:00Z",
        "2026-03-09T12:00:00Z",
    ):
        publish(published, now - timedelta(days=20))
    publish(None, now - timedelta(days=5))
    publish(None, now - timedelta(days=70))
    counts = daily_counts(db, "furat", now)
    assert {day: count for day, count in enumerate(counts) if count} == {0: 4, 1: 2, 5: 1, 62: 1}
    assert sum(daily_counts(db, "hudud", now)) == 0


def test_counting_reads_no_article(db) -> None:
    plan = db.execute(
        "explain query plan select published_at, count(*) from articles"
        " where outlet = ? and published_at between ? and ? group by 1",
        ["furat", "a", "b"],
    ).fetchall()
    assert "COVERING INDEX articles_outlet" in str(plan)
