"""Which language of the Arabic script a text is in."""

from __future__ import annotations

import re

_ARABIC_SCRIPT = re.compile("[ \u0621-\u064a\u066e-\u06d3\u06d5\u06fa-\u06ff]+")
"""Letters and the spaces between them: a clause is found as fast as a word."""
_LETTERS = re.compile(r"[^\W\d_]+")
_ARTICLE_WORD = re.compile(r"\b[وف]?(?:[بك]?ال|لل)\w{2,}")
_WORD = re.compile(r"\w+")
_OWN_LETTERS = {
    "ckb": re.compile("[\u0695\u06b5\u06c6\u06ce\u06d5]"),  # ڕ ڵ ۆ ێ ە
    "ur": re.compile("[\u0679\u0688\u0691\u06d2\u06ba\u06be\u06c1]"),  # ٹ ڈ ڑ ے ں ھ ہ
    "fa": re.compile("[\u067e\u0686\u0698\u06af\u06a9\u06cc]"),  # پ چ ژ گ ک ی
}
_ANY_OWN = re.compile("|".join(own.pattern for own in _OWN_LETTERS.values()))
_ENOUGH = 4000  # code points; the rest of an article is in the same language
_LEAST_SHARE = 0.02
_MOST_ARTICLES = 0.12
"""Share of words with ال up to which Persian letters mean Persian, not an odd keyboard."""


def language_of(text: str, declared: str | None = None) -> str | None:
    """``ar``, ``fa``, ``ur`` or ``ckb`` by the letters of ``text``; else the declared language.

    ``declared`` is the page's ``lang``; of it only the language is kept (``en-GB`` → ``en``).
    """
    text = text[:_ENOUGH]
    arabic = "".join(_ARABIC_SCRIPT.findall(text))
    script = len(arabic) - arabic.count(" ")
    if not script or (script * 2 < len(text) and script * 2 < _letters(text)):
        primary = re.split("[-_]", (declared or "").strip().lower())[0]
        return (
            primary if primary.isalpha() and primary.isascii() and 2 <= len(primary) <= 3 else None
        )
    if not _ANY_OWN.search(text):
        return "ar"
    shares = ((each, len(own.findall(text)) / script) for each, own in _OWN_LETTERS.items())
    other = next((language for language, share in shares if share > _LEAST_SHARE), None)
    return "ar" if other is None or _has_articles(text) else other


def _has_articles(text: str) -> bool:
    words = len(_WORD.findall(text)) or 1
    return len(_ARTICLE_WORD.findall(text)) / words > _MOST_ARTICLES


def _letters(text: str) -> int:
    return sum(map(len, _LETTERS.findall(text)))
