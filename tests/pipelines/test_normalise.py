from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.items import Article, NoArticle, RawDate
from pipelines.normalise import clean_line, clean_text, normalise
from pipelines.published import choose_date

NOW = datetime(2026, 3, 8, 18, 0, tzinfo=UTC)


def article(**values: object) -> Article:
    fields: dict[str, object] = {"outlet": "x", "url": "https://x.example/1", "title": "عنوان"}
    return Article(**(fields | values))  # type: ignore[arg-type]


def test_text_is_cleaned_but_its_spelling_stays() -> None:
    found = normalise(
        article(
            title=" \ufeffالحشـــد\u200b  الشَّعبي\n ", body="سطر\u00a0أول\r\n\r\n \t\nسطر ثان\x00"
        ),
        now=NOW,
    )
    assert isinstance(found, Article)
    assert found.title == "الحشـــد الشَّعبي"
    assert found.body == "سطر أول\nسطر ثان"
    assert found.word_count == 4


def test_neither_title_nor_text_is_no_article_under_the_address_that_was_asked() -> None:
    empty = article(title=" ", body="\n\u200b", aliases={"https://m.x.example/1": "requested"})
    found = normalise(empty, now=NOW)
    assert found == NoArticle("x", "https://m.x.example/1", "rejected", "neither title nor text")


def test_tracking_goes_from_the_address_and_the_asked_one_stays_known() -> None:
    found = normalise(article(url="https://x.example/1?utm_source=rss#top"), now=NOW)
    assert isinstance(found, Article)
    assert found.url == "https://x.example/1"
    assert found.aliases == {"https://x.example/1?utm_source=rss#top": "requested"}


@pytest.mark.parametrize(
    ("texts", "zone", "value", "precision", "source"),
    [
        (["2026-03-08T14:05:00+03:00"], None, "2026-03-08T11:05:00Z", "second", "a"),
        (["الأحد 8 آذار 2026 - 14:05"], "Asia/Damascus", "2026-03-08T11:05:00Z", "minute", "a"),
        (["8 آذار 2026"], "Asia/Damascus", "2026-03-08", "day", "a"),
        (["8 آذار 2026 14:05"], None, "2026-03-08", "day", "a"),
        (["8 آذار 2026", "8 آذار 2026 14:05"], "UTC", "2026-03-08T14:05:00Z", "minute", "b"),
        (["2026-03-08 00:00:00", "2026-03-08 09:10"], "UTC", "2026-03-08T09:10:00Z", "minute", "b"),
        (["7 آذار 2026", "8 آذار 2026 14:05"], "UTC", "2026-03-07", "day", "a"),
        (["غدا إن شاء الله", "8 آذار 2026"], "UTC", "2026-03-08", "day", "b"),
    ],
)
def test_the_best_date_of_a_page_is_chosen(
    texts: list[str], zone: str | None, value: str, precision: str, source: str
) -> None:
    raw = [RawDate(text, name) for text, name in zip(texts, "abc", strict=False)]
    chosen = choose_date(raw, now=NOW, timezone=zone)
    assert chosen is not None
    assert (chosen.value, chosen.precision, chosen.raw.source) == (value, precision, source)


@pytest.mark.parametrize("text", ["2031-01-01T00:00:00Z", "لا تاريخ", "", "31 شباط 2026"])
def test_no_date_is_better_than_a_wrong_one_and_its_text_is_kept(text: str) -> None:
    found = normalise(article(published=[RawDate(text, "meta")]), now=NOW)
    assert isinstance(found, Article)
    assert (found.published_at, found.published_precision) == (None, None)
    assert found.published_text == text


def test_a_modification_before_the_publication_is_none() -> None:
    found = normalise(
        article(
            published=[RawDate("2026-03-08T10:00:00Z", "meta")],
            modified=[RawDate("2026-03-08T09:00:00Z", "meta")],
        ),
        now=NOW,
    )
    assert isinstance(found, Article)
    assert found.modified_at is None


@given(st.text(max_size=200))
@settings(max_examples=200, deadline=None)
def test_cleaning_twice_changes_nothing(text: str) -> None:
    for clean in (clean_line, clean_text):
        once = clean(text)
        assert clean(once) == once
        assert once is None or once.strip() == once != ""


@given(st.lists(st.text(max_size=40), max_size=4), st.text(max_size=80))
@settings(max_examples=100, deadline=None)
def test_any_text_is_normalised_without_an_error(texts: list[str], body: str) -> None:
    raw = [RawDate(text, "meta") for text in texts]
    found = normalise(article(body=body, published=raw, modified=raw, tags=texts), now=NOW)
    assert isinstance(found, Article)


@pytest.mark.parametrize(
    ("lines", "recurring", "body", "left_out"),
    [
        ("أ ب ج د", {0, 3}, "ب ج", (["أ"], ["د"])),
        ("أ ب ج د", {1}, "أ ب ج د", ([], [])),
        ("أ ب ج د", {2, 3}, "أ ب", ([], ["ج", "د"])),
        ("أ ب ج د", {0, 2, 3}, "أ ب ج د", ([], [])),
        ("أ ب", {0, 1}, "أ ب", ([], [])),
    ],
)
def test_recurring_lines_go_from_both_ends_and_never_the_whole_text(
    lines: str, recurring: set[int], body: str, left_out: tuple[list[str], list[str]]
) -> None:
    raw = article(body=lines.replace(" ", "\n"))
    found = normalise(raw, now=NOW, recurring=lambda _outlet, _lines: recurring)
    assert isinstance(found, Article)
    assert (found.body or "").split("\n") == body.split()
    assert found.left_out == left_out
    assert found.word_count == len(body.split())


def test_the_agency_is_read_before_its_line_is_left_out() -> None:
    raw = article(body="عواصم - رويترز\nخبر أول\nخبر ثان")
    found = normalise(raw, now=NOW, recurring=lambda _outlet, _lines: {0})
    assert isinstance(found, Article)
    assert (found.agency, found.body) == ("رويترز", "خبر أول\nخبر ثان")
