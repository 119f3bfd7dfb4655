"""بريد الساحل: its feed is gone, its sections still work."""

from __future__ import annotations

from crawler.outlet import Feed, OutletSpider, Section


class SahelSpider(OutletSpider):
    name = "sahel"
    title = "بريد الساحل"
    country = "TN"
    timezone = "Africa/Tunis"
    domains = ["sahel.example"]
    sources = [
        Feed("https://sahel.example/rss.xml"),
        Section("https://sahel.example/section/politics"),
        Section("https://sahel.example/section/economy"),
        Section("https://sahel.example/section/sport"),
        Section("https://sahel.example/section/culture"),
    ]
    article = r"/articles/(?P<key>\d+)"
