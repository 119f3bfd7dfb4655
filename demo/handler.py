"""A download handler that takes requests for the pretend outlets to the demo server on loopback."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit, urlunsplit

from scrapy import Request
from scrapy.exceptions import NotSupported

from crawler.polite import PacedHandler

if TYPE_CHECKING:
    from scrapy.crawler import Crawler
    from scrapy.http import Response


class LoopbackHandler(PacedHandler):
    """Sends ``http`` and ``https`` requests for ``*.example`` to 127.0.0.1, port ``DEMO_PORT``.

    The server sees the original Host header; the spider sees the original address. Any other
    host is refused: the demo never leaves the machine.
    """

    lazy = True

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._server = f"127.0.0.1:{crawler.settings.getint('DEMO_PORT')}"

    async def fetch(self, request: Request) -> Response:
        """Fetch from the demo server. Raises NotSupported for a host outside the demo."""
        parts = urlsplit(request.url)
        if not (parts.hostname or "").endswith(".example"):
            raise NotSupported(
                f"{request.url} is no demo outlet: the demo never leaves this machine"
            )
        address = urlunsplit(("http", self._server, parts.path, parts.query, ""))
        headers = request.headers.copy()
        headers["Host"] = parts.hostname
        inner = request.replace(url=address, headers=headers)
        response = await super().fetch(inner)
        request.meta.update(inner.meta)  # download_latency, which AutoThrottle reads
        return response.replace(url=request.url)
