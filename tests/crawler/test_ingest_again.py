"""Importing a file again changes no row, but when an article was last seen."""

from __future__ import annotations

import gzip
import json
import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path

import pytest

import watchlist
from crawler.archive import Archive, ingest
from database.connection import open_database

CORPORA = Path(__file__).resolve().parents[2] / "../shared/corpora"
WATCHLIST = Path(__file__).resolve().parents[2] / "watchlist.toml"
NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
TEXT = "وصلت القوات إلى ابو كمال صباح اليوم، وقال المصدر إن الطريق مفتوح. " * 4


def record(path: str, number: int, **more: object) -> dict[str, object]:
    return {
        "url": f"https://archive.example/{path}",
        "title": f"خبر رقم {number}",
        "text": f"{TEXT} الخبر {number}.",
        "date": "2026-03-02T11:05:00+03:00",
        "outlet": "أرشيف",
    } | more


OWN = [
    *(record(f"news/{n}", n) for n in range(1001, 1030)),
    record("news/1001?utm_source=x", 1001, author="سلمى"),
    record("news/1002", 1002, text=f"{TEXT} نص أقدم."),
    record("news/1002", 1002, text=f"{TEXT} نص أقدم من ذلك."),
    record("1712346-a", 7), record("1712346-b", 7), record("1712346-c", 8, text="آخر تماما " * 30),
    record("undated", 9, date=None), record("day", 10, date="2026-03-02"),
    record("untitled", 11, title=None), record("copy", 1003, outlet="آخر"),
    record("news/1005", 5, title="عنوان آخر", text="كلام لا صلة له بما سبق أبدا " * 9),
    {"url": "no address"},
]  # fmt: skip


def rows(path: Path) -> Iterator[tuple]:
    db = sqlite3.connect(path)
    tables = [
        name
        for (name,) in db.execute("select name from sqlite_master where type = 'table'")
        if not name.startswith(("articles_fts_", "sqlite_", "_"))
    ]
    for table in sorted(tables):
        columns = [row[1] for row in db.execute(f"pragma table_info({table})")]
        kept = [name for name in columns if name != "checked_at"]
        quoted = ", ".join(f'"{name}"' for name in kept)
        yield from ((table, *row) for row in db.execute(f"select {quoted} from {table}"))
    db.close()


def take(file: Path, path: Path, now: datetime) -> set[tuple]:
    db = open_database(path)
    ingest(Archive(file), db, watchlist.load(WATCHLIST), clock=lambda: now)
    db.close()
    return set(rows(path))


def lines_of(name: str) -> list[str]:
    if name == "own":
        return [json.dumps(each, ensure_ascii=False) for each in OWN]
    path = CORPORA / name
    if not path.exists():
        pytest.skip("the corpora are not here")
    with gzip.open(path, "rt", encoding="utf-8") as file:
        return [line.strip() for line in islice(file, 250)]


@pytest.mark.parametrize(
    "name", ["own", "saudi_papers_2015_07.jsonl.gz", "almayadeen_2023.jsonl.gz"]
)
def test_the_second_import_changes_no_row(tmp_path: Path, name: str) -> None:
    file, path = tmp_path / "archive.jsonl", tmp_path / "news.db"
    file.write_text("\n".join(lines_of(name)), encoding="utf-8")
    first = take(file, path, NOW)
    assert sum(row[0] == "articles" for row in first) > 20
    assert take(file, path, NOW + timedelta(hours=5)) == first
    assert take(file, path, NOW + timedelta(days=5)) == first
