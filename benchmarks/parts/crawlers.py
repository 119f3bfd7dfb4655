"""Rasid and its peers, each as a program that crawls the pretend web: a process of its own.

Started with a name, it reads its task as JSON from standard input and prints, last, how many pages
it has brought home.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from importlib import import_module
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[1]))
sys.path.insert(0, str(HERE.parent))

BATCH = 100
"""Addresses that news-please is given at once: it starts a thread for each."""


@dataclass(slots=True)
class Task:
    """What to crawl. Peers are told the addresses; Rasid finds them in its outlets' sources."""

    port: int
    folder: str
    urls: list[str] = field(default_factory=list)
    outlets: list[str] = field(default_factory=list)
    workers: int = 1

    def json(self) -> str:
        return json.dumps(asdict(self))


def rasid(task: Task) -> int:
    from crawler.commands.demo import crawl
    from demo.newsroom import NEXT_DAY

    result = crawl(
        Path(task.folder) / "rasid.db",
        task.port,
        now=NEXT_DAY,
        command="benchmark",
        workers=task.workers,
        outlets=task.outlets,
    )
    return sum(outcome.counts.stored for outcome in result.outcomes)


def scrapy_alone(task: Task) -> int:
    from parts.scrapers import Download, run

    return run(Download, task.port, _without_tls(task.urls))


def scrapy_tuned(task: Task) -> int:
    from parts.scrapers import Download, run

    return run(Download, task.port, task.urls, tuned=True)


def scrapy_trafilatura(task: Task) -> int:
    from parts.scrapers import Extract, run

    out = Path(task.folder) / "articles.jsonl"
    return run(Extract, task.port, _without_tls(task.urls), out=out)


def news_please(task: Task) -> int:
    """Its own downloader, with the web as proxy: it cannot be told where a host is to be found."""
    from_urls = import_module("newsplease").NewsPlease.from_urls
    urls = _without_tls(task.urls)
    count = 0
    for start in range(0, len(urls), BATCH):
        # Without request_args each result is lost: it asks None for a timeout.
        options = {"proxies": {"http": f"http://127.0.0.1:{task.port}"}}
        batch = urls[start : start + BATCH]
        found = from_urls(batch, request_args=options, fetch_images=False)
        count += sum(bool(article and article.title) for article in found.values())
    return count


def news_please_on_one_core(task: Task) -> int:
    """The same, with its pool of processes on as much of the machine as one worker has."""
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    return news_please(task)


def _without_tls(urls: Sequence[str]) -> list[str]:
    """As a proxy is asked for them that answers itself."""
    return [url.replace("https://", "http://", 1) for url in urls]


CRAWLERS: dict[str, Callable[[Task], int]] = {
    "Rasid": rasid,
    "Scrapy": scrapy_alone,
    "tuned Scrapy": scrapy_tuned,
    "Scrapy + trafilatura": scrapy_trafilatura,
    "news-please": news_please,
    "news-please on one core": news_please_on_one_core,
}


def command(name: str) -> list[str]:
    """The command that starts a crawler."""
    return [sys.executable, __file__, name]


if __name__ == "__main__":
    print(CRAWLERS[sys.argv[1]](Task(**json.load(sys.stdin))))
