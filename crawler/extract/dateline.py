"""Lines beside headline and text: whether they state the article's date, its place and writer."""

from __future__ import annotations

import re
from collections.abc import Sequence

from crawler.extract.dates import dated_pieces
from crawler.extract.title import has_own_name
from crawler.extract.tree import names

MOST_WORDS = 8
"""Words beside the dates of a line: more of them are prose."""
MOST_WORDS_OF_A_NAME = 4
"""Words without punctuation between them that can be a writer, a place or a section."""

BEFORE_DATE = re.compile(r"(?:\s+(?:في|على|بتاريخ|يوم|[Oo]n|[Aa]t))*\s*[:：-]?\s*$")
"""What may stand between a label or a name and the date."""
_LABEL = re.compile(
    r"(?:^|[|•·،,–-])\W*(?:(?:تم|آخر|تاريخ|وقت|موعد|بتاريخ)\s+)*"
    r"(?:(?:ال)?نُ?شرت?ه?ا?|(?:ال)?[إا]ضاف[ةه]|[أا]ضيفت?|(?:ال)?[إا]نشاء|(?:ال)?تاريخ|بتاريخ|حُ?رّ?رت?|"
    r"(?:ال)?تحديث|(?:ال)?تعديل|حُ?دّ?ِ?ثت?|عُ?دّ?لت?|"
    r"(?i:published|posted|created|issued|date|(?:last\s+)?(?:updated?|modified)|publié))"
    + BEFORE_DATE.pattern
)
"""What announces a date: at the beginning of a line, or of a part of it."""
_WRITER_LABEL = re.compile(
    r"^\W*(?:كتب(?:ت|ه|ها)?|بقلم|تحرير|[إا]عداد|الكاتب|المحرر|بواسطة|المصدر|[Bb]y)(?:\s*[:/：–-]\s*|\s+)"
)
_PARTS = re.compile(r"[|•·،,؛:/()\[\]–—-]")
_WORD = re.compile(r"\w+")
# Harakat and shadda (U+064B to U+0652), the small alif (U+0670): inside a word they would end it.
_MARKS = re.compile("[\u064b-\u0652\u0670]")
_SAYS_NOTHING = names("يوم بتاريخ تاريخ التاريخ الموافق الساعة")
_PROSE_WORDS = names(
    """
    في من إلى الى على عن مع بعد قبل منذ خلال حتى بين ضد عند لدى حول إثر عقب بسبب وفي ومن وعلى
    أن إن ان الذي التي الذين ما لا لم لن قد كما هذا هذه ذلك تلك أو ثم كان كانت إذ
    the of in to a an for with from after before since was were is are has and
    """
)
_NAMES_END_IN = "على"
"""Egyptian papers write the name علي so."""
_SENTENCE_END = re.compile(r"[.؟!…]\W*$")
_STOPS = (".", "؟", "!", "…", ":")
_LONGEST_PLACE_LINE = 60
_NEWSROOMS = names(
    """
    بغداد البصرة أربيل اربيل السليمانية كركوك الموصل النجف كربلاء الأنبار دمشق حلب حمص إدلب درعا
    بيروت طرابلس عمّان عمان القدس غزة القاهرة الإسكندرية الخرطوم بنغازي تونس الجزائر
    الرباط نواكشوط الرياض جدة الدوحة الكويت المنامة أبوظبي دبي مسقط صنعاء عدن أنقرة إسطنبول
    طهران لندن باريس برلين موسكو واشنطن نيويورك
    """
)
_DISTANCE = re.compile(r"(?:منذ|قبل)\s")
_COUNT = re.compile(r"\W*(?:$|[|•·،,(–-]|\d|آخر|عدد|مشاهد|قراء|دقيق|دقائق|أقل|تعليق|لا\s)")


def stated_dates(text: str, *, bare: bool, marked: bool = False) -> list[tuple[str, bool]]:
    """The dates that a line states as the article's, each with whether it is that of a change.

    They carry a label (``نشر في``, ``آخر تحديث``), or, where ``bare`` lines count, they stand with
    no more than names beside them. ``marked``: the page says that the line is a byline.
    """
    dates, pieces = dated_pieces(text)
    if not dates:
        return []
    labelled = [bool(_LABEL.search(before)) for before in pieces[:-1]]
    if bare and _is_bare(dates, pieces, labelled, marked):
        return dates
    if _words_beside(pieces) > MOST_WORDS or _is_sentence(pieces[-1]):
        return []
    return [
        date
        for date, has_label, behind in zip(dates, labelled, pieces[1:], strict=True)
        if has_label and _may_follow(behind)
    ]


def is_dateline(text: str) -> bool:
    """Whether a line is nothing but dates, perhaps behind a label with a colon and names."""
    if not stated_dates(text, bare=True):
        return False
    label = _WRITER_LABEL.match(text)
    is_labelled = bool(label and label[0].rstrip().endswith((":", "：")))
    return is_labelled or not _words_beside(dated_pieces(text)[1])


def writer_in(text: str, own: Sequence[str]) -> str | None:
    """The writer whom a line above the text names behind a place: ``بغداد / منى الراشد``.

    The place is a city that has newsrooms, or the outlet (``own`` are its names) is a part too.
    """
    if len(text) > _LONGEST_PLACE_LINE or text.endswith(_STOPS) or any(map(str.isdigit, text)):
        return None
    for separator in ("/", " - "):
        parts = [part.strip() for part in text.split(separator)]
        if not 2 <= len(parts) <= 3 or not all(parts):
            continue
        people = [part for part in parts[1:] if not has_own_name([part, ""], own)]
        is_ours = has_own_name(parts, own)
        is_byline = is_ours or (separator == "/" and parts[0] in _NEWSROOMS)
        if people and is_byline and 2 <= len(people[-1].split()) <= MOST_WORDS_OF_A_NAME:
            return people[-1]
    return None


def _may_follow(behind: str) -> bool:
    """Whether what follows a labelled date may be a name or a count, not the rest of a sentence."""
    words = _words(_PARTS.split(behind.lstrip(" |-–،,"))[0])
    return len(words) <= MOST_WORDS_OF_A_NAME and not (words and _is_prose(words))


def _is_bare(
    dates: list[tuple[str, bool]], pieces: list[str], labelled: list[bool], marked: bool
) -> bool:
    """Whether beside the dates stand only labels, writers, places, sections and counts."""
    for (date, _), behind, has_label in zip(dates, pieces[1:], labelled, strict=True):
        if _DISTANCE.match(date) and not has_label and not _COUNT.match(behind):
            return False
    if _is_sentence(pieces[-1]):
        return False
    most = MOST_WORDS_OF_A_NAME * (2 if marked else 1)
    beside = [words for piece in pieces for part in _parts(piece) if (words := _words(part))]
    return sum(map(len, beside)) <= MOST_WORDS and not any(
        len(words) > most or _is_prose(words) for words in beside
    )


def _parts(piece: str) -> list[str]:
    """The parts of a piece between punctuation, without the labels before a writer or a date."""
    piece = _LABEL.sub("", piece)
    without = _WRITER_LABEL.sub("", piece)
    if without != piece:
        without = BEFORE_DATE.sub("", without)
    return _PARTS.split(without)


def _words(text: str) -> list[str]:
    return _WORD.findall(_MARKS.sub("", text))


def _is_prose(words: list[str]) -> bool:
    said = words[:-1] if words[-1] == _NAMES_END_IN and len(words) > 1 else words
    return not _PROSE_WORDS.isdisjoint(word.lower() for word in said)


def _is_sentence(end: str) -> bool:
    return bool(_WORD.search(end) and _SENTENCE_END.search(end))


def _words_beside(pieces: list[str]) -> int:
    said = (word for piece in pieces for word in _words(_LABEL.sub("", piece)))
    return sum(word not in _SAYS_NOTHING for word in said)
