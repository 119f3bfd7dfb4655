"""Who wrote the article, as the lines and elements around its headline say."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import islice

from lxml.html import HtmlElement

from crawler.extract.byline import Zone
from crawler.extract.dateline import BEFORE_DATE, stated_dates, writer_in
from crawler.extract.dates import dated_pieces, visible_dates
from crawler.extract.furniture import name_pattern, names_of
from crawler.extract.loader import Candidate, plain
from crawler.extract.page import Page
from crawler.extract.phrases import AUTHOR
from crawler.extract.title import has_own_name, strip_names
from crawler.extract.tree import Line, text_of

MOST_AUTHORS = 20
LONGEST_AUTHOR = 200
"""Characters of what names a writer."""
_FEWEST_WORDS_OF_A_NAME = 2
_MOST_WORDS_OF_A_NAME = 8
_LONGEST_PLACE = 3

_AUTHOR_NAME = name_pattern(
    "author author-name writer writer-name byline write-by post-author-name signature"
)
_AUTHOR_PATH = re.compile(r"/(?:author|writer|editor|journalist|columnist)s?/", re.I)
_NO_AUTHOR = re.compile(
    r"https?://|@|^\W*$|\d{3}"
    r"|^(?:(?:web ?)?(?:admin|editor|master|desk)\w*|super ?user|root|user|news ?room)\W*\d*$"
    r"|^[a-z]+[-_.]?\d+$",
    re.I,
)
_HANDLE = re.compile(r"\s*(?:@\w{1,30}|(?<!\w)\w{1,30}@)(?=\s|$)")
_PLACE_BEHIND = re.compile(r"\s*\([^()]{2,30}\)\s*$")
_DASH = re.compile(r"\s+[-–—]\s+|\s*/\s*")


def authors(page: Page, near: Zone) -> Iterator[Candidate]:
    """The authors that the elements and lines near the headline name."""
    for name in _said(page, near):
        if len(name.split()) <= _MOST_WORDS_OF_A_NAME and not visible_dates(name):
            yield Candidate(name, "byline")


def _said(page: Page, near: Zone) -> Iterator[str]:
    lines = near.lines
    blocks = {line.element for line in lines}
    yield from map(_named_in, islice(_writers(page, near, blocks), MOST_AUTHORS))
    for line in lines:
        if match := AUTHOR.match(_beside_date(line)):
            yield match["name"]
    for line in near.inside[:1]:
        if writer := writer_in(line.text, page.own_names):
            yield writer


def person(said: str, page: Page) -> str:
    """The person whom a byline names: without label, outlet, place and handle."""
    bare = plain(said[:LONGEST_AUTHOR])
    while label := AUTHOR.match(bare):
        bare = label["name"]
    without_handle = _HANDLE.sub("", bare)
    if without_handle != bare:
        bare = _PLACE_BEHIND.sub("", without_handle)
    first, *rest = _DASH.split(bare, maxsplit=1)
    if rest and len(rest[0].split()) >= _FEWEST_WORDS_OF_A_NAME:
        is_place = len(first.split()) <= _LONGEST_PLACE and any(
            first in title.value for title in page.titles
        )
        if is_place or has_own_name([first, rest[0]], page.own_names):
            return rest[0].strip()
    return bare.strip()


def usable_author(name: str, names: Sequence[str]) -> bool:
    """Whether ``name`` can be a writer: no address, no login name, not the outlet itself."""
    bare = name.strip(" ()[]")
    if _NO_AUTHOR.search(bare) or bare in names:
        return False
    return strip_names(bare, names) == bare and not has_own_name([bare, ""], names)


def _named_in(element: HtmlElement) -> str:
    """What a writer's element says: the link it begins with, when others stand beside it."""
    text = text_of(element)
    linked = filter(None, map(text_of, islice(element.iter("a"), MOST_AUTHORS)))
    name = next(linked, "")
    begins_so = text.startswith(name) and len(name.split()) >= _FEWEST_WORDS_OF_A_NAME
    return name if begins_so and not any(linked) else text


def _beside_date(line: Line) -> str:
    """What a line says beside the date that it states: ``كتبه … في 5 أكتوبر 2023``."""
    if not stated_dates(line.text, bare=True):
        return line.text
    pieces = dated_pieces(line.text)[1]
    return BEFORE_DATE.sub("", pieces[0]) or pieces[-1].strip(" |-–،,") or line.text


def _writers(page: Page, near: Zone, blocks: set[HtmlElement]) -> Iterator[HtmlElement]:
    """The elements that are declared to name the writer, or are called so near the headline."""
    near_blocks = {node for block in blocks for node in (*block.iterancestors(), *block.iter())}
    for element in page.tree.iter(
        "a", "span", "div", "p", "li", "address", "strong", "h4", "h5", "h6"
    ):
        declared = element.get("rel") == "author" or element.get("itemprop") == "author"
        named = element in near_blocks and (
            _AUTHOR_NAME.search(names_of(element).lower()) or _leads_to_author(element)
        )
        if (declared or named) and not near.surroundings.is_apart(element):
            yield element


def _leads_to_author(element: HtmlElement) -> bool:
    return element.tag == "a" and bool(_AUTHOR_PATH.search(element.get("href") or ""))
