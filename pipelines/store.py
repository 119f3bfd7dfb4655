"""Store: the article and everything that is known of it, in one transaction."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Literal, Self

import sqlite_utils

from crawler.items import LEADS_HOME, REFUSALS, Article, NoArticle
from database import articles, ledger, rechecks, watches
from database.connection import open_database, transaction
from pipelines.stage import Stats, stats_of, watchlist_of
from watchlist import Watchlist

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

UNWATCHED = "matches no watch"
Keep = Literal["all", "matching"]


class StorePipeline:
    """The stage as a Scrapy component; ``keep="matching"`` stores only what a watch matches."""

    def __init__(
        self,
        db: sqlite_utils.Database,
        stats: Stats,
        *,
        clock: Callable[[], datetime],
        keep: Keep = "all",
        watched: Watchlist | None = None,
    ) -> None:
        self.db = db
        self.stats = stats
        self.clock = clock
        self.keep = keep
        self.watched = watched

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        db = open_database(crawler.settings["DATABASE"])
        clock = getattr(crawler.spider, "clock", lambda: datetime.now(UTC))
        watched = watchlist_of(crawler)
        watches.sync(db, watched, now=clock())
        keep = crawler.settings["STORE"]
        return cls(db, stats_of(crawler), clock=clock, keep=keep, watched=watched)

    def close_spider(self) -> None:
        self.db.close()

    def process_item(self, item: Article | NoArticle) -> Article | NoArticle:
        if isinstance(item, Article) and self._is_unwatched(item):
            item = NoArticle(item.outlet, item.asked_url, "rejected", UNWATCHED)
        if isinstance(item, NoArticle):
            self._refuse(item)
        else:
            self._put(item)
        return item

    def _is_unwatched(self, article: Article) -> bool:
        """Whether nobody asked for it; a further version of a stored article always is."""
        wanted = self.keep == "all" or article.matches
        return not wanted and not ledger.was_stored(self.db, article.asked_url)

    def _put(self, article: Article) -> None:
        is_alone = not self.db.conn.in_transaction
        articles.prepare(article)
        with transaction(self.db):
            # Another process may have tagged by another file meanwhile: then the archive is mixed.
            # Whoever stores in batches looks once a batch.
            if is_alone and self.watched and not watches.follows(self.db, self.watched):
                watches.sync(self.db, self.watched, now=self.clock())
            stored = articles.put(self.db, article, now=self.clock(), watched=self.watched)
        self.stats.inc_value(f"store/{stored.outcome}")
        if stored.joined:
            self.stats.inc_value("store/joined")

    def _refuse(self, page: NoArticle) -> None:
        known = rechecks.record_failure(
            self.db,
            page.url,
            missing=page.status == "gone" and page.reason != LEADS_HOME,
            reason=page.reason,
            now=self.clock(),
        )
        if known:
            # A stored article that is missing is no failure of the crawl.
            kinds = {"missed": "missed", "gone": "withdrawn"}
            self.stats.inc_value(f"store/{kinds.get(known, page.status)}")
            return
        ledger.record_page(
            self.db,
            outlet=page.outlet,
            url=page.url,
            status=page.status,
            reason=page.reason,
            now=self.clock(),
            doubted=page.doubted,
        )
        status = "unwatched" if page.reason == UNWATCHED else page.status
        self.stats.inc_value(f"store/{status}")
        if page.reason in REFUSALS:
            self.stats.inc_value("store/refused")
