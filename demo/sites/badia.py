"""badia.example: a hand-made site without any metadata; the date only as Levantine text."""

from __future__ import annotations

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
    number_in,
    share_bar,
    updated_mark,
)


class Badia(Site):
    """Section pages in two pages each; the newest half first, a single piece on both."""

    name = "badia"
    title = "بوابة البادية"
    hosts = ("badia.example", "www.badia.example")
    timezone = "Asia/Damascus"
    carrier = "selector"
    first_number = 9_000

    @classmethod
    def urls(cls, piece: Piece) -> tuple[str, ...]:
        return (
            f"https://badia.example/news/{piece.number}",
            f"https://www.badia.example/news/{piece.number}",
        )

    def page(self, host: str, path: str, query: dict[str, str]) -> Answer | None:
        if news := re.fullmatch(r"/news/(\d+)", path):
            return self.article_answer(self.by_number.get(number_in(news[1])), self._article)
        section = path.removeprefix("/section/")
        page = query.get("page", "1")
        if section in SECTIONS and page in ("1", "2"):
            pieces = self.by_section[section]
            half = -(-len(pieces) // 2)
            shown = pieces[:half] if page == "1" else pieces[half:] or pieces
            render = partial(self._listing, section, page)
            return self.list_answer(shown, render, form=f"{section}-{page}")
        if path == "/":
            return self.list_answer(
                self.pieces[:30], partial(self._listing, "politics", "1"), form="home"
            )
        return None

    def _article(self, piece: Piece) -> str:
        paragraphs = "\n".join(f'<div class="para">{escape(text)}</div>' for text in piece.body)
        related = anchors(self.related(piece), _path)
        return f"""<!DOCTYPE html>
<html dir="rtl"><head><meta charset="utf-8"><title>{self.title}</title></head><body>
<div id="top"><a href="/">{self.title}</a>{self.nav(lambda key: f"/section/{key}")}</div>
<div id="main"><div class="story">
<div class="kicker">{SECTIONS[piece.section]}</div>
<div class="headline">{escape(piece.title)}</div>
<div class="stamp"><time>{dates.levantine(self.local(piece))}</time> |
<b>{escape(piece.author)}</b></div>
{share_bar()}
<div class="photo"><img src="/photos/{piece.number}.jpg">
<div class="caption">{caption(piece)}</div></div>
<div class="story-text">
{paragraphs}
<div class="also">اقرأ أيضا<ul>{related}</ul></div>
</div></div>
<div class="side"><h4>الأكثر قراءة</h4><ul>{anchors(self.pieces[:4], _path)}</ul></div></div>
{footer(self.title)}</body></html>"""

    def _listing(self, section: str, page: str, pieces: Sequence[Piece]) -> str:
        rows = "".join(
            f'<div class="card"><a href="{_path(piece)}">{escape(piece.title)}</a>'
            f"<span>{dates.levantine(self.local(piece))}</span>{updated_mark(piece)}</div>"
            for piece in pieces
        )
        other = ("2", "التالي", "next") if page == "1" else ("1", "السابق", "prev")
        pager = f'<a rel="{other[2]}" href="/section/{section}?page={other[0]}">{other[1]}</a>'
        return f"""<!DOCTYPE html>
<html dir="rtl"><head><meta charset="utf-8"><title>{self.title}</title></head><body>
<div id="top">{self.nav(lambda key: f"/section/{key}")}</div>
<div class="cards">{rows}</div><div class="pager">{pager}</div>{footer(self.title)}</body></html>"""


def _path(piece: Piece) -> str:
    return f"/news/{piece.number}"
