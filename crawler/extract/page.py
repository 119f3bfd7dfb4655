"""A parsed page with all that is said about it, as the readers of single fields see it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import islice

from lxml import etree
from lxml.html import HtmlElement

from crawler.extract import jsonld
from crawler.extract.furniture import name_pattern, names_of
from crawler.extract.jsonld import Node
from crawler.extract.layout import Layout
from crawler.extract.loader import Candidate, plain
from crawler.extract.meta import Meta, read_meta
from crawler.extract.structure import Structure
from crawler.extract.title import (
    LONGEST_NAME,
    beside_heading,
    clean_titles,
    headings,
    same_words,
    strip_names,
)
from crawler.extract.tree import Lines, outermost, select, text_of, texts

_MARKED = etree.XPath("//time | //abbr | //@itemprop/.. | //@property/..")
MOST_LESSER_HEADINGS = 100
MOST_LINES = 400
"""Lines in which a headline without a heading element is looked for."""
_FEWEST_TITLE_WORDS = 4
_MOST_TITLE_WORDS = 30
_HEADLINE_NAME = name_pattern(
    "title* headline* main-title news-title article-title post-title story-title page-title"
)
MOST_SAID = 5
"""How many values of one name are read, where a page needs no more than one."""


@dataclass
class Page:
    """One page: its tree, its address, the outlet's own names and page designs."""

    tree: HtmlElement
    url: str
    names: Sequence[str] = ()
    layouts: Sequence[Layout] = ()
    elements: list[HtmlElement] = field(init=False, repr=False)
    """All elements in document order; held, for lxml makes anew what nobody holds."""
    _found: dict[str, list[HtmlElement | str]] = field(default_factory=dict, init=False, repr=False)

    def __post_init__(self) -> None:
        self.elements = list(self.tree.iter())

    @cached_property
    def marked(self) -> list[HtmlElement]:
        """The elements with microdata or RDFa, and each ``<time>`` and ``<abbr>``."""
        found: list[HtmlElement] = _MARKED(self.tree)
        return found

    @cached_property
    def meta(self) -> Meta:
        """Meta and link elements."""
        return read_meta(self.tree, self.url)

    @cached_property
    def nodes(self) -> list[Node]:
        """All JSON-LD objects."""
        return jsonld.nodes(self.tree)

    @cached_property
    def layout(self) -> Layout:
        """The first design whose body stands on the page, or one without any selector."""
        for layout in self.layouts:
            if layout.body is None or self.blocks(layout.body):
                return layout
        return Layout()

    @cached_property
    def own_names(self) -> list[str]:
        """What the outlet is called: as given, by og:site_name, or as publisher."""
        publishers = [name for node in self.nodes for name in jsonld.strings(node.get("publisher"))]
        said = self._said("og:site_name") + self._said("application-name")
        shown = [text_of(element) for element in islice(self.tree.iter("h1"), MOST_SAID)]
        said += [text for text in shown if self._is_logo(text)]
        said += beside_heading(self.window_title, [*filter(None, shown)] or self.plain_headlines)
        return list(
            dict.fromkeys(
                name.strip()
                for name in (*self.names, *said, *publishers[:MOST_SAID])
                if name.strip() and len(name) <= LONGEST_NAME
            )
        )

    @cached_property
    def headings(self) -> list[tuple[HtmlElement, str]]:
        """The h1 elements that hold a headline."""
        return headings(islice(self.tree.iter("h1"), MOST_SAID), self.own_names)

    @cached_property
    def plain_headlines(self) -> list[str]:
        """Where there is no h1: the lines that the window title repeats beside other words."""
        if next(self.tree.iter("h1"), None) is not None:
            return []
        title = self.window_title
        return [
            line.text
            for line in islice(self.lines, MOST_LINES)
            if line.words >= _FEWEST_TITLE_WORDS
            and not line.linked
            and title.startswith(line.text) != title.endswith(line.text)
        ][:MOST_SAID]

    @cached_property
    def window_title(self) -> str:
        """The text of the title element."""
        for place in (".//head/title", "./body//title"):  # an svg has titles too
            if (element := self.tree.find(place)) is not None:
                return plain(element.text or "")
        return ""

    @cached_property
    def articles(self) -> list[Node]:
        """The JSON-LD objects that describe this article, not others that the page links to."""
        found = [node for node in self.nodes if jsonld.is_article(node)]
        mine = [node for node in found if self._describes_page(node)]
        return mine[:MOST_SAID] or (found if len(found) == 1 else [])

    @cached_property
    def videos(self) -> list[Node]:
        """The JSON-LD object of the one video that this page is about, where it shows no more."""
        found = [node for node in self.nodes if jsonld.has_type(node, jsonld.VIDEO_TYPES)]
        return found if len(found) == 1 and self._describes_page(found[0]) else []

    @cached_property
    def declared_writers(self) -> set[str]:
        """The full names of the writers that meta elements and JSON-LD name."""
        said = [value for _, value in self.meta.all("author", "article:author")]
        said += [text for node in self.articles for text in jsonld.strings(node.get("author"))]
        return {name for text in said if len((name := plain(text)).split()) > 1}

    def _describes_page(self, node: Node) -> bool:
        headline = next(iter(jsonld.strings(node.get("headline") or node.get("name"))), "")
        shown = {text for _, text in self.headings} | set(self._said("og:title"))
        if plain(headline) and any(
            _begins_alike(plain(headline), text) for text in (*shown, self.window_title)
        ):
            return True
        page = node.get("mainEntityOfPage")
        places = [node.get("url"), page, page.get("@id") if isinstance(page, dict) else None]
        addresses = {_bare(place) for place in places if isinstance(place, str)}
        own = (
            self.url,
            *self.meta.links.get("canonical", ())[:MOST_SAID],
            *self._said("og:url"),
        )
        return bool(addresses & {_bare(address) for address in own})

    @cached_property
    def titles(self) -> list[Candidate]:
        """The headline by each source that states it, best first."""
        found = self.selected("title")
        for node in self.articles:
            texts = jsonld.strings(node.get("headline")) or jsonld.strings(node.get("name"))
            if jsonld.is_salvaged(node):
                texts = [text for text in texts if self._is_shown(plain(text))]
            found += [Candidate(text, "jsonld") for text in texts[:MOST_SAID]]
        found += [Candidate(value, "meta") for value in self._said("og:title")]
        shown = [text for _, text in self.headings] or self.plain_headlines
        found += [Candidate(text, "heading") for _, text in self.headings]
        for name in ("itemprop:headline", "twitter:title", "dc.title"):
            found += [Candidate(value, "meta") for value in self._said(name)]
        found += [Candidate(self._named_window_title(), "title")]
        titles = clean_titles(found, shown, self.own_names)
        if all(t.source == "title" and not _is_headline(t.value) for t in titles):
            titles = [Candidate(text, "heading") for text in self._marked_headlines()] + titles
        return titles

    def _marked_headlines(self) -> list[str]:
        """The first text that a class or a lesser heading marks as a headline."""
        marked = (
            element
            for element in self.tree.iter("h2", "h3", "div", "span", "p", "strong", "td", "font")
            if element.tag == "h2" or _HEADLINE_NAME.search(names_of(element).lower())
        )
        texts = (text_of(e) for e in islice(marked, MOST_LESSER_HEADINGS) if e.find(".//a") is None)
        return list(islice((t for t in texts if _is_headline(t)), 1))

    @cached_property
    def lines(self) -> Lines:
        """The visible lines of the page."""
        body = self.tree.find("body")
        return Lines(self.tree if body is None else body)

    @cached_property
    def structure(self) -> Structure:
        """How the prose lies on the page; a repeated headline is no prose."""
        return Structure(self.lines, self.all_titles)

    @cached_property
    def all_titles(self) -> set[str]:
        """The headline in every form that the page gives it."""
        return {title.value for title in self.titles} | {text for _, text in self.headings}

    def _named_window_title(self) -> str:
        """The window title, without ``name:`` before what a lesser heading shows."""
        for name in self.own_names:
            rest = self.window_title.removeprefix(f"{name}:").strip()
            if rest != self.window_title and any(text_of(e) == rest for e in self._lesser()):
                return rest
        return self.window_title

    def _is_logo(self, text: str) -> bool:
        """Whether an h1 stands in the window title beside what a lesser heading says: a name."""
        rest = strip_names(self.window_title, [text]) if text else self.window_title
        if rest == self.window_title or len(rest) <= len(text):
            return False
        return any(text_of(each) == rest for each in self._lesser())

    def _lesser(self) -> Iterator[HtmlElement]:
        """The headings below h1."""
        return islice(self.tree.iter("h2", "h3", "h4"), MOST_LESSER_HEADINGS)

    def _is_shown(self, headline: str) -> bool:
        """Whether a heading or the window title is the headline, but for the outlet's name."""
        shown = [text for _, text in self.headings] + [self.window_title]
        said = clean_titles([Candidate(text, "") for text in shown], [headline], self.own_names)
        return any(same_words(title.value, headline) for title in said)

    def _said(self, name: str) -> list[str]:
        """The first values of a meta element."""
        return [value for _, value in self.meta.all(name)[:MOST_SAID]]

    def _select(self, selector: str) -> list[HtmlElement | str]:
        if selector not in self._found:
            self._found[selector] = select(self.tree, selector)
        return self._found[selector]

    def blocks(self, selector: str | None) -> list[HtmlElement]:
        """The elements that one of the outlet's selectors finds, outermost only."""
        return outermost(self._select(selector)) if selector else []

    def selected(self, field: str) -> list[Candidate]:
        """What the outlet's selector for ``field`` finds."""
        selector = getattr(self.layout, field)
        if selector is None:
            return []
        return [Candidate(text, "selector") for text in texts(self._select(selector))]

    def title_element(self) -> HtmlElement | None:
        """The element that shows the headline to readers."""
        if found := self.blocks(self.layout.title):
            return found[0]
        if self.headings:
            best = self.titles[0].value if self.titles else ""
            return next(
                (e for e, text in self.headings if _begins_alike(best, text)), self.headings[0][0]
            )
        titles = {title.value for title in self.titles}
        for element in self._lesser():
            if text_of(element) in titles:
                return element
        return self._plain_title(titles)

    def _plain_title(self, titles: Collection[str]) -> HtmlElement | None:
        """The block that shows a headline, and nothing else, without being a heading."""
        shown = (line for line in self.lines if line.text in titles)
        elements = (line.element for line in islice(shown, MOST_SAID))
        return next((each for each in elements if text_of(each) in titles), None)


def _is_headline(text: str) -> bool:
    return _FEWEST_TITLE_WORDS <= len(text.split()) <= _MOST_TITLE_WORDS


def _begins_alike(one: str, other: str) -> bool:
    short, long = sorted((one.rstrip(".… "), other.rstrip(".… ")), key=len)
    return (len(short) >= 10 and short in long) or (bool(short) and short == long)


def _bare(address: str) -> str:
    return address.partition("://")[2].partition("#")[0].rstrip("/").removeprefix("www.")
