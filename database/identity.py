"""Which stored article a page is: by the outlet's key, by its addresses, by title or text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal, Protocol

import sqlite_utils

from arabic.fold import fold
from database import overlap
from database.urls import canonical_url, generic_key, same_site
from watchlist.matcher import Match

PUBLICATION = ("published_at", "published_precision", "published_source", "published_text")
# The addresses under which the page itself was reached: equal means the same page. What the page
# says of itself (canonical, og, amp) is believed only where the title or the text agrees.
REACHED = ("final", "requested", "mirror", "archive")
MOST_CANDIDATES = 8


class Page(Protocol):
    """What the store needs of an article; ``crawler.items.Article`` is one."""

    outlet: str
    url: str
    title: str | None
    subtitle: str | None
    body: str | None
    left_out: tuple[list[str], list[str]]
    tags: list[str]
    aliases: dict[str, str]
    provenance: dict[str, str]
    article_key: str | None
    text_hash: str | None
    word_count: int
    published_at: str | None
    modified_at: str | None
    published_precision: Literal["second", "minute", "day"] | None
    matches: list[Match]
    live: bool
    etag: str | None
    last_modified: str | None


def addresses(article: Page) -> dict[str, str]:
    """Canonical address → how it is known, the surest first; only addresses of the same site.

    A page that names another outlet's address as its canonical one is a copy, not that page.
    """
    found = {canonical_url(article.url): "archive" if is_archived(article) else "final"}
    for url, how in article.aliases.items():
        if how in REACHED or same_site(url, article.url):
            found.setdefault(canonical_url(url), how)
    return {url: how for url, how in found.items() if not url.endswith("/") or how in REACHED}


def find(
    db: sqlite_utils.Database, article: Page, addresses: Mapping[str, str]
) -> dict[str, Any] | None:
    """The stored article that this page is, or None."""
    candidates: list[tuple[str, str, list[object]]] = []
    if article.article_key:
        where = "outlet = ? and article_key = ?"
        candidates.append(("key", where, [article.outlet, article.article_key]))
    for url, how in addresses.items():
        where = "id = (select article from article_urls where url = ?)"
        candidates.append((how, where, [url]))
    # The address may be owned by another outlet's article.
    where = "outlet = ? and url = ? and replaced_by is null"
    candidates.append(("final", where, [article.outlet, article.url]))
    if key := weak_key(article):
        candidates.append(("weak", "outlet = ? and weak_key = ?", [article.outlet, key]))
    for how, where, values in candidates:
        for found in read(db, where, values):
            if _is_same_page(article, found, how):
                return found
    return None


def weak_key(article: Page) -> str | None:
    """What looks like the article's number in its address, where the outlet's own key is unknown.

    It proposes an article; the title or the text must agree.
    """
    return None if article.article_key else generic_key(article.url)


def is_archived(article: Page) -> bool:
    """Whether the article comes from an archive and not from the live page."""
    return "archive" in article.aliases.values()


def _is_same_page(article: Page, found: Mapping[str, Any], how: str) -> bool:
    if found["outlet"] != article.outlet:
        return False
    if article.article_key and found["article_key"]:
        return bool(article.article_key == found["article_key"])
    return how in REACHED or (
        heading(str(found["title"] or "")) == heading(article.title or "") != ""
        or (article.text_hash is not None and found["text_hash"] == article.text_hash)
        or (how == "weak" and overlap.containment(article.body, found["body"]) >= overlap.MUCH)
    )


def read(db: sqlite_utils.Database, where: str, values: Sequence[object]) -> list[dict[str, Any]]:
    """Stored articles with their bodies, as rows."""
    cursor = db.execute(
        "select articles.*, body from articles left join article_text on article = id"
        f" where {where} order by id limit {MOST_CANDIDATES}",
        list(values),
    )
    names = [column[0] for column in cursor.description]
    return [dict(zip(names, row, strict=True)) for row in cursor]


def heading(title: str) -> str:
    """A title without spelling and punctuation, for asking whether it was changed."""
    return " ".join("".join(c if c.isalnum() else " " for c in fold(title)).split())
