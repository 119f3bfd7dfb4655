from __future__ import annotations

from datetime import timedelta

import pytest

from database import articles, ledger, polls, sources
from database.ledger import Link
from database.sources import Validators

FEED = "https://furat.example/feed"


def poll(db, links, now):
    return polls.record_poll(
        db, outlet="furat", links=links, key_pattern=r"/story/(?P<key>\d+)", now=now
    )


def test_links_are_wanted_until_they_are_stored(db, make_article, now):
    links = [Link("https://furat.example/story/1"), Link("https://furat.example/story/2")]
    assert poll(db, links, now).wanted == links
    assert poll(db, links, now).wanted == links, "queued is not known"
    articles.put(db, make_article(article_key="1"), now=now)
    again = poll(db, links, now)
    assert (again.wanted, again.known) == (links[1:], 1)


def test_one_page_under_many_addresses_is_wanted_once(db, now):
    links = [
        Link("https://furat.example/story/5/slug"),
        Link("http://www.furat.example/story/5/slug?utm_source=rss"),
        Link("https://furat.example/story/5/another-slug"),
    ]
    assert poll(db, links, now).wanted == links[:1]


def test_an_edited_page_is_wanted_again_and_survives_a_kill(db, make_article, now):
    articles.put(db, make_article(article_key="1"), now=now)
    later = now + timedelta(hours=5)
    old = Link("https://furat.example/story/1", modified=now - timedelta(hours=1))
    new = Link("https://furat.example/story/1", modified=now + timedelta(hours=1))
    assert poll(db, [old], later).wanted == []
    assert poll(db, [new], later).wanted == [new]
    assert [link.url for link in ledger.due(db, "furat", later)] == [new.url]
    articles.put(db, make_article(article_key="1"), now=later)
    assert ledger.due(db, "furat", later) == []


def test_a_source_whose_pages_were_edited_just_now_is_believed_once_an_hour(db, make_article, now):
    url = "https://furat.example/story/1"
    body = "خبر أول عن المدينة وأهلها."
    articles.put(db, make_article(article_key="1", body=body), now=now)
    looks = []
    for minutes in range(10, 200, 10):
        moment = now + timedelta(minutes=minutes)
        wanted = poll(db, [Link(url, modified=moment)], moment).wanted
        if wanted or ledger.due(db, "furat", moment):
            looks.append(minutes)
            articles.put(db, make_article(article_key="1", body=body), now=moment)
    assert looks == [10, 70, 130, 190]


def test_honest_edits_are_read_at_once_and_one_in_the_rest_after_it(db, make_article, now):
    url = "https://furat.example/story/1"
    for minutes in (0, 10, 20, 30):
        moment = now + timedelta(minutes=minutes)
        assert poll(db, [Link(url, modified=moment)], moment).wanted
        body = "وصلت القافلة إلى المدينة صباح اليوم. " * 5 + "نعم. " * minutes
        articles.put(
            db, make_article(article_key="1", body=body, text_hash=str(minutes)), now=moment
        )
    far = Link(url, modified=now + timedelta(days=9))
    assert poll(db, [far], now + timedelta(days=1)).wanted == [], "not believed"
    moment = now + timedelta(minutes=40)
    assert poll(db, [Link(url, modified=moment)], moment).wanted
    articles.put(db, make_article(article_key="1", body=body, text_hash="30"), now=moment)
    late = moment + timedelta(minutes=5)
    assert poll(db, [Link(url, modified=late)], late).wanted == []
    assert ledger.due(db, "furat", moment + timedelta(minutes=59)) == []
    assert [link.url for link in ledger.due(db, "furat", moment + timedelta(hours=1))] == [url]


def test_pages_never_read_come_before_edits_and_news_before_what_waits(db, make_article, now):
    urls = [f"https://furat.example/story/{n}" for n in (1, 2, 3)]
    articles.put(db, make_article(article_key="1"), now=now)
    later = now + timedelta(hours=1)
    edit, *new = [Link(url, modified=later) for url in urls]
    assert poll(db, [edit, new[0]], later).wanted == [new[0], edit]
    last = later + timedelta(minutes=1)
    poll(db, [new[1]], last)
    assert [link.url for link in ledger.due(db, "furat", last)] == [urls[2], urls[1], urls[0]]


def test_a_poll_queues_so_many_and_leaves_what_is_new_for_the_next(db, now, monkeypatch):
    monkeypatch.setattr(polls, "LINKS_PER_SOURCE", 10)
    monkeypatch.setattr(polls, "LONGEST_QUEUE", 25)
    links = [Link(f"https://furat.example/story/{n}") for n in range(40)]
    outcomes = []
    for _ in range(4):
        found = poll(db, links, now)
        outcomes.append((len(found.wanted), found.known, found.left, found.is_full))
    assert outcomes == [
        (10, 0, 30, False),
        (20, 0, 20, False),
        (25, 0, 15, True),
        (25, 0, 15, True),
    ]
    assert len(ledger.due(db, "furat", now, limit=7)) == 7
    assert ledger.count_due(db, "furat", now) == 25


def test_failures_are_tried_by_the_next_run_then_wait_longer_each_time(db, now):
    url = "https://furat.example/story/9"
    waits = []
    for _ in range(11):
        ledger.record_page(db, outlet="furat", url=url, status="failed", reason="HTTP 503", now=now)
        next_try = db.execute("select next_try_at from pages").fetchone()[0]
        waits.append(ledger.datetime.fromisoformat(next_try) - now)
    assert waits[:4] == [timedelta(minutes=minutes) for minutes in (0, 10, 20, 40)]
    assert waits[-1] == timedelta(days=1)
    assert ledger.due(db, "furat", now) == []
    assert ledger.due(db, "furat", now + timedelta(days=1)) == [Link(url)]
    ledger.record_page(db, outlet="furat", url=url, status="failed", reason="HTTP 503", now=now)
    assert db.execute("select status, reason from pages").fetchone() == (
        "rejected",
        "given up after 12 attempts: HTTP 503",
    )


def test_what_a_wrong_clock_planned_is_not_waited_for(db, now):
    url = "https://furat.example/story/9"
    for _ in range(3):
        ledger.record_page(
            db, outlet="furat", url=url, status="failed", now=now + timedelta(days=3650)
        )
    assert ledger.due(db, "furat", now) == [Link(url)]
    assert poll(db, [Link(url)], now).wanted == [Link(url)]
    ledger.postpone(db, url, now + ledger.LONGEST_PLAN)
    assert ledger.due(db, "furat", now) == poll(db, [Link(url)], now).wanted == []


def test_final_pages_are_known(db, now):
    for number, status in enumerate(("rejected", "gone")):
        url = f"https://furat.example/story/{number}"
        ledger.record_page(db, outlet="furat", url=url, status=status, reason="x", now=now)
        assert poll(db, [Link(url)], now).wanted == []


@pytest.mark.parametrize("status", ["gone", "rejected"])
def test_a_doubted_verdict_is_settled_by_the_third_look(db, now, status):
    url = "https://furat.example/story/9"

    def look(moment, verdict=status):
        ledger.record_page(
            db, outlet="furat", url=url, status=verdict, reason="x", now=moment, doubted=True
        )

    look(now)
    hour = timedelta(hours=1)
    assert poll(db, [Link(url)], now).wanted == []
    assert ledger.due(db, "furat", now) == [Link(url)], "the next run looks again"
    look(now)
    assert ledger.due(db, "furat", now + hour * 0.9) == []
    assert ledger.due(db, "furat", now + hour) == [Link(url)]
    look(now + hour)
    assert ledger.due(db, "furat", now + 100 * hour) == []
    assert db.execute("select status from pages").fetchone() == (status,)


def test_a_page_that_fails_and_is_missing_in_turn_is_given_up(db, now):
    url = "https://furat.example/story/9"
    poll(db, [Link(url)], now)
    looks = 0
    while ledger.due(db, "furat", now) and looks < 99:
        status = "failed" if looks % 2 else "rejected"
        ledger.record_page(
            db, outlet="furat", url=url, status=status, reason="x", now=now, doubted=True
        )
        looks, now = looks + 1, now + timedelta(days=2)
    assert looks == 5


def test_a_missing_address_does_not_hide_another_one_of_the_same_article(db, now):
    wrong, right = Link("https://furat.example/x/story/9"), Link("https://furat.example/story/9")
    poll(db, [wrong], now)
    ledger.record_page(db, outlet="furat", url=wrong.url, status="gone", reason="x", now=now)
    assert poll(db, [right], now).wanted == [right]


def test_a_stored_page_stays_stored_when_a_later_look_fails(db, make_article, now):
    articles.put(db, make_article(), now=now)
    ledger.record_page(
        db, outlet="furat", url="https://furat.example/story/1", status="failed", now=now
    )
    assert db.execute("select status from pages").fetchone()[0] == "stored"


def test_validators_come_with_a_full_answer_and_go_with_a_failure(db, now):
    sources.register(db, "furat", [("feed", FEED)])
    assert sources.validators(db, "furat", FEED) == Validators()
    sources.record_answer(
        db, "furat", FEED, Validators('"v1"', "Mon, 02 Mar 2026 10:00:00 GMT"), now
    )
    sources.record_unchanged(db, "furat", FEED, now)
    assert sources.validators(db, "furat", FEED).etag == '"v1"'
    sources.record_failure(db, "furat", FEED, "HTTP 503", now)
    assert sources.validators(db, "furat", FEED) == Validators()
    assert db.execute("select status, failures from sources").fetchone() == ("HTTP 503", 1)
    sources.register(db, "furat", [("feed", FEED)])
    assert db.execute("select failures from sources").fetchone() == (1,)


def test_a_postponed_page_stays_what_it_was_and_waits(db, make_article, now):
    links = [Link("https://furat.example/story/1"), Link("https://furat.example/story/2")]
    poll(db, links, now)
    articles.put(db, make_article(article_key="1"), now=now)
    edited = Link(links[0].url, modified=now + timedelta(minutes=1))
    assert poll(db, [edited], now + timedelta(minutes=2)).wanted == [edited]
    until = now + timedelta(hours=2)
    for link in links:
        ledger.postpone(db, link.url, until)
    earlier = until - timedelta(minutes=1)
    assert poll(db, [edited, links[1]], earlier).wanted == []
    assert ledger.due(db, "furat", earlier) == []
    assert poll(db, [edited, links[1]], until).wanted == [links[1]], "the edit is due by itself"
    assert {link.url for link in ledger.due(db, "furat", until)} == {link.url for link in links}
    rows = db.execute("select status, attempts from pages order by url").fetchall()
    assert rows == [("stored", 0), ("queued", 0)]


def test_a_postponed_source_keeps_its_validators(db, now):
    sources.register(db, "furat", [("feed", FEED)])
    sources.record_answer(db, "furat", FEED, Validators('"1"'), now)
    assert sources.is_due(db, "furat", FEED, now)
    sources.postpone(db, "furat", FEED, now + timedelta(hours=1))
    assert not sources.is_due(db, "furat", FEED, now)
    assert sources.is_due(db, "furat", FEED, now + timedelta(hours=1))
    assert sources.validators(db, "furat", FEED) == Validators('"1"')
