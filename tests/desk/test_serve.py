"""``scrapy serve`` as it is run: a process, a port, a page, Ctrl-C."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SERVE = [sys.executable, "-m", "scrapy", "serve"]


def serve(*options: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*SERVE, *options], cwd=ROOT, capture_output=True, text=True, timeout=30, check=False
    )


def read(address: str) -> tuple[int, str]:
    try:
        with urllib.request.urlopen(address, timeout=20) as page:
            return page.status, page.read().decode()
    except urllib.error.HTTPError as refused:
        with refused:
            return refused.code, ""


@contextmanager
def served(*options: str) -> Iterator[str]:
    """The address of a desk that is interrupted at the end, and then has to end cleanly."""
    with subprocess.Popen(
        [*SERVE, "--port", "0", *options],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            assert process.stdout is not None
            yield process.stdout.readline().split()[0]
            process.send_signal(signal.SIGINT)
            _, errors = process.communicate(timeout=20)
        finally:
            process.kill()
    assert errors == ""
    assert process.returncode == 0


def test_serves_until_interrupted(filled: Path) -> None:
    with served("--db", str(filled)) as address:
        assert address.startswith("http://127.0.0.1:")
        status, page = read(f"{address}rasid/articles/1")
        assert status == 200
        assert "<mark>أبو كمال</mark>" in page
        assert read(f"{address}rasid?sql=select+1")[0] == 200
        # In a process of its own: what an earlier import of Datasette mends is not mended here.
        assert read(f"{address}rasid/articles/99999")[0] == 404
        assert read(f"{address}nothing")[0] == 404
        assert read(f"{address}rasid?sql=selec+1")[0] == 400


def test_other_machines_may_not_send_sql(filled: Path) -> None:
    with served("--db", str(filled), "--host", "0.0.0.0") as address:
        local = address.replace("0.0.0.0", "127.0.0.1")
        assert read(f"{local}rasid?sql=select+1")[0] == 403
        assert read(f"{local}rasid/newest_matches")[0] == 200


@pytest.mark.parametrize(
    ("content", "cure"), [(None, "scrapy run"), ("no database", "--db"), ("", "is missing")]
)
def test_an_unusable_file_is_one_line(tmp_path: Path, content: str | None, cure: str) -> None:
    path = tmp_path / "news.db"
    if content is not None:
        path.write_text(content)
    done = serve("--db", str(path), "--port", "0")
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert str(path) in done.stderr
    assert cure in done.stderr


def test_a_busy_port_is_one_line(filled: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as busy:
        port = str(busy.getsockname()[1])
        done = serve("--db", str(filled), "--port", port)
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert f"port {port}" in done.stderr
    assert "--port" in done.stderr


@pytest.mark.parametrize("options", [["--port", "99999"], ["--host", "no.such.host.invalid"]])
def test_an_impossible_address_is_one_line(filled: Path, options: list[str]) -> None:
    done = serve("--db", str(filled), *options)
    assert done.returncode == 2
    assert done.stderr.startswith("scrapy serve: cannot listen on")
    assert done.stderr.count("\n") == 1


def test_an_unexpected_argument_is_wrong_usage() -> None:
    done = serve("news.db")
    assert done.returncode == 2
    assert "name the file with --db" in done.stderr
