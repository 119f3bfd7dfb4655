"""The fields beside title and body: what each source of a page says of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import islice

from lxml.html import HtmlElement

from crawler.extract import jsonld
from crawler.extract.byline import (
    Zone,
    authors,
    byline_dates,
    element_dates,
    meta_dates,
    usable_author,
)
from crawler.extract.caption import captions
from crawler.extract.crumbs import crumbs
from crawler.extract.dates import distinct_dates, raw, url_date
from crawler.extract.furniture import names_of
from crawler.extract.jsonld import Node, strings
from crawler.extract.loader import MOST_TAGS, Candidate
from crawler.extract.meta import absolute
from crawler.extract.page import MOST_SAID, Page
from crawler.extract.tree import text_of
from crawler.items import RawDate

PUBLISHED_META = (
    "article:published_time",
    "og:article:published_time",
    "og:published_time",
    "datepublished",
    "parsely-pub-date",
    "sailthru.date",
    "pubdate",
    "publishdate",
    "publish-date",
    "publication_date",
    "dc.date.issued",
    "dcterms.created",
    "dc.date",
    "dcterms.date",
    "dc.terms.date",
    "date",
)
MODIFIED_META = (
    "article:modified_time",
    "og:updated_time",
    "og:article:modified_time",
    "dcterms.modified",
    "last-modified",
    "lastmod",
)
_SUBTITLE = (
    "subtitle",
    "sub-title",
    "sub_title",
    "subheading",
    "subhead",
    "standfirst",
    "article-lead",
    "post-subtitle",
    "deck",
)


def read_fields(page: Page, near: Zone) -> dict[str, list[Candidate]]:
    """Candidates of every field but title and body, best source first."""
    names = page.own_names
    found = {
        "subtitle": _subtitles(page, near),
        "excerpt": _described(page, "description")
        + _meta(page, "og:description", "description", "twitter:description"),
        "author": [
            c if usable_author(c.value, names) else c.but("no person's name")
            for c in _authors(page, near)
        ],
        "section": _described(page, "articleSection", limit=1)
        + _meta(page, "article:section", "itemprop:articlesection", "section")
        + crumbs(page),
        "tags": _tags(page),
        "image_url": _images(page),
    }
    found["caption"] = captions(page, near, [image.value for image in found["image_url"]])
    for field in ("subtitle", "section"):
        found[field] = page.selected(field) + found[field]
    return found


def published_and_modified(page: Page, near: Zone) -> tuple[list[RawDate], list[RawDate]]:
    """Every date the page states, as raw text, the most trustworthy source first."""
    shown, shown_late = byline_dates(page, near)
    marked, marked_late = element_dates(page, near)
    said, said_late = meta_dates(page, near)
    nodes = page.articles or [
        *(node for node in page.nodes if jsonld.has_type(node, jsonld.PAGE_TYPES)),
        *page.videos,
    ]
    published = [
        *_selected_dates(page, "published"),
        *_node_dates(nodes, "datePublished"),
        *raw([value for _, value in page.meta.all(*PUBLISHED_META)], "meta"),
        *said,
        *marked,
        *_node_dates(nodes, "dateCreated", "uploadDate"),
        *shown,
        url_date(page.url),
    ]
    modified = [
        *_selected_dates(page, "modified"),
        *_node_dates(nodes, "dateModified"),
        *raw([value for _, value in page.meta.all(*MODIFIED_META)], "meta"),
        *said_late,
        *marked_late,
        *shown_late,
    ]
    return distinct_dates(published), distinct_dates(modified)


def aliases(page: Page) -> dict[str, str]:
    """Other addresses that the page gives for itself → how it says so."""
    said: list[tuple[str | None, str]] = [
        (url, "canonical") for url in page.meta.links.get("canonical", ())[:MOST_SAID]
    ]
    said += [(absolute(page.url, url), "og") for _, url in page.meta.all("og:url")[:MOST_SAID]]
    said += [(url, "amp") for url in page.meta.links.get("amphtml", ())[:MOST_SAID]]
    found: dict[str, str] = {}
    for url, how in said:
        if url:
            found.setdefault(url, how)
    return found


def _described(page: Page, key: str, limit: int | None = None) -> list[Candidate]:
    return [
        Candidate(text, "jsonld")
        for node in page.articles
        for text in strings(node.get(key))[:limit]
    ]


def _meta(page: Page, *names: str) -> list[Candidate]:
    return [Candidate(value, "meta") for _, value in page.meta.all(*names)]


def _selected_dates(page: Page, field: str) -> Iterable[RawDate]:
    return raw([candidate.value for candidate in page.selected(field)], "selector")


def _node_dates(nodes: Sequence[Node], *keys: str) -> list[RawDate]:
    return raw(
        [text for key in keys for node in nodes for text in strings(node.get(key))], "jsonld"
    )


def _authors(page: Page, near: Zone) -> list[Candidate]:
    described = [strings(node.get("author") or node.get("creator")) for node in page.articles]
    joined = [
        Candidate("، ".join(dict.fromkeys(writers)), "jsonld") for writers in described if writers
    ]
    named = _meta(
        page,
        "author",
        "article:author",
        "dc.creator",
        "itemprop:author",
        "parsely-author",
        "sailthru.author",
    )
    return page.selected("author") + joined + named + authors(page, near)


def _subtitles(page: Page, near: Zone) -> list[Candidate]:
    blocks = dict.fromkeys(line.element for line in near.lines)
    marked = [block for block in blocks if _is_named(block, _SUBTITLE)]
    return _described(page, "alternativeHeadline") + [
        Candidate(text_of(block), "byline") for block in marked
    ]


def _is_named(element: HtmlElement, words: Sequence[str]) -> bool:
    names = names_of(element).lower()
    return any(word in names for word in words)


def _tags(page: Page) -> list[Candidate]:
    selected = [candidate.value for candidate in page.selected("tags")]
    described = [text for node in page.articles for text in strings(node.get("keywords"))]
    links = (a for a in page.tree.iter("a") if "tag" in (a.get("rel") or "").split())
    linked = [text_of(link) for link in islice(links, MOST_TAGS)]
    by_source = [
        ("selector", selected),
        ("jsonld", described),
        ("meta", [value for _, value in page.meta.all("article:tag")]),
        ("meta", [value for _, value in page.meta.all("news_keywords", "keywords")]),
        ("rel", linked),
    ]
    titles = {title.value for title in page.titles}
    kept = [
        (source, [value for value in values if value not in titles]) for source, values in by_source
    ]
    return [Candidate("\n".join(values), source) for source, values in kept if values]


def _images(page: Page) -> list[Candidate]:
    described = [
        url
        for node in page.articles
        for key in ("image", "thumbnailUrl")
        for url in _image_urls(node.get(key))
    ]
    said = [(c.value, c.source) for c in page.selected("image")] + [
        (url, "jsonld") for url in described
    ]
    said += [
        (v, "meta")
        for _, v in page.meta.all("og:image", "og:image:url", "twitter:image", "twitter:image:src")
    ]
    return [Candidate(url, source) for text, source in said if (url := absolute(page.url, text))]


def _image_urls(value: object) -> list[str]:
    if isinstance(value, list):
        return [url for part in value for url in _image_urls(part)]
    if isinstance(value, dict):
        value = value.get("url") or value.get("contentUrl")
    return strings(value)
