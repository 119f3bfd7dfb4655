"""What an operator mistyped is one line before any work."""

from __future__ import annotations

import pytest

MISTYPED = [
    ("STORE", "matchin"),
    ("NOW", "2026-03-02"),
    ("NOW", "garbage"),
    ("WORKER_PATIENCE", "abc"),
    ("WORKER_PATIENCE", "0"),
    ("WORKER_MEMORY", "-1"),
    ("PAGES_PER_OUTLET", "0"),
    ("PAGES_PER_OUTLET", "1.5"),
    ("RECHECKS_PER_OUTLET", "-1"),
    ("POLL_SHORTEST", "nan"),
    ("POLL_LONGEST", "1e400"),
    ("LONGEST_PATIENCE", "-1"),
    ("CLOSESPIDER_TIMEOUT", "x"),
]


@pytest.mark.parametrize(("name", "value"), MISTYPED)
def test_a_mistyped_setting_is_one_line(run, press, host, name, value) -> None:
    press.add("alpha", host.url("/feed"))
    result = run("alpha", **{"SPIDER_MODULES": press.package, name: value})
    assert result.code == 2
    assert result.err.startswith(f"scrapy run: {name}={value!r}: write ")
    assert result.err.count("\n") == 1
    assert host.asked == []
    assert not (run.folder / "news.db").exists()


@pytest.mark.parametrize(
    "url",
    [
        "http://h:99999/",
        "http://h:abc/",
        "http://h:0/",
        "http://x y/",
        "http://h/a b",
        "http://:80/",
    ],
)
def test_an_address_that_is_none_is_one_line(run, url) -> None:
    result = run("--url", url)
    assert result.code == 2
    assert "write the whole address" in result.err
    assert result.err.count("\n") == 1


def test_a_password_is_not_repeated(run) -> None:
    result = run("--url", "https://me:secret@example.net/")
    assert result.code == 2
    assert "leave out the user" in result.err
    assert "secret" not in result.err


def test_a_setting_at_its_bounds_is_obeyed(run, press, host) -> None:
    host.put_news(2)
    press.add("alpha", host.url("/feed"))
    settings = {"STORE": "matching", "NOW": "2026-03-02T12:00:00Z", "PAGES_PER_OUTLET": "1"}
    settings |= {"RECHECKS_PER_OUTLET": "0", "POLL_LONGEST": "0", "LONGEST_PATIENCE": "0.5"}
    assert run("alpha", SPIDER_MODULES=press.package, **settings).code == 0
    assert run.query("select count(*) from articles") == [(1,)]
