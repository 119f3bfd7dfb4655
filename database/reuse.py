"""Whether a page that is known shows another story now, and which article its address names."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import sqlite_utils

from database import overlap
from database.identity import Page, heading, is_archived, read
from database.ledger import timestamp

LEAST_WORDS = 25
"""Shorter texts say too little: a flash grows into a report."""
MOST_IN_A_WEEK = 3
"""A page that showed so many stories within a week rolls on: what follows is an edit."""


def is_another_story(article: Page, known: Mapping[str, Any]) -> bool:
    """Whether a live page's title and text have almost nothing in common with what is stored.

    A live blog, a text that is very short, and a title that stays never are; nor is a record of an
    archive, which may be of any age.
    """
    if is_archived(article) or article.live or article.text_hash == known["text_hash"]:
        return False
    if _titles_agree(str(known["title"] or ""), article.title or ""):
        return False
    texts = known["body"], article.body
    if min(len(overlap.words(text)) for text in texts) < LEAST_WORDS:
        return False
    return overlap.containment(*texts) < overlap.NOTHING


def owner(
    db: sqlite_utils.Database, article: Page, known: Mapping[str, Any], now: datetime
) -> Mapping[str, Any] | None:
    """The article that the page is, given the one that its address names; None = a new one.

    A page that shows an earlier story again is that article again: A, B, A, B are two articles.
    """
    if not is_another_story(article, known):
        return known
    earlier = [read(db, "id = ?", [number])[0] for number in _earlier(db, known["id"])]
    for other in earlier:
        if _is_version(article, other):
            return other
    week = timestamp(now - timedelta(days=7))
    recent = sum(other["first_seen_at"] >= week for other in [known, *earlier])
    return known if recent >= MOST_IN_A_WEEK else None


def release(db: sqlite_utils.Database, number: int) -> None:
    """Take an article its outlet's key, which names another one from now on."""
    db.execute("update articles set article_key = null where id = ?", [number])


def replace(db: sqlite_utils.Database, number: int, by: int) -> None:
    """Mark that an article's address shows another one now."""
    db.execute("update articles set replaced_by = null where id = ?", [by])
    db.execute("update articles set replaced_by = ? where id = ?", [by, number])


def _earlier(db: sqlite_utils.Database, number: int) -> list[int]:
    """The articles that the page showed before this one."""
    rows = db.execute(
        "with recursive earlier(id) as (select id from articles where replaced_by = ?"
        " union select articles.id from articles join earlier on replaced_by = earlier.id)"
        " select id from earlier order by id desc",
        [number],
    )
    return [row[0] for row in rows]


def _is_version(article: Page, other: Mapping[str, Any]) -> bool:
    if article.text_hash == other["text_hash"]:
        return True
    return overlap.containment(article.body, other["body"]) >= overlap.MUCH


def _titles_agree(a: str, b: str) -> bool:
    """Whether they share half the words of the shorter one; a title that is missing agrees."""
    words = set(heading(a).split()), set(heading(b).split())
    return len(words[0] & words[1]) * 2 >= min(map(len, words))
