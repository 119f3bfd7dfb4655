"""Text of web pages as HTML: escaped, with the found words marked."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from markupsafe import Markup, escape

from database.snippets import MARK_END, MARK_START

Span = tuple[int, int]
"""Start and end in Unicode code points of the stored text."""

_MARKED = re.compile(f"{MARK_START}([^{MARK_START}{MARK_END}]*){MARK_END}")
_STRAY = re.compile(f"[{MARK_START}{MARK_END}]")
_WEB_ADDRESS = re.compile(r"https?://[^\s\x00-\x1f]+", re.IGNORECASE)


def is_web_address(value: str) -> bool:
    """Whether ``value`` may be a link: http and https only, never ``javascript:`` or ``data:``."""
    return _WEB_ADDRESS.fullmatch(value) is not None


def show_marks(text: str) -> Markup:
    """``text`` escaped, its pairs of mark characters as ``<mark>``; stray ones vanish."""
    marked = _MARKED.sub(r"<mark>\1</mark>", str(escape(text)))
    return Markup(_STRAY.sub("", marked))


def mark_spans(text: str, spans: Iterable[Span]) -> Markup:
    """``text`` escaped, with every span marked; overlapping spans become one."""
    shown, at = Markup(""), 0
    for start, end in _merged(spans, len(text)):
        shown += escape(text[at:start]) + Markup("<mark>{}</mark>").format(text[start:end])
        at = end
    return shown + escape(text[at:])


def mark_paragraphs(text: str, spans: Iterable[Span]) -> list[Markup]:
    """The lines of ``text`` that are not blank, each with its share of the spans marked."""
    spans, shown, at = list(spans), [], 0
    for line in text.split("\n"):
        if line.strip():
            shown.append(mark_spans(line, [(start - at, end - at) for start, end in spans]))
        at += len(line) + 1
    return shown


def _merged(spans: Iterable[Span], length: int) -> Iterator[Span]:
    reached = 0
    for start, end in sorted(spans):
        start, end = max(start, reached), min(end, length)
        if start < end:
            yield start, end
            reached = end
