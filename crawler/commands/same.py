"""``scrapy same``: are two addresses one page?"""

from __future__ import annotations

import argparse
import json
import sys

from crawler.catalogue import load_all
from crawler.command import FAILED, OK, CommandError, RasidCommand
from crawler.discover import on_site
from crawler.outlet import OutletSpider
from database.urls import article_key, canonical_url, generic_key


class Command(RasidCommand):
    def syntax(self) -> str:
        return "URL URL | --jsonl"

    def short_desc(self) -> str:
        return "Say whether two addresses are one page, with the outlets' own rules"

    def add_own_options(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument(
            "--jsonl", action="store_true", help='read {"a", "b"} a line on standard input'
        )

    def execute(self, args: list[str], opts: argparse.Namespace) -> int:
        outlets, _ = load_all(self.spider_modules())
        if not opts.jsonl:
            if len(args) != 2:
                raise CommandError("give two addresses, or --jsonl with lines on standard input")
            same, why = same_page(args[0], args[1], outlets)
            print(json.dumps({"same": same, "why": why}, ensure_ascii=False))
            return OK
        bad = 0
        for number, line in enumerate(sys.stdin, 1):
            try:
                pair = json.loads(line)
                same, why = same_page(str(pair["a"]), str(pair["b"]), outlets)
            except (ValueError, KeyError, TypeError):
                bad += 1
                print(f'scrapy same: line {number}: is no {{"a", "b"}} object', file=sys.stderr)
                continue
            print(json.dumps({"same": same, "why": why}, ensure_ascii=False))
        return FAILED if bad else OK


def same_page(a: str, b: str, outlets: list[type[OutletSpider]]) -> tuple[bool, str]:
    """Whether two addresses are one page, and by which rule."""
    for outlet in outlets:
        if outlet.article and on_site(a, outlet.domains) and on_site(b, outlet.domains):
            keys = article_key(a, outlet.article), article_key(b, outlet.article)
            if keys[0] and keys[1]:
                return keys[0] == keys[1], f"article keys of {outlet.name}: {keys[0]}, {keys[1]}"
    forms = canonical_url(a), canonical_url(b)
    weak = generic_key(a)
    if forms[0] != forms[1] and weak and weak == generic_key(b):
        return True, f"the number in both: {weak}; the store asks title or text to agree too"
    return forms[0] == forms[1], f"canonical addresses: {forms[0]}, {forms[1]}"
