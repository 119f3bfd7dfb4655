"""Articles with a character that index and matcher read differently are noted when written."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path
from unicodedata import ucd_3_2_0

import pytest
import sqlite_utils

from database import unusual
from database.connection import open_database, transaction


@pytest.fixture
def db(tmp_path: Path) -> sqlite_utils.Database:
    db = open_database(tmp_path / "news.db")
    db.execute("insert into outlets (outlet) values ('furat')")
    db.conn.commit()
    return db


def store(db: sqlite_utils.Database, title: str, body: str) -> int:
    with transaction(db):
        number = db.execute(
            "insert into articles (outlet, url, title, first_seen_at, checked_at)"
            " values ('furat', 'https://furat.example/1', ?, '', '')",
            [title],
        ).lastrowid
        db.execute("insert into article_text values (?, ?)", [number, body])
    return int(number or 0)


def noted(db: sqlite_utils.Database) -> list[int]:
    return [article for (article,) in db.execute("select article from unusual_articles order by 1")]


@pytest.mark.parametrize(
    ("text", "is_unusual"),
    [
        (None, 0),
        ("Kobani 12", 0),
        ("قصفُ البوكمـال، «١٢» قتيلا – لا", 0),
        ("ﻻ شيء", 0),
        ("البو\u200bكمال", 1),  # zero width space: FTS5 parts the word there
        ("البوكمال \U0001f914", 1),
        ("cafe\u0301", 1),
    ],
)
def test_what_is_unusual(text: str | None, is_unusual: int) -> None:
    assert unusual.ar_unusual(text) == is_unusual


def test_it_is_noted_in_title_and_body_and_after_an_edit(db: sqlite_utils.Database) -> None:
    plain, in_title, in_body = (
        store(db, "قصف", "خبر"),
        store(db, "ق\u200bصف", "خبر"),
        store(db, "قصف", "خ\u200bبر"),
    )
    assert noted(db) == [in_title, in_body]
    with transaction(db):
        db.execute("update article_text set body = ? where article = ?", ["خ\u200bبر", plain])
    assert noted(db) == [plain, in_title, in_body]


def test_an_article_that_goes_is_noted_no_more(db: sqlite_utils.Database) -> None:
    number = store(db, "ق\u200bصف", "خبر")
    with transaction(db):
        db.execute("delete from articles where id = ?", [number])
    assert noted(db) == []


def test_all_are_noted_anew(db: sqlite_utils.Database) -> None:
    number = store(db, "ق\u200bصف", "خبر")
    with transaction(db):
        db.execute("delete from unusual_articles")
        unusual.note(db.conn)
    assert noted(db) == [number]


def test_what_is_unusual_changes_only_with_the_version_of_the_index() -> None:
    """Raise ``NORM_VERSION`` when this fails: archives must be looked through again."""
    old = (c for c in map(chr, range(0x10000)) if ucd_3_2_0.category(c) not in ("Cn", "Cs"))
    found = "".join(c for c in old if unusual.unusual().search(c))
    assert sha256(found.encode()).hexdigest()[:16] == "35abed3f84b96a17"
