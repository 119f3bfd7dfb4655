"""What every stage of the item side is given, in a crawl and out of it."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from scrapy.crawler import Crawler


class Stats(Protocol):
    """Counts by name, as Scrapy's stats collector keeps them."""

    def inc_value(self, key: str, count: int = 1) -> None: ...


class Tally(Counter[str]):
    """Statistics outside a crawl."""

    def inc_value(self, key: str, count: int = 1) -> None:
        self[key] += count


def stats_of(crawler: Crawler) -> Stats:
    """The crawler's own statistics."""
    assert crawler.stats is not None
    return crawler.stats
