"""What a prune takes along, what it leaves, and that nothing of what went is left half."""

from __future__ import annotations

import random
import shutil
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from database import articles, ledger, polls, postings, rechecks, rhythm, search
from database.backup import backup
from database.connection import open_database, transaction
from database.ledger import Link, timestamp
from database.prune import (
    NoRoomError,
    old_runs,
    outlets,
    prune,
    prune_runs,
    reclaim,
    runs_limit,
    size,
)
from database.rhythm import Rhythm
from database.runs import Counts, finish_run, record_outlet, start_run
from watchlist import Match
from watchlist.matcher import Hit

BORN = datetime(2026, 1, 1, 9, tzinfo=UTC)
WORDS = [
    "القوات",
    "المدينة",
    "الطريق",
    "المدارس",
    "السكان",
    "الوزارة",
    "السوق",
    "المطار",
    "الجسر",
    "المياه",
    "القمح",
    "الوقود",
]
OWN = (
    "select id, url, article_key, title, published_at, checked_at, revision, story, agency,"
    " weak_key, grouping, provenance from articles where id = ?",
    "select * from article_text where article = ?",
    "select * from article_urls where article = ? order by url",
    "select * from revisions where article = ? order by id",
    "select * from matches where article = ? order by watch",
    "select * from hits where article = ? order by watch, start",
    "select * from unusual_articles where article = ?",
    "select * from pages where article = ? order by url",
)
REFERRED = ("article_text", "article_urls", "revisions", "matches", "hits", "unusual_articles")


def text(chance: random.Random) -> str:
    return " ".join(chance.choice(WORDS) + str(chance.randint(1, 99)) for _ in range(60))


def populate(db, make_article) -> None:
    """Sixty articles of sixty days: copies, edits, undated ones, bare dates, matches, a reused
    address, characters that the index cannot rule out."""
    chance = random.Random(7)
    watch = "insert into watches (watch, query, fingerprint, updated_at) values ('w', '', 'f', 't')"
    db.execute(watch)
    bodies: list[str] = []
    for number in range(60):
        now = BORN + timedelta(days=number)
        copied = bool(bodies) and number % 3 == 0
        body = bodies[-1] + f" زيادة {number}" if copied else text(chance)
        bodies.append(body)
        day = number % 7 == 0
        values = {
            "outlet": ("furat", "hudud")[number % 2],
            "title": "\U0001ee00 " * (number % 5 == 0) + f"عنوان الخبر {body[:40]}",
            "body": body,
            "text_hash": f"h{number}",
            "word_count": len(body.split()),
            "published_at": None
            if number % 11 == 0
            else timestamp(now)[:10]
            if day
            else timestamp(now),
            "published_precision": None if number % 11 == 0 else "day" if day else "minute",
            "article_key": str(number) if number % 2 else None,
            "aliases": {f"https://furat.example/amp/{number}": "amp"},
        }
        if number % 4 == 0:
            hit = Hit("القوات", "body", 0, 6)
            values["matches"] = [Match("w", [hit])]
        page = make_article(f"https://furat.example/story/{number}", **values)
        articles.put(db, page, now=now)
        if number % 6 == 1:
            edited = make_article(page.url, **values | {"body": body + " تعديل", "text_hash": "e"})
            articles.put(db, edited, now=now + timedelta(hours=2))
        if number == 40:
            other = values | {"body": text(chance), "title": "شيء آخر تماما", "text_hash": "o"}
            articles.put(db, make_article(page.url, **other), now=now + timedelta(hours=3))
    assert db.execute("select count(*) from articles where replaced_by not null").fetchone() == (1,)
    assert db.execute("select count(*) from unusual_articles").fetchone() > (5,)


@pytest.fixture(scope="module")
def full(tmp_path_factory) -> list[Path]:
    """The populated file, once it was made."""
    return [tmp_path_factory.mktemp("prune") / "full.db"]


@pytest.fixture
def populated(db, make_article, full):
    """A database of its own with all that ``populate`` writes."""
    path = full[0]
    if not path.exists():
        populate(db, make_article)
        backup(path_of(db), path)
    copy = path_of(db).with_name("copy.db")
    shutil.copy(path, copy)
    with closing(open_database(copy)) as opened:
        yield opened


def path_of(db) -> Path:
    return Path(db.execute("pragma database_list").fetchone()[2])


def index(db) -> list[tuple]:
    """The full-text index, token by token."""
    db.execute("drop table if exists temp.tokens")
    db.execute(
        "create virtual table temp.tokens using fts5vocab('main', 'articles_fts', 'instance')"
    )
    return db.execute(
        "select term, doc, col, offset from temp.tokens order by 1, 2, 3, 4"
    ).fetchall()


def is_sound(db) -> bool:
    """Nothing points nowhere, and the full-text index is what filling it anew would give."""
    assert db.execute("pragma integrity_check").fetchall() == [("ok",)]
    assert db.execute("pragma foreign_key_check").fetchall() == []
    for table in REFERRED:
        orphans = f"select count(*) from {table} where article not in (select id from articles)"
        assert db.execute(orphans).fetchone() == (0,), table
    entries = {postings.article_of(entry) for (entry,) in db.execute("select entry from postings")}
    assert entries <= {number for (number,) in db.execute("select id from articles")}
    indexed = index(db)
    with transaction(db):
        search.refill(db.conn)
    assert indexed == index(db)
    return True


def recount(db) -> list[tuple]:
    return db.execute(
        "select story, count(*), count(distinct outlet), min(published_at), max(published_at)"
        " from articles group by story order by story"
    ).fetchall()


def partition(db, kept: set[int]) -> set[frozenset[int]]:
    """Which of the articles are one story."""
    found: dict[int, set[int]] = {}
    for number, story in db.execute("select id, story from articles"):
        if number in kept:
            found.setdefault(story, set()).add(number)
    return set(map(frozenset, found.values()))


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("keep_matched", [False, True])
def test_what_stays_is_as_it_was_and_what_goes_is_gone(populated, seed, keep_matched) -> None:
    """Not the store that never saw the old ones: stories, and lines that recur, were learnt."""
    db = populated
    chance = random.Random(seed)
    before = BORN + timedelta(hours=chance.randint(0, 60 * 24))
    is_old = {
        number: (at + "T24" if len(at) == 10 else at) < timestamp(before)
        for number, at in db.execute(
            "select id, coalesce(published_at, first_seen_at) from articles"
        )
    }
    matched = {number for (number,) in db.execute("select distinct article from matches")}
    gone = {n for n, old in is_old.items() if old and not (keep_matched and n in matched)}
    kept = is_old.keys() - gone
    own = {n: [db.execute(query, [n]).fetchall() for query in OWN] for n in kept}
    stories = partition(db, kept)
    entries = {row for row in db.execute("select * from postings") if row[1] & 0xFFFFFFFF in kept}
    links = [r for r in db.execute("select * from links") if {r[0], r[1]} <= kept]
    would = outlets(db, before, keep_matched=keep_matched)

    result = prune(db, before, keep_matched=keep_matched)

    assert result.count == len(gone) == sum(would.values())
    assert {number for (number,) in db.execute("select id from articles")} == kept
    assert is_sound(db)
    for number in kept:
        assert [db.execute(query, [number]).fetchall() for query in OWN] == own[number]
    assert partition(db, kept) == stories
    assert set(db.execute("select * from postings")) == entries
    assert db.execute("select * from links").fetchall() == links
    assert db.execute(
        "select id, articles, outlets, first_published_at, last_published_at from stories"
        " order by id"
    ).fetchall() == recount(db)
    leads = "select count(*) from stories join articles on articles.id = lead_article"
    assert db.execute(leads + " where story = stories.id").fetchone() == (len(recount(db)),)


@pytest.mark.parametrize("again", [False, True])
def test_what_was_known_stays_known_under_all_its_addresses_and_edits(populated, again) -> None:
    db = populated
    names = [url for (url,) in db.execute("select url from article_urls")]
    prune(db, BORN + timedelta(days=90))
    assert db.execute("select count(*) from articles").fetchone() == (0,)
    late = datetime(2026, 6, 1, tzinfo=UTC)
    links = [Link(url, modified=late) for url in names]
    for outlet in ("furat", "hudud"):
        poll = polls.record_poll(
            db, outlet=outlet, links=links, key_pattern=None, now=late, full=again
        )
        assert poll.wanted == []
        assert ledger.due(db, outlet, late, full=again) == []
        assert rechecks.due(db, outlet, late, 100) == []
    assert set(db.execute("select status, reason, article from pages")) == {
        ("rejected", "pruned", None)
    }


def test_an_article_under_three_addresses_is_announced_once_before_and_after(
    db, make_article, now
) -> None:
    final = "https://furat.example/story/1"
    links = [Link(url) for url in ("https://furat.example/x", "https://furat.example/y", final)]
    polls.record_poll(db, outlet="furat", links=links, key_pattern=None, now=now)
    aliases = {link.url: "requested" for link in links[:2]}
    articles.put(db, make_article(final, aliases=aliases), now=now)
    columns = "day, discovered, in_feed, in_several, feed_only"
    before = db.execute(f"select {columns} from completeness").fetchall()
    prune(db, now)
    assert db.execute(f"select {columns} from completeness").fetchall() == before
    assert before[0][1] == 1


def test_an_outlets_key_stays_known_at_an_address_never_seen(db, make_article, now) -> None:
    articles.put(db, make_article(article_key="1"), now=now)
    prune(db, now)
    link = Link("https://furat.example/other/1")
    poll = polls.record_poll(
        db, outlet="furat", links=[link], key_pattern=r"/(?P<key>\d+)$", now=now
    )
    assert poll.wanted == []


def test_stopped_between_batches_it_goes_on_later(populated, monkeypatch) -> None:
    db = populated
    monkeypatch.setattr("database.prune.BATCH", 7)
    total = db.execute("select count(*) from articles").fetchone()[0]
    result = prune(db, BORN + timedelta(days=90), stop=lambda: True)
    assert (result.count, result.finished) == (7, False)
    assert is_sound(db)
    again = prune(db, BORN + timedelta(days=90))
    assert (again.count, again.finished) == (total - 7, True)
    assert is_sound(db)


def test_a_bare_date_is_as_old_as_the_end_of_its_day(db, make_article, now) -> None:
    page = make_article(published_at="2026-03-02", published_precision="day")
    articles.put(db, page, now=now)
    assert outlets(db, datetime(2026, 3, 2, 23, 59, tzinfo=UTC)) == {}
    assert outlets(db, datetime(2026, 3, 3, tzinfo=UTC)) == {"furat": 1}


def test_an_alert_of_a_story_that_goes_stays_as_history(db, make_article, now) -> None:
    db.execute("insert into watches (watch, fingerprint, updated_at) values ('w', 'f', 't')")
    articles.put(db, make_article(), now=now)
    db.execute(
        "insert into alerts (watch, story, channel, status, created_at)"
        " select 'w', id, 'mail', 'sent', 't' from stories"
    )
    prune(db, now)
    assert db.execute("select story, status from alerts").fetchall() == [(None, "sent")]


def test_the_room_goes_back_to_the_disk(db, make_article, now) -> None:
    path = path_of(db)
    for number in range(60):
        body = " ".join(f"{number}كلمة{word}" for word in range(1000))
        page = make_article(f"https://furat.example/{number}", body=body, text_hash=None)
        articles.put(db, page, now=now)
    before = size(path)
    prune(db, now)
    reclaim(db)
    assert size(path) < before / 3
    assert not path.with_name("news.db-wal").stat().st_size


def test_without_room_or_when_stopped_the_database_stays(populated, monkeypatch) -> None:
    monkeypatch.setattr("database.prune.INSTRUCTIONS", 10)
    assert not reclaim(populated, stop=lambda: True)
    usage = shutil.disk_usage("/")._replace(free=10)
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: usage)
    with pytest.raises(NoRoomError, match="reclaiming needs"):
        reclaim(populated)
    assert is_sound(populated)


STATUSES = ("ok", "quiet", "degraded", "drifted", "silent", "blocked", "failed")
TOLD = (
    "select outlet, status, note, last_run_at, last_good_at from health order by outlet",
    "select * from runs where command not like 'scrapy ingest%' order by id desc limit 1",
    "select * from outlet_runs where run in"
    " (select max(run) from outlet_runs group by outlet) order by run, outlet",
)


def record_runs(db, chance: random.Random, now: datetime) -> None:
    """Two years of runs a day, with pauses, of outlets that come, go, and fail for long."""
    day, moods = 730, {"furat": STATUSES, "hudud": STATUSES}
    while day > 0:
        begun = now - timedelta(days=day, minutes=chance.randint(0, 600))
        command = "scrapy ingest a.jsonl" if chance.random() < 0.05 else "scrapy run"
        run = start_run(db, command, begun)
        for outlet, moods_of in moods.items():
            if chance.random() < 0.02:
                moods[outlet] = tuple(chance.sample(STATUSES, chance.randint(0, 3)))
            if moods_of and command == "scrapy run":
                status = chance.choice(moods_of)
                record_outlet(db, run, outlet, Counts(), seconds=1, status=status, note=str(day))
        finish_run(db, run, status="ok", exit_code=0, now=begun)
        day -= chance.randint(20, 150) if chance.random() < 0.01 else 1


def told(db, now: datetime) -> list[object]:
    """All that is told and judged out of the runs."""
    windows = [Rhythm(0, 10, days) for days in range(1, rhythm.LONGEST_WINDOW + 1)]
    return [db.execute(query).fetchall() for query in TOLD] + [
        rhythm.was_watched(db, outlet, window, now + timedelta(hours=hours))
        for outlet in ("furat", "hudud")
        for window in windows
        for hours in (0, 24, 24 * 20)
    ]


@pytest.mark.parametrize("seed", range(8))
def test_old_runs_go_and_what_is_told_of_the_outlets_stays(db, seed) -> None:
    now = BORN + timedelta(days=900)
    with transaction(db):
        record_runs(db, random.Random(seed), now)
    before = told(db, now)
    limit = runs_limit(now - timedelta(days=2), now)
    recent = f"select * from runs where started_at >= '{timestamp(limit)}'"
    kept = db.execute(recent).fetchall()
    total = db.execute("select count(*) from runs").fetchone()[0]
    old = old_runs(db, limit)
    result = prune_runs(db, limit)
    assert (result.count, result.finished) == (len(old), True)
    assert result.count > 100
    assert told(db, now) == before
    assert db.execute(recent).fetchall() == kept
    left = db.execute("select count(*) from runs").fetchone()[0]
    assert left == total - result.count
    assert left - len(kept) <= 2 * len(STATUSES) + 2, "what stays of the old ones does not grow"
    assert db.execute("pragma foreign_key_check").fetchall() == []
    assert old_runs(db, limit) == []


def test_that_nobody_watched_for_long_is_known_after_the_runs_before_went(db) -> None:
    for day in (*range(200, 100, -1), *range(10, -1, -1)):
        run = start_run(db, "scrapy run", BORN - timedelta(days=day))
        record_outlet(db, run, "furat", Counts(), seconds=1, status="ok", note=None)
    before = told(db, BORN)
    assert prune_runs(db, runs_limit(BORN, BORN)).count == 99
    assert told(db, BORN) == before
    assert not rhythm.was_watched(db, "furat", Rhythm(0, 10, 20), BORN)


def test_the_last_crawl_stays_although_an_archive_came_later(db) -> None:
    for command in ("scrapy run", "scrapy run alpha", "scrapy ingest a", "scrapy ingest b"):
        start_run(db, command, BORN)
    prune_runs(db, BORN + timedelta(days=1))
    assert db.execute("select command from runs order by id").fetchall() == [
        ("scrapy run alpha",),
        ("scrapy ingest b",),
    ]


def test_runs_of_the_last_ninety_days_stay_whatever_the_limit() -> None:
    assert runs_limit(BORN, BORN) == BORN - timedelta(days=90)
    assert runs_limit(BORN - timedelta(days=365), BORN) == BORN - timedelta(days=365)


def test_runs_stopped_between_batches_go_on_later(db, monkeypatch) -> None:
    monkeypatch.setattr("database.prune.BATCH", 7)
    for _ in range(20):
        start_run(db, "scrapy run", BORN)
    limit = BORN + timedelta(days=1)
    result = prune_runs(db, limit, stop=lambda: True)
    assert (result.count, result.finished) == (7, False)
    assert prune_runs(db, limit).count == 12
    assert db.execute("select id from runs").fetchall() == [(20,)]
