"""What a failing web answers in place of a page: cut, wrong, mislabelled and strange ones."""

from __future__ import annotations

import re
import zlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from email.utils import formatdate
from functools import lru_cache
from random import Random

from demo.sites.base import HTML

LOOP = "/loop/"
"""Every address below it leads on to another one below it."""
PARKED = "parked.example"
"""A host that belongs to no outlet and answers every address with one page."""
BOMB_BYTES = 96 * 1024 * 1024
_WAIT = 7200  # seconds
_FEEDS = ("xml", "rss")


@dataclass(slots=True, frozen=True)
class Sent:
    """An answer as it goes out; ``headers`` may hold a name twice."""

    body: bytes
    headers: tuple[tuple[str, str], ...] = (("Content-Type", HTML),)
    status: int = 200

    @property
    def content_type(self) -> str:
        """The first Content-Type."""
        return next((value for name, value in self.headers if name == "Content-Type"), "")

    @property
    def is_xml(self) -> bool:
        """Whether it is a feed or a sitemap."""
        return any(word in self.content_type for word in _FEEDS)

    def labelled(self, content_type: str) -> Sent:
        """The same under another Content-Type."""
        others = tuple(header for header in self.headers if header[0] != "Content-Type")
        return replace(self, headers=(("Content-Type", content_type), *others))

    def with_headers(self, *more: tuple[str, str]) -> Sent:
        """The same with further headers."""
        return replace(self, headers=(*self.headers, *more))


Damage = Callable[[Sent, Random], Sent]


def _page(title: str, text: str, status: int = 200) -> Sent:
    html = (
        f'<!DOCTYPE html><html lang="ar" dir="rtl"><head><meta charset="utf-8"><title>{title}'
        f"</title></head><body><h1>{title}</h1>{text}</body></html>"
    )
    return Sent(html.encode(), status=status)


def cut(sent: Sent, dice: Random) -> Sent:
    """It simply stops in the middle, and its length says that this is all."""
    return replace(sent, body=sent.body[: int(len(sent.body) * dice.uniform(0.2, 0.9))])


def empty(sent: Sent, dice: Random) -> Sent:
    return replace(sent, body=b"")


def unavailable(sent: Sent, dice: Random) -> Sent:
    return _page("Service Unavailable", "", dice.choice((500, 502, 503, 504)))


def forbidden(sent: Sent, dice: Random) -> Sent:
    return _page("403 Forbidden", "<hr>nginx", 403)


def missing(sent: Sent, dice: Random) -> Sent:
    return _page("404", "لا توجد صفحة بهذا العنوان", 404)


def busy(sent: Sent, dice: Random) -> Sent:
    return _page("429 Too Many Requests", "", 429)


def busy_seconds(sent: Sent, dice: Random) -> Sent:
    return busy(sent, dice).with_headers(("Retry-After", str(dice.choice((1, 120, _WAIT)))))


def busy_date(sent: Sent, dice: Random) -> Sent:
    return busy(sent, dice).with_headers(("Retry-After", formatdate(usegmt=True)))


def error_page(sent: Sent, dice: Random) -> Sent:
    return _page("عذرا، حدث خطأ", "<p>حدث خطأ أثناء تحميل الصفحة، يرجى المحاولة لاحقا.</p>")


def login_wall(sent: Sent, dice: Random) -> Sent:
    form = '<form><input name="user"><input type="password" name="word"></form>'
    return _page("تسجيل الدخول", f"<p>يرجى تسجيل الدخول لمتابعة القراءة</p>{form}")


def challenge(sent: Sent, dice: Random) -> Sent:
    return _page("Just a moment...", '<div id="cf_chl_opt"></div>', dice.choice((200, 403, 503)))


def maintenance(sent: Sent, dice: Random) -> Sent:
    return _page("الموقع تحت الصيانة", "<p>نعود إليكم قريبا.</p>")


def loop(sent: Sent, dice: Random) -> Sent:
    return Sent(b"", (("Location", f"{LOOP}{dice.randrange(10**6)}"),), 302)


def to_front_page(sent: Sent, dice: Random) -> Sent:
    return Sent(b"", (("Location", "/"),), 302)


def to_stranger(sent: Sent, dice: Random) -> Sent:
    return Sent(b"", (("Location", f"https://{PARKED}/?from=news"),), 302)


def parked(sent: Sent, dice: Random) -> Sent:
    return _page("This domain is for sale", "<p>Buy it now.</p>" * 20)


def calendar(sent: Sent, dice: Random) -> Sent:
    """A listing with a calendar whose every day is another listing."""
    days = (f"/day/{dice.randrange(1000, 9999)}/{month}/{day}" for month, day in _DAYS)
    links = "".join(f'<a href="{day}">{day}</a>' for day in days).encode()
    return replace(sent, body=sent.body.replace(b"</body>", links + b"</body>"))


_DAYS = [(month, day) for month in range(1, 13) for day in range(1, 29)]


def said_latin(sent: Sent, dice: Random) -> Sent:
    """The header says another charset, as servers do by default."""
    kind = sent.content_type.partition(";")[0]
    return sent.labelled(f"{kind}; charset={dice.choice(('ISO-8859-1', 'us-ascii', 'utf-16'))}")


def said_otherwise(sent: Sent, dice: Random) -> Sent:
    """The page itself says another charset, and the header none."""
    said = dice.choice((b"windows-1252", b"iso-8859-1", b"x-unknown"))
    head, rest = sent.body[:1000], sent.body[1000:]
    for name in (b"utf-8", b"UTF-8", b"windows-1256"):
        head = head.replace(name, said)
    plain = replace(sent, body=head + rest)
    return plain.labelled(sent.content_type.partition(";")[0])


def arabic_bytes_said_utf8(sent: Sent, dice: Random) -> Sent:
    """Windows-1256 under the name of UTF-8."""
    kind = sent.content_type.partition(";")[0]
    body = _text(sent.body).encode("cp1256", "xmlcharrefreplace")
    return replace(sent, body=body).labelled(f"{kind}; charset=utf-8")


def utf8_said_arabic(sent: Sent, dice: Random) -> Sent:
    """UTF-8 under the name of windows-1256."""
    kind = sent.content_type.partition(";")[0]
    return replace(sent, body=_text(sent.body).encode()).labelled(f"{kind}; charset=windows-1256")


def _text(body: bytes) -> str:
    try:
        return body.decode()
    except UnicodeDecodeError:
        return body.decode("cp1256")


def bare_ampersands(sent: Sent, dice: Random) -> Sent:
    """XML by hand: ampersands and control characters as they come."""
    damaged = sent.body.replace(b"&amp;", b"&")
    return replace(sent, body=re.sub(rb"(<(?:title|loc)>)", b"\\1\x0b & &nbsp; ", damaged, count=3))


def not_xml(sent: Sent, dice: Random) -> Sent:
    """An error page in place of a feed, under the feed's Content-Type."""
    return error_page(sent, dice).labelled(sent.content_type)


def two_types(sent: Sent, dice: Random) -> Sent:
    return sent.with_headers(("Content-Type", "application/octet-stream; charset=utf-16"))


def two_tags(sent: Sent, dice: Random) -> Sent:
    return sent.with_headers(("ETag", '"another"'), ("Last-Modified", "yesterday"))


def bomb(sent: Sent, dice: Random) -> Sent:
    """A few kilobytes that unpack to very many."""
    return replace(sent, body=_bomb()).with_headers(("Content-Encoding", "gzip"))


def packed_bomb(sent: Sent, dice: Random) -> Sent:
    """The same as a file: a sitemap.xml.gz."""
    return replace(sent, body=_bomb()).labelled("application/gzip")


@lru_cache(maxsize=1)
def _bomb() -> bytes:
    pack = zlib.compressobj(wbits=31)
    block = b"<p>" * (1024 * 1024 // 3)
    parts = [pack.compress(b"<html><body>")]
    parts += [pack.compress(block) for _ in range(BOMB_BYTES // len(block))]
    return b"".join((*parts, pack.flush()))


ANY: tuple[Damage, ...] = (
    cut,
    empty,
    unavailable,
    forbidden,
    missing,
    busy,
    busy_seconds,
    busy_date,
    error_page,
    login_wall,
    challenge,
    maintenance,
    loop,
    to_front_page,
    to_stranger,
    said_latin,
    said_otherwise,
    arabic_bytes_said_utf8,
    utf8_said_arabic,
    two_types,
    two_tags,
    bomb,
)
XML_ONLY: tuple[Damage, ...] = (bare_ampersands, not_xml, packed_bomb)
HTML_ONLY: tuple[Damage, ...] = (calendar,)
