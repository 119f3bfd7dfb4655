"""Report: what one outlet's crawl did, whether it is healthy, and the row that keeps it."""

from __future__ import annotations

import asyncio
import json
import sqlite3
import sys
import time
from collections import Counter
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Literal, Self

from scrapy import signals

from crawler.items import Article, NoArticle
from crawler.outlet import READING, OutletSpider
from database import runs
from database.connection import DatabaseError, open_database
from database.failure import complaint
from database.ledger import timestamp
from database.runs import Counts

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from scrapy.crawler import Crawler
    from twisted.python.failure import Failure

Status = Literal["ok", "quiet", "degraded", "failed"]
LONGEST_NOTE = 500
# One page that fails says little of its outlet; so many, and none that was read, do.
PAGES_TO_TELL = 3
ERROR_STATISTICS = ("spider_exceptions", "read_exceptions", "item_exceptions")
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


def counts_of(stats: Mapping[str, Any]) -> Counts:
    """The columns of ``outlet_runs`` out of a crawl's statistics."""
    return Counts(
        discovered=stats.get("discover/links", 0),
        known=stats.get("discover/known", 0),
        fetched=stats.get("fetch/pages", 0),
        stored=stats.get("store/new", 0),
        revised=stats.get("store/revised", 0),
        duplicates=stats.get("store/joined", 0),
        matched=stats.get("tag/matched", 0),
        rejected=stats.get("store/rejected", 0),
        failed=stats.get("store/failed", 0) + stats.get("store/gone", 0),
    )


def judge(
    stats: Mapping[str, Any],
    *,
    sources: int,
    source_failures: Sequence[tuple[str, str]],
    finish_reason: str,
    peace_until: datetime | None = None,
) -> tuple[Status, str]:
    """Health of a crawl and the note that explains it.

    failed: it ended early, none of the sources asked could be read, or no page that was asked for
    gave an article. degraded: a source, a page or a callback failed, or a host asked for peace
    (``peace_until``). quiet: nothing new, or all sources wait for that. ok: news.
    """
    counts = counts_of(stats)
    errors = Counter[str]()
    for key, number in stats.items():
        if kind := _error_kind(key):
            errors[kind] += number
    unchanged = stats.get("store/unchanged", 0)
    problems = summary(source_failures)
    if counts.failed:
        problems.append(f"{counts.failed} pages could not be fetched")
    if counts.rejected:
        problems.append(f"{counts.rejected} pages are no articles")
    if errors:
        problems.append(f"{errors.total()} errors ({', '.join(sorted(errors))}), see the log")
    if withdrawn := stats.get("store/withdrawn", 0):
        problems.append(f"stored articles gone from their pages: {withdrawn}")
    if not sources and stats.get("discover/waiting", 0):
        problems.append("its sources sleep and were not polled (POLL_LONGEST)")
    postponed = stats.get("discover/postponed", 0)
    if peace_until:
        problems.append(_waiting(postponed, stats.get("fetch/postponed", 0), peace_until))
    if over := stats.get("fetch/over_limit", 0):
        problems.append(f"{over} pages left for the next run (limit)")
    note = "; ".join(problems)
    if finish_reason != "finished":
        return "failed", "; ".join([f"ended early: {finish_reason}", *problems])
    listed = stats.get("discover/read", 0)
    waits = stats.get("discover/waiting", 0) or (postponed and not source_failures)
    if sources and not listed and not waits:
        return "failed", note
    missed = stats.get("store/failed", 0)
    read = counts.stored + counts.revised + unchanged + stats.get("store/unwatched", 0)
    read += stats.get("fetch/unchanged", 0)
    if not read and (errors or missed + counts.rejected >= PAGES_TO_TELL):
        return "failed", note
    if source_failures or missed or errors or (peace_until and listed):
        return "degraded", note
    return ("ok" if counts.stored + counts.revised else "quiet"), note


def _waiting(sources: int, pages: int, until: datetime) -> str:
    counts = {"source": sources, "page": pages}
    told = [f"{n} {name}{'s' * (n != 1)}" for name, n in counts.items() if n]
    verb = "waits" if sources + pages == 1 else "wait"
    return f"{' and '.join(told)} {verb}: the host asked for peace until {timestamp(until)}"


def _error_kind(key: str) -> str | None:
    """The class of the errors that a statistic counts, if it counts errors of the code."""
    group, _, kind = key.partition("/")
    return kind if group in ERROR_STATISTICS and kind != "count" else None


def summary(failures: Sequence[tuple[str, str]]) -> list[str]:
    """Failed sources, given as (source, reason), with equal reasons said once.

    >>> summary([("feed a", "HTTP 503"), ("feed b", "timed out"), ("feed c", "timed out")])
    ['feed a: HTTP 503', '2 sources: timed out']
    """
    by_reason: dict[str, list[str]] = {}
    for source, reason in failures:
        by_reason.setdefault(reason, []).append(source)
    return [
        f"{sources[0] if len(sources) == 1 else f'{len(sources)} sources'}: {reason}"
        for reason, sources in by_reason.items()
    ]


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
        if report.events:
            crawler.signals.connect(report.reading, READING)
            for end in (signals.item_scraped, signals.item_dropped, signals.item_error):
                crawler.signals.connect(report.read, end)
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

    def reading(self, url: str) -> None:
        """Tell the parent which page a worker would die of."""
        assert self.crawler.spider is not None
        tell("reading", outlet=self.crawler.spider.name, url=url)

    def read(self, item: object, spider: OutletSpider) -> None:
        """Tell the parent that a page has gone the whole way."""
        if isinstance(item, Article | NoArticle):
            url = item.asked_url if isinstance(item, Article) else item.url
            tell("read", outlet=spider.name, url=url)

    def item_failed(self, failure: Failure) -> None:
        """Count an error of a stage, as Scrapy itself does for callbacks alone."""
        assert self.crawler.stats is not None
        self.crawler.stats.inc_value(f"item_exceptions/{type(failure.value).__name__}")

    def closed(self, spider: OutletSpider, reason: str) -> None:
        """Judge the crawl and write its row."""
        if self.news:
            self.news.cancel()
        status, note = judge(
            self.stats,
            sources=spider.polled,
            source_failures=spider.source_failures,
            finish_reason=reason,
            peace_until=spider.peace_until,
        )
        outcome = Outcome(
            spider.name,
            status,
            counts_of(self.stats),
            seconds=time.monotonic() - self.started,
            note=note[:LONGEST_NOTE],
            # A host that wants to be left in peace has answered.
            reached=any(self.stats.get(f"discover/{key}") for key in ("answered", "postponed"))
            or not spider.polled,
        )
        try:
            self._record(spider.name, outcome)
        except (DatabaseError, sqlite3.Error) as error:
            # Whoever waits for this crawl must hear of its end all the same.
            outcome.status = "failed"
            outcome.note = outcome.note or complaint(self.crawler.settings["DATABASE"], error)
            spider.logger.error("its row cannot be written: %s", error)
        if self.events:
            tell("closed", **asdict(outcome))

    def _record(self, outlet: str, outcome: Outcome) -> None:
        # A connection of its own: the spider's may be closed by now.
        db = open_database(self.crawler.settings["DATABASE"])
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
            code = int(outcome.status == "failed")
            status = "failed" if code else "ok"
            runs.finish_run(db, run, status=status, exit_code=code, now=datetime.now(UTC))
        db.close()


def tell(event: str, **values: object) -> None:
    """One JSON line on standard output, for the parent of a worker."""
    sys.stdout.write(json.dumps({"event": event, **values}, ensure_ascii=False) + "\n")
    sys.stdout.flush()
