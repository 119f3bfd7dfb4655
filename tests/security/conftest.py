"""A hostile web on loopback, a canary that nobody may touch, and the job that is sent there."""

from __future__ import annotations

import asyncio
import json
import logging
import sqlite3
import ssl
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web as http

import watchlist
from crawler import job
from crawler.crew import Job, Watcher
from database import watches
from database.connection import open_database
from tests.crawler.conftest import QUICK, WATCHLIST, Host, Page, Press, Web

EVERYTHING = "0.0.0.0/0,::/0"
"""PRIVATE_ADDRESSES that switches the guard off."""


@dataclass(slots=True)
class Hostile(Host):
    """A host with headers of its own, that keeps what it was sent."""

    headers: dict[str, dict[str, str]] = field(default_factory=dict)
    sent: list[dict[str, str]] = field(default_factory=list)
    make: Callable[[str], Page | None] = lambda _path: None

    async def answer(self, request: http.BaseRequest) -> http.StreamResponse:
        self.sent.append({"path": request.path_qs, **request.headers})
        if made := self.make(request.path_qs):
            self.pages[request.path_qs] = made
        # Named, for a class with slots is made anew and ``super()`` would look for the old one.
        response = await Host.answer(self, request)
        response.headers.update(self.headers.get(request.path_qs, {}))
        response.force_close()  # each request is a connection, and a look-up, of its own
        return response

    def redirect(self, path: str, target: str) -> str:
        """A path that leads elsewhere; gives its address."""
        self.put(path, "", status=302, location=target)
        return self.url(path)

    def link_feed(self, path: str, *links: str) -> str:
        """A feed of these links; gives its address."""
        items = "".join(f"<item><title>خ</title><link>{link}</link></item>" for link in links)
        body = f'<rss version="2.0"><channel>{items}</channel></rss>'
        self.put(path, body, kind="application/rss+xml")
        return self.url(path)


@dataclass(slots=True)
class Crawled:
    """What a run left: how each outlet fared, each page with its status and reason, the log."""

    outcomes: dict[str, tuple[str, str]]
    pages: dict[str, tuple[str, str]]
    log: str
    database: Path

    def query(self, sql: str) -> list[tuple[Any, ...]]:
        db = sqlite3.connect(self.database)
        try:
            return db.execute(sql).fetchall()
        finally:
            db.close()


class Lab:
    """Hosts, outlets, and as many runs over them as a test wants, each into a new database."""

    def __init__(self, folder: Path, web: Web) -> None:
        self.folder = folder
        self.web = web
        self.press = Press(folder / f"press_{folder.name}".replace("-", "_"))
        self.runs = 0

    def host(self, address: str = "127.0.0.1", tls: ssl.SSLContext | None = None) -> Hostile:
        opened = self._open(Hostile(), address, tls)
        return asyncio.run_coroutine_threadsafe(opened, self.web._loop).result()

    async def _open(self, host: Hostile, address: str, tls: ssl.SSLContext | None) -> Hostile:
        runner = http.ServerRunner(
            http.Server(host.answer, access_log=None, handler_cancellation=True),
            shutdown_timeout=0.1,
        )
        self.web._runners.append(runner)
        await runner.setup()
        await http.TCPSite(runner, address, 0, ssl_context=tls).start()
        host.port = runner.addresses[0][1]
        return host

    def outlet(self, name: str, source: str, more: str = "", kind: str = "Feed") -> None:
        """An outlet with one source that takes whatever links it finds there."""
        anything = f"    domains = ()\n    article = None\n{more}"
        self.press.add(name, source, anything)
        path = self.press.folder / f"{name}.py"
        text = path.read_text(encoding="utf-8").replace("Feed", kind)
        path.write_text(text, encoding="utf-8")

    def crawl(self, **settings: object) -> Crawled:
        """All outlets, in one worker."""
        self.runs += 1
        folder = self.folder / str(self.runs)
        folder.mkdir()
        (folder / "watchlist.toml").write_text(WATCHLIST, encoding="utf-8")
        names = sorted(path.stem for path in self.press.folder.glob("[a-z]*.py"))
        own = {
            "DATABASE": str(folder / "news.db"),
            "WATCHLIST": str(folder / "watchlist.toml"),
            "RUN_LOG": str(folder / "run.log"),
            "SPIDER_MODULES": [self.press.package],
        }
        work = Job(names, "test", settings=QUICK | own | settings)
        db = open_database(folder / "news.db")
        watches.sync(db, watchlist.load(own["WATCHLIST"]), now=datetime.now(UTC))
        log = job.run_log(folder / "run.log")
        with job.lock(folder / "news.db") as held:
            result = job.run(work, db, log, Watcher(), held)
        pages = db.execute("select fetch_url, status, coalesce(reason, '') from pages").fetchall()
        db.close()
        _close(log)
        return Crawled(
            {each.outlet: (each.status, each.note) for each in result.outcomes},
            {url: (status, reason) for url, status, reason in pages},
            (folder / "run.log").read_text(encoding="utf-8"),
            folder / "news.db",
        )


def _close(log: logging.Logger) -> None:
    for handler in list(log.handlers):
        log.removeHandler(handler)
        handler.close()


@pytest.fixture(scope="module")
def web() -> Iterator[Web]:
    with Web() as web:
        yield web


def laboratory(web: Web, folder: Path) -> Iterator[Lab]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("no_proxy", "*")
        patch.setenv("PYTHONPATH", str(folder))
        yield Lab(folder, web)


@pytest.fixture
def lab(web: Web, tmp_path: Path) -> Iterator[Lab]:
    yield from laboratory(web, tmp_path)


@pytest.fixture(scope="module")
def shared_lab(web: Web, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """One for all tests of a module: each promise looks at the same runs."""
    yield from laboratory(web, tmp_path_factory.mktemp("lab"))


def fake_names(names: dict[str, list[str]]) -> str:
    """Lines of an outlet's class that bend the machine's look-ups: each name gives its addresses
    one after the other, the last one for ever."""
    return (
        "    import socket as _socket\n"
        f"    _names = {json.dumps(names)}\n"
        "    def _look_up(name, _names=_names, _real=_socket.gethostbyname):\n"
        "        known = _names.get(name)\n"
        "        if known is None:\n"
        "            return _real(name)\n"
        "        return known.pop(0) if len(known) > 1 else known[0]\n"
        "    _socket.gethostbyname = _look_up\n"
    )
