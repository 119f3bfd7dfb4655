"""Drift: what an outlet's newest articles lack that its earlier ones had."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import sqlite_utils

LAYOUT_ARTICLES = 5
FIELD_ARTICLES = 10
EARLIER = 50
FILLED = 0.8
"""A field that this share of the earlier articles has is one that the outlet gives."""
MOST_LOOKED_AT = 500
"""Newest articles among which those that were read from pages are sought."""
SELECTOR = "selector"
"""The source of a value that a selector of the outlet's class gave (``provenance``)."""


@dataclass(slots=True, frozen=True)
class Sample:
    """What matters here of one article."""

    author: str | None = None
    section: str | None = None
    published_at: str | None = None
    image_url: str | None = None
    subtitle: str | None = None
    published_source: str | None = None
    provenance: str | None = None

    @property
    def is_selected(self) -> bool:
        """Whether any value of it stems from a selector."""
        sources = json.loads(self.provenance or "{}").values()
        return SELECTOR in sources or self.published_source == SELECTOR


FIELDS: dict[str, Callable[[Sample], bool]] = {
    "author": lambda sample: bool(sample.author),
    "section": lambda sample: bool(sample.section),
    "time of publication": lambda sample: "T" in (sample.published_at or ""),
    "image": lambda sample: bool(sample.image_url),
    "subtitle": lambda sample: bool(sample.subtitle),
}


def newest(db: sqlite_utils.Database, outlet: str) -> list[Sample]:
    """The articles of an outlet that were last read from its pages, the newest first."""
    rows = db.execute(
        "select author, section, published_at, image_url, subtitle, published_source, provenance"
        " from (select * from articles where outlet = ?"
        "       order by first_seen_at desc, id desc limit ?) as recent"
        " where exists (select 1 from article_urls where article = recent.id and how = 'final')"
        " limit ?",
        [outlet, MOST_LOOKED_AT, FIELD_ARTICLES + EARLIER],
    )
    return [Sample(*row) for row in rows]


def drifts(samples: Sequence[Sample], *, selectors: bool) -> list[str]:
    """What the newest articles lack, a line each; ``selectors``: the outlet's class has some."""
    lines = []
    latest = samples[:LAYOUT_ARTICLES]
    if selectors and len(latest) == LAYOUT_ARTICLES and not any(s.is_selected for s in latest):
        lines.append(f"its selectors gave nothing of the newest {LAYOUT_ARTICLES} articles")
    latest, earlier = samples[:FIELD_ARTICLES], samples[FIELD_ARTICLES:][:EARLIER]
    if len(earlier) < EARLIER:
        return lines
    for field, is_filled in FIELDS.items():
        before = sum(map(is_filled, earlier))
        if before >= EARLIER * FILLED and not any(map(is_filled, latest)):
            lines.append(
                f"no {field} in the newest {FIELD_ARTICLES} articles,"
                f" before in {before} of {EARLIER}"
            )
    return lines
