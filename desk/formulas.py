"""Cells of a CSV file that a spreadsheet would take for a formula."""

from __future__ import annotations

import codecs
import csv
import io
import re
import unicodedata

# A spreadsheet takes each of these for the beginning of a formula; the wide forms too.
_BEGINNINGS = frozenset("=+-@＝＋－＠")
_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?(e[+-]?\d+)?", re.I | re.ASCII)
# Longer than any cell: Python's own bound is 128 KB, less than a long article.
csv.field_size_limit(2**31 - 1)


def harmless(cell: str) -> str:
    """The cell, with an apostrophe before what a spreadsheet would compute; plain numbers stay.

    White space and invisible characters before the sign are looked through (OWASP, CSV injection).
    """
    if not cell or _NUMBER.fullmatch(cell):
        return cell
    seen = next((c for c in cell if not _is_blank(c)), "")
    return f"'{cell}" if seen in _BEGINNINGS or cell[0] in "\t\r\n" else cell


def _is_blank(character: str) -> bool:
    return character.isspace() or unicodedata.category(character) in ("Cc", "Cf")


class HarmlessCsv:
    """Rewrites a CSV file that comes in chunks, broken wherever they are."""

    def __init__(self) -> None:
        self._decode = codecs.getincrementaldecoder("utf-8")().decode
        self._waiting: list[str] = []
        self._in_quotes = False

    def feed(self, chunk: bytes, *, last: bool) -> bytes:
        """What can be sent after this chunk: whole rows, and at the end all the rest."""
        text = self._decode(chunk, last)
        self._waiting.append(text)
        self._in_quotes ^= text.count('"') % 2 == 1
        if not last and (self._in_quotes or not text.endswith("\n")):
            return b""
        rows = "".join(self._waiting)
        self._waiting = []
        written = io.StringIO(newline="")
        writer = csv.writer(written)
        for row in csv.reader(io.StringIO(rows, newline="")):
            writer.writerow([harmless(cell) for cell in row])
        return written.getvalue().encode()
