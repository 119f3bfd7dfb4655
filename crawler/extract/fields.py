"""The fields beside title and body: what each source of a page says of them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, islice

from lxml.html import HtmlElement

from crawler.extract import jsonld
from crawler.extract.byline import Zone, byline_dates, element_dates, is_in_head, meta_dates
from crawler.extract.caption import captions
from crawler.extract.crumbs import crumbs
from crawler.extract.dates import distinct_dates, raw, url_date
from crawler.extract.furniture import names_of
from crawler.extract.jsonld import Node, strings
from crawler.extract.loader import MOST_TAGS, Candidate
from crawler.extract.meta import absolute
from crawler.extract.page import MOST_SAID, Page
from crawler.extract.title import first_words, same_words
from crawler.extract.tree import Line, names, text_of
from crawler.extract.writers import authors, person, usable_author
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
_FEWEST_LEAD_WORDS = 5
_TAG_PATH = re.compile(r"/(?:tags?|topics?|keywords?|وسم|وسوم|%D9%88%D8%B3%D9%85)/|[?&]tag=", re.I)
_STANDING_PICTURE = re.compile(
    r"^(?:(?:default|site)[-_]?)?(?:logo|placeholder)[-_]?\d{0,2}\."
    r"|^default(?:[-_]?(?:image|img))?\.|no[-_]?(?:image|photo)",
    re.I,
)
"""The file of a picture that an outlet shows where it has none: ``no-image.png``, ``logo.jpg``."""
_LONGEST_KICKER = 3
_LABELS = names("عاجل خاص حصري فيديو صور بالفيديو بالصور مباشر جديد الرئيسية")
_LABEL_WORDS = 5
_BESIDE = 5
"""Steps from a tag up to what holds the text too."""
_SUBTITLE_NAME = re.compile("sub[-_]?title|subhead|standfirst|article-lead|deck|chapeau|chapo")


def read_fields(page: Page, near: Zone) -> dict[str, Iterator[Candidate]]:
    """Candidates of every field but title and body, best source first, each read when asked for."""
    images = list(_images(page))
    return {
        "subtitle": chain(page.selected("subtitle"), _subtitles(page, near)),
        "excerpt": chain(
            _described(page, "description"),
            _meta(page, "og:description", "description", "twitter:description"),
        ),
        "author": _authors(page, near),
        "section": _sections(page, near),
        "tags": _tags(page, near),
        "image_url": iter(images),
        "caption": captions(page, near, [each.value for each in images]),
    }


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


def _authors(page: Page, near: Zone) -> Iterator[Candidate]:
    names = page.own_names
    for said in _named(page, near):
        found = Candidate(person(said.value, page), said.source)
        yield found if usable_author(found.value, names) else found.but("no person's name")


def _named(page: Page, near: Zone) -> Iterator[Candidate]:
    yield from page.selected("author")
    for node in page.articles:
        if writers := strings(node.get("author") or node.get("creator")):
            yield Candidate("، ".join(dict.fromkeys(writers)), "jsonld")
    yield from _meta(
        page,
        "author",
        "article:author",
        "dc.creator",
        "itemprop:author",
        "parsely-author",
        "sailthru.author",
    )
    yield from authors(page, near)


def _sections(page: Page, near: Zone) -> Iterator[Candidate]:
    yield from page.selected("section")
    yield from _described(page, "articleSection", limit=1)
    yield from _meta(page, "article:section", "itemprop:articlesection", "section")
    yield from crumbs(page)
    yield from _kickers(near)


def _kickers(near: Zone) -> Iterator[Candidate]:
    """A link of few words right above the headline, in one block with it."""
    for line in near.before[-1:]:
        is_link = line.linked == line.words <= _LONGEST_KICKER
        if is_link and is_in_head(line.element, near.title) and line.text not in _LABELS:
            yield Candidate(line.text, "kicker")


def _subtitles(page: Page, near: Zone) -> list[Candidate]:
    blocks = dict.fromkeys(line.element for line in near.lines)
    marked = [text_of(block) for block in blocks if _SUBTITLE_NAME.search(names_of(block).lower())]
    shown = [line.text.lstrip("-–—•* ") for line in near.lead if _is_lead(page, line)]
    return _described(page, "alternativeHeadline") + [
        Candidate(text, "byline") for text in (*marked, *shown[:1]) if not _is_title(page, text)
    ]


def _is_lead(page: Page, line: Line) -> bool:
    """Whether a line below the headline is called a lead, is a heading, or opens the summary."""
    is_heading = line.element.tag in ("h2", "h3", "h4", "h5")
    if is_heading or _SUBTITLE_NAME.search(names_of(line.element).lower()):
        return line.words >= _FEWEST_LEAD_WORDS
    told = [first_words(value) for _, value in page.meta.all("og:description", "description")]
    begin = first_words(line.text) if told else []
    return len(begin) >= _FEWEST_LEAD_WORDS and begin in told


def _is_title(page: Page, text: str) -> bool:
    return any(same_words(text, title.value) for title in page.titles)


def _tags(page: Page, near: Zone) -> Iterator[Candidate]:
    titles = {*(title.value for title in page.titles), *page.own_names}
    for source, values in _tag_lists(page, near):
        if kept := [value for value in values if value not in titles]:
            yield Candidate("\n".join(kept), source)


def _tag_lists(page: Page, near: Zone) -> Iterator[tuple[str, Iterable[str]]]:
    yield "selector", [candidate.value for candidate in page.selected("tags")]
    yield "jsonld", [text for node in page.articles for text in strings(node.get("keywords"))]
    yield "meta", [value for _, value in page.meta.all("article:tag")]
    yield "meta", [value for _, value in page.meta.all("news_keywords", "keywords")]
    yield "rel", map(text_of, islice(filter(_is_tag, page.tree.iter("a")), MOST_TAGS))
    yield "link", map(text_of, islice(_tag_links(page, near), MOST_TAGS))


def _is_tag(link: HtmlElement) -> bool:
    """Whether a link says that it leads to a tag's page, not to a section's (WordPress)."""
    said = (link.get("rel") or "").split()
    return "tag" in said and "category" not in said


def _tag_links(page: Page, near: Zone) -> Iterator[HtmlElement]:
    """The links to pages of a tag that stand below the headline, beside the article's text."""
    first = 0 if near.title is None else page.elements.index(near.title)
    for link in islice(page.elements, first, None):
        if link.tag == "a" and _TAG_PATH.search(link.get("href") or ""):
            around = islice(link.iterancestors(), _BESIDE)
            is_beside = any(near.surroundings.hold(node) for node in around)
            is_own = not near.surroundings.is_apart(link) and not _is_in_prose(link)
            if is_beside and is_own and not _is_at_foot(link):
                yield link


def _is_in_prose(link: HtmlElement) -> bool:
    """Whether the link is part of a sentence."""
    around = link.getparent()
    return (
        around is not None
        and around.tag == "p"
        and text_of(around).count(" ") > 2 * (text_of(link).count(" ") + _LABEL_WORDS)
    )


def _is_at_foot(element: HtmlElement) -> bool:
    """Whether the element stands in the footer of the page, not of an article or section."""
    footer = next(element.iterancestors("footer"), None)
    return footer is not None and next(footer.iterancestors("article", "section"), None) is None


def _images(page: Page) -> Iterator[Candidate]:
    for said in _image_addresses(page):
        if url := absolute(page.url, said.value):
            found = Candidate(url, said.source)
            is_standing = _STANDING_PICTURE.search(url.partition("?")[0].rpartition("/")[2])
            yield found.but("stands for no picture") if is_standing else found


def _image_addresses(page: Page) -> Iterator[Candidate]:
    yield from page.selected("image")
    for node in page.articles:
        for key in ("image", "thumbnailUrl"):
            for url in _image_urls(node.get(key)):
                yield Candidate(url, "jsonld")
    yield from _meta(page, "og:image", "og:image:url", "twitter:image", "twitter:image:src")


def _image_urls(value: object) -> list[str]:
    if isinstance(value, list):
        return [url for part in value for url in _image_urls(part)]
    if isinstance(value, dict):
        value = value.get("url") or value.get("contentUrl")
    return strings(value)
