"""Robots.txt as RFC 9309 has it: a missing file permits, an unreachable one forbids."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Self
from urllib.parse import urlsplit

from scrapy.exceptions import IgnoreRequest
from scrapy.http.request import NO_CALLBACK, Request
from scrapy.robotstxt import ProtegoRobotParser

from crawler import fetch
from crawler.polite import BusyError, UnaskedError, host_of

if TYPE_CHECKING:
    from scrapy.crawler import Crawler
    from scrapy.robotstxt import RobotParser

MOST_READ = 500 * 1024
"""Bytes of a robots.txt that are read, up to the last whole line (RFC 9309 §2.5)."""
LONGEST_CRAWL_DELAY = 30.0
"""Seconds; a larger Crawl-delay is taken as this."""


class RobotsError(IgnoreRequest):
    """A page may not be asked for; ``answered`` tells whether the host's server spoke at all."""

    def __init__(self, reason: str, *, answered: bool) -> None:
        super().__init__(reason)
        self.answered = answered


class RobotsMiddleware:
    """Downloader middleware in place of Scrapy's own, which permits everything on an error.

    The rules of a host are fetched once a crawl. 4xx: everything is allowed (RFC 9309 §2.3.1.3);
    5xx, 429 or no answer: nothing is (§2.3.1.4). A Crawl-delay slows that host down, for good:
    neither jitter nor AutoThrottle may shorten it.
    """

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        self.agent = crawler.settings["ROBOTSTXT_USER_AGENT"]
        self._rules: dict[str, asyncio.Future[RobotParser | IgnoreRequest]] = {}

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    async def process_request(self, request: Request) -> None:
        """Raise RobotsError for a page that may not be asked for; BusyError, UnaskedError."""
        if request.meta.get("dont_obey_robotstxt"):
            return
        host = f"{urlsplit(request.url).scheme}://{host_of(request)}"
        if host not in self._rules:
            self._rules[host] = asyncio.ensure_future(self._fetch(host))
        rules = await asyncio.shield(self._rules[host])
        if isinstance(rules, IgnoreRequest):
            raise rules.with_traceback(None)
        if not rules.allowed(request.url, self.agent):
            raise RobotsError("forbidden by robots.txt", answered=True)
        if delay := crawl_delay(rules, self.agent):
            self._slow_down(request, delay)

    async def _fetch(self, host: str) -> RobotParser | IgnoreRequest:
        robots = Request(
            f"{host}/robots.txt",
            priority=1000,
            meta={"dont_obey_robotstxt": True},
            callback=NO_CALLBACK,
        )
        assert self.crawler.engine is not None
        try:
            response = await self.crawler.engine.download_async(robots)
        except (BusyError, UnaskedError) as error:
            return error
        except Exception as error:  # any failure to read the rules forbids; its reason is kept
            return RobotsError(f"robots.txt: {fetch.reason(error)}", answered=False)
        if response.status >= 500 or response.status == 429:
            return RobotsError(f"robots.txt: HTTP {response.status}", answered=True)
        body = response.body if response.status < 300 else b""
        return ProtegoRobotParser.from_crawler(self.crawler, readable(body))

    def _slow_down(self, request: Request, delay: float) -> None:
        request.meta["autothrottle_dont_adjust_delay"] = True
        assert self.crawler.engine is not None
        downloader = self.crawler.engine.downloader
        slot = downloader.slots.get(downloader.get_slot_key(request))
        if slot:
            slot.delay = max(slot.delay, delay)
            slot.jitter = 0.0


def readable(body: bytes) -> bytes:
    """What is read of a robots.txt: all of it, or the whole lines of its first MOST_READ bytes."""
    if len(body) <= MOST_READ:
        return body
    return b"".join(body[:MOST_READ].splitlines(keepends=True)[:-1])


def crawl_delay(rules: RobotParser, agent: str) -> float:
    """Seconds that a host wants between two requests, at most LONGEST_CRAWL_DELAY; 0: no wish."""
    return min(float(rules.crawl_delay(agent) or 0), LONGEST_CRAWL_DELAY)
