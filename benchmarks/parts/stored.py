"""What one more article costs when so many are stored: a process of its own."""

from __future__ import annotations

import json
import random
import resource
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import accumulate
from pathlib import Path
from tempfile import TemporaryDirectory

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import sqlite_utils
from parts.groupers import article_of
from parts.pairs import Story

from crawler.items import Article
from database import articles, grouping, postings
from database.connection import open_database, transaction
from database.shingles import BITS, Text

NOW = datetime(2026, 3, 2, 6, tzinfo=UTC)
A_DAY = 2000
"""Articles of all outlets in a day: a million are five hundred days."""
RECENT, MEASURED = 3000, 1000
SAMPLE = 31
"""Entries of an article in the index: the mean of 15,002 real ones."""
WORDS, VOCABULARY = 295, 60_000


def measure(stored: int) -> dict[str, str]:
    """Fill a database, then put new articles into it, half of them edited copies."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "many.db"
        db = open_database(path)
        _fill(db, stored - RECENT)
        rng = random.Random(1)
        recent = list(_new(rng, RECENT))
        _put(db, recent)
        _milliseconds.clear()
        _put(db, list(_copies(rng, recent, MEASURED)))
        spent = sum(_milliseconds) / MEASURED
        db.execute("pragma wal_checkpoint(truncate)")
        size = path.stat().st_size
        db.close()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {
        "stored": f"{stored:,}",
        "CPU ms/article": f"{spent:.2f}",
        "peak RSS MB": f"{peak:.0f}",
        "index MB": f"{size / 2**20:.0f}",
    }


_milliseconds: list[float] = []
_place = grouping.place


def _timed_place(db: sqlite_utils.Database, article: int, text: Text | None = None) -> bool:
    start = time.process_time_ns()
    joined = _place(db, article, text)
    _milliseconds.append((time.process_time_ns() - start) / 1e6)
    return joined


def _fill(db: sqlite_utils.Database, count: int) -> None:
    """Rows of older articles without a text: what an index of that size is made of.

    Their runs are chance numbers, which no text shares; so is nearly all of a real index.
    """
    articles.ensure_outlet(db, "old")
    first = NOW - timedelta(days=count / A_DAY + 1)
    # Stories come before their articles: SQLite would search all that wait for one, each time.
    db.execute("pragma foreign_keys = off")
    with transaction(db):
        for name, last in (("n", count), ("s", SAMPLE)):
            db.execute(f"create temp table {name} (i integer primary key)")
            numbers = ((number,) for number in range(1, last + 1))
            db.conn.executemany(f"insert into {name} values (?)", numbers)
        db.execute(
            "insert into stories (id, lead_article, articles, outlets) select i, i, 1, 1 from n"
        )
        db.execute(
            "insert into articles (id, outlet, url, published_at, first_seen_at, checked_at,"
            " text_hash, word_count, story, grouping) select i, 'old', 'https://old.example/' || i,"
            " day, day, day, hex(randomblob(8)), 300, i, 1"
            " from (select i, date(:first, '+' || (i / :a_day) || ' days') as day from n)",
            {"first": f"{first:%Y-%m-%d}", "a_day": A_DAY},
        )
        db.execute(
            "insert into postings (hash, entry) select (random() & :mask) / 12 as hash,"
            " :first + (n.i / :a_day << 32 | n.i) from n cross join s order by hash",
            {
                "mask": (1 << BITS) - 1,
                "first": postings.entry(f"{first:%Y-%m-%d}", 0),
                "a_day": A_DAY,
            },
        )
    db.execute("pragma foreign_keys = on")


def _new(rng: random.Random, count: int) -> Iterator[Article]:
    """Articles of made-up words, as frequent as Zipf's law has it."""
    weights = list(accumulate(1 / rank for rank in range(1, VOCABULARY + 1)))
    vocabulary = ["".join(rng.choices("ابتدرسعفقكلمنهوي", k=rng.randint(2, 8))) for _ in weights]
    for number in range(count):
        words = rng.choices(vocabulary, cum_weights=weights, k=WORDS)
        lines = tuple(" ".join(words[at : at + 30]) for at in range(0, WORDS, 30))
        at = NOW - timedelta(minutes=count - number)
        title = " ".join(rng.choices(vocabulary, k=8))
        yield article_of(Story(title, lines), outlet=f"o{number % 50}", number=number, at=at)


def _copies(rng: random.Random, recent: list[Article], count: int) -> Iterator[Article]:
    """New articles and cut copies of recent ones in turn, under other titles."""
    fresh = _new(rng, count)
    for number, article in enumerate(fresh):
        if number % 2:
            lines = (rng.choice(recent).body or "").splitlines()
            story = Story(article.title or "", tuple(lines[: rng.randint(4, len(lines))]))
            outlet = f"copy{number % 50}"
            yield article_of(story, outlet=outlet, number=RECENT + number, at=NOW)
        else:
            article.url += "-new"
            yield article


def _put(db: sqlite_utils.Database, items: list[Article]) -> None:
    for start in range(0, len(items), 100):
        with transaction(db):
            for item in items[start : start + 100]:
                articles.ensure_outlet(db, item.outlet)
                articles.put(db, item, now=NOW)


if __name__ == "__main__":
    grouping.place = _timed_place  # type: ignore[assignment]
    print(json.dumps(measure(int(sys.argv[1]))))
