"""Stories as a user gets them: archives by ``scrapy ingest``, then ``scrapy regroup``."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest
from scrapy.cmdline import execute
from scrapy.settings import Settings

from crawler.job import lock

ROOT = Path(__file__).resolve().parents[2]
LINES = (
    "أعلنت مديرية الري في المحافظة بدء أعمال تنظيف القناة الرئيسية بطول 14 كيلومتراً بعد شكاوى.",
    "وقال مهندس يشرف على الورشة إن الأعمال تستمر ستة أسابيع وتشمل ترميم 9 بوابات يتسرب ماؤها.",
    "ويأمل أصحاب البساتين أن تصل المياه إلى آخر الحقول قبل حلول موسم القطن وارتفاع درجات الحرارة.",
    "وخصصت المديرية آليتين ثقيلتين وفريقاً من 35 عاملاً للمرحلة الأولى التي تنتهي الشهر المقبل.",
)
OWN = "وزار مراسل الصحيفة موقع العمل والتقى عدداً من سكان القرى المجاورة الذين رحبوا بالمشروع."
OTHER = "\n".join(
    (
        "افتتح في المركز الثقافي معرض للخزف يضم أعمال 22 فناناً وفنانة من مدن الساحل والداخل.",
        "ويستمر المعرض حتى نهاية الأسبوع وترافقه ورشات للأطفال وأمسيات موسيقية في حديقة المركز.",
    )
)


def line(outlet: str, number: int, title: str, text: str, hour: int) -> dict[str, str]:
    url = f"https://{outlet}.example/news/{number}"
    date = f"2026-03-02T{hour:02}:00:00Z"
    return {"outlet": outlet, "url": url, "title": title, "text": text, "date": date}


ARCHIVE = (
    line("hudud", 1, "تنظيف القناة الرئيسية يبدأ بعد شكاوى المزارعين", "\n".join([*LINES, OWN]), 9),
    line("furat", 1, "مديرية الري تبدأ تنظيف القناة", "\n".join(LINES), 6),
    line("mawj", 1, "تنظيف القناة يبدأ بعد شكاوى المزارعين", LINES[0], 10),
    line("mawj", 2, "معرض للخزف في المركز الثقافي", OTHER, 10),
)


@dataclass
class Result:
    returncode: int
    stdout: str
    stderr: str


class Command:
    """The command line in this process, on a database of its own."""

    def __init__(self, folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
        self.database = folder / "news.db"
        self.capfd = capfd

    def __call__(self, *args: str) -> Result:
        settings = Settings()
        settings.setmodule("crawler.settings", priority="project")
        settings.set("DATABASE", str(self.database), priority="cmdline")
        with pytest.raises(SystemExit) as caught:
            execute(["scrapy", *args], settings)
        captured = self.capfd.readouterr()
        return Result(int(caught.value.code or 0), captured.out, captured.err)

    def rows(self, query: str) -> list[tuple]:
        with closing(sqlite3.connect(self.database)) as db:
            return db.execute(query).fetchall()


@pytest.fixture
def archive(tmp_path: Path) -> str:
    path = tmp_path / "archive.jsonl"
    text = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in ARCHIVE)
    path.write_text(text, encoding="utf-8")
    return str(path)


@pytest.fixture
def scrapy(monkeypatch, capfd, tmp_path: Path, archive: str) -> Command:
    monkeypatch.chdir(ROOT)
    command = Command(tmp_path, capfd)
    assert command("ingest", archive).returncode == 0
    return command


def test_an_imported_wire_copy_is_one_story(tmp_path: Path, archive: str, capfd) -> None:
    command = Command(tmp_path, capfd)
    for counts in ("4 stored, 0 unchanged", "0 stored, 4 unchanged"):
        done = subprocess.run(
            [sys.executable, "-m", "scrapy", "ingest", archive, "--db", str(command.database)],
            cwd=ROOT,
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stderr
        assert counts in done.stdout
        query = "select stories.articles, stories.outlets, articles.outlet from stories"
        assert command.rows(f"{query} join articles on articles.id = lead_article") == [
            (3, 3, "furat"),
            (1, 1, "mawj"),
        ]


def test_regrouping_says_what_changed(scrapy: Command) -> None:
    before = scrapy.rows("select id, story from articles")
    done = scrapy("regroup", "--since", "2026-03-01")
    assert (done.returncode, done.stdout) == (0, "4 articles in 2 stories, 0 of them changed\n")
    assert scrapy("regroup", "--quiet").stdout == ""
    assert scrapy.rows("select id, story from articles") == before


def test_it_says_why(scrapy: Command) -> None:
    done = scrapy("regroup", "--explain", "1", "https://furat.example/news/1")
    assert done.returncode == 0, done.stderr
    assert "same: they open alike and share enough of the text" in done.stdout
    assert "stored as one story" in done.stdout
    done = scrapy("regroup", "--explain", "1", "4")
    assert "different: they share too little of the text" in done.stdout


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (["--explain", "1"], "give two articles"),
        (["--explain", "1", "99"], "99: no such stored article"),
        (["--explain", "1", "1"], "are one stored article"),
        (["--since", "gestern"], "--since 'gestern': write 12h"),
        (["1", "2"], "two articles need --explain"),
        (["--db", "nowhere.db"], "no such database"),
    ],
)
def test_mistakes_are_one_line(scrapy: Command, args: list[str], said: str) -> None:
    done = scrapy("regroup", *args)
    assert done.returncode == 2
    assert said in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_it_waits_for_no_run(scrapy: Command) -> None:
    with lock(scrapy.database):
        done = scrapy("regroup")
    assert done.returncode == 3
    assert "another run holds" in done.stderr
