"""Readers' comments that nothing on the page names so: told by a label or by their pattern."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import pairwise, takewhile

from lxml.html import HtmlElement

from crawler.extract.dates import visible_dates
from crawler.extract.furniture import declares_text
from crawler.extract.tree import Line

FEWEST_COMMENTS = 3
FEWEST_DATED = 2
"""Comments that show their date, or stand under a label, are told by fewer."""
WORDS_BEFORE = 8
"""Words of prose before them: a page of nothing else is an article in many voices."""

_LABEL = re.compile(
    r"(?:(?:ال|أحدث\s+ال)?تعليقات(?:\s+(?:الزوار|القراء))?|تعليقات?كم|آراء\s+(?:القراء|الزوار)|"
    r"ردود\s+القراء|\(?\d+\)?\s*(?:تعليقا?|تعليقات|Comments?)|Comments)\s*[:：]?\s*(?:\(?\d+\)?)?",
    re.I,
)
_LONGEST_LABEL = 60
_LONGEST_NAME = 4
_NO_NAME = re.compile(r"[؟?:.!…«»\"]\W*$")
_SECTION_HEADINGS = frozenset(("h1", "h2", "h3"))
_HEADINGS = _SECTION_HEADINGS | {"h4", "h5", "h6"}


def comment_blocks(lines: Sequence[Line], prose: Sequence[bool]) -> set[HtmlElement]:
    """The elements that hold comments; ``prose`` says of each line whether it is running text."""
    return _under_labels(lines, prose) | _threads(lines, prose)


def _under_labels(lines: Sequence[Line], prose: Sequence[bool]) -> set[HtmlElement]:
    """What stands behind a line that says "comments", where the article's prose is before it."""
    words = 0
    for line, is_prose in zip(lines, prose, strict=True):
        words += line.words if is_prose else 0
        if words >= WORDS_BEFORE and _is_label(line):
            behind = set(_alone(line.element).itersiblings())
            return set() if any(map(declares_text, behind)) else behind
    return set()


def _is_label(line: Line) -> bool:
    """Whether a line says "comments"; their bare number stands as well beside a headline."""
    if len(line.text) > _LONGEST_LABEL or line.linked or not _LABEL.fullmatch(line.text):
        return False
    return line.element.tag in _HEADINGS or not any(map(str.isdigit, line.text))


def _alone(element: HtmlElement) -> HtmlElement:
    """The outermost element that holds nothing but ``element``."""
    while (parent := element.getparent()) is not None and parent.tag != "body":
        if len(parent) > 1 or (parent.text or "").strip() or (element.tail or "").strip():
            break
        element = parent
    return element


def _threads(lines: Sequence[Line], prose: Sequence[bool]) -> set[HtmlElement]:
    """Elements whose children are each a name with a few words of text."""
    entries: dict[HtmlElement, dict[HtmlElement, bool]] = defaultdict(dict)
    first_words: dict[HtmlElement, int] = {}
    words = 0
    for i, (line, following) in enumerate(pairwise(lines)):
        words += line.words if prose[i] else 0
        entry = _entry(line, following) if not prose[i] and prose[i + 1] else None
        around = entry.getparent() if entry is not None else None
        if entry is not None and around is not None and _is_name(line):
            entries[around].setdefault(entry, bool(visible_dates(line.text)))
            first_words.setdefault(around, words)
    return {
        around
        for around, found in entries.items()
        if first_words[around] >= WORDS_BEFORE
        and (len(found) >= FEWEST_COMMENTS or (len(found) >= FEWEST_DATED and all(found.values())))
        and around.tag not in ("body", "main", "article")
        and _is_all_entries(around, found)
    }


def _is_all_entries(around: HtmlElement, entries: dict[HtmlElement, bool]) -> bool:
    """Whether hardly anything but entries stands in the element."""
    return sum(child not in entries for child in around) <= len(entries)


def _entry(name: Line, text: Line) -> HtmlElement | None:
    """The element that holds both lines and begins with the first."""
    above = set(_upwards(text.element))
    entry = next((node for node in _upwards(name.element) if node in above), None)
    return None if entry is None or entry is text.element else _alone(entry)


def _upwards(element: HtmlElement) -> Iterator[HtmlElement]:
    yield element
    yield from takewhile(lambda node: node.tag != "body", element.iterancestors())


def _is_name(line: Line) -> bool:
    """Whether a line is a reader's name, perhaps with a date: short, no label and no question."""
    text = line.text
    for date, _ in visible_dates(text):
        text = text.replace(date, "")
    return (
        0 < len(text.split()) <= _LONGEST_NAME
        and any(map(str.isalpha, text))
        and line.element.tag not in _SECTION_HEADINGS
        and not _NO_NAME.search(text)
    )
