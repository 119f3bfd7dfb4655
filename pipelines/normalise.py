"""Normalise: clean text, dates in UTC with precision and source; one bad field costs that field."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence, Set
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Self

import sqlite_utils

from arabic.agencies import find_agency
from crawler.items import Article, NoArticle, RawDate
from database.connection import release_database, share_database
from database.recurring import recurring
from database.urls import clean_url
from pipelines.published import choose_dates
from pipelines.stage import Stats, stats_of

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

TEXT_FIELDS = ("title", "subtitle", "excerpt", "author", "section", "caption", "language")
# Longer than any headline: a field of that length is a page that was misread.
LONGEST_FIELD = 2000
# A text that is all of recurring lines, as the hours of prayer, is an article of its own.
LEAST_LINES = 2

# BOM, zero-width space, soft hyphen, object replacement: they print nothing and split words.
_OBJECT = "\ufffc"
_INVISIBLE = re.compile(f"[\ufeff\u200b\u00ad{_OBJECT}\ue000\ue001]")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
_SURROGATE = re.compile(r"[\ud800-\udfff]")


Recurring = Callable[[str, Sequence[str]], Set[int]]
"""Which lines of a text of an outlet recur on its pages: their indices."""


def normalise(
    article: Article, *, now: datetime, recurring: Recurring | None = None
) -> Article | NoArticle:
    """Clean an article in place; ``now`` (aware) bounds dates and anchors relative ones.

    An article without title and body is none.
    """
    _drop_surrogates(article)
    for name in TEXT_FIELDS:
        setattr(article, name, clean_line(getattr(article, name)))
    article.body = clean_text(article.body)
    article.tags = list(dict.fromkeys(tag for raw in article.tags if (tag := clean_line(raw))))
    article.agency = find_agency(article.title, article.author, article.body)
    if recurring and article.body:
        _leave_out(article, recurring(article.outlet, article.body.split("\n")))
    article.word_count = len((article.body or "").split())
    if not article.title and not article.body:
        return NoArticle(article.outlet, article.asked_url, "rejected", "neither title nor text")
    requested, article.url = article.url, clean_url(article.url)
    if requested != article.url:
        article.aliases.setdefault(requested, "requested")
    chosen, modified = choose_dates(
        article.published, article.modified, now=now, timezone=article.timezone
    )
    if chosen:
        article.published_at = chosen.value
        article.published_precision = chosen.precision
        article.published_source = chosen.raw.source
        article.published_text = chosen.raw.text
    elif article.published:
        article.published_text = article.published[0].text
    article.modified_at = modified.value if modified else None
    return article


def _leave_out(article: Article, recurring: Set[int]) -> None:
    """Take the recurring lines off both ends, unless too little would be left to be an article."""
    lines = (article.body or "").split("\n")
    start, end = 0, len(lines)
    while start in recurring:
        start += 1
    while end - 1 in recurring and end > start:
        end -= 1
    if end - start >= LEAST_LINES:
        article.left_out = (lines[:start], lines[end:])
        article.body = "\n".join(lines[start:end])


def _drop_surrogates(article: Article) -> None:
    """A lone surrogate (JSON's ``\\ud800``) is no text: neither SQLite nor a file can hold it."""
    for name in ("outlet", "url", "image_url", "article_key"):
        setattr(article, name, _encodable(getattr(article, name)))
    for name in ("published", "modified"):
        for i, raw in enumerate(dates := getattr(article, name)):
            if (text := _encodable(raw.text)) != raw.text:
                dates[i] = RawDate(text or "", raw.source)
    article.aliases = {_encodable(url) or "": how for url, how in article.aliases.items()}


def _encodable(text: str | None) -> str | None:
    return None if text is None else _SURROGATE.sub("", text)


def clean_line(text: str | None) -> str | None:
    """One line of text, NFC, without invisible characters; None when nothing is left."""
    if not text:
        return None
    return _single_spaced(_printable(text))[:LONGEST_FIELD].strip() or None


def clean_text(text: str | None) -> str | None:
    """Paragraphs as lines, NFC, without empty lines; None when nothing is left."""
    lines = map(_single_spaced, _printable(text or "").splitlines())
    return "\n".join(line for line in lines if line) or None


def _single_spaced(line: str) -> str:
    if line.isprintable() and "  " not in line:  # a space is all its white space
        return line.strip()
    return " ".join(line.split())


def _printable(text: str) -> str:
    if text.replace("\n", " ").isprintable() and _OBJECT not in text:  # as nearly all are
        return unicodedata.normalize("NFC", text)
    text = _CONTROL.sub(" ", text.replace("\r\n", "\n").replace("\r", "\n"))
    return _INVISIBLE.sub("", unicodedata.normalize("NFC", text))


class NormalisePipeline:
    """The stage as a Scrapy component."""

    def __init__(self, stats: Stats, db: sqlite_utils.Database) -> None:
        self.stats = stats
        self.db = db

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(stats_of(crawler), share_database(crawler.settings["DATABASE"]))

    def close_spider(self) -> None:
        release_database(self.db)

    def process_item(self, item: Article | NoArticle) -> Article | NoArticle:
        if isinstance(item, NoArticle):
            return item
        now = datetime.fromisoformat(item.fetched_at) if item.fetched_at else datetime.now(UTC)
        result = normalise(item, now=now, recurring=partial(recurring, self.db))
        if left_out := sum(map(len, item.left_out)):
            self.stats.inc_value("normalise/recurring", left_out)
        if isinstance(result, Article) and result.published_at is None:
            self.stats.inc_value("normalise/undated")
        return result
