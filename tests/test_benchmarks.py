"""The benchmarks start without their peers installed, and their web is the demo's."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from http.client import HTTPConnection
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
BENCHMARKS = sorted((ROOT / "benchmarks").glob("*.py"))


@pytest.mark.parametrize("path", BENCHMARKS, ids=lambda path: path.stem)
def test_each_says_what_it_does(path: Path) -> None:
    done = subprocess.run(
        [sys.executable, str(path), "--help"], cwd=ROOT, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    assert "usage:" in done.stdout


def test_there_are_benchmarks() -> None:
    assert BENCHMARKS


@pytest.fixture(scope="module")
def ports() -> Iterator[list[int]]:
    """The ports of the web that crawlers are measured on, and of its empty twin."""
    web = [sys.executable, str(ROOT / "benchmarks/parts/web.py"), "60"]
    with subprocess.Popen(web, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as served:
        assert served.stdout
        yield json.loads(served.stdout.readline())
        out, _ = served.communicate("?\n")
        cpu, requests, unchanged = json.loads(out)
        assert cpu > 0
        assert (requests, unchanged) == (4, 1)


def ask(port: int, target: str, **headers: str) -> tuple[int, bytes, str]:
    with closing(HTTPConnection("127.0.0.1", port, timeout=10)) as connection:
        connection.request("GET", target, headers={"Host": "badia.example"} | headers)
        answer = connection.getresponse()
        return answer.status, answer.read(), answer.headers.get("ETag", "")


def test_the_web_answers_as_the_demo_does(ports: list[int]) -> None:
    port, empty = ports
    status, page, etag = ask(port, "/section/politics?page=1")
    assert (status, "بوابة البادية" in page.decode()) == (200, True)
    assert ask(port, "/section/politics?page=1", **{"If-None-Match": etag}) == (304, b"", etag)
    by_proxy = ask(port, "http://badia.example/section/politics?page=1")
    assert by_proxy == (200, page, etag)
    assert ask(port, "/section/nothing")[0] == 404
    assert ask(empty, "/section/politics?page=1")[0] == 404
