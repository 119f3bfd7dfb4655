"""``scrapy history``: the versions of an article, and what changed between them."""

from __future__ import annotations

import argparse
import os
import sys
from contextlib import closing

import sqlite_utils

from crawler.catalogue import load_all
from crawler.command import OK, CommandError, RasidCommand, add_database_option, as_json
from crawler.discover import on_site
from crawler.fetch import one_line
from crawler.versions import as_object, lines
from database import history
from database.connection import open_database
from database.urls import article_key

LARGEST_NUMBER = 2**63 - 1


class Command(RasidCommand):
    def syntax(self) -> str:
        return "URL|ARTICLE_ID [options]"

    def short_desc(self) -> str:
        return "Show an article's versions, and the words that each inserted and deleted"

    def long_desc(self) -> str:
        return (
            self.short_desc() + ". Any address of the article finds it. A line begins with"
            " + (inserted), - (deleted) or ~ (changed within); without colours the words stand in"
            " {+ +} and [- -]."
        )

    def add_own_options(self, parser: argparse.ArgumentParser) -> None:
        add_database_option(parser)
        parser.add_argument("--json", action="store_true", help="for machines")
        parser.add_argument("--full", action="store_true", help="each version's whole text too")

    def execute(self, args: list[str], opts: argparse.Namespace) -> int:
        if len(args) != 1:
            raise CommandError("give one address, or the number of an article (articles.id)")
        with closing(open_database(self.database_path(opts), create=False)) as db:
            found = history.read(db, self._number(db, args[0]))
        if found is None:
            raise CommandError(f"no article has the number {args[0]}; give an address instead")
        if opts.json:
            shown = as_object(found, full=opts.full)
            print(as_json(shown))
        else:
            print("\n".join(lines(found, full=opts.full, colour=_has_colours())))
        return OK

    def _number(self, db: sqlite_utils.Database, named: str) -> int:
        if named.isascii() and named.isdigit():
            return min(int(named[:20]), LARGEST_NUMBER)
        address = named if "://" in named else f"https://{named}"
        number = history.find(db, address, self._keys(address))
        if number is None:
            raise CommandError(_unknown(db, address))
        return number

    def _keys(self, address: str) -> list[tuple[str, str]]:
        outlets, _ = load_all(self.spider_modules())
        return [
            (outlet.name, key)
            for outlet in outlets
            if on_site(address, outlet.domains) and (key := article_key(address, outlet.article))
        ]


def _unknown(db: sqlite_utils.Database, address: str) -> str:
    state = history.page_state(db, address)
    if state is None:
        cure = "check its spelling, or name another database with --db"
        return f"{one_line(address)}: no article has this address; {cure}"
    status, reason = state
    told = f"{status}: {one_line(reason)}" if reason else status
    return f"{one_line(address)}: its page is {told}; only stored articles have a history"


def _has_colours() -> bool:
    """On a terminal alone, and not where NO_COLOR (no-color.org) or a dumb one forbids it."""
    wanted = not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
    return wanted and sys.stdout.isatty()
