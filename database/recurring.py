"""Lines that recur at the edges of one outlet's pages: notes to the reader, no part of an article.

A line recurs once at least ``LEAST_ARTICLES`` articles began or ended with it, and at least one in
``ONE_IN`` of all that were counted since it was first seen: a note that an outlet introduces late
is found as fast as one that was always there, and the background paragraph that a newsroom repeats
for a while is rarer. Only new articles are counted, each once.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from hashlib import blake2b

import sqlite_utils

from arabic.fold import fold

LEAST_ARTICLES = 8
ONE_IN = 10
LEAST_WORDS = 4
HEAD, TAIL = 2, 3
# The row that counts the articles of an outlet; a line that hashes to it would not be seen.
ALL = 0
LINES_KEPT = 1024
"""Lines in memory: most are asked about by two stages, and what recurs by all pages."""
LONGEST_KEPT = 2000
"""Characters of such a line at most: a page may be one line."""

_COUNTED = "select articles from paragraphs where outlet = ? and hash = ?"


def count(db: sqlite_utils.Database, outlet: str, lines: Sequence[str]) -> None:
    """Count the first and last lines of a new article; the caller holds the transaction."""
    add = (
        "insert into paragraphs (outlet, hash, articles, since) values (?, ?, 1, ?)"
        " on conflict (outlet, hash) do update set articles = articles + 1"
    )
    before = _counted(db, outlet)
    values = [ALL, *{*_edges(lines).values()}]
    db.conn.executemany(add, [(outlet, value, before) for value in values])


def recurring(db: sqlite_utils.Database, outlet: str, lines: Sequence[str]) -> set[int]:
    """The indices of those of the first and last lines that recur on the outlet's pages.

    A line that is too short to be told apart recurs where it stands behind one that does.
    """
    edges = _edges(lines)
    marks = ", ".join("?" * len(edges))
    rows = db.execute(
        f"select hash from paragraphs where outlet = ? and hash in ({marks})"
        f" and articles >= ? and articles * ? >= ({_COUNTED}) - since",
        [outlet, *edges.values(), LEAST_ARTICLES, ONE_IN, outlet, ALL],
    )
    found = {value for (value,) in rows}
    indices = {index for index, value in edges.items() if value in found}
    last = range(len(lines))[-TAIL:]
    behind = [
        index for index in last if index not in edges and indices & {*last[: index - last[0]]}
    ]
    return indices | {*behind}


def _counted(db: sqlite_utils.Database, outlet: str) -> int:
    row = db.execute(_COUNTED, [outlet, ALL]).fetchone()
    return row[0] if row else 0


def _edges(lines: Sequence[str]) -> dict[int, int]:
    """Index → hash of the first and last lines that are long enough to be told apart."""
    places = {*range(len(lines))[:HEAD], *range(len(lines))[-TAIL:]}
    found = {index: _kept_hash(lines[index]) for index in sorted(places)}
    return {index: value for index, value in found.items() if value is not None}


def _kept_hash(line: str) -> int | None:
    return _short_hash(line) if len(line) <= LONGEST_KEPT else _hash(line)


def _hash(line: str) -> int | None:
    """64 bits, signed as SQLite keeps them; None for a line of few words."""
    words = fold(line).split()
    if len(words) < LEAST_WORDS:
        return None
    return int.from_bytes(blake2b(" ".join(words).encode(), digest_size=8).digest(), signed=True)


_short_hash = lru_cache(maxsize=LINES_KEPT)(_hash)
