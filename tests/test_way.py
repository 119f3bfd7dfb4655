"""The whole way, over real HTTP: the pretend web crawled by the job, compared with its truth."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from urllib.parse import unquote

import pytest

from crawler.commands.demo import crawl, unexpected
from crawler.report import Outcome
from database.urls import canonical_url
from demo.compare import compare
from demo.newsroom import PUBLISHING, Newsroom, build
from demo.server import DemoServer, Record
from demo.sites import SITES

ROOT = Path(__file__).resolve().parents[1]
# What a run may change although nothing happened on the web: when it looked.
CLOCKS = {"runs": "*", "outlet_runs": "*", "sources": ("polled_at", "status", "failures")}


def run(path: Path, server: DemoServer, newsroom: Newsroom) -> list[Outcome]:
    return crawl(path, server.port, now=newsroom.now, command="test", workers=2).outcomes


def rows(path: Path) -> dict[str, set[tuple]]:
    """Every row of every table, but for the clocks."""
    db = sqlite3.connect(path)
    db.row_factory = sqlite3.Row
    tables = [
        name
        for (name,) in db.execute("select name from sqlite_master where type = 'table'")
        if not name.startswith(("articles_fts", "sqlite_", "_")) and CLOCKS.get(name) != "*"
    ]
    found = {}
    for table in tables:
        left_out = CLOCKS.get(table, ())
        found[table] = {
            tuple(row[key] for key in row.keys() if key not in left_out)  # noqa: SIM118
            for row in db.execute(f'select * from "{table}"')
        }
    db.close()
    return found


@pytest.fixture(scope="module")
def newsroom() -> Newsroom:
    return build(140, seed=1)


@pytest.fixture(scope="module")
def crawled(newsroom: Newsroom, tmp_path_factory) -> Iterator[tuple[Path, DemoServer, list]]:
    """A database after the first run, and the web that it was made from."""
    path = tmp_path_factory.mktemp("way") / "demo.db"
    with DemoServer(newsroom) as server:
        outcomes = run(path, server, newsroom)
        yield path, server, outcomes


def test_the_first_run_gives_the_truth(crawled, newsroom: Newsroom) -> None:
    path, _, outcomes = crawled
    assert unexpected(outcomes, newsroom.manifest) == []
    assert compare(path, newsroom.manifest) == []


def test_each_outlets_text_is_read_by_what_carries_it(crawled) -> None:
    path, _, _ = crawled
    db = sqlite3.connect(path)
    found = db.execute("select distinct outlet, provenance ->> '$.body' from articles").fetchall()
    db.close()
    assert sorted(found) == sorted((name, SITES[name].carrier) for name in PUBLISHING)
    assert {carrier for _, carrier in found} == {"selector", "jsonld", "structure"}


def test_every_article_that_was_announced_is_accounted_for_once(crawled, newsroom) -> None:
    path, _, outcomes = crawled
    db = sqlite3.connect(path)
    found = db.execute(
        "select outlet, sum(discovered), sum(stored), sum(waiting + failed + rejected + gone)"
        " from completeness group by outlet"
    ).fetchall()
    mirrored = db.execute("select sum(in_several) from completeness where outlet = 'furat'")
    assert mirrored.fetchone()[0] > 0
    db.close()
    published = {outcome.outlet: len(newsroom.pieces_of(outcome.outlet)) for outcome in outcomes}
    assert {outlet: announced for outlet, announced, _, _ in found} == {
        outlet: count for outlet, count in published.items() if count
    }
    assert all((stored, rest) == (announced, 0) for _, announced, stored, rest in found)


def test_no_page_was_asked_for_twice(crawled, newsroom: Newsroom) -> None:
    _, server, _ = crawled
    urls = {url.split("?")[0] for truth in newsroom.manifest.articles for url in truth.urls}
    pages = [r for r in server.requests if any(url.endswith(r.path) for url in urls)]
    assert len(pages) <= len(newsroom.manifest.articles)


def test_the_second_run_asks_for_no_article_and_changes_no_row(crawled, newsroom) -> None:
    path, server, _ = crawled
    before, asked = rows(path), len(server.requests)
    outcomes = run(path, server, newsroom)
    second: list[Record] = list(server.requests)[asked:]
    answered = [record for record in second if record.path != "/robots.txt"]
    alive = [record for record in answered if record.host not in ("sarab.example",)]
    assert all(outcome.counts.fetched == 0 for outcome in outcomes)
    assert all(r.status in (304, 404) or "sitemap.xml" in r.path for r in alive)
    assert rows(path) == before


def test_an_edit_is_a_revision_and_nothing_else_is_read(crawled, newsroom: Newsroom) -> None:
    path, server, _ = crawled
    edited = newsroom.edited()
    server.show(edited)
    outcomes = run(path, server, edited)
    assert compare(path, edited.manifest) == []
    changes = edited.manifest.changes
    assert sum(outcome.counts.fetched for outcome in outcomes) == len(changes)
    db = sqlite3.connect(path)
    found = [changed for (changed,) in db.execute("select changed from revisions")]
    db.close()
    assert sorted(found) == sorted(changes.values())


def test_a_later_run_finds_what_no_feed_tells_of(newsroom: Newsroom, tmp_path: Path) -> None:
    path = tmp_path / "later.db"
    later = newsroom.quietly_changed()
    addresses = {url for truth in newsroom.manifest.articles for url in truth.urls}
    (withdrawn,) = (t for t in later.manifest.articles if t.key in later.manifest.gone)
    with DemoServer(newsroom) as server:
        run(path, server, newsroom)
        server.show(later)
        asked = len(server.requests)
        outcomes = run(path, server, later)
        second = list(server.requests)[asked:]
        assert compare(path, later.manifest) == []
        assert sum(outcome.counts.revised for outcome in outcomes) == 1
        assert sum(outcome.counts.fetched for outcome in outcomes) == 1, "the others answer 304"
        pages = [r for r in second if f"https://{r.host}{unquote(r.path)}" in addresses]
        assert len(pages) > 5
        assert all(r.conditional for r in pages)
        assert gone(path) == []
        crawl(path, server.port, now=later.now + timedelta(hours=2), command="test", workers=2)
    assert gone(path) == [canonical_url(withdrawn.urls[0])]
    assert compare(path, later.manifest) == []


def gone(path: Path) -> list[str]:
    """The addresses of the articles whose page is gone."""
    db = sqlite3.connect(path)
    rows = db.execute(
        "select pages.url from pages join articles on articles.id = pages.article"
        " where gone_at not null and status = 'gone'"
    ).fetchall()
    db.close()
    return [url for (url,) in rows]


def start(
    path: Path, server: DemoServer, newsroom: Newsroom, requests: int
) -> subprocess.Popen[bytes]:
    """The job in a process of its own, that has made so many requests by now."""
    script = (
        "import sys; from pathlib import Path; from crawler.commands.demo import crawl;"
        "from datetime import datetime; now = datetime.fromisoformat(sys.argv[3]);"
        "crawl(Path(sys.argv[1]), int(sys.argv[2]), now=now, command='test', workers=2)"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", script, str(path), str(server.port), newsroom.now.isoformat()],
        cwd=ROOT,
    )
    deadline = time.monotonic() + 60
    while len(server.requests) < requests:
        assert time.monotonic() < deadline
        time.sleep(0.01)
    return process


def children(pid: int) -> list[int]:
    return [int(each) for each in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def test_workers_end_with_their_parent(newsroom: Newsroom, tmp_path: Path) -> None:
    with DemoServer(newsroom) as server:
        process = start(tmp_path / "orphans.db", server, newsroom, 20)
        workers = children(process.pid)
        process.kill()
        process.wait()
        deadline = time.monotonic() + 20
        while any(Path(f"/proc/{pid}/cmdline").exists() for pid in workers):
            assert time.monotonic() < deadline, "the workers go on without their parent"
            time.sleep(0.05)
    assert workers


def test_a_killed_run_loses_nothing(newsroom: Newsroom, tmp_path: Path) -> None:
    path = tmp_path / "killed.db"
    with DemoServer(newsroom) as server:
        process = start(path, server, newsroom, 80)
        for pid in [process.pid, *children(process.pid)]:
            os.kill(pid, signal.SIGKILL)
        process.wait()
        run(path, server, newsroom)
    assert compare(path, newsroom.manifest) == []
    db = sqlite3.connect(path)
    statuses = [status for (status,) in db.execute("select status from runs order by id")]
    db.close()
    assert statuses[0] == "killed"
