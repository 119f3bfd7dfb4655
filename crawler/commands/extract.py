"""``scrapy extract``: the article in a saved page or at an address, as JSON."""

from __future__ import annotations

import argparse
from datetime import UTC, datetime
from pathlib import Path

from crawler.catalogue import load_all, load_outlet, outlet_of
from crawler.command import OK, CommandError, RasidCommand, as_json, existing_file, split_address
from crawler.commands.ingest import check_timezone
from crawler.explain import explain
from crawler.extract import Extraction, decode, extract
from crawler.items import Article, NoArticle
from crawler.outlet import OutletSpider
from crawler.page import PageError, fetch_page
from database.ledger import timestamp
from database.urls import article_key
from pipelines.dedupe import text_hash
from pipelines.normalise import normalise

KEYS = (
    "outlet",
    "article_key",
    "url",
    "title",
    "subtitle",
    "excerpt",
    "author",
    "agency",
    "section",
    "tags",
    "image_url",
    "caption",
    "language",
    "published_at",
    "published_precision",
    "published_source",
    "published_text",
    "modified_at",
    "word_count",
    "text_hash",
    "body",
    "provenance",
)


class Command(RasidCommand):
    def syntax(self) -> str:
        return "FILE_OR_URL [options]"

    def short_desc(self) -> str:
        return "Read one page, saved or live, and print its article as JSON"

    def add_own_options(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("--url", help="the address that a saved page came from")
        parser.add_argument("--outlet", metavar="NAME", help="read it as this outlet's page")
        parser.add_argument("--timezone", metavar="ZONE", help="of times that name none")
        parser.add_argument("--fetched-at", metavar="ISO", help="when the page was saved")
        parser.add_argument(
            "--explain",
            action="store_true",
            help="show every candidate for every field, and why it is taken or not",
        )

    def execute(self, args: list[str], opts: argparse.Namespace) -> int:
        assert self.settings is not None
        if len(args) != 1:
            raise CommandError("name one file or address, as `scrapy extract page.html --url URL`")
        check_timezone(opts.timezone)
        fetched_at = _fetched_at(opts.fetched_at)
        split_address(opts.url or args[0])
        if args[0].startswith(("http://", "https://")):
            try:
                page = fetch_page(args[0], self.settings)
            except PageError as error:
                raise CommandError(f"{args[0]}: {error}") from error
            body, charset, url = page.body, page.charset, opts.url or page.url
        else:
            body, charset, url = existing_file(args[0]).read_bytes(), None, opts.url
        outlet = self._outlet(opts.outlet, url)
        found = extract(
            decode(body, charset),
            url or Path(args[0]).absolute().as_uri(),
            outlet=outlet.name if outlet else "",
            layouts=outlet.layouts if outlet else (),
            names=[outlet.title, *outlet.names] if outlet else (),
            timezone=opts.timezone or (outlet.timezone if outlet else None),
            fetched_at=timestamp(fetched_at),
            every=opts.explain,
        )
        shown = _shown(found, outlet, url, fetched_at)
        if opts.explain:
            shown["candidates"] = explain(found, now=fetched_at)
        print(as_json(shown))
        return OK

    def _outlet(self, name: str | None, url: str | None) -> type[OutletSpider] | None:
        modules = self.spider_modules()
        if name:
            return load_outlet(name, modules)
        return outlet_of(url, load_all(modules)[0]) if url else None


def _shown(
    found: Extraction, outlet: type[OutletSpider] | None, url: str | None, now: datetime
) -> dict[str, object]:
    article = found.article
    result = normalise(article, now=now)
    rejected = found.rejected or (result.reason if isinstance(result, NoArticle) else None)
    article.text_hash = text_hash(article.body)
    if outlet and url:
        article.article_key = article_key(url, outlet.article)
    shown = {key: getattr(article, key) for key in KEYS}
    if url is None:
        shown["url"] = _own_address(article)
    return {"rejected": rejected, **shown} if rejected else shown


def _own_address(article: Article) -> str | None:
    """The address that a page saved without one says it has."""
    return next(iter(article.aliases), None)


def _fetched_at(text: str | None) -> datetime:
    if text is None:
        return datetime.now(UTC)
    try:
        found = datetime.fromisoformat(text)
        timestamp(found)
    except (ValueError, OverflowError):
        raise CommandError(f"--fetched-at {text!r}: write ISO 8601, as 2026-03-02T11:05Z") from None
    return found if found.tzinfo else found.replace(tzinfo=UTC)
