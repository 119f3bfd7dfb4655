"""جسر الأخبار: pages with AMP and mobile twins."""

from __future__ import annotations

from crawler.outlet import OutletSpider, Section


class JisrSpider(OutletSpider):
    name = "jisr"
    title = "جسر الأخبار"
    country = "JO"
    timezone = "Asia/Amman"
    domains = ["jisr.example", "m.jisr.example"]
    sources = [
        Section("https://jisr.example/section/politics"),
        Section("https://jisr.example/section/economy"),
        Section("https://jisr.example/section/sport"),
        Section("https://jisr.example/section/culture"),
        Section("https://m.jisr.example/section/politics"),
    ]
    article = r"/news/(?P<key>\d+)"
