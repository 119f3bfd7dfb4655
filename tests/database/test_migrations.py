"""A database of any earlier version opens, keeps every row, and is worked on as one of today."""

from __future__ import annotations

import random
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
import sqlite_utils

from database import articles, ledger, polls, runs, search, sources, unusual, watches
from database.connection import open_database, transaction
from database.ledger import Link
from database.migrations import migrations
from database.regroup import regroup
from database.retag import retag
from watchlist import Watch, Watchlist

ROOT = Path(__file__).resolve().parents[2]
STEPS = [step.name for step in migrations.pending(sqlite_utils.Database(memory=True))]
WORDS = "القوات المدينة الطريق المدارس السكان الوزارة السوق المطار الجسر".split()  # noqa: SIM905
PLACE = "البوكمال"
UNUSUAL = "\U0001ee00"
KILLED = """
import os, signal, sys
from database import connection, unusual
register = unusual.register
def kill(statement):
    if sys.argv[2] in statement.lower():
        os.kill(os.getpid(), signal.SIGKILL)
def watch(opened):
    register(opened)
    opened.set_trace_callback(kill)
unusual.register = watch
connection.open_database(sys.argv[1])
"""
OPENING = """
import sys, time
from pathlib import Path
from database import runs
from database.connection import open_database
from database.ledger import timestamp
from datetime import UTC, datetime
print("ready", flush=True)
sys.stdin.readline()
db = open_database(sys.argv[1])
for _ in range(5):
    runs.start_run(db, "x", datetime.now(UTC))
db.close()
"""


def watchlist(*spellings: str) -> Watchlist:
    return Watchlist([Watch(name="place", spellings=list(spellings))])


@pytest.fixture(scope="module")
def full() -> list[Path]:
    """Where the populated file of today is, once it was made."""
    return []


@pytest.fixture
def today(db, make_article, now, full, tmp_path_factory) -> Path:
    """A database with a row in every table."""
    if full:
        return full[0]
    chance = random.Random(3)
    watched = watchlist(PLACE)
    watches.sync(db, watched, now=now)
    for number in range(12):
        body = (
            " ".join(chance.choice(WORDS) for _ in range(40)) + f" {PLACE} {UNUSUAL}\nسطر {number}"
        )
        page = make_article(
            f"https://furat.example/2026/03/{number}00{number}-a-b",
            title=f"إدلب والخبر رقم {number}",
            body=body,
            text_hash=f"h{number // 2}",
            word_count=42,
            article_key=str(number) if number % 2 else None,
        )
        page.matches = watched.match(title=page.title, body=body, outlet="furat")
        articles.put(db, page, now=now)
        if number == 3:
            page.body, page.text_hash = body + " وتعديل", "e"
            articles.put(db, page, now=now + timedelta(hours=1))
    link = Link("https://furat.example/queued")
    polls.record_poll(db, outlet="furat", links=[link], key_pattern=None, now=now)
    for status in ("rejected", "failed", "gone"):
        url = f"https://furat.example/{status}"
        ledger.record_page(db, outlet="furat", url=url, status=status, now=now, reason="سبب")
    run = runs.start_run(db, "scrapy run", now)
    runs.record_outlet(db, run, "furat", runs.Counts(stored=3), seconds=1, status="ok", note=None)
    for statement in (
        "insert into sources"
        " values (7, 'furat', 'feed', 'u', 'etag', 'm', 'p', 'n', 'ok', 2, 'news', 'peace')",
        "insert into alerts (watch, story, article, channel, status, created_at)"
        " values ('place', 1, 1, 'mail', 'sent', 't')",
        "insert into links values (1, 2, 1.0, 'duplicate') on conflict do nothing",
        "update articles set replaced_by = 2 where id = 1",
        "update articles set story = (select story from articles where id = 1) where id = 2",
        "update stories set agency = 'سانا'",
    ):
        db.execute(statement)
    retag(db, watched, watched.watches, every_article=True)
    path = tmp_path_factory.mktemp("migrations") / "today.db"
    db.execute("vacuum into ?", [str(path)])
    full.append(path)
    return path


def tables(db: sqlite3.Connection) -> dict[str, list[str]]:
    """Table → its columns; those of the full-text index and of the migrations left out."""
    rows = db.execute(
        "select m.name, c.name from pragma_table_list as m join pragma_table_info(m.name) as c"
        " where m.schema = 'main' and m.type = 'table' and m.name not glob 'sqlite_*'"
        " and m.name not glob '_*' order by m.name, c.cid"
    )
    found: dict[str, list[str]] = {}
    for table, column in rows:
        found.setdefault(table, []).append(column)
    return found


def rows(db: sqlite3.Connection, columns: dict[str, list[str]]) -> dict[str, list[tuple]]:
    return {
        table: sorted(db.execute(f"select {', '.join(names)} from {table}"), key=repr)
        for table, names in columns.items()
    }


def old_file(path: Path, today: Path, step: str) -> dict[str, list[tuple]]:
    """Make a database as it was before ``step``, with the rows of today's; gives the rows."""
    db = sqlite_utils.Database(path)
    with closing(db.conn):
        db.execute("pragma journal_mode = wal")
        search.register(db.conn)
        unusual.register(db.conn)
        migrations.apply(db, stop_before=step)
        db.execute(f"pragma user_version = {search.NORM_VERSION}")
        db.execute("attach ? as today", [str(today)])
        with transaction(db):
            columns = tables(db.conn)
            for table in sorted(columns, key=lambda each: each != "articles"):
                listed = ", ".join(columns[table])
                db.execute(
                    f"insert or ignore into {table} ({listed}) select {listed} from today.{table}"
                )
        return rows(db.conn, tables(db.conn))


def dump(path: Path) -> list[str]:
    with closing(sqlite3.connect(path)) as db:
        return list(db.iterdump())


def count(db, word: str) -> int:
    query = "select count(*) from articles_fts where articles_fts match ar_query(?)"
    return db.execute(query, [word]).fetchone()[0]


def test_the_populated_file_has_a_row_in_every_table(today) -> None:
    with closing(sqlite3.connect(today)) as db:
        empty = [t for t in tables(db) if not db.execute(f"select 1 from {t} limit 1").fetchone()]
    assert empty == []


@pytest.mark.parametrize("step", STEPS[1:])
def test_a_database_of_before_keeps_its_rows_and_is_worked_on(
    tmp_path, today, step, make_article, now
) -> None:
    path = tmp_path / "old.db"
    before = old_file(path, today, step)
    with closing(sqlite3.connect(path)) as old:
        columns = tables(old)
    open_database(path).close()
    with closing(sqlite3.connect(path)) as migrated:
        after = rows(migrated, columns)
    with closing(sqlite3.connect(path)) as migrated, closing(sqlite3.connect(today)) as new:
        assert tables(migrated) == tables(new)
    assert after == before
    unchanged = dump(path)
    open_database(path).close()
    assert dump(path) == unchanged

    with closing(open_database(path)) as db:
        assert count(db, "ادلب") == 12
        assert count(db, PLACE) == 12
        sources.register(db, "hudud", [("feed", "u")])
        assert db.execute("select id, outlet from sources").fetchall() == [
            (7, "furat"),
            (8, "hudud"),
        ]
        new = make_article("https://furat.example/new", text_hash="n", body=f"{PLACE} " * 30)
        assert articles.put(db, new, now=now).outcome == "new"
        again = make_article("https://furat.example/new", text_hash="m", body="نص آخر " * 30)
        assert articles.put(db, again, now=now).outcome == "revised"
        edited = watchlist(PLACE, "إدلب")
        result = retag(db, edited, edited.watches)
        assert result.tallies["place"]["changed"] == 12
        assert regroup(db).articles == 13
        assert db.execute("select count(*) from articles where grouping is null").fetchone() == (0,)
        assert db.execute("select count(*) from unusual_articles").fetchone() == (12,)
        assert db.execute("pragma foreign_key_check").fetchall() == []
        assert db.execute("pragma integrity_check").fetchall() == [("ok",)]


@pytest.mark.parametrize("statement", ["create table postings", "alter table revisions"])
def test_killed_in_the_middle_it_is_the_old_version_still(tmp_path, today, statement) -> None:
    path = tmp_path / "old.db"
    old_file(path, today, STEPS[1])
    before = dump(path)
    command = [sys.executable, "-c", KILLED, str(path), statement]
    assert subprocess.run(command, cwd=ROOT).returncode == -signal.SIGKILL
    assert dump(path) == before
    with closing(open_database(path)) as db:
        assert migrations.pending(db) == []
        assert count(db, "ادلب") == 12


@pytest.mark.parametrize("existing", [True, False], ids=["old", "new"])
def test_programs_that_open_a_file_at_once_wait_for_each_other(tmp_path, today, existing) -> None:
    path = tmp_path / "old.db"
    if existing:
        old_file(path, today, STEPS[1])
    programs = [
        subprocess.Popen(
            [sys.executable, "-c", OPENING, str(path)],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        for _ in range(3)
    ]
    for program in programs:
        assert program.stdout
        program.stdout.readline()
    told = [program.communicate(b"go\n")[1].decode() for program in programs]
    assert told == ["", "", ""]
    with closing(open_database(path)) as db:
        assert migrations.pending(db) == []
        assert db.execute("select count(*) from runs").fetchone() == (15 + existing,)
