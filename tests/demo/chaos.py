"""A faulty night on the pretend web, then healthy ones until the database is the truth."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

from demo.compare import compare
from demo.faults import Faults
from demo.newsroom import Newsroom
from demo.server import DemoServer

ROOT = Path(__file__).resolve().parents[2]
MOST_NIGHTS = 5
BETWEEN_NIGHTS = timedelta(hours=2)
"""The first healthy night is begun at once; the later ones when a host's Retry-After is over."""
QUICK = {"DOWNLOAD_TIMEOUT": 2, "RETRY_TIMES": 1, "DOWNLOAD_MAXSIZE": 4 * 1024 * 1024}
SCRIPT = (
    "import json, sys; from datetime import datetime; from pathlib import Path;"
    "from crawler.commands.demo import crawl;"
    "result = crawl(Path(sys.argv[1]), int(sys.argv[2]), now=datetime.fromisoformat(sys.argv[3]),"
    " command='chaos', workers=2, changes=json.loads(sys.argv[4]));"
    "sys.exit(result.exit_code)"
)


@dataclass(slots=True, frozen=True)
class Night:
    """How a run ended: what it wrote on the terminal, and the most memory of one process, MB."""

    code: int
    shown: str
    memory: float


def crawl(path: Path, server: DemoServer, now: datetime) -> Night:
    """One run, as a process of its own."""
    arguments = [str(path), str(server.port), now.isoformat(), json.dumps(QUICK)]
    with subprocess.Popen(
        [sys.executable, "-c", SCRIPT, *arguments],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        assert process.stdout is not None
        shown = process.stdout.read()
        _, status, used = os.wait4(process.pid, 0)  # of the process and of its workers
        process.returncode = os.waitstatus_to_exitcode(status)
    return Night(process.returncode, shown, used.ru_maxrss / 1024)


@dataclass(slots=True, frozen=True)
class Chaos:
    """The faulty night, what it stored wrongly, and what differed after each healthy one."""

    night: Night
    wrong: list[str]
    differences: list[list[str]]
    canary_hits: int
    met: dict[str, int]


def survive(newsroom: Newsroom, folder: Path, **faults: object) -> Chaos:
    """A night with these faults, then healthy nights until the database is the truth."""
    path = folder / "demo.db"
    with canary() as (address, hits):
        made = Faults(canary=address, **faults)  # type: ignore[arg-type]
        with DemoServer(newsroom, faults=made) as server:
            night = crawl(path, server, newsroom.now)
            wrong = [line for line in compare(path, newsroom.manifest) if not is_lack(line)]
            server.faults = None
            differences = []
            for number in range(1, MOST_NIGHTS + 1):
                crawl(path, server, newsroom.now + (number - 1) * BETWEEN_NIGHTS)
                differences.append(compare(path, newsroom.manifest))
                if not differences[-1]:
                    break
    return Chaos(night, wrong, differences, len(hits), dict(made.met))


def is_lack(difference: str) -> bool:
    """Whether an article is not there yet, as may be after a faulty night."""
    return ": missing: " in difference


@contextmanager
def canary() -> Iterator[tuple[str, list[str]]]:
    """A private address that nobody may ask for, and who did."""
    hits: list[str] = []

    class Listener(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            hits.append(self.path)

    with HTTPServer(("127.0.0.1", 0), Listener) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/private", hits
        finally:
            server.shutdown()
            thread.join()
