"""Every difference between a database and the truth of the pretend web, as readable lines."""

from __future__ import annotations

import sqlite3
import unicodedata
from collections import defaultdict
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from database.urls import canonical_url
from demo.manifest import Manifest, Truth

_ARTICLES = """
SELECT id, outlet, url, title, published_at, published_precision, gone_at, story, body
FROM articles LEFT JOIN article_text ON article_text.article = articles.id
"""
_HITS = """
SELECT article, watch, field, start, "end" FROM hits
ORDER BY article, watch, CASE field WHEN 'title' THEN 0 WHEN 'subtitle' THEN 1 ELSE 2 END, start
"""


def compare(database_path: Path, manifest: Manifest) -> list[str]:
    """The differences, one a line; an empty list when the database tells the truth.

    Texts are compared paragraph by paragraph, in NFC and with runs of white space as one space.
    """
    uri = f"{database_path.absolute().as_uri()}?mode=ro"
    with closing(sqlite3.connect(uri, uri=True)) as db:
        db.row_factory = sqlite3.Row
        return list(_Comparison(db, manifest).lines())


class _Comparison:
    def __init__(self, db: sqlite3.Connection, manifest: Manifest) -> None:
        self.rows = {row["id"]: row for row in db.execute(_ARTICLES)}
        self.truths = manifest.articles
        self.gone = manifest.gone
        self.found: dict[str, list[int]] = {truth.key: [] for truth in self.truths}
        self.hits: dict[int, dict[str, list[tuple[str, str]]]] = defaultdict(dict)
        self.watches: dict[int, dict[str, tuple[int, int]]] = defaultdict(dict)
        self._identify(db)
        self._read_matches(db)

    def _identify(self, db: sqlite3.Connection) -> None:
        """Which stored articles are which true one, by any of its addresses."""
        owner = {canonical_url(url): truth.key for truth in self.truths for url in truth.urls}
        known: dict[int, set[str]] = defaultdict(set)
        for url, article in db.execute("SELECT url, article FROM article_urls"):
            known[article] |= {owner[url]} if url in owner else set()
        self.strangers = []
        for article, row in self.rows.items():
            address = canonical_url(row["url"])
            keys = known[article] | ({owner[address]} if address in owner else set())
            for key in sorted(keys):
                self.found[key].append(article)
            if not keys:
                self.strangers.append(row["url"])
        self.mixed = {article: sorted(keys) for article, keys in known.items() if len(keys) > 1}

    def _read_matches(self, db: sqlite3.Connection) -> None:
        for article, watch, hits, in_title in db.execute(
            "SELECT article, watch, hits, in_title FROM matches"
        ):
            self.watches[article][watch] = hits, in_title
        for article, watch, field, start, end in db.execute(_HITS):
            row = self.rows[article]
            text = row[field] if field in ("title", "body") else None
            cut = _plain((text or "")[start:end])
            self.hits[article].setdefault(watch, []).append((field, cut))

    def lines(self) -> Iterator[str]:
        for truth in self.truths:
            stored = self.found[truth.key]
            if not stored:
                yield f"{truth.key}: missing: {truth.urls[0]}"
            elif len(stored) > 1:
                yield f"{truth.key}: stored twice: articles {', '.join(map(str, stored))}"
            else:
                yield from self._article(truth, stored[0])
        for article, keys in sorted(self.mixed.items()):
            yield f"article {article}: several articles in one: {', '.join(keys)}"
        for url in sorted(self.strangers):
            yield f"no article of the demo: {url}"
        yield from self._stories()

    def _article(self, truth: Truth, article: int) -> Iterator[str]:
        row = self.rows[article]
        expected = {
            "outlet": truth.outlet,
            "published_at": truth.published,
            "published_precision": truth.precision,
        }
        for column, value in expected.items():
            if row[column] != value:
                yield f"{truth.key}: {column}: {row[column]!r} is not {value!r}"
        if _plain(row["title"] or "") != _plain(truth.title):
            yield f"{truth.key}: title: {row['title']!r} is not {truth.title!r}"
        if row["gone_at"] and truth.key not in self.gone:
            yield f"{truth.key}: gone since {row['gone_at']}, but its page is there"
        yield from _body(truth, row["body"] or "")
        yield from self._matches(truth, article)

    def _matches(self, truth: Truth, article: int) -> Iterator[str]:
        stored, hits = self.watches[article], self.hits[article]
        for watch in sorted(stored.keys() - truth.matches.keys()):
            yield f"{truth.key}: extra match: {watch}: {hits.get(watch)}"
        for watch, planted in truth.matches.items():
            expected = [(field, _plain(surface)) for field, surface in planted]
            if watch not in stored:
                yield f"{truth.key}: missing match: {watch}: {expected}"
            elif hits.get(watch) != expected:
                yield f"{truth.key}: hits of {watch}: {hits.get(watch)} is not {expected}"
            else:
                in_title = any(field == "title" for field, _ in expected)
                if (stored[watch][0], bool(stored[watch][1])) != (len(expected), in_title):
                    yield f"{truth.key}: match {watch}: counts {stored[watch]} do not fit its hits"

    def _stories(self) -> Iterator[str]:
        """Pairs that the database joins or parts against the truth, a line for each story."""
        one = {
            truth.key: self.rows[self.found[truth.key][0]]["story"]
            for truth in self.truths
            if self.found[truth.key]
        }
        true_stories: dict[int, list[str]] = defaultdict(list)
        stored_stories: dict[object, list[str]] = defaultdict(list)
        story_of = {}
        for truth in self.truths:
            if truth.key in one:
                true_stories[truth.story].append(truth.key)
                stored_stories[one[truth.key]].append(truth.key)
                story_of[truth.key] = truth.story
        for keys in true_stories.values():
            if len({one[key] for key in keys}) > 1:
                yield f"story torn apart: {', '.join(keys)}"
        for story, keys in stored_stories.items():
            if story is None:
                yield f"in no story: {', '.join(keys)}"
            elif len({story_of[key] for key in keys}) > 1:
                yield f"story {story} joins different texts: {', '.join(keys)}"


def _body(truth: Truth, body: str) -> Iterator[str]:
    stored = [line for line in map(_plain, body.splitlines()) if line]
    expected = [_plain(paragraph) for paragraph in truth.body]
    if stored == expected:
        return
    for line in stored:
        if line not in expected:
            yield f"{truth.key}: body: does not belong: {line!r}"
    for line in expected:
        if line not in stored:
            yield f"{truth.key}: body: lacks: {line!r}"
    if sorted(stored) == sorted(expected):
        yield f"{truth.key}: body: paragraphs in another order"


def _plain(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).split())
