"""Polite: requests go on the wire in their host's pace; a host that asks for peace has it."""

from __future__ import annotations

import atexit
import functools
import shutil
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import TYPE_CHECKING, Self

from scrapy.core.downloader.handlers.http11 import HTTP11DownloadHandler
from scrapy.exceptions import IgnoreRequest
from scrapy.utils.httpobj import urlparse_cached

from crawler.pace import ClosedError, Pace, StoppedError
from database.ledger import timestamp

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.crawler import Crawler
    from scrapy.http import Response
    from scrapy.settings import BaseSettings


class BusyError(IgnoreRequest):
    """A host asks for more peace than a run has patience: ``until`` (aware, the crawl's clock)."""

    answered = True

    def __init__(self, status: int, until: datetime) -> None:
        super().__init__(f"HTTP {status}: asks to wait until {timestamp(until)}")
        self.status = status
        self.until = until


class UnaskedError(IgnoreRequest):
    """The crawl ended before the request had its turn; that tells nothing of what it asks for."""


class PacedHandler(HTTP11DownloadHandler):
    """Download handler for ``http`` and ``https`` that gives each request its turn at its host.

    Settings: CONCURRENT_REQUESTS_PER_DOMAIN holds over all workers that share RUN_FOLDER;
    LONGEST_PATIENCE is the longest peace that is waited for. The delay is that of the downloader's
    slot. Raises BusyError and UnaskedError.
    """

    lazy = True

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._pace = pace_of(crawler.settings)

    async def download_request(self, request: Request) -> Response:
        turn = self._pace.turn(host_of(request), self._delay(request), self._is_stopping)
        try:
            async with turn:
                response = await self.fetch(request)
                turn.answered(response.status, retry_after(response))
        except ClosedError as closed:
            raise busy(self._crawler, closed) from None
        except StoppedError:
            raise UnaskedError("the crawl ended before its turn") from None
        return response

    async def fetch(self, request: Request) -> Response:
        """Hook: send the request."""
        return await super().download_request(request)

    def _delay(self, request: Request) -> float:
        assert self._crawler.engine is not None
        slot = self._crawler.engine.downloader.slots.get(request.meta.get("download_slot", ""))
        return slot.delay if slot else self._crawler.settings.getfloat("DOWNLOAD_DELAY")

    def _is_stopping(self) -> bool:
        assert self._crawler.engine is not None
        slot = self._crawler.engine._slot
        return slot is None or slot.closing is not None


class PeaceMiddleware:
    """Downloader middleware that refuses requests to a closed host before they queue for it."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        self._pace = pace_of(crawler.settings)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    def process_request(self, request: Request) -> None:
        """Raise BusyError for a host that is closed for the rest of the run."""
        try:
            self._pace.check(host_of(request))
        except ClosedError as closed:
            raise busy(self.crawler, closed) from None


def host_of(request: Request) -> str:
    """The host that a request asks, lower-case, with its port if that is named."""
    return urlparse_cached(request).netloc.rpartition("@")[2].lower()


def busy(crawler: Crawler, closed: ClosedError) -> BusyError:
    """A closed host by the clock of the crawl."""
    clock: Callable[[], datetime] = getattr(crawler.spider, "clock", lambda: datetime.now(UTC))
    return BusyError(closed.status, clock() + timedelta(seconds=closed.seconds))


def retry_after(response: Response) -> float | None:
    """The seconds that Retry-After asks for (RFC 9110 §10.2.3); None: nothing that counts.

    A date is taken by the server's own clock, if it tells it.
    """
    text = (response.headers.get("Retry-After") or b"").decode("latin-1").strip()
    if text.isascii() and text.isdigit():
        seconds = float(text)
    elif (moment := _http_date(text)) is not None:
        told = _http_date((response.headers.get("Date") or b"").decode("latin-1"))
        seconds = moment - (time.time() if told is None else told)
    else:
        return None
    return seconds if seconds > 0 else None


def _http_date(text: str) -> float | None:
    try:
        moment = parsedate_to_datetime(text)
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
    except (ValueError, OverflowError):
        return None


def pace_of(settings: BaseSettings) -> Pace:
    """The pace that all crawls of this process, and of its run, keep."""
    return _pace(
        settings["RUN_FOLDER"] or _own_folder(),
        settings.getint("CONCURRENT_REQUESTS_PER_DOMAIN"),
        settings.getfloat("LONGEST_PATIENCE"),
    )


@functools.cache
def _pace(folder: str, limit: int, patience: float) -> Pace:
    return Pace(Path(folder), limit=limit, patience=patience)


@functools.cache
def _own_folder() -> str:
    folder = tempfile.mkdtemp(prefix="rasid-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder
