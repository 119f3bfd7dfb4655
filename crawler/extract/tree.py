"""The page as a tree, parsed once, and its visible text as lines."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from cssselect import SelectorError
from lxml import etree
from lxml.html import HtmlElement
from parsel.csstranslator import HTMLTranslator

MOST_CHARACTERS = 2_000_000
"""Longer pages are cut: no article is that long, and no page may take minutes."""


def names(text: str) -> frozenset[str]:
    """The words of ``text`` as a set: for tables of tags and classes."""
    return frozenset(text.split())


BLOCKS = names(
    """
    address article aside blockquote body br center dd details dialog div dl dt fieldset figcaption
    figure footer form h1 h2 h3 h4 h5 h6 header hr html legend li main menu nav ol option p pre
    section summary table tbody tfoot thead tr ul
    """
)
CELLS = names("td th")
NEVER_TEXT = names(
    """
    head script style noscript template svg math iframe object embed video audio canvas map select
    textarea button input title meta link
    """
)
_FEWEST_BREAKS = 2
"""Line breaks in a ``<span>`` with an id of its own that make it a block of text."""
_HIDDEN_STYLE = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.I)
_UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
_VISIBLE = re.compile(r"[^\s\x00-\x1f\x7f-\x9f\ud800-\udfff]")
_C0 = bytes(code for code in range(128) if _UNPRINTABLE.match(chr(code)))
_C0_AS_SPACES = bytes.maketrans(_C0, b" " * len(_C0))
_C1_IN_UTF8 = re.compile(b"\xc2[\x80-\x9f]")
_PARSER = etree.HTMLParser(
    encoding="utf-8",
    remove_comments=True,
    remove_pis=True,
    collect_ids=False,  # spares a table of ids that nobody asks
    huge_tree=False,
)
# Spares lxml.html's choice of a class by tag, made in Python for every element.
_PARSER.set_element_class_lookup(etree.ElementDefaultClassLookup(element=HtmlElement))


@dataclass(slots=True)
class Line:
    """A line of visible text: ``element`` is the block around it, ``linked`` its words in links."""

    text: str
    words: int
    linked: int
    element: HtmlElement


def parse(html: str) -> HtmlElement | None:
    """The document, or None when there is nothing to parse; never raises on bad markup."""
    html = html[:MOST_CHARACTERS]
    if not _VISIBLE.search(html):
        return None
    try:
        return etree.fromstring(_printable_utf8(html), _PARSER)
    except etree.LxmlError:
        return None


def _printable_utf8(text: str) -> bytes:
    """``printable(text)`` as UTF-8; a whole page is searched several times faster as bytes."""
    try:
        source = text.encode()
    except UnicodeEncodeError:  # a lone surrogate
        source = printable(text).encode()
    return _C1_IN_UTF8.sub(b" ", source.translate(_C0_AS_SPACES))


def printable(text: str) -> str:
    """``text`` with a space for each control character (C0, C1) and lone surrogate."""
    return text if text.isprintable() else _UNPRINTABLE.sub(" ", text)


def collapse(text: str) -> str:
    """The printable ``text`` with every run of white space as one space."""
    if text.isprintable() and "  " not in text:  # a space is all its white space
        return text.strip()
    text = " ".join(text.split())
    return text if text.isprintable() else " ".join(printable(text).split())


def text_of(element: HtmlElement) -> str:
    """The visible text of ``element`` on one line."""
    if not len(element):
        return collapse(element.text or "")
    return " ".join(line.text for line in lines(element))


def is_hidden(element: HtmlElement) -> bool:
    """Whether the element is never shown to a reader."""
    if element.tag in NEVER_TEXT or element.get("hidden") is not None:
        return True
    style = element.get("style")
    return bool(style and _HIDDEN_STYLE.search(style))


def _is_label(span: HtmlElement) -> bool:
    """Whether a ``<span>`` is one of ASP.NET's labels, which hold texts of several lines."""
    return span.get("id") is not None and len(span.findall("br")) >= _FEWEST_BREAKS


def lines(
    root: HtmlElement,
    *,
    skip: Callable[[HtmlElement], bool] = is_hidden,
    without: Collection[HtmlElement] = (),
) -> Iterator[Line]:
    """The text of ``root`` as lines, one a paragraph, ``<br>`` or table row, in document order."""
    pieces: list[str] = []
    blocks = [root]
    links = linked = 0
    skipped = None
    walk = etree.iterwalk(root, events=("start", "end"))
    for event, element in walk:
        tag = element.tag
        is_block = tag in BLOCKS or (tag == "span" and _is_label(element))
        if is_block:
            if pieces:
                if line := _line(pieces, linked, blocks[-1]):
                    yield line
                pieces.clear()
                linked = 0
        elif tag in CELLS:
            pieces.append(" ")
        if event == "start":
            if is_block:
                blocks.append(element)
            if element is not root and (element in without or skip(element)):
                walk.skip_subtree()
                skipped = element
                continue
            links += tag == "a"
            text = element.text
        else:
            if is_block:
                blocks.pop()
            if element is not skipped:
                links -= tag == "a"
            text = element.tail if element is not root else None
        if text and (pieces or not text.isspace()):
            pieces.append(text)
            if links:
                linked += len(text.split())
    if line := _line(pieces, linked, root):
        yield line


class Lines:
    """The lines of ``root``, cut once, and only as far as they are asked for."""

    def __init__(self, root: HtmlElement) -> None:
        self.root = root
        self._cut: list[Line] = []
        self._uncut = lines(root)

    def __iter__(self) -> Iterator[Line]:
        yield from self._cut
        for line in self._uncut:
            self._cut.append(line)
            yield line


def _line(pieces: Sequence[str], linked: int, block: HtmlElement) -> Line | None:
    text = collapse("".join(pieces))
    if not text:
        return None
    words = text.count(" ") + 1
    return Line(text, words, linked if linked < words else words, block)


@cache
def compile_css(selector: str) -> etree.XPath:
    """The selector as XPath. Raises ``ValueError`` when it is no CSS."""
    try:
        return etree.XPath(HTMLTranslator().css_to_xpath(selector))
    except (SelectorError, etree.XPathError) as error:
        raise ValueError(f"not a CSS selector ({error})") from error


def select(tree: HtmlElement, selector: str) -> list[HtmlElement | str]:
    """The elements, or values of attributes, that ``selector`` selects, in document order."""
    found: list[HtmlElement | str] = compile_css(selector)(tree)
    return found


def outermost(found: Sequence[HtmlElement | str]) -> list[HtmlElement]:
    """The selected elements that no other one holds."""
    elements = [node for node in found if not isinstance(node, str)]
    chosen = set(elements)
    return [
        node for node in elements if not any(parent in chosen for parent in node.iterancestors())
    ]


def texts(found: Iterable[HtmlElement | str]) -> list[str]:
    """The text of each selected element, or the value that carries it (content, datetime, src)."""
    return [text for node in found if (text := _value(node))]


def _value(node: HtmlElement | str) -> str:
    if isinstance(node, str):
        return collapse(node)
    carrier = {"meta": "content", "time": "datetime", "img": "src"}.get(node.tag)
    return collapse(node.get(carrier) or "") if carrier and node.get(carrier) else text_of(node)
