"""One page fetched by hand, with the crawl's own settings: robots.txt, identity and bounds hold."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import scrapy
from scrapy.crawler import AsyncCrawlerProcess

from crawler import fetch
from crawler.discover import Section
from crawler.guard import read_permits

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from scrapy.http import Response
    from scrapy.settings import Settings
    from twisted.python.failure import Failure


class PageError(Exception):
    """The page cannot be fetched; the message is a short reason."""


@dataclass(slots=True, frozen=True)
class FetchedPage:
    """A page as it came: its final address, its bytes and the charset that its header names."""

    url: str
    body: bytes
    charset: str | None


class PageSpider(scrapy.Spider):
    """Fetches ``url`` and appends what came, or the reason why nothing did, to ``results``."""

    name = "page"
    url: str
    results: list[FetchedPage | str]

    async def start(self) -> AsyncIterator[Any]:
        yield scrapy.Request(self.url, callback=self.keep, errback=self.fail)

    def keep(self, response: Response) -> None:
        self.results.append(FetchedPage(response.url, response.body, fetch.charset(response)))

    def fail(self, failure: Failure) -> None:
        assert failure.value is not None
        self.results.append(fetch.reason(failure.value))


def fetch_page(url: str, settings: Settings) -> FetchedPage:
    """Fetch one page; once in a process. Raises PageError with the reason, PermitError."""
    results: list[FetchedPage | str] = []
    read_permits(settings.getlist("PRIVATE_ADDRESSES"))
    quiet = settings.copy()
    # Scrapy's own loader would import every outlet, broken ones too.
    loader = "scrapy.spiderloader.DummySpiderLoader"
    quiet.update({"ITEM_PIPELINES": {}, "EXTENSIONS": {}, "LOG_ENABLED": False}, priority="cmdline")
    quiet.set("SPIDER_LOADER_CLASS", loader, priority="cmdline")
    process = AsyncCrawlerProcess(quiet)
    # As a source of its own: a private address that the user typed may be asked.
    spider = type("PageSpider", (PageSpider,), {"sources": [Section(url)]})
    process.crawl(spider, url=url, results=results)
    process.start()
    result = results[0] if results else "no answer"
    if isinstance(result, str):
        raise PageError(result)
    return result
