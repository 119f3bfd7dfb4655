"""``scrapy freeze``: a page of an outlet, and what extraction gives, as a case for the tests."""

from __future__ import annotations

import argparse
import json
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from scrapy.http import HtmlResponse

from crawler.catalogue import load_all, load_outlet, outlet_of
from crawler.command import OK, CommandError, RasidCommand
from crawler.items import Article, NoArticle
from crawler.outlet import OutletSpider
from crawler.page import FetchedPage, PageError, fetch_page
from crawler.settings import ROOT
from database.ledger import Link, timestamp
from pipelines.normalise import normalise

FIXTURES = ROOT / "tests" / "outlets"
FIELDS = (
    "article_key",
    "title",
    "subtitle",
    "author",
    "section",
    "tags",
    "image_url",
    "caption",
    "language",
    "published_at",
    "published_precision",
    "published_source",
    "modified_at",
)
LONGEST_NAME = 60


class Command(RasidCommand):
    def syntax(self) -> str:
        return "URL [--outlet NAME]"

    def short_desc(self) -> str:
        return "Keep a page and what was read from it as a case for the tests"

    def add_own_options(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("--outlet", metavar="NAME", help="read it as this outlet's page")

    def execute(self, args: list[str], opts: argparse.Namespace) -> int:
        assert self.settings is not None
        if len(args) != 1 or not args[0].startswith(("http://", "https://")):
            raise CommandError("name one address, as `scrapy freeze https://example.net/story/1`")
        outlet = self._outlet(args[0], opts.outlet)
        try:
            page = fetch_page(args[0], self.settings)
        except PageError as error:
            raise CommandError(f"{args[0]}: {error}") from error
        for path in freeze(page, outlet, now=datetime.now(UTC), folder=FIXTURES / outlet.name):
            print(path)
        return OK

    def _outlet(self, url: str, name: str | None) -> type[OutletSpider]:
        modules = self.spider_modules()
        if name:
            return load_outlet(name, modules)
        outlet = outlet_of(url, load_all(modules)[0])
        if outlet is None:
            raise CommandError(f"{url}: is of no known outlet; name one with --outlet")
        return outlet


def freeze(
    page: FetchedPage, outlet: type[OutletSpider], *, now: datetime, folder: Path
) -> tuple[Path, Path]:
    """Write the page and its case into ``folder``; gives their paths.

    Raises CommandError when one of them is there already.
    """
    found = read_page(page, outlet, now=now)
    stem = folder / _case_name(page.url, found, now)
    html, case = stem.with_name(f"{stem.name}.html"), stem.with_name(f"{stem.name}.json")
    for path in (html, case):
        if path.exists():
            raise CommandError(f"{path}: is there already; remove it to freeze the page anew")
    folder.mkdir(parents=True, exist_ok=True)
    html.write_bytes(page.body)
    text = json.dumps(_case(page, found, now), ensure_ascii=False, indent=2)
    case.write_text(f"{text}\n", encoding="utf-8")
    return html, case


def read_page(
    page: FetchedPage, outlet: type[OutletSpider], *, now: datetime
) -> Article | NoArticle:
    """Read a page as the outlet's crawl at ``now`` (aware) would: decode, extract, normalise."""
    spider = outlet()
    spider.clock = lambda: now
    headers = {"Content-Type": f"text/html; charset={page.charset}"} if page.charset else {}
    response = HtmlResponse(page.url, headers=headers, body=page.body)
    found = spider.read(response, Link(page.url))
    return normalise(found, now=now) if isinstance(found, Article) else found


def _case(page: FetchedPage, found: Article | NoArticle, now: datetime) -> dict[str, Any]:
    case: dict[str, Any] = {"url": page.url, "fetched_at": timestamp(now)}
    if page.charset:
        case["charset"] = page.charset
    if isinstance(found, NoArticle):
        return {**case, "rejected": found.reason}
    fields = {name: getattr(found, name) for name in FIELDS}
    return {**case, "expected": {**fields, "body": (found.body or "").split("\n")}}


def _case_name(url: str, found: Article | NoArticle, now: datetime) -> str:
    """``2024-05-03-1602948``: the day of the article (or of the visit), and its key or slug."""
    parts = urlsplit(url)
    day, key = timestamp(now), parts.path.rstrip("/") or parts.query
    if isinstance(found, Article):
        day, key = found.published_at or day, found.article_key or key
    name = re.sub(r"[^\w.]+", "-", unquote(key).rpartition("/")[2]).strip("-.")
    return f"{day[:10]}-{name[:LONGEST_NAME] or 'page'}"
