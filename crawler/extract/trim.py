"""The lines of a text block, without what stands in it but is no text of the article."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

from crawler.extract.dateline import is_dateline, writer_in
from crawler.extract.dates import visible_dates
from crawler.extract.phrases import AUTHOR, is_byline_label, is_label, is_last_line, is_notice
from crawler.extract.structure import PROSE_WORDS, is_prose
from crawler.extract.title import LONGEST_NAME, has_own_name, strip_names
from crawler.extract.tree import Line

_ALL_LINKED = 0.8
_EDGES = re.compile(r"^\W+|\W+$")
_LONGEST_NAME_LINE = 6
"""Words of a line that may be no more than the outlet's name and its frame."""
_LONGEST_PLACE = 2
_PARTS = re.compile(r"\s*[/()]+\s*")
_FROM_US = re.compile(r"\s*[-:–]?\s*(?:خاص|متابعات|متابعة)$")
_HEADINGS = frozenset(("h2", "h3", "h4", "h5", "h6"))
_EMAIL = re.compile(r"[\w.+-]{1,60}@[\w-]{1,60}\.[\w.-]{2,60}")
_LONGEST_DATE_LINE = 20
"""Words of a line that states a date in two calendars, with its source and its hour."""


def trim(lines: Sequence[Line], *, titles: Collection[str], names: Sequence[str]) -> list[Line]:
    """``lines`` without notices, links to other articles, and the frame around the text."""
    kept = _without_notices(lines)
    own = [line for line in kept if not _is_linked(line)]
    kept = own if any(is_prose(line) for line in own) else kept
    return _without_tail(_without_head(kept, titles, names), titles, names)


def _without_notices(lines: Sequence[Line]) -> list[Line]:
    kept = []
    after_label = False
    for line in lines:
        if is_notice(line.text, line.words):
            after_label = is_label(line.text)
        elif not (after_label and line.linked * 2 > line.words):
            after_label = False
            kept.append(line)
    return kept


def _is_linked(line: Line) -> bool:
    return (
        line.words >= 2 and line.linked >= line.words * _ALL_LINKED and line.element.tag != "body"
    )


def _without_head(lines: list[Line], titles: Collection[str], names: Sequence[str]) -> list[Line]:
    first = next(
        (
            i
            for i, line in enumerate(lines)
            if is_prose(line) and line.text not in titles and not _states_date(line)
        ),
        0,
    )
    repeated = max((i + 1 for i in range(first) if lines[i].text in titles), default=0)
    head = [line for line in lines[repeated:first] if not _is_frame(line, titles, names)]
    return head + lines[first:]


def _without_tail(lines: list[Line], titles: Collection[str], names: Sequence[str]) -> list[Line]:
    end = len(lines)
    while end and (_is_end(lines[end - 1]) or _is_frame(lines[end - 1], titles, names)):
        end -= 1
    return lines[:end]


def _is_end(line: Line) -> bool:
    """Whether a line behind the text is its source, its end, or a heading of what is no more it."""
    is_heading = line.element.tag in _HEADINGS and not line.text.endswith(".")
    return is_heading or is_last_line(line.text)


def _is_frame(line: Line, titles: Collection[str], names: Sequence[str]) -> bool:
    """Whether a line before or after the text is a headline, date, author label or outlet name."""
    if line.text in titles or (line.words == 1 and _EMAIL.fullmatch(line.text[:LONGEST_NAME])):
        return True
    if line.words < PROSE_WORDS + 4 and (visible_dates(line.text) and not is_prose(line)):
        return True
    if _states_date(line):
        return True
    if line.words <= _LONGEST_NAME_LINE and AUTHOR.fullmatch(line.text):
        return True
    if writer_in(line.text, names):
        return True
    if line.words <= 3 and (line.text.endswith(":") or is_byline_label(line.text)):
        return True
    return line.words <= _LONGEST_NAME_LINE and _is_own_name(line.text, names)


def _states_date(line: Line) -> bool:
    """Whether a line of any length is no more than dates, or names its source and them."""
    return line.words <= _LONGEST_DATE_LINE and is_dateline(line.text)


def _is_own_name(text: str, names: Sequence[str]) -> bool:
    """Whether a line is an outlet's name, alone or with a place: ``لندن - عربي21``."""
    if len(text) > LONGEST_NAME:
        return False
    bare = _FROM_US.sub("", _EDGES.sub("", text)).casefold()
    bare = _PARTS.sub(" - ", bare).strip(" -")
    own = [name.casefold() for name in names]
    rest = strip_names(bare, own)
    if not rest or rest in own:
        return True
    if rest != bare:
        return text.startswith("(") or len(rest.split()) <= _LONGEST_PLACE
    return has_own_name(bare.split(" - "), own)
