"""hudud.example: WordPress with full-text feeds, JSON-LD @graph and dated permalinks."""

from __future__ import annotations

import json
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

_HOME = "https://hudud.example"
_FULL_TEXTS = 20
"""So many items of a feed carry the whole text."""


class Hudud(Site):
    """A WordPress site with a news theme."""

    name = "hudud"
    title = "شبكة حدود الخبر"
    hosts = ("hudud.example", "www.hudud.example")
    timezone = "Asia/Baghdad"
    precision = "second"
    first_number = 48_000

    def __init__(self, pieces: Sequence[Piece]) -> None:
        super().__init__(pieces)
        self._by_path = {self._path(piece): piece for piece in pieces}

    @classmethod
    def urls(cls, piece: Piece) -> tuple[str, ...]:
        path = cls._path(piece)
        return (
            f"{_HOME}{path}",
            f"{_HOME}{path}?utm_source=rss&utm_medium=rss",
            f"{_HOME}/?p={piece.number}",
        )

    @classmethod
    def _path(cls, piece: Piece) -> str:
        return f"/{piece.published:%Y/%m/%d}/{piece.slug}/"

    def page(self, host: str, path: str, query: dict[str, str]) -> Answer | None:
        if "p" in query and path == "/":
            return self._short_link(self.by_number.get(number_in(query["p"])))
        if path in self._by_path:
            return self.article_answer(self._by_path[path], self._article)
        category = re.fullmatch(r"/category/(\w+)/(feed/)?", path)
        if category and category[1] in SECTIONS:
            pieces = self.by_section[category[1]]
            if category[2]:
                return self.list_answer(pieces, self._feed, form=path, content_type=RSS)
            return self.list_answer(pieces, self._listing, form=path)
        if path == "/":
            return self.list_answer(self.pieces[:30], self._listing, form="home")
        return None

    def _short_link(self, piece: Piece | None) -> Answer | None:
        if piece is None:
            return None
        return Answer(lambda: b"", status=301, location=link(self.urls(piece)[0]))

    def _graph(self, piece: Piece) -> str:
        url = self.urls(piece)[0]
        article = {
            "@type": "NewsArticle",
            "@id": f"{url}#article",
            "headline": piece.title,
            "datePublished": self.local(piece).isoformat(),
            "dateModified": (piece.modified or piece.published).isoformat(),
            "author": {"@type": "Person", "name": piece.author},
            "articleSection": [SECTIONS[piece.section]],
            "image": {"@type": "ImageObject", "url": f"{_HOME}/uploads/{piece.number}.jpg"},
            "inLanguage": "ar",
            "isPartOf": {"@id": f"{_HOME}/#website"},
        }
        site = {"@type": "WebSite", "@id": f"{_HOME}/#website", "name": self.title, "url": _HOME}
        graph = {"@context": "https://schema.org", "@graph": [site, article]}
        return json.dumps(graph, ensure_ascii=False).replace("</", "<\\/")

    def _article(self, piece: Piece) -> str:
        url = link(self.urls(piece)[0])
        paragraphs = "\n".join(f"<p>{escape(paragraph)}</p>" for paragraph in piece.body)
        related = anchors(self.related(piece), lambda other: self.urls(other)[0])
        return f"""<!DOCTYPE html>
<html dir="rtl" lang="ar"><head><meta charset="UTF-8">
<title>{escape(piece.title)} - {self.title}</title>
<link rel="canonical" href="{url}">
<link rel="shortlink" href="{_HOME}/?p={piece.number}">
<link rel="alternate" type="application/rss+xml" href="{_HOME}/feed/">
<meta property="og:title" content="{escape(piece.title)}"><meta property="og:url" content="{url}">
<script type="application/ld+json">{self._graph(piece)}</script>
</head><body class="single-post">
<header id="masthead"><a href="/">{self.title}</a>
{self.nav(lambda key: f"/category/{key}/")}</header>
<main><article class="post-{piece.number}">
<h1 class="entry-title">{escape(piece.title)}</h1>
<div class="entry-meta"><span class="author">{escape(piece.author)}</span></div>
{share_bar()}
<figure class="post-thumbnail"><img src="{_HOME}/uploads/{piece.number}.jpg" alt="">
<figcaption>{caption(piece)}</figcaption></figure>
<div class="entry-content">
{paragraphs}
</div>
{share_bar()}
<div class="related-posts"><h3>مقالات ذات صلة</h3><ul>{related}</ul></div>
<div class="comments"><h3>اترك تعليقا</h3><p>لن يتم نشر عنوان بريدك الإلكتروني.</p></div>
</article></main>{footer(self.title)}</body></html>"""

    def _listing(self, pieces: Sequence[Piece]) -> str:
        rows = "".join(
            f'<article><h2><a href="{link(self.urls(piece)[0])}">{escape(piece.title)}</a></h2>'
            f"{updated_mark(piece)}</article>"
            for piece in pieces
        )
        return f"""<!DOCTYPE html>
<html dir="rtl" lang="ar"><head><meta charset="UTF-8"><title>{self.title}</title></head>
<body><header>{self.nav(lambda key: f"/category/{key}/")}</header><main>{rows}</main>
{footer(self.title)}</body></html>"""

    def _feed(self, pieces: Sequence[Piece]) -> str:
        items = "".join(self._item(piece, at < _FULL_TEXTS) for at, piece in enumerate(pieces))
        return f"""<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"
 xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:atom="http://www.w3.org/2005/Atom">
<channel><title>{self.title}</title><link>{_HOME}</link><description>أخبار الحدود</description>
<language>ar</language>
{items}</channel></rss>"""

    def _item(self, piece: Piece, full: bool) -> str:
        url = link(self.urls(piece)[0])
        appeared = (
            f'<p>The post <a href="{url}">{escape(piece.title)}</a> appeared first on '
            f'<a href="{_HOME}">{self.title}</a>.</p>'
        )
        text = "".join(f"<p>{escape(paragraph)}</p>" for paragraph in piece.body) + appeared
        content = f"<content:encoded><![CDATA[{text}]]></content:encoded>" if full else ""
        return f"""<item><title>{escape(piece.title)}</title>
<link>{link(self.urls(piece)[1])}</link><dc:creator><![CDATA[{piece.author}]]></dc:creator>
<pubDate>{dates.rfc822(piece.published, seconds=True)}</pubDate>{updated_element(piece)}
<category><![CDATA[{SECTIONS[piece.section]}]]></category>
<guid isPermaLink="false">{_HOME}/?p={piece.number}</guid>
<description><![CDATA[<p>{escape(piece.body[0][:140])} [&#8230;]</p>{appeared}]]></description>
{content}</item>
"""
