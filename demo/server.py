"""Serves the pretend web on loopback: every host on one port, told apart by the Host header.

``python -m demo.server`` is for looking around; with ``--faults SEED`` three answers in ten fail.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
import threading
from collections import OrderedDict
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime, parsedate_to_datetime
from types import TracebackType
from typing import Self

from aiohttp import web

from demo.damage import Sent
from demo.faults import Faults
from demo.newsroom import Newsroom, build
from demo.sites import SITES
from demo.sites.base import Answer, Site

_CACHED_PAGES = 256


@dataclass(slots=True, frozen=True)
class Record:
    """One request as it came in; ``conditional``: it carried a validator."""

    host: str
    path: str
    status: int
    conditional: bool


class DemoServer:
    """The pretend web in a thread of its own, from ``with`` to its end.

    ``port`` 0 takes a free port; ``requests`` lists what was asked, in order; ``faults`` may be
    changed while it runs: with None the web is well.
    """

    def __init__(self, newsroom: Newsroom, port: int = 0, faults: Faults | None = None) -> None:
        self.port = port
        self.faults = faults
        self.requests: list[Record] = []
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="demo", daemon=True)
        self._runner: web.ServerRunner | None = None
        self.show(newsroom)

    def show(self, newsroom: Newsroom) -> None:
        """Serve this edition from now on."""
        sites = [site(newsroom.pieces_of(name)) for name, site in SITES.items()]
        pages: OrderedDict[tuple[str, str], bytes] = OrderedDict()
        self._edition = {host: site for site in sites for host in site.hosts}, pages

    def __enter__(self) -> Self:
        """Start to serve. Raises OSError or OverflowError when the port cannot be had."""
        self._thread.start()
        try:
            asyncio.run_coroutine_threadsafe(self._open(), self._loop).result()
        except BaseException:
            self._end()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._end()

    def _end(self) -> None:
        asyncio.run_coroutine_threadsafe(self._close(), self._loop).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    async def _open(self) -> None:
        self._runner = web.ServerRunner(
            web.Server(self._handle, access_log=None, handler_cancellation=True),
            shutdown_timeout=0.1,
        )
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", self.port).start()
        self.port = self._runner.addresses[0][1]

    async def _close(self) -> None:
        if self._runner is not None:
            await self._runner.cleanup()

    async def _handle(self, request: web.BaseRequest) -> web.StreamResponse:
        host = request.host.partition(":")[0].lower()
        sites, pages = self._edition
        site = sites.get(host)
        answer = site.respond(host, request.path, dict(request.query)) if site else None
        if site is None or answer is None:
            response = web.Response(status=404, text="404: لا توجد صفحة بهذا العنوان")
        else:
            response = _response(request, site, answer, pages)
        if self.faults is not None:
            response = await _faulty(self.faults, request, host, answer, response)
        conditional = "If-None-Match" in request.headers or "If-Modified-Since" in request.headers
        self.requests.append(Record(host, request.path_qs, response.status, conditional))
        return response


async def _faulty(
    faults: Faults,
    request: web.BaseRequest,
    host: str,
    answer: Answer | None,
    response: web.Response,
) -> web.Response:
    """The response, or what a fault makes of it; a fault overrules a 304."""
    headers = tuple(
        (name, value) for name, value in response.headers.items() if name != "Content-Length"
    )
    if response.status == 304 and answer is not None:
        whole = Sent(answer.render(), headers)
    else:
        assert response.body is None or isinstance(response.body, bytes)
        whole = Sent(response.body or b"", headers, response.status)
    sent = await faults.answer(request, host, whole)
    if sent is whole:
        return response
    if sent is None:
        return web.Response(status=response.status)  # the connection is closed: it goes nowhere
    faulty = web.Response(status=sent.status, body=sent.body)
    for name, value in sent.headers:
        faulty.headers.add(name, value)
    return faulty


def _response(
    request: web.BaseRequest,
    site: Site,
    answer: Answer,
    pages: OrderedDict[tuple[str, str], bytes],
) -> web.Response:
    headers = {"Content-Type": answer.content_type}
    if answer.location:
        headers["Location"] = answer.location
    if answer.etag:
        headers["ETag"] = answer.etag
    if answer.modified:
        headers["Last-Modified"] = format_datetime(answer.modified, usegmt=True)
    if _is_unchanged(request, answer):
        return web.Response(status=304, headers=headers)
    if answer.etag is None:
        return web.Response(status=answer.status, body=answer.render(), headers=headers)
    key = (site.name, answer.etag)
    if key not in pages:
        pages[key] = answer.render()
        if len(pages) > _CACHED_PAGES:
            pages.popitem(last=False)
    return web.Response(status=answer.status, body=pages[key], headers=headers)


def _is_unchanged(request: web.BaseRequest, answer: Answer) -> bool:
    """Whether the client's copy is current; an entity tag overrules a date (RFC 9110 §13.2.2)."""
    tags = request.headers.get("If-None-Match")
    if tags is not None:
        return answer.etag is not None and answer.etag in (tag.strip() for tag in tags.split(","))
    since = _http_date(request.headers.get("If-Modified-Since"))
    if since is None or answer.modified is None:
        return False
    return answer.modified < since + timedelta(seconds=1)


def _http_date(text: str | None) -> datetime | None:
    try:
        moment = parsedate_to_datetime(text) if text else None
    except ValueError:  # RFC 9110 §13.1.3: a date that is none is ignored
        return None
    return moment.replace(tzinfo=moment.tzinfo or UTC) if moment else None


def main() -> int:
    """Serve until interrupted, to look around; gives the exit code: 2 when it cannot listen."""
    parser = argparse.ArgumentParser(prog="python -m demo.server", description=__doc__)
    parser.add_argument("--port", type=int, default=8008, help="default 8008; 0: any free one")
    parser.add_argument("--articles", type=int, default=140, help="default 140")
    parser.add_argument("--seed", type=int, default=1, help="default 1")
    parser.add_argument("--faults", type=int, metavar="SEED", help="three answers in ten fail")
    args = parser.parse_args()
    faults = None if args.faults is None else Faults(args.faults)
    try:
        newsroom = build(args.articles, args.seed)
        with DemoServer(newsroom, args.port, faults) as server, suppress(KeyboardInterrupt):
            _introduce(server)
            threading.Event().wait()
    except (ValueError, OSError, OverflowError) as error:
        print(f"python -m demo.server: {_cure(error, args.port)}", file=sys.stderr)
        return 2
    return 0


def _introduce(server: DemoServer) -> None:
    failing = "; three answers in ten fail" if server.faults else ""
    address = f"http://127.0.0.1:{server.port}/"
    print(f"{address} is the pretend web{failing} (Ctrl-C ends it)", flush=True)
    for site in SITES.values():
        print(f"curl -H 'Host: {site.hosts[0]}' {address}   # {site.title}")


def _cure(error: Exception, port: int) -> str:
    if isinstance(error, ValueError):
        return str(error)
    number = getattr(error, "errno", None)
    reason = os.strerror(number) if number else str(error)
    return f"cannot listen on 127.0.0.1 port {port} ({reason}); name another with --port"


if __name__ == "__main__":
    sys.exit(main())
