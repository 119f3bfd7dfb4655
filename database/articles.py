"""Putting one article: same page → same row, changed text → a revision, same text → same story."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol

import sqlite_utils

from arabic.fold import fold
from database import ledger, stories
from database.connection import transaction
from database.ledger import timestamp
from database.revisions import make_patch
from database.snippets import snippet
from database.urls import canonical_url, same_site
from watchlist.matcher import Match

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
# The addresses under which the page itself was reached: equal means the same page. What the page
# says of itself (canonical, og, amp) is believed only where the title or the text agrees.
REACHED = ("final", "requested", "mirror", "archive")


class Put(Protocol):
    """What ``put`` needs of an article; ``crawler.items.Article`` is one."""

    outlet: str
    url: str
    title: str | None
    subtitle: str | None
    body: str | None
    tags: list[str]
    aliases: dict[str, str]
    provenance: dict[str, str]
    article_key: str | None
    text_hash: str | None
    word_count: int
    published_at: str | None
    matches: list[Match]


@dataclass(slots=True, frozen=True)
class Stored:
    """What became of an article. ``joined``: it is new and joined a story that existed."""

    article: int
    outcome: Literal["new", "revised", "unchanged"]
    joined: bool = False


def put(db: sqlite_utils.Database, article: Put, *, now: datetime) -> Stored:
    """Store an article with its addresses, matches, story and ledger entry, in one transaction."""
    with transaction(db):
        addresses = _addresses(article)
        known = _find(db, article, addresses)
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


def _addresses(article: Put) -> dict[str, str]:
    """Canonical address → how it is known, the surest first; only addresses of the same site.

    A page that names another outlet's address as its canonical one is a copy, not that page.
    """
    found = {canonical_url(article.url): "final"}
    for url, how in article.aliases.items():
        if how in REACHED or same_site(url, article.url):
            found.setdefault(canonical_url(url), how)
    return {url: how for url, how in found.items() if not url.endswith("/") or how in REACHED}


def _find(
    db: sqlite_utils.Database, article: Put, addresses: Mapping[str, str]
) -> dict[str, object] | None:
    """The stored article that this page is, or None."""
    if article.article_key:
        found = _row(db, "outlet = ? and article_key = ?", [article.outlet, article.article_key])
        if found:
            return found
    for url, how in addresses.items():
        found = _row(db, "id = (select article from article_urls where url = ?)", [url])
        if found and _is_same_page(article, found, how):
            return found
    return None


def _is_same_page(article: Put, found: Mapping[str, object], how: str) -> bool:
    if found["outlet"] != article.outlet:
        return False
    if article.article_key and found["article_key"] and how not in REACHED:
        return False
    return how in REACHED or (
        _heading(str(found["title"] or "")) == _heading(article.title or "")
        or (article.text_hash is not None and found["text_hash"] == article.text_hash)
    )


def _row(
    db: sqlite_utils.Database, where: str, values: Sequence[object]
) -> dict[str, object] | None:
    cursor = db.execute(
        "select id, outlet, article_key, title, text_hash, revision, story, body, checked_at"
        f" from articles left join article_text on article = id where {where}",
        list(values),
    )
    row = cursor.fetchone()
    return (
        dict(zip([column[0] for column in cursor.description], row, strict=True)) if row else None
    )


def _heading(title: str) -> str:
    """A title without spelling and punctuation, for asking whether it was changed."""
    return " ".join("".join(c if c.isalnum() else " " for c in fold(title)).split())


def _values(article: Put) -> dict[str, object]:
    values = {column: getattr(article, column) for column in COLUMNS}
    values["tags"] = json.dumps(article.tags, ensure_ascii=False) if article.tags else None
    values["provenance"] = json.dumps(article.provenance, ensure_ascii=False)
    return values


def _insert(db: sqlite_utils.Database, article: Put, now: datetime) -> Stored:
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
    identity = int(cursor.lastrowid or 0)
    db.execute("insert into article_text (article, body) values (?, ?)", [identity, article.body])
    write_matches(db, identity, article, now)
    stories.refresh(db, int(str(values["story"])))
    return Stored(identity, "new", joined=story is not None)


def _update(
    db: sqlite_utils.Database, article: Put, known: Mapping[str, object], now: datetime
) -> Stored:
    identity = int(str(known["id"]))
    changed = _what_changed(article, known)
    if changed is None:
        db.execute("update articles set checked_at = ? where id = ?", [timestamp(now), identity])
        return Stored(identity, "unchanged")
    _keep_version(db, article, known, changed)
    values = _values(article) | {
        "checked_at": timestamp(now),
        "revision": int(str(known["revision"])) + 1,
    }
    assignments = ", ".join(f"{name} = ?" for name in values)
    db.execute(f"update articles set {assignments} where id = ?", [*values.values(), identity])
    db.execute("update article_text set body = ? where article = ?", [article.body, identity])
    write_matches(db, identity, article, now)
    if known["story"] is not None:
        stories.refresh(db, int(str(known["story"])))
    return Stored(identity, "revised")


def _what_changed(
    article: Put, known: Mapping[str, object]
) -> Literal["title", "body", "both"] | None:
    """None when only spelling, marks, punctuation or white space differ."""
    title = _heading(article.title or "") != _heading(str(known["title"] or ""))
    body = article.text_hash != known["text_hash"]
    if title and body:
        return "both"
    return "title" if title else "body" if body else None


def _keep_version(
    db: sqlite_utils.Database, article: Put, known: Mapping[str, object], changed: str
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


def write_matches(db: sqlite_utils.Database, identity: int, article: Put, now: datetime) -> None:
    """Replace an article's matches and hits; a match that stays keeps its first time."""
    first = dict(
        db.execute("select watch, first_matched_at from matches where article = ?", [identity])
    )
    db.execute("delete from hits where article = ?", [identity])
    db.execute("delete from matches where article = ?", [identity])
    texts = {"title": article.title, "subtitle": article.subtitle, "body": article.body}
    for match in article.matches:
        best = match.hits[0]
        db.execute(
            "insert into matches (article, watch, hits, in_title, snippet, first_matched_at)"
            " values (?, ?, ?, ?, ?, ?)",
            [
                identity,
                match.watch,
                len(match.hits),
                int(best.field == "title"),
                snippet(texts[best.field] or "", best.start, best.end),
                first.get(match.watch, timestamp(now)),
            ],
        )
        db.conn.executemany(
            "insert into hits (article, watch, term, field, start, end) values (?, ?, ?, ?, ?, ?)",
            [
                (identity, match.watch, hit.term, hit.field, hit.start, hit.end)
                for hit in match.hits
            ],
        )
