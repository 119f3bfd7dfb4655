"""نخيل برس: an old site in windows-1256."""

from __future__ import annotations

from crawler.outlet import Layout, OutletSpider, Section


class NakhilSpider(OutletSpider):
    name = "nakhil"
    title = "نخيل برس"
    country = "EG"
    timezone = "Africa/Cairo"
    domains = ["nakhil.example"]
    sources = [
        Section("http://nakhil.example/list.asp?cat=1"),
        Section("http://nakhil.example/list.asp?cat=2"),
        Section("http://nakhil.example/list.asp?cat=3"),
        Section("http://nakhil.example/list.asp?cat=4"),
    ]
    article = r"/news\.asp\?id=(?P<key>\d+)"
    layouts = [
        Layout(
            title="font.title",
            body="div.text",
            author="font.writer",
            published="font.date",
        )
    ]
