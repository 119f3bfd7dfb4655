"""Dedupe: an article's identity, by which the store finds the same page and the same text."""

from __future__ import annotations

from hashlib import blake2b
from typing import TYPE_CHECKING, Self

from arabic.fold import words_of
from crawler.items import Article, NoArticle
from pipelines.stage import Stats, stats_of

if TYPE_CHECKING:
    from scrapy.crawler import Crawler


def text_hash(text: str | None) -> str | None:
    """Hash of a text's words, the same for every spelling, mark, punctuation and spacing of them.

    64 bits as hex; None for a text without words.

    >>> text_hash("قُوّات الحشـد.") == text_hash("قوات  الحشد")
    True
    """
    words = words_of(text)
    if not words:
        return None
    return blake2b(" ".join(words).encode(), digest_size=8).hexdigest()


class DedupePipeline:
    """The stage as a Scrapy component; the store resolves the identity inside its transaction."""

    def __init__(self, stats: Stats) -> None:
        self.stats = stats

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(stats_of(crawler))

    def process_item(self, item: Article | NoArticle) -> Article | NoArticle:
        if isinstance(item, Article):
            before, after = item.left_out
            item.text_hash = text_hash("\n".join([*before, item.body or "", *after]))
            if item.text_hash is None:
                self.stats.inc_value("dedupe/no_text")
        return item
