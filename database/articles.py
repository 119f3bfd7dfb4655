"""Putting one article: same page → same row, changed text → a revision, same text → same story."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

import sqlite_utils

from database import identity, ledger, matches, stories
from database.connection import transaction
from database.identity import PUBLICATION, REACHED, Page, heading
from database.ledger import timestamp
from database.revisions import make_patch

COLUMNS = (
    "outlet",
    "article_key",
    "url",
    "title",
    "subtitle",
    "excerpt",
    "author",
    "section",
    "image_url",
    "language",
    "published_at",
    "published_precision",
    "published_source",
    "published_text",
    "modified_at",
    "word_count",
    "text_hash",
)
PRECISIONS = ("day", "minute", "second")


@dataclass(slots=True, frozen=True)
class Stored:
    """What became of an article. ``joined``: it is new and joined a story that existed."""

    article: int
    outcome: Literal["new", "revised", "unchanged"]
    joined: bool = False


def put(db: sqlite_utils.Database, article: Page, *, now: datetime) -> Stored:
    """Store an article with its addresses, matches, story and ledger entry, in one transaction."""
    with transaction(db):
        addresses = identity.addresses(article)
        known = identity.find(db, article, addresses)
        stored = _update(db, article, known, now) if known else _insert(db, article, now)
        for url, how in addresses.items():
            db.execute(
                "insert into article_urls (url, article, how) values (?, ?, ?)"
                " on conflict (url) do nothing",
                [url, stored.article, how],
            )
        for url, how in {**article.aliases, article.url: "final"}.items():
            if how in REACHED:
                ledger.record_page(
                    db,
                    outlet=article.outlet,
                    url=url,
                    status="stored",
                    now=now,
                    article=stored.article,
                    key=article.article_key,
                )
        ledger.settle(
            db,
            outlet=article.outlet,
            urls=list(addresses),
            key=article.article_key,
            article=stored.article,
        )
    return stored


def ensure_outlet(db: sqlite_utils.Database, outlet: str, **columns: object) -> None:
    """Write what is known of an outlet; an outlet that only an archive names gets a bare row."""
    with transaction(db):
        db.execute("insert into outlets (outlet) values (?) on conflict do nothing", [outlet])
        for column, value in columns.items():
            value = (
                json.dumps(value, ensure_ascii=False) if isinstance(value, list | dict) else value
            )
            db.execute(f'update outlets set "{column}" = ? where outlet = ?', [value, outlet])


def _values(article: Page) -> dict[str, object]:
    values = {column: getattr(article, column) for column in COLUMNS}
    values["tags"] = json.dumps(article.tags, ensure_ascii=False) if article.tags else None
    values["provenance"] = json.dumps(article.provenance, ensure_ascii=False)
    return values


def _insert(db: sqlite_utils.Database, article: Page, now: datetime) -> Stored:
    story = stories.same_text_story(
        db,
        text_hash=article.text_hash,
        word_count=article.word_count,
        published_at=article.published_at,
    )
    values = _values(article) | {
        "first_seen_at": timestamp(now),
        "checked_at": timestamp(now),
        "story": story or stories.new_story(db),
    }
    names, marks = ", ".join(values), ", ".join("?" * len(values))
    cursor = db.execute(f"insert into articles ({names}) values ({marks})", list(values.values()))
    number = int(cursor.lastrowid or 0)
    db.execute("insert into article_text (article, body) values (?, ?)", [number, article.body])
    matches.write(db, number, article, now)
    stories.refresh(db, int(str(values["story"])))
    return Stored(number, "new", joined=story is not None)


def _update(
    db: sqlite_utils.Database, article: Page, known: Mapping[str, object], now: datetime
) -> Stored:
    number = int(str(known["id"]))
    changed = _what_changed(article, known)
    if changed is None or _is_earlier_version(db, article, number):
        db.execute("update articles set checked_at = ? where id = ?", [timestamp(now), number])
        return Stored(number, "unchanged")
    _keep_version(db, article, known, changed)
    values = (
        _values(article)
        | _kept_publication(article, known)
        | {
            "checked_at": timestamp(now),
            "revision": int(str(known["revision"])) + 1,
        }
    )
    assignments = ", ".join(f"{name} = ?" for name in values)
    db.execute(f"update articles set {assignments} where id = ?", [*values.values(), number])
    db.execute("update article_text set body = ? where article = ?", [article.body, number])
    matches.write(db, number, article, now)
    if known["story"] is not None:
        stories.refresh(db, int(str(known["story"])))
    return Stored(number, "revised")


def _what_changed(
    article: Page, known: Mapping[str, object]
) -> Literal["title", "body", "both"] | None:
    """None when only spelling, marks, punctuation or white space differ."""
    title = heading(article.title or "") != heading(str(known["title"] or ""))
    body = article.text_hash != known["text_hash"]
    if title and body:
        return "both"
    return "title" if title else "body" if body else None


def _is_earlier_version(db: sqlite_utils.Database, article: Page, number: int) -> bool:
    """Whether an archive's text is a version that is kept already; a live page may go back."""
    if "archive" not in article.aliases.values():
        return False
    rows = db.execute(
        "select title from revisions where article = ? and text_hash is ?",
        [number, article.text_hash],
    )
    return any(heading(title or "") == heading(article.title or "") for (title,) in rows)


def _kept_publication(article: Page, known: Mapping[str, object]) -> dict[str, object]:
    """An edit does not change when a page was published, but may tell it more precisely."""
    before, after = (
        PRECISIONS.index(str(each)) if each else -1
        for each in (known["published_precision"], article.published_precision)
    )
    if before < after or before == -1:
        return {}
    return {column: known[column] for column in PUBLICATION}


def _keep_version(
    db: sqlite_utils.Database, article: Page, known: Mapping[str, object], changed: str
) -> None:
    db.execute(
        "insert into revisions (article, revision, seen_at, title, text_hash, changed, patch)"
        " values (?, ?, ?, ?, ?, ?, ?)",
        [
            known["id"],
            known["revision"],
            known["checked_at"],
            known["title"],
            known["text_hash"],
            changed,
            make_patch(article.body or "", str(known["body"] or "")),
        ],
    )
