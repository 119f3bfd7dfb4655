"""A worker process: crawls the outlets that its parent names, all in one reactor.

Standard input: one line, {"outlets": [name, …], "url": address or null, "settings": {…}}; its end
is the end of the parent, and the worker stops in good order.
Standard output: one JSON line an event. Standard error: the log, and whatever is printed.
"""

from __future__ import annotations

import asyncio
import gc
import json
import os
import signal
import sys
import threading
import time
from pathlib import Path
from typing import Any

# Before the loop runs: at its import Scrapy looks up the source of every frame on the stack.
import scrapy.core.downloader.handlers.http11  # noqa: F401
from scrapy.crawler import AsyncCrawlerProcess
from scrapy.settings import Settings

from crawler.catalogue import OutletError, load_outlet
from crawler.outlet import OutletSpider
from crawler.report import keep_channel, tell
from crawler.site import site_spider

SECONDS_BETWEEN_BEATS = 1.0
STOP_SECONDS = 5.0
"""How long a worker may take to end in good order when its parent is gone."""
COLLECTED_AFTER = (50_000, 10, 10)
"""Thresholds of the garbage collector. Nearly all goes without it; by Python's own, meant for small
programs, it took a thirteenth of a crawl's time."""


def main() -> None:
    """Crawl what standard input names; an outlet that cannot start is told and left out."""
    keep_channel()
    task = json.loads(sys.stdin.readline())
    threading.Thread(target=_stop_with_parent, daemon=True).start()
    settings = Settings()
    settings.setmodule("crawler.settings", priority="project")
    settings.update(task["settings"], priority="cmdline")
    # Scrapy's own loader imports every outlet, and one broken file would end them all.
    settings.set("SPIDER_LOADER_CLASS", "scrapy.spiderloader.DummySpiderLoader", "cmdline")
    process = AsyncCrawlerProcess(settings)
    gc.freeze()  # what is imported stays
    gc.set_threshold(*COLLECTED_AFTER)
    crawls: dict[str, asyncio.Task[None]] = {}
    for name in task["outlets"]:
        try:
            spider = (
                site_spider(task["url"])
                if task["url"]
                else load_outlet(name, settings.getlist("SPIDER_MODULES"))
            )
        except OutletError as broken:
            tell("broken", outlet=name, note=str(broken))
        else:
            crawls[name] = _crawl(process, spider)
    if crawls:
        _beat(asyncio.get_event_loop(), settings.getfloat("WORKER_PATIENCE"))
        _stop_on_signals(process)
        process.start(install_signal_handlers=False)
    for name, crawl in crawls.items():
        if error := _error_of(crawl):
            tell("broken", outlet=name, note=f"{type(error).__name__}: {error}")


def _stop_with_parent() -> None:
    """End with the parent; a loop that is stuck is not waited for."""
    # The file descriptor itself: a thread that waits inside sys.stdin would block the exit.
    while os.read(sys.stdin.fileno(), 1024):
        pass
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(STOP_SECONDS)
    os._exit(1)


def _stop_on_signals(process: AsyncCrawlerProcess) -> None:
    """End in good order at the first signal; further ones change nothing.

    Scrapy takes a second signal for an order to drop what is under way. But whoever signals all
    processes of a service signals the parent too, which tells its workers once more.
    """
    loop = asyncio.get_event_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, lambda: loop.create_task(process.stop()))


def _beat(loop: asyncio.AbstractEventLoop, patience: float) -> None:
    """Tell the parent that the loop turns, and how much memory is taken."""
    # The system ends a worker that nobody watches any more and that no thread of its own can end:
    # a regular expression that comes to no end lets none run.
    signal.setitimer(signal.ITIMER_REAL, patience + STOP_SECONDS)
    tell("alive", megabytes=_megabytes())
    loop.call_later(SECONDS_BETWEEN_BEATS, _beat, loop, patience)


def _megabytes() -> int:
    """The memory that this process takes; 0 where the system does not tell (no /proc)."""
    try:
        pages = int(Path("/proc/self/statm").read_text().split()[1])
    except OSError:
        return 0
    return pages * os.sysconf("SC_PAGE_SIZE") // 1_000_000


def _crawl(process: AsyncCrawlerProcess, spider: type[OutletSpider]) -> asyncio.Task[Any]:
    return process.crawl(process.create_crawler(spider))


def _error_of(crawl: asyncio.Task[None]) -> BaseException | None:
    if crawl.cancelled():
        return asyncio.CancelledError("stopped before it began")
    return crawl.exception() if crawl.done() else None


if __name__ == "__main__":
    main()
