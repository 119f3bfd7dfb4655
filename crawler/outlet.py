"""OutletSpider: an outlet as a class of attributes, and the way from sources to articles."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Self

from scrapy.http import Request

from crawler import discover, fetch, recheck
from crawler.discover import Feed, NewsSitemap, Section, Source, SourceError
from crawler.extract import Layout
from crawler.items import LEADS_HOME, NO_ADDRESS, NoArticle
from crawler.polite import BusyError, UnaskedError
from crawler.reading import ReadingSpider
from crawler.whole import CUT_OFF
from database import articles, ledger, polls
from database import sources as source_table
from database.ledger import Link
from database.sources import Rhythm, Validators

if TYPE_CHECKING:
    from scrapy.crawler import Crawler
    from scrapy.http import Response
    from twisted.python.failure import Failure

__all__ = ["Feed", "Layout", "NewsSitemap", "OutletSpider", "Section"]


class OutletSpider(ReadingSpider):
    """Polls an outlet's sources and reads the pages that are not known yet.

    File name = spider name = fixture folder = key in the database. Most outlets are attributes
    alone; the hooks ``links`` and ``clean`` are there for an outlet that is odd.
    """

    since: datetime | None
    full: bool
    rhythm: Rhythm
    told_news: set[str]
    polled: int
    unfinished: set[str]
    named: dict[str, int]
    cut: set[str]
    source_failures: list[tuple[str, str]]

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> Self:
        spider = super().from_crawler(crawler, *args, **kwargs)
        since = crawler.settings.get("SINCE")
        spider.since = datetime.fromisoformat(since) if since else None
        spider.full = crawler.settings.getbool("FULL")
        spider.rhythm = Rhythm(
            timedelta(seconds=crawler.settings.getfloat("POLL_SHORTEST")),
            timedelta(seconds=crawler.settings.getfloat("POLL_LONGEST")),
        )
        spider.told_news = set()
        spider.polled = 0
        spider.unfinished = set()
        spider.named = {}
        spider.cut = set()
        spider.source_failures = []
        return spider

    async def start(self) -> AsyncIterator[Any]:
        self.register()
        for source in self.sources:
            if self.is_due(source):
                for request in self.source_request(source):
                    yield request
        now = self.clock()
        due = ledger.due(self.db, self.name, now, full=self.full, limit=self.limit)
        over = ledger.count_due(self.db, self.name, now, full=self.full) - len(due)
        if over > 0:
            self.count("fetch/over_limit", over)
        for page in self.page_requests(due):
            yield page
        for page in recheck.requests(self):
            yield page

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
        if self.full or source_table.is_due(self.db, self.name, url, self.clock(), self.rhythm):
            return True
        self.count("discover/waiting")
        return False

    def is_left_in_peace(self, source: Source) -> bool:
        """Whether a source's host asked for peace and still has it; then it is counted."""
        until = source_table.peace(self.db, self.name, discover.first_url(source), self.clock())
        if until:
            self.note_peace("discover/postponed", until)
        return until is not None

    def source_request(
        self, source: Source, page: int = 1, found: Validators | None = None
    ) -> Iterator[Request]:
        """Ask for a source, conditionally; ``found``: the validators of its first page."""
        url = source.page_url(page) if isinstance(source, Section) else source.url
        known = Validators()
        if page == 1 and not self.full:
            known = source_table.validators(self.db, self.name, url)
        if page == 1:
            self.polled += 1
            if source_table.is_unfinished(self.db, self.name, url):
                self.unfinished.add(url)
        try:
            yield Request(
                url,
                callback=self.parse_source,
                errback=self.source_failed,
                headers=fetch.conditional_headers(known),
                cb_kwargs={"source": source, "page": page, "found": found},
                meta={"handle_httpstatus_list": [304]},
                priority=10,
                dont_filter=True,
            )
        except ValueError:
            self.note_source_failure(source, NO_ADDRESS)

    def parse_source(
        self, response: Response, source: Source, page: int, found: Validators | None
    ) -> Iterator[Request | NoArticle]:
        """Queue the source's new pages, then ask for them."""
        self.count("discover/answered")
        url = discover.first_url(source)
        if response.status == 304:
            if not fetch.was_conditional(response):
                self.note_source_failure(source, "HTTP 304 to a request without validators")
                return
            if fetch.leads_elsewhere(response):
                self.note_source_failure(source, fetch.NOT_ITS_OWN)
                return
            self.count("discover/read")
            self.count("discover/unchanged")
            source_table.record_unchanged(self.db, self.name, url, self.clock(), self.rhythm)
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
            self.cut.add(url)
            if not isinstance(source, Section):  # a page may be sloppy; a feed or map is at fault
                self.note_source_failure(source, f"{listing.cut}; what stood before is read")
        if self.has_more(source, page):
            # Until the last page is read: a run that ends before must not count as a poll.
            source_table.record_failure(
                self.db, self.name, url, "not read to its end", self.clock()
            )
        fresh = [link for link in listing.links if self.is_recent(link)]
        poll = polls.record_poll(
            self.db,
            outlet=self.name,
            links=fresh,
            key_pattern=self.article,
            now=self.clock(),
            full=self.full,
        )
        self.count("discover/links", len(fresh))
        self.count("discover/known", poll.known)
        if left := poll.left + listing.left:
            self.count("discover/over_limit", left)
        if poll.left:
            found = Validators()  # a 304 would hide the rest
        if poll.is_full:
            self.note_source_failure(source, f"{poll.left} new pages left out; the queue is full")
        yield from self.page_requests(poll.wanted)
        yield from self.further_sources(source, listing.sources)
        if poll.wanted:
            self.told_news.add(url)
        goes_on = poll.wanted or self.full or url in self.unfinished
        if self.has_more(source, page) and goes_on:
            yield from self.source_request(source, page + 1, found)
            return
        if poll.is_full:
            return
        if url in self.cut:
            # What was cut off may be news: no 304, and no stop at what is known, must hide it.
            if isinstance(source, Section):
                source_table.record_failure(self.db, self.name, url, CUT_OFF, self.clock())
            return
        # Last of all, and never for a sitemap index: a run killed before the further pages or maps
        # are read must not be answered 304 next time.
        # Nor where some links may be lost; nor are they new ones where --since
        # left links out: another run may want them.
        more = any(isinstance(each, NewsSitemap) for each in listing.sources)
        if more or listing.damaged:
            found = Validators()
        elif fresh != listing.links:  # what it had for the poll before, this one leaves as it was
            found = source_table.validators(self.db, self.name, url)
        source_table.record_answer(
            self.db,
            self.name,
            url,
            found,
            self.clock(),
            news=url in self.told_news,
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
                yield from self.source_request(source)

    def links(self, response: Response, source: Source) -> discover.Listing:
        """Hook: what a source's answer announces."""
        if isinstance(source, Section) and fetch.leads_home(response):
            raise SourceError(LEADS_HOME)  # whose links are not the section's, though some may be
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
            url, until = discover.first_url(source), failure.value.until
            source_table.postpone(self.db, self.name, url, until)
            self.note_peace("discover/postponed", until)
        elif not isinstance(failure.value, UnaskedError):
            self.note_source_failure(source, fetch.reason(failure.value))

    def note_source_failure(self, source: Source, reason: str) -> None:
        """Keep and show why a source could not be read, in one line."""
        name, reason = fetch.one_line(f"{source.kind} {source.url}"), fetch.one_line(reason)
        self.count("discover/failed")
        self.source_failures.append((name, reason))
        self.logger.error("%s: %s", name, reason)
        url = discover.first_url(source)
        source_table.record_failure(self.db, self.name, url, reason, self.clock())
