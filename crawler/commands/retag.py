"""``scrapy retag``: the archive follows an edited watchlist."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from contextlib import closing
from datetime import UTC, datetime
from difflib import get_close_matches

import sqlite_utils

import watchlist
from arabic.fold import fold
from crawler import job, retagging
from crawler.command import (
    FAILED,
    LOCKED,
    OK,
    CommandError,
    RasidCommand,
    add_database_option,
)
from crawler.fetch import one_line
from database import retag, watches
from database.connection import open_database
from watchlist import Watch, Watchlist

NOTHING = "nothing to retag: the archive follows the watchlist"


class Command(RasidCommand):
    def syntax(self) -> str:
        return "[WATCH …] [options]"

    def short_desc(self) -> str:
        return "Make the archive's matches follow the edited watchlist"

    def long_desc(self) -> str:
        return (
            self.short_desc() + ": the watches whose meaning changed, or those named. What it"
            " finds is no news: it is marked as found by a retag. It can be stopped, even killed,"
            " and started again. Exit codes: 0 done or nothing to do, 1 stopped, 2 wrong usage or"
            " configuration, 3 a run holds the lock."
        )

    def add_own_options(self, parser: argparse.ArgumentParser) -> None:
        add_database_option(parser)
        parser.add_argument(
            "--dry-run", action="store_true", help="show what would change, and change nothing"
        )
        parser.add_argument(
            "--show",
            type=int,
            default=3,
            metavar="N",
            help="with --dry-run: examples of each kind (default 3)",
        )
        parser.add_argument(
            "--all", action="store_true", help="every watch, or those named, over every article"
        )
        parser.add_argument("--quiet", action="store_true", help="no progress and no table")

    def execute(self, args: list[str], opts: argparse.Namespace) -> int:
        assert self.settings is not None
        if opts.show < 0:
            raise CommandError(f"--show {opts.show}: give a number from 0")
        watched = watchlist.load(self.settings["WATCHLIST"])
        named = _named(args, watched)
        path = self.database_path(opts)
        with closing(open_database(path, create=False)) as db:
            if opts.dry_run:
                return _preview(db, watched, named, opts)
            try:
                with job.lock(path):
                    return _retag(db, watched, named, opts)
            except job.LockedError as error:
                print(f"scrapy retag: {error}", file=sys.stderr)
                return LOCKED
            except retag.SupersededError as error:
                print(f"scrapy retag: {error}", file=sys.stderr)
                return FAILED


def _named(args: Sequence[str], watched: Watchlist) -> list[Watch]:
    """The watches that the arguments name, all where they name none. Raises CommandError."""
    known = {fold(watch.name): watch for watch in watched.watches}
    for name in args:
        if fold(name) not in known:
            close = get_close_matches(fold(name), known, n=1)
            cure = f"did you mean {known[close[0]].name}?" if close else "see `watchlist.toml`"
            raise CommandError(f"no watch «{one_line(name)}»; {cure}")
    wanted = set(map(fold, args)) or known.keys()
    return [watch for name, watch in known.items() if name in wanted]


def _chosen(
    db: sqlite_utils.Database, watched: Watchlist, named: list[Watch], opts: argparse.Namespace
) -> list[Watch]:
    if opts.all:
        return named
    behind = {watch.name for watch in watches.pending(db, watched)}
    return [watch for watch in named if watch.name in behind]


def _preview(
    db: sqlite_utils.Database, watched: Watchlist, named: list[Watch], opts: argparse.Namespace
) -> int:
    chosen = _chosen(db, watched, named, opts)
    _tell_removed(db, watched)
    if not chosen:
        print(NOTHING)
        return OK
    preview = retagging.Preview([watch.name for watch in chosen], opts.show)
    with retagging.progress(quiet=opts.quiet) as bar:
        for difference in retag.preview(db, chosen, every_article=opts.all, on_progress=bar.show):
            preview.add(difference)
    preview.print()
    return OK


def _retag(
    db: sqlite_utils.Database, watched: Watchlist, named: list[Watch], opts: argparse.Namespace
) -> int:
    chosen = _chosen(db, watched, named, opts)
    if not opts.quiet:
        _tell_removed(db, watched)
    if chosen:
        finished = retagging.carry_out(
            db, watched, chosen, every_article=opts.all, quiet=opts.quiet
        )
        return OK if finished else FAILED
    watches.sync(db, watched, now=datetime.now(UTC))
    if not opts.quiet:
        print(NOTHING)
    return OK


def _tell_removed(db: sqlite_utils.Database, watched: Watchlist) -> None:
    for name in watches.removed(db, watched):
        query = "select count(*) from matches where watch = ?"
        (count,) = db.execute(query, [name]).fetchone()
        print(f"{one_line(name)}: no longer in the watchlist; its {count} matches stay as history")
