"""Real pages, a real feed, real listings and a real archive, where they lie beside the project."""

from __future__ import annotations

import gzip
import json
import os
import re
import sqlite3
import subprocess
import sys
import threading
import unicodedata
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import islice
from pathlib import Path
from typing import Any

import pytest

from crawler.archive import Archive, ingest
from crawler.catalogue import load_all
from crawler.extract import decode, extract
from crawler.items import Article
from crawler.settings import SPIDER_MODULES
from database.connection import open_database
from database.watches import sync
from pipelines.normalise import normalise
from watchlist import load

ROOT = Path(__file__).resolve().parents[1]
SHARED = ROOT / "../shared"
EVAL = SHARED / "eval"
NOW = datetime(2026, 3, 2, tzinfo=UTC)
CORPUS = SHARED / "corpora" / "almayadeen_2023.jsonl.gz"

pytestmark = pytest.mark.skipif(not EVAL.exists(), reason="no ../shared beside the project")


def truths() -> list[dict[str, Any]]:
    path = EVAL / "truth.jsonl"
    if not path.exists():
        return []
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def words(text: str | None) -> list[str]:
    """Words without marks, tatweel, invisible characters and punctuation."""
    plain = unicodedata.normalize("NFKC", text or "").casefold()
    kept = (c for c in plain if c != "\u0640" and unicodedata.category(c) not in ("Mn", "Cf"))
    return re.findall(r"\w+", "".join(kept))


def shingles(text: str) -> Counter[tuple[str, ...]]:
    found = words(text)
    return Counter(zip(*(found[start:] for start in range(4)), strict=False))


def f1(found: str, true: str) -> float:
    """Agreement of two texts in runs of four words: 1 = the same."""
    a, b = shingles(found), shingles(true)
    return 2 * (a & b).total() / (a.total() + b.total()) if a or b else 1.0


@pytest.mark.parametrize("truth", truths(), ids=lambda truth: Path(truth["page"]).stem)
def test_a_real_page_is_read(truth: dict[str, Any]) -> None:
    found = extract(
        decode((EVAL / truth["page"]).read_bytes(), None),
        truth["url"] or "https://page.example/saved",
        timezone=truth["timezone"],
        fetched_at="2026-03-02T00:00:00Z",
    )
    article = normalise(found.article, now=NOW)
    assert isinstance(article, Article)
    assert words(article.title) == words(truth["title"])
    body = article.body or ""
    if truth["text"] is not None:
        assert f1(body, "\n".join(truth["text"])) >= 0.99
    for part in truth["must"] or ():
        assert " ".join(words(part)) in " ".join(words(body))
    assert [part for part in truth["must_not"] if part in body] == []
    check_date(article, truth)


def check_date(article: Article, truth: dict[str, Any]) -> None:
    if not truth["published"]:
        return
    true = datetime.fromisoformat(truth["published"])
    assert article.published_at
    if article.published_precision == "day":
        assert article.published_at == true.date().isoformat()
        return
    found = datetime.fromisoformat(article.published_at)
    assert found.astimezone(true.tzinfo).date() == true.date()
    if truth["minute"]:
        assert abs((found - true).total_seconds()) < 60


class Proxy(BaseHTTPRequestHandler):
    """The web as a proxy on loopback shows it: three saved documents, everything else is 404."""

    saved = {
        "http://www.aksalser.com/rss.xml": ("feeds/aksalser.com__rss.xml", "text/xml"),
        "http://yemennownews.com/": ("listings/yemennownews.com__home.html", "text/html"),
        "http://www.bbc.com/arabic": ("listings/bbc.com_arabic__frontpage.html", "text/html"),
    }

    def do_GET(self) -> None:
        name, kind = self.saved.get(self.path, ("", "text/plain"))
        body = (EVAL / name).read_bytes() if name else b""
        self.send_response(200 if name else 404)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_CONNECT(self) -> None:
        self.send_error(502)

    def log_message(self, format: str, *args: object) -> None:
        """Requests are of no interest here."""


@pytest.fixture(scope="module")
def proxy() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Proxy) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()
        thread.join()


@pytest.mark.parametrize(
    ("url", "least", "most"),
    [
        ("http://www.aksalser.com/rss.xml", 50, 50),
        ("http://yemennownews.com/", 41, 41),
        ("http://www.bbc.com/arabic", 77, 90),
    ],
)
def test_a_real_source_is_read(url, least, most, proxy, tmp_path) -> None:
    """Every link of an article is found; every page is accounted for, since none is there."""
    path = tmp_path / "news.db"
    quick = {
        "RUN_LOG": tmp_path / "run.log",
        "DOWNLOAD_DELAY": 0,
        "AUTOTHROTTLE_ENABLED": 0,
        "CONCURRENT_REQUESTS_PER_DOMAIN": 8,
        "RETRY_TIMES": 0,
    }
    options = [part for name, value in quick.items() for part in ("-s", f"{name}={value}")]
    done = subprocess.run(
        [sys.executable, "-m", "scrapy", "run", "--url", url, "--db", str(path), *options],
        cwd=ROOT,
        env=os.environ | {"http_proxy": proxy, "https_proxy": proxy, "no_proxy": ""},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 1, done.stderr
    db = sqlite3.connect(path)
    pages = db.execute("select status, reason from pages").fetchall()
    status, note, discovered = db.execute(
        "select status, note, discovered from outlet_runs"
    ).fetchone()
    db.close()
    assert least <= len(pages) <= most
    assert discovered == len(pages)
    assert {status for status, _ in pages} <= {"gone", "failed"}
    assert all(reason for _, reason in pages)
    assert status == "failed"
    assert f"{len(pages)} pages could not be fetched" in note


@pytest.mark.skipif(not CORPUS.exists(), reason="no archive beside the project")
def test_a_real_archive_is_imported(tmp_path: Path) -> None:
    path = tmp_path / "first.jsonl"
    with gzip.open(CORPUS, "rt", encoding="utf-8") as file:
        path.write_text("".join(islice(file, 300)), encoding="utf-8")
    outlets, _ = load_all(SPIDER_MODULES)
    watches = load(ROOT / "watchlist.toml")
    db = open_database(tmp_path / "news.db")
    sync(db, watches, now=NOW)
    first = ingest(Archive(path, outlets), db, watches)
    assert (first.lines, first.bad_lines, first.bad) == (300, 0, [])
    stored, dated = db.execute("select count(*), count(published_at) from articles").fetchone()
    assert stored == dated == first.tally["store/new"] >= 295
    assert {outlet for (outlet,) in db.execute("select outlet from articles")} == {"almayadeen"}
    second = ingest(Archive(path, outlets), db, watches)
    assert second.tally["store/new"] == second.tally["store/revised"] == 0
    assert db.execute("select count(*) from articles").fetchone() == (stored,)
    db.close()
