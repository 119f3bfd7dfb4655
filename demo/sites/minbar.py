"""minbar.example: pages that a script fills; their text stands in JSON-LD alone."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from functools import partial
from html import escape
from typing import Any

from demo.press import SECTIONS, Piece
from demo.sites import dates
from demo.sites.base import (
    PER_SITEMAP,
    RSS,
    XML,
    Answer,
    Site,
    anchors,
    caption,
    footer,
    link,
    news_sitemap,
    number_in,
    share_bar,
    updated_element,
    updated_mark,
)

_HOME = "https://minbar.example"
_AGENCY = re.compile(r"\((وكالة [^)]+)\) - ")
_TEASER = 140
"""Characters of the text that a page shows before a reader asks for the rest."""


class Minbar(Site):
    """A modern content system: one shell of meaningless blocks for every page."""

    name = "minbar"
    title = "منبر الضفتين"
    hosts = ("minbar.example", "www.minbar.example")
    timezone = "Asia/Damascus"
    precision = "second"
    first_number = 30_000
    carrier = "jsonld"

    @classmethod
    def urls(cls, piece: Piece) -> tuple[str, ...]:
        path = f"/ar/{piece.published:%Y/%m/%d}/{piece.slug}-{piece.number}"
        return (
            f"{_HOME}{path}",
            f"{_HOME}{path}?utm_source=rss&utm_medium=feed",
            f"https://www.minbar.example{path}",
        )

    def page(self, host: str, path: str, query: dict[str, str]) -> Answer | None:
        if article := re.fullmatch(r"/ar/\d{4}/\d{2}/\d{2}/[^/]+-(\d+)", path):
            return self.article_answer(self.by_number.get(number_in(article[1])), self._article)
        if path == "/ar/news-sitemap.xml":
            render = partial(news_sitemap, type(self))
            newest = self.pieces[:PER_SITEMAP]
            return self.list_answer(newest, render, form=path, content_type=XML)
        listing = re.fullmatch(r"/ar/(\w+)(/feed\.xml)?", path)
        if listing and listing[1] in SECTIONS:
            pieces = self.by_section[listing[1]]
            if listing[2]:
                return self.list_answer(pieces, self._feed, form=path, content_type=RSS)
            return self.list_answer(pieces, self._listing, form=path)
        if path in ("/", "/ar"):
            return self.list_answer(self.pieces[:30], self._listing, form="home")
        return None

    def _described(self, piece: Piece) -> dict[str, Any]:
        """The article as schema.org has it; what was changed since says so."""
        agency = _AGENCY.match(piece.body[0])
        author = ("Organization", agency[1]) if agency else ("Person", piece.author)
        article = {
            "@context": "https://schema.org",
            "@type": "NewsArticle",
            "mainEntityOfPage": {"@type": "WebPage", "@id": self.urls(piece)[0]},
            "headline": piece.title,
            "articleBody": "\n\n".join(piece.body),
            "articleSection": SECTIONS[piece.section],
            "keywords": list(dict.fromkeys(plant.watch for plant in piece.plants)),
            "inLanguage": "ar",
            "datePublished": self.local(piece).isoformat(),
            "author": {"@type": author[0], "name": author[1]},
            "publisher": {"@type": "NewsMediaOrganization", "name": self.title},
            "image": {"@type": "ImageObject", "url": f"{_HOME}/media/{piece.number}.avif"},
        }
        if piece.modified:
            article["dateModified"] = piece.modified.isoformat()
        return article

    def _article(self, piece: Piece) -> str:
        described = json.dumps(self._described(piece), ensure_ascii=False).replace("</", "<\\/")
        state = json.dumps({"page": "/ar/[...path]", "props": {"id": piece.number}})
        related = anchors(self.related(piece), lambda other: self.urls(other)[0])
        url, image = link(self.urls(piece)[0]), f"{_HOME}/media/{piece.number}.avif"
        return f"""<!DOCTYPE html>
<html lang="ar" dir="rtl"><head><meta charset="utf-8">
<title>{escape(piece.title)} | {self.title}</title>
<link rel="canonical" href="{url}">
<meta property="og:type" content="article">
<meta property="og:title" content="{escape(piece.title)}">
<meta property="og:description" content="{_teaser(piece)}">
<meta property="og:image" content="{image}">
<script type="application/ld+json">{described}</script></head>
<body><div id="__next"><div class="css-1d3z3hw"><a href="/ar">{self.title}</a>
{self.nav(_section)}</div>
<div class="css-0"><div class="css-k008qs"><h1 class="css-xrxaop">{escape(piece.title)}</h1></div>
<div class="css-70qvj9"><span>{dates.numeric(self.local(piece))}<!-- --> | <!-- -->{caption(piece)}
</span></div>
<div class="css-17xejub"><img src="{image}" alt=""></div>
<div class="css-1uokfzi"><div class="css-0"><div class="css-8atqhb">{_teaser(piece)}</div></div>
<button class="css-1xhj18k">تابع القراءة</button></div>{share_bar()}
<div class="css-gg4vpm"><div class="css-0">اقرأ أيضا</div><ul>{related}</ul></div></div>
{footer(self.title)}</div>
<script id="__NEXT_DATA__" type="application/json">{state}</script></body></html>"""

    def _listing(self, pieces: Sequence[Piece]) -> str:
        rows = "".join(
            f'<div class="css-1r4vtzz"><a href="{link(self.urls(piece)[0])}">{escape(piece.title)}'
            f"</a>{updated_mark(piece)}</div>"
            for piece in pieces
        )
        return f"""<!DOCTYPE html>
<html lang="ar" dir="rtl"><head><meta charset="utf-8"><title>{self.title}</title></head>
<body><div id="__next">{self.nav(_section)}<div class="css-0">{rows}</div>
{footer(self.title)}</div></body></html>"""

    def _feed(self, pieces: Sequence[Piece]) -> str:
        items = "".join(map(self._item, pieces))
        return f"""<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom"
 xmlns:dc="http://purl.org/dc/elements/1.1/">
<channel><title>{self.title}</title><link>{_HOME}/ar</link><description>{self.title}</description>
<language>ar</language>
{items}</channel></rss>"""

    def _item(self, piece: Piece) -> str:
        return f"""<item><title>{escape(piece.title)}</title>
<link>{link(self.urls(piece)[1])}</link><guid isPermaLink="false">minbar-{piece.number}</guid>
<dc:creator>{escape(piece.author)}</dc:creator>
<description>{_teaser(piece)}</description>
<pubDate>{dates.rfc822(piece.published, seconds=True)}</pubDate>{updated_element(piece)}</item>
"""


def _section(key: str) -> str:
    return f"/ar/{key}"


def _teaser(piece: Piece) -> str:
    """The first words of the text, escaped."""
    return f"{escape(piece.body[0][:_TEASER].rpartition(' ')[0])}…"
