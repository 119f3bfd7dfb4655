"""Normalise: clean text, dates in UTC with precision and source; one bad field costs that field."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Self

from arabic.dates import ParsedDate, parse
from crawler.items import Article, NoArticle, Precision, RawDate
from database.urls import clean_url
from pipelines.stage import Stats, stats_of

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

TEXT_FIELDS = ("title", "subtitle", "excerpt", "author", "section", "language")
# Longer than any headline: a field of that length is a page that was misread.
LONGEST_FIELD = 2000
AHEAD = timedelta(days=2)

# BOM, zero-width space, soft hyphen, object replacement: they print nothing and split words.
_INVISIBLE = dict.fromkeys([0xFEFF, 0x200B, 0x00AD, 0xFFFC, 0xE000, 0xE001])
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
_SURROGATE = re.compile(r"[\ud800-\udfff]")
_SPACES = re.compile(r"[^\S\n]+")


@dataclass(slots=True, frozen=True)
class ChosenDate:
    """A resolved date as the database keeps it, and the raw date that gave it."""

    value: str
    precision: Precision
    raw: RawDate


def normalise(article: Article, *, now: datetime) -> Article | NoArticle:
    """Clean an article in place; ``now`` (aware) bounds dates and anchors relative ones.

    An article without title and body is none.
    """
    _drop_surrogates(article)
    for name in TEXT_FIELDS:
        setattr(article, name, clean_line(getattr(article, name)))
    article.body = clean_text(article.body)
    article.tags = list(dict.fromkeys(tag for raw in article.tags if (tag := clean_line(raw))))
    article.word_count = len((article.body or "").split())
    if not article.title and not article.body:
        return NoArticle(article.outlet, article.asked_url, "rejected", "neither title nor text")
    requested, article.url = article.url, clean_url(article.url)
    if requested != article.url:
        article.aliases.setdefault(requested, "requested")
    if chosen := choose_date(article.published, now=now, timezone=article.timezone):
        article.published_at = chosen.value
        article.published_precision = chosen.precision
        article.published_source = chosen.raw.source
        article.published_text = chosen.raw.text
    elif article.published:
        article.published_text = article.published[0].text
    modified = choose_date(article.modified, now=now, timezone=article.timezone)
    if modified and (article.published_at is None or modified.value >= article.published_at):
        article.modified_at = modified.value
    return article


def _drop_surrogates(article: Article) -> None:
    """A lone surrogate (JSON's ``\\ud800``) is no text: neither SQLite nor a file can hold it."""
    for name in ("outlet", "url", "image_url", "article_key"):
        setattr(article, name, _encodable(getattr(article, name)))
    for name in ("published", "modified"):
        dates = [RawDate(_encodable(raw.text) or "", raw.source) for raw in getattr(article, name)]
        setattr(article, name, dates)
    article.aliases = {_encodable(url) or "": how for url, how in article.aliases.items()}


def _encodable(text: str | None) -> str | None:
    return None if text is None else _SURROGATE.sub("", text)


def clean_line(text: str | None) -> str | None:
    """One line of text, NFC, without invisible characters; None when nothing is left."""
    cleaned = " ".join(_printable(text or "").split())[:LONGEST_FIELD].strip()
    return cleaned or None


def clean_text(text: str | None) -> str | None:
    """Paragraphs as lines, NFC, without empty lines; None when nothing is left."""
    lines = (_SPACES.sub(" ", line).strip() for line in _printable(text or "").splitlines())
    return "\n".join(line for line in lines if line) or None


def choose_date(
    candidates: Sequence[RawDate], *, now: datetime, timezone: str | None
) -> ChosenDate | None:
    """The first candidate that is a date; one of the same day that also knows the minute beats it.

    An exact midnight counts as knowing the day only where another candidate knows better.
    """
    parsed = [
        (found, raw)
        for raw in candidates
        if (found := parse(raw.text, now=now, timezone=timezone)) and _in_range(found, now)
    ]
    if not parsed:
        return None
    best, best_raw = parsed[0]
    for found, raw in parsed[1:]:
        if _is_vague(best) and not _is_vague(found) and _day(found) == _day(best):
            best, best_raw = found, raw
            break
    return ChosenDate(_stored_form(best), best.precision, best_raw)


def _printable(text: str) -> str:
    text = _CONTROL.sub(" ", text.replace("\r\n", "\n").replace("\r", "\n"))
    return unicodedata.normalize("NFC", text).translate(_INVISIBLE)


def _day(found: ParsedDate) -> date:
    return found.value.date() if isinstance(found.value, datetime) else found.value


def _is_vague(found: ParsedDate) -> bool:
    value = found.value
    return not isinstance(value, datetime) or (value.hour, value.minute, value.second) == (0, 0, 0)


def _in_range(found: ParsedDate, now: datetime) -> bool:
    return _day(found) <= (now + AHEAD).date()


def _stored_form(found: ParsedDate) -> str:
    if isinstance(found.value, datetime):
        return found.value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return found.value.isoformat()


class NormalisePipeline:
    """The stage as a Scrapy component."""

    def __init__(self, stats: Stats) -> None:
        self.stats = stats

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(stats_of(crawler))

    def process_item(self, item: Article | NoArticle) -> Article | NoArticle:
        if isinstance(item, NoArticle):
            return item
        now = datetime.fromisoformat(item.fetched_at) if item.fetched_at else datetime.now(UTC)
        result = normalise(item, now=now)
        if isinstance(result, Article) and result.published_at is None:
            self.stats.inc_value("normalise/undated")
        return result
