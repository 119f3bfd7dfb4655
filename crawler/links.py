"""The links of a listing page: which lead to articles, which to feeds."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import parse_qsl, unquote, urldefrag, urlsplit

from lxml.html import HtmlElement

from crawler.extract.meta import absolute, read_meta
from crawler.extract.tree import parse, text_of
from database.urls import registered_domain

FEED_TYPES = frozenset(
    ("application/rss+xml", "application/atom+xml", "application/rdf+xml", "application/feed+json")
)

_NO_ARTICLE_PATH = re.compile(
    r"(?:^|/)(?:tags?|topics?|categor(?:y|ies)|sections?|authors?|writers?|users?|profile|login|signin|register|signup|"
    r"search|archives?|about(?:-us)?|contact(?:-us)?|privacy(?:-policy)?|terms|policy|policies|advertis\w*|share|sharer|intent|"
    r"rss|feeds?|amp|print|newsletter|subscribe|careers?|jobs|help|faq|sitemap|cdn-cgi|wp-(?:admin|login|json|content)|"
    r"page|gallery|live-?tv|schedule|programs?|cookies?|send|weather|source|sources|provider)(?:/|\.\w+$|$)",
    re.I,
)
_FILE = re.compile(
    r"\.(?:jpe?g|png|gif|webp|svg|pdf|mp[34]|m4a|zip|xml|rss|css|js|docx?|xlsx?|apk)$", re.I
)
_DATE = re.compile(r"(?:^|/)(?:19|20)\d\d[/-]\d{1,2}(?:[/-]\d{1,2})?(?=[/-])|(?<!\d)20\d{6}(?!\d)")
_ID = re.compile(r"(?<![\d.])\d{4,}(?!\d)|(?:^|/)\d{3,}(?:/|$)")
_CODE = re.compile(r"(?:^|/)(?=[a-z0-9]*\d)(?=[a-z0-9]*[a-z])[a-z0-9]{9,16}(?:/|$)")
_ID_QUERY = re.compile(r"(?:article|news|story|post)?_?-?(?:id|no|num|p)", re.I)
_SLUG_WORD = re.compile(r"[^\W_]+")
_LETTERS = re.compile(r"[^\W\d_]{2,}")
_LONG_SLUG = 4
_LONG_TEXT = 4
_LINKS_OF_A_COPY = 10


@dataclass(slots=True)
class _Link:
    """A link of the page and the longest text that it is shown with."""

    url: str
    words: int = 0


def article_links(
    html: str, base_url: str, *, pattern: str | None, domains: Sequence[str]
) -> list[str]:
    """The article links of a listing page: absolute, each once, in document order.

    With ``pattern`` those in which the regex is found; without, those on the site (``domains``, the
    page's own host or the one it names as canonical) that look like articles by path and text.
    """
    tree = parse(html)
    if tree is None:
        return []
    links = _links(tree, base_url)
    if pattern is not None:
        wanted = re.compile(pattern)
        return [
            link.url
            for link in links
            if wanted.search(link.url) or wanted.search(unquote(link.url))
        ]
    sites = _sites(tree, links, base_url, domains)
    here = _path(base_url)
    return [
        link.url
        for link in links
        if registered_domain(link.url) in sites and _path(link.url) != here and _is_article(link)
    ]


def feed_links(html: str, base_url: str) -> list[str]:
    """The RSS and Atom feeds that a page declares (``rel=alternate``), in document order."""
    tree = parse(html)
    if tree is None:
        return []
    base = _base(tree, base_url)
    found = []
    for element in tree.iter("link", "a"):
        kind = (element.get("type") or "").partition(";")[0].strip().lower()
        is_alternate = "alternate" in (element.get("rel") or "").lower().split()
        if is_alternate and kind in FEED_TYPES and (url := absolute(base, element.get("href"))):
            found.append(url)
    return list(dict.fromkeys(found))


def _links(tree: HtmlElement, base_url: str) -> list[_Link]:
    base = _base(tree, base_url)
    found: dict[str, _Link] = {}
    for element in tree.iter("a", "area"):
        url = absolute(base, (element.get("href") or "").strip().replace(" ", "%20"))
        if url:
            link = found.setdefault(urldefrag(url).url, _Link(urldefrag(url).url))
            text = text_of(element) or element.get("title") or ""
            link.words = max(link.words, len(_LETTERS.findall(text)))
    return list(found.values())


def _base(tree: HtmlElement, base_url: str) -> str:
    element = tree.find(".//base[@href]")
    return (absolute(base_url, element.get("href")) if element is not None else None) or base_url


def _sites(
    tree: HtmlElement, links: Sequence[_Link], base_url: str, domains: Sequence[str]
) -> set[str]:
    """The sites whose articles a page lists; for a copy kept elsewhere, where its links lead."""
    meta = read_meta(tree, base_url)
    said = [*meta.links.get("canonical", ()), *(url for _, url in meta.all("og:url"))]
    own = {registered_domain(url) for url in (base_url, *said)}
    own |= {registered_domain(f"https://{domain}/") for domain in domains}
    linked = Counter(registered_domain(link.url) for link in links)
    site, number = linked.most_common(1)[0] if linked else ("", 0)
    at_home = sum(linked[each] for each in own)
    if number >= _LINKS_OF_A_COPY * max(1, at_home) and 2 * number > linked.total():
        own.add(site)
    return own


def _path(url: str) -> tuple[str, str]:
    try:
        parts = urlsplit(url)
    except ValueError:
        return "", ""
    return unquote(parts.path).rstrip("/"), parts.query


def _is_article(link: _Link) -> bool:
    """Whether address and text together speak for an article: two signs, or one and a headline."""
    path, query = _path(link.url)
    if (path in ("", "/") and not query) or _NO_ARTICLE_PATH.search(path) or _FILE.search(path):
        return False
    last = path.rsplit("/", 1)[-1]
    words = [word for word in _SLUG_WORD.findall(last) if not word.isdigit()]
    signs = [
        bool(_DATE.search(path)),
        bool(_ID.search(path) or _CODE.search(path)) or _has_id(query),
        len(words) >= _LONG_SLUG,
    ]
    return any(signs) and (link.words >= _LONG_TEXT or sum(signs) >= 2)


def _has_id(query: str) -> bool:
    return any(_ID_QUERY.fullmatch(key) and value.isdigit() for key, value in parse_qsl(query))
