"""Check: asks every declared source of the outlets once, live, and keeps nothing of it."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import scrapy
from scrapy.crawler import AsyncCrawlerProcess
from scrapy.http import Request
from scrapy.spidermiddlewares.httperror import HttpError

from crawler import discover, fetch
from crawler.discover import SourceError
from database.ledger import timestamp

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Sequence

    from scrapy.http import Response
    from scrapy.settings import Settings

    from crawler.discover import Source
    from crawler.outlet import OutletSpider

SECONDS = 40.0
"""So long all sources together may take; with starting and ending it stays below a minute."""
TIMEOUT = 10.0
"""Seconds for one answer at most."""


@dataclass(slots=True)
class Answer:
    """How a source answered.

    ``answer``: the HTTP status, or why it could not be read; ``links`` to articles and ``newest``,
    the newest date that it tells of them, UTC; ``milliseconds`` that its server took; ``reached``:
    a server spoke at all.
    """

    outlet: str
    kind: str
    url: str
    answer: str
    readable: bool = False
    reached: bool = False
    links: int = 0
    newest: str | None = None
    milliseconds: int | None = None


class CheckSpider(scrapy.Spider):
    """Asks the sources of ``outlets`` for ``answers``; ``told`` is called after each.

    One crawler for all: what lies on one host takes turns there, with the crawl's own delays.
    """

    name = "check"
    outlets: Sequence[type[OutletSpider]]
    answers: list[Answer]
    told: Callable[[], None]
    seconds: float

    async def start(self) -> AsyncIterator[Any]:
        """Ask all, and yield nothing: there is nothing to crawl."""
        asked = [
            asyncio.ensure_future(self.check(outlet, source))
            for outlet in self.outlets
            for source in outlet.sources
        ]
        if asked:
            await asyncio.wait(asked, timeout=self.seconds)
        for task in asked:
            task.cancel()
        await asyncio.gather(*asked, return_exceptions=True)
        nothing: tuple[Request, ...] = ()
        for request in nothing:
            yield request

    async def check(self, outlet: type[OutletSpider], source: Source) -> None:
        """Ask for a source and read it as the outlet does."""
        url = discover.first_url(source)
        answer = Answer(outlet.name, source.kind, url, f"no answer within {self.seconds:g} s")
        self.answers.append(answer)
        assert self.crawler.engine is not None
        try:
            response = await self.crawler.engine.download_async(Request(url))
        except Exception as error:  # whatever goes wrong costs this source
            answer.answer, answer.reached = fetch.reason(error), fetch.was_reached(error)
        else:
            answer.reached = True
            answer.milliseconds = round(response.meta["download_latency"] * 1000)
            read(answer, response, outlet(), source)
        self.told()


def read(answer: Answer, response: Response, outlet: OutletSpider, source: Source) -> None:
    """Fill in what a source announces."""
    if response.status != 200:
        answer.answer = fetch.reason(HttpError(response))
        return
    try:
        listing = outlet.links(response, source)
    except SourceError as error:
        answer.answer = fetch.one_line(str(error))
    except Exception as error:  # an outlet's hook may raise anything
        answer.answer = fetch.one_line(f"{type(error).__name__}: {error}")
    else:
        maps = f", {len(listing.sources)} further sources" if listing.sources else ""
        answer.answer, answer.readable = f"HTTP {response.status}{maps}", True
        answer.links = len(listing.links)
        dates = [link.announced for link in listing.links if link.announced]
        answer.newest = timestamp(max(dates)) if dates else None


def check(
    outlets: Sequence[type[OutletSpider]],
    settings: Settings,
    *,
    told: Callable[[], None],
    seconds: float = SECONDS,
) -> list[Answer]:
    """The answers of all sources, by outlet as declared; once in a process.

    Robots.txt, delays, bounds and identification are those of the crawl; nothing is written, and
    what fails is not tried again.
    """
    own = settings.copy()
    # Scrapy's own loader would import every outlet, broken ones too.
    own.set("SPIDER_LOADER_CLASS", "scrapy.spiderloader.DummySpiderLoader", priority="cmdline")
    own.update(
        {
            "ITEM_PIPELINES": {},
            "EXTENSIONS": {},
            "LOG_ENABLED": False,
            "RETRY_ENABLED": False,
            "DOWNLOAD_TIMEOUT": min(settings.getfloat("DOWNLOAD_TIMEOUT"), TIMEOUT),
        },
        priority="cmdline",
    )
    answers: list[Answer] = []
    process = AsyncCrawlerProcess(own)
    # What the operator wrote may be asked, wherever it is: the guard looks at the class.
    declared = [source for outlet in outlets for source in outlet.sources]
    spider = type("CheckSpider", (CheckSpider,), {"sources": declared})
    process.crawl(spider, outlets=outlets, answers=answers, told=told, seconds=seconds)
    process.start()
    return answers
