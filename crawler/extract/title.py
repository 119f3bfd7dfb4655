"""The headline of a page, without the outlet's name beside it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache

from lxml.html import HtmlElement

from crawler.extract.loader import Candidate, plain
from crawler.extract.tree import collapse, text_of

_SEPARATOR = r"\s*(?:[|»«·•¦]|\s[-–—:]|[-–—]\s|::)\s*"
LONGEST_NAME = 100
"""Characters of an outlet's name: a longer one is none."""
LONGEST_TITLE = 1000
"""Characters of a headline: what is longer is a page that was misread."""
_CUT_SHORT = re.compile(r"\s*(?:\.\.\.|…)$")
_LETTERS = re.compile(r"\w+")


def same_words(one: str, other: str) -> bool:
    """Whether two headlines have equal words."""
    return _LETTERS.findall(one) == _LETTERS.findall(other)


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


def strip_names(title: str, names: Sequence[str]) -> str:
    """``title`` without an outlet name before or after it (``… - عربي21``, ``المدينة | …``)."""
    title = collapse(title)
    for name in sorted(filter(None, names), key=len, reverse=True):
        behind, before = _name_beside(name)
        title = before.sub("", behind.sub("", title))
    return title.strip()


@lru_cache(maxsize=1024)
def _name_beside(name: str) -> tuple[re.Pattern[str], re.Pattern[str]]:
    """What finds ``name`` behind and before a title."""
    escaped = r"\s+".join(map(re.escape, name.split()))
    return (
        re.compile(f"(?:{_SEPARATOR}){escaped}\\s*$", re.I),
        re.compile(f"^\\s*{escaped}(?:{_SEPARATOR})", re.I),
    )


def beside_heading(window_title: str, shown: Sequence[str]) -> list[str]:
    """The outlet's name, as the window title writes it after the heading."""
    for heading in shown:
        if len(heading.split()) >= 3 and window_title.startswith(heading):
            parts = [part.strip() for part in re.split(_SEPARATOR, window_title[len(heading) :])]
            return [part for part in parts[-1:] if part and len(part.split()) <= 4]
    return []


def _as_shown(title: str, shown: Sequence[str]) -> str:
    """The heading that ``title`` repeats with sections or a name added, or that it cuts short."""
    start = _CUT_SHORT.sub("", title)
    for heading in shown:
        if start != title and heading.startswith(start) and len(heading) > len(start):
            return heading
        if len(heading.split()) >= 3 and len(title) > len(heading):
            escaped = re.escape(heading)
            if re.match(f"{escaped}(?:{_SEPARATOR})", title) or re.search(
                f"(?:{_SEPARATOR}){escaped}$", title
            ):
                return heading
    return title


def _is_name(text: str, names: Sequence[str]) -> bool:
    words = _LETTERS.findall(text.casefold())
    return any(words == _LETTERS.findall(name.casefold()) for name in names)
