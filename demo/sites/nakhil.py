"""nakhil.example: an old site in windows-1256, told only in a meta tag; dates in Arabic digits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from html import escape

from demo.press import SECTIONS, Piece, Precision
from demo.sites import dates
from demo.sites.base import Answer, Site, anchors, caption, number_in, updated_mark

_CATEGORIES = dict(zip(map(str, range(1, 5)), SECTIONS, strict=True))
_META = '<meta http-equiv="Content-Type" content="text/html; charset=windows-1256">'


class Nakhil(Site):
    """Tables, font tags and ``news.asp?id=``; every second page shows only the day."""

    name = "nakhil"
    title = "نخيل برس"
    hosts = ("nakhil.example", "www.nakhil.example")
    timezone = "Africa/Cairo"
    carrier = "selector"
    first_number = 30_000

    @classmethod
    def precision_of(cls, index: int) -> Precision:
        return "day" if index % 2 else "minute"

    @classmethod
    def urls(cls, piece: Piece) -> tuple[str, ...]:
        return (
            f"http://nakhil.example/news.asp?id={piece.number}",
            f"http://www.nakhil.example/news.asp?id={piece.number}",
        )

    def page(self, host: str, path: str, query: dict[str, str]) -> Answer | None:
        answer: Answer | None = None
        if path == "/news.asp":
            piece = self.by_number.get(number_in(query.get("id", "")))
            answer = self.article_answer(piece, self._article)
        elif path == "/list.asp" and query.get("cat", "") in _CATEGORIES:
            section = _CATEGORIES[query["cat"]]
            answer = self.list_answer(self.by_section[section], self._listing, form=section)
        elif path == "/":
            answer = self.list_answer(self.pieces[:30], self._listing, form="home")
        return _in_windows_1256(answer) if answer else None

    def _date(self, piece: Piece) -> str:
        show = dates.egyptian_day if piece.precision == "day" else dates.numeric
        return show(self.local(piece))

    def _article(self, piece: Piece) -> str:
        paragraphs = "\n".join(f"<p align=justify>{escape(text)}</p>" for text in piece.body)
        return f"""<html dir=rtl><head>{_META}
<title>{self.title} :: {escape(piece.title)}</title></head>
<body bgcolor="#ffffff"><table width="100%">
<tr><td class=head><font size=6>{self.title}</font></td></tr>
<tr><td class=menu>{_menu()}</td></tr></table>
<table width="100%"><tr><td width="75%" valign=top>
<font size=5 class=title><b>{escape(piece.title)}</b></font><br>
<font size=2 class=date>{self._date(piece)}</font> -
<font size=2 class=writer>{escape(piece.author)}</font>
<table align=left><tr><td><img src="pics/{piece.number}.jpg"></td></tr>
<tr><td class=caption>{caption(piece)}</td></tr></table>
<div class=text>
{paragraphs}
</div>
<a href="print.asp?id={piece.number}">نسخة للطباعة</a> | <a href="#">أرسل إلى صديق</a>
</td><td valign=top class=side><b>آخر الأخبار</b>
<ul>{anchors(self.pieces[:5], _address)}</ul></td></tr></table>
<center class=foot>جميع الحقوق محفوظة {self.title} {dates.indic("2026")}</center></body></html>"""

    def _listing(self, pieces: Sequence[Piece]) -> str:
        rows = "".join(
            f'<tr><td><a href="{_address(piece)}">{escape(piece.title)}</a>{updated_mark(piece)}'
            f"</td><td><font size=1>{self._date(piece)}</font>"
            f' <a href="{_address(piece)}#comments">'
            "تعليقات</a></td></tr>"
            for piece in pieces
        )
        return f"""<html dir=rtl><head>{_META}<title>{self.title}</title></head>
<body>{_menu()}<table class=list>{rows}</table></body></html>"""


def _address(piece: Piece) -> str:
    return f"news.asp?id={piece.number}"


def _menu() -> str:
    return " | ".join(
        f'<a href="list.asp?cat={key}">{SECTIONS[section]}</a>'
        for key, section in _CATEGORIES.items()
    )


def _in_windows_1256(answer: Answer) -> Answer:
    """The answer as the old server sends it: what the code page lacks becomes &#…;."""
    render = answer.render
    return replace(
        answer,
        render=lambda: render().decode().encode("cp1256", "xmlcharrefreplace"),
        content_type="text/html",
    )
