"""A small populated database for the desk."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from database.connection import open_database, transaction

STAMP = "2026-11-21T04:00:00Z"
HOSTILE = "<script>alert('x')</script> \" onmouseover=\"alert(1) أبو كمال"
Fill = Callable[[Path], Path]

ARTICLES = (
    # id, outlet, url, title, published_at, body, story
    (1, "alif", "https://alif.example/1", "دخول أَبُو كَمَالٍ", "2026-11-20T10:00:00Z",
     "وصلت القوات إلى أبو كمال صباحًا.\n\nثم عادت إلى دير الزور.", 1),
    (2, "ba", "https://ba.example/2", "خبر من البوكمال", "2026-11-21", "نص آخر عن حلب.", 1),
    (3, "ba", "javascript:alert(1)", HOSTILE, None, "</p><script>alert(2)</script>", None),
)  # fmt: skip
MATCHES = (
    # article, watch, snippet
    (1, "البوكمال", "إلى \ue000أبو كمال\ue001 صباحًا"),
    (2, "البوكمال", "من \ue000البوكمال\ue001"),
    (3, "x' or 1=1 --<b>", "\ue001<img src=x onerror=alert(3)>\ue000\ue000hit\ue001"),
)


def fill(path: Path) -> Path:
    db = open_database(path)
    with transaction(db):
        for outlet, title in (("alif", "ألف"), ("ba", "باء")):
            db.execute("insert into outlets (outlet, title) values (?, ?)", [outlet, title])
        db.execute("insert into stories (id, articles, outlets) values (1, 2, 2)")
        for key, outlet, url, title, published, body, story in ARTICLES:
            db.execute(
                "insert into articles (id, outlet, url, title, published_at, story, tags,"
                " first_seen_at, checked_at) values (?, ?, ?, ?, ?, ?, '[\"سوريا\"]', ?, ?)",
                [key, outlet, url, title, published, story, STAMP, STAMP],
            )
            db.execute("insert into article_text (article, body) values (?, ?)", [key, body])
        for article, watch, snippet in MATCHES:
            db.execute(
                "insert or ignore into watches (watch, fingerprint, updated_at) values (?, '', ?)",
                [watch, STAMP],
            )
            db.execute(
                "insert into matches (article, watch, hits, in_title, snippet, first_matched_at)"
                " values (?, ?, 1, 1, ?, ?)",
                [article, watch, snippet, STAMP],
            )
        start = ARTICLES[0][5].index("أبو كمال")
        db.execute(
            "insert into hits (article, watch, term, field, start, end)"
            " values (1, 'البوكمال', 'أبو كمال', 'body', ?, ?)",
            [start, start + len("أبو كمال")],
        )
        _last_runs(db.execute)
    db.close()
    return path


def _last_runs(execute: Callable[..., object]) -> None:
    execute(
        "insert into runs (id, started_at, finished_at, status, exit_code, command) values"
        " (1, '2026-11-20T03:00:00Z', '2026-11-20T03:09:00Z', 'failed', 1, 'scrapy run'),"
        " (2, '2026-11-21T03:00:00Z', '2026-11-21T03:09:00Z', 'failed', 1, 'scrapy run')"
    )
    execute(
        "insert into outlet_runs (run, outlet, status, note) values (1, 'alif', 'failed', 'old'),"
        " (2, 'alif', 'ok', null), (2, 'ba', 'silent', 'no link on any source')"
    )
    execute(
        "insert into pages (url, fetch_url, outlet, status, reason, first_seen_at, tried_at) values"
        " ('u1', 'u1', 'alif', 'failed', 'HTTP 503', '', '2026-11-21T03:01:00Z'),"
        " ('u2', 'u2', 'ba', 'rejected', 'no text', '', '2026-11-21T03:02:00Z'),"
        " ('u3', 'u3', 'ba', 'failed', 'before', '', '2026-11-20T03:02:00Z'),"
        " ('u4', 'u4', 'ba', 'stored', 'good', '', '2026-11-21T03:02:00Z')"
    )


@pytest.fixture(scope="session")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with three articles, one of them hostile, and two runs."""
    return fill(tmp_path_factory.mktemp("desk") / "any name.sqlite")
