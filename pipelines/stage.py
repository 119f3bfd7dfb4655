"""What every stage of the item side is given, in a crawl and out of it."""

from __future__ import annotations

from collections import Counter
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Protocol
from weakref import WeakKeyDictionary

import watchlist

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


_watchlists: WeakKeyDictionary[Crawler, watchlist.Watchlist] = WeakKeyDictionary()


def watchlist_of(crawler: Crawler) -> watchlist.Watchlist:
    """The crawl's watchlist: read once, so that all stages mean the same by it.

    :raises WatchlistError: the file of the setting WATCHLIST cannot be read or understood.
    """
    if crawler not in _watchlists:
        path = Path(crawler.settings["WATCHLIST"])
        written = path.stat().st_mtime_ns if path.exists() else 0
        _watchlists[crawler] = _load(path, written)
    return _watchlists[crawler]


@lru_cache(maxsize=1)
def _load(path: Path, _written: int) -> watchlist.Watchlist:
    """One for all crawls of a process, unless the file was written meanwhile."""
    return watchlist.load(path)
