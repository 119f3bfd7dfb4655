"""فرات الغد: section feeds and a mirror domain; generic extraction reads it."""

from __future__ import annotations

from crawler.outlet import Feed, OutletSpider, Section


class FuratSpider(OutletSpider):
    name = "furat"
    title = "فرات الغد"
    country = "TR"
    timezone = "Europe/Istanbul"
    domains = ["furat.example", "furat-news.example"]
    sources = [
        Feed("https://furat.example/Rss/SectionNewsRSS?id=1"),
        Feed("https://furat.example/Rss/SectionNewsRSS?id=2"),
        Feed("https://furat.example/Rss/SectionNewsRSS?id=3"),
        Feed("https://furat.example/Rss/SectionNewsRSS?id=4"),
        Section("https://furat-news.example/stories/c/1/0/politics"),
    ]
    article = r"/story/(?P<key>\d+)"
