"""What the pretend sites share: answers with validators, routes, listings and page furniture."""

from __future__ import annotations

import hashlib
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from html import escape
from typing import ClassVar, Literal
from urllib.parse import quote
from zoneinfo import ZoneInfo

from demo.press import SECTIONS, Piece, Precision

HTML = "text/html; charset=utf-8"
XML = "application/xml; charset=utf-8"
RSS = "application/rss+xml; charset=utf-8"
PER_SITEMAP = 1000
"""A news sitemap holds at most so many addresses (sitemaps-news 0.9)."""

Carrier = Literal["selector", "jsonld", "structure"]
"""What the text of a page is read by, as an article's provenance names it."""

_CAPTIONS = (
    "صورة أرشيفية",
    "صورة من المكان بعدسة مراسلنا",
    "صورة تعبيرية من الأرشيف",
    "مشهد عام التقط صباحا",
)


@dataclass(slots=True, frozen=True)
class Answer:
    """What a site says: the body is rendered only when it is sent."""

    render: Callable[[], bytes]
    content_type: str = HTML
    status: int = 200
    etag: str | None = None
    modified: datetime | None = None
    location: str | None = None


class Site(ABC):
    """A pretend outlet: the facts as class attributes, the pages as methods."""

    name: ClassVar[str]
    title: ClassVar[str]
    hosts: ClassVar[tuple[str, ...]]
    timezone: ClassVar[str]
    precision: ClassVar[Precision] = "minute"
    first_number: ClassVar[int] = 1000
    publishes: ClassVar[bool] = True
    carrier: ClassVar[Carrier] = "structure"

    def __init__(self, pieces: Sequence[Piece]) -> None:
        self.pieces = pieces
        self.by_number = {piece.number: piece for piece in pieces}
        self.by_section = {
            key: [piece for piece in pieces if piece.section == key] for key in SECTIONS
        }

    @classmethod
    def precision_of(cls, index: int) -> Precision:
        """How exactly the layout shows the time of the ``index``-th piece."""
        return cls.precision

    @classmethod
    @abstractmethod
    def urls(cls, piece: Piece) -> tuple[str, ...]:
        """Every address of the piece, the canonical one first."""

    def respond(self, host: str, path: str, query: dict[str, str]) -> Answer | None:
        """The answer for a decoded path and query, or None for 404."""
        if path == "/robots.txt":
            return Answer(lambda: b"User-agent: *\nAllow: /\n", "text/plain; charset=utf-8")
        return self.page(host, path, query)

    @abstractmethod
    def page(self, host: str, path: str, query: dict[str, str]) -> Answer | None:
        """The site's own routes."""

    def local(self, piece: Piece) -> datetime:
        """The publication in the outlet's own time."""
        return piece.published.astimezone(ZoneInfo(self.timezone))

    def article_answer(
        self, piece: Piece | None, render: Callable[[Piece], str], *, form: str = "page"
    ) -> Answer | None:
        """An article page with validators; None when there is no such piece."""
        if piece is None:
            return None
        return Answer(
            lambda: render(piece).encode(),
            etag=f'"{self.name}-{form}-{piece.number}-{piece.revision}.{piece.quiet_edits}"',
            modified=piece.changed_at,
        )

    def list_answer(
        self,
        pieces: Sequence[Piece],
        render: Callable[[Sequence[Piece]], str],
        *,
        form: str,
        content_type: str = HTML,
    ) -> Answer:
        """A feed, sitemap or section page whose validators follow from what it lists."""
        listed = ",".join(f"{piece.number}.{piece.revision}" for piece in pieces)
        digest = hashlib.sha1(f"{form}:{listed}".encode(), usedforsecurity=False).hexdigest()
        return Answer(
            lambda: render(pieces).encode(),
            content_type,
            etag=f'"{digest[:16]}"',
            modified=max((piece.changed_at for piece in pieces), default=None),
        )

    def related(self, piece: Piece, count: int = 3) -> list[Piece]:
        """Other pieces of the same section, for the blocks beside and below a text."""
        siblings = self.by_section[piece.section]
        start = piece.number // 3 % len(siblings)
        around = [siblings[(start + step) % len(siblings)] for step in range(count + 1)]
        return [other for other in dict.fromkeys(around) if other is not piece][:count]

    def nav(self, address: Callable[[str], str]) -> str:
        """The menu of sections."""
        links = (
            f'<li><a href="{address(key)}">{label}</a></li>' for key, label in SECTIONS.items()
        )
        return f'<nav class="menu"><ul><li><a href="/">الرئيسية</a></li>{"".join(links)}</ul></nav>'


def number_in(text: str) -> int:
    """The number that an address holds, or -1 (no piece has it)."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 12 else -1


def link(address: str) -> str:
    """An address as it stands in an attribute: percent-encoded and escaped."""
    return escape(quote(address, safe=":/?&=#%"))


def caption(piece: Piece) -> str:
    """The line below a piece's photograph; no part of its text."""
    return _CAPTIONS[piece.number // 3 % len(_CAPTIONS)]


def anchors(pieces: Iterable[Piece], address: Callable[[Piece], str]) -> str:
    """List items that link to pieces by title."""
    return "".join(
        f'<li><a href="{link(address(piece))}">{escape(piece.title)}</a></li>' for piece in pieces
    )


def updated_mark(piece: Piece) -> str:
    """The mark that a listing puts beside a piece changed after publication."""
    if piece.modified is None:
        return ""
    return f' <small class="updated">آخر تحديث {piece.modified:%Y-%m-%d %H:%M} غرينتش</small>'


def updated_element(piece: Piece) -> str:
    """What a feed's item says of a change after publication (Atom's element in RSS)."""
    changed = piece.modified
    return f"<atom:updated>{changed:%Y-%m-%dT%H:%M:%SZ}</atom:updated>" if changed else ""


def news_sitemap(site: type[Site], pieces: Iterable[Piece]) -> str:
    """A news sitemap of a site's pieces (sitemaps-news 0.9)."""
    entries = "".join(
        f"""<url><loc>{link(site.urls(piece)[0])}</loc>
<lastmod>{piece.changed_at:%Y-%m-%dT%H:%M:%SZ}</lastmod>
<news:news><news:publication><news:name>{site.title}</news:name>
<news:language>ar</news:language></news:publication>
<news:publication_date>{piece.published:%Y-%m-%dT%H:%M:%SZ}</news:publication_date>
<news:title>{escape(piece.title)}</news:title></news:news></url>
"""
        for piece in pieces
    )
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"
 xmlns:news="http://www.google.com/schemas/sitemap-news/0.9">
{entries}</urlset>"""


def share_bar() -> str:
    """Buttons that every outlet hangs above and below a text."""
    names = ("فيسبوك", "واتساب", "تلغرام", "نسخ الرابط")
    return (
        '<div class="share">شارك: '
        + " ".join(f'<a href="#">{name}</a>' for name in names)
        + "</div>"
    )


def footer(title: str) -> str:
    """The foot of a page, with the year that must not be read as a date of publication."""
    return (
        f"<footer><p>جميع الحقوق محفوظة © {title} 2026</p>"
        '<p><a href="/about">من نحن</a> | <a href="/contact">اتصل بنا</a> | '
        '<a href="/privacy">سياسة الخصوصية</a></p></footer>'
    )
