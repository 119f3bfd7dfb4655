"""The meta and link elements of a page's head."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import quote, urljoin, urlsplit

from lxml.html import HtmlElement

from crawler.extract.furniture import is_elsewhere
from crawler.extract.tree import collapse

RELS = frozenset(("canonical", "amphtml"))
"""What is read of a page's links: its own other addresses, not its style sheets and icons."""

_HOST = re.compile(r"(?:\[[0-9a-fA-F:.]+\]|[^\[\]:]+)(?::[0-9]*)?")


@dataclass(slots=True, frozen=True)
class Meta:
    """Meta values by lower-case name (microdata as ``itemprop:name``), targets by ``RELS``."""

    values: dict[str, list[str]]
    links: dict[str, list[str]]

    def all(self, *names: str) -> list[tuple[str, str]]:
        """``(name, value)`` of every value of ``names``, in the order of ``names``."""
        return [(name, value) for name in names for value in self.values.get(name, ())]

    def first(self, *names: str) -> str | None:
        """The first value of the first of ``names`` that has one."""
        return next((value for _, value in self.all(*names)), None)


def read_meta(tree: HtmlElement, url: str) -> Meta:
    """Collect the head's metadata; link targets are made absolute against ``url``."""
    values: dict[str, list[str]] = {}
    links: dict[str, list[str]] = {}
    for element in tree.iter("meta", "link"):
        if element.tag == "link":
            for rel in RELS.intersection((element.get("rel") or "").lower().split()):
                target = absolute(url, element.get("href"))
                if target:
                    links.setdefault(rel, []).append(target)
            continue
        content = collapse(element.get("content") or "")
        for attribute, prefix in (("property", ""), ("name", ""), ("itemprop", "itemprop:")):
            name = element.get(attribute)
            if name and content and not (prefix and _is_apart(element)):
                values.setdefault(prefix + name.strip().lower(), []).append(content)
    return Meta(values, links)


@lru_cache(maxsize=8)
def absolute(base: str, target: str | None) -> str | None:
    """``target`` as an absolute http(s) address, or None; one with a space or control is none,
    nor one whose host or port is none (RFC 3986 §3.2).

    What is not printed, as marks of direction, is percent-encoded: it could disguise the address.
    A user name before the host is left out: nobody is logged in here. Kept, for most sources of a
    page name one picture.
    """
    if not target or not target.strip():
        return None
    try:
        joined = urljoin(base, target.strip())
        parts = urlsplit(joined)
        parts.port  # noqa: B018 - raises for what is none
    except ValueError:
        return None
    host = parts.netloc.rpartition("@")[2]
    if parts.scheme not in ("http", "https") or not _HOST.fullmatch(host):
        return None
    if " " in joined or collapse(joined) != joined:
        return None
    if host != parts.netloc:
        joined = parts._replace(netloc=host).geturl()
    if joined.isprintable():
        return joined
    return "".join(c if c.isprintable() else quote(c) for c in joined)


def _is_apart(element: HtmlElement) -> bool:
    """Whether microdata stands in a comment, a teaser or a bar."""
    return any(is_elsewhere(node) for node in element.iterancestors())
