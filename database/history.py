"""An article's versions, from the first to the newest, and finding it by any of its addresses."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import sqlite_utils

from database.revisions import Piece, apply_patch, make_patch, pieces
from database.urls import canonical_url

BASIC = ("id", "outlet", "url", "title", "published_at", "gone_at", "replaced_by")


@dataclass(slots=True, frozen=True)
class Version:
    """One version. ``changed``: what differs from the one before (title, body, both), None for the
    first; ``title_diff`` and ``body_diff`` say how. Times are UTC: read with this text first
    (None: not noted at that time, but after the version before was last seen) and last."""

    revision: int
    title: str
    body: str
    first_seen_at: str | None
    last_seen_at: str
    changed: str | None = None
    title_diff: list[Piece] = field(default_factory=list)
    body_diff: list[Piece] = field(default_factory=list)


@dataclass(slots=True, frozen=True)
class History:
    """An article with its addresses (canonical form) and versions; ``replaces``: the articles that
    its address showed before."""

    article: dict[str, Any]
    addresses: list[str]
    replaces: list[int]
    versions: list[Version]


def find(db: sqlite_utils.Database, address: str, keys: Sequence[tuple[str, str]]) -> int | None:
    """The article that an address, in whatever spelling, leads to; ``keys``: (outlet, its key)."""
    url = canonical_url(address)
    candidates: list[tuple[str, list[str]]] = [
        ("select article from article_urls where url = ?", [url]),
        ("select article from pages where url = ? and article not null", [url]),
        ("select id from articles where url = ? order by replaced_by is not null", [address]),
    ]
    for outlet, key in keys:
        where = "select id from articles where outlet = ? and article_key = ?"
        candidates.append((where, [outlet, key]))
    for query, values in candidates:
        if row := db.execute(query, values).fetchone():
            return int(row[0])
    return None


def page_state(db: sqlite_utils.Database, address: str) -> tuple[str, str | None] | None:
    """Status and reason of a page that the ledger knows; None for one that was never seen."""
    row = db.execute(
        "select status, reason from pages where url = ?", [canonical_url(address)]
    ).fetchone()
    return (row[0], row[1]) if row else None


def read(db: sqlite_utils.Database, number: int) -> History | None:
    """The history of an article; None when there is no such article."""
    row = db.execute(
        f"select {', '.join(BASIC)}, first_seen_at, checked_at, revision, body from articles"
        " left join article_text on article = id where id = ?",
        [number],
    ).fetchone()
    if row is None:
        return None
    article = dict(zip(BASIC, row, strict=False))
    addresses = db.execute("select url from article_urls where article = ? order by url", [number])
    before = db.execute("select id from articles where replaced_by = ? order by id", [number])
    return History(
        article,
        [url for (url,) in addresses],
        [each for (each,) in before],
        _versions(db, article, *row[len(BASIC) :]),
    )


def _versions(
    db: sqlite_utils.Database,
    article: dict[str, Any],
    first_seen_at: str,
    checked_at: str,
    revision: int,
    body: str | None,
) -> list[Version]:
    """From the newest text back, as the patches lead."""
    rows = db.execute(
        "select revision, title, seen_at, replaced_at, changed, patch from revisions"
        " where article = ? order by revision desc",
        [article["id"]],
    ).fetchall()
    title, text, last_seen_at = str(article["title"] or ""), body or "", str(checked_at)
    found: list[Version] = []
    for number, old_title, seen_at, replaced_at, changed, patch in rows:
        old = str(old_title or "")
        found.append(
            Version(
                revision,
                title,
                text,
                replaced_at,
                last_seen_at,
                changed,
                pieces(title, make_patch(title, old)),
                pieces(text, patch),
            )
        )
        title, text = old, apply_patch(text, patch)
        revision, last_seen_at = number, seen_at
    found.append(Version(revision, title, text, first_seen_at, last_seen_at))
    return found[::-1]
