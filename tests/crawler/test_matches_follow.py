"""What is stored of an article always has the matches that its watches find in it."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
import sqlite_utils

from crawler.archive import Archive, ingest
from crawler.items import Article
from database import watches
from database.connection import open_database
from database.differences import differences
from pipelines.stage import Tally
from pipelines.store import StorePipeline
from watchlist import Watch, Watchlist
from watchlist.rules import parse

NOW = datetime(2026, 3, 2, tzinfo=UTC)
WATCHED = Watchlist(
    [
        Watch(name="البوكمال", spellings=("البوكمال",)),
        Watch(name="سياسة", rule=parse("قصف section:سياسة")),
        Watch(name="عربي", rule=parse("قصف lang:ar")),
    ]
)
TEXT = "قال مصدر محلي إن قصفا طال أطراف المدينة صباح اليوم دون أن تقع إصابات بين السكان."
FULL = {"subtitle": "من البوكمال", "section": "سياسة", "language": "ar"}
BARE = {"title": "قصف على أطراف المدينة", "text": TEXT}
REVISED = {"title": "قصف جديد على المدينة", "text": f"{TEXT} وتجدد القصف مساء على حي آخر."}


def store(db: sqlite_utils.Database, path: Path, *records: dict[str, str]) -> None:
    lines = [
        json.dumps({"url": "https://furat.example/1", "outlet": "furat", **each})
        for each in records
    ]
    path.write_text("\n".join(lines), encoding="utf-8")
    ingest(Archive(path), db, WATCHED, clock=lambda: NOW)


@pytest.mark.parametrize(
    "records",
    [
        [BARE | FULL, REVISED],
        [BARE, BARE | FULL],
        [BARE, BARE | {"section": "سياسة"}, REVISED],
        [BARE | FULL, REVISED, BARE],
        [BARE | FULL, REVISED | {"section": "رياضة", "language": "fa"}],
    ],
    ids=["kept", "filled", "filled, then kept", "back again", "changed"],
)
def test_rows_have_the_matches_of_what_is_stored(
    records: list[dict[str, str]], tmp_path: Path
) -> None:
    db = open_database(tmp_path / "news.db")
    for record in records:
        store(db, tmp_path / "archive.jsonl", record)
        numbers = [number for (number,) in db.execute("select id from articles")]
        assert numbers
        assert list(differences(db, WATCHED, numbers)) == []
    db.close()


def test_two_processes_with_two_watchlists_leave_the_archive_pending(tmp_path: Path) -> None:
    db = open_database(tmp_path / "news.db")
    db.execute("insert into outlets (outlet) values ('furat')")
    db.conn.commit()
    older = Watchlist([Watch(name="البوكمال", spellings=("البوكمال",))])
    newer = Watchlist([Watch(name="البوكمال", spellings=("البوكمال", "بوكمال"))])
    stages = [
        StorePipeline(db, Tally(), clock=lambda: NOW, watched=each) for each in (older, newer)
    ]
    for each in (older, newer):
        watches.sync(db, each, now=NOW)
    assert watches.pending(db, newer) == []
    for number, stage in enumerate(stages):
        stage.process_item(
            Article("furat", f"https://furat.example/{number}", title="قصف", body=TEXT)
        )
    assert [watch.name for watch in watches.pending(db, newer)] == ["البوكمال"]
    db.close()
