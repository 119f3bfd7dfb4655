"""sarab.example: answers 503 to everything but robots.txt."""

from __future__ import annotations

from demo.press import Piece
from demo.sites.base import HTML, Answer, Site


class Sarab(Site):
    """An outlet that is down."""

    name = "sarab"
    title = "سراب تايمز"
    hosts = ("sarab.example",)
    timezone = "Asia/Riyadh"
    publishes = False

    @classmethod
    def urls(cls, piece: Piece) -> tuple[str, ...]:
        return (f"https://sarab.example/{piece.number}",)

    def page(self, host: str, path: str, query: dict[str, str]) -> Answer | None:
        return Answer(lambda: "الخدمة غير متاحة مؤقتا".encode(), HTML, status=503)
