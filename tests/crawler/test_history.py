"""scrapy history: what each version changed, found by any address, safe on a terminal."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.items import Article
from crawler.versions import diff
from database import articles, ledger
from database.connection import open_database
from database.revisions import make_patch, pieces

ROOT = Path(__file__).resolve().parents[2]
URL = "https://arabi21.com/story/1048871/slug"
FIRST = "قال مراسلنا إن القوات دخلت المدينة.\nوأضاف أن السوق مغلق.\nسطر ثابت.\nآخر ثابت.\nالختام."
SECOND = FIRST.replace("مغلق", "مفتوح")
THIRD = SECOND.replace("الختام.", "الختام\u202e \x1b[2J.") + "\nفقرة جديدة."
TEXT = st.text(alphabet="ابت \n\u0651\x1b\u202e،.", max_size=50)


@pytest.fixture
def stored(tmp_path: Path) -> Path:
    path = tmp_path / "news.db"
    db = open_database(path)
    articles.ensure_outlet(db, "arabi21")
    now = datetime(2026, 3, 2, 12, tzinfo=UTC)
    titles = ["العنوان الأول", "العنوان الأول", "العنوان الثاني"]
    for hours, (title, body) in enumerate(zip(titles, (FIRST, SECOND, THIRD), strict=True)):
        article = Article(
            "arabi21",
            URL,
            title=title,
            body=body,
            text_hash=str(hours),
            article_key="1048871",
            aliases={"https://arabi21.com/short?n=7": "requested"},
        )
        articles.put(db, article, now=now + timedelta(hours=hours))
    ledger.record_page(
        db, outlet="arabi21", url="https://arabi21.com/list", status="rejected",
        reason="listing page", now=now,
    )  # fmt: skip
    db.close()
    return path


def history(path: Path, *args: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "scrapy", "history", "--db", str(path), *args]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


def test_each_version_says_when_and_what(stored: Path) -> None:
    shown = history(stored, "1")
    assert (shown.returncode, shown.stderr) == (0, "")
    lines = shown.stdout.splitlines()
    assert "version 1, seen 2026-03-02 12:00 UTC" in lines
    assert "version 2, seen 2026-03-02 13:00 UTC: the text changed" in lines
    assert "version 3, seen 2026-03-02 14:00 UTC: title and text changed" in lines
    assert "~ وأضاف أن السوق [-مغلق.-]{+مفتوح.+}" in lines
    assert "~ العنوان [-الأول-]{+الثاني+}" in lines
    assert "+ {+فقرة جديدة.+}" in lines
    assert "  (2 more, unchanged)" in lines
    assert not {"\x1b", "\u202e"} & set(shown.stdout)


@pytest.mark.parametrize(
    "address",
    [
        URL,
        "http://www.arabi21.com/story/1048871/slug/?utm_source=rss#top",
        "arabi21.com/story/1048871/slug",
        "https://m.arabi21.com/amp/story/1048871/another-slug",
        "https://arabi21.com/short?n=7",
    ],
)
def test_any_address_finds_it(stored: Path, address: str) -> None:
    found = history(stored, address, "--json")
    assert json.loads(found.stdout)["id"] == 1


def test_machines_get_all_of_it(stored: Path) -> None:
    told = json.loads(history(stored, URL, "--json", "--full").stdout)
    assert [each["changed"] for each in told["versions"]] == [None, "body", "both"]
    assert [each["body"] for each in told["versions"]] == [FIRST, SECOND, THIRD]
    for before, after in zip(told["versions"], told["versions"][1:], strict=False):
        for field in ("title", "body") if after["changed"] == "both" else ("body",):
            steps = after[f"{field}_diff"]
            assert "".join(text for kind, text in steps if kind != "inserted") == before[field]
            assert "".join(text for kind, text in steps if kind != "deleted") == after[field]
    assert told["addresses"] == ["https://arabi21.com/short?n=7", URL]
    assert "body" not in json.loads(history(stored, URL, "--json").stdout)["versions"][0]


def test_full_texts(stored: Path) -> None:
    lines = history(stored, URL, "--full").stdout.splitlines()
    assert lines.count("  وأضاف أن السوق مغلق.") == 1
    assert lines.count("  وأضاف أن السوق مفتوح.") == 2


@pytest.mark.parametrize(
    ("args", "cure"),
    [
        (["https://arabi21.com/story/9"], "no article has this address; check its spelling"),
        (["https://arabi21.com/list"], "its page is rejected: listing page; only stored"),
        (["77"], "no article has the number 77"),
        (["9" * 30], "no article has the number"),
        (["bad\x1b[2Jaddress"], "no article has this address"),
        ([], "give one address"),
        (["--nope"], "unknown option --nope"),
    ],
)
def test_what_is_not_there_is_one_line(stored: Path, args: list[str], cure: str) -> None:
    shown = history(stored, *args)
    assert shown.returncode == 2
    assert cure in shown.stderr
    assert shown.stderr.count("\n") == 1
    assert "\x1b" not in shown.stderr


@pytest.mark.parametrize(("variables", "coloured"), [({}, True), ({"NO_COLOR": "1"}, False)])
def test_colours_on_a_terminal_alone(stored: Path, variables, coloured: bool) -> None:
    parent, child = pty.openpty()
    environment = {k: v for k, v in os.environ.items() if k != "NO_COLOR"} | {"TERM": "xterm"}
    command = [sys.executable, "-m", "scrapy", "history", "--db", str(stored), "1"]
    subprocess.run(command, cwd=ROOT, stdout=child, env=environment | variables, check=True)
    os.close(child)
    shown = os.read(parent, 1 << 16).decode()
    os.close(parent)
    assert ("\x1b[32;4mمفتوح.\x1b[0m" in shown) == coloured
    assert ("{+مفتوح.+}" in shown) != coloured
    assert "\x1b[2J" not in shown


@given(TEXT, TEXT)
@settings(max_examples=150, deadline=None)
def test_pieces_are_both_texts(new: str, old: str) -> None:
    found = pieces(new, make_patch(new, old))
    assert "".join(p.text for p in found if p.kind != "inserted") == old
    assert "".join(p.text for p in found if p.kind != "deleted") == new
    for line in diff(found, colour=False):
        assert line[:2] in ("  ", "+ ", "- ", "~ ")
        assert line.isprintable()
