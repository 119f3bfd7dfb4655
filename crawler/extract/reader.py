"""Reads an article from a page: candidates of every field, then the article with its provenance."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from lxml.html import HtmlElement

from crawler.extract import jsonld
from crawler.extract.body import read_body
from crawler.extract.byline import zone
from crawler.extract.fields import aliases, published_and_modified, read_fields
from crawler.extract.language import language_of
from crawler.extract.layout import Layout
from crawler.extract.loader import ArticleLoader, Candidate
from crawler.extract.page import Page
from crawler.extract.rejection import BINARY, EMPTY, is_binary, rejection
from crawler.extract.tree import parse
from crawler.items import Article

_LIVE_PATH = re.compile(r"/live(?:-?blogs?)?(?=[/-]|$)", re.IGNORECASE)


@dataclass(slots=True)
class Extraction:
    """What a page gave: the article, or why it is none; the candidates by field, and the chosen.

    ``candidates`` is empty unless they were asked for.
    """

    article: Article
    rejected: str | None
    candidates: dict[str, list[Candidate]] = field(default_factory=dict)
    chosen: dict[str, Candidate] = field(default_factory=dict)
    place: str = ""
    """Where the text stands on the page, written as a CSS selector is; to be read, not used."""


def extract(
    html: str,
    url: str,
    *,
    outlet: str = "",
    layouts: Sequence[Layout] = (),
    names: Sequence[str] = (),
    timezone: str | None = None,
    fetched_at: str = "",
    every: bool = False,
) -> Extraction:
    """Read the article of a page.

    ``names`` are the outlet's own names, ``timezone`` the zone of its naive times, ``fetched_at``
    a UTC time; ``every``: the candidates that come behind the taken ones are told too, which costs
    time. Bad markup never raises: the page is ``rejected`` with the reason, with whatever
    fields it gave.
    """
    article = Article(outlet=outlet, url=url, fetched_at=fetched_at, timezone=timezone)
    if is_binary(html):
        return Extraction(article, BINARY)
    tree = parse(html)
    if tree is None:
        return Extraction(article, EMPTY)
    page = Page(tree, url, names, layouts)
    body = read_body(page)
    near = zone(page, body.block)
    offered = {"title": page.titles, **read_fields(page, near), "body": body.candidates}
    candidates = {name: list(each) for name, each in offered.items()} if every else {}
    rejected = rejection(page, body, near)
    loader = ArticleLoader()
    for name, each in (candidates or offered).items():
        if not (rejected and name == "body"):
            loader.add_candidates(name, each)
    for name, value in loader.load_item().items():
        setattr(article, name, value)
    article.provenance = {name: each.source for name, each in loader.chosen.items()}
    article.language = language_of(f"{article.title or ''} {article.body or ''}", tree.get("lang"))
    article.published, article.modified = published_and_modified(page, near)
    article.aliases = aliases(page)
    article.live = _is_live(page)
    return Extraction(article, rejected, candidates, loader.chosen, _place(body.block))


def _is_live(page: Page) -> bool:
    """Whether the page is a live blog: its text may change wholly, and it stays the same page."""
    described = any(jsonld.has_type(node, jsonld.LIVE_TYPES) for node in page.nodes)
    return described or _LIVE_PATH.search(page.url) is not None


def _place(block: HtmlElement | None) -> str:
    if block is None:
        return ""
    around = block.getparent()
    return " > ".join(_step(each) for each in (around, block) if each is not None)


def _step(element: HtmlElement) -> str:
    number = element.get("id")
    names = (element.get("class") or "").split()[:3]
    return f"{element.tag}{'#' + number if number else ''}{''.join('.' + name for name in names)}"
