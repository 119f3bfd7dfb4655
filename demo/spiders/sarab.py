"""سراب تايمز: an outlet that is down."""

from __future__ import annotations

from crawler.outlet import Feed, OutletSpider, Section


class SarabSpider(OutletSpider):
    name = "sarab"
    title = "سراب تايمز"
    country = "SA"
    timezone = "Asia/Riyadh"
    domains = ["sarab.example"]
    sources = [
        Feed("https://sarab.example/feed"),
        Section("https://sarab.example/latest"),
    ]
    article = r"/story/(?P<key>\d+)"
