"""``scrapy ingest``: an existing archive through the same pipelines."""

from __future__ import annotations

import argparse
import shlex
import sys
from datetime import UTC, datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import sqlite_utils

import watchlist
from crawler import retagging
from crawler.archive import Archive, Ingest, ingest
from crawler.bar import Bar
from crawler.catalogue import load_all
from crawler.command import (
    FAILED,
    MISUSED,
    OK,
    CommandError,
    RasidCommand,
    StopOnSignal,
    add_database_option,
    existing_file,
)
from crawler.fetch import one_line
from database import runs, watches
from database.connection import open_database
from watchlist import Watchlist


class Command(RasidCommand):
    def syntax(self) -> str:
        return "FILE.jsonl[.gz] [options]"

    def short_desc(self) -> str:
        return "Store an existing archive (JSON Lines) through the same pipelines as a crawl"

    def long_desc(self) -> str:
        return (
            self.short_desc() + ". Keys of a line: url, title, text or body, date, author, outlet;"
            " also modified, subtitle, excerpt, section, tags, image_url, caption."
            " A malformed line costs that line (exit code 1)."
            " It can be stopped and started again."
        )

    def add_own_options(self, parser: argparse.ArgumentParser) -> None:
        add_database_option(parser)
        parser.add_argument("--outlet", metavar="NAME", help="the outlet of every line")
        parser.add_argument(
            "--timezone",
            metavar="ZONE",
            help="of dates that name none (default: the outlet's; unknown: only the day is kept)",
        )

    def execute(self, args: list[str], opts: argparse.Namespace) -> int:
        assert self.settings is not None
        if len(args) != 1:
            raise CommandError("name one file, as `scrapy ingest archive.jsonl.gz`")
        path = existing_file(args[0])
        outlets, _ = load_all(self.spider_modules())
        archive = Archive(path, outlets, opts.outlet, check_timezone(opts.timezone))
        watched = watchlist.load(self.settings["WATCHLIST"])
        db = open_database(self.database_path(opts))
        try:
            if behind := retagging.notice(db, watched):
                print(behind, file=sys.stderr)
            watches.sync(db, watched, now=datetime.now(UTC))
            return self._recorded(db, archive, watched)
        finally:
            db.close()

    @staticmethod
    def _recorded(db: sqlite_utils.Database, archive: Archive, watched: Watchlist) -> int:
        """Ingest as a run of its own, whose row says how it ended, and give the exit code."""
        command = shlex.join(["scrapy", "ingest", archive.path.name])
        run = runs.start_run(db, command, datetime.now(UTC))
        status, code = "failed", MISUSED
        stopped = StopOnSignal()
        try:
            size = archive.path.stat().st_size
            with Bar("ingesting", "{task.fields[count]} lines") as bar:
                bar.show(0, size)
                state = ingest(
                    archive,
                    db,
                    watched,
                    on_progress=lambda state, read: bar.show(read, size, state.lines),
                    stop=lambda: stopped.asked,
                )
            code = FAILED if state.bad_lines or state.stopped else OK
            status = "stopped" if state.stopped else "failed" if code else "ok"
        finally:
            runs.finish_run(db, run, status=status, exit_code=code, now=datetime.now(UTC))
        _summarise(state)
        return code


def check_timezone(name: str | None) -> str | None:
    """The name itself. Raises CommandError for one that is no IANA time zone."""
    if name is not None:
        try:
            ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            cure = "write an IANA name, as Asia/Damascus"
            raise CommandError(f"--timezone {name!r}: {cure}") from None
    return name


def _summarise(state: Ingest) -> None:
    for number, reason in state.bad:
        print(f"line {number}: {one_line(reason)}", file=sys.stderr)
    if state.bad_lines > len(state.bad):
        print(f"and {state.bad_lines - len(state.bad)} more bad lines", file=sys.stderr)
    tally = state.tally
    print(
        f"{state.lines} lines: {tally['store/new']} stored, {tally['store/unchanged']} unchanged,"
        f" {tally['store/revised']} revised, {tally['store/joined']} joined a story,"
        f" {tally['tag/matched']} match a watch, {tally['normalise/undated']} undated,"
        f" {state.bad_lines} bad" + ("; stopped, run it again to go on" if state.stopped else "")
    )
