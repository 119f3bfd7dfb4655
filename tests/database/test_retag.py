"""The archive follows an edited watchlist: gained, lost and changed, batch by batch."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlite_utils

from crawler.items import Article
from database import articles, watches
from database.connection import open_database, transaction
from database.retag import SupersededError, preview, retag
from watchlist import Watch, Watchlist
from watchlist.rules import parse

ROOT = Path(__file__).resolve().parents[2]
NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
LATER = NOW + timedelta(days=1)
PLACES = ("حلب", "إدلب", "الرقة", "دير الزور", "عفرين", "حماة", "دمشق", "درعا")
EAST = Watch("الشرق", spellings=("الرقة", "دير الزور"))
OLD = Watchlist([Watch("الشمال", spellings=("حلب", "إدلب")), EAST])
NEW = Watchlist([Watch("الشمال", spellings=("إدلب", "عفرين")), EAST])


def fill(db: sqlite_utils.Database, watchlist: Watchlist, count: int, *, first: int = 1) -> None:
    """Store articles about places as a crawl does, with what the watches find in them."""
    watches.sync(db, watchlist, now=NOW)
    articles.ensure_outlet(db, "furat")
    chance = random.Random(first)
    with transaction(db):
        for number in range(first, first + count):
            one, other = chance.choice(PLACES), chance.choice(PLACES)
            article = Article(
                "furat",
                f"https://furat.example/{number}",
                title=f"خبر رقم {number} من {one}",
                body=f"وصلت القوات إلى {other} صباحا، والطريق من {one} مفتوح.",
                text_hash=f"{number:x}",
            )
            article.matches = watchlist.match(title=article.title, body=article.body)
            articles.put(db, article, now=NOW)


def rows(db: sqlite_utils.Database) -> tuple[list, list]:
    """Matches and hits, as any way of tagging should leave them."""
    found = db.execute("select article, watch, hits, in_title, snippet from matches order by 1, 2")
    hits = db.execute(
        "select article, watch, term, field, start, end from hits order by 1, 2, 4, 5"
    )
    return found.fetchall(), hits.fetchall()


def tagged_by(watchlist: Watchlist, count: int, tmp_path: Path) -> tuple[list, list]:
    """The rows of an archive that was tagged with this watchlist from the beginning."""
    with closing(open_database(tmp_path / "fresh.db")) as db:
        fill(db, watchlist, count)
        return rows(db)


def names(db: sqlite_utils.Database, watchlist: Watchlist) -> list[str]:
    return [watch.name for watch in watches.pending(db, watchlist)]


def follow(db: sqlite_utils.Database, watchlist: Watchlist, **options):
    return retag(db, watchlist, watches.pending(db, watchlist), clock=lambda: LATER, **options)


@pytest.mark.parametrize("every_article", [False, True])
def test_an_edit_gives_the_rows_of_an_archive_tagged_so(db, tmp_path, every_article) -> None:
    fill(db, OLD, 200)
    before = rows(db)
    assert names(db, OLD) == []
    assert names(db, NEW) == ["الشمال"]
    result = follow(db, NEW, batch=30, every_article=every_article)
    assert result.finished
    assert rows(db) == tagged_by(NEW, 200, tmp_path)
    tally = result.tallies["الشمال"]
    assert result.tallies.keys() == {"الشمال"}
    after = {row[:2] for row in rows(db)[0]}
    assert tally["gained"] == len(after - {row[:2] for row in before[0]}) > 0
    assert tally["lost"] == len({row[:2] for row in before[0]} - after) > 0
    assert tally["changed"] > 0
    assert names(db, NEW) == []


def test_what_a_retag_finds_is_marked_and_what_stays_is_untouched(db) -> None:
    fill(db, OLD, 200)
    result = follow(db, NEW)
    marked = "select count(*) from matches where retag = 1 and first_matched_at = ?"
    assert db.execute(marked, ["2026-03-03T12:00:00Z"]).fetchone() == (
        result.tallies["الشمال"]["gained"],
    )
    crawled = "select distinct first_matched_at from matches where retag is null"
    assert db.execute(crawled).fetchall() == [("2026-03-02T12:00:00Z",)]


def test_twice_is_once(db) -> None:
    fill(db, OLD, 100)
    follow(db, NEW)
    before = rows(db)
    again = retag(db, NEW, NEW.watches, every_article=True)
    assert not any(sum(tally.values()) for tally in again.tallies.values())
    assert rows(db) == before


def test_there_and_back_gives_the_first_rows(db) -> None:
    fill(db, OLD, 200)
    before = rows(db)
    follow(db, NEW)
    assert rows(db) != before
    follow(db, OLD)
    assert rows(db) == before


def test_a_rule_sees_section_outlet_and_language(db) -> None:
    fill(db, OLD, 20)
    db.execute("update articles set section = 'رياضة' where id <= 5")
    db.conn.commit()
    rule = parse("section:رياضة outlet:furat القوات")
    edited = Watchlist([*OLD.watches, Watch("ملاعب", rule=rule)])
    assert follow(db, edited).tallies["ملاعب"]["gained"] == 5


def test_a_preview_tells_what_a_retag_does_and_writes_nothing(db) -> None:
    fill(db, OLD, 200)
    before = [db.conn.total_changes, rows(db)]
    told = [(each.kind, each.watch) for each in preview(db, watches.pending(db, NEW))]
    assert [db.conn.total_changes, rows(db)] == before
    tally = follow(db, NEW).tallies["الشمال"]
    assert {kind: told.count((kind, "الشمال")) for kind in tally} == tally


def test_one_that_was_stopped_goes_on(db, tmp_path) -> None:
    fill(db, OLD, 200)
    first = follow(db, NEW, batch=20, stop=lambda: True)
    assert not first.finished
    assert names(db, NEW) == ["الشمال"]
    half = rows(db)
    seen: list[tuple[int, int]] = []
    second = follow(db, NEW, batch=20, on_progress=lambda *progress: seen.append(progress))
    assert seen[0][0] > 20, "it does not begin anew"
    assert half != rows(db) == tagged_by(NEW, 200, tmp_path)
    assert second.tallies["الشمال"]["gained"] > first.tallies["الشمال"]["gained"]
    assert db.execute("select id, status from retags").fetchall() == [(1, "finished")]


def test_articles_that_are_stored_meanwhile_have_their_matches(db, tmp_path) -> None:
    fill(db, OLD, 100)
    follow(db, NEW, batch=20, stop=lambda: True)
    fill(db, NEW, 100, first=101)
    assert follow(db, NEW).finished
    assert db.execute("select count(*) from retags").fetchone() == (1,)
    crawled = "select count(*) from matches where article > 100 and retag not null"
    assert db.execute(crawled).fetchone() == (0,)
    with closing(open_database(tmp_path / "fresh.db")) as fresh:
        fill(fresh, NEW, 100)
        fill(fresh, NEW, 100, first=101)
        assert rows(db) == rows(fresh)


def test_half_a_retag_is_not_gone_on_with_after_another_meaning(db, tmp_path) -> None:
    """New half-way; then articles were stored by the old meaning; then new again."""
    fill(db, OLD, 100)
    follow(db, NEW, batch=20, stop=lambda: True)
    fill(db, OLD, 50, first=101)
    assert names(db, OLD) == ["الشمال"], "half of it follows the other"
    follow(db, NEW)
    statuses = "select status from retags order by id"
    assert db.execute(statuses).fetchall() == [("superseded",), ("finished",)]
    with closing(open_database(tmp_path / "fresh.db")) as fresh:
        fill(fresh, NEW, 100)
        fill(fresh, NEW, 50, first=101)
        assert rows(db) == rows(fresh)


def test_there_and_back_with_articles_between_is_not_forgotten(db, tmp_path) -> None:
    """Without any retag: the edit was taken back, but articles were stored by it."""
    fill(db, OLD, 20)
    fill(db, NEW, 20, first=21)
    watches.sync(db, OLD, now=NOW)
    assert names(db, OLD) == ["الشمال"]


def test_another_program_that_stores_by_another_watchlist_ends_it(db, tmp_path) -> None:
    fill(db, OLD, 100)
    path = tmp_path / "news.db"

    def store_otherwise(done: int, _total: int) -> None:
        if done == 40:
            with closing(open_database(path)) as other:
                fill(other, OLD, 10, first=101)

    with pytest.raises(SupersededError, match="run `scrapy retag` again"):
        follow(db, NEW, batch=20, on_progress=store_otherwise)
    assert names(db, NEW) == ["الشمال"]
    assert follow(db, NEW).finished


def test_no_articles_no_work(db) -> None:
    watches.sync(db, OLD, now=NOW)
    assert names(db, NEW) == []
    assert retag(db, NEW, NEW.watches).finished


KILLED = """
import sys, time
import watchlist
from database import watches
from database.connection import open_database
from database.retag import retag
db, wanted = open_database(sys.argv[1]), watchlist.load(sys.argv[2])
slowly = lambda *_: time.sleep(0.02)
retag(db, wanted, watches.pending(db, wanted), batch=10, on_progress=slowly)
"""
TOML = '[[watch]]\nname = "الشمال"\nspellings = ["إدلب", "عفرين"]\n'


def test_killed_it_goes_on_to_the_same_rows(tmp_path) -> None:
    path, file = tmp_path / "news.db", tmp_path / "watchlist.toml"
    file.write_text(TOML, encoding="utf-8")
    with closing(open_database(path)) as db:
        fill(db, Watchlist(OLD.watches[:1]), 400)
        arguments = [sys.executable, "-c", KILLED, str(path), str(file)]
        with subprocess.Popen(arguments, cwd=ROOT) as process:
            deadline = time.monotonic() + 20
            while not db.execute("select 1 from retags where next_article > 100").fetchone():
                assert time.monotonic() < deadline
                assert process.poll() is None
                time.sleep(0.002)
            process.kill()
        assert db.execute("select status from retags").fetchall() == [("unfinished",)]
        subprocess.run(arguments, cwd=ROOT, check=True)
        assert db.execute("select status from retags").fetchall() == [("finished",)]
        assert rows(db) == tagged_by(Watchlist(NEW.watches[:1]), 400, tmp_path)
