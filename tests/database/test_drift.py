"""Drift: selectors that find nothing any more, fields that fell empty."""

from __future__ import annotations

from datetime import timedelta

import pytest

from database import articles, drift
from database.drift import Sample, drifts

FULL = Sample("كاتب", "سياسة", "2026-03-02T11:05:00Z", "https://x/i.jpg", "عنوان ثان")
SELECTED = Sample(provenance='{"body": "selector", "title": "jsonld"}')
GENERIC = Sample(provenance='{"body": "structure", "title": "jsonld"}')


@pytest.mark.parametrize(
    ("samples", "lines"),
    [
        ([GENERIC] * 5, 1),
        ([GENERIC] * 4, 0),
        ([GENERIC] * 4 + [SELECTED], 0),
        ([GENERIC] * 5 + [SELECTED] * 50, 1),
        ([Sample(provenance="{}", published_source="selector")] + [GENERIC] * 9, 0),
        ([], 0),
    ],
)
def test_selectors_that_give_nothing(samples: list[Sample], lines: int) -> None:
    assert len(drifts(samples, selectors=True)) == lines
    assert drifts(samples, selectors=False) == []


def without(field: str) -> Sample:
    values = {name: getattr(FULL, name) for name in FULL.__slots__}
    return Sample(**(values | {field: None}))


@pytest.mark.parametrize(
    ("field", "name"),
    [
        ("author", "author"),
        ("section", "section"),
        ("published_at", "time of publication"),
        ("image_url", "image"),
        ("subtitle", "subtitle"),
    ],
)
def test_a_field_that_fell_empty(field: str, name: str) -> None:
    empty = without(field)
    earlier = [FULL] * 40 + [empty] * 10
    assert drifts([empty] * 10 + earlier, selectors=False) == [
        f"no {name} in the newest 10 articles, before in 40 of 50"
    ]
    assert drifts([empty] * 9 + [FULL] + earlier, selectors=False) == []
    assert drifts([empty] * 10 + [FULL] * 39 + [empty] * 11, selectors=False) == []
    assert drifts([empty] * 10 + [FULL] * 49, selectors=False) == [], "too few to tell"


def test_a_bare_date_is_no_time_of_publication() -> None:
    bare = Sample("كاتب", "سياسة", "2026-03-02", "https://x/i.jpg", "عنوان ثان")
    assert len(drifts([bare] * 10 + [FULL] * 50, selectors=False)) == 1


def test_only_what_was_read_from_pages_counts_the_newest_first(db, make_article, now) -> None:
    for number in range(4):
        article = make_article(
            f"https://furat.example/story/{number}", title=f"خبر {number}", text_hash=f"h{number}"
        )
        article.author = f"كاتب {number}"
        if number == 2:
            article.aliases[article.url] = "archive"
        articles.put(db, article, now=now + timedelta(hours=number))
    assert [sample.author for sample in drift.newest(db, "furat")] == ["كاتب 3", "كاتب 1", "كاتب 0"]
    assert drift.newest(db, "hudud") == []
