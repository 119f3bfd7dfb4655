"""sahel.example: its feed is gone, its section pages still work; dates in microdata."""

from __future__ import annotations

import re
from collections.abc import Sequence
from html import escape

from demo.press import SECTIONS, Piece
from demo.sites import dates
from demo.sites.base import (
    Answer,
    Site,
    anchors,
    caption,
    footer,
    number_in,
    share_bar,
    updated_mark,
)


class Sahel(Site):
    """An outlet that moved its feed without telling anybody."""

    name = "sahel"
    title = "بريد الساحل"
    hosts = ("sahel.example", "www.sahel.example")
    timezone = "Africa/Tunis"
    precision = "second"
    first_number = 5_000

    @classmethod
    def urls(cls, piece: Piece) -> tuple[str, ...]:
        return (
            f"https://sahel.example{_path(piece)}",
            f"https://www.sahel.example{_path(piece)}",
        )

    def page(self, host: str, path: str, query: dict[str, str]) -> Answer | None:
        if article := re.fullmatch(r"/articles/(\d+)", path):
            return self.article_answer(self.by_number.get(number_in(article[1])), self._article)
        section = path.removeprefix("/section/")
        if section in SECTIONS:
            return self.list_answer(self.by_section[section], self._listing, form=section)
        if path == "/":
            return self.list_answer(self.pieces[:30], self._listing, form="home")
        return None

    def _article(self, piece: Piece) -> str:
        moment = self.local(piece)
        paragraphs = "\n".join(f"<p>{escape(paragraph)}</p>" for paragraph in piece.body)
        return f"""<!DOCTYPE html>
<html lang="ar" dir="rtl"><head><meta charset="utf-8">
<title>{escape(piece.title)} - {self.title}</title>
<link rel="alternate" type="application/rss+xml" href="/rss.xml"></head>
<body><header><a href="/">{self.title}</a>{self.nav(lambda key: f"/section/{key}")}</header>
<article itemscope itemtype="https://schema.org/NewsArticle">
<meta itemprop="datePublished" content="{moment.isoformat()}">
<h1 itemprop="headline">{escape(piece.title)}</h1>
<p class="info">نشر في: {dates.both_months(moment)} |
<span itemprop="author">{escape(piece.author)}</span></p>
{share_bar()}
<figure><img src="/media/{piece.number}.jpg" alt="">
<figcaption>{caption(piece)}</figcaption></figure>
<div itemprop="articleBody">
{paragraphs}
</div></article>
<aside><h3>اقرأ أيضا</h3><ul>{anchors(self.related(piece), _path)}</ul></aside>
{footer(self.title)}</body></html>"""

    def _listing(self, pieces: Sequence[Piece]) -> str:
        rows = "".join(
            f'<li><a href="{_path(piece)}">{escape(piece.title)}</a>{updated_mark(piece)}</li>'
            for piece in pieces
        )
        return f"""<!DOCTYPE html>
<html lang="ar" dir="rtl"><head><meta charset="utf-8"><title>{self.title}</title>
<link rel="alternate" type="application/rss+xml" href="/rss.xml"></head>
<body>{self.nav(lambda key: f"/section/{key}")}<ul>{rows}</ul>{footer(self.title)}</body></html>"""


def _path(piece: Piece) -> str:
    return f"/articles/{piece.number}"
