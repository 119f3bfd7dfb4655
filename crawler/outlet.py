"""OutletSpider: an outlet as a class of attributes, and the way from sources to articles."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, ClassVar, Self

import scrapy
import sqlite_utils
from scrapy.http import Request

from crawler import discover, fetch
from crawler.discover import Feed, NewsSitemap, Section, Source, SourceError
from crawler.extract import Layout, decode, extract
from crawler.items import Article, NoArticle, RawDate
from database import articles, ledger
from database import sources as source_table
from database.connection import open_database
from database.ledger import Link, timestamp
from database.sources import Validators
from database.urls import article_key, canonical_url

if TYPE_CHECKING:
    from scrapy.crawler import Crawler
    from scrapy.http import Response
    from twisted.python.failure import Failure

__all__ = ["Feed", "Layout", "NewsSitemap", "OutletSpider", "Section"]

WEB_PAGES = ("text/html", "application/xhtml+xml", "text/plain", "")


def utc_now() -> datetime:
    """The clock of the crawl; ``OutletSpider.clock`` can be given another one."""
    return datetime.now(UTC)


class OutletSpider(scrapy.Spider):
    """Polls an outlet's sources and reads the pages that are not known yet.

    File name = spider name = fixture folder = key in the database. Most outlets are attributes
    alone; the hooks ``links`` and ``clean`` are there for an outlet that is odd.
    """

    title: ClassVar[str] = ""
    """The outlet's own name, as it prints it (also cut from the end of its titles)."""
    country: ClassVar[str | None] = None
    """ISO 3166-1 code of where it is published from."""
    timezone: str | None = None
    """IANA zone of the times that its pages print; None = unknown: such times give the day only."""
    language: ClassVar[str] = "ar"
    domains: Sequence[str] = ()
    """Its hosts, mirrors too; the first one is the home."""
    sources: Sequence[Source] = ()
    article: str | None = None
    """Regular expression of an article's address; the group ``key`` is the outlet's own id."""
    layouts: ClassVar[Sequence[Layout]] = ()
    """Selectors, the newest page design first; none = generic extraction reads the page."""
    names: ClassVar[Sequence[str]] = ()
    """Further names under which it signs titles and texts."""

    clock: Callable[[], datetime] = staticmethod(utc_now)
    db: sqlite_utils.Database
    limit: int
    since: datetime | None
    seen: set[str]
    asked: int
    polled: int
    source_failures: list[tuple[str, str]]

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> Self:
        spider = super().from_crawler(crawler, *args, **kwargs)
        spider.db = open_database(crawler.settings["DATABASE"])
        spider.limit = crawler.settings.getint("PAGES_PER_OUTLET")
        if standing := crawler.settings.get("NOW"):
            instant = datetime.fromisoformat(standing)
            spider.clock = lambda: instant
        since = crawler.settings.get("SINCE")
        spider.since = datetime.fromisoformat(since) if since else None
        spider.seen = set()
        spider.asked = 0
        spider.polled = 0
        spider.source_failures = []
        return spider

    @staticmethod
    def close(spider: scrapy.Spider, reason: str) -> None:
        assert isinstance(spider, OutletSpider)
        spider.db.close()

    async def start(self) -> AsyncIterator[Any]:
        self.register()
        for source in self.sources:
            yield self.source_request(source)
        for request in self.page_requests(ledger.due(self.db, self.name, self.clock())):
            yield request

    def register(self) -> None:
        """Publish the class as rows in ``outlets`` and ``sources``."""
        articles.ensure_outlet(self.db, self.name, **self.columns())
        source_table.register(
            self.db, self.name, [(s.kind, discover.first_url(s)) for s in self.sources]
        )

    @classmethod
    def columns(cls) -> dict[str, object]:
        """The outlet's row in table ``outlets``."""
        return {
            "title": cls.title,
            "country": cls.country,
            "timezone": cls.timezone,
            "home_url": f"https://{cls.domains[0]}/" if cls.domains else None,
            "language": cls.language,
            "domains": list(cls.domains),
            "sources": [{"kind": s.kind, "url": s.url} for s in cls.sources],
        }

    # discover

    def source_request(
        self, source: Source, page: int = 1, found: Validators | None = None
    ) -> Request:
        """Ask for a source, conditionally; ``found``: the validators of its first page."""
        url = source.page_url(page) if isinstance(source, Section) else source.url
        known = source_table.validators(self.db, url) if page == 1 else Validators()
        self.polled += page == 1
        return Request(
            url,
            callback=self.parse_source,
            errback=self.source_failed,
            headers=fetch.conditional_headers(known),
            cb_kwargs={"source": source, "page": page, "found": found},
            meta={"handle_httpstatus_list": [304]},
            priority=10,
            dont_filter=True,
        )

    def parse_source(
        self, response: Response, source: Source, page: int, found: Validators | None
    ) -> Iterator[Request]:
        """Queue the source's new pages, then ask for them."""
        self.count("discover/answered")
        if response.status == 304:
            self.count("discover/unchanged")
            source_table.record_unchanged(self.db, discover.first_url(source), self.clock())
            return
        try:
            listing = self.links(response, source)
        except SourceError as error:
            self.note_source_failure(source, str(error))
            return
        found = found or fetch.found_validators(response)
        fresh = [link for link in listing.links if self.is_recent(link)]
        poll = ledger.record_poll(
            self.db,
            outlet=self.name,
            links=fresh,
            key_pattern=self.article,
            now=self.clock(),
        )
        self.count("discover/links", len(fresh))
        self.count("discover/known", poll.known)
        yield from self.page_requests(poll.wanted)
        yield from self.further_sources(listing.sources)
        if self.has_more(source, page) and poll.wanted:
            yield self.source_request(source, page + 1, found)
            return
        # Last of all, and never for a sitemap index: a run killed before the further pages or maps
        # are read must not be answered 304 next time.
        if any(isinstance(more, NewsSitemap) for more in listing.sources):
            found = Validators()
        source_table.record_answer(self.db, discover.first_url(source), found, self.clock())

    def further_sources(self, sources: Sequence[Source]) -> Iterator[Request]:
        """Sources that a source names, as a sitemap index its maps: polled as its own."""
        source_table.register(self.db, self.name, [(s.kind, s.url) for s in sources])
        for source in sources:
            yield self.source_request(source)

    def links(self, response: Response, source: Source) -> discover.Listing:
        """Hook: what a source's answer announces."""
        return discover.read_source(
            source.kind,
            response.body,
            response.url,
            charset=fetch.charset(response),
            pattern=self.article,
            domains=self.domains,
        )

    @staticmethod
    def has_more(source: Source, page: int) -> bool:
        """Whether a source has further listing pages."""
        return isinstance(source, Section) and page < source.pages

    def is_recent(self, link: Link) -> bool:
        """Whether a link is new enough for ``--since``; a link without a date is."""
        return self.since is None or link.announced is None or link.announced >= self.since

    def source_failed(self, failure: Failure) -> None:
        """A source gave no answer, or an HTTP error."""
        source: Source = failure.request.cb_kwargs["source"]  # type: ignore[attr-defined]
        assert failure.value is not None
        if fetch.was_reached(failure.value):
            self.count("discover/answered")
        self.note_source_failure(source, fetch.reason(failure.value))

    def note_source_failure(self, source: Source, reason: str) -> None:
        """Keep and show why a source could not be read, in one line."""
        self.count("discover/failed")
        self.source_failures.append((f"{source.kind} {source.url}", reason))
        self.logger.error("%s %s: %s", source.kind, source.url, reason)
        source_table.record_failure(self.db, discover.first_url(source), reason, self.clock())

    # fetch

    def page_requests(self, links: Sequence[Link]) -> Iterator[Request]:
        """Requests for pages that this run has not asked for, up to the run's limit."""
        for link in links:
            names = {canonical_url(link.url), article_key(link.url, self.article) or ""} - {""}
            if self.seen & names:
                continue
            self.seen |= names
            if self.asked >= self.limit:
                self.count("fetch/over_limit")
                continue
            self.asked += 1
            yield Request(
                link.url,
                callback=self.parse_article,
                errback=self.page_failed,
                cb_kwargs={"link": link},
            )

    def page_failed(self, failure: Failure) -> Iterator[NoArticle]:
        """A page gave no answer, or an HTTP error; 404 and 410 are final."""
        link: Link = failure.request.cb_kwargs["link"]  # type: ignore[attr-defined]
        assert failure.value is not None
        missing = fetch.http_status(failure.value) in fetch.MISSING
        yield NoArticle(
            self.name, link.url, "gone" if missing else "failed", fetch.reason(failure.value)
        )

    # extract

    def parse_article(self, response: Response, link: Link) -> Iterator[Article | NoArticle]:
        """Read a page: an article, or the reason why there is none."""
        self.count("fetch/pages")
        kind = fetch.content_type(response)
        if kind not in WEB_PAGES:
            yield NoArticle(self.name, link.url, "rejected", f"no web page but {kind}")
        elif self.domains and not discover.on_site(response.url, self.domains):
            yield NoArticle(self.name, link.url, "rejected", "leads to another site")
        else:
            yield self.read(response, link)

    def read(self, response: Response, link: Link) -> Article | NoArticle:
        """Extract the article, with what the source said of it."""
        fetched_at = timestamp(self.clock())
        found = extract(
            decode(response.body, fetch.charset(response)),
            response.url,
            outlet=self.name,
            layouts=self.layouts,
            names=[name for name in (self.title, *self.names) if name],
            timezone=self.timezone,
            fetched_at=fetched_at,
        )
        if found.rejected:
            return NoArticle(self.name, link.url, "rejected", found.rejected)
        article = found.article
        if link.published:
            article.published.append(RawDate(link.published, "feed"))
        if link.url != article.url:
            article.aliases[link.url] = "requested"
        article.article_key = article_key(response.url, self.article) or article_key(
            link.url, self.article
        )
        return self.clean(article)

    def clean(self, article: Article) -> Article:
        """Hook: mend what is odd about this outlet's articles."""
        return article

    def count(self, key: str, number: int = 1) -> None:
        """Add to a statistic of this outlet's crawl."""
        assert self.crawler.stats is not None
        self.crawler.stats.inc_value(key, number)
