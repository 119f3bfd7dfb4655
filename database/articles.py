"""Putting one article: same page → same row, changed text → a revision, like text → same story."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Literal

import sqlite_utils

from database import grouping, identity, ledger, matches, rechecks, recurring, reuse
from database.connection import transaction
from database.identity import PUBLICATION, REACHED, Page, heading
from database.ledger import timestamp
from database.revisions import make_patch
from database.shingles import Text
from watchlist import Watchlist

COLUMNS = (
    "outlet",
    "article_key",
    "url",
    "title",
    "subtitle",
    "excerpt",
    "author",
    "agency",
    "section",
    "image_url",
    "caption",
    "language",
    "published_at",
    "published_precision",
    "published_source",
    "published_text",
    "modified_at",
    "word_count",
    "text_hash",
)
METADATA = (
    "article_key",
    "subtitle",
    "excerpt",
    "author",
    "agency",
    "section",
    "tags",
    "image_url",
    "caption",
    "language",
)
SEEN = ("subtitle", "section", "language")
"""What rules see of an article beside title, text and outlet."""
PRECISIONS = ("day", "minute", "second")


@dataclass(slots=True, frozen=True)
class Stored:
    """What became of an article. ``joined``: it is new and joined a story that existed."""

    article: int
    outcome: Literal["new", "revised", "unchanged"]
    joined: bool = False


def put(
    db: sqlite_utils.Database,
    article: Page,
    *,
    now: datetime,
    watched: Watchlist | None = None,
    text: Text | None = None,
) -> Stored:
    """Store an article with its addresses, matches, story and ledger entry, in one transaction.

    Its matches are those of the page. Where the row keeps or learns what the page does not tell,
    as the section, those of the row are found by ``watched``. ``text``: as ``prepare`` gave it.
    """
    with transaction(db):
        addresses = identity.addresses(article)
        named = identity.find(db, article, addresses)
        known = reuse.owner(db, article, named, now) if named else None
        left = named["id"] if named and named is not known else None
        if left:
            reuse.release(db, left)
        stored = (
            _update(db, article, known, now, watched) if known else _insert(db, article, now, text)
        )
        if left:
            reuse.replace(db, left, by=stored.article)
        for url, how in addresses.items():
            db.execute(
                "insert into article_urls (url, article, how) values (?, ?, ?)"
                " on conflict (url) do update set article = excluded.article, how = excluded.how"
                " where article in (select id from articles where replaced_by = excluded.article)",
                [url, stored.article, how],
            )
        archived = identity.is_archived(article)
        for url, how in {**article.aliases, article.url: "final"}.items():
            if how in REACHED and not (archived and ledger.was_stored(db, url)):
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
        if not archived:
            rechecks.schedule(db, article, stored.article, now)
    return stored


def prepare(article: Page) -> Text:
    """Work out what storing an article needs of it alone: its text, taken apart for ``put``.

    Whoever calls this before the transaction holds the write lock the shorter.
    """
    identity.addresses(article)  # kept in memory
    return Text.of(article.title, article.body)


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


def _insert(db: sqlite_utils.Database, article: Page, now: datetime, text: Text | None) -> Stored:
    values = _values(article) | {
        "weak_key": identity.weak_key(article),
        "first_seen_at": timestamp(now),
        "checked_at": timestamp(now),
    }
    names, marks = ", ".join(values), ", ".join("?" * len(values))
    cursor = db.execute(f"insert into articles ({names}) values ({marks})", list(values.values()))
    number = int(cursor.lastrowid or 0)
    db.execute("insert into article_text (article, body) values (?, ?)", [number, article.body])
    before, after = article.left_out
    recurring.count(db, article.outlet, [*before, *(article.body or "").splitlines(), *after])
    matches.add(db, number, _texts(article), article.matches, now)
    return Stored(number, "new", joined=grouping.place(db, number, text))


def _update(
    db: sqlite_utils.Database,
    article: Page,
    known: Mapping[str, Any],
    now: datetime,
    watched: Watchlist | None,
) -> Stored:
    changed = _what_changed(article, known)
    if changed is None or _is_older(db, article, known["id"]):
        told = _filled(article, known)
        if changed is None:
            told |= _modification(article, known)
        told |= {"checked_at": timestamp(now)}
        if told["published_at"] == known["published_at"]:
            _write(db, known["id"], told)
        else:
            grouping.withdraw(db, known["id"])
            _write(db, known["id"], told)
            grouping.put_back(db, known["id"])
        if watched and any(told.get(name) for name in SEEN):
            _match_again(db, known["id"], watched, now)
        return Stored(known["id"], "unchanged")
    _keep_version(db, article, known, changed, now)
    values = _values(article)
    values |= {name: known[name] for name in METADATA if values[name] is None}
    values |= _publication(article, known)
    values |= {"checked_at": timestamp(now), "revision": known["revision"] + 1}
    grouping.withdraw(db, known["id"])
    _write(db, known["id"], values)
    db.execute("update article_text set body = ? where article = ?", [article.body, known["id"]])
    if watched and any(values[name] != getattr(article, name) for name in SEEN):
        _match_again(db, known["id"], watched, now)
    else:
        matches.write(db, known["id"], _texts(article), article.matches, now)
    grouping.put_back(db, known["id"])
    return Stored(known["id"], "revised")


def _texts(article: Page) -> matches.Texts:
    return {"title": article.title, "subtitle": article.subtitle, "body": article.body}


def _match_again(db: sqlite_utils.Database, number: int, watched: Watchlist, now: datetime) -> None:
    """Find the matches of a row that holds more than the page told."""
    [row] = matches.stored(db, [number])
    matches.write(db, number, row.texts, row.matches(watched), now)


def _write(db: sqlite_utils.Database, number: int, values: Mapping[str, object]) -> None:
    assignments = ", ".join(f"{name} = ?" for name in values)
    db.execute(f"update articles set {assignments} where id = ?", [*values.values(), number])


def _filled(article: Page, known: Mapping[str, Any]) -> dict[str, object]:
    """What a page that is seen again tells beyond what is stored: nothing known is replaced."""
    values = _values(article)
    told = {name: values[name] for name in METADATA if known[name] is None}
    told.pop("subtitle", None)  # it may hold matches, which are those of the stored text
    return told | _publication(article, known)


def _modification(article: Page, known: Mapping[str, Any]) -> dict[str, object]:
    """The newest modification that was ever told of the text that is stored."""
    newer = article.modified_at and article.modified_at > (known["modified_at"] or "")
    return {"modified_at": article.modified_at} if newer else {}


def _what_changed(
    article: Page, known: Mapping[str, Any]
) -> Literal["title", "body", "both"] | None:
    """None when only spelling, marks, punctuation or white space differ."""
    title = heading(article.title or "") != heading(str(known["title"] or ""))
    # Lines that were left out count as the page's text: they alone may differ.
    body = article.text_hash != known["text_hash"] and article.body != known["body"]
    if title and body:
        return "both"
    return "title" if title else "body" if body else None


def _is_older(db: sqlite_utils.Database, article: Page, number: int) -> bool:
    """Whether an archive's text is older than what is stored: a crawl's, or a kept revision.

    A live page may well go back to an earlier text.
    """
    if not identity.is_archived(article):
        return False
    crawled = "select 1 from article_urls where article = ? and how = 'final'"
    if db.execute(crawled, [number]).fetchone():
        return True
    rows = db.execute(
        "select title from revisions where article = ? and text_hash is ?",
        [number, article.text_hash],
    )
    return any(heading(title or "") == heading(article.title or "") for (title,) in rows)


def _publication(article: Page, known: Mapping[str, Any]) -> dict[str, object]:
    """An edit does not change when a page was published, but may tell it more precisely."""
    new = {name: getattr(article, name) for name in PUBLICATION}
    old = {name: known[name] for name in PUBLICATION}
    if not known["published_at"]:
        return new
    if not article.published_at or not article.published_precision:
        return old
    days = (date.fromisoformat(each[:10]) for each in (known["published_at"], article.published_at))
    finer = PRECISIONS.index(article.published_precision) > PRECISIONS.index(
        known["published_precision"]
    )
    # A bare date is of the outlet's zone, an instant of UTC: the same day may differ by one.
    return new if finer and abs(next(days) - next(days)) <= timedelta(days=1) else old


def _keep_version(
    db: sqlite_utils.Database, article: Page, known: Mapping[str, Any], changed: str, now: datetime
) -> None:
    db.execute(
        "insert into revisions (article, revision, seen_at, replaced_at, title, text_hash, changed,"
        " patch) values (?, ?, ?, ?, ?, ?, ?, ?)",
        [
            known["id"],
            known["revision"],
            known["checked_at"],
            timestamp(now),
            known["title"],
            known["text_hash"],
            changed,
            make_patch(article.body or "", str(known["body"] or "")),
        ],
    )
