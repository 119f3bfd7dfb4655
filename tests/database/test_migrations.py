"""A database of the first version opens, keeps its rows and gets what was added since."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import sqlite_utils

from database import articles, search
from database.connection import open_database
from database.migrations import migrations


def first_version(path: Path) -> None:
    db = sqlite_utils.Database(path)
    search.register(db.conn)
    migrations.apply(db, stop_before="agency")
    db.execute("insert into outlets (outlet) values ('furat')")
    db.execute(
        "insert into articles (id, outlet, url, title, text_hash, first_seen_at, checked_at,"
        " published_at, published_precision)"
        " values (1, 'furat', 'https://furat.example/story/1', 'القوات تدخل المدينة', 'a1', 't',"
        " 't', '2026-03-02T11:05:00Z', 'minute')"
    )
    db.execute("insert into article_text values (1, 'نص قديم')")
    db.execute("insert into article_urls values ('https://furat.example/story/1', 1, 'final')")
    db.execute("insert into stories (id, lead_article) values (1, 1)")
    db.execute("update articles set story = 1")
    db.conn.commit()
    assert "agency" not in db["articles"].columns_dict
    db.close()


def test_an_old_database_gets_what_is_new_and_keeps_its_rows(tmp_path, make_article, now):
    path = tmp_path / "old.db"
    first_version(path)
    with closing(open_database(path)) as db:
        row = "select title, agency, revision, body from articles join article_text on article = id"
        assert db.execute(row).fetchall() == [("القوات تدخل المدينة", None, 1, "نص قديم")]
        assert "paragraphs" in db.table_names()
        stored = articles.put(db, make_article(agency="سانا"), now=now)
        assert (stored.article, stored.outcome) == (1, "unchanged")
        assert db.execute(row).fetchall() == [("القوات تدخل المدينة", "سانا", 1, "نص قديم")]
