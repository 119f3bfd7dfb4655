"""An outlet is a class of attributes; this is what such a class may say."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar


@dataclass(slots=True, frozen=True)
class Feed:
    """An RSS or Atom feed."""

    url: str


@dataclass(slots=True, frozen=True)
class NewsSitemap:
    """A sitemap, news sitemap or sitemap index."""

    url: str


@dataclass(slots=True, frozen=True)
class Section:
    """A listing page; its links that fit the outlet's ``article`` pattern are articles."""

    url: str
