"""Health: the judgement by table, and each outcome on a web that earns it."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest

from crawler.health import TIME_IS_UP, judge
from crawler.items import REFUSALS
from database.rhythm import Rhythm

READ = {"discover/answered": 1, "discover/read": 1}
NEWS = READ | {"fetch/pages": 3, "store/new": 3}
REFUSED = [("feed a", "HTTP 403"), ("feed b", "challenge page")]
DOWN = [("feed c", "timed out")]
BROKEN = Rhythm(found=3, expected=41.2, days=2)
SOUND = Rhythm(found=30, expected=41.2, days=2)
DRIFTS = ["no author in the newest 10 articles, before in 48 of 50"]
WALLED = READ | {"store/failed": 3, "store/refused": 2}


@pytest.mark.parametrize(
    ("stats", "more", "status", "note"),
    [
        ({}, {"source_failures": REFUSED}, "blocked", "feed a: HTTP 403; feed b: challenge page"),
        ({}, {"source_failures": REFUSED + DOWN}, "blocked", None),
        ({}, {"source_failures": REFUSED + DOWN * 2}, "failed", None),
        ({}, {"source_failures": [("feed a", "forbidden by robots.txt")]}, "failed", None),
        (NEWS, {"source_failures": REFUSED}, "degraded", None),
        (
            WALLED,
            {},
            "blocked",
            "3 pages could not be fetched, 2 of them refused (401, 403, 451, challenge)",
        ),
        (WALLED | {"store/refused": 1}, {}, "failed", None),
        (WALLED | {"store/new": 1}, {}, "degraded", None),
        (WALLED | {"store/rejected": 2}, {}, "failed", None),
        (WALLED | {"item_exceptions/KeyError": 1}, {}, "failed", None),
        (READ | {"store/failed": 2, "store/refused": 2}, {}, "degraded", None),
        (READ, {"rhythm": BROKEN}, "silent", "3 articles in the last 2 days, 41 expected"),
        (NEWS, {"rhythm": BROKEN}, "silent", "3 articles in the last 2 days, 41 expected"),
        (NEWS, {"rhythm": SOUND}, "ok", ""),
        (READ, {"rhythm": BROKEN, "drifts": DRIFTS}, "silent", None),
        (
            READ,
            {"rhythm": BROKEN, "source_failures": DOWN},
            "silent",
            "3 articles in the last 2 days, 41 expected; feed c: timed out",
        ),
        # What was announced and is not read yet is our delay, not the outlet's silence.
        (READ | {"fetch/over_limit": 40}, {"rhythm": BROKEN}, "quiet", None),
        (READ | {"fetch/postponed": 40}, {"rhythm": BROKEN}, "quiet", None),
        (NEWS | {"store/failed": 4}, {"rhythm": BROKEN}, "degraded", None),
        ({}, {"rhythm": BROKEN, "source_failures": DOWN}, "failed", None),
        (WALLED, {"rhythm": BROKEN}, "blocked", None),
        (NEWS, {"drifts": DRIFTS}, "drifted", DRIFTS[0]),
        (NEWS, {"drifts": ["x"], "source_failures": DOWN}, "drifted", "x; feed c: timed out"),
        (NEWS, {"drifts": DRIFTS, "finish_reason": "memusage_exceeded"}, "failed", None),
        (NEWS, {"finish_reason": "shutdown"}, "degraded", "stopped"),
        (READ, {"finish_reason": "shutdown"}, "degraded", "stopped"),
        (NEWS, {"finish_reason": "closespider_timeout"}, "degraded", TIME_IS_UP),
        (READ, {"finish_reason": "closespider_timeout"}, "failed", None),
    ],
)  # fmt: skip
def test_precedence(stats, more, status, note) -> None:
    given = {"sources": 3, "source_failures": [], "finish_reason": "finished"} | more
    found = judge(stats, **given)
    assert found[0] == status
    assert note is None or found[1] == note


def test_a_wall_at_the_sources_is_blocked(run, press, web) -> None:
    walls = {
        "forbidden": {"body": "no", "status": 403},
        "challenge": {"body": "<title>Just a moment...</title>"},
        "busy": {"body": "<title>Just a moment...</title>", "status": 503},
        "down": {"body": "sorry", "status": 503},
    }
    for name, wall in walls.items():
        host = web.host()
        host.put("/feed", **wall)
        press.add(name, host.url("/feed"))
    result = run(SPIDER_MODULES=press.package)
    assert result.code == 1
    outcomes = run.outcomes()
    assert {name: status for name, (status, _) in outcomes.items()} == {
        "forbidden": "blocked",
        "challenge": "blocked",
        "busy": "blocked",
        "down": "failed",
    }
    assert "HTTP 403" in outcomes["forbidden"][1]
    assert "challenge page" in outcomes["busy"][1]
    assert {"HTTP 403", "challenge page"} <= REFUSALS


def test_a_wall_at_the_pages_is_blocked(run, press, web) -> None:
    for name, count in (("three", 3), ("two", 2)):
        host = web.host()
        host.put_news(count, status=403)
        press.add(name, host.url("/feed"))
    assert run(SPIDER_MODULES=press.package).code == 1
    assert {name: status for name, (status, _) in run.outcomes().items()} == {
        "three": "blocked",
        "two": "degraded",
    }


def test_an_outlet_that_falls_silent(run, press, host) -> None:
    """Its archive of weeks is its rhythm; the feed goes on answering, with nothing new."""
    host.put_news(1)
    press.add("alpha", host.url("/feed"))
    run("alpha", SPIDER_MODULES=press.package, NOW="2026-03-02T12:00:00+00:00")
    assert run.outcomes()["alpha"] == ("ok", ""), "one article is no rhythm"
    published = datetime(2026, 3, 1, 9, tzinfo=UTC)
    columns = "outlet, url, published_at, first_seen_at, checked_at"
    rows = ", ".join(
        f"('alpha', 'https://old.example/{day}/{number}',"
        f" '{published - timedelta(days=day):%Y-%m-%dT%H:%M:%SZ}', 'x', 'x')"
        for day in range(40)
        for number in range(12)
    )
    run.write(f"insert into articles ({columns}) values {rows}")
    codes = {}
    for now in ("2026-03-02T12:00", "2026-03-03T12:00"):
        codes[now] = run("alpha", SPIDER_MODULES=press.package, NOW=f"{now}:00+00:00").code
        codes[now] = codes[now], *run.outcomes()["alpha"]
    assert codes == {
        "2026-03-02T12:00": (1, "silent", "1 article in the last day, 12 expected"),
        "2026-03-03T12:00": (1, "silent", "0 articles in the last day, 12 expected"),
    }
    matching = run("alpha", SPIDER_MODULES=press.package, STORE="matching", NOW="2026-03-03T12:00Z")
    assert matching.code == 0, "what matches a watch comes in no rhythm"


def test_an_outlet_whose_layout_changed(run, press, host) -> None:
    host.put_news(5)
    layout = "    from crawler.outlet import Layout\n    layouts = [Layout(body='div.gone')]\n"
    press.add("alpha", host.url("/feed"), layout)
    result = run("alpha", SPIDER_MODULES=press.package)
    assert result.code == 0
    note = "its selectors gave nothing of the newest 5 articles"
    assert run.outcomes()["alpha"] == ("drifted", note)
    assert json.loads(run.query("select provenance from articles")[0][0])["body"] == "structure"


def test_an_outlet_that_comes_back_is_well_in_the_view(run, press, host) -> None:
    host.put_news(2)
    host.put("/feed", "no", status=403)
    press.add("alpha", host.url("/feed"))
    health = "select status, bad_runs, last_good_at is null, failing_sources, sources from health"
    for bad in (1, 2):
        run("alpha", SPIDER_MODULES=press.package)
        assert run.query(health) == [("blocked", bad, 1, 1, 1)]
    host.put_news(2)
    run("alpha", SPIDER_MODULES=press.package)
    assert run.query(health) == [("ok", 0, 0, 0, 1)]
    assert run.query("select newest_article, waiting_pages, failed_pages from health") == [
        ("2026-03-02T08:05:00Z", 0, 0)
    ]
