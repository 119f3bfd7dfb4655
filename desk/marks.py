"""Text of web pages as HTML: escaped, with the found words marked."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterable, Iterator

from markupsafe import Markup, escape

from database.snippets import MARK_END, MARK_START

Span = tuple[int, int]
"""Start and end in Unicode code points of the stored text."""

_MARKED = re.compile(f"{MARK_START}([^{MARK_START}{MARK_END}]*){MARK_END}")
_STRAY = re.compile(f"[{MARK_START}{MARK_END}]")
_WEB_ADDRESS = re.compile(r"https?://[^\s\x00-\x1f\x7f-\x9f]+", re.IGNORECASE)


def is_web_address(value: str) -> bool:
    """Whether ``value`` may be a link: http and https only, never ``javascript:`` or ``data:``."""
    return _WEB_ADDRESS.fullmatch(value) is not None


def show_marks(text: str) -> Markup:
    """``text`` escaped, its pairs of mark characters as ``<mark>``; stray ones vanish."""
    marked = _MARKED.sub(r"<mark>\1</mark>", str(escape(text)))
    return Markup(_STRAY.sub("", marked))


def mark_spans(text: str, spans: Iterable[Span]) -> Markup:
    """``text`` escaped, with every span marked; overlapping spans become one."""
    shown, at = [], 0
    for start, end in _merged(spans, len(text)):
        shown += [escape(text[at:start]), Markup("<mark>{}</mark>").format(text[start:end])]
        at = end
    return Markup("").join([*shown, escape(text[at:])])


def mark_paragraphs(text: str, spans: Iterable[Span]) -> list[Markup]:
    """The lines of ``text`` that are not blank, each with its share of the spans marked."""
    left, shown, at = deque(_merged(spans, len(text))), [], 0
    for line in text.split("\n"):
        here, stop = [], at + len(line)
        while left and left[0][0] < stop:
            start, end = left.popleft()
            here.append((start - at, end - at))
            if end > stop:  # it goes on in the next line
                left.appendleft((stop, end))
                break
        if line.strip():
            shown.append(mark_spans(line, here))
        at = stop + 1
    return shown


def _merged(spans: Iterable[Span], length: int) -> Iterator[Span]:
    reached = 0
    for start, end in sorted(spans):
        start, end = max(start, reached), min(end, length)
        if start < end:
            yield start, end
            reached = end
