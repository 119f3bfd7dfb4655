"""The headline of a page, without the outlet's name beside it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from lxml.html import HtmlElement

from crawler.extract.loader import Candidate, plain
from crawler.extract.tree import collapse, text_of

_SEPARATOR = r"\s*(?:[|»«·•¦]|\s[-–—:]|[-–—]\s|::)\s*"
_SEPARATION = re.compile(_SEPARATOR)
_SEPARATOR_AT_END = re.compile(f"(?:{_SEPARATOR})$")
LONGEST_NAME = 100
"""Characters of an outlet's name: a longer one is none."""
LONGEST_TITLE = 1000
"""Characters of a headline: what is longer is a page that was misread."""
_CUT_SHORT = re.compile(r"\s*(?:\.\.\.|…)$")
_STAMP = re.compile(r"^[\d./,،\s-]+")
_OPENING = 200
"""Characters within which a text's first words stand."""
_LETTERS = re.compile(r"\w+")


def same_words(one: str, other: str) -> bool:
    """Whether two headlines have equal words."""
    return _LETTERS.findall(one) == _LETTERS.findall(other)


def first_words(text: str) -> list[str]:
    """The words with which a text opens: enough to know it again where it is cut short."""
    return _LETTERS.findall(text[:_OPENING])[:8]


def headings(
    elements: Iterable[HtmlElement], names: Sequence[str]
) -> list[tuple[HtmlElement, str]]:
    """The h1 elements with their text, without those that only name the outlet."""
    found = [(element, text_of(element)) for element in elements]
    return [(element, text) for element, text in found if text and not _is_name(text, names)]


def clean_titles(
    candidates: Sequence[Candidate], shown: Sequence[str], names: Sequence[str]
) -> list[Candidate]:
    """The candidates without the outlet's name, a cut one replaced by the heading it begins."""
    cleaned = {
        value: _cleaned(value, shown, names)
        for value in dict.fromkeys(candidate.value for candidate in candidates)
    }
    return [
        Candidate(title, candidate.source)
        for candidate in candidates
        if (title := cleaned[candidate.value])
    ]


def _cleaned(value: str, shown: Sequence[str], names: Sequence[str]) -> str:
    """The headline in ``value``; empty when it is none."""
    whole = plain(value)
    if len(whole) > LONGEST_TITLE:
        return ""
    title = _as_shown(strip_names(whole, names), shown)
    return "" if _is_name(title, names) else title


_KIND_OF_OUTLET = re.compile(r"(?:جريدة|صحيفة|موقع|وكالة|شبكة|قناة|مجلة)\s+")


def has_own_name(parts: Sequence[str], names: Sequence[str]) -> bool:
    """Whether a part of a line is the outlet, as a byline names it: without what kind it is of."""
    bare = {_KIND_OF_OUTLET.sub("", name) for name in names}
    return len(parts) > 1 and any(
        part == name or (len(part) > 2 and name.startswith(f"{part} "))
        for part in (_KIND_OF_OUTLET.sub("", part.strip()) for part in parts)
        for name in bare
    )


def strip_names(title: str, names: Sequence[str]) -> str:
    """``title`` without an outlet name before or after it (``… - عربي21``, ``المدينة | …``)."""
    title = collapse(title)
    for name in sorted(filter(None, map(collapse, names)), key=len, reverse=True):
        rest = _before(title.rstrip(), name)
        title = title if rest is None else rest
        rest = _behind(title.lstrip(), name)
        title = title if rest is None else rest
    return title.strip()


def _before(title: str, end: str) -> str | None:
    """What stands before the separator before ``end``; None where the title ends otherwise."""
    start = title[: -len(end)]
    if title[len(start) :].casefold() != end.casefold():
        return None
    separator = _SEPARATOR_AT_END.search(start)
    return start[: separator.start()] if separator else None


def _behind(title: str, start: str) -> str | None:
    """What stands behind the separator behind ``start``; None where the title begins otherwise."""
    if title[: len(start)].casefold() != start.casefold():
        return None
    separator = _SEPARATION.match(title, len(start))
    return title[separator.end() :] if separator else None


def beside_heading(window_title: str, shown: Sequence[str]) -> list[str]:
    """The outlet's name, as the window title writes it after or before the heading.

    One word before it may as well be a section or a label: ``عاجل | …``.
    """
    for heading in shown:
        if len(heading.split()) < 3:
            continue
        if window_title.startswith(heading):
            parts = _SEPARATION.split(window_title[len(heading) :])
            name = _STAMP.sub("", parts[-1]).strip()
            return [name] if 1 <= len(name.split()) <= 4 else []
        if window_title.endswith(heading):
            name = _SEPARATION.split(window_title[: -len(heading)])[0].strip()
            return [name] if 2 <= len(name.split()) <= 4 else []
    return []


def _as_shown(title: str, shown: Sequence[str]) -> str:
    """The heading that ``title`` repeats with sections or a name added, or that it cuts short."""
    start = _CUT_SHORT.sub("", title)
    for heading in shown:
        if start != title and heading.startswith(start) and len(heading) > len(start):
            return heading
        is_within = _behind(title, heading) is not None or _before(title, heading) is not None
        if is_within and len(heading.split()) >= 3:
            return heading
    return title


def _is_name(text: str, names: Sequence[str]) -> bool:
    words = _LETTERS.findall(text.casefold())
    return any(words == _LETTERS.findall(name.casefold()) for name in names)
