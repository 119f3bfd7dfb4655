"""Sources: when a source is polled again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from database import articles, sources
from database.ledger import timestamp
from database.sources import SOURCES_PER_OUTLET, Rhythm, Validators

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
URL = "https://example.net/feed"
AGES = st.timedeltas(min_value=timedelta(0), max_value=timedelta(days=4000))


@pytest.mark.parametrize(
    ("age", "wait"),
    [
        (timedelta(0), timedelta(0)),
        (timedelta(hours=1), timedelta(minutes=6)),
        (timedelta(days=1), timedelta(hours=2, minutes=24)),
        (timedelta(days=90), timedelta(hours=6)),
    ],
)
def test_the_longer_a_source_sleeps_the_more_seldom_it_is_polled(age, wait):
    assert Rhythm().next_poll(NOW - age, NOW) - NOW == wait


@given(AGES, AGES)
def test_the_bounds_hold_and_sleep_never_shortens_the_wait(one, other):
    rhythm = Rhythm(timedelta(minutes=5), timedelta(hours=3))
    waits = [rhythm.next_poll(NOW - age, NOW) - NOW for age in sorted((one, other))]
    assert rhythm.shortest <= waits[0] <= waits[1] <= rhythm.longest


def test_news_and_a_failure_wake_a_source(db):
    articles.ensure_outlet(db, "alpha")
    sources.register(db, "alpha", [("feed", URL)])
    assert sources.is_due(db, "alpha", URL, NOW), "never polled"
    sources.record_answer(db, "alpha", URL, Validators('"1"'), NOW, news=True)
    assert sources.is_due(db, "alpha", URL, NOW), "news a moment ago: the next run looks again"
    later = NOW + timedelta(days=10)
    sources.record_unchanged(db, "alpha", URL, later)
    assert not sources.is_due(db, "alpha", URL, later + timedelta(hours=5))
    assert sources.is_due(db, "alpha", URL, later + timedelta(hours=6))
    sources.record_answer(db, "alpha", URL, Validators('"2"'), later, news=False)
    assert not sources.is_due(db, "alpha", URL, later + timedelta(hours=5))
    sources.record_failure(db, "alpha", URL, "HTTP 503", later)
    assert sources.is_due(db, "alpha", URL, later)
    sources.record_answer(db, "alpha", URL, Validators('"3"'), later, news=True)
    assert sources.is_due(db, "alpha", URL, later)
    rows = db.execute("select news_at from sources").fetchall()
    assert rows == [(timestamp(later),)]


def test_outlets_that_name_one_source_know_nothing_of_each_others_polls(db):
    for outlet in ("alpha", "beta"):
        articles.ensure_outlet(db, outlet)
        sources.register(db, outlet, [("feed", URL)])
    sources.record_answer(db, "alpha", URL, Validators('"1"'), NOW)
    sources.record_unchanged(db, "alpha", URL, NOW + timedelta(days=10))
    sources.postpone(db, "alpha", URL, NOW + timedelta(days=11))
    later = NOW + timedelta(days=10, hours=1)
    assert sources.validators(db, "beta", URL) == Validators()
    assert sources.is_due(db, "beta", URL, later)
    assert sources.peace(db, "beta", URL, later) is None
    sources.record_failure(db, "beta", URL, "HTTP 503", later)
    sources.register(db, "beta", [("feed", URL)])
    assert sources.is_unfinished(db, "beta", URL)
    assert not sources.is_unfinished(db, "alpha", URL)
    assert sources.validators(db, "alpha", URL) == Validators('"1"')
    assert not sources.is_due(db, "alpha", URL, later, Rhythm(longest=timedelta(days=2)))
    assert sources.peace(db, "alpha", URL, later) == NOW + timedelta(days=11)
    assert sources.of_outlet(db, "alpha") == sources.of_outlet(db, "beta") == [("feed", URL)]


def test_what_a_wrong_clock_planned_is_not_waited_for(db):
    articles.ensure_outlet(db, "alpha")
    sources.register(db, "alpha", [("feed", URL)])
    wrong = NOW + timedelta(days=3650)
    sources.record_answer(db, "alpha", URL, Validators(), NOW, news=True)
    sources.record_unchanged(db, "alpha", URL, wrong)
    assert sources.is_due(db, "alpha", URL, NOW)
    sources.record_unchanged(db, "alpha", URL, NOW + timedelta(days=10))
    assert not sources.is_due(db, "alpha", URL, NOW + timedelta(days=10))
    assert sources.is_due(
        db, "alpha", URL, NOW + timedelta(days=10), Rhythm(longest=timedelta(hours=1))
    )
    sources.postpone(db, "alpha", URL, wrong)
    assert sources.peace(db, "alpha", URL, NOW) is None
    sources.postpone(db, "alpha", URL, NOW + timedelta(days=7))
    assert sources.peace(db, "alpha", URL, NOW) == NOW + timedelta(days=7)


def test_an_outlets_sources_do_not_grow_for_ever(db):
    for outlet in ("alpha", "beta"):
        articles.ensure_outlet(db, outlet)
    sources.register(db, "beta", [("feed", "https://b.example/feed")])
    urls = [f"https://a.example/map-{n}.xml" for n in range(SOURCES_PER_OUTLET + 50)]
    for start in range(0, len(urls), 25):
        batch = urls[start : start + 25]
        sources.register(db, "alpha", [("sitemap", url) for url in batch])
        for n, url in enumerate(batch, start):
            polled = NOW + timedelta(minutes=n)
            sources.record_answer(db, "alpha", url, Validators(str(n)), polled, news=True)
    kept = {url for _, url in sources.of_outlet(db, "alpha")}
    assert kept == set(urls[50:]), "the newest ones stay"
    assert sources.of_outlet(db, "beta") == [("feed", "https://b.example/feed")]
