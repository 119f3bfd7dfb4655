"""An edited watch over a hundred thousand articles: what it costs, and a power cut half-way."""

from __future__ import annotations

import random
import resource
import shutil
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from database import watches
from database.connection import open_database, transaction
from watchlist import load

ROOT = Path(__file__).resolve().parents[2]
NOW = datetime(2026, 3, 2, tzinfo=UTC)
ARTICLES = 100_000
MOST = 1 / 5
"""Of the processor time of tagging every article with every watch."""
WATCHED = ROOT / "watchlist.toml"
PLACES = ("البوكمال", "الموصل", "الرقة", "عدن", "دير الزور", "داعش", "الحشد الشعبي")


def word(chance: random.Random) -> str:
    return "".join(chance.choices("ابتجحدرسعفقكلمنهوي", k=chance.randint(2, 8)))


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Articles of 300 words, drawn from a hundred thousand by Zipf's law."""
    path = tmp_path_factory.mktemp("retag") / "news.db"
    chance = random.Random(1)
    words = sorted({word(chance) for _ in range(100_000)}, key=lambda _: chance.random())
    weights = [1 / rank for rank in range(1, len(words) + 1)]
    sums = [sum(weights[:1])]
    for weight in weights[1:]:
        sums.append(sums[-1] + weight)
    with closing(open_database(path)) as db, transaction(db):
        db.execute("insert into outlets (outlet) values ('furat')")
        for number in range(1, ARTICLES + 1):
            text = chance.choices(words, cum_weights=sums, k=300)
            if number % 10 == 0:
                text[chance.randrange(300)] = chance.choice(("", "و", "ب")) + chance.choice(PLACES)
            if number % 25 == 5:
                text[chance.randrange(300)] = "بالعمال"
            db.conn.execute(
                "insert into articles (id, outlet, url, title, first_seen_at, checked_at)"
                " values (?, 'furat', ?, ?, '', '')",
                [number, f"https://furat.example/{number}", " ".join(text[:8])],
            )
            db.conn.execute(
                "insert into article_text (article, body) values (?, ?)", [number, " ".join(text)]
            )
        watches.sync(db, load(WATCHED), now=NOW)
    return path


def command(path: Path, watchlist: Path, *args: str) -> list[str]:
    options = ["--db", str(path), "-s", f"WATCHLIST={watchlist}"]
    return [sys.executable, "-m", "scrapy", "retag", *args, *options]


def cost(*arguments: str) -> float:
    """Processor seconds of a command."""

    def used() -> float:
        usage = resource.getrusage(resource.RUSAGE_CHILDREN)
        return usage.ru_utime + usage.ru_stime

    before = used()
    subprocess.run(arguments, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    return used() - before


def rows(path: Path) -> list[list[tuple]]:
    with closing(sqlite3.connect(path)) as db:
        return [
            db.execute(
                "select article, watch, hits, in_title, snippet, retag from matches order by 1, 2"
            ).fetchall(),
            db.execute("select * from hits order by article, watch, field, start").fetchall(),
            db.execute("select watch, fingerprint, tagged, active from watches").fetchall(),
            db.execute("select retag, watch, gained, lost, changed from retag_watches").fetchall(),
        ]


def edited(folder: Path) -> Path:
    """The shipped watchlist, one watch of which also looks for a word of every 25th article."""
    path = folder / "watchlist.toml"
    text = WATCHED.read_text(encoding="utf-8")
    path.write_text(
        text.replace("\nspellings = [", '\nspellings = ["العمال", ', 1), encoding="utf-8"
    )
    return path


def test_one_edited_watch_costs_little_and_survives_a_power_cut(
    archive: Path, tmp_path: Path
) -> None:
    every = cost(*command(archive, WATCHED, "--all"))
    idle = cost(*command(archive, WATCHED))
    cut, watchlist = tmp_path / "cut.db", edited(tmp_path)
    shutil.copy(archive, cut)

    one = cost(*command(archive, watchlist))
    print(
        f"\nevery watch over every article {every:.1f} s, one edited watch {one:.1f} s;"
        f" {idle:.1f} s of each is the start of the program"
    )
    assert one - idle <= MOST * (every - idle)

    chance, kills = random.Random(2), 0
    with closing(sqlite3.connect(cut)) as db:
        while True:
            with subprocess.Popen(command(cut, watchlist), cwd=ROOT) as process:
                goal = _stands_at(db) + chance.randint(1, ARTICLES // 2)
                while process.poll() is None and _stands_at(db) < goal:
                    time.sleep(0.001)
                process.kill()
            if _stands_at(db) < goal:
                break
            kills += 1
    print(f"killed {kills} times")
    assert kills >= 1
    assert rows(cut) == rows(archive)


def _stands_at(db: sqlite3.Connection) -> int:
    return int(
        db.execute("select coalesce(max(next_article), 0) from retags where id = 2").fetchone()[0]
    )
