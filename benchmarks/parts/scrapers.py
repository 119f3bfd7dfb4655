"""Two plain Scrapy spiders: one downloads pages, the other has trafilatura read them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Sequence
from pathlib import Path
from typing import Any

import scrapy
from scrapy.crawler import AsyncCrawlerProcess
from scrapy.http import Request, Response
from trafilatura import bare_extraction

FIELDS = ("title", "author", "date", "description", "sitename", "categories", "tags", "text")
# As Rasid's own where they concern the network: neither is slowed down by anything else.
SETTINGS = {
    "DOWNLOAD_HANDLERS": {
        "http": "demo.handler.LoopbackHandler",
        "https": "demo.handler.LoopbackHandler",
    },
    "ROBOTSTXT_OBEY": True,
    "CONCURRENT_REQUESTS_PER_DOMAIN": 8,
    "CONCURRENT_ITEMS": 1,
    "COOKIES_ENABLED": False,
    "TELNETCONSOLE_ENABLED": False,
    "REMOTE_CONTROL_ENABLED": False,
    "LOG_LEVEL": "INFO",
}


class Download(scrapy.Spider):
    """Asks for pages, and for nothing else."""

    name = "download"

    def __init__(self, urls: Sequence[str]) -> None:
        super().__init__()
        self.urls = urls

    async def start(self) -> AsyncIterator[Any]:
        for url in self.urls:
            yield Request(url)

    def parse(self, response: Response) -> None:
        assert response.status == 200


class Extract(Download):
    """Reads each page, with metadata."""

    name = "extract"

    def parse(self, response: Response) -> Iterator[dict[str, Any]]:  # type: ignore[override]
        found = bare_extraction(
            response.text, url=response.url, with_metadata=True, include_comments=False
        )
        if found:
            yield {"url": response.url} | {name: getattr(found, name) for name in FIELDS}


def run(spider: type[Download], port: int, urls: Sequence[str], out: Path | None = None) -> int:
    """Crawl ``urls``; the pages read, or the items that were written to ``out``."""
    feeds = {"FEEDS": {str(out): {"format": "jsonlines", "overwrite": True}}} if out else {}
    process = AsyncCrawlerProcess(SETTINGS | {"DEMO_PORT": port} | feeds)
    crawler = process.create_crawler(spider)
    process.crawl(crawler, urls)
    process.start()
    assert crawler.stats
    pages: int = crawler.stats.get_value("item_scraped_count" if out else "response_received_count")
    return pages or 0
