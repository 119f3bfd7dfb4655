"""A small web on loopback, a package of outlets of the test's own, and the job to crawl it with."""

from __future__ import annotations

import asyncio
import re
import sqlite3
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Self

import pytest
from aiohttp import web as http
from scrapy.cmdline import execute
from scrapy.settings import Settings

from database.connection import open_database

ROOT = Path(__file__).resolve().parents[2]
WATCHLIST = '[[watch]]\nname = "البوكمال"\nspellings = ["البوكمال"]\n'
# Politeness towards oneself would only take time; what fails is tried once.
QUICK = {
    "CONTACT": "https://example.org/rasid",
    "DOWNLOAD_DELAY": "0",
    "AUTOTHROTTLE_ENABLED": "0",
    "CONCURRENT_REQUESTS_PER_DOMAIN": "8",
    "DOWNLOAD_TIMEOUT": "1",
    "RETRY_TIMES": "0",
}


@dataclass(slots=True, frozen=True)
class Page:
    """What a host answers at a path; ``seconds``: how long it thinks about it."""

    body: bytes
    kind: str = "text/html; charset=utf-8"
    status: int = 200
    seconds: float = 0.0
    etag: str = ""
    location: str = ""
    retry_after: str = ""
    retry_date: float = 0.0
    """Seconds from the answer on, told as a date."""


@dataclass(slots=True, frozen=True)
class Asked:
    """One request as it came in; ``at`` in seconds of the loop's clock; ``flying``: it and those
    that were not answered yet."""

    path: str
    status: int
    conditional: bool
    at: float
    agent: str = ""
    flying: int = 1


@dataclass(slots=True)
class Host:
    """A host on a port of its own; a path that it does not know is 404. What a path is to answer
    ``first`` is used up, one page a request."""

    port: int = 0
    pages: dict[str, Page] = field(default_factory=dict)
    first: dict[str, list[Page]] = field(default_factory=dict)
    asked: list[Asked] = field(default_factory=list)
    flying: int = 0

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.port}{path}"

    def put(self, path: str, body: str, **more: object) -> None:
        self.pages[path] = Page(body.encode(), **more)  # type: ignore[arg-type]

    def put_first(self, path: str, **more: object) -> None:
        """What a path is to answer once, with an empty body, before what it has."""
        self.first.setdefault(path, []).append(Page(b"", **more))  # type: ignore[arg-type]

    def put_article(self, path: str, number: int, **more: object) -> None:
        """An article as any site shows it."""
        text = "".join(
            f"<p>وصلت القافلة رقم {number} إلى البوكمال صباح اليوم {word}، وقال المصدر إن"
            " الطريق مفتوح أمام السكان وإن المدارس تعود إلى العمل.</p>"
            for word in ("الأول", "الثاني", "الثالث")
        )
        title = f"وصول القافلة رقم {number} إلى المدينة صباحا"
        time = '<meta property="article:published_time" content="2026-03-02T11:05:00+03:00">'
        head = f'<title>{title}</title><meta property="og:type" content="article">{time}'
        self.put(
            path,
            f'<html lang="ar"><head>{head}</head><body><article><h1>{title}</h1>{text}'
            "</article></body></html>",
            **more,
        )

    def put_feed(self, path: str, articles: list[str], **more: object) -> None:
        items = "".join(
            f"<item><title>خبر</title><link>{self.url(article)}</link>"
            "<pubDate>Mon, 02 Mar 2026 08:05:00 +0000</pubDate></item>"
            for article in articles
        )
        self.put(
            path,
            f'<?xml version="1.0"?><rss version="2.0"><channel>{items}</channel></rss>',
            **{"kind": "application/rss+xml"} | more,
        )

    def put_news(self, count: int, **more: object) -> None:
        """A feed at ``/feed`` and its articles ``/news/1001`` and so on."""
        paths = [f"/news/{1001 + n}" for n in range(count)]
        self.put_feed("/feed", paths)
        for number, path in enumerate(paths, 1001):
            self.put_article(path, number + 1000 * self.port, **more)

    def paths(self, since: int = 0) -> list[str]:
        return [each.path for each in self.asked[since:]]

    async def answer(self, request: http.BaseRequest) -> http.StreamResponse:
        page = self.pages.get(request.path_qs, Page(b"nothing here", status=404))
        if first := self.first.get(request.path_qs):
            page = first.pop(0)
        loop = asyncio.get_running_loop()
        tag = request.headers.get("If-None-Match")
        unchanged = bool(page.etag) and tag == page.etag
        status = 304 if unchanged else page.status
        self.flying += 1
        agent = request.headers.get("User-Agent", "")
        self.asked.append(
            Asked(request.path_qs, status, tag is not None, loop.time(), agent, self.flying)
        )
        try:
            await asyncio.sleep(page.seconds)
        finally:
            self.flying -= 1
        headers = {"Content-Type": page.kind} | ({"ETag": page.etag} if page.etag else {})
        headers |= {"Location": page.location} if page.location else {}
        headers |= {"Retry-After": page.retry_after} if page.retry_after else {}
        if page.retry_date:
            moment = datetime.now(UTC) + timedelta(seconds=page.retry_date)
            headers |= {"Retry-After": format_datetime(moment, usegmt=True)}
        body = b"" if unchanged else page.body
        return http.Response(status=status, body=body, headers=headers)


class Web:
    """Hosts on loopback, in a thread of their own."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="web", daemon=True)
        self._runners: list[http.ServerRunner] = []

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        for runner in self._runners:
            asyncio.run_coroutine_threadsafe(runner.cleanup(), self._loop).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def host(self) -> Host:
        return asyncio.run_coroutine_threadsafe(self._open(Host()), self._loop).result()

    async def _open(self, host: Host) -> Host:
        runner = http.ServerRunner(
            http.Server(host.answer, access_log=None, handler_cancellation=True),
            shutdown_timeout=0.1,
        )
        self._runners.append(runner)
        await runner.setup()
        await http.TCPSite(runner, "127.0.0.1", 0).start()
        host.port = runner.addresses[0][1]
        return host


@pytest.fixture(scope="module")
def web() -> Iterator[Web]:
    with Web() as web:
        yield web


@pytest.fixture
def host(web: Web) -> Host:
    return web.host()


class Press:
    """A package of outlets that a test writes."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.folder.mkdir()
        (self.folder / "__init__.py").touch()

    @property
    def package(self) -> str:
        return self.folder.name

    def add(self, name: str, source: str, more: str = "", *, pages: int = 0) -> None:
        """An outlet with one feed, or a section of so many pages; ``more``: lines of its class."""
        declared = f"Section({source!r}, pages={pages})" if pages else f"Feed({source!r})"
        self.write(
            name,
            f"from crawler.outlet import Feed, OutletSpider, Section\n\n"
            f"class Outlet(OutletSpider):\n"
            f"    name = {name!r}\n"
            f"    title = {name!r}\n"
            f"    domains = ['127.0.0.1']\n"
            f"    sources = [{declared}]\n"
            f"    article = r'/news/(?P<key>\\d+)$'\n{more}",
        )

    def write(self, name: str, text: str) -> None:
        (self.folder / f"{name}.py").write_text(text, encoding="utf-8")


@pytest.fixture
def press(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Press:
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    return Press(tmp_path / ("press_" + re.sub(r"\W", "_", tmp_path.name)))


@dataclass(slots=True, frozen=True)
class Ran:
    """How ``scrapy run`` ended; ``log`` is what the workers logged so far."""

    code: int
    out: str
    err: str
    log: str


@dataclass(slots=True)
class Runner:
    """Calls ``scrapy run`` as a user does, into a database of the test's own."""

    folder: Path
    capture: pytest.CaptureFixture[str]
    settings: dict[str, str]

    def __call__(self, *args: str, **settings: str) -> Ran:
        chosen = Settings()
        chosen.setmodule("crawler.settings", priority="project")
        chosen.update(self.settings | settings, priority="cmdline")
        self.capture.readouterr()
        with pytest.raises(SystemExit) as caught:
            execute(["scrapy", "run", *args], chosen)
        shown = self.capture.readouterr()
        log = self.folder / "run.log"
        text = log.read_text(encoding="utf-8") if log.exists() else ""
        return Ran(int(caught.value.code or 0), shown.out, shown.err, text)

    def query(self, sql: str) -> list[tuple]:
        db = sqlite3.connect(self.folder / "news.db")
        found = db.execute(sql).fetchall()
        db.close()
        return found

    def write(self, sql: str) -> None:
        """Change the database behind the crawl's back."""
        db = open_database(self.folder / "news.db")
        db.execute(sql)
        db.conn.commit()
        db.close()

    def outcomes(self) -> dict[str, tuple[str, str]]:
        """Outlet → status and note, in the newest run."""
        rows = self.query(
            "select outlet, status, note from outlet_runs where run = (select max(id) from runs)"
        )
        return {outlet: (status, note or "") for outlet, status, note in rows}

    def options(self) -> list[str]:
        """The same settings for a process of its own."""
        return [part for name, value in self.settings.items() for part in ("-s", f"{name}={value}")]


@pytest.fixture
def run(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], tmp_path: Path
) -> Callable[..., Ran]:
    monkeypatch.chdir(ROOT)
    monkeypatch.setenv("no_proxy", "*")
    (tmp_path / "watchlist.toml").write_text(WATCHLIST, encoding="utf-8")
    own = {
        "WATCHLIST": str(tmp_path / "watchlist.toml"),
        "DATABASE": str(tmp_path / "news.db"),
        "RUN_LOG": str(tmp_path / "run.log"),
    }
    return Runner(tmp_path, capfd, QUICK | own)
