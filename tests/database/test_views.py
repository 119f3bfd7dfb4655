"""The views: every page that was announced is accounted for, once."""

from __future__ import annotations

import random
from contextlib import closing
from datetime import timedelta

import pytest
import sqlite_utils

from database import articles, ledger, polls, search, sources
from database.connection import open_database, transaction
from database.ledger import Link
from database.migrations import migrations
from database.runs import Counts, record_outlet, start_run

STATES = "stored, waiting, failed, rejected, gone"
ADDRESS = "https://furat.example/story/{}"


def poll(db, kind: str, *urls: str, now) -> None:
    links = [Link(url, kind=kind) for url in urls]
    polls.record_poll(db, outlet="furat", links=links, key_pattern=r"/story/(?P<key>\d+)", now=now)


def completeness(db, columns: str) -> list[tuple]:
    return db.execute(f"select {columns} from completeness order by outlet, day").fetchall()


def test_each_state_is_counted_and_they_add_up(db, make_article, now) -> None:
    poll(db, "feed", *(ADDRESS.format(number) for number in range(1, 7)), now=now)
    articles.put(db, make_article(article_key="1"), now=now)
    for number, status in ((2, "failed"), (3, "rejected"), (4, "gone"), (5, "rejected")):
        ledger.record_page(
            db, outlet="furat", url=ADDRESS.format(number), status=status, reason="x", now=now
        )
    assert completeness(db, f"day, discovered, {STATES}") == [("2026-03-02", 6, 1, 1, 1, 2, 1)]
    assert db.execute("select * from rejections order by status").fetchall() == [
        ("furat", "2026-03-02", "failed", "x", 1),
        ("furat", "2026-03-02", "gone", "x", 1),
        ("furat", "2026-03-02", "rejected", "x", 2),
    ]


def test_who_announced_what(db, now) -> None:
    poll(db, "feed", ADDRESS.format(1), ADDRESS.format(2), now=now)
    poll(db, "sitemap", ADDRESS.format(2), ADDRESS.format(3), now=now + timedelta(minutes=1))
    poll(db, "section", ADDRESS.format(4), ADDRESS.format(2), now=now + timedelta(minutes=2))
    columns = "in_feed, in_sitemap, in_section, in_several, feed_only, sitemap_only, section_only"
    assert completeness(db, columns) == [(2, 2, 2, 1, 1, 1, 1)]


def test_one_article_under_several_addresses_counts_once(db, make_article, now) -> None:
    """By its key before it is stored; by where they lead once it is."""
    poll(db, "feed", ADDRESS.format("1/slug"), now=now)
    poll(db, "section", "https://mirror.example/story/1", now=now)
    assert completeness(db, "discovered, waiting, in_several") == [(1, 1, 1)]
    for number, kind in enumerate(("feed", "sitemap")):
        poll(db, kind, f"https://furat.example/r/{number}", now=now)
    assert completeness(db, "discovered, waiting") == [(3, 3)]
    aliases = {f"https://furat.example/r/{number}": "requested" for number in range(2)}
    articles.put(db, make_article(aliases=aliases, article_key="1"), now=now)
    assert completeness(db, "discovered, stored, waiting") == [(1, 1, 0)]
    poll(db, "section", "https://furat.example/r/1", now=now)
    assert completeness(db, "in_feed, in_sitemap, in_section") == [(1, 1, 1)]
    assert db.execute("select count(*) from pages").fetchone()[0] > 3


def test_a_withdrawn_article_is_stored_and_an_import_is_not_discovered(
    db, make_article, now
) -> None:
    poll(db, "feed", ADDRESS.format(1), now=now)
    articles.put(db, make_article(article_key="1"), now=now)
    db.execute("update pages set status = 'gone'")
    imported = make_article("https://furat.example/old/7", title="قديم", text_hash="b")
    imported.aliases[imported.url] = "archive"
    articles.put(db, imported, now=now)
    assert completeness(db, "discovered, stored, gone") == [(1, 1, 0)]


def test_a_source_read_again_writes_nothing(db, make_article, now) -> None:
    urls = [ADDRESS.format(number) for number in range(900)]
    poll(db, "feed", *urls, now=now)
    articles.put(db, make_article(ADDRESS.format(7), article_key="7"), now=now)
    with transaction(db):
        for url in urls:
            ledger.record_page(db, outlet="furat", url=url, status="rejected", now=now)
    written = db.conn.total_changes
    poll(db, "feed", *urls, now=now + timedelta(hours=1))
    assert db.conn.total_changes == written
    poll(db, "sitemap", *urls, now=now + timedelta(hours=1))
    assert db.conn.total_changes == written + 900


@pytest.mark.parametrize("seed", range(3))
def test_whatever_happens_the_states_add_up(db, make_article, now, seed: int) -> None:
    dice = random.Random(seed)
    with transaction(db):
        for step in range(150):
            moment = now + timedelta(hours=step)
            kind = dice.choice(("feed", "sitemap", "section"))
            urls = [
                dice.choice((ADDRESS, "https://mirror.example/story/{}/x")).format(
                    dice.randrange(40)
                )
                if dice.random() < 0.7
                else f"https://furat.example/r/{dice.randrange(40)}"
                for _ in range(dice.randrange(6))
            ]
            poll(db, kind, *urls, now=moment)
            for link in dice.sample(due := ledger.due(db, "furat", moment), min(2, len(due))):
                number = dice.randrange(40)
                if dice.random() < 0.5:
                    article = make_article(
                        ADDRESS.format(number),
                        title=f"خبر {number}",
                        text_hash=f"h{number}",
                        aliases={link.url: "requested"},
                        article_key=str(number),
                    )
                    articles.put(db, article, now=moment)
                else:
                    status = dice.choice(("failed", "rejected", "gone"))
                    ledger.record_page(db, outlet="furat", url=link.url, status=status, now=moment)
            sums = f"discovered - ({STATES.replace(', ', ' + ')})"
            assert {row[0] for row in completeness(db, sums)} <= {0}
            refused = "select coalesce(sum(pages), 0) from rejections"
            [(without,)] = db.execute(refused).fetchall()
            assert without == sum(row[0] for row in completeness(db, "failed + rejected + gone"))
    [(stored,)] = db.execute("select sum(stored) from completeness").fetchall()
    announced = "select count(distinct article) from pages where announced_by > 0 and article"
    assert stored == db.execute(announced).fetchone()[0] > 10


def test_health_has_a_row_an_outlet(db, now) -> None:
    """Bad runs are those in a row that end with exit code 1; a drift is none."""
    for hour, status in enumerate(("failed", "drifted", "blocked", "silent")):
        run = start_run(db, "scrapy run", now + timedelta(hours=hour))
        record_outlet(db, run, "furat", Counts(), seconds=1, status=status, note=status)
    sources.register(db, "furat", [("feed", "https://furat.example/feed")])
    found = db.execute(
        "select outlet, status, note, last_run_at, last_good_at, bad_runs, sources, failing_sources"
        " from health order by outlet"
    ).fetchall()
    assert found == [
        ("furat", "silent", "silent", "2026-03-02T15:00:00Z", "2026-03-02T13:00:00Z", 2, 1, 0),
        ("hudud", None, None, None, None, 0, 0, 0),
    ]


def test_health_counts_what_was_published_today_and_this_week(db) -> None:
    for days, dated in ((0.5, True), (2, True), (9, True), (0.5, False), (9, False)):
        moment = f"strftime('%Y-%m-%dT%H:%M:%SZ', 'now', '-{days} days')"
        published = moment if dated else "null"
        db.execute(
            "insert into articles (outlet, url, published_at, first_seen_at, checked_at)"
            f" values ('furat', 'u', {published}, {moment}, 't')"
        )
    counts = "select articles_day, articles_week from health where outlet = 'furat'"
    assert db.execute(counts).fetchall() == [(2, 3)]


@pytest.mark.parametrize("view", ["health", "completeness", "rejections"])
def test_no_view_reads_a_table_from_end_to_end(db, view: str) -> None:
    """But for the outlets, and for the pages when no outlet is named."""
    plan = db.execute(f"explain query plan select * from {view} where outlet = 'furat'").fetchall()
    scans = {line[3].split(" USING")[0] for line in plan if line[3].startswith("SCAN")}
    assert scans <= {f"SCAN {view}"}
    assert any("SEARCH" in line[3] for line in plan)


def test_what_announced_the_pages_of_before_is_known(tmp_path) -> None:
    db = sqlite_utils.Database(tmp_path / "old.db")
    search.register(db.conn)
    db.conn.create_function("ar_unusual", 1, lambda _text: False)
    migrations.apply(db, stop_before="accounts")
    db.execute("insert into outlets (outlet) values ('furat')")
    for number, kind in enumerate(("feed", "sitemap", "section", None)):
        db.execute(
            "insert into pages (url, fetch_url, outlet, status, first_seen_at, published_source)"
            " values (?, 'u', 'furat', 'queued', '2026-03-02T12:00:00Z', ?)",
            [str(number), kind],
        )
    db.conn.commit()
    db.close()
    with closing(open_database(tmp_path / "old.db")) as db:
        found = db.execute("select announced_by from pages order by url").fetchall()
        assert found == [(1,), (2,), (4,), (0,)]
        assert completeness(db, "discovered, waiting") == [(3, 3)]
