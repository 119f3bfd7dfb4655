"""jisr.example: every article thrice, as page, AMP page and mobile page."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from functools import partial
from html import escape

from demo.press import SECTIONS, Piece
from demo.sites import dates
from demo.sites.base import (
    Answer,
    Site,
    anchors,
    caption,
    footer,
    link,
    number_in,
    share_bar,
    updated_mark,
)


class Jisr(Site):
    """Listings link to several forms of the same article; each form names the canonical one."""

    name = "jisr"
    title = "جسر الأخبار"
    hosts = ("jisr.example", "www.jisr.example", "m.jisr.example")
    timezone = "Asia/Amman"
    first_number = 210_000

    @classmethod
    def urls(cls, piece: Piece) -> tuple[str, ...]:
        path = f"/news/{piece.number}/{piece.slug}"
        return (
            f"https://jisr.example{path}",
            f"https://jisr.example/amp{path}",
            f"https://m.jisr.example{path}",
        )

    def page(self, host: str, path: str, query: dict[str, str]) -> Answer | None:
        mobile = host.startswith("m.")
        if news := re.fullmatch(r"(/amp)?/news/(\d+)/[^/]*", path):
            piece = self.by_number.get(number_in(news[2]))
            if news[1]:
                return self.article_answer(piece, self._amp, form="amp")
            if mobile:
                return self.article_answer(piece, self._mobile, form="mobile")
            return self.article_answer(piece, self._article)
        render = partial(self._listing, 2 if mobile else 0)
        section = path.removeprefix("/section/")
        if section in SECTIONS:
            return self.list_answer(self.by_section[section], render, form=f"{section}@{host}")
        if path == "/":
            return self.list_answer(self.pieces[:30], render, form=f"home@{host}")
        return None

    def _stamp(self, piece: Piece) -> str:
        return self.local(piece).isoformat(timespec="minutes")

    def _time(self, piece: Piece) -> str:
        shown = dates.levantine(self.local(piece))
        return f'<time datetime="{self._stamp(piece)}">{shown}</time>'

    def _json_ld(self, piece: Piece) -> str:
        article = {
            "@context": "https://schema.org",
            "@type": "NewsArticle",
            "mainEntityOfPage": self.urls(piece)[0],
            "headline": piece.title,
            "datePublished": self._stamp(piece),
            "author": {"@type": "Person", "name": piece.author},
            "publisher": {"@type": "Organization", "name": self.title},
        }
        return json.dumps(article, ensure_ascii=False).replace("</", "<\\/")

    def _article(self, piece: Piece) -> str:
        canonical, amp, mobile = map(link, self.urls(piece))
        related = anchors(self.related(piece), lambda other: self.urls(other)[0])
        return f"""<!DOCTYPE html>
<html lang="ar" dir="rtl"><head><meta charset="utf-8">
<title>{escape(piece.title)} | {self.title}</title>
<link rel="canonical" href="{canonical}"><link rel="amphtml" href="{amp}">
<link rel="alternate" media="only screen and (max-width: 640px)" href="{mobile}">
<script type="application/ld+json">{self._json_ld(piece)}</script></head>
<body><header><a href="/">{self.title}</a>{self.nav(lambda key: f"/section/{key}")}</header>
<main><article><h1>{escape(piece.title)}</h1>
<p class="byline">{escape(piece.author)} {self._time(piece)}</p>{share_bar()}
<figure><img src="/i/{piece.number}.jpg" alt=""><figcaption>{caption(piece)}</figcaption></figure>
<div class="content">
{_paragraphs(piece)}
</div>{share_bar()}</article>
<section class="more"><h3>مواضيع ذات صلة</h3><ul>{related}</ul></section></main>
{footer(self.title)}</body></html>"""

    def _amp(self, piece: Piece) -> str:
        return f"""<!doctype html>
<html ⚡ lang="ar" dir="rtl"><head><meta charset="utf-8">
<title>{escape(piece.title)} | {self.title}</title>
<link rel="canonical" href="{link(self.urls(piece)[0])}">
<script type="application/ld+json">{self._json_ld(piece)}</script></head>
<body><h1>{escape(piece.title)}</h1>{self._time(piece)}
<amp-img src="/i/{piece.number}.jpg" width="600" height="400"></amp-img>
<div class="content">
{_paragraphs(piece)}
</div>{footer(self.title)}</body></html>"""

    def _mobile(self, piece: Piece) -> str:
        return f"""<!DOCTYPE html>
<html lang="ar" dir="rtl"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>{escape(piece.title)} | {self.title}</title>
<link rel="canonical" href="{link(self.urls(piece)[0])}"></head>
<body><header>{self.title}</header><article><h1>{escape(piece.title)}</h1>
<p class="byline">{escape(piece.author)} {self._time(piece)}</p>
<div class="content">
{_paragraphs(piece)}
</div></article>{footer(self.title)}</body></html>"""

    def _listing(self, first: int, pieces: Sequence[Piece]) -> str:
        """Links to one form of each piece, and for every third to all its forms."""
        rows = []
        for at, piece in enumerate(pieces):
            urls = self.urls(piece)
            forms = urls if at % 3 == 0 else (urls[(first + at) % 3],)
            targets = "".join(f'<a href="{link(url)}">{escape(piece.title)}</a> ' for url in forms)
            rows.append(f"<li>{targets}{updated_mark(piece)}</li>")
        return f"""<!DOCTYPE html>
<html lang="ar" dir="rtl"><head><meta charset="utf-8"><title>{self.title}</title></head>
<body>{self.nav(lambda key: f"/section/{key}")}<ul>{"".join(rows)}</ul>
{footer(self.title)}</body></html>"""


def _paragraphs(piece: Piece) -> str:
    return "\n".join(f"<p>{escape(paragraph)}</p>" for paragraph in piece.body)
