"""``scrapy demo``: the main job on the pretend web, and whether its result is the truth."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import sqlite_utils

import watchlist
from crawler import job
from crawler.catalogue import outlet_names
from crawler.command import (
    FAILED,
    LOCKED,
    OK,
    CommandError,
    RasidCommand,
    add_database_option,
)
from crawler.crew import Job
from crawler.report import Outcome
from crawler.screen import Screen, print_result
from crawler.settings import DEMO_DATABASE, ROOT
from database import watches
from database.connection import open_database
from demo.compare import compare
from demo.manifest import Manifest
from demo.newsroom import MAX_ARTICLES, NEXT_DAY, Newsroom, build

SPIDERS = ["demo.spiders"]
DIFFERENCES_SHOWN = 20
LATER = NEXT_DAY + timedelta(days=1)
"""From this instant on the demo shows the web as it quietly changed."""
RESTS = NEXT_DAY + timedelta(days=7)
"""From this instant on the demo's outlets, which publish no more, may be called silent."""


class Command(RasidCommand):
    def syntax(self) -> str:
        return "[--db F] [--articles N] [--seed N]"

    def short_desc(self) -> str:
        return "Run the main job on a pretend web of Arabic outlets, on this machine alone"

    def long_desc(self) -> str:
        return (
            self.short_desc() + ", then compare the database with the truth. With the same"
            " arguments again: the second run, which asks for no article. With"
            f" -s NOW={LATER:%Y-%m-%dT%H:%MZ} then: a later run, which finds an edit that no feed"
            " tells of and misses an article; two hours later it is gone."
        )

    def add_own_options(self, parser: argparse.ArgumentParser) -> None:
        add_database_option(parser, "data/demo.db")
        parser.add_argument("--articles", type=int, default=140, metavar="N", help="default 140")
        parser.add_argument("--seed", type=int, default=1, metavar="N", help="default 1")
        parser.add_argument("--workers", type=int, metavar="N", help="default: one a core")

    def database_path(self, opts: argparse.Namespace) -> Path:
        return Path(opts.db or DEMO_DATABASE).absolute()

    def execute(self, args: list[str], opts: argparse.Namespace) -> int:
        from demo.server import DemoServer  # slow to import, and no other command needs it

        if args:
            raise CommandError(
                f"unexpected argument {args[0]!r}; `scrapy demo -h` lists the options"
            )
        try:
            newsroom, now = self._edition(build(opts.articles, opts.seed))
        except ValueError as error:
            raise CommandError(str(error)) from error
        path = self.database_path(opts)
        command = f"scrapy demo --articles {opts.articles} --seed {opts.seed}"
        workers = opts.workers or os.cpu_count() or 1
        try:
            with DemoServer(newsroom) as server:
                result = crawl(path, server.port, now=now, command=command, workers=workers)
                requests = list(server.requests)
        except job.LockedError as error:
            print(f"scrapy demo: {error}", file=sys.stderr)
            return LOCKED
        print_result(result)
        if result.stopped:
            return FAILED
        asked = sum(record.path != "/robots.txt" for record in requests)
        print(f"\n{asked} requests to {len(result.outcomes)} outlets")
        problems = [
            *unexpected(result.outcomes, newsroom.manifest, rested=now >= RESTS),
            *compare(path, newsroom.manifest),
        ]
        _conclude(problems, newsroom, path)
        return FAILED if problems else OK

    def _edition(self, first: Newsroom) -> tuple[Newsroom, datetime]:
        """The web as it stands at the instant that the setting NOW names, and that instant."""
        assert self.settings is not None
        named = self.settings["NOW"]
        if not named:
            return first, first.now
        try:
            now = datetime.fromisoformat(named)
        except ValueError:
            now = first.now.replace(tzinfo=None)
        if now.tzinfo is None or now < first.now:
            raise CommandError(
                f"NOW={named}: write an instant with its zone, from {first.now:%Y-%m-%dT%H:%MZ} on"
            )
        return (first.quietly_changed() if now >= LATER else first), now


def crawl(
    path: Path,
    port: int,
    *,
    now: datetime,
    command: str,
    workers: int,
    outlets: Sequence[str] = (),
    changes: Mapping[str, Any] | None = None,
) -> job.Result:
    """Run the job on the demo server at ``port``, with the crawl's clock standing at ``now``.

    Without ``outlets`` it crawls all of the demo's; ``changes``: settings other than those of the
    demo. Raises CommandError for a database that holds something else, LockedError.
    """
    outlets = outlets or outlet_names(SPIDERS)
    settings: dict[str, Any] = {
        "SPIDER_MODULES": SPIDERS,
        "DOWNLOAD_HANDLERS": {
            "http": "demo.handler.LoopbackHandler",
            "https": "demo.handler.LoopbackHandler",
        },
        "DEMO_PORT": port,
        "PRIVATE_ADDRESSES": f"127.0.0.1:{port}",
        "NOW": now.isoformat(),
        "DATABASE": str(path),
        "WATCHLIST": str(ROOT / "demo" / "watchlist.toml"),
        # Politeness towards oneself: nobody else reads these pages.
        "DOWNLOAD_DELAY": 0,
        "AUTOTHROTTLE_ENABLED": False,
        "CONCURRENT_REQUESTS_PER_DOMAIN": 8,
        "PAGES_PER_OUTLET": MAX_ARTICLES,
        "RECHECKS_PER_OUTLET": 10_000,
    } | dict(changes or {})
    work = Job(outlets, command, workers=min(workers, len(outlets)), settings=settings)
    db = open_database(path)
    try:
        _refuse_other_content(db, path, command)
        with job.lock(path) as held, Screen(len(outlets), quiet=False) as screen:
            watches.sync(db, watchlist.load(settings["WATCHLIST"]), now=datetime.now(UTC))
            return job.run(work, db, job.run_log(path.with_suffix(".log")), screen, held)
    finally:
        db.close()


def unexpected(
    outcomes: Sequence[Outcome], manifest: Manifest, *, rested: bool = False
) -> list[str]:
    """Outlets that fared otherwise than the pretend web lets them; ``rested``: for a week or more
    none has published."""
    problems = []
    for outcome in outcomes:
        if outcome.outlet in manifest.failed:
            expected = ["failed"]
        elif outcome.outlet in manifest.degraded:
            expected = ["degraded"]
        else:
            expected = ["ok", "quiet"]
        if rested and outcome.outlet not in manifest.failed:
            expected.append("silent")
        if outcome.status not in expected:
            problems.append(
                f"{outcome.outlet}: {outcome.status}, expected {' or '.join(expected)}:"
                f" {outcome.note}"
            )
    return problems


def _refuse_other_content(db: sqlite_utils.Database, path: Path, command: str) -> None:
    row = db.execute("select command from runs where command != ? limit 1", [command]).fetchone()
    if row:
        raise CommandError(
            f"{path}: was made by `{row[0]}`; remove it or name another file with --db"
        )


def _conclude(problems: list[str], newsroom: Newsroom, path: Path) -> None:
    manifest = newsroom.manifest
    for problem in problems[:DIFFERENCES_SHOWN]:
        print(f"  {problem}")
    if len(problems) > DIFFERENCES_SHOWN:
        print(f"  and {len(problems) - DIFFERENCES_SHOWN} more")
    if problems:
        print(f"{len(problems)} differences from the truth")
        return
    expected = [f"{name} (failed)" for name in manifest.failed]
    expected += [f"{name} (degraded)" for name in manifest.degraded]
    print(
        f"the database equals the truth: {len(manifest.articles)} articles,"
        f" {len({truth.story for truth in manifest.articles})} stories,"
        f" {sum(len(truth.matches) for truth in manifest.articles)} matches"
    )
    print(f"these outlets fail on purpose: {', '.join(expected)}")
    print(f"look at it: make serve, or scrapy serve --db {os.path.relpath(path)}")
