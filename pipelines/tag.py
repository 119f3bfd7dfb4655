"""Tag: every watch that an article matches, with the exact spans in its stored text."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from crawler.items import Article, NoArticle
from pipelines.stage import Stats, stats_of, watchlist_of
from watchlist import Watchlist

if TYPE_CHECKING:
    from scrapy.crawler import Crawler


class TagPipeline:
    """The stage as a Scrapy component."""

    def __init__(self, watches: Watchlist, stats: Stats) -> None:
        self.watches = watches
        self.stats = stats

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(watchlist_of(crawler), stats_of(crawler))

    def process_item(self, item: Article | NoArticle) -> Article | NoArticle:
        if isinstance(item, Article):
            item.matches = self.watches.match(
                title=item.title,
                subtitle=item.subtitle,
                body=item.body,
                section=item.section,
                outlet=item.outlet,
                language=item.language,
            )
            if item.matches:
                self.stats.inc_value("tag/matched")
        return item
