"""``scrapy regroup``: find anew which articles are one story."""

from __future__ import annotations

import argparse
import sys
from datetime import UTC, datetime
from pathlib import Path

import sqlite_utils

from crawler.bar import Bar
from crawler.command import LOCKED, OK, CommandError, RasidCommand, add_database_option, moment
from crawler.job import LockedError, lock
from database import grouping
from database.connection import open_database
from database.ledger import timestamp
from database.regroup import regroup
from database.urls import canonical_url


class Command(RasidCommand):
    def syntax(self) -> str:
        return "[--since AGE] [--db F] | --explain ARTICLE ARTICLE"

    def short_desc(self) -> str:
        return "Find anew which stored articles are one story, or say why two are or are not"

    def long_desc(self) -> str:
        return (
            self.short_desc() + ". Needed once after an update that groups otherwise; all or"
            " nothing, so it can be stopped at any time. Stories keep their numbers where their"
            " articles stay the same. An ARTICLE is its number or its address."
        )

    def add_own_options(self, parser: argparse.ArgumentParser) -> None:
        add_database_option(parser)
        parser.add_argument(
            "--since",
            metavar="AGE",
            help="leave older articles alone: 12h, 2d, 1w, 6m, 1y or a date",
        )
        parser.add_argument(
            "--explain", action="store_true", help="why two stored articles are one story or not"
        )
        parser.add_argument("--quiet", action="store_true", help="no progress and no summary")

    def execute(self, args: list[str], opts: argparse.Namespace) -> int:
        path = self.database_path(opts)
        if opts.explain:
            return _explain(path, args)
        if args:
            raise CommandError(f"unexpected argument {args[0]!r}; two articles need --explain")
        since = timestamp(moment(opts.since, datetime.now(UTC)))[:10] if opts.since else None
        db = open_database(path, create=False)
        try:
            with lock(path), Bar("grouping", quiet=opts.quiet) as bar:
                result = regroup(db, since=since, on_progress=bar.show)
        except LockedError as error:
            print(f"scrapy regroup: {error}", file=sys.stderr)
            return LOCKED
        finally:
            db.close()
        if not opts.quiet:
            print(
                f"{result.articles} articles in {result.stories} stories,"
                f" {result.changed} of them changed"
            )
        return OK


def _explain(path: Path, args: list[str]) -> int:
    if len(args) != 2:
        raise CommandError("--explain: give two articles, each by its number or its address")
    db = open_database(path, create=False)
    try:
        numbers = [_article(db, arg) for arg in args]
        if numbers[0] == numbers[1]:
            raise CommandError(f"--explain: {args[0]} and {args[1]} are one stored article")
        a, b = grouping.load(db, numbers)
        print("\n".join(_lines(a, grouping.explain(db, a, b))))
    finally:
        db.close()
    return OK


def _article(db: sqlite_utils.Database, name: str) -> int:
    """The number of a stored article. Raises CommandError when there is none."""
    if name.isdecimal():
        query, value = "select id from articles where id = ?", name
    else:
        query, value = "select article from article_urls where url = ?", canonical_url(name)
    row = db.execute(query, [value]).fetchone()
    if not row:
        raise CommandError(f"{name}: no such stored article; give its number or its address")
    return int(row[0])


def _lines(a: grouping.Member, found: grouping.Finding) -> list[str]:
    b, likeness, verdict = found.other, found.likeness, found.verdict
    numbers = "too few" if likeness.numbers is None else f"{likeness.numbers:.0%}"
    stored = "one story" if a.story == b.story is not None else "two stories"
    return [
        *(
            f"{member.article}  {member.outlet}  {member.at}  {len(member.text.words)} words"
            f"  story {member.story}"
            for member in (a, b)
        ),
        f"{verdict.kind}: {verdict.reason}",
        f"stored as {stored}"
        + (
            ""
            if (stored == "one story") == (verdict.kind == "same")
            else ": a story is kept by its lead, the likest article and the texts of that time"
        ),
        f"runs of three words, weighted by day  {likeness.score:.2f}",
        f"runs of three words                   {likeness.runs:.2f}",
        f"words                                 {likeness.words:.2f}",
        f"opening                               {likeness.lead:.2f}",
        f"title                                 {likeness.title:.2f}",
        f"numbers                               {numbers}",
        f"length of the shorter one             {likeness.length:.2f}",
        *([f"subjects: {' / '.join(likeness.only)}"] if likeness.only else []),
    ]
