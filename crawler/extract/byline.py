"""What stands around the headline: who wrote the article, and when."""

from __future__ import annotations

import re
from collections.abc import Sequence

from lxml.html import HtmlElement

from crawler.extract.dates import raw, visible_dates
from crawler.extract.furniture import name_pattern, names_of
from crawler.extract.loader import Candidate
from crawler.extract.page import Page
from crawler.extract.phrases import AUTHOR
from crawler.extract.title import strip_names
from crawler.extract.tree import Line, collapse, is_hidden, text_of
from crawler.items import RawDate

LINES_BEFORE = 6
LINES_AFTER = 25
LONGEST_LINE = 20
"""Words of a line near the headline up to which it may state a date or an author."""

_AUTHOR_NAME = name_pattern(
    "author author-name writer writer-name byline write-by post-author-name"
)
_NO_AUTHOR = re.compile(
    r"https?://|@|^\W*$|^(?:admin\w*|super ?user|editor|webmaster|root|user\d*)$|\d{3}", re.I
)
_DATE_ATTRIBUTES = ("datetime", "content", "title")
_MODIFIED = re.compile(r"modif|updat", re.I)
_PUBLISHED = re.compile(r"publish|creat|entry-date|issued|pubdate|date$", re.I)


def zone(page: Page, body: HtmlElement | None) -> list[Line]:
    """The lines between the headline and the text, and a few before the headline."""
    lines = page.structure.all_lines
    title = page.title_element()
    start = next(
        (i for i, line in enumerate(lines) if title is not None and _inside(line, title)), None
    )
    if start is None:
        start = 0 if body is not None else len(lines)
    first = next(
        (
            i
            for i, line in enumerate(lines)
            if body is not None and i > start and _inside(line, body)
        ),
        len(lines),
    )
    around = lines[max(0, start - LINES_BEFORE) : min(first + 3, start + LINES_AFTER)]
    return [line for line in around if line.words <= LONGEST_LINE]


def byline_dates(near: Sequence[Line]) -> tuple[list[RawDate], list[RawDate]]:
    """The published and the modified dates that the lines near the headline show."""
    dates = [found for line in near for found in visible_dates(line.text)]
    published = raw([text for text, modified in dates if not modified], "byline")
    return published, raw([text for text, modified in dates if modified], "byline")


def element_dates(page: Page, near: Sequence[Line]) -> tuple[list[RawDate], list[RawDate]]:
    """The published and the modified dates of ``<time>`` and of elements marked as such."""
    blocks = {line.element for line in near}
    published: list[str] = []
    modified: list[str] = []
    for element in page.tree.iter():
        marks = f"{element.get('itemprop') or ''} {element.get('property') or ''}"
        marked = "date" in marks.lower() and element.tag not in ("meta", "link")
        if not marked and not (element.tag == "time" and _near(element, blocks)):
            continue
        said = marks + " " + names_of(element)
        late = bool(_MODIFIED.search(said)) and not _PUBLISHED.search(said)
        texts = [element.get(name) for name in _DATE_ATTRIBUTES]
        texts.append("" if is_hidden(element) else text_of(element))
        (modified if late else published).extend(
            collapse(text) for text in texts if text and any(map(str.isdigit, text))
        )
    return raw(published, "time"), raw(modified, "time")


def authors(page: Page, near: Sequence[Line]) -> list[Candidate]:
    """The authors that the elements and lines near the headline name."""
    found: list[str] = []
    blocks = {line.element for line in near}
    for element in page.tree.iter(
        "a", "span", "div", "p", "li", "address", "strong", "h4", "h5", "h6"
    ):
        declared = element.get("rel") == "author" or element.get("itemprop") == "author"
        if declared or (_AUTHOR_NAME.search(names_of(element).lower()) and _near(element, blocks)):
            text = text_of(element)
            label = AUTHOR.match(text)
            found.append(label["name"] if label else text)
    found += [match["name"] for line in near if (match := AUTHOR.match(line.text))]
    return [
        Candidate(name, "byline")
        for name in found
        if len(name.split()) <= 8 and not visible_dates(name)
    ]


def usable_author(name: str, names: Sequence[str]) -> bool:
    """Whether ``name`` can be a writer: no address, no login name, not the outlet itself."""
    bare = name.strip(" ()[]")
    return not _NO_AUTHOR.search(bare) and strip_names(bare, names) == bare and bare not in names


def _inside(line: Line, element: HtmlElement) -> bool:
    return line.element is element or any(
        parent is element for parent in line.element.iterancestors()
    )


def _near(element: HtmlElement, blocks: set[HtmlElement]) -> bool:
    return (
        element in blocks
        or any(parent in blocks for parent in element.iterancestors())
        or any(child in blocks for child in element.iter())
    )
