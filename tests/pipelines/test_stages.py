"""The stages as Scrapy runs them: in order, each passing on what is no article."""

from __future__ import annotations

import doctest
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

import pipelines
import watchlist
from crawler import settings
from crawler.items import Article, NoArticle
from database import articles, grouping, watches
from database.connection import open_database
from database.shingles import Text
from pipelines import dedupe
from pipelines.dedupe import DedupePipeline, text_hash
from pipelines.normalise import NormalisePipeline
from pipelines.stage import Tally
from pipelines.store import StorePipeline
from pipelines.tag import TagPipeline

NOW = datetime(2026, 3, 8, 18, 0, tzinfo=UTC)
WATCHLIST = '[[watch]]\nname = "البوكمال"\n'


@pytest.fixture
def way(tmp_path: Path):
    (tmp_path / "watchlist.toml").write_text(WATCHLIST, encoding="utf-8")
    watched = watchlist.load(tmp_path / "watchlist.toml")
    db = open_database(tmp_path / "news.db")
    watches.sync(db, watched, now=NOW)
    articles.ensure_outlet(db, "x")
    tally = Tally()

    def make(**options: object) -> list:
        return [
            NormalisePipeline(tally, db),
            DedupePipeline(tally),
            TagPipeline(watched, tally),
            StorePipeline(db, tally, clock=lambda: NOW, **options),  # type: ignore[arg-type]
        ]

    yield make, db, tally
    db.close()


def send(stages: list, item: Article | NoArticle) -> Article | NoArticle:
    for stage in stages:
        item = stage.process_item(item)
    return item


def test_the_order_is_the_same_everywhere() -> None:
    in_settings = [
        path.split(".")[1]
        for path, _ in sorted(settings.ITEM_PIPELINES.items(), key=lambda pair: pair[1])
        if path.startswith("pipelines.")
    ]
    assert " → ".join(in_settings) in str(pipelines.__doc__)
    readme = (settings.ROOT / "README.md").read_text(encoding="utf-8")
    assert " → ".join(in_settings) in readme


def test_the_text_that_is_taken_apart_before_is_the_stored_one(way, monkeypatch) -> None:
    make, db, _ = way
    place, placed = grouping.place, []
    monkeypatch.setattr(
        grouping, "place", lambda db, number, text: placed.append(text) or place(db, number, text)
    )
    send(make(), Article("x", "https://x.example/1", title="خبر", body=" قال الوزير "))
    query = "select title, body from articles join article_text on article = id"
    assert placed == [Text.of(*db.execute(query).fetchone())]
    assert placed[0].words == ("قال", "الوزير")


def test_an_article_is_tagged_with_spans_of_its_stored_text(way) -> None:
    make, db, tally = way
    send(
        make(),
        Article("x", "https://x.example/1", title="أخبار", body=" وصلوا\u200b  إلى «بالبُوكمال»."),
    )
    row = db.execute(
        "select substr(body, start + 1, end - start) from hits join article_text using (article)"
    ).fetchone()
    assert row == ("بالبُوكمال",)
    assert (tally["tag/matched"], tally["store/new"]) == (1, 1)


def test_rules_are_told_section_outlet_and_language(tmp_path: Path) -> None:
    path = tmp_path / "watchlist.toml"
    rule = "البوكمال outlet:sana -section:رياضة lang:ar"
    path.write_text(f"[[watch]]\nname = 'x'\nrule = '{rule}'", encoding="utf-8")
    stage = TagPipeline(watchlist.load(path), Tally())
    url = "https://x.example/1"
    told = Article("sana", url, body="البوكمال", language="ar")
    assert stage.process_item(told).matches
    for other in ({"outlet": "x"}, {"section": "رياضة"}, {"language": None}):
        assert not stage.process_item(replace(told, matches=[], **other)).matches


def test_a_page_that_is_no_article_is_kept_with_its_reason(way) -> None:
    make, db, tally = way
    send(make(), NoArticle("x", "https://x.example/login", "rejected", "login wall"))
    assert db.execute("select status, reason from pages").fetchone() == ("rejected", "login wall")
    assert tally["store/rejected"] == 1


def test_keeping_only_matches_still_knows_the_other_pages(way) -> None:
    make, db, _ = way
    asked = {"https://m.x.example/2": "requested"}
    send(make(keep="matching"), Article("x", "https://x.example/2", title="رياضة", aliases=asked))
    assert db.execute("select count(*) from articles").fetchone()[0] == 0
    assert db.execute("select url, status from pages").fetchall() == [
        ("https://x.example/2", "rejected")
    ]


NOTE = "اشتركوا في النشرة اليومية لصحيفتنا"
DUMP = (
    "select id, title, text_hash, revision, word_count, body"
    " from articles join article_text on article = id",
    "select article, revision, title, text_hash, patch from revisions",
    "select * from paragraphs",
)


@pytest.mark.parametrize("how", ["archive", "requested"])
def test_a_note_that_is_left_out_later_makes_no_revision(way, how: str) -> None:
    make, db, tally = way

    def pages() -> list[Article]:
        numbers = [*range(12), 0, 10] if how == "archive" else range(12)
        found = []
        for place, number in enumerate(numbers):
            url = f"https://x.example/{number}"
            edit = "حرر" if place >= 12 else "كتب"
            body = f"أول {number}\n{edit} الخبر\nثالث {number}\n{NOTE}\nشكرا"
            found.append(Article("x", url, title="أخبار", body=body, aliases={url: how}))
        return found

    def rows() -> list[list[tuple]]:
        return [db.execute(query).fetchall() for query in DUMP]

    for page in pages():
        send(make(), page)
    once = rows()
    kept = [number for number, *_, body in once[0] if NOTE in body]
    assert kept == ([*range(2, 9)] if how == "archive" else [*range(1, 9)])
    assert tally["normalise/recurring"] == 2 * (6 if how == "archive" else 4)
    assert len(once[1]) == (2 if how == "archive" else 0)
    for page in pages():
        send(make(), page)
    assert rows() == once


def test_another_note_makes_no_revision(way) -> None:
    make, db, _ = way
    other = "تابعونا على صفحات التواصل الاجتماعي"
    for note in (NOTE, other):
        for number in range(9):
            body = f"أول {number}\nالخبر\nثالث\n{note}"
            send(make(), Article("x", f"https://x.example/{note[0]}{number}", body=body))
    for note in (NOTE, other):
        send(make(), Article("x", "https://x.example/1", body=f"أول\nثان\n{note}"))
    last = "select revision, body from articles join article_text on article = id order by id desc"
    assert db.execute(last).fetchone() == (1, "أول\nثان")


def test_text_hash_is_of_words_not_of_spelling() -> None:
    assert doctest.testmod(dedupe).failed == 0
    assert text_hash("مدرسة إيران") == text_hash("«مدرسه» ايران!")
    assert text_hash("مدرسة") != text_hash("مدارس")
    assert text_hash(" ،. ") is None
