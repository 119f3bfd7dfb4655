"""The index of texts: under which sampled runs of words an article is found, and on which days.

One row a hash and article. An entry is the day and the article in one number, so that a list tells
without a join on how many days its run was seen. A full list is a formula: it is not read for
candidates any more, nor does it grow.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence, Set
from datetime import date
from heapq import nsmallest

import sqlite_utils

FULL = 64
"""Entries of the longest list."""
MOST_CANDIDATES = 12
# Fewer shared runs are chance, unless a text has hardly any.
LEAST_SHARED, SMALL = 2, 6

_ARTICLE_BITS = 32
_EPOCH = date(1970, 1, 1).toordinal()

Lists = Mapping[int, Sequence[int]]
"""Hash → its entries."""
Days = Mapping[int, Set[int]]
"""Hash → the days of its entries."""


def entry(day: str, article: int) -> int:
    """The entry of an article of a day (ISO 8601; only the date counts). It grows with the day."""
    return (date.fromisoformat(day[:10]).toordinal() - _EPOCH << _ARTICLE_BITS) | article


def day_of(entry: int) -> int:
    """Days since 1970."""
    return entry >> _ARTICLE_BITS


def article_of(entry: int) -> int:
    return entry & (1 << _ARTICLE_BITS) - 1


def look_up(db: sqlite_utils.Database, hashes: Sequence[int]) -> dict[int, list[int]]:
    """The entries of each hash, ascending; those without any included."""
    lists: dict[int, list[int]] = {value: [] for value in hashes}
    marks = ",".join("?" * len(hashes))
    rows = db.execute(
        f"select hash, entry from postings where hash in ({marks}) order by hash, entry",
        list(hashes),
    )
    for value, found in rows:
        lists[value].append(found)
    return lists


def add(db: sqlite_utils.Database, lists: Lists, entry: int) -> None:
    """Enter an article under the hashes it was looked up by."""
    db.conn.executemany(
        "insert or ignore into postings (hash, entry) values (?, ?)",
        [(value, entry) for value, found in lists.items() if len(found) < FULL],
    )


def remove(db: sqlite_utils.Database, hashes: Iterable[int], entry: int) -> None:
    """Take an article out again."""
    db.conn.executemany(
        "delete from postings where hash = ? and entry = ?", [(value, entry) for value in hashes]
    )


def candidates(
    lists: Lists, known: Days, entry: int, *, days: int, sure: int | None = None
) -> list[int]:
    """The articles of at most ``days`` before or after that share most, the likeliest first.

    A run counts the less, the more days carry it. ``sure``: a hash that is enough alone.
    """
    weights: defaultdict[int, float] = defaultdict(float)
    shared: Counter[int] = Counter()
    day = day_of(entry)
    first, last = (day - days) << _ARTICLE_BITS, (day + days + 1) << _ARTICLE_BITS
    for value, found in lists.items():
        if len(found) >= FULL:
            continue
        weight = 1 / (1 + len(known[value]))
        counts = LEAST_SHARED if value == sure else 1
        for each in found[bisect_left(found, first) : bisect_left(found, last)]:
            weights[each] += weight
            shared[each] += counts
    least = LEAST_SHARED if len(lists) >= SMALL else 1
    near = [
        (-weight, article_of(each))
        for each, weight in weights.items()
        if shared[each] >= least and each != entry
    ]
    return [article for _, article in nsmallest(MOST_CANDIDATES, near)]


def days_in(lists: Lists) -> dict[int, set[int]]:
    """The days of each hash that was looked up."""
    return {value: {each >> _ARTICLE_BITS for each in found} for value, found in lists.items()}


def days_of(db: sqlite_utils.Database, hashes: Collection[int]) -> dict[int, set[int]]:
    """The days of each hash."""
    days: dict[int, set[int]] = {value: set() for value in hashes}
    if not days:
        return days
    marks = ",".join("?" * len(days))
    rows = db.execute(
        f"select distinct hash, entry >> {_ARTICLE_BITS} from postings where hash in ({marks})",
        list(days),
    )
    for value, day in rows:
        days[value].add(day)
    return days


def other_days(known: Days, hashes: Iterable[int], *at: str) -> dict[int, int]:
    """Hash → on how many days beside these (ISO 8601; only the date counts) it was seen."""
    own = {day_of(entry(each, 0)) for each in at}
    return {value: len(known[value]) - len(own & known[value]) for value in hashes}
