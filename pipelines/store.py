"""Store: the article and everything that is known of it, in one transaction."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Literal, NamedTuple, Self

import sqlite_utils

from crawler.items import LEADS_HOME, REFUSALS, Article, NoArticle
from database import articles, ledger, rechecks, watches
from database.connection import release_database, share_database, transaction
from database.shingles import Text
from pipelines.stage import Stats, stats_of, watchlist_of
from pipelines.writer import Writer
from watchlist import Watchlist

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

Keep = Literal["all", "matching"]


class Put(NamedTuple):
    """What became of an item, and the statistics to count once that is committed."""

    item: Article | NoArticle
    keys: list[str]


class StorePipeline:
    """The stage on a database of its own; ``keep="matching"`` stores only what a watch matches."""

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

    def process_item(self, item: Article | NoArticle) -> Article | NoArticle:
        """Store an item, at once or with the batch whose transaction is open."""
        # Whoever stores in batches looks after the watches once a batch.
        is_alone = not self.db.conn.in_transaction
        text = prepare(item)
        with transaction(self.db):
            put = self.put(item, self.db, follow=is_alone, text=text)
        return self.count(put)

    def put(
        self,
        item: Article | NoArticle,
        db: sqlite_utils.Database,
        *,
        follow: bool,
        text: Text | None,
    ) -> Put:
        """Store an item; the caller holds the transaction. ``follow``: write the watches first, if
        they are not those of the database. ``text``: as ``prepare`` gave it."""
        if isinstance(item, Article) and self._is_unwatched(db, item):
            item = NoArticle(item.outlet, item.asked_url, "rejected", ledger.UNWATCHED)
        if isinstance(item, NoArticle):
            return Put(item, self._refuse(db, item))
        # Another process may have tagged by another file meanwhile: then the archive is mixed.
        if follow and self.watched and not watches.follows(db, self.watched):
            watches.sync(db, self.watched, now=self.clock())
        stored = articles.put(db, item, now=self.clock(), watched=self.watched, text=text)
        return Put(item, [f"store/{stored.outcome}", *(["store/joined"] if stored.joined else [])])

    def count(self, put: Put) -> Article | NoArticle:
        """Count what is committed, and pass it on."""
        for key in put.keys:
            self.stats.inc_value(key)
        return put.item

    def _is_unwatched(self, db: sqlite_utils.Database, article: Article) -> bool:
        """Whether nobody asked for it; a further version of a stored article always is."""
        wanted = self.keep == "all" or article.matches
        return not wanted and not ledger.was_stored(db, article.asked_url)

    def _refuse(self, db: sqlite_utils.Database, page: NoArticle) -> list[str]:
        known = rechecks.record_failure(
            db,
            page.url,
            missing=page.status == "gone" and page.reason != LEADS_HOME,
            reason=page.reason,
            now=self.clock(),
        )
        if known:
            # A stored article that is missing is no failure of the crawl.
            kinds = {"missed": "missed", "gone": "withdrawn"}
            return [f"store/{kinds.get(known, page.status)}"]
        ledger.record_page(
            db,
            outlet=page.outlet,
            url=page.url,
            status=page.status,
            reason=page.reason,
            now=self.clock(),
            doubted=page.doubted,
        )
        status = "unwatched" if page.reason == ledger.UNWATCHED else page.status
        return [f"store/{status}", *(["store/refused"] if page.reason in REFUSALS else [])]


class WriterPipeline(StorePipeline):
    """The stage in a crawl, as a Scrapy component: the writer of the process stores for all crawls.

    An item goes on when it is committed.
    """

    writer: Writer

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        path = crawler.settings["DATABASE"]
        clock = getattr(crawler.spider, "clock", lambda: datetime.now(UTC))
        watched = watchlist_of(crawler)
        db = share_database(path)
        keep = crawler.settings["STORE"]
        pipeline = cls(db, stats_of(crawler), clock=clock, keep=keep, watched=watched)
        pipeline.writer = Writer.open(path)
        return pipeline

    async def close_spider(self) -> None:
        try:
            await self.writer.close()
        finally:
            release_database(self.db)

    async def process_item(self, item: Article | NoArticle) -> Article | NoArticle:  # type: ignore[override]
        """Store an item with those that wait, and go on when it is committed."""
        order = partial(self.put, item, follow=True, text=prepare(item))
        return self.count(await self.writer.store(order))


def prepare(item: Article | NoArticle) -> Text | None:
    """What can be worked out of an item before the write lock is taken: an article's text."""
    return articles.prepare(item) if isinstance(item, Article) else None
