"""The loopback handler inside a real Scrapy crawl."""

from __future__ import annotations

import json
import subprocess
import sys

from demo.newsroom import build
from demo.server import DemoServer

CRAWL = """
import json, sys
import scrapy
from scrapy.crawler import CrawlerProcess

seen = {}

class Look(scrapy.Spider):
    name = "look"

    async def start(self):
        for url in sys.argv[2:]:
            yield scrapy.Request(url, self.parse, errback=self.failed, dont_filter=True)

    def parse(self, response):
        latency = response.meta["download_latency"]
        seen[response.request.url] = [response.status, response.url, latency > 0]

    def failed(self, failure):
        seen[failure.request.url] = [type(failure.value).__name__, str(failure.value)]

handler = "demo.handler.LoopbackHandler"
process = CrawlerProcess({
    "DOWNLOAD_HANDLERS": {"http": handler, "https": handler},
    "DEMO_PORT": int(sys.argv[1]),
    "LOG_ENABLED": False,
    "TELNETCONSOLE_ENABLED": False,
    "REMOTE_CONTROL_ENABLED": False,
})
process.crawl(Look)
process.start()
print(json.dumps(seen))
"""


def test_demo_hosts_are_reached_and_others_refused() -> None:
    newsroom = build(60)
    short = next(t.urls[2] for t in newsroom.manifest.articles if t.outlet == "hudud")
    https, http = "https://furat.example/", "http://nakhil.example/list.asp?cat=1"
    outside = "https://news.example.org/"
    with DemoServer(newsroom) as server:
        arguments = [sys.executable, "-c", CRAWL, str(server.port), https, http, short, outside]
        done = subprocess.run(arguments, capture_output=True, text=True, timeout=60, check=True)
        hosts = {record.host for record in server.requests}
    seen = json.loads(done.stdout)
    assert hosts == {"furat.example", "nakhil.example", "hudud.example"}
    assert seen[https] == [200, https, True]
    assert seen[http] == [200, http, True]
    assert any(url.startswith("https://hudud.example/2026/03/") for url in seen)
    error, message = seen[outside]
    assert error == "NotSupported"
    assert "never leaves this machine" in message
