"""The schema.org description a page carries in JSON-LD, however broken."""

from __future__ import annotations

import html
import json
import re
from collections import deque
from collections.abc import Iterator
from typing import Any

from lxml.html import HtmlElement

from crawler.extract.tree import printable

Node = dict[str, Any]

ARTICLE_TYPES = frozenset(("BlogPosting", "LiveBlogPosting", "Report", "SocialMediaPosting"))
LIVE_TYPES = frozenset(("LiveBlogPosting",))
PAGE_TYPES = frozenset(("WebPage", "ItemPage"))
VIDEO_TYPES = frozenset(("VideoObject",))
LISTING_TYPES = frozenset(("CollectionPage", "SearchResultsPage"))

_IS_SALVAGED = "@salvaged"

_WRAPPING = re.compile(r"<!--|-->|//\s*<!\[CDATA\[|//\s*\]\]>|<!\[CDATA\[|\]\]>|/\*\s*\*/")
_TRAILING_COMMA = re.compile(r",(?=\s*[}\]])")
_BETWEEN = re.compile(r"[\s,;]*")
_BAD_ESCAPE = re.compile(r'\\(?!["\\/bfnrtu])')
_SALVAGED = re.compile(
    r'"(@type|headline|datePublished|dateModified|articleSection)"\s*:\s*"((?:[^"\\\n]|\\.)*)"'
)


def nodes(tree: HtmlElement) -> list[Node]:
    """Every JSON-LD object of the page, outer before inner; references by ``@id`` are followed."""
    found: list[Node] = []
    for script in tree.iter("script"):
        if "ld+json" in (script.get("type") or "").lower():
            found += [node for value in _values(script.text or "") for node in _walk(value)]
    by_id = {
        node["@id"]: node for node in found if isinstance(node.get("@id"), str) and len(node) > 1
    }
    for node in found:
        for key, value in node.items():
            if (
                isinstance(value, dict)
                and isinstance(value.get("@id"), str)
                and "name" not in value
            ):
                node[key] = by_id.get(value["@id"], value)
    return found


def has_type(node: Node, names: frozenset[str]) -> bool:
    """Whether the node is of one of the types."""
    return any(name in names for name in _types(node))


def is_salvaged(node: Node) -> bool:
    """Whether the node is picked out of broken JSON: an inner quote may have cut its values."""
    return _IS_SALVAGED in node


def is_article(node: Node) -> bool:
    """Whether the node describes an article (NewsArticle, OpinionNewsArticle, BlogPosting, …)."""
    return any(name.endswith("Article") or name in ARTICLE_TYPES for name in _types(node))


def strings(value: Any, depth: int = 4) -> list[str]:
    """The strings of a property, printable: itself, its ``name``, ``@value``, ``url``, a list's."""
    if isinstance(value, str):
        text = printable(value)
        return [text] if text.strip() else []
    if depth == 0:
        return []
    if isinstance(value, list):
        return [text for part in value for text in strings(part, depth - 1)]
    if isinstance(value, dict):
        for key in ("name", "@value", "url"):
            if texts := strings(value.get(key), depth - 1):
                return texts
    return []


def _types(node: Node) -> list[str]:
    return [name.rsplit("/", 1)[-1] for name in strings(node.get("@type"))]


def _walk(value: Any) -> Iterator[Node]:
    waiting = deque([value])
    while waiting:
        current = waiting.popleft()
        if isinstance(current, dict):
            yield current
            waiting += [part for part in current.values() if isinstance(part, dict | list)]
        elif isinstance(current, list):
            waiting += current


def _values(text: str) -> list[Any]:
    """The JSON values of a script: repaired, several in a row, or at least the plain fields."""
    source = _WRAPPING.sub("", text).strip().rstrip(";")
    for repaired in _repairs(source):
        values = _decode_all(repaired)
        if values:
            return values
    salvaged: Node = {}
    for key, value in _SALVAGED.findall(source):
        salvaged.setdefault(key, html.unescape(value))
    return [{**salvaged, _IS_SALVAGED: True}] if "@type" in salvaged else []


def _repairs(source: str) -> Iterator[str]:
    yield source
    without_commas = _TRAILING_COMMA.sub("", source)
    yield without_commas
    yield _BAD_ESCAPE.sub(r"\\\\", without_commas)
    if "&quot;" in source:
        yield html.unescape(without_commas)


def _decode_all(source: str) -> list[Any]:
    decoder = json.JSONDecoder(strict=False)  # raw newlines inside strings are common
    values: list[Any] = []
    position = 0
    while (between := _BETWEEN.match(source, position)) and (position := between.end()) < len(
        source
    ):
        try:
            value, position = decoder.raw_decode(source, position)
        except (ValueError, RecursionError):
            return []
        values.append(value)
    return values
