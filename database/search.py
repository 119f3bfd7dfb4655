"""Full-text search that folds Arabic spelling: what is indexed, and what a searcher may type.

FTS5's own tokenizer folds no Arabic letter, so the index holds ``ar_norm(text)`` while its content
stays the original: ``highlight()`` and ``snippet()`` find the i-th token of the original again, and
so mark the right words as long as ``ar_norm`` never splits, merges or empties a token. It therefore
touches only characters that every version of FTS5 counts as part of a word.

The letters are those of CLDR's search collation and their Persian and Kurdish look-alikes. The
table is its own, apart from ``arabic.fold``: it is stored in every index, so it may change only
together with ``NORM_VERSION`` and a new index.
"""

from __future__ import annotations

import re
import sqlite3
import unicodedata
from collections.abc import Iterator
from itertools import product
from typing import NamedTuple

NORM_VERSION = 1
"""Version of ``ar_norm``: an index written with another one has to be filled anew."""

FTS_TOKENIZE = (
    "unicode61 remove_diacritics 2 categories 'L* N* Mn' "
    "separators '\u061c\u061d\u2066\u2067\u2068\u2069'"
)
"""The ``tokenize`` option of ``articles_fts``, to stand between double quotes.

unicode61 splits a word at its tashkeel unless Mn counts as letters, and glues characters that
Unicode 6.1 had not assigned to the word beside them.
"""

NOTHING = '""'
"""An FTS5 expression that finds nothing."""

_LETTERS = {
    "ا": "أإآٱٲٳٵ",
    "و": "ؤۆۇۋ",
    "ي": "ىئیېێےۍ",
    "ه": "ةۃہھەۀ",
    "ك": "کڪگګ",
    "ج": "چ",
    "ب": "پ",
    "ف": "ڤ",
    "ز": "ژ",
    "ل": "ڵ",
    "ر": "ڕ",
}
_DIGITS = (0x0660, 0x06F0)
_TATWEEL = 0x0640
_MARKS = (
    (0x0610, 0x061A),
    (0x064B, 0x065F),
    (0x0670, 0x0670),
    (0x06D6, 0x06DC),
    (0x06DF, 0x06E4),
    (0x06E7, 0x06E8),
    (0x06EA, 0x06ED),
    (0x08CA, 0x08E1),
    (0x08E3, 0x08FF),
)
_PRESENTATION_FORMS = ((0xFB50, 0xFDFB), (0xFE70, 0xFEFC))


def _simple_letters() -> dict[int, str]:
    table = {ord(variant): plain for plain, variants in _LETTERS.items() for variant in variants}
    return table | {zero + digit: str(digit) for zero in _DIGITS for digit in range(10)}


def _presentation_letters(simple: dict[int, str], loose: set[int]) -> Iterator[tuple[int, str]]:
    for code in (code for first, last in _PRESENTATION_FORMS for code in range(first, last + 1)):
        if unicodedata.category(chr(code)).startswith("L"):
            letters = unicodedata.normalize("NFKC", chr(code)).translate(simple)
            yield code, "".join(c for c in letters if c != " " and ord(c) not in loose)


_LOOSE = {_TATWEEL} | {code for first, last in _MARKS for code in range(first, last + 1)}
_TABLE = _simple_letters()
_TABLE |= dict(_presentation_letters(_TABLE, _LOOSE))
# A haraka that is a presentation form leaves no letter behind: it is loose like the haraka itself.
_LOOSE |= {code for code, letters in _TABLE.items() if not letters}
_TABLE = {code: letters for code, letters in _TABLE.items() if letters}

# A list is twice as fast as a dictionary; code points above it raise LookupError and stay as is.
_TRANSLATION = [_TABLE.get(code, chr(code)) for code in range(0x10000)]
# Nearly every text has only these, and replacing them one by one is faster still.
_COMMON = {letter: _TABLE[ord(letter)] for letter in "أإآةىئؤ"}
_RARE = re.compile("[" + "".join(chr(code) for code in _TABLE if chr(code) not in _COMMON) + "]")
_LOOSE_CLASS = "[" + "".join(map(chr, sorted(_LOOSE))) + "]"
_LOOSE_RUN = re.compile(_LOOSE_CLASS + "+")
_FIRM = frozenset(
    chr(code)
    for first, last in (("0", "9"), ("A", "Z"), ("a", "z"), ("ء", "غ"), ("ف", "ي"), ("ٱ", "ۓ"))
    for code in range(ord(first), ord(last) + 1)
)


def ar_norm(text: str | None) -> str | None:
    """Return ``text`` with Arabic spelling folded, token by token as FTS5 counts tokens.

    Marks and tatweel go where a letter beside them keeps the token alive; a lone one stays.
    """
    if not text or text.isascii():
        return text
    if _RARE.search(text):
        text = text.translate(_TRANSLATION)
    else:
        for letter, plain in _COMMON.items():
            text = text.replace(letter, plain)
    return _LOOSE_RUN.sub(_unless_alone, text)


def _unless_alone(run: re.Match[str]) -> str:
    text, start, end = run.string, run.start(), run.end()
    before, after = text[max(start - 1, 0) : start], text[end : end + 1]
    return "" if before in _FIRM or after in _FIRM else run[0]


_CONJUNCTIONS = ("", "و", "ف")
_BEFORE_STEM = tuple(map("".join, product(_CONJUNCTIONS, ("", "ب", "ك", "ل"))))
_BEFORE_DEFINITE = tuple(map("".join, product(_CONJUNCTIONS, ("ال", "بال", "كال", "لل"))))
_ARTICLE = "ال"
_SHORTEST_STEM = 3
_ARABIC_WORD = re.compile(r"[\u0621-\u064a]+")

_QUOTES = str.maketrans(dict.fromkeys("«»“”„‟＂", '"') | {"\0": " "})
_PART = re.compile(
    r"""
    (?P<operator> \| | (?:OR|AND|NOT)(?!\S) )
    | (?P<minus>-)? (?P<exact>=)? (?: "(?P<phrase>[^"]*)" | (?P<word>[^\s"|*]+) ) (?P<star>\*)?
    """,
    re.VERBOSE,
)
_WORD = re.compile(f"(?:[^\\W_]|{_LOOSE_CLASS})+")


class _Part(NamedTuple):
    expression: str
    wanted: bool
    alternative: bool


def ar_query(text: str | None) -> str:
    """Return the FTS5 expression for what a searcher typed; any text gives a valid one.

    A word also finds its forms with و ف ب ك ل and ال before it; ``"a phrase"`` (also «…», “…”)
    likewise before its first word; ``=word`` is exact (spelling still folds); ``word*`` is a
    beginning; ``-word`` or ``NOT word`` must not occur; ``a OR b`` or ``a | b`` either. Words
    stand in conjunction. Nothing to find, or only ``-word``: the expression finds nothing.
    """
    groups: list[list[str]] = []
    unwanted: list[str] = []
    for part in _parts((text or "").translate(_QUOTES)):
        if not part.wanted:
            unwanted.append(part.expression)
        elif part.alternative and groups:
            groups[-1].append(part.expression)
        else:
            groups.append([part.expression])
    if not groups:
        return NOTHING
    wanted = " AND ".join(map(_either, groups))
    return f"({wanted}) NOT {_either(unwanted)}" if unwanted else wanted


def _parts(text: str) -> Iterator[_Part]:
    open_phrase = text.count('"') % 2
    operator = ""
    for match in _PART.finditer(text + '"' * open_phrase):
        forms = _forms(match)
        if match["operator"]:
            operator = match["operator"]
        elif forms:
            wanted = not match["minus"] and operator != "NOT"
            yield _Part(_either(forms), wanted, alternative=operator in ("OR", "|"))
            operator = ""


def _forms(part: re.Match[str]) -> list[str]:
    folded = ar_norm(part["phrase"] or part["word"]) or ""
    first = _WORD.search(folded)
    if first is None or not any(map(str.isalnum, first[0])):
        return []
    rest, star = folded[first.end() :], part["star"] or ""
    heads = [first[0]] if part["exact"] else _with_proclitics(first[0])
    return [f'"{head}{rest}"{star}' for head in heads]


def _with_proclitics(word: str) -> list[str]:
    if not _ARABIC_WORD.fullmatch(word) or len(word) < _SHORTEST_STEM:
        return [word]
    stem = word.removeprefix(_ARTICLE)
    if stem != word and len(stem) >= _SHORTEST_STEM:
        return [before + stem for before in _BEFORE_DEFINITE]
    return [before + word for before in (*_BEFORE_STEM, *_BEFORE_DEFINITE)]


def _either(expressions: list[str]) -> str:
    return expressions[0] if len(expressions) == 1 else f"({' OR '.join(expressions)})"


def register(connection: sqlite3.Connection) -> None:
    """Give ``connection`` the SQL functions ``ar_norm(text)`` and ``ar_query(text)``."""
    connection.create_function("ar_norm", 1, ar_norm, deterministic=True)
    connection.create_function("ar_query", 1, ar_query, deterministic=True)


def refill(connection: sqlite3.Connection) -> None:
    """Fill ``articles_fts`` anew, as FTS5's own ``rebuild`` cannot: that would index unfolded text.

    Call it inside a transaction, after ``register``.
    """
    connection.execute("insert into articles_fts (articles_fts) values ('delete-all')")
    connection.execute(
        "insert into articles_fts (rowid, title, subtitle, body)"
        " select id, ar_norm(title), ar_norm(subtitle), ar_norm(body) from articles_search"
    )
