"""Fold Arabic text to the form it is matched in, and map places in it back to the original."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from functools import lru_cache

# Letters that CLDR's search collation holds equal, and the Persian and Kurdish forms of Arabic
# letters. ة is no ه here: كتابة and كتابه are two words.
_LETTERS = {
    "أإآٱٲٳ": "ا",
    "ىئیېێۍے": "ي",
    "ؤۆۇۋ": "و",
    "ہھەۀ": "ه",
    "ۃ": "ة",
    "کڪګگ": "ك",
    "چ": "ج",
    "پ": "ب",
    "ڤ": "ف",
    "ژ": "ز",
    "ڵ": "ل",
    "ڕ": "ر",
}
_TATWEEL = 0x0640
_MARK_BLOCKS = (
    range(0x0610, 0x061B),
    range(0x064B, 0x0660),
    range(0x0670, 0x0671),
    range(0x06D6, 0x06EE),
    range(0x08CA, 0x0900),
)
_MARKS = {c for block in _MARK_BLOCKS for c in block if unicodedata.category(chr(c)) == "Mn"}
_INVISIBLE = {
    0x00AD,  # soft hyphen
    0x061C,  # Arabic letter mark
    0x200B,  # zero width space
    0x200D,  # zero width joiner
    0x200E,  # left-to-right mark
    0x200F,  # right-to-left mark
    0x2060,  # word joiner
    0xFEFF,  # byte order mark
    *range(0x202A, 0x202F),  # bidi embeddings and overrides
    *range(0x2066, 0x206A),  # bidi isolates
}
_SPACES = "\t\n\v\f\r\x1c\x1d\x1e\x1f \x85\xa0\u1680\u2028\u2029\u202f\u205f\u3000" + "".join(
    map(chr, range(0x2000, 0x200B))
)
_ZERO_WIDTH_NON_JOINER = "\u200c"  # parts words in Persian
_QUOTES = "\"'`´«»‹›“”„‟‘’‚‛"
_DASHES = "-_‐‑‒–—―−"
_BRACKETS = "()[]{}﴾﴿"
_PRESENTATION_FORMS = (*range(0xFB50, 0xFE00), *range(0xFE70, 0xFEFD))


def _basic_table() -> dict[int, str]:
    table = dict.fromkeys(_MARKS | _INVISIBLE | {_TATWEEL}, "")
    table.update({ord(form): plain for forms, plain in _LETTERS.items() for form in forms})
    table.update({zero + n: str(n) for zero in (0x0660, 0x06F0) for n in range(10)})
    table.update({c: chr(c + 32) for c in range(ord("A"), ord("Z") + 1)})
    for gap in _SPACES + _ZERO_WIDTH_NON_JOINER + _QUOTES + _DASHES + _BRACKETS:
        table[ord(gap)] = " "
    return table


def _table() -> dict[int, str]:
    """The code points that folding changes, and the space; the planes above the basic one stay."""
    table = _basic_table()
    for code in _PRESENTATION_FORMS:
        plain = unicodedata.normalize("NFKC", chr(code))
        if code not in table and plain != chr(code):
            # NFKC writes a mark that stands alone as a space and the mark: strip that space.
            table[code] = plain.translate(table).strip()
    return dict(sorted(table.items()))


_TABLE = _table()
# A list, because ``str.translate`` reads it twice as fast as a dict.
_FOLDED = [_TABLE.get(code, chr(code)) for code in range(0x10000)]


def _class(codes: Iterable[int]) -> str:
    return "[" + "".join(re.escape(chr(code)) for code in codes) + "]"


_DELETED = _class(code for code, plain in _TABLE.items() if not plain)
_GAP = _class(code for code, plain in _TABLE.items() if plain == " ")
_GAP_OR_DELETED = _class(code for code, plain in _TABLE.items() if plain in ("", " "))
_EXPANDED = _class(code for code, plain in _TABLE.items() if len(plain) > 1)
_NOT_ONE_LETTER = _class(code for code, plain in _TABLE.items() if len(plain) != 1 or plain == " ")
# One class goes first and the alternatives look back at it: so the search runs from one place that
# may be irregular to the next, and takes less than half the time.
_IRREGULAR = re.compile(
    f"{_NOT_ONE_LETTER}(?:"
    f"(?<={_GAP})(?={_GAP_OR_DELETED})(?P<collapsed>{_GAP_OR_DELETED}*{_GAP})"
    f"|(?<={_DELETED}){_DELETED}*"
    f"|(?<={_EXPANDED})(?P<expanded>))"
)
# Most texts hold no other irregular characters, and replacing these one by one is twice as fast:
# hamza's carriers, harakat and shadda, the common quotes, brackets, dashes and breaks.
_COMMON = {
    letter: _FOLDED[ord(letter)]
    for letter in 'أإآىئؤ\n"«»()-–\u064b\u064c\u064d\u064e\u064f\u0650\u0651\u0652\u0640'
}
_RARE = re.compile(
    _class(c for c, plain in _TABLE.items() if plain != chr(c) and chr(c) not in _COMMON)
)
TEXTS_KEPT = 4
"""Texts whose words stay in memory: more than one stage asks for those of an article."""
_WORD = re.compile(r"\w+")
_SPACE_RUN = re.compile("  +")
_TRAILING_MARKS = re.compile(f"(?:{_DELETED}*{_class(sorted({*_MARKS, _TATWEEL}))})?")


def fold(text: str) -> str:
    """Return ``text`` as it is matched.

    Marks, tatweel and invisible characters go; letters of one search key become one letter (but ة
    stays); digits become 0-9, Latin letters small; presentation forms become their letters; spaces,
    line breaks, quotes, brackets and dashes become one space a run. Sentence punctuation stays.
    """
    if _RARE.search(text):
        folded = text.translate(_FOLDED)
    else:
        folded = text
        for letter, plain in _COMMON.items():
            if letter in folded:
                folded = folded.replace(letter, plain)
    return _SPACE_RUN.sub(" ", folded) if "  " in folded else folded


@lru_cache(maxsize=TEXTS_KEPT)
def words_of(text: str | None) -> tuple[str, ...]:
    """The words of a text without spelling variants (ة is ه here), marks and punctuation.

    >>> words_of("قُوّات الحشـد، ٢٠ مقاتلاً")
    ('قوات', 'الحشد', '20', 'مقاتلا')
    """
    return tuple(_WORD.findall(fold(text or "").replace("ة", "ه")))


class OffsetMap:
    """Where each place of ``fold(text)`` lies in ``text``, in code points.

    Only the irregular places are kept: what is deleted, expanded, or collapsed to one space.
    """

    __slots__ = ("_ends", "_folded", "_starts", "_text")

    def __init__(self, text: str) -> None:
        self._text = text
        # Piece k covers folded[_folded[k]:_folded[k + 1]]. It comes from text[_starts[k]:_ends[k]]
        # as a whole or, where _ends[k] is 0, character by character from _starts[k] on.
        self._folded = [0]
        self._starts = [0]
        self._ends = [0]
        shift = 0
        for start, end, width in _irregular_places(text):
            if width:
                self._add(start - shift, start, end)
            shift += end - start - width
            self._add(end - shift, end, 0)

    def _add(self, folded: int, start: int, end: int) -> None:
        self._folded.append(folded)
        self._starts.append(start)
        self._ends.append(end)

    def _source(self, index: int) -> tuple[int, int]:
        piece = bisect_right(self._folded, index) - 1
        start, end = self._starts[piece], self._ends[piece]
        if end:
            return start, end
        start += index - self._folded[piece]
        return start, start + 1

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Return the span of the original that gave ``fold(text)[start:end]`` (not empty).

        The marks and tatweel on its last letter belong to it; a ligature or a run of spaces that it
        touches is taken whole.

        :raises ValueError: the span is empty or begins before the text.
        """
        if not 0 <= start < end:
            raise ValueError(f"no span of a folded text: {start}:{end}")
        last = self._source(end - 1)[1]
        trailing = _TRAILING_MARKS.match(self._text, last)
        return self._source(start)[0], trailing.end() if trailing else last


def _irregular_places(text: str) -> Iterator[tuple[int, int, int]]:
    """Yield (start, end, length after folding) wherever folding changes the length."""
    for match in _IRREGULAR.finditer(text):
        if match["expanded"] is not None:
            width = len(_FOLDED[ord(match[0])])
        else:
            width = 1 if match["collapsed"] else 0
        yield match.start(), match.end(), width
