"""furat.example: ASP.NET, section feeds with tracking links, a mirror domain, text cut by <br>."""

from __future__ import annotations

import re
from collections.abc import Sequence
from html import escape

from demo.press import SECTIONS, Piece
from demo.sites import dates
from demo.sites.base import (
    RSS,
    Answer,
    Site,
    anchors,
    caption,
    footer,
    link,
    number_in,
    share_bar,
    updated_element,
    updated_mark,
)

_TRACKING = "?utm_source=rss&utm_medium=feed"
_SECTION_IDS = dict(zip(map(str, range(1, 5)), SECTIONS, strict=True))


class Furat(Site):
    """A site in the manner of Arabi21."""

    name = "furat"
    title = "فرات الغد"
    hosts = ("furat.example", "www.furat.example", "furat-news.example")
    timezone = "Europe/Istanbul"
    first_number = 1_600_000

    @classmethod
    def urls(cls, piece: Piece) -> tuple[str, ...]:
        path = _path(piece)
        return (
            f"https://furat.example{path}",
            f"https://furat.example{path}{_TRACKING}",
            f"https://furat-news.example{path}",
            f"https://www.furat.example/story/{piece.number}",
        )

    def page(self, host: str, path: str, query: dict[str, str]) -> Answer | None:
        if story := re.fullmatch(r"/story/(\d+)(?:/[^/]*)?", path):
            return self.article_answer(self.by_number.get(number_in(story[1])), self._article)
        if path.lower() == "/rss/sectionnewsrss" and query.get("id", "") in _SECTION_IDS:
            section = _SECTION_IDS[query["id"]]
            return self.list_answer(
                self.by_section[section], self._feed, form=f"feed-{section}", content_type=RSS
            )
        if listing := re.fullmatch(r"/stories/c/([1-4])/0/[^/]+", path):
            section = _SECTION_IDS[listing[1]]
            return self.list_answer(
                self.by_section[section], self._listing, form=f"{section}@{host}"
            )
        if path == "/":
            return self.list_answer(self.pieces[:30], self._listing, form=f"home@{host}")
        return None

    def _article(self, piece: Piece) -> str:
        image = f"https://furat.example/images/{piece.number}.jpg"
        related = anchors(self.related(piece), _path)
        inline = self.related(piece, 1)[:1]
        return f"""<!DOCTYPE html>
<html lang="ar" dir="rtl"><head><meta charset="utf-8">
<title>{escape(piece.title)} - {self.title}</title>
<meta property="og:title" content="{escape(piece.title)}">
<meta property="og:type" content="article">
<meta property="og:image" content="{image}">
<link rel="canonical" href="{link(self.urls(piece)[0])}">
</head><body><form method="post" id="aspnetForm" action="#">
<input type="hidden" name="__VIEWSTATE" value="dDwtMTA4NzkzMw==">
<header><a class="logo" href="/">{self.title}</a>{self._menu()}</header>
<div class="newsdetails">
<h1 class="newstitle">{escape(piece.title)}</h1>
<span class="author">{escape(piece.author)}</span>
<span class="newsdate">{dates.english(self.local(piece))}</span>
{share_bar()}
<div class="newsimage"><img src="{image}" alt="">
<span class="imgtitle">{caption(piece)}</span></div>
<div class="newscontent" id="storyText">{_text(piece, anchors(inline, _path))}</div>
{share_bar()}
<div class="tags"><a href="/stories/t/{piece.section}">{SECTIONS[piece.section]}</a></div>
</div>
<aside class="related"><h3>اقرأ أيضا</h3><ul>{related}</ul></aside>
</form>{footer(self.title)}</body></html>"""

    def _menu(self) -> str:
        ids = {section: key for key, section in _SECTION_IDS.items()}
        return self.nav(lambda section: f"/stories/c/{ids[section]}/0/{section}")

    def _listing(self, pieces: Sequence[Piece]) -> str:
        rows = "".join(
            f'<div class="item"><a href="{link(_path(piece))}">{escape(piece.title)}</a>'
            f"<span>{dates.english(self.local(piece))}</span>{updated_mark(piece)}</div>"
            for piece in pieces
        )
        return f"""<!DOCTYPE html>
<html lang="ar" dir="rtl"><head><meta charset="utf-8"><title>{self.title}</title></head>
<body><header>{self._menu()}</header><div class="list">{rows}</div>
{footer(self.title)}</body></html>"""

    def _feed(self, pieces: Sequence[Piece]) -> str:
        items = "".join(map(self._item, pieces))
        return f"""<?xml version="1.0" encoding="utf-8"?>
<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom"><channel>
<title>{self.title}</title><link>https://furat.example/</link>
<description>{self.title}</description><language>ar</language>
{items}</channel></rss>"""

    def _item(self, piece: Piece) -> str:
        return f"""<item><title>{escape(piece.title)}</title>
<link>{link(self.urls(piece)[1])}</link>
<guid isPermaLink="false">{piece.number}</guid>
<description><![CDATA[{escape(piece.body[0][:160])}…]]></description>
<pubDate>{dates.rfc822(piece.published, seconds=False)}</pubDate>{updated_element(piece)}</item>
"""


def _path(piece: Piece) -> str:
    return f"/story/{piece.number}/{piece.slug}"


def _text(piece: Piece, inline: str) -> str:
    """Paragraphs as spans and bare text between <br>, with a link block after the first."""
    parts = []
    for at, paragraph in enumerate(piece.body):
        text = escape(paragraph)
        parts.append(f'<span style="font-size:16px">{text}</span>' if at % 2 else text)
    parts.insert(1, f'<div class="readmore">اقرأ أيضا: <ul>{inline}</ul></div>')
    return "<br><br>\n".join(parts)
