"""``scrapy run``: the scheduled job."""

from __future__ import annotations

import argparse
import os
import shlex
import sys
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import SplitResult

import sqlite_utils
from scrapy.settings import SETTINGS_PRIORITIES

import watchlist
from crawler import job, retagging
from crawler.catalogue import check_names, outlet_names
from crawler.command import (
    FAILED,
    LOCKED,
    CommandError,
    RasidCommand,
    add_database_option,
    moment,
    split_address,
)
from crawler.configuration import check_settings
from crawler.crew import Bounds, Job
from crawler.guard import read_permits
from crawler.screen import Screen, print_result
from crawler.site import site_name
from database import regroup, watches
from database.connection import open_database
from database.ledger import timestamp
from database.retag import SupersededError
from watchlist import Watchlist

NO_CONTACT = (
    "scrapy run: webmasters cannot reach you: set RASID_CONTACT to a page or address of yours"
)


class Command(RasidCommand):
    def syntax(self) -> str:
        return "[OUTLET …] [--url URL] [options]"

    def short_desc(self) -> str:
        return "Crawl all outlets, or the named ones, into the database (the job for cron)"

    def long_desc(self) -> str:
        return (
            self.short_desc()
            + ". Exit codes: 0 healthy, 1 an outlet failed, is blocked or silent, 2 wrong"
            " usage or configuration, 3 another run holds the lock, 4 no outlet could be reached."
        )

    def add_own_options(self, parser: argparse.ArgumentParser) -> None:
        add_database_option(parser)
        parser.add_argument("--url", help="crawl this site, feed or page, without an outlet class")
        parser.add_argument(
            "--limit", type=int, metavar="N", help="read at most N pages of each outlet"
        )
        parser.add_argument(
            "--workers", type=int, metavar="N", help="worker processes (default: one a core)"
        )
        parser.add_argument(
            "--since",
            metavar="AGE",
            help="leave older articles alone: 12h, 2d, 1w, 6m, 1y or a date",
        )
        parser.add_argument(
            "--full",
            action="store_true",
            help="read every source whole, and ask again for all that is not stored",
        )
        parser.add_argument(
            "--retag", action="store_true", help="first make the archive follow the watchlist"
        )
        parser.add_argument(
            "--quiet", action="store_true", help="no progress, and a table only on trouble"
        )

    def execute(self, args: list[str], opts: argparse.Namespace) -> int:
        assert self.settings is not None
        check_settings(self.settings)
        outlets = self._outlets(args, opts)
        settings = self._worker_settings(opts)
        work = Job(
            outlets=outlets,
            command=shlex.join(["scrapy", "run", *sys.argv[2:]]),
            url=opts.url,
            workers=self._workers(opts, outlets),
            settings=settings,
            bounds=self._bounds(),
        )
        path = self.database_path(opts)
        # Checked before any work: a mistyped key must not cost a night.
        read_permits(self.settings.getlist("PRIVATE_ADDRESSES"))
        watches_wanted = watchlist.load(settings["WATCHLIST"])
        db = open_database(path)
        try:
            with job.lock(path) as held:
                if not _follows(db, watches_wanted, opts):
                    return FAILED
                watches.sync(db, watches_wanted, now=datetime.now(UTC))
                waiting = regroup.ungrouped(db)
                self._warn_of_no_contact(opts)
                log = job.run_log(Path(settings["RUN_LOG"]))
                with Screen(len(outlets), quiet=opts.quiet) as screen:
                    result = job.run(work, db, log, screen, held)
        except job.LockedError as error:
            print(f"scrapy run: {error}", file=sys.stderr)
            return LOCKED
        except SupersededError as error:
            print(f"scrapy run: {error}", file=sys.stderr)
            return FAILED
        finally:
            db.close()
        if result.exit_code or not opts.quiet:
            print_result(result)
        if waiting and not opts.quiet:
            print("articles of an older version are in no index of likeness: run `scrapy regroup`")
        return result.exit_code

    def _outlets(self, args: list[str], opts: argparse.Namespace) -> list[str]:
        if opts.url is None:
            modules = self.spider_modules()
            check_names(args, modules)
            return list(dict.fromkeys(args)) or outlet_names(modules)
        if args:
            raise CommandError("give outlets or --url, not both")
        parts = split_address(opts.url)
        if parts.username is not None:
            raise CommandError("--url: leave out the user and the password before the host")
        if (
            parts.scheme not in ("http", "https")
            or not parts.hostname
            or not _has_port(parts)
            or any(map(str.isspace, opts.url))
        ):
            raise CommandError(
                f"--url {opts.url!r}: write the whole address, as https://example.net"
            )
        return [site_name(opts.url)]

    def _worker_settings(self, opts: argparse.Namespace) -> dict[str, str]:
        assert self.settings is not None
        chosen = {
            name: self.settings[name]
            for name in self.settings
            if self.settings.getpriority(name) == CMDLINE
        }
        chosen |= {
            name: str(Path(self.settings[name]).absolute()) for name in ("WATCHLIST", "RUN_LOG")
        }
        chosen["DATABASE"] = str(self.database_path(opts))
        if opts.limit is not None:
            if opts.limit < 1:
                raise CommandError(f"--limit {opts.limit}: give a number from 1")
            chosen["PAGES_PER_OUTLET"] = str(opts.limit)
        if opts.full:
            chosen["FULL"] = "1"
        if opts.since:
            chosen["SINCE"] = timestamp(moment(opts.since, datetime.now(UTC)))
        return chosen

    def _warn_of_no_contact(self, opts: argparse.Namespace) -> None:
        assert self.settings is not None
        if not opts.quiet and not self.settings["CONTACT"]:
            print(NO_CONTACT, file=sys.stderr)

    def _bounds(self) -> Bounds:
        assert self.settings is not None
        patience = self.settings.getfloat("WORKER_PATIENCE")
        most = self.settings.getfloat("CLOSESPIDER_TIMEOUT")
        return Bounds(
            patience, self.settings.getint("WORKER_MEMORY"), most + patience if most else 0
        )

    @staticmethod
    def _workers(opts: argparse.Namespace, outlets: list[str]) -> int:
        if opts.workers is not None and opts.workers < 1:
            raise CommandError(f"--workers {opts.workers}: give a number from 1")
        return min(opts.workers or os.cpu_count() or 1, len(outlets)) or 1


def _has_port(parts: SplitResult) -> bool:
    """Whether the port, where one is named, can be one."""
    try:
        return parts.port != 0
    except ValueError:
        return False


def _follows(
    db: sqlite_utils.Database, watches_wanted: Watchlist, opts: argparse.Namespace
) -> bool:
    """Retag the archive, or say that it needs it; False when the retag was stopped."""
    behind = watches.pending(db, watches_wanted)
    if behind and opts.retag:
        return retagging.carry_out(db, watches_wanted, behind, quiet=opts.quiet)
    if message := retagging.notice(db, watches_wanted):
        print(message, file=sys.stderr)
    return True


CMDLINE = SETTINGS_PRIORITIES["cmdline"]
"""Scrapy's priority of settings given with ``-s``."""
