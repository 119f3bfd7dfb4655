"""OutletSpider: an outlet as a class of attributes, and the way from sources to articles."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Literal, Self
from urllib.parse import urlsplit

import scrapy
import sqlite_utils
from scrapy import signals
from scrapy.http import Request

from crawler import bookmark, discover, fetch, recheck
from crawler.declaration import Outlet
from crawler.discover import Feed, NewsSitemap, Section, Source, SourceError
from crawler.extract import Layout, decode, extract, rejection
from crawler.items import CHALLENGE, LEADS_HOME, Article, NoArticle, RawDate
from crawler.polite import BusyError, UnaskedError
from crawler.whole import CUT_OFF, is_whole_page
from database import articles, ledger, rechecks
from database import sources as source_table
from database.connection import open_database
from database.failure import is_failure
from database.ledger import Link, timestamp
from database.sources import Rhythm, Validators
from database.urls import article_key, canonical_url

if TYPE_CHECKING:
    from scrapy.crawler import Crawler
    from scrapy.http import Response
    from twisted.python.failure import Failure

__all__ = ["Feed", "Layout", "NewsSitemap", "OutletSpider", "Section"]

# What a page says tonight and may not say tomorrow: it is tried again.
PASSING = frozenset(
    (rejection.EMPTY, rejection.ERROR, CHALLENGE, rejection.LOGIN, rejection.TOO_SHORT)
)
# What a passing fault may feign: settled by the third look.
DOUBTED = frozenset((rejection.NOT_FOUND, rejection.BINARY))
# So often in a row a page has to fail before one that is not closed is taken for whole.
CUT_LOOKS = 2
WEB_PAGES = ("text/html", "application/xhtml+xml", "text/plain", "")


def utc_now() -> datetime:
    """The clock of the crawl; ``OutletSpider.clock`` can be given another one."""
    return datetime.now(UTC)


class OutletSpider(Outlet, scrapy.Spider):
    """Polls an outlet's sources and reads the pages that are not known yet.

    File name = spider name = fixture folder = key in the database. Most outlets are attributes
    alone; the hooks ``links`` and ``clean`` are there for an outlet that is odd.
    """

    clock: Callable[[], datetime] = staticmethod(utc_now)
    db: sqlite_utils.Database
    limit: int
    since: datetime | None
    full: bool
    rhythm: Rhythm
    told_news: set[str]
    seen: set[str]
    asked: int
    polled: int
    unfinished: set[str]
    named: dict[str, int]
    cut: set[str]
    source_failures: list[tuple[str, str]]
    peace_until: datetime | None = None
    """Until when hosts asked not to be asked, the latest; None: no host did."""

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
        spider.full = crawler.settings.getbool("FULL")
        spider.rhythm = Rhythm(
            timedelta(seconds=crawler.settings.getfloat("POLL_SHORTEST")),
            timedelta(seconds=crawler.settings.getfloat("POLL_LONGEST")),
        )
        spider.told_news = set()
        spider.seen = set()
        spider.asked = 0
        spider.polled = 0
        spider.unfinished = set()
        spider.named = {}
        spider.cut = set()
        spider.source_failures = []
        crawler.signals.connect(spider.item_failed, signals.item_error)
        return spider

    @staticmethod
    def close(spider: scrapy.Spider, reason: str) -> None:
        assert isinstance(spider, OutletSpider)
        spider.db.close()

    async def start(self) -> AsyncIterator[Any]:
        self.register()
        for source in self.sources:
            if self.is_due(source):
                yield self.source_request(source)
        due = ledger.due(self.db, self.name, self.clock(), full=self.full)
        for request in self.page_requests(due):
            yield request
        for request in recheck.requests(self):
            yield request

    def register(self) -> None:
        """Publish the class as rows in ``outlets`` and ``sources``."""
        articles.ensure_outlet(self.db, self.name, **self.columns())
        source_table.register(
            self.db, self.name, [(s.kind, discover.first_url(s)) for s in self.sources]
        )

    # discover

    def is_due(self, source: Source) -> bool:
        """Whether a source is to be polled now; one that sleeps is counted, so is one whose host
        asked for peace."""
        url = discover.first_url(source)
        if self.is_left_in_peace(source):
            return False
        if self.full or source_table.is_due(self.db, url, self.clock()):
            return True
        self.count("discover/waiting")
        return False

    def is_left_in_peace(self, source: Source) -> bool:
        """Whether a source's host asked for peace and still has it; then it is counted."""
        until = source_table.peace(self.db, discover.first_url(source), self.clock())
        if until:
            self.note_peace("discover/postponed", until)
        return until is not None

    def source_request(
        self, source: Source, page: int = 1, found: Validators | None = None
    ) -> Request:
        """Ask for a source, conditionally; ``found``: the validators of its first page."""
        url = source.page_url(page) if isinstance(source, Section) else source.url
        known = Validators()
        if page == 1 and not self.full:
            known = source_table.validators(self.db, url)
        if page == 1:
            self.polled += 1
            self.unfinished |= {url} if source_table.is_unfinished(self.db, url) else set()
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
            if not fetch.was_conditional(response):
                self.note_source_failure(source, "HTTP 304 to a request without validators")
                return
            self.count("discover/read")
            self.count("discover/unchanged")
            url = discover.first_url(source)
            source_table.record_unchanged(self.db, url, self.clock(), self.rhythm)
            return
        try:
            listing = self.links(response, source)
        except SourceError as error:
            self.note_source_failure(source, str(error))
            return
        # A source may hold anything: whatever goes wrong costs this source.
        except Exception as error:
            self.note_error(error, response.url)
            self.note_source_failure(source, f"{type(error).__name__}: {error}")
            return
        self.count("discover/read")
        found = found or fetch.source_validators(response)
        if listing.cut:
            self.cut.add(discover.first_url(source))
            if not isinstance(source, Section):  # a page may be sloppy; a feed or map is at fault
                self.note_source_failure(source, f"{listing.cut}; what stood before is read")
        if self.has_more(source, page):
            # Until the last page is read: a run that ends before must not count as a poll.
            source_table.record_failure(
                self.db, discover.first_url(source), "not read to its end", self.clock()
            )
        fresh = [link for link in listing.links if self.is_recent(link)]
        poll = ledger.record_poll(
            self.db,
            outlet=self.name,
            links=fresh,
            key_pattern=self.article,
            now=self.clock(),
            full=self.full,
        )
        self.count("discover/links", len(fresh))
        self.count("discover/known", poll.known)
        yield from self.page_requests(poll.wanted)
        yield from self.further_sources(source, listing.sources)
        if poll.wanted:
            self.told_news.add(discover.first_url(source))
        goes_on = poll.wanted or self.full or discover.first_url(source) in self.unfinished
        if self.has_more(source, page) and goes_on:
            yield self.source_request(source, page + 1, found)
            return
        if discover.first_url(source) in self.cut:
            # What was cut off may be news: no 304, and no stop at what is known, must hide it.
            if isinstance(source, Section):
                source_table.record_failure(
                    self.db, discover.first_url(source), CUT_OFF, self.clock()
                )
            return
        # Last of all, and never for a sitemap index: a run killed before the further pages or maps
        # are read must not be answered 304 next time.
        # Nor where --since left links out: another run may want them; nor where some may be lost.
        more = any(isinstance(each, NewsSitemap) for each in listing.sources)
        if more or fresh != listing.links or listing.damaged:
            found = Validators()
        source_table.record_answer(
            self.db,
            discover.first_url(source),
            found,
            self.clock(),
            news=discover.first_url(source) in self.told_news,
            rhythm=self.rhythm,
        )

    def further_sources(self, parent: Source, sources: Sequence[Source]) -> Iterator[Request]:
        """Sources that a source names, as a sitemap index its maps: each polled once, as its own.

        How deep and how many is bounded: an index may name itself, or new ones for ever.
        """
        depth = self.named.get(discover.first_url(parent), 0) + 1
        own = {discover.first_url(source) for source in self.sources}
        for source in sources:
            if source.url in self.named or source.url in own:
                continue
            if depth > discover.FURTHER_DEPTH or len(self.named) >= discover.FURTHER_SOURCES:
                self.count("discover/over_limit")
                continue
            self.named[source.url] = depth
            source_table.register(self.db, self.name, [(source.kind, source.url)])
            if not self.is_left_in_peace(source):
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
        if isinstance(failure.value, BusyError):
            source_table.postpone(self.db, discover.first_url(source), failure.value.until)
            self.note_peace("discover/postponed", failure.value.until)
        elif not isinstance(failure.value, UnaskedError):
            self.note_source_failure(source, fetch.reason(failure.value))

    def note_peace(self, key: str, until: datetime) -> None:
        """A source or page was not read because its host asked for peace."""
        self.count(key)
        self.peace_until = max(until, self.peace_until or until)

    def note_source_failure(self, source: Source, reason: str) -> None:
        """Keep and show why a source could not be read, in one line."""
        name, reason = fetch.one_line(f"{source.kind} {source.url}"), fetch.one_line(reason)
        self.count("discover/failed")
        self.source_failures.append((name, reason))
        self.logger.error("%s: %s", name, reason)
        source_table.record_failure(self.db, discover.first_url(source), reason, self.clock())

    # fetch

    def page_requests(self, links: Sequence[Link]) -> Iterator[Request]:
        """Requests for pages that this run has not asked for, up to the run's limit."""
        for link in links:
            if not self.is_asked_first(link):
                continue
            if self.asked >= self.limit:
                self.count("fetch/over_limit")
                continue
            self.asked += 1
            yield Request(
                link.url,
                callback=self.parse_article,
                errback=self.page_failed,
                cb_kwargs={"link": link},
                # ``seen`` knows better; Scrapy's own filter would drop, without a word, the second
                # of two pages that redirect to one.
                dont_filter=True,
            )

    def parse_again(self, response: Response, link: Link) -> Iterator[Article | NoArticle]:
        """Read a stored page anew, unless its server says that nothing changed."""
        if response.status == 304:
            self.count("fetch/unchanged")
            rechecks.record_unchanged(self.db, link.url, self.clock())
            return
        yield from self.parse_article(response, link)

    def is_asked_first(self, link: Link) -> bool:
        """Whether this run asks for the page for the first time; from now on it did."""
        names = {canonical_url(link.url), article_key(link.url, self.article) or ""} - {""}
        if self.seen & names:
            return False
        self.seen |= names
        return True

    def page_failed(self, failure: Failure) -> Iterator[NoArticle]:
        """A page gave no answer, or an HTTP error; 404 and 410 are final at the third look."""
        link: Link = failure.request.cb_kwargs["link"]  # type: ignore[attr-defined]
        assert failure.value is not None
        if isinstance(failure.value, UnaskedError):
            return
        if isinstance(failure.value, BusyError):
            ledger.postpone(self.db, link.url, failure.value.until)
            self.note_peace("fetch/postponed", failure.value.until)
            return
        missing = fetch.http_status(failure.value) in fetch.MISSING
        status: Literal["gone", "failed"] = "gone" if missing else "failed"
        yield NoArticle(self.name, link.url, status, fetch.reason(failure.value), doubted=missing)

    # extract

    def parse_article(self, response: Response, link: Link) -> Iterator[Article | NoArticle]:
        """Read a page: an article, or the reason why there is none."""
        self.count("fetch/pages")
        kind = fetch.content_type(response)
        if kind not in WEB_PAGES:
            yield NoArticle(
                self.name, link.url, "rejected", f"no web page but {kind}", doubted=True
            )
        elif self.domains and not discover.on_site(response.url, self.domains):
            yield NoArticle(self.name, link.url, "rejected", "leads to another site", doubted=True)
        elif urlsplit(response.url).path in ("", "/") and response.url != link.url:
            yield NoArticle(self.name, link.url, "gone", LEADS_HOME, doubted=True)
        else:
            try:
                with bookmark.at(self.crawler.settings, self.name, link.url):
                    found = self.read(response, link)
            # A page may hold anything: whatever goes wrong costs this page.
            except Exception as error:
                self.note_error(error, response.url)
                found = NoArticle(self.name, link.url, "failed", fetch.one_line(repr(error)))
            yield found

    def read(self, response: Response, link: Link) -> Article | NoArticle:
        """Extract the article, with what the source said of it."""
        fetched_at = timestamp(self.clock())
        html = decode(response.body, fetch.charset(response))
        found = extract(
            html,
            response.url,
            outlet=self.name,
            layouts=self.layouts,
            names=[name for name in (self.title, *self.names) if name],
            timezone=self.timezone,
            fetched_at=fetched_at,
        )
        if found.rejected not in PASSING and self.is_cut(html, link):
            return NoArticle(self.name, link.url, "failed", CUT_OFF)
        if found.rejected:
            reason = found.rejected
            status: Literal["failed", "rejected"] = "failed" if reason in PASSING else "rejected"
            return NoArticle(self.name, link.url, status, reason, doubted=reason in DOUBTED)
        article = found.article
        known = fetch.found_validators(response)
        article.etag, article.last_modified = known.etag, known.last_modified
        if link.published:
            article.published.append(RawDate(link.published, link.kind))
        if link.url != article.url:
            article.aliases[link.url] = "requested"
        article.article_key = article_key(response.url, self.article) or article_key(
            link.url, self.article
        )
        return self.clean(article)

    def is_cut(self, html: str, link: Link) -> bool:
        """Whether a page ends in the middle; where it always does, it is read as it is."""
        return not is_whole_page(html) and ledger.attempts(self.db, link.url) < CUT_LOOKS

    def clean(self, article: Article) -> Article:
        """Hook: mend what is odd about this outlet's articles."""
        return article

    def item_failed(self, item: object, failure: Failure) -> None:
        """A stage raised an error: the page is tried again later, with that reason.

        Where the store itself failed the page stays as it was, queued.
        """
        if isinstance(item, Article) and not is_failure(failure.value):
            ledger.record_page(
                self.db,
                outlet=self.name,
                url=item.asked_url,
                status="failed",
                reason=fetch.one_line(repr(failure.value)),
                now=self.clock(),
            )

    def note_error(self, error: Exception, url: str) -> None:
        """An error of the code, or of a hook: counted, with its traceback in the log."""
        self.count(f"read_exceptions/{type(error).__name__}")
        self.logger.error("reading %s", url, exc_info=error)

    def count(self, key: str, number: int = 1) -> None:
        """Add to a statistic of this outlet's crawl."""
        assert self.crawler.stats is not None
        self.crawler.stats.inc_value(key, number)
