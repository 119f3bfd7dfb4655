"""The report: counts out of statistics, and the health of a crawl."""

from __future__ import annotations

import json
from dataclasses import asdict

import pytest

from crawler.health import counts_of, judge, summary
from crawler.report import tell
from database.runs import Counts

READ = {"discover/answered": 1, "discover/read": 1}
NEWS = READ | {"fetch/pages": 3, "store/new": 3}
DOWN = [("feed a", "timed out")]


def test_counts_are_the_columns_of_an_outlets_row() -> None:
    stats = {
        "discover/links": 40,
        "discover/known": 30,
        "fetch/pages": 10,
        "store/new": 4,
        "store/revised": 1,
        "store/joined": 2,
        "tag/matched": 3,
        "store/rejected": 2,
        "store/failed": 1,
        "store/gone": 2,
        "downloader/request_count": 99,
    }
    assert counts_of(stats) == Counts(40, 30, 10, 4, 1, 2, 3, 2, 3)
    assert counts_of({}) == Counts()


@pytest.mark.parametrize(
    ("stats", "failures", "status", "note"),
    [
        (NEWS, [], "ok", ""),
        (READ | {"store/revised": 1}, [], "ok", ""),
        (READ, [], "quiet", ""),
        (READ | {"store/unchanged": 2}, [], "quiet", ""),
        (READ | {"store/rejected": 2}, [], "quiet", "2 pages are no articles"),
        (READ | {"store/rejected": 3}, [], "failed", "3 pages are no articles"),
        (NEWS | {"store/rejected": 9}, [], "ok", "9 pages are no articles"),
        (READ | {"store/failed": 1}, [], "degraded", "1 pages could not be fetched"),
        (READ | {"store/failed": 2, "store/rejected": 1}, [], "failed", None),
        (READ | {"store/failed": 3, "store/unwatched": 1}, [], "degraded", None),
        (READ | {"store/gone": 3}, [], "quiet", "3 pages could not be fetched"),
        (NEWS, DOWN, "degraded", "feed a: timed out"),
        (READ, DOWN * 3, "degraded", "3 sources: timed out"),
        # A second listing page that fails is no source that fails.
        (NEWS, [("section s", "HTTP 503")] * 2, "degraded", "2 sources: HTTP 503"),
        ({}, DOWN, "failed", "feed a: timed out"),
        ({"discover/answered": 1}, [("feed a", "HTTP 404")], "failed", "feed a: HTTP 404"),
        ({"store/new": 1}, DOWN, "failed", "feed a: timed out"),
        (NEWS | {"fetch/over_limit": 7}, [], "ok", "7 pages left for the next run (limit)"),
        (
            NEWS | {"discover/over_limit": 501},
            [],
            "ok",
            "501 links of its sources left out (bounds of a poll)",
        ),
        (
            READ | {"spider_exceptions/count": 2, "spider_exceptions/KeyError": 2},
            [],
            "failed",
            "2 errors (KeyError), see the log",
        ),
        (
            NEWS | {"spider_exceptions/KeyError": 1, "item_exceptions/OperationalError": 2},
            [],
            "degraded",
            "3 errors (KeyError, OperationalError), see the log",
        ),
    ],
)
def test_health(stats, failures, status, note) -> None:
    found = judge(stats, sources=1, source_failures=failures, finish_reason="finished")
    assert found[0] == status
    assert note is None or found[1] == note


def test_a_crawl_without_sources_asked_is_judged_by_its_errors() -> None:
    stats = {"spider_exceptions/ValueError": 1}
    found = judge(stats, sources=0, source_failures=[], finish_reason="finished")
    assert found == ("failed", "1 errors (ValueError), see the log")


@pytest.mark.parametrize("reason", ["memusage_exceeded", "cancelled"])
def test_a_crawl_that_ended_early_failed_whatever_it_stored(reason: str) -> None:
    status, note = judge(NEWS, sources=1, source_failures=DOWN, finish_reason=reason)
    assert (status, note) == ("failed", f"ended early: {reason}; feed a: timed out")


def test_equal_reasons_are_said_once() -> None:
    failures = [("a", "HTTP 503"), ("b", "timed out"), ("c", "timed out"), ("d", "HTTP 404")]
    assert summary(failures) == ["a: HTTP 503", "2 sources: timed out", "d: HTTP 404"]
    assert summary([]) == []


def test_an_event_is_one_line_whatever_it_says(capsys) -> None:
    tell("broken", outlet="x", note="a\nb \u2028 خبر")
    shown = capsys.readouterr().out
    assert shown.count("\n") == 1
    assert json.loads(shown) == {"event": "broken", "outlet": "x", "note": "a\nb \u2028 خبر"}
    tell("progress", outlet="x", counts=asdict(Counts(stored=2)))
    assert json.loads(capsys.readouterr().out)["counts"]["stored"] == 2
