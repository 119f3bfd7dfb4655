"""Discover: how an outlet announces its articles, and how a source's answer becomes links."""

from __future__ import annotations

import zlib
from calendar import timegm
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, ClassVar
from urllib.parse import urlsplit

import feedparser
from lxml import etree

from crawler import whole
from crawler.extract import decode, is_challenge
from crawler.extract.meta import absolute
from crawler.items import CHALLENGE
from crawler.links import article_links, feed_links
from database.ledger import Link
from database.urls import article_key, same_site

MOST_UNPACKED = 12 * 1024 * 1024
"""Bytes, as DOWNLOAD_MAXSIZE; the rest of a larger sitemap is not read."""
GZIP_LAYERS = 2
GZIP_MEMBERS = 64
# Software writes year 1 for "no date".
EARLIEST_YEAR = 1990
SITEMAPS_PER_INDEX = 4
MOST_LINKS = 50_000
"""Links of one answer that are looked at: as many as a sitemap may hold (sitemaps.org)."""
FURTHER_DEPTH = 3
"""How deep sources that name sources, as sitemap indexes do, are followed."""
FURTHER_SOURCES = 32
"""Sources that sources may name, per outlet and run."""

_GZIP = b"\x1f\x8b"


@dataclass(slots=True, frozen=True)
class Feed:
    """An RSS or Atom feed."""

    url: str
    kind: ClassVar[str] = "feed"


@dataclass(slots=True, frozen=True)
class NewsSitemap:
    """A sitemap, a news sitemap or a sitemap index (its newest few maps are read)."""

    url: str
    kind: ClassVar[str] = "sitemap"


@dataclass(slots=True, frozen=True)
class Section:
    """A listing page; with ``{page}`` in ``url`` up to ``pages`` of them, while they show news."""

    url: str
    pages: int = 1
    kind: ClassVar[str] = "section"

    def page_url(self, page: int) -> str:
        """The address of the n-th page, counted from 1."""
        return self.url.replace("{page}", str(page))


Source = Feed | NewsSitemap | Section


@dataclass(slots=True)
class Listing:
    """What a source announces: links to articles, and further sources to read.

    ``cut``: why there would have been more, when the answer ends before its end; ``damaged``: its
    XML is broken, so that an address may have been lost. ``left``: maps of an index without dates
    that a bound left out.
    """

    links: list[Link] = field(default_factory=list)
    sources: list[Source] = field(default_factory=list)
    cut: str | None = None
    damaged: bool = False
    left: int = 0


class SourceError(Exception):
    """A source's answer cannot be read; the message is a short reason."""


def first_url(source: Source) -> str:
    """The address that stands for the source in the ledger."""
    return source.page_url(1) if isinstance(source, Section) else source.url


def sniff(body: bytes) -> str:
    """What a document is by its beginning: ``feed``, ``sitemap`` or ``section``."""
    head = _unpacked(body)[0][:4096].lower()
    if any(mark in head for mark in (b"<rss", b"<feed", b"<rdf:rdf")):
        return "feed"
    if b"<urlset" in head or b"<sitemapindex" in head:
        return "sitemap"
    return "section"


def read_source(
    kind: str,
    body: bytes,
    url: str,
    *,
    charset: str | None = None,
    pattern: str | None = None,
    domains: Sequence[str] = (),
) -> Listing:
    """Links of a source's answer; ``pattern`` and ``domains`` say which are the outlet's articles.

    Without domains, a feed's or sitemap's links are taken as it gives them.
    Raises SourceError when the answer is not what the source should be.
    """
    try:
        return _read(kind, body, url, charset, pattern, domains)
    except SourceError as error:
        if is_challenge(decode(body, charset), url):
            raise SourceError(CHALLENGE) from error
        raise


def _read(
    kind: str,
    body: bytes,
    url: str,
    charset: str | None,
    pattern: str | None,
    domains: Sequence[str],
) -> Listing:
    if kind == "feed":
        listing = _read_feed(body, url)
    elif kind == "sitemap":
        listing = _read_sitemap(body, url)
    else:
        html = decode(body, charset)
        links = article_links(html, url, pattern=pattern, domains=domains)
        cut = None if whole.is_whole_page(html) else whole.CUT_OFF
        listing = Listing([Link(link, kind="section") for link in links], cut=cut)
    announced = len(listing.links)
    if announced > MOST_LINKS:
        listing.cut = f"names more than {MOST_LINKS} pages"
    listing.links = [
        link
        for link in listing.links[:MOST_LINKS]
        if (not domains or on_site(link.url, domains))
        and (pattern is None or article_key(link.url, pattern) is not None)
    ]
    if announced and not listing.links:
        raise SourceError(f"none of its {announced} links is an article of this outlet")
    if kind == "section" and not announced:
        raise SourceError("lists no article: the page or the outlet's pattern has changed")
    return listing


def announced_feeds(body: bytes, url: str, charset: str | None = None) -> list[Feed]:
    """The feeds that a page announces in its head (rel=alternate)."""
    return [Feed(link) for link in feed_links(decode(body, charset), url)]


def on_site(url: str, domains: Sequence[str]) -> bool:
    """Whether an address belongs to one of an outlet's domains or their sub-domains."""
    try:
        host = (urlsplit(url).hostname or "").lower()
    except ValueError:
        return False
    return any(
        host == domain or host.endswith(f".{domain}") or same_site(url, f"https://{domain}/")
        for domain in domains
    )


def _read_feed(body: bytes, url: str) -> Listing:
    parsed = feedparser.parse(body, sanitize_html=False, resolve_relative_uris=False)
    if not parsed.entries and not parsed.get("version"):
        raise SourceError("is no RSS or Atom feed")
    cut = None if whole.is_whole_feed(body) else whole.CUT_OFF
    links = []
    # The address in the last entry of a cut feed may be cut itself.
    for entry in parsed.entries[:-1] if cut else parsed.entries:
        address = (entry.get("link") or entry.get("id") or "").strip()
        if not address or address.startswith("urn:"):
            continue
        published, updated = _feed_time(entry, "published"), _feed_time(entry, "updated")
        link = absolute(url, address)
        if link is None:
            continue
        links.append(
            Link(
                link,
                published=entry.get("published"),
                kind="feed",
                modified=updated,
                announced=updated or published,
            )
        )
    return Listing(links, cut=cut, damaged=bool(parsed.get("bozo")))


def _feed_time(entry: dict[str, Any], name: str) -> datetime | None:
    # dict.get: feedparser's own falls back from updated to published, which says nothing of edits.
    found = dict.get(entry, f"{name}_parsed")
    try:
        return _credible(datetime.fromtimestamp(timegm(found), UTC)) if found else None
    except (ValueError, OverflowError, OSError):
        return None


def _read_sitemap(body: bytes, url: str) -> Listing:
    parser = etree.XMLParser(
        recover=True, resolve_entities=False, no_network=True, huge_tree=False, remove_comments=True
    )
    text, cut = _unpacked(body)
    try:
        root = etree.fromstring(text.strip(), parser)
    except etree.XMLSyntaxError as error:
        raise SourceError("is no sitemap: it is not XML") from error
    if root is None:
        raise SourceError("is no sitemap: it is not XML")
    name = _local(root)
    if name not in ("urlset", "sitemapindex"):
        raise SourceError(f"is no sitemap: it begins with <{name}>")
    if not whole.is_whole_sitemap(text):
        cut = cut or whole.CUT_OFF
    children = list(root)[:-1] if cut else root
    entries = [entry for child in children if (entry := _entry(child, url)).url]
    entries.sort(key=_newest_first)
    if name == "sitemapindex":
        # Without dates the newest is mostly the last.
        entries = [entry for entry in entries if entry.announced] + [
            entry for entry in reversed(entries) if not entry.announced
        ]
        maps: list[Source] = [NewsSitemap(entry.url) for entry in entries[:SITEMAPS_PER_INDEX]]
        left = sum(not entry.announced for entry in entries[SITEMAPS_PER_INDEX:])
        return Listing(sources=maps, cut=cut, left=left)
    return Listing(entries, cut=cut, damaged=len(parser.error_log) > 0)


def _entry(element: etree._Element, base: str) -> Link:
    """A ``<url>`` or ``<sitemap>`` with its news extension, as a link; no ``<loc>``: no address."""
    texts: dict[str, str] = {}
    for child in element.iterdescendants():
        if child.text and child.text.strip():
            texts.setdefault(_local(child), child.text.strip())
    address = texts.get("loc", "")
    published, modified = _moment(texts.get("publication_date")), _moment(texts.get("lastmod"))
    return Link(
        absolute(base, address) or "",
        published=texts.get("publication_date"),
        kind="sitemap",
        modified=modified,
        announced=modified or published,
    )


def _newest_first(link: Link) -> float:
    return -link.announced.timestamp() if link.announced else 0.0


def _moment(text: str | None) -> datetime | None:
    """A W3C date and time (sitemaps.org) for ordering and comparing; without an offset: UTC."""
    try:
        found = datetime.fromisoformat(text or "")
        return _credible(found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC))
    except (ValueError, OverflowError):
        return None


def _credible(moment: datetime) -> datetime | None:
    return moment if moment.year >= EARLIEST_YEAR else None


def _local(element: etree._Element) -> str:
    return str(etree.QName(element).localname) if isinstance(element.tag, str) else ""


def _unpacked(body: bytes) -> tuple[bytes, str | None]:
    """The body, gunzipped when it is gzip (``sitemap.xml.gz``), to at most ``MOST_UNPACKED``, and
    why that is not all of it."""
    cut = None
    for _layer in range(GZIP_LAYERS):
        if not body.startswith(_GZIP):
            break
        body, ended_early = _gunzipped(body)
        cut = ended_early or cut
    if body.startswith(_GZIP):
        raise SourceError("is gzip in gzip in gzip")
    return body, cut


def _gunzipped(body: bytes) -> tuple[bytes, str | None]:
    """All members of a gzip file (RFC 1952 §2.2), as :func:`_unpacked`."""
    parts: list[bytes] = []
    room = MOST_UNPACKED
    while body.startswith(_GZIP):
        if len(parts) == GZIP_MEMBERS:  # each costs a copy of the rest, also an empty one
            return b"".join(parts), f"has more than {GZIP_MEMBERS} gzip members"
        unzip = zlib.decompressobj(wbits=31)
        try:
            parts.append(unzip.decompress(body, room + 1))
        except zlib.error as error:
            raise SourceError(f"is broken gzip ({error})") from error
        room -= len(parts[-1])
        if room < 0:
            most = MOST_UNPACKED // 1024**2
            return b"".join(parts)[:MOST_UNPACKED], f"is larger than {most} MB unpacked"
        if not unzip.eof:
            return b"".join(parts), "ends in the middle"
        body = unzip.unused_data
    return b"".join(parts), None
