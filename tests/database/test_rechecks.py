"""Stored pages are looked at again, ever more seldom; a missing one is gone at the second look."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from database import articles, ledger, polls, rechecks
from database.ledger import Link, timestamp
from database.rechecks import LONGEST_WAIT, OLDEST, SHORTEST_WAIT, next_look
from database.sources import Validators

URL = "https://furat.example/story/1"
HOUR = timedelta(hours=1)


def due(db, now, limit=50):
    return [look.link.url for look in rechecks.due(db, "furat", now, limit)]


def miss(db, now, url=URL):
    return rechecks.record_failure(db, url, missing=True, reason="HTTP 404", now=now)


def page(db, *columns):
    return db.execute(f"select {', '.join(columns)} from pages where url = ?", [URL]).fetchone()


@given(st.integers(0, 40 * 24 * 60))
@settings(max_examples=60, deadline=None)
def test_waits_grow_within_bounds_and_end(minutes: int) -> None:
    born = datetime(2026, 3, 2, tzinfo=UTC)
    now = born + timedelta(minutes=minutes)
    found = next_look(born, now)
    assert (found is None) == (now - born >= OLDEST)
    if found:
        assert SHORTEST_WAIT <= found - now <= LONGEST_WAIT
        later = next_look(born, found)
        assert later is None or later - found >= found - now


def test_an_article_is_looked_at_about_twelve_times() -> None:
    born = datetime(2026, 3, 2, tzinfo=UTC)
    now, looks = born, 0
    while moment := next_look(born, now):
        now, looks = moment, looks + 1
    assert looks == 12


def test_nothing_is_due_before_an_hour_and_then_one_address(db, make_article, now) -> None:
    article = make_article(etag='"v1"', aliases={"https://furat.example/r?id=1": "requested"})
    articles.put(db, article, now=now)
    assert due(db, now + timedelta(minutes=59)) == []
    (look,) = rechecks.due(db, "furat", now + HOUR, 50)
    assert (look.link.url, look.validators) == (URL, Validators('"v1"', None))
    assert rechecks.due(db, "hudud", now + HOUR, 50) == []


def test_old_articles_and_records_of_an_archive_are_left_alone(db, make_article, now) -> None:
    articles.put(db, make_article(published_at="2026-01-30", published_precision="day"), now=now)
    other = "https://furat.example/story/2"
    archived = make_article(other, aliases={other: "archive"}, text_hash="2")
    articles.put(db, archived, now=now)
    assert due(db, now + 60 * timedelta(days=1)) == []


def test_no_more_than_the_limit_and_the_newest_first(db, make_article, now) -> None:
    for number in range(5):
        url = f"https://furat.example/story/{number}"
        made = make_article(url, text_hash=str(number))
        articles.put(db, made, now=now + number * timedelta(seconds=1))
    later = now + timedelta(days=1)
    assert due(db, later, 2) == [f"https://furat.example/story/{n}" for n in (4, 3)]


def test_an_unchanged_page_is_due_again_when_twice_as_old(db, make_article, now) -> None:
    articles.put(db, make_article(published_at=timestamp(now - HOUR)), now=now)
    rechecks.record_unchanged(db, URL, now + 2 * HOUR)
    assert page(db, "recheck_at", "tried_at") == (
        timestamp(now + 5 * HOUR),
        timestamp(now + 2 * HOUR),
    )
    assert db.execute("select checked_at from articles").fetchone() == (timestamp(now + 2 * HOUR),)


def test_a_page_is_gone_at_the_second_look(db, make_article, now) -> None:
    stored = articles.put(db, make_article(), now=now)
    assert miss(db, now + HOUR) == "missed"
    assert page(db, "status", "missed", "recheck_at") == ("stored", 1, timestamp(now + 2 * HOUR))
    assert miss(db, now + 1.5 * HOUR) == "missed"
    assert page(db, "missed") == (1,), "half an hour later it says nothing new"
    assert miss(db, now + 2 * HOUR) == "gone"
    assert page(db, "status", "reason") == ("gone", "HTTP 404")
    row = db.execute("select id, gone_at from articles").fetchone()
    assert row == (stored.article, timestamp(now + 2 * HOUR))
    assert miss(db, now + 9 * HOUR) == "missed"
    assert db.execute("select gone_at from articles").fetchone()[0] == row[1]


def test_what_a_wrong_clock_planned_is_not_waited_for(db, make_article, now) -> None:
    articles.put(db, make_article(), now=now)
    rechecks.record_unchanged(db, URL, now + timedelta(days=20))
    assert due(db, now) == [URL]
    assert miss(db, now) == "missed"
    db.execute("update pages set recheck_at = '2036-01-01T00:00:00Z'")
    assert due(db, now + HOUR) == [URL]
    assert miss(db, now + HOUR) == "gone"


@pytest.fixture
def three(db, make_article, now) -> list[str]:
    """The addresses of three stored articles of an outlet."""
    urls = [f"https://furat.example/story/{number}" for number in (1, 2, 3)]
    for number, url in enumerate(urls):
        articles.put(db, make_article(url, text_hash=str(number)), now=now)
    return urls


def gone(db) -> list[str]:
    rows = db.execute("select url from articles where gone_at not null order by url")
    return [url for (url,) in rows]


def test_of_an_outlet_that_shows_no_page_nothing_is_gone(db, three, now) -> None:
    for hours in range(1, 6):
        assert [miss(db, now + hours * HOUR, url) for url in three] == ["missed"] * 3
    assert gone(db) == []
    assert {status for (status,) in db.execute("select status from pages")} == {"stored"}


def test_once_the_outlet_shows_a_page_what_is_still_missing_is_gone(db, three, now) -> None:
    for hours in (1, 2):
        for url in three:
            miss(db, now + hours * HOUR, url)
    rechecks.record_unchanged(db, three[2], now + 9 * HOUR)
    assert [miss(db, now + 9 * HOUR, url) for url in three[:2]] == ["gone"] * 2
    assert gone(db) == three[:2]


def test_a_page_that_was_shown_before_the_last_look_says_nothing(db, three, now) -> None:
    rechecks.record_unchanged(db, three[2], now + HOUR)
    for hours in (2, 3):
        assert miss(db, now + hours * HOUR) == "missed"
    assert gone(db) == []


@pytest.mark.parametrize("sign", ["error", "archive", "other outlet"])
def test_what_is_no_sign_that_the_outlet_is_well(db, three, make_article, now, sign) -> None:
    miss(db, now + HOUR)
    at = now + HOUR + timedelta(minutes=1)
    if sign == "error":
        rechecks.record_failure(db, three[1], missing=False, reason="HTTP 500", now=at)
    elif sign == "archive":
        old = "https://furat.example/story/9"
        articles.put(db, make_article(old, aliases={old: "archive"}, text_hash="9"), now=at)
    else:
        other = "https://hudud.example/story/1"
        articles.put(db, make_article(other, outlet="hudud", text_hash="9"), now=at)
    assert miss(db, now + 2 * HOUR) == "missed"
    assert gone(db) == []


@pytest.mark.parametrize(("hours", "found"), [(0.5, "missed"), (1.5, "gone")])
def test_an_article_that_nobody_asked_for_shows_that_the_outlet_is_well(
    db, three, now, hours, found
) -> None:
    miss(db, now + HOUR)
    ledger.record_page(
        db,
        outlet="furat",
        url="https://furat.example/story/9",
        status="rejected",
        reason=ledger.UNWATCHED,
        now=now + hours * HOUR,
    )
    assert miss(db, now + 2 * HOUR) == found


def test_what_is_gone_already_is_no_page_that_the_outlet_could_show(db, three, now) -> None:
    for hours in (1, 2):
        rechecks.record_unchanged(db, URL, now + hours * HOUR)
        for url in three[1:]:
            miss(db, now + hours * HOUR, url)
    assert gone(db) == three[1:]
    assert [miss(db, now + hours * HOUR) for hours in (20, 60)] == ["missed", "gone"]


def test_what_is_gone_stays_gone_while_the_outlet_shows_nothing(db, three, now) -> None:
    for hours in (1, 2):
        rechecks.record_unchanged(db, three[2], now + hours * HOUR)
        miss(db, now + hours * HOUR)
    assert gone(db) == [URL]
    for hours in (9, 40, 150):
        for url in three:
            miss(db, now + hours * HOUR, url)
    assert gone(db) == [URL]
    assert page(db, "status") == ("gone",)


def live(db, make_article, now, days: int, is_missing) -> None:
    """An outlet that is looked at each hour and publishes an article a day, on the first two."""
    for hour in range(days * 24):
        at = now + hour * HOUR
        for url in due(db, at):
            if is_missing(url, at):
                miss(db, at, url)
            else:
                rechecks.record_unchanged(db, url, at)
        url = f"https://furat.example/story/{hour}"
        if (hour == 1 or hour % 24 == 0) and not is_missing(url, at):
            made = make_article(url, text_hash=str(hour), published_at=timestamp(at))
            articles.put(db, made, now=at)


@pytest.mark.parametrize("day", [2, 29])
def test_what_is_withdrawn_within_thirty_days_is_gone(db, make_article, now, day) -> None:
    withdrawn = [f"https://furat.example/story/{hour}" for hour in (0, 1)]
    since = now + timedelta(days=day)
    live(db, make_article, now, 50, lambda url, at: url in withdrawn and at >= since)
    assert gone(db) == withdrawn


@pytest.mark.parametrize("days", [2, 60])
def test_an_outage_takes_nothing_away(db, make_article, now, days) -> None:
    start = now + timedelta(days=10)
    live(db, make_article, now, 40, lambda _, at: start <= at < start + timedelta(days=days))
    assert gone(db) == []


def test_a_page_that_comes_back_is_there(db, make_article, now) -> None:
    articles.put(db, make_article(), now=now)
    for hours in (1, 2):
        miss(db, now + hours * HOUR)
    assert due(db, now + 5 * HOUR) == [URL]
    articles.put(db, make_article(), now=now + 5 * HOUR)
    assert page(db, "status", "missed") == ("stored", 0)
    assert db.execute("select gone_at from articles").fetchone() == (None,)


@pytest.mark.parametrize("between", ["unchanged", "read"])
def test_two_misses_count_only_in_a_row(db, make_article, now, between) -> None:
    articles.put(db, make_article(), now=now)
    miss(db, now + HOUR)
    if between == "read":
        articles.put(db, make_article(), now=now + 2 * HOUR)
    else:
        rechecks.record_unchanged(db, URL, now + 2 * HOUR)
    assert miss(db, now + 9 * HOUR) == "missed"


def test_errors_and_blocks_never_mean_gone(db, make_article, now) -> None:
    articles.put(db, make_article(), now=now)
    for hours in range(1, 40):
        found = rechecks.record_failure(
            db, URL, missing=False, reason="HTTP 503", now=now + hours * HOUR
        )
        assert found == "stored"
    assert page(db, "status", "missed", "attempts") == ("stored", 0, 0)
    assert db.execute("select gone_at from articles").fetchone() == (None,)


def test_an_announced_edit_that_fails_is_tried_again_soon(db, make_article, now) -> None:
    articles.put(db, make_article(), now=now)
    edit = Link(URL, modified=now + HOUR)
    later = now + 2 * HOUR
    polls.record_poll(db, outlet="furat", links=[edit], key_pattern=None, now=later)
    found = rechecks.record_failure(db, URL, missing=False, reason="HTTP 503", now=later)
    assert found is None


def test_another_address_that_is_gone_says_nothing_of_the_article(db, make_article, now) -> None:
    other = "https://furat.example/short/1"
    articles.put(db, make_article(aliases={other: "requested"}), now=now)
    for hours in (1, 3):
        miss(db, now + hours * HOUR, other)
    assert db.execute("select status from pages where url = ?", [other]).fetchone() == ("gone",)
    assert db.execute("select gone_at from articles").fetchone() == (None,)


def test_a_page_that_was_never_stored_is_no_matter_of_rechecks(db, now) -> None:
    assert miss(db, now) is None


def test_an_archive_says_nothing_of_a_page_that_was_read(db, make_article, now) -> None:
    articles.put(db, make_article(etag='"v1"'), now=now)
    for hours in (1, 2):
        miss(db, now + hours * HOUR)
    queries = ("select * from pages", "select gone_at from articles where gone_at not null")
    before = [db.execute(query).fetchall() for query in queries]
    assert all(before)
    archived = make_article(aliases={URL: "archive"}, text_hash="other", body="أقدم")
    assert articles.put(db, archived, now=now + 3 * HOUR).outcome == "unchanged"
    assert [db.execute(query).fetchall() for query in queries] == before


def test_an_article_that_moved_and_is_gone(db, make_article, now) -> None:
    moved = "https://furat.example/moved/1"
    articles.put(db, make_article(article_key="1"), now=now)
    article = make_article(moved, article_key="1", aliases={URL: "requested"})
    articles.put(db, article, now=now + HOUR)
    assert due(db, now + 9 * HOUR) == [moved]
    for hours in (3, 5):
        miss(db, now + hours * HOUR, moved)
    assert db.execute("select gone_at from articles").fetchone() == (timestamp(now + 5 * HOUR),)


def test_a_source_that_names_a_gone_page_anew_brings_it_back(db, make_article, now) -> None:
    articles.put(db, make_article(), now=now)
    for hours in (1, 2):
        miss(db, now + hours * HOUR)
    later = now + 4 * HOUR
    again = Link(URL, modified=now + 3 * HOUR)
    polls.record_poll(db, outlet="furat", links=[again], key_pattern=None, now=later)
    assert [link.url for link in ledger.due(db, "furat", later)] == [URL], "also after a kill"
    ledger.record_page(db, outlet="furat", url=URL, status="failed", reason="HTTP 503", now=later)
    assert page(db, "status") == ("gone",)
