"""mawj.example: found through a sitemap index and its news sitemaps; dates in og/article meta."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import partial
from html import escape

from demo.press import SECTIONS, Piece
from demo.sites.base import (
    PER_SITEMAP,
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
    updated_mark,
)

_HOME = "https://mawj.example"


class Mawj(Site):
    """A modern site with a full head."""

    name = "mawj"
    title = "موج نيوز"
    hosts = ("mawj.example", "www.mawj.example")
    timezone = "Asia/Beirut"
    precision = "second"
    first_number = 700_000

    @classmethod
    def urls(cls, piece: Piece) -> tuple[str, ...]:
        path = f"/article/{piece.number}-{piece.slug}"
        return (f"{_HOME}{path}", f"https://www.mawj.example{path}")

    def page(self, host: str, path: str, query: dict[str, str]) -> Answer | None:
        if article := re.fullmatch(r"/article/(\d+)(?:-[^/]*)?", path):
            return self.article_answer(self.by_number.get(number_in(article[1])), self._article)
        if path == "/sitemap.xml":
            return self.list_answer(self.pieces, self._index, form=path, content_type=XML)
        if sitemap := re.fullmatch(r"/news-sitemap-(\d+)\.xml", path):
            chunks = self._chunks(self.pieces)
            at = number_in(sitemap[1]) - 1
            if 0 <= at < len(chunks):
                render = partial(news_sitemap, type(self))
                return self.list_answer(chunks[at], render, form=path, content_type=XML)
        if path.removeprefix("/section/") in SECTIONS:
            pieces = self.by_section[path.removeprefix("/section/")]
            return self.list_answer(pieces, self._listing, form=path)
        if path == "/":
            return self.list_answer(self.pieces[:30], self._listing, form=path)
        return None

    @staticmethod
    def _chunks(pieces: Sequence[Piece]) -> list[Sequence[Piece]]:
        return [pieces[at : at + PER_SITEMAP] for at in range(0, len(pieces), PER_SITEMAP)]

    def _index(self, pieces: Sequence[Piece]) -> str:
        entries = "".join(
            f"<sitemap><loc>{_HOME}/news-sitemap-{at}.xml</loc>"
            f"<lastmod>{max(p.changed_at for p in chunk):%Y-%m-%dT%H:%M:%SZ}</lastmod></sitemap>\n"
            for at, chunk in enumerate(self._chunks(pieces), start=1)
        )
        return f"""<?xml version="1.0" encoding="UTF-8"?>
<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">
{entries}</sitemapindex>"""

    def _article(self, piece: Piece) -> str:
        paragraphs = "\n".join(f"<p>{escape(paragraph)}</p>" for paragraph in piece.body)
        related = anchors(self.related(piece), lambda other: self.urls(other)[0])
        url = link(self.urls(piece)[0])
        changed = (piece.modified or piece.published).isoformat()
        return f"""<!DOCTYPE html>
<html lang="ar" dir="rtl" prefix="og: http://ogp.me/ns#"><head><meta charset="utf-8">
<title>{escape(piece.title)} | {self.title}</title>
<meta name="description" content="{escape(piece.body[0][:150])}">
<meta property="og:type" content="article">
<meta property="og:site_name" content="{self.title}">
<meta property="og:title" content="{escape(piece.title)}">
<meta property="og:url" content="{url}">
<meta property="og:image" content="{_HOME}/img/{piece.number}.webp">
<meta property="article:published_time" content="{self.local(piece).isoformat()}">
<meta property="article:modified_time" content="{changed}">
<meta property="article:section" content="{SECTIONS[piece.section]}">
<meta name="author" content="{escape(piece.author)}">
<link rel="canonical" href="{url}"></head>
<body><header><a href="/">{self.title}</a>{self.nav(lambda key: f"/section/{key}")}</header>
<main><article><h1>{escape(piece.title)}</h1>{share_bar()}
<figure><img src="{_HOME}/img/{piece.number}.webp" alt="">
<figcaption>{caption(piece)}</figcaption></figure>
<div class="article-body">
{paragraphs}
</div></article>
<aside class="related"><h2>اقرأ أيضا</h2><ul>{related}</ul></aside></main>
{footer(self.title)}</body></html>"""

    def _listing(self, pieces: Sequence[Piece]) -> str:
        rows = "".join(
            f'<li><a href="{link(self.urls(piece)[0])}">{escape(piece.title)}</a>'
            f"{updated_mark(piece)}</li>"
            for piece in pieces
        )
        return f"""<!DOCTYPE html>
<html lang="ar" dir="rtl"><head><meta charset="utf-8"><title>{self.title}</title></head>
<body>{self.nav(lambda key: f"/section/{key}")}<ul class="cards">{rows}</ul></body></html>"""
