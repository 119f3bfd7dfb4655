"""The one contract between the two halves: what the crawler yields and the pipelines take."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from watchlist.matcher import Match

Precision = Literal["second", "minute", "day"]
LEADS_HOME = "leads to the front page"
NO_ADDRESS = "not a web address"
"""Reason of a page that is gone, or that its outlet keeps from us: only 404 and 410 are sure."""
CHALLENGE = "challenge page"
REFUSALS = frozenset(("HTTP 401", "HTTP 403", "HTTP 451", CHALLENGE))
"""Reasons of a page or source whose server answers, but refuses us."""


@dataclass(slots=True, frozen=True)
class RawDate:
    """A date as a page, feed or archive states it, and where: nothing is parsed yet.

    ``source`` is one of jsonld, meta, time, selector, byline, url, feed, sitemap, archive.
    """

    text: str
    source: str


@dataclass(slots=True)
class Article:
    """One article. The extract stage fills the first block, the pipelines the second.

    Offsets anywhere are Unicode code points of ``title``, ``subtitle`` or ``body`` as stored;
    times are UTC, ISO 8601 with ``Z``; a publication known only to the day is the bare date.
    """

    outlet: str
    url: str
    fetched_at: str = ""
    timezone: str | None = None
    title: str | None = None
    subtitle: str | None = None
    excerpt: str | None = None
    author: str | None = None
    section: str | None = None
    tags: list[str] = field(default_factory=list)
    image_url: str | None = None
    caption: str | None = None
    """What is written under the lead picture."""
    language: str | None = None
    body: str | None = None
    published: list[RawDate] = field(default_factory=list)
    modified: list[RawDate] = field(default_factory=list)
    aliases: dict[str, str] = field(default_factory=dict)
    """Other addresses of the page → how they are known: requested, final, canonical, og, amp."""
    provenance: dict[str, str] = field(default_factory=dict)
    """Field → the source that gave it (jsonld, meta, selector, byline, breadcrumb, archive, …)."""
    live: bool = False
    """Whether the page calls itself a live blog (schema.org LiveBlogPosting)."""
    etag: str | None = None
    last_modified: str | None = None
    """The validators of the page's answer, to be sent back when it is looked at again."""

    published_at: str | None = None
    published_precision: Precision | None = None
    published_source: str | None = None
    published_text: str | None = None
    modified_at: str | None = None
    agency: str | None = None
    """The news agency that the text or byline gives as its source."""
    left_out: tuple[list[str], list[str]] = field(default_factory=lambda: ([], []))
    """Lines before and after ``body`` that recur on the outlet's pages and are no part of it."""
    article_key: str | None = None
    text_hash: str | None = None
    """Of the page's text, with what was left out: the page alone decides whether it changed."""
    word_count: int = 0
    matches: list[Match] = field(default_factory=list)

    @property
    def asked_url(self) -> str:
        """The address under which the ledger asked for the page."""
        return next((url for url, how in self.aliases.items() if how == "requested"), self.url)


@dataclass(slots=True, frozen=True)
class NoArticle:
    """A page that gave no article, with the reason: nothing is dropped silently.

    ``rejected`` and ``gone`` are final (the page counts as known), but where ``doubted`` only at
    the third look; ``failed`` is tried again.
    """

    outlet: str
    url: str
    status: Literal["rejected", "failed", "gone"]
    reason: str
    doubted: bool = False
