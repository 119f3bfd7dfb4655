"""What a page writes under its lead picture."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from itertools import chain
from urllib.parse import unquote

from lxml.html import HtmlElement

from crawler.extract import jsonld
from crawler.extract.byline import Zone
from crawler.extract.loader import Candidate, plain
from crawler.extract.page import Page
from crawler.extract.structure import frame_of
from crawler.extract.title import same_words
from crawler.extract.tree import lines, text_of

LONGEST_CAPTION = 100
"""Words: a longer one is text that a designer put into a picture's frame."""

_WITHIN = 3
"""Steps from a caption up to the frame that holds its picture too."""
_SOURCES = ("src", "data-src", "data-lazy-src", "data-original")
_SIZE = re.compile(r"[-_]\d{2,4}x\d{2,4}$")
_FEWEST_WORDS = 2


def captions(page: Page, near: Zone, images: Iterable[str]) -> Iterator[Candidate]:
    """The caption of the lead picture, which ``images`` give by address, best source first.

    A picture in the text that is not known to be the lead has a caption of its own: it is not
    taken. Nor is one that only says the headline or the outlet's name again.
    """
    found = chain(
        page.selected("caption"),
        (Candidate(text, "figure") for text in _shown(page, near, images)),
        (Candidate(text, "jsonld") for text in _described(page)),
    )
    return (_judged(page, candidate) for candidate in found)


def _judged(page: Page, candidate: Candidate) -> Candidate:
    text = plain(candidate.value)
    if not _FEWEST_WORDS <= len(text.split()) <= LONGEST_CAPTION or "://" in text:
        return candidate.but("no caption's length")
    if any(same_words(text, title.value) for title in page.titles):
        return candidate.but("repeats the headline")
    if any(same_words(text, name) for name in page.own_names):
        return candidate.but("names the outlet only")
    return candidate


def _described(page: Page) -> Iterator[str]:
    for node in page.articles:
        images = node.get("image")
        for image in images[:1] if isinstance(images, list) else [images]:
            if isinstance(image, dict):
                yield from jsonld.strings(image.get("caption"))[:1]


def _shown(page: Page, near: Zone, images: Iterable[str]) -> Iterator[str]:
    """The text in the frame of the lead picture, or in that of one above the text."""
    known = {_file_name(url) for url in images}
    for picture in page.tree.iter("img", "amp-img"):
        if not _is_one_of(picture, known):
            continue
        frame = frame_of(picture)
        if frame is not None and _is_of_article(frame, near):
            yield max((line.text for line in lines(frame)), key=len)
            return
    for element in filter(_is_caption, _before(page, near.end)):
        frame = _frame(element)
        if frame is not None and _is_of_article(frame, near):
            yield text_of(element)
            return


def _is_of_article(frame: HtmlElement, near: Zone) -> bool:
    """Whether the frame is of the article and is not the article itself."""
    return not near.surroundings.hold(frame) and not _is_apart(frame, near)


def _is_caption(element: HtmlElement) -> bool:
    said = element.get("class") or ""
    return element.tag == "figcaption" or "aption" in said or "img-desc" in said


def _before(page: Page, end: HtmlElement | None) -> list[HtmlElement]:
    """The elements down to the first line below the headline that is no byline: it may be it."""
    return [] if end is None else page.elements[: page.elements.index(end) + 1]


def _frame(caption: HtmlElement) -> HtmlElement | None:
    """The innermost element around the caption that holds a picture."""
    node = caption
    for _ in range(_WITHIN):
        if next(node.iter("img", "picture", "amp-img"), None) is not None:
            return node
        node = node.getparent()
        if node is None:
            return None
    return None


def _is_apart(frame: HtmlElement, near: Zone) -> bool:
    """Whether the frame stands in a teaser, a bar or a comment; it is a picture's itself."""
    around = frame.getparent()
    while around is not None and _is_frame(around):
        around = around.getparent()
    return around is None or near.surroundings.is_apart(around)


def _is_frame(element: HtmlElement) -> bool:
    return element.tag == "figure" or "aption" in (element.get("class") or "")


def _is_one_of(picture: HtmlElement, known: Collection[str]) -> bool:
    """Whether a picture's file, of whatever size, has a known name; scripts load some late."""
    for source in filter(None, map(picture.get, _SOURCES)):
        if any(name in unquote(source) for name in known) and _file_name(source) in known:
            return True
    return False


def _file_name(url: str) -> str:
    """The name of a picture's file, which its copies of other sizes share."""
    name = unquote(url.partition("?")[0].rstrip("/").rpartition("/")[2])
    return _SIZE.sub("", name.rpartition(".")[0] or name)
