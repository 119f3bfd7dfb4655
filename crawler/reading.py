"""ReadingSpider: from the address of a page to its article, or the reason why there is none."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Literal, Self
from urllib.parse import urlsplit

import scrapy
import sqlite_utils
from scrapy import signals
from scrapy.http import Request

from crawler import bookmark, discover, fetch
from crawler.declaration import Outlet
from crawler.extract import decode, extract, rejection
from crawler.items import CHALLENGE, LEADS_HOME, NO_ADDRESS, Article, NoArticle, RawDate
from crawler.polite import BusyError, UnaskedError
from crawler.whole import CUT_OFF, is_whole_page
from database import ledger, rechecks
from database.connection import release_database, share_database
from database.failure import is_failure
from database.ledger import Link, timestamp
from database.sources import Validators
from database.urls import article_key, canonical_url

if TYPE_CHECKING:
    from scrapy.crawler import Crawler
    from scrapy.http import Response
    from twisted.python.failure import Failure

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


class ReadingSpider(Outlet, scrapy.Spider):
    """Asks for an outlet's pages, each once a run, and reads them; the hook is ``clean``."""

    clock: Callable[[], datetime] = staticmethod(utc_now)
    db: sqlite_utils.Database
    limit: int
    seen: set[str]
    asked: int
    peace_until: datetime | None = None
    """Until when hosts asked not to be asked, the latest; None: no host did."""

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> Self:
        spider = super().from_crawler(crawler, *args, **kwargs)
        spider.db = share_database(crawler.settings["DATABASE"])
        spider.limit = crawler.settings.getint("PAGES_PER_OUTLET")
        if standing := crawler.settings.get("NOW"):
            instant = datetime.fromisoformat(standing)
            spider.clock = lambda: instant
        spider.seen = set()
        spider.asked = 0
        crawler.signals.connect(spider.item_failed, signals.item_error)
        return spider

    @staticmethod
    def close(spider: scrapy.Spider, reason: str) -> None:
        assert isinstance(spider, ReadingSpider)
        release_database(spider.db)

    # fetch

    def page_requests(self, links: Sequence[Link]) -> Iterator[Request | NoArticle]:
        """Requests for pages that this run has not asked for, up to the run's limit."""
        for link in links:
            if not self.is_asked_first(link):
                continue
            if self.asked >= self.limit:
                self.count("fetch/over_limit")
                continue
            self.asked += 1
            yield self.page_request(link, rechecks.validators(self.db, link.url))

    def page_request(self, link: Link, known: Validators, priority: int = 0) -> Request | NoArticle:
        """A request for a page, conditional where validators are ``known``; or that its address is
        none, which an archive or a hook may have named."""
        headers = fetch.conditional_headers(known)
        try:
            return Request(
                link.url,
                callback=self.parse_again,
                errback=self.page_failed,
                headers=headers,
                cb_kwargs={"link": link},
                meta={"handle_httpstatus_list": [304]} if headers else {},
                priority=priority,
                # ``seen`` knows better; Scrapy's own filter would drop, without a word, the second
                # of two pages that redirect to one.
                dont_filter=True,
            )
        except ValueError:
            return NoArticle(self.name, link.url, "rejected", NO_ADDRESS)

    def parse_again(self, response: Response, link: Link) -> Iterator[Article | NoArticle]:
        """Read a page, unless its server says that nothing changed since it was stored."""
        if response.status == 304:
            if canonical_url(response.url) != canonical_url(link.url):
                yield NoArticle(self.name, link.url, "failed", fetch.NOT_ITS_OWN)
                return
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
        elif urlsplit(response.url).path in fetch.FRONT_PATHS and response.url != link.url:
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
        closed = is_whole_page(html)
        if found.rejected not in PASSING and not closed and self.is_cut(link):
            return NoArticle(self.name, link.url, "failed", CUT_OFF)
        if found.rejected:
            reason = found.rejected
            status: Literal["failed", "rejected"] = "failed" if reason in PASSING else "rejected"
            return NoArticle(self.name, link.url, status, reason, doubted=reason in DOUBTED)
        article = found.article
        if not closed:
            article.provenance |= rechecks.UNCLOSED
        known = fetch.found_validators(response)
        article.etag, article.last_modified = known.etag, known.last_modified
        if link.published:
            article.published.append(RawDate(link.published, link.kind))
        if link.url != article.url:
            article.aliases[link.url] = "requested"
        article.article_key = article_key(response.url, self.article) or article_key(
            link.url, self.article
        )
        cleaned: object = self.clean(article)
        if not isinstance(cleaned, Article | NoArticle):
            raise TypeError(f"clean() returned {type(cleaned).__name__}, no article")
        return cleaned

    def is_cut(self, link: Link) -> bool:
        """Whether a page that is not closed ends in the middle; one that never is closed is read
        as it is."""
        looks = ledger.attempts(self.db, link.url)
        return looks < CUT_LOOKS and not rechecks.is_unclosed(self.db, link.url)

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

    def note_peace(self, key: str, until: datetime) -> None:
        """A source or page was not read because its host asked for peace."""
        self.count(key)
        self.peace_until = max(until, self.peace_until or until)

    def note_error(self, error: Exception, url: str) -> None:
        """An error of the code, or of a hook: counted, with its traceback in the log."""
        self.count(f"read_exceptions/{type(error).__name__}")
        self.logger.error("reading %s", url, exc_info=error)

    def count(self, key: str, number: int = 1) -> None:
        """Add to a statistic of this outlet's crawl."""
        assert self.crawler.stats is not None
        self.crawler.stats.inc_value(key, number)
