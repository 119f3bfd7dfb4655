"""compare() finds what was corrupted on purpose in a small database."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from database.urls import canonical_url
from demo.compare import compare
from demo.manifest import Manifest, Truth
from demo.newsroom import build

TABLES = """
CREATE TABLE articles (id INTEGER PRIMARY KEY, outlet TEXT, url TEXT, title TEXT,
    published_at TEXT, published_precision TEXT, story INTEGER,
    gone_at TEXT);
CREATE TABLE article_text (article INTEGER PRIMARY KEY, body TEXT);
CREATE TABLE article_urls (url TEXT PRIMARY KEY, article INTEGER);
CREATE TABLE matches (article INTEGER, watch TEXT, hits INTEGER, in_title INTEGER);
CREATE TABLE hits (article INTEGER, watch TEXT, term TEXT, field TEXT, start INTEGER,
    "end" INTEGER);
"""


def store(db: sqlite3.Connection, number: int, truth: Truth) -> None:
    body = "\n\n".join(truth.body)
    db.execute(
        "INSERT INTO articles VALUES (?, ?, ?, ?, ?, ?, ?, NULL)",
        (
            number,
            truth.outlet,
            truth.urls[0],
            truth.title,
            truth.published,
            truth.precision,
            truth.story,
        ),
    )
    db.execute("INSERT INTO article_text VALUES (?, ?)", (number, body))
    for url in {canonical_url(url) for url in truth.urls}:
        db.execute("INSERT INTO article_urls VALUES (?, ?)", (url, number))
    for watch, planted in truth.matches.items():
        in_title = any(field == "title" for field, _ in planted)
        db.execute(
            "INSERT INTO matches VALUES (?, ?, ?, ?)", (number, watch, len(planted), in_title)
        )
        at = {"title": 0, "body": 0}
        for field, surface in planted:
            start = (body if field == "body" else truth.title).index(surface, at[field])
            at[field] = start + len(surface)
            db.execute(
                "INSERT INTO hits VALUES (?, ?, ?, ?, ?, ?)",
                (number, watch, watch, field, start, at[field]),
            )


@pytest.fixture
def manifest() -> Manifest:
    return build(60).manifest


@pytest.fixture
def path(tmp_path: Path, manifest: Manifest) -> Path:
    path = tmp_path / "news.db"
    with closing(sqlite3.connect(path)) as db, db:
        db.executescript(TABLES)
        for number, truth in enumerate(manifest.articles, start=1):
            store(db, number, truth)
    return path


def corrupt(path: Path, sql: str, *values: object) -> None:
    with closing(sqlite3.connect(path)) as db, db:
        assert db.execute(sql, values).rowcount != 0


def with_hits(manifest: Manifest) -> int:
    """The number of an article whose first hit is in its title."""
    return next(
        number
        for number, truth in enumerate(manifest.articles, start=1)
        if any(planted[0][0] == "title" for planted in truth.matches.values())
    )


def test_the_truth_has_no_differences(path: Path, manifest: Manifest) -> None:
    assert compare(path, manifest) == []


def test_white_space_and_normal_form_are_no_differences(path: Path, manifest: Manifest) -> None:
    corrupt(path, "UPDATE article_text SET body = replace(body, char(160), ' ')")
    corrupt(path, "UPDATE article_text SET body = body || char(10)")
    assert compare(path, manifest) == []


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("UPDATE articles SET title = 'x' WHERE id = 5", "title: 'x' is not"),
        ("UPDATE articles SET title = NULL WHERE id = 5", "title: None is not"),
        (
            "UPDATE articles SET published_at = '2026-01-01' WHERE id = 5",
            "published_at: '2026-01-01'",
        ),
        (
            "UPDATE articles SET gone_at = '2026-03-09T12:00:00Z' WHERE id = 5",
            "but its page is there",
        ),
        (
            "UPDATE articles SET published_precision = NULL WHERE id = 5",
            "published_precision: None",
        ),
        ("UPDATE articles SET outlet = 'other' WHERE id = 5", "outlet: 'other' is not"),
        (
            "UPDATE article_text SET body = body || char(10) || 'x' WHERE article = 5",
            "does not belong: 'x'",
        ),
        ("DELETE FROM article_text WHERE article = 5", "body: lacks"),
        ("UPDATE articles SET story = NULL WHERE id = 5", "in no story"),
    ],
)
def test_a_wrong_field(path: Path, manifest: Manifest, sql: str, expected: str) -> None:
    corrupt(path, sql)
    found = compare(path, manifest)
    assert any(expected in line for line in found)
    assert any(manifest.articles[4].key in line for line in found)


def test_paragraphs_in_another_order(path: Path, manifest: Manifest) -> None:
    truth = manifest.articles[0]
    corrupt(path, "UPDATE article_text SET body = ? WHERE article = 1", "\n".join(truth.body[::-1]))
    assert f"{truth.key}: body: paragraphs in another order" in compare(path, manifest)


def test_a_missing_article(path: Path, manifest: Manifest) -> None:
    for table, column in (("articles", "id"), ("article_urls", "article"), ("hits", "article")):
        corrupt(path, f"DELETE FROM {table} WHERE {column} = ?", with_hits(manifest))
    truth = manifest.articles[with_hits(manifest) - 1]
    assert compare(path, manifest) == [f"{truth.key}: missing: {truth.urls[0]}"]


def test_an_article_stored_twice(path: Path, manifest: Manifest) -> None:
    truth = manifest.articles[0]
    corrupt(
        path,
        "INSERT INTO articles (id, outlet, url, title, story) VALUES (900, ?, ?, ?, ?)",
        *(truth.outlet, truth.urls[-1], truth.title, truth.story),
    )
    assert f"{truth.key}: stored twice: articles 1, 900" in compare(path, manifest)


def test_an_article_that_nobody_wrote(path: Path, manifest: Manifest) -> None:
    corrupt(path, "INSERT INTO articles (id, url) VALUES (900, 'https://furat.example/about')")
    assert compare(path, manifest) == ["no article of the demo: https://furat.example/about"]


def test_two_articles_in_one(path: Path, manifest: Manifest) -> None:
    first, second = manifest.articles[:2]
    corrupt(path, "UPDATE article_urls SET article = 1 WHERE article = 2")
    expected = f"several articles in one: {', '.join(sorted((first.key, second.key)))}"
    assert any(expected in line for line in compare(path, manifest))


Corruption = Callable[[Path, int], None]


def drop_match(path: Path, article: int) -> None:
    corrupt(path, "DELETE FROM matches WHERE article = ?", article)


def add_match(path: Path, article: int) -> None:
    corrupt(path, "INSERT INTO matches VALUES (?, 'حلب', 1, 0)", article)


def shift_hit(path: Path, article: int) -> None:
    corrupt(path, 'UPDATE hits SET "end" = "end" + 2 WHERE article = ?', article)


def drop_hit(path: Path, article: int) -> None:
    corrupt(path, "DELETE FROM hits WHERE article = ? AND field = 'title'", article)


def miscount(path: Path, article: int) -> None:
    corrupt(path, "UPDATE matches SET hits = 77 WHERE article = ?", article)


@pytest.mark.parametrize(
    ("corruption", "expected"),
    [
        (drop_match, "missing match: "),
        (add_match, "extra match: حلب"),
        (shift_hit, "hits of "),
        (drop_hit, "hits of "),
        (miscount, "do not fit its hits"),
    ],
)
def test_wrong_matches(
    path: Path, manifest: Manifest, corruption: Corruption, expected: str
) -> None:
    article = with_hits(manifest)
    corruption(path, article)
    found = compare(path, manifest)
    key = manifest.articles[article - 1].key
    assert found
    assert all(line.startswith(key) and expected in line for line in found)


def test_a_story_torn_apart(path: Path, manifest: Manifest) -> None:
    stories = [truth.story for truth in manifest.articles]
    shared = next(story for story in stories if stories.count(story) > 1)
    corrupt(path, "UPDATE articles SET story = 900 WHERE id = ?", stories.index(shared) + 1)
    (line,) = compare(path, manifest)
    assert line.startswith("story torn apart: ")


def test_stories_joined_wrongly(path: Path, manifest: Manifest) -> None:
    first, other = manifest.articles[0], manifest.articles[1]
    assert first.story != other.story
    corrupt(path, "UPDATE articles SET story = ? WHERE story = ?", first.story, other.story)
    (line,) = compare(path, manifest)
    assert "joins different texts" in line
