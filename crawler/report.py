"""Report: what one outlet's crawl did, told to its parent and kept as a row."""

from __future__ import annotations

import asyncio
import json
import os
import sqlite3
import sys
import time
from contextlib import closing
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Self, TextIO

from scrapy import signals

from crawler.health import ALARMS, Status, counts_of, judge
from crawler.outlet import OutletSpider
from database import drift, runs
from database import rhythm as rhythms
from database.connection import DatabaseError, open_database
from database.failure import complaint
from database.rhythm import Rhythm
from database.runs import Counts

if TYPE_CHECKING:
    import sqlite_utils
    from scrapy.crawler import Crawler
    from twisted.python.failure import Failure

LONGEST_NOTE = 500
SECONDS_BETWEEN_EVENTS = 0.5


@dataclass(slots=True)
class Outcome:
    """How an outlet fared. ``reached``: at least one of its sources answered at all; ``broken``:
    its crawl could not even begin."""

    outlet: str
    status: Status
    counts: Counts
    seconds: float = 0.0
    note: str = ""
    reached: bool = True
    broken: bool = False


class OutletReport:
    """The extension: counts, judges, writes the outlet's row; under a worker also tells its parent.

    Settings: RUN_ID is the run to write into (without it the crawl is a run of its own); EVENTS
    true prints one JSON line an event on standard output.
    """

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        self.events = crawler.settings.getbool("EVENTS")
        self.started = time.monotonic()
        self.news: asyncio.TimerHandle | None = None

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        report = cls(crawler)
        crawler.signals.connect(report.progressed, signals.response_received)
        crawler.signals.connect(report.progressed, signals.item_scraped)
        crawler.signals.connect(report.item_failed, signals.item_error)
        crawler.signals.connect(report.closed, signals.spider_closed)
        return report

    @property
    def stats(self) -> dict[str, Any]:
        """The crawl's statistics so far."""
        assert self.crawler.stats is not None
        return self.crawler.stats.get_stats()

    def progressed(self, spider: OutletSpider) -> None:
        """Tell the parent how far the crawl is, soon, and a few times a second at most."""
        if self.events and self.news is None:
            loop = asyncio.get_running_loop()
            self.news = loop.call_later(SECONDS_BETWEEN_EVENTS, self._tell_progress, spider.name)

    def _tell_progress(self, outlet: str) -> None:
        self.news = None
        tell("progress", outlet=outlet, counts=asdict(counts_of(self.stats)))

    def item_failed(self, failure: Failure) -> None:
        """Count an error of a stage, as Scrapy itself does for callbacks alone."""
        assert self.crawler.stats is not None
        self.crawler.stats.inc_value(f"item_exceptions/{type(failure.value).__name__}")

    def closed(self, spider: OutletSpider, reason: str) -> None:
        """Judge the crawl and write its row."""
        if self.news:
            self.news.cancel()
        try:
            outcome = self._conclude(spider, reason)
        except (DatabaseError, sqlite3.Error) as error:
            # Whoever waits for this crawl must hear of its end all the same.
            spider.logger.error("its row cannot be written: %s", error)
            note = complaint(self.crawler.settings["DATABASE"], error)
            outcome = self._outcome(spider, "failed", note)
        except Exception as error:  # the outlet's own attributes may be anything
            spider.logger.exception("its crawl cannot be judged")
            outcome = self._outcome(spider, "failed", f"{type(error).__name__}: {error}")
        if self.events:
            tell("closed", **asdict(outcome))

    def _conclude(self, spider: OutletSpider, reason: str) -> Outcome:
        # A connection of its own: the spider's may be closed by now.
        with closing(open_database(self.crawler.settings["DATABASE"])) as db:
            status, note = judge(
                self.stats,
                sources=spider.polled,
                source_failures=spider.source_failures,
                finish_reason=reason,
                peace_until=spider.peace_until,
                rhythm=self._rhythm(db, spider),
                drifts=drift.drifts(drift.newest(db, spider.name), selectors=bool(spider.layouts)),
            )
            outcome = self._outcome(spider, status, note)
            self._record(db, spider.name, outcome)
        return outcome

    def _outcome(self, spider: OutletSpider, status: Status, note: str) -> Outcome:
        return Outcome(
            spider.name,
            status,
            counts_of(self.stats),
            seconds=time.monotonic() - self.started,
            note=note[:LONGEST_NOTE],
            # A host that wants to be left in peace has answered.
            reached=any(self.stats.get(f"discover/{key}") for key in ("answered", "postponed"))
            or not spider.polled,
        )

    def _rhythm(self, db: sqlite_utils.Database, spider: OutletSpider) -> Rhythm | None:
        # What matches a watch comes in no rhythm.
        if self.crawler.settings["STORE"] != "all":
            return None
        now = spider.clock()
        found = rhythms.rhythm(rhythms.daily_counts(db, spider.name, now))
        return found if found and rhythms.was_watched(db, spider.name, found, now) else None

    def _record(self, db: sqlite_utils.Database, outlet: str, outcome: Outcome) -> None:
        run = self.crawler.settings.getint("RUN_ID")
        own = not run
        if own:
            run = runs.start_run(db, f"scrapy crawl {outlet}", datetime.now(UTC))
        runs.record_outlet(
            db,
            run,
            outlet,
            outcome.counts,
            seconds=outcome.seconds,
            status=outcome.status,
            note=outcome.note or None,
        )
        if own:
            code = int(outcome.status in ALARMS)
            status = "failed" if code else "ok"
            runs.finish_run(db, run, status=status, exit_code=code, now=datetime.now(UTC))


class _Channel:
    """Where events go; None: to standard output."""

    own: TextIO | None = None


def keep_channel() -> None:
    """From now on standard output carries events alone: what else is printed goes to the log."""
    _Channel.own = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    sys.stdout = sys.stderr


def tell(event: str, **values: object) -> None:
    """One JSON line on standard output, for the parent of a worker."""
    channel = _Channel.own or sys.stdout
    channel.write(json.dumps({"event": event, **values}, ensure_ascii=False) + "\n")
    channel.flush()
