"""A backup is the database of one moment, sound, whole, and never at another file's cost."""

from __future__ import annotations

import os
import shutil
import sqlite3
import threading
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from database import articles, runs
from database.backup import BackupError, StoppedError, backup, stamped, thin
from database.connection import DatabaseError, open_database


def path_of(db) -> Path:
    return Path(db.execute("pragma database_list").fetchone()[2])


@pytest.fixture
def source(db, make_article, now) -> Path:
    for number in range(40):
        body = f"نص الخبر رقم {number} من المدينة " * 40
        put = make_article(f"https://furat.example/story/{number}", text_hash=None, body=body)
        articles.put(db, put, now=now)
    return path_of(db)


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def test_a_backup_opens_as_a_database_and_has_its_rows(source, tmp_path) -> None:
    made = backup(source, tmp_path / "backups" / "copy.db")
    assert names(tmp_path / "backups") == {"copy.db"}
    assert made.size == made.path.stat().st_size
    assert made.path.stat().st_mode == source.stat().st_mode
    with closing(open_database(made.path, create=False)) as copy:
        assert copy.execute("select count(*) from articles").fetchone() == (40,)
        found = "select count(*) from articles_fts where articles_fts match ar_query('المدينه')"
        assert copy.execute(found).fetchone() == (40,)


def test_it_is_the_database_of_one_moment_although_others_write(source, tmp_path) -> None:
    begun, ended = threading.Event(), threading.Event()
    written = []

    def write() -> None:
        with closing(open_database(source)) as other:
            begun.wait(10)
            while not ended.is_set():
                written.append(runs.start_run(other, "x", datetime(2026, 3, 2, tzinfo=UTC)))

    steps = []

    def progress(done: int, total: int) -> None:
        begun.set()
        count = len(written)
        while len(written) < count + 3 and writer.is_alive():
            pass
        steps.append((done, total))

    writer = threading.Thread(target=write)
    writer.start()
    try:
        made = backup(source, tmp_path / "copy.db", on_progress=progress)
    finally:
        ended.set()
        writer.join()
    assert len(written) >= 3
    assert steps[-1][0] == steps[-1][1]
    with closing(sqlite3.connect(made.path)) as copy:
        assert copy.execute("select count(*) from runs").fetchone() == (0,)


def test_it_never_overwrites(source, tmp_path) -> None:
    target = tmp_path / "mine.db"
    target.write_text("mine")
    with pytest.raises(BackupError, match="exists already"):
        backup(source, target)
    other = tmp_path / "late.db"
    with pytest.raises(BackupError, match="exists already"):
        backup(source, other, on_progress=lambda *_: other.write_text("mine too"))
    assert (target.read_text(), other.read_text()) == ("mine", "mine too")


@pytest.mark.parametrize("patience", [0, 1], ids=["copying", "checking"])
def test_stopped_it_leaves_nothing(source, tmp_path, monkeypatch, patience) -> None:
    monkeypatch.setattr("database.backup.PAGES", -1)
    monkeypatch.setattr("database.backup.INSTRUCTIONS", 100)
    asked = iter([False] * patience + [True] * 1000)
    with pytest.raises(StoppedError):
        backup(source, tmp_path / "backups" / "copy.db", stop=lambda: next(asked))
    assert names(tmp_path / "backups") == set()


def test_it_removes_what_killed_ones_left_and_nothing_that_is_alive(source, tmp_path) -> None:
    folder = tmp_path / "backups"
    folder.mkdir()
    for name in (".old.db.abc.backup-part", ".old.db.abc.backup-part-journal", "other.txt"):
        (folder / name).touch()

    def during(_done: int, _total: int) -> None:
        if not inner:
            inner.append(backup(source, folder / "second.db"))

    inner: list = []
    backup(source, folder / "first.db", on_progress=during)
    assert names(folder) == {"first.db", "second.db", "other.txt"}


def test_a_damaged_database_is_told_and_gives_no_backup(source, db, tmp_path) -> None:
    db.execute("pragma wal_checkpoint(truncate)")
    db.close()
    size = source.stat().st_size
    with source.open("r+b") as file:
        file.seek(size // 2 // 4096 * 4096)
        file.write(os.urandom(8192))
    with pytest.raises(
        DatabaseError, match=r"news.db: is damaged .*scrapy backup.*\.recover"
    ) as told:
        backup(source, tmp_path / "backups" / "copy.db")
    assert "\n" not in str(told.value)
    assert names(tmp_path / "backups") == set()


def test_a_row_that_points_nowhere_is_told(source, db, tmp_path) -> None:
    with closing(sqlite3.connect(source)) as careless, careless:
        careless.execute("insert into matches values (1, 'nobody', 1, 0, null, '', null)")
    with pytest.raises(DatabaseError, match="a row of matches names one of watches"):
        backup(source, tmp_path / "copy.db")


def test_room_is_looked_for_first(source, tmp_path, monkeypatch) -> None:
    usage = shutil.disk_usage(tmp_path)
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: usage._replace(free=5_000))
    with pytest.raises(BackupError, match=r"has 0\.0 MB free, the backup needs"):
        backup(source, tmp_path / "copy.db")


def test_only_the_newest_stamped_ones_stay(tmp_path) -> None:
    mine = [stamped(tmp_path / "news.db", datetime(2026, 3, day, tzinfo=UTC)) for day in (1, 2, 3)]
    others = {"news-of-mine.db", "demo-20260301T000000Z.db", "news-20260301T000000Z.db.gz"}
    for name in (*mine, *others):
        (tmp_path / name).touch()
    assert [path.name for path in thin(tmp_path / "news.db", tmp_path, 2)] == mine[:1]
    assert names(tmp_path) == {*mine[1:], *others}
