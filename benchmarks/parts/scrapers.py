"""Two plain Scrapy spiders: one downloads pages, the other has trafilatura read them.

Their users run Scrapy as it is installed. Tuned, it has what Rasid does to Scrapy: the same
handler, and settings that spare time (``CONCURRENT_ITEMS`` above all).
"""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Iterator, Sequence
from pathlib import Path
from typing import Any

import scrapy
from scrapy.crawler import AsyncCrawlerProcess
from scrapy.http import Request, Response

FIELDS = ("title", "author", "date", "description", "sitename", "categories", "tags", "text")
AS_INSTALLED = {"ROBOTSTXT_OBEY": True, "LOG_LEVEL": "INFO"}
TUNED = {
    "DOWNLOAD_HANDLERS": {
        "http": "demo.handler.LoopbackHandler",
        "https": "demo.handler.LoopbackHandler",
    },
    "CONCURRENT_REQUESTS_PER_DOMAIN": 8,
    "CONCURRENT_ITEMS": 1,
    "COOKIES_ENABLED": False,
    "TELNETCONSOLE_ENABLED": False,
    "REMOTE_CONTROL_ENABLED": False,
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

    def __init__(self, urls: Sequence[str]) -> None:
        from trafilatura import bare_extraction  # the other spider needs it not

        super().__init__(urls)
        self.extract = bare_extraction

    def parse(self, response: Response) -> Iterator[dict[str, Any]]:  # type: ignore[override]
        found = self.extract(
            response.text, url=response.url, with_metadata=True, include_comments=False
        )
        if found:
            yield {"url": response.url} | {name: getattr(found, name) for name in FIELDS}


def run(
    spider: type[Download],
    port: int,
    urls: Sequence[str],
    *,
    tuned: bool = False,
    out: Path | None = None,
) -> int:
    """Crawl ``urls``; the pages read, or the items that were written to ``out``.

    As installed, Scrapy takes the web at ``port`` for its proxy, as the environment tells it.
    """
    settings = AS_INSTALLED | (TUNED | {"DEMO_PORT": port} if tuned else {})
    if not tuned:
        os.environ["http_proxy"] = f"http://127.0.0.1:{port}"
    feeds = {"FEEDS": {str(out): {"format": "jsonlines", "overwrite": True}}} if out else {}
    process = AsyncCrawlerProcess(settings | feeds)
    crawler = process.create_crawler(spider)
    process.crawl(crawler, urls)
    process.start()
    assert crawler.stats
    pages: int = crawler.stats.get_value("item_scraped_count" if out else "response_received_count")
    return pages or 0
