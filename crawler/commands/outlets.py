"""``scrapy outlets``: what is watched, how each outlet fares, and whether its sources answer."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import asdict

import sqlite_utils
from rich.console import Console
from rich.table import Table
from rich.text import Text

from crawler.bar import Bar
from crawler.catalogue import load_all
from crawler.check import Answer, check
from crawler.command import FAILED, OK, UNREACHED, RasidCommand, add_database_option
from crawler.outlet import OutletSpider
from crawler.screen import COLOURS, NOBODY_REACHED
from database.connection import open_database


class Command(RasidCommand):
    def syntax(self) -> str:
        return "[OUTLET …] [--check] [--json] [--db F]"

    def short_desc(self) -> str:
        return "List the outlets, with their sources, articles and last outcome; or check them live"

    def long_desc(self) -> str:
        return (
            self.short_desc() + ". With --check every declared source is asked once and nothing is"
            " written, within a minute. Exit codes: 0 all fine, 1 an outlet cannot be loaded or has"
            " no source that can be read, 4 nothing could be reached."
        )

    def add_own_options(self, parser: argparse.ArgumentParser) -> None:
        add_database_option(parser)
        parser.add_argument("--check", action="store_true", help="ask every source now, live")
        parser.add_argument(
            "--json", action="store_true", help="one JSON object an outlet; with --check a source"
        )

    def execute(self, args: list[str], opts: argparse.Namespace) -> int:
        outlets, errors = load_all(self.spider_modules(), args)
        code = self._check(outlets, opts) if opts.check else self._list(outlets, opts)
        for error in errors:
            print(f"scrapy outlets: {error}", file=sys.stderr)
        return FAILED if errors else code

    def _check(self, outlets: Sequence[type[OutletSpider]], opts: argparse.Namespace) -> int:
        assert self.settings is not None
        total = sum(len(outlet.sources) for outlet in outlets)
        done = 0

        def told() -> None:
            nonlocal done
            done += 1
            bar.show(done, total)

        with Bar("checking", "{task.completed} of {task.total} sources") as bar:
            bar.show(0, total)
            answers = check(outlets, self.settings, told=told)
        if opts.json:
            for answer in answers:
                print(json.dumps(asdict(answer), ensure_ascii=False))
        else:
            Console(width=None if sys.stdout.isatty() else 200).print(_answers(answers))
        if answers and not any(answer.reached for answer in answers):
            print(NOBODY_REACHED, file=sys.stderr)
            return UNREACHED
        fine = {answer.outlet for answer in answers if answer.readable}
        return OK if fine == {outlet.name for outlet in outlets} else FAILED

    def _list(self, outlets: Sequence[type[OutletSpider]], opts: argparse.Namespace) -> int:
        path = self.database_path(opts)
        # Looking makes no file: a fresh clone has none before its first crawl.
        db = open_database(path) if path.exists() else None
        try:
            rows = [outlet.columns() | self._history(db, outlet) for outlet in outlets]
        finally:
            if db:
                db.close()
        if opts.json:
            for row in rows:
                print(json.dumps(row, ensure_ascii=False))
        else:
            Console(width=None if sys.stdout.isatty() else 160).print(_table(rows))
        return OK

    @staticmethod
    def _history(db: sqlite_utils.Database | None, outlet: type[OutletSpider]) -> dict[str, object]:
        """How an outlet fared so far, by what is stored of it."""
        stored, newest, last = 0, None, None
        if db:
            stored, newest = db.execute(
                "select count(*), max(published_at) from articles where outlet = ?", [outlet.name]
            ).fetchone()
            last = db.execute(
                "select outlet_runs.status, note, started_at from outlet_runs"
                " join runs on runs.id = run where outlet = ? order by run desc limit 1",
                [outlet.name],
            ).fetchone()
        status, note, crawled_at = last or (None, None, None)
        return {
            "outlet": outlet.name,
            "articles": stored,
            "newest": newest,
            "status": status,
            "note": note,
            "crawled_at": crawled_at,
        }


def _table(rows: list[dict[str, object]]) -> Table:
    table = Table(show_edge=False, pad_edge=False)
    for name in ("outlet", "title", "sources", "articles", "newest", "last run", "status"):
        table.add_column(name, no_wrap=True)
    table.add_column("note", overflow="fold")
    for row in rows:
        status = str(row["status"] or "")
        sources = row["sources"]
        assert isinstance(sources, list)
        table.add_row(
            Text(str(row["outlet"])),
            Text(str(row["title"])),
            " ".join(sorted({source["kind"] for source in sources})),
            str(row["articles"]),
            str(row["newest"] or ""),
            str(row["crawled_at"] or "never"),
            Text(status, style=COLOURS.get(status, "")),
            Text(str(row["note"] or "")),
        )
    return table


def _answers(answers: Sequence[Answer]) -> Table:
    table = Table(show_edge=False, pad_edge=False)
    table.add_column("outlet", no_wrap=True)
    table.add_column("kind", no_wrap=True)
    table.add_column("source", overflow="fold")
    table.add_column("answer", overflow="fold")
    table.add_column("links", justify="right")
    table.add_column("newest", no_wrap=True)
    table.add_column("ms", justify="right")
    for answer in answers:
        table.add_row(
            Text(answer.outlet),
            answer.kind,
            Text(answer.url),
            Text(answer.answer, style="green" if answer.readable else "bold red"),
            str(answer.links) if answer.readable else "",
            answer.newest or "",
            "" if answer.milliseconds is None else str(answer.milliseconds),
        )
    return table
