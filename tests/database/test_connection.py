from __future__ import annotations

import os
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest

from database import search
from database.connection import (
    DatabaseError,
    open_database,
    release_database,
    share_database,
    transaction,
)

TABLES = {
    "outlets", "sources", "pages", "articles", "article_text", "article_urls", "revisions",
    "stories", "links", "watches", "matches", "hits", "runs", "outlet_runs", "alerts",
}  # fmt: skip


def test_a_new_file_has_every_table_and_safe_pragmas(tmp_path: Path) -> None:
    db = open_database(tmp_path / "deep" / "new.db")
    assert set(db.table_names()) >= TABLES
    pragmas = {
        name: db.execute(f"pragma {name}").fetchone()[0]
        for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
    }
    assert pragmas == {
        "journal_mode": "wal",
        "synchronous": 2,
        "foreign_keys": 1,
        "busy_timeout": 30000,
    }
    db.close()
    open_database(tmp_path / "deep" / "new.db").close()


def test_the_index_is_tokenised_as_search_expects(tmp_path: Path) -> None:
    db = open_database(tmp_path / "new.db")
    schema = db.execute("select sql from sqlite_master where name = 'articles_fts'").fetchone()[0]
    assert search.FTS_TOKENIZE in schema
    db.close()


def test_an_index_of_another_version_is_filled_anew(tmp_path: Path) -> None:
    path = tmp_path / "old.db"
    db = open_database(path)
    db.execute("insert into outlets (outlet) values ('x')")
    db.execute(
        "insert into articles (id, outlet, url, title, first_seen_at, checked_at)"
        " values (1, 'x', 'u', 'إدلب', 't', 't')"
    )
    db.execute("insert into article_text values (1, 'نص')")
    db.execute("insert into articles_fts (articles_fts) values ('delete-all')")
    db.execute("pragma user_version = 0")
    db.close()
    db = open_database(path)
    found = "select count(*) from articles_fts where articles_fts match ar_query('ادلب')"
    assert db.execute(found).fetchone() == (1,)
    db.close()


def complaint(path: Path, *, create: bool = True) -> str:
    with pytest.raises(DatabaseError) as caught:
        open_database(path, create=create)
    message = str(caught.value)
    assert "\n" not in message
    assert path.name in message
    return message


def test_complaints_are_one_line_with_the_cure(tmp_path: Path) -> None:
    assert "scrapy run" in complaint(tmp_path / "absent.db", create=False)
    (tmp_path / "text.db").write_text("this is no database, but long enough to be one" * 50)
    assert "no readable SQLite database" in complaint(tmp_path / "text.db")
    assert "is a folder" in complaint(tmp_path)


DAMAGES = {
    "header": (lambda data: b"\0" * 100 + data[100:], "no readable SQLite database"),
    "cut": (lambda data: data[: len(data) // 2], "is damaged"),
    "emptied": (lambda data: b"", "is empty although a run has used it"),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_file_is_told_with_the_way_back(tmp_path: Path, damage: str) -> None:
    path = tmp_path / "news.db"
    open_database(path).close()
    (tmp_path / "news.db.lock").touch()
    make, word = DAMAGES[damage]
    path.write_bytes(make(path.read_bytes()))
    told = complaint(path)
    assert all(part in told for part in (word, "`scrapy backup`", ".recover"))


def test_an_empty_file_that_no_run_has_used_is_a_new_database(tmp_path: Path) -> None:
    (tmp_path / "new.db").touch()
    open_database(tmp_path / "new.db").close()


def test_a_file_of_a_newer_version_is_refused(tmp_path: Path) -> None:
    for name, change in {
        "step": "insert into _sqlite_migrations (migration_set, name) values ('rasid', 'later')",
        "index": f"pragma user_version = {search.NORM_VERSION + 1}",
    }.items():
        open_database(tmp_path / f"{name}.db").close()
        with closing(sqlite3.connect(tmp_path / f"{name}.db")) as later, later:
            later.execute(change)
        before = (tmp_path / f"{name}.db").read_bytes()
        assert "was made by a newer version" in complaint(tmp_path / f"{name}.db")
        assert (tmp_path / f"{name}.db").read_bytes() == before


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_read_only_file_says_so(tmp_path: Path) -> None:
    path = tmp_path / "ro.db"
    open_database(path).close()
    path.chmod(0o444)
    tmp_path.chmod(0o555)
    assert "read-only" in complaint(path)


def test_a_transaction_is_all_or_nothing_and_nests(tmp_path: Path) -> None:
    db = open_database(tmp_path / "new.db")

    def fail() -> None:
        with transaction(db):
            db.execute("insert into outlets (outlet) values ('a')")
            with transaction(db):
                db.execute("insert into outlets (outlet) values ('b')")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert db.execute("select count(*) from outlets").fetchone()[0] == 0
    db.close()


def test_writers_wait_for_each_other(tmp_path: Path) -> None:
    path = tmp_path / "shared.db"
    open_database(path).close()

    def write(_number: int) -> None:
        db = open_database(path)
        for _ in range(20):
            with transaction(db):
                row = db.execute("select count(*) from runs").fetchone()
                db.execute(
                    "insert into runs (started_at, status, command) values ('x', 'ok', ?)",
                    [str(row[0])],
                )
        db.close()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(write, range(4)))
    with closing(sqlite3.connect(path)) as reader:
        rows = reader.execute("select command from runs order by id").fetchall()
    assert [int(row[0]) for row in rows] == list(range(80)), "no read was stale"


def test_a_shared_connection_is_closed_by_its_last_user(tmp_path):
    path = str(tmp_path / "news.db")
    one, two = share_database(path), share_database(path)
    assert one is two
    release_database(one)
    assert two.execute("select count(*) from articles").fetchone() == (0,)
    release_database(two)
    with pytest.raises(sqlite3.ProgrammingError):
        two.execute("select 1")
    again = share_database(path)
    assert again is not one
    release_database(again)
