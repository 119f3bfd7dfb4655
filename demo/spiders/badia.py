"""بوابة البادية: no feed and no metadata; everything by selectors."""

from __future__ import annotations

from crawler.outlet import Layout, OutletSpider, Section


class BadiaSpider(OutletSpider):
    name = "badia"
    title = "بوابة البادية"
    country = "SY"
    timezone = "Asia/Damascus"
    domains = ["badia.example"]
    sources = [
        Section("https://badia.example/section/politics?page={page}", pages=2),
        Section("https://badia.example/section/economy?page={page}", pages=2),
        Section("https://badia.example/section/sport?page={page}", pages=2),
        Section("https://badia.example/section/culture?page={page}", pages=2),
    ]
    article = r"/news/(?P<key>\d+)"
    layouts = [
        Layout(
            title="div.headline",
            body="div.story-text",
            author="div.stamp b",
            published="div.stamp time",
            section="div.kicker",
            drop="div.also",
        )
    ]
