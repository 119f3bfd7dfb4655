"""A store that fails (full disk, damaged file) ends the crawl; what it lost stays queued."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Self

from scrapy import signals

from database.failure import complaint, is_failure

if TYPE_CHECKING:
    from scrapy.crawler import Crawler
    from twisted.python.failure import Failure


class Breakdown:
    """The extension: closes the spider at the first error that every further page would meet."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        self.ending: asyncio.Task[None] | None = None

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        breakdown = cls(crawler)
        for signal in (signals.spider_error, signals.item_error):
            crawler.signals.connect(breakdown.failed, signal)
        return breakdown

    def failed(self, failure: Failure) -> None:
        """End the crawl if the store failed; pages under way still come in, new ones do not."""
        error = failure.value
        if self.ending or error is None or not is_failure(error):
            return
        assert self.crawler.engine is not None
        reason = complaint(self.crawler.settings["DATABASE"], error)
        closing = self.crawler.engine.close_spider_async(reason=reason)
        self.ending = asyncio.get_running_loop().create_task(closing)
