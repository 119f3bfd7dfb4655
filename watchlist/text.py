"""A field of an article as the matcher reads it: folded, with its words and sentences."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate
from typing import Literal

from arabic.fold import OffsetMap, fold
from watchlist.nodes import SECTION

Field = Literal["title", "subtitle", "body"]
FIELDS: tuple[Field, ...] = ("title", "subtitle", "body")

_WORD = re.compile(r"\w+")
_BLANK_LINE = re.compile("\n[\\s\u200b-\u200f\u202a-\u202e\ufeff]*\n|\u2029")
# A full stop behind a single letter belongs to initials (أ.ف.ب, د. محمد); before a digit or a
# Latin letter, to a number or an address. Marks count as letters: the ا of جدًا. is no initial.
_SENTENCE_END = re.compile(
    "[!?\u061f\u2026\u06d4\n\r\v\f\x1c-\x1e\x85\u2028\u2029]"
    r"|(?<![^\w\u064b-\u065f\u0670][^\W\d_])(?<!\A[^\W\d_])\.(?![A-Za-z\d])"
)


def sentences(text: str) -> list[str]:
    """Split a text where a sentence ends: at . ! ? ؟ … ۔ and line breaks, but not at ؛ ، and :."""
    return _SENTENCE_END.split(text)


class Text:
    """A field, folded; what only some articles need is made when asked for."""

    def __init__(self, original: str) -> None:
        self.original = original
        self.folded = fold(original)

    @cached_property
    def offsets(self) -> OffsetMap:
        return OffsetMap(self.original)

    @cached_property
    def _has_blank_line(self) -> bool:
        return _BLANK_LINE.search(self.original) is not None

    @cached_property
    def _words(self) -> list[int]:
        return [word.start() for word in _WORD.finditer(self.folded)]

    @cached_property
    def sentences(self) -> list[int]:
        """The numbers of the words with which the sentences begin."""
        counts = (len(_WORD.findall(fold(sentence))) for sentence in sentences(self.original))
        return list(accumulate(counts, initial=0))

    def word_at(self, position: int) -> int:
        """Return the number of the word, a run of letters and digits, at a folded position."""
        return bisect_right(self._words, position) - 1

    def is_torn(self, start: int, end: int) -> bool:
        """Tell whether a blank line parts the words of a phrase."""
        if not self._has_blank_line or " " not in self.folded[start:end]:
            return False
        return _BLANK_LINE.search(self.original, *self.offsets.span(start, end)) is not None


@dataclass(slots=True, frozen=True)
class Article:
    """What is known of an article; the section is the last of its texts."""

    texts: tuple[Text, ...]
    outlet: str = ""
    language: str = ""

    def sentences(self, field: str) -> list[int]:
        return self.texts[FIELD_NAMES.index(field)].sentences


FIELD_NAMES = (*FIELDS, SECTION)
