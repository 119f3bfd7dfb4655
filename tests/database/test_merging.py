"""What a page that is known already may change: found by reading hostile and clumsy outlets."""

from __future__ import annotations

import sqlite3
from datetime import timedelta

import pytest

from database import articles
from database.connection import open_database, transaction

LATER = timedelta(hours=5)


def row(db, *columns: str) -> tuple:
    return db.execute(f"select {', '.join(columns)} from articles order by id").fetchone()


def test_two_stories_that_redirect_to_one_page_stay_two(db, make_article, now):
    landing = "https://furat.example/sorry"
    first = articles.put(db, make_article(landing, article_key="1"), now=now)
    second = articles.put(db, make_article(landing, article_key="2", title="آخر"), now=now)
    assert first.article != second.article


def test_untitled_pages_with_one_canonical_address_stay_two(db, make_article, now):
    shared = {"https://furat.example/all": "canonical"}
    values = {"title": None, "aliases": shared}
    first = articles.put(db, make_article("https://furat.example/a", **values), now=now)
    second = articles.put(
        db, make_article("https://furat.example/b", text_hash="b", **values), now=now
    )
    assert first.article != second.article


def test_an_address_that_another_outlet_owns_gives_one_row_here(db, make_article, now):
    articles.put(db, make_article(), now=now)
    for _ in range(3):
        articles.put(db, make_article(outlet="hudud"), now=now)
    assert db.execute("select outlet, count(*) from articles group by 1").fetchall() == [
        ("furat", 1),
        ("hudud", 1),
    ]


def test_an_archive_does_not_overwrite_what_a_crawl_stored(db, make_article, now):
    crawled = make_article(article_key="1", author="سلمى", section="سياسة", tags=["سوريا"])
    articles.put(db, crawled, now=now)
    url = "https://furat.example/story/1"
    archived = make_article(
        url, aliases={url: "archive"}, body="أقدم.", text_hash="old", image_url="https://i/1.jpg"
    )
    assert articles.put(db, archived, now=now + LATER).outcome == "unchanged"
    assert row(db, "article_key", "author", "section", "text_hash", "image_url") == (
        "1",
        "سلمى",
        "سياسة",
        "a1",
        "https://i/1.jpg",
    )


def test_a_revision_keeps_what_it_does_not_say(db, make_article, now):
    articles.put(db, make_article(author="سلمى", article_key="1"), now=now)
    articles.put(db, make_article(body="جديد.", text_hash="new"), now=now + LATER)
    assert row(db, "author", "article_key", "revision") == ("سلمى", "1", 2)


@pytest.mark.parametrize(
    ("stored", "seen", "kept"),
    [
        ((None, None), ("2026-03-02", "day"), "2026-03-02"),
        (("2026-03-02", "day"), ("2026-03-02T11:05:00Z", "minute"), "2026-03-02T11:05:00Z"),
        (("2026-03-02", "day"), ("2026-03-27T11:05:00Z", "minute"), "2026-03-02"),
        (("2026-03-02T11:05:00Z", "minute"), ("2026-03-02", "day"), "2026-03-02T11:05:00Z"),
        (("2026-03-02T11:05:00Z", "minute"), (None, None), "2026-03-02T11:05:00Z"),
    ],
)
@pytest.mark.parametrize("text_hash", ["a1", "other"])
def test_a_publication_is_told_more_precisely_but_never_moved(
    db, make_article, now, stored, seen, kept, text_hash
):
    for (at, precision), text in ((stored, "a1"), (seen, text_hash)):
        articles.put(
            db,
            make_article(published_at=at, published_precision=precision, text_hash=text),
            now=now,
        )
    assert row(db, "published_at") == (kept,)


def test_an_undated_text_joins_no_old_story(db, make_article, now):
    articles.put(db, make_article(published_at="2019-03-02T11:05:00Z"), now=now)
    undated = make_article(
        "https://hudud.example/1", outlet="hudud", published_at=None, published_precision=None
    )
    assert not articles.put(db, undated, now=now).joined


def test_a_commit_that_fails_leaves_no_open_transaction(db):
    def promise_too_much() -> None:
        with transaction(db):
            db.execute("pragma defer_foreign_keys = on")
            db.execute("insert into sources (outlet, kind, url) values ('nobody', 'feed', 'u')")

    with pytest.raises(sqlite3.IntegrityError):
        promise_too_much()
    assert not db.conn.in_transaction


def test_a_database_of_another_program_is_left_alone(tmp_path):
    path = tmp_path / "other.db"
    other = sqlite3.connect(path)
    other.execute("create table notes (text)")
    other.execute("pragma user_version = 42")
    other.commit()
    other.close()
    before = path.read_bytes()
    with pytest.raises(Exception, match="another program"):
        open_database(path)
    assert path.read_bytes() == before
