"""A site without a class: its feeds and its front page, found and read generically."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from crawler import discover, fetch
from crawler.discover import Feed, Listing, Section, Source
from crawler.outlet import OutletSpider
from database import sources

if TYPE_CHECKING:
    from scrapy.http import Response


class SiteSpider(OutletSpider):
    """Reads one address as whatever it is: a feed, a sitemap or a page of links.

    A page's announced feeds are read too. Links on other sites are left alone, but for a feed or
    sitemap, which names its own articles wherever they are, and for a page that names its site
    (rel=canonical), as a saved copy of a front page does.
    """

    async def start(self) -> AsyncIterator[Any]:
        # The feeds that an earlier run found: the page that announces them may be unchanged (304).
        known = [url for kind, url in sources.of_outlet(self.db, self.name) if kind == "feed"]
        self.sources = [*self.sources, *map(Feed, known[: discover.FURTHER_SOURCES])]
        async for request in super().start():
            yield request

    def links(self, response: Response, source: Source) -> Listing:
        if not isinstance(source, Section):
            return super().links(response, source)
        kind = discover.sniff(response.body)
        listing = discover.read_source(
            kind, response.body, response.url, charset=fetch.charset(response)
        )
        if kind == "section":
            found = discover.announced_feeds(response.body, response.url, fetch.charset(response))
            listing.sources = [feed for feed in found if feed not in self.sources]
        return listing


def site_name(url: str) -> str:
    """The key under which a site without a class is kept: its host, with the port if named."""
    return urlsplit(url).netloc.rpartition("@")[2].lower().removeprefix("www.")


def site_spider(url: str) -> type[OutletSpider]:
    """A class for the site at ``url``."""
    return type(
        "SiteSpider",
        (SiteSpider,),
        {"name": site_name(url), "sources": [Section(url)], "domains": ()},
    )
