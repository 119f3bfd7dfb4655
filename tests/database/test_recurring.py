from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from database import articles
from database.connection import open_database
from database.recurring import LEAST_ARTICLES, ONE_IN, count, recurring

NOTE = "اشتركوا في النشرة اليومية لصحيفتنا"
SPELT = "اشتركوا فى النشرة اليوميّة لصحيفتنا"


def text(number: int, *after: str) -> list[str]:
    return [f"{place} سطر من مقال رقم {number}" for place in range(8)] + list(after)


def test_a_note_recurs_from_the_eighth_article_on_in_any_spelling(db):
    for number in range(LEAST_ARTICLES):
        assert recurring(db, "furat", text(99, NOTE)) == set()
        count(db, "furat", text(number, NOTE))
    assert recurring(db, "furat", text(99, SPELT)) == {8}
    assert recurring(db, "hudud", text(99, NOTE)) == set(), "each outlet has its own"


def test_a_short_line_behind_a_note_goes_with_it(db):
    for number in range(LEAST_ARTICLES):
        count(db, "furat", text(number, NOTE, "شكرا لكم"))
    assert recurring(db, "furat", text(99, NOTE, "شكرا لكم")) == {8, 9}
    assert recurring(db, "furat", text(99, "شكرا لكم")) == set()


def test_only_the_edges_count(db):
    for number in range(LEAST_ARTICLES):
        count(db, "furat", [*text(number), NOTE, *text(-number)])
    assert recurring(db, "furat", text(99, NOTE)) == set()


def test_a_line_of_few_articles_is_no_note(db):
    for number in range(LEAST_ARTICLES * ONE_IN + 1):
        count(db, "furat", text(number, NOTE) if number < LEAST_ARTICLES else text(number))
    assert recurring(db, "furat", text(99, NOTE)) == set()


def test_a_note_that_is_new_is_found_as_fast(db):
    for number in range(200):
        count(db, "furat", text(number))
    for number in range(LEAST_ARTICLES):
        count(db, "furat", text(200 + number, NOTE))
    assert recurring(db, "furat", text(999, NOTE)) == {8}


def test_a_line_counts_once_an_article_and_only_of_new_ones(db, make_article, now):
    article = make_article(body=f"{NOTE}\nخبر\n{NOTE}")
    for _ in range(3):
        articles.put(db, article, now=now)
    rows = db.execute("select outlet, articles, since from paragraphs order by hash = 0").fetchall()
    assert rows == [("furat", 1, 0), ("furat", 1, 0)]


@given(st.lists(st.text(max_size=30), max_size=9))
@settings(max_examples=30, deadline=None)
def test_any_lines_are_looked_up(lines):
    db = open_database(":memory:")
    assert recurring(db, "x", lines) == set()
    db.close()
