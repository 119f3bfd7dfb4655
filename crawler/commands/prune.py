"""``scrapy prune``: old articles and runs go, that the articles were known stays."""

from __future__ import annotations

import argparse
import sys
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import sqlite_utils

from crawler.bar import Bar
from crawler.command import (
    FAILED,
    LOCKED,
    OK,
    CommandError,
    RasidCommand,
    StopOnSignal,
    add_database_option,
    moment,
)
from crawler.fetch import one_line
from crawler.job import LockedError, lock
from database.backup import mega
from database.connection import open_database
from database.ledger import timestamp
from database.prune import (
    NoRoomError,
    Pruned,
    old_runs,
    outlets,
    prune,
    prune_runs,
    reclaim,
    runs_limit,
    size,
)


class Command(RasidCommand):
    def syntax(self) -> str:
        return "--older-than AGE [--keep-matched] [--dry-run] [--db F]"

    def short_desc(self) -> str:
        return "Delete old articles and records of runs, and give their room back to the disk"

    def long_desc(self) -> str:
        return (
            self.short_desc() + ". The ledger keeps that their pages were known, so no run fetches"
            " them again. Runs of the last 90 days stay, and the last ones of each outlet. It can"
            " be stopped, even killed, and started again; there is no way back but a backup. Exit"
            " codes: 0 done, 1 stopped or the room could not be reclaimed, 2 wrong usage, 3 a run"
            " holds the lock."
        )

    def add_own_options(self, parser: argparse.ArgumentParser) -> None:
        add_database_option(parser)
        parser.add_argument(
            "--older-than",
            metavar="AGE",
            help="published or, undated, first seen before: 12h, 2d, 1w, 6m, 1y or a date",
        )
        parser.add_argument(
            "--keep-matched", action="store_true", help="leave what a watch matches"
        )
        parser.add_argument(
            "--dry-run", action="store_true", help="show what would go, and delete nothing"
        )
        parser.add_argument("--quiet", action="store_true", help="no progress and no summary")

    def execute(self, args: list[str], opts: argparse.Namespace) -> int:
        if args:
            raise CommandError(f"unexpected argument {args[0]!r}; write --older-than {args[0]}")
        now = datetime.now(UTC)
        before = _before(opts.older_than, now)
        runs_before = runs_limit(before, now)
        path = self.database_path(opts)
        with closing(open_database(path, create=False)) as db:
            if opts.dry_run:
                _show(db, before, runs_before, opts)
                return OK
            try:
                with lock(path):
                    return _prune(db, path, before, runs_before, opts)
            except LockedError as error:
                print(f"scrapy prune: {error}", file=sys.stderr)
                return LOCKED


def _before(age: str | None, now: datetime) -> datetime:
    if not age:
        raise CommandError("say what is old, as `scrapy prune --older-than 1y`")
    before = moment(age, now, "--older-than")
    if before > now:
        raise CommandError(f"--older-than {age}: is still to come; every article would go")
    return before


def _show(
    db: sqlite_utils.Database, before: datetime, runs_before: datetime, opts: argparse.Namespace
) -> None:
    counts = outlets(db, before, keep_matched=opts.keep_matched)
    for outlet, count in counts.items():
        print(f"{count:9,}  {one_line(outlet)}")
    print(f"{sum(counts.values()):9,}  articles before {timestamp(before)} would go")
    print(f"{len(old_runs(db, runs_before)):9,}  runs before {timestamp(runs_before)} would go")


def _prune(
    db: sqlite_utils.Database,
    path: Path,
    before: datetime,
    runs_before: datetime,
    opts: argparse.Namespace,
) -> int:
    stopped = StopOnSignal()
    size_before = size(path)
    with Bar("pruning", "{task.completed} of {task.total} articles", quiet=opts.quiet) as bar:
        result = prune(
            db,
            before,
            keep_matched=opts.keep_matched,
            on_progress=bar.show,
            stop=lambda: stopped.asked,
        )
    runs = Pruned(0, finished=False)
    if result.finished:
        runs = prune_runs(db, runs_before, stop=lambda: stopped.asked)
    trouble: str | None = "stopped: run it again to go on"
    if runs.finished:
        trouble = _reclaim(db, stopped)
    if not opts.quiet:
        print(
            f"{result.count:,} articles and {runs.count:,} runs pruned;"
            f" {mega(size_before)} before, {mega(size(path))} now"
        )
    if trouble:
        print(f"scrapy prune: {trouble}", file=sys.stderr)
    return FAILED if trouble else OK


def _reclaim(db: sqlite_utils.Database, stopped: StopOnSignal) -> str | None:
    """Reclaim the room; why that was not done, if it was not."""
    try:
        done = reclaim(db, stop=lambda: stopped.asked)
    except NoRoomError as error:
        return str(error)
    return None if done else "stopped before the room was reclaimed: run it again"
