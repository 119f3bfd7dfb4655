"""What stands around the headline, and when it says the article was published."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from lxml.html import HtmlElement

from crawler.extract.dateline import stated_dates
from crawler.extract.dates import MOST_DATES, raw, visible_dates
from crawler.extract.furniture import name_pattern, names_of
from crawler.extract.microdata import MODIFIED, Surroundings, date_properties
from crawler.extract.page import Page
from crawler.extract.structure import is_prose
from crawler.extract.tree import Line, collapse, is_hidden, text_of
from crawler.items import RawDate

LINES_BEFORE = 6
LINES_AFTER = 25
LINES_INSIDE = 3
LONGEST_LINE = 20
"""Words of a line near the headline up to which it may state a date or an author."""
_MOST_LEAD = 100
"""Words of a line that a reader takes for a lead, not for text."""
_KICKERS = 2
"""Lines above a headline, in one block with it, that may state section and date without a word."""
_DATE_ATTRIBUTES = ("datetime", "content", "title")
_LATE = re.compile(r"modif|updat", re.I)
_EARLY = re.compile(r"publish|creat|entry-date|issued|pubdate|date$", re.I)
_BYLINE_NAME = name_pattern(
    "date* time* meta info byline publish* published* created submitted post-meta entry-meta"
)
_LEAD_NAME = name_pattern(
    """
    lead* subtitle sub-title subhead* standfirst excerpt* summary* desc* intro* deck
    """
)
_ENTRY_DATES = frozenset(("published", "updated"))
_HEADINGS = frozenset(("h2", "h3", "h4", "h5", "h6"))


@dataclass(slots=True)
class Zone:
    """The lines around the headline, and the elements between which they stand."""

    before: list[Line]
    between: list[Line]
    inside: list[Line]
    """The first lines of the text itself."""
    surroundings: Surroundings
    lead: list[Line]
    """What a reader reads between the headline and the text, of any length."""
    title: HtmlElement | None
    end: HtmlElement | None
    """The block of the first line behind the byline."""

    @property
    def lines(self) -> list[Line]:
        """All short lines of the zone."""
        return [*self.before, *self.between, *self.inside]


def zone(page: Page, body: HtmlElement | None) -> Zone:
    """The lines between the headline and the text, a few before and the first ones of the text."""
    title = page.title_element()
    surroundings = Surroundings(
        [mark for mark in (title, body) if mark is not None],
        {*(title.value for title in page.titles[:1]), *(text for _, text in page.headings)},
    )
    lines, start = _lines_around(page, title)
    if start is None:
        start = 0 if body is not None else len(lines)
    first = _first_of_text(lines, start, title, body)
    between = min(first, start + LINES_AFTER)

    def near(begin: int, stop: int) -> list[Line]:
        return [
            line
            for line in lines[begin:stop]
            if line.words <= LONGEST_LINE and not surroundings.is_apart(line.element)
        ]

    return Zone(
        before=near(max(0, start - LINES_BEFORE), start),
        between=near(start, between),
        inside=near(first, min(first + LINES_INSIDE, start + LINES_AFTER)),
        surroundings=surroundings,
        lead=[
            line
            for line in lines[start + 1 : between]
            if _MOST_LEAD >= line.words > line.linked and not surroundings.is_apart(line.element)
        ],
        title=title,
        end=lines[between].element if between < len(lines) else None,
    )


def _lines_around(page: Page, title: HtmlElement | None) -> tuple[list[Line], int | None]:
    """The lines as far as a byline may reach, and the index of the first one of the headline."""
    inside = set() if title is None else set(title.iter())
    lines = []
    following = iter(page.lines)
    for i, line in enumerate(following):
        lines.append(line)
        if line.element in inside:
            return lines + list(islice(following, LINES_AFTER)), i
    return lines, None


def _first_of_text(
    lines: Sequence[Line], start: int, title: HtmlElement | None, body: HtmlElement | None
) -> int:
    """The index of the first line of the text; where its block holds the headline too, of prose."""
    if body is None:
        return len(lines)
    inside = set(body.iter())
    holds_title = title in inside
    for i in range(start + 1, len(lines)):
        line = lines[i]
        if line.element in inside and (
            not holds_title or (is_prose(line) and not _bare_dates(line))
        ):
            return i
    return len(lines)


def byline_dates(page: Page, near: Zone) -> tuple[list[RawDate], list[RawDate]]:
    """The published and the modified dates that the lines near the headline state."""
    stated = [found for line in near.between for found in _bare_dates(line)]
    for line in near.before[-_KICKERS:]:
        if is_in_head(line.element, near.title):
            stated += _bare_dates(line)
    for line in (*near.before, *near.inside):
        stated += stated_dates(line.text, bare=False)
    foreign = _foreign_dates(page) if stated else set()
    dates = [(text, modified) for text, modified in stated if text not in foreign]
    published = raw([text for text, modified in dates if not modified], "byline")
    return published, raw([text for text, modified in dates if modified], "byline")


def _foreign_dates(page: Page) -> set[str]:
    """The visible dates that microdata says to be of something else, as ``startDate``."""
    marked = (
        element
        for element in page.marked
        if "date" in (element.get("itemprop") or "").lower() and not date_properties(element)
    )
    return {
        date
        for element in islice(marked, MOST_DATES)
        for date, _ in visible_dates(text_of(element))
    }


def _bare_dates(line: Line) -> list[tuple[str, bool]]:
    if not visible_dates(line.text):
        return []
    said = names_of(line.element).lower()
    is_lead = line.element.tag in _HEADINGS or bool(_LEAD_NAME.search(said))
    return stated_dates(line.text, bare=not is_lead, marked=bool(_BYLINE_NAME.search(said)))


def element_dates(page: Page, near: Zone) -> tuple[list[RawDate], list[RawDate]]:
    """The published and the modified dates of ``<time>`` and of elements marked as such."""
    published: list[str] = []
    modified: list[str] = []
    for element in islice(_dated_elements(page, near), MOST_DATES):
        properties = date_properties(element)
        late = properties <= MODIFIED if properties else _is_late(element)
        texts = [element.get(name) for name in _DATE_ATTRIBUTES]
        texts.append("" if is_hidden(element) else text_of(element))
        (modified if late else published).extend(
            collapse(text) for text in texts if text and any(map(str.isdigit, text))
        )
    return raw(published, "time"), raw(modified, "time")


def _is_late(element: HtmlElement) -> bool:
    """Whether a ``<time>`` calls itself that of a change."""
    said = names_of(element)
    return bool(_LATE.search(said)) and not _EARLY.search(said)


def _dated_elements(page: Page, near: Zone) -> Iterator[HtmlElement]:
    """The article's own elements with a date property, and each ``<time>`` of the byline."""
    if not page.marked:
        return
    order = page.elements
    ahead = set() if near.title is None else set(order[: order.index(near.title)])
    behind = set()
    if near.end is not None and near.end not in ahead:  # a block around the headline ends nothing
        behind = set(order[order.index(near.end) :])
    for element in page.marked:
        is_marked = element.tag != "meta" and bool(date_properties(element))
        is_time = (
            element.tag == "time"
            and not (element.get("itemprop") or element.get("property"))
            and element not in behind
            and (element not in ahead or _shares_head(element, near.title))
        )
        is_told = is_marked or is_time or _is_of_entry(element, near.surroundings)
        if is_told and near.surroundings.is_own(element):
            yield element


def _is_of_entry(element: HtmlElement, surroundings: Surroundings) -> bool:
    """Whether an ``<abbr>`` dates the entry (microformats' hAtom) that the article is."""
    if element.tag != "abbr" or _ENTRY_DATES.isdisjoint((element.get("class") or "").split()):
        return False
    entries = (e for e in element.iterancestors() if "hentry" in (e.get("class") or "").split())
    entry = next(entries, None)
    return entry is not None and surroundings.hold(entry)


def _shares_head(element: HtmlElement, title: HtmlElement | None) -> bool:
    """Whether an element before the headline stands with it in one block, not in a bar on top."""
    if title is None:
        return False
    around = list(islice(title.iterancestors(), 2))
    return any(
        block in around for block in element.iterancestors() if block.tag not in ("body", "html")
    )


def is_in_head(element: HtmlElement, title: HtmlElement | None) -> bool:
    """Whether an element stands in the headline's own block, which is not that of all the page."""
    head = None if title is None else title.getparent()
    around = None if head is None else head.getparent()
    is_of_page = around is None or around.tag in ("body", "html")
    return not is_of_page and any(block is head for block in element.iterancestors())


def meta_dates(page: Page, near: Zone) -> tuple[list[RawDate], list[RawDate]]:
    """The published and the modified dates of the article's own ``<meta itemprop>``."""
    published: list[str] = []
    modified: list[str] = []
    for element in page.tree.iter("meta"):
        properties = date_properties(element)
        content = element.get("content")
        if content and properties and near.surroundings.is_own(element):
            (modified if properties <= MODIFIED else published).append(content)
            if len(published) + len(modified) >= MOST_DATES:
                break
    return raw(published, "meta"), raw(modified, "meta")
