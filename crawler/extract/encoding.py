"""Bytes of a page to text, also where the page lies about its encoding."""

from __future__ import annotations

import codecs
import re

BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16: its mark begins with the UTF-16 one
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
ARABIC_CODECS = ("cp1256", "iso8859-6")
SAID_WITHOUT_THOUGHT = {"utf-8", "ascii", "iso8859-1", "cp1252"}
"""Declarations that servers add by default, so that they prove nothing."""

_META_CHARSET = re.compile(
    rb"""<(?:meta|\?xml)[^>]{0,200}?(?:charset|encoding)\s*=\s*["']?\s*([\w.:-]+)""", re.I
)
_WEB_CODEC = re.compile(r"cp\d+|iso8859|koi8|mac|gb|big5|euc|shift_jis|utf-(8|16|32)|ascii")
_ARABIC_RUN = re.compile("[\u0621-\u063a\u0641-\u064a]{2,}")
_HEAD = 4096
_MOST_DAMAGE = 0.02
"""Share of damaged characters up to which text still counts as UTF-8."""


def decode(body: bytes, declared: str | None = None) -> str:
    """The text of ``body``; never raises.

    Valid UTF-8 is UTF-8 whatever ``declared`` (the HTTP charset) says; then a charset that was
    declared on purpose, in the header or the page; then the Arabic code page that gives more
    Arabic letters. A UTF-8 character cut off at the end is left out.
    """
    for mark, codec in BOMS:
        if body.startswith(mark):
            return body[len(mark) :].decode(codec, "replace")
    text = _utf8(body)
    if text is not None:
        return text
    names = [_codec(name) for name in (declared, _meta_charset(body)) if name]
    for name in names:
        if name and name not in SAID_WITHOUT_THOUGHT and name not in ARABIC_CODECS:
            text = _strict(body, name)
            if text is not None:
                return text
    return _arabic(body, [name for name in names if name])


def _utf8(body: bytes) -> str | None:
    try:
        return codecs.utf_8_decode(body, "strict", False)[0]  # not final: the end may be cut off
    except UnicodeDecodeError:
        text = body.decode("utf-8", "replace")
    foreign = len(text) - len(text.encode("ascii", "ignore"))
    return text if text.count("\ufffd") <= foreign * _MOST_DAMAGE else None


def _arabic(body: bytes, declared: list[str]) -> str:
    texts = [_strict(body, name) for name in dict.fromkeys((*declared, *ARABIC_CODECS))]
    readable = [text for text in texts if text is not None]  # one at least: cp1256 has every byte
    return max(readable, key=_arabic_letters) if len(readable) > 1 else readable[0]


def _arabic_letters(text: str) -> int:
    return sum(len(run) for run in _ARABIC_RUN.findall(text))


def _strict(body: bytes, name: str) -> str | None:
    try:
        return body.decode(name)
    except UnicodeError:
        return None


def _meta_charset(body: bytes) -> str | None:
    found = _META_CHARSET.search(body[:_HEAD])
    return found[1].decode("ascii", "replace") if found else None


def _codec(name: str) -> str | None:
    try:
        codec = codecs.lookup(name.strip().strip("\"'")).name
    except (LookupError, ValueError):
        return None
    return codec if _WEB_CODEC.match(codec) else None
