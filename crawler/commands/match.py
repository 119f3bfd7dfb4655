"""``scrapy match``: the watches that a text matches, for people who pipe."""

from __future__ import annotations

import argparse
import io
import json
import sys
from collections.abc import Sequence
from typing import TextIO

import watchlist
from crawler.command import FAILED, OK, RasidCommand, as_json
from watchlist import Match

_KEYS = ("title", "subtitle", "body", "section", "outlet", "language")


class Command(RasidCommand):
    def syntax(self) -> str:
        return "[--watchlist F] [--jsonl] < TEXT"

    def short_desc(self) -> str:
        return "Show which watches a text on standard input matches, with the exact spans"

    def add_own_options(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("--watchlist", metavar="F", help="(default: watchlist.toml)")
        parser.add_argument(
            "--jsonl",
            action="store_true",
            help='read {"id", "title", "body"} a line; also subtitle, section, outlet, language',
        )

    def execute(self, args: list[str], opts: argparse.Namespace) -> int:
        assert self.settings is not None
        watches = watchlist.load(opts.watchlist or self.settings["WATCHLIST"])
        if not opts.jsonl:
            body = standard_input().read()
            _print(None, watches.match(body=body), {"body": body})
            return OK
        bad = 0
        for number, line in enumerate(standard_input(), 1):
            if not line.strip():
                continue
            try:
                record = json.loads(line)
                texts = {name: record.get(name) or "" for name in _KEYS}
                _print(record.get("id"), watches.match(**texts), texts)
            except (ValueError, AttributeError, TypeError, RecursionError):
                bad += 1
                print(
                    f'scrapy match: line {number}: is no {{"id", "title", "body"}} object',
                    file=sys.stderr,
                )
        return FAILED if bad else OK


def standard_input() -> TextIO:
    """Return standard input, with U+FFFD for each byte that is not UTF-8."""
    if isinstance(sys.stdin, io.TextIOWrapper):
        sys.stdin.reconfigure(encoding="utf-8", errors="replace")
    return sys.stdin


def _print(identity: object, matches: Sequence[Match], texts: dict[str, str]) -> None:
    shown = [
        {
            "watch": match.watch,
            "hits": [
                {
                    "term": hit.term,
                    "field": hit.field,
                    "start": hit.start,
                    "end": hit.end,
                    "text": texts[hit.field][hit.start : hit.end],
                }
                for hit in match.hits
            ],
        }
        for match in matches
    ]
    print(as_json({"id": identity, "matches": shown}, indent=None))
