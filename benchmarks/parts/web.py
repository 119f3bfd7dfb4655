"""The pretend web, rendered beforehand and served at next to no cost, by a process of its own.

Started with the number of articles, it prints the ports of the web and of an empty one, where
every address is missing. Each line on standard input is answered with the CPU seconds and requests
that it took since the last one; its end ends the process.
"""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import time
from dataclasses import dataclass
from email.utils import format_datetime
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import parse_qsl, unquote, urlsplit

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from w3lib.url import safe_url_string

from demo.newsroom import Newsroom, build
from demo.sites import SITES
from demo.sites.base import Answer

MISSING = b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"
NOT_MODIFIED = b"HTTP/1.1 304 Not Modified\r\nETag: %s\r\n\r\n"


@dataclass(slots=True, frozen=True)
class Served:
    """What a web has served since it was last asked; ``unchanged``: answers 304."""

    cpu: float
    requests: int
    unchanged: int


class Web:
    """The process that serves, as its parent sees it, from ``with`` to its end."""

    def __init__(self, articles: int) -> None:
        self._articles = articles

    def __enter__(self) -> Self:
        self._process = subprocess.Popen(
            [sys.executable, __file__, str(self._articles)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.port, self.empty_port = self._answer()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._process.communicate()

    def served(self) -> Served:
        """What was served since the last call."""
        assert self._process.stdin
        self._process.stdin.write("?\n")
        self._process.stdin.flush()
        return Served(*self._answer())

    def _answer(self) -> list[int]:
        assert self._process.stdout
        answer: list[int] = json.loads(self._process.stdout.readline())
        return answer


@dataclass(slots=True, frozen=True)
class Rendered:
    """An answer in full, and the entity tag that makes it a 304."""

    full: bytes
    etag: bytes


class Pages:
    """The answers of a web by (host, request target), each rendered once."""

    def __init__(self, newsroom: Newsroom) -> None:
        sites = [site(newsroom.pieces_of(name)) for name, site in SITES.items()]
        self._sites = {host: site for site in sites for host in site.hosts}
        self._rendered: dict[tuple[bytes, bytes], Rendered | None] = {}
        self.requests = self.unchanged = 0
        for truth in newsroom.manifest.articles:
            for url in truth.urls:
                parts = urlsplit(safe_url_string(url))
                target = f"{parts.path}?{parts.query}" if parts.query else parts.path
                self._find(parts.netloc.encode(), target.encode())

    def respond(self, head: bytes) -> bytes:
        """The answer to a request's head. A proxy's request has host and path in its target."""
        self.requests += 1
        target = head.split(b" ", 2)[1]
        host = _field(head, b"\r\nhost:").partition(b":")[0]
        found = self._find(host, target.removeprefix(b"http://" + host))
        if found is None:
            return MISSING
        if found.etag and found.etag in _field(head, b"\r\nif-none-match:"):
            self.unchanged += 1
            return NOT_MODIFIED % found.etag
        return found.full

    def _find(self, host: bytes, target: bytes) -> Rendered | None:
        key = host, target
        if key not in self._rendered:
            parts = urlsplit(target.decode())
            site = self._sites.get(host.decode())
            query = dict(parse_qsl(parts.query))
            answer = site.respond(host.decode(), unquote(parts.path), query) if site else None
            self._rendered[key] = _rendered(answer) if answer else None
        return self._rendered[key]


def _rendered(answer: Answer) -> Rendered:
    body = answer.render()
    lines = [f"HTTP/1.1 {answer.status} -", f"Content-Type: {answer.content_type}"]
    lines += [f"Content-Length: {len(body)}"]
    lines += [f"Location: {answer.location}"] if answer.location else []
    lines += [f"ETag: {answer.etag}"] if answer.etag else []
    if answer.modified:
        lines += [f"Last-Modified: {format_datetime(answer.modified, usegmt=True)}"]
    head = "".join(f"{line}\r\n" for line in lines)
    return Rendered(f"{head}\r\n".encode() + body, (answer.etag or "").encode())


def _field(head: bytes, name: bytes) -> bytes:
    """A header's value; ``name`` in small letters, with the line break before it and its colon."""
    at = head.lower().find(name)
    return b"" if at < 0 else head[at + len(name) :].partition(b"\r\n")[0].strip()


class Connection(asyncio.Protocol):
    """One connection, kept alive unless the client asks to close it. ``pages`` None: no page."""

    def __init__(self, pages: Pages | None) -> None:
        self._pages = pages
        self._waiting = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        *heads, self._waiting = (self._waiting + data).split(b"\r\n\r\n")
        for head in heads:
            self._transport.write(self._pages.respond(head) if self._pages else MISSING)
            if _field(head, b"\r\nconnection:").lower() == b"close":
                self._transport.close()


async def serve(pages: Pages) -> None:
    """Serve and answer the parent until standard input ends."""
    loop = asyncio.get_running_loop()
    ended = loop.create_future()
    last = time.process_time()

    def tell() -> None:
        nonlocal last
        if not sys.stdin.readline():
            loop.remove_reader(sys.stdin)
            ended.set_result(None)
            return
        now = time.process_time()
        print(json.dumps([now - last, pages.requests, pages.unchanged]), flush=True)
        last, pages.requests, pages.unchanged = now, 0, 0

    servers = [
        await loop.create_server(partial(Connection, served), "127.0.0.1", 0, backlog=1000)
        for served in (pages, None)
    ]
    print(json.dumps([server.sockets[0].getsockname()[1] for server in servers]), flush=True)
    loop.add_reader(sys.stdin, tell)
    await ended


if __name__ == "__main__":
    asyncio.run(serve(Pages(build(int(sys.argv[1])))))
