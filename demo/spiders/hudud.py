"""شبكة حدود الخبر: a WordPress site; generic extraction reads it."""

from __future__ import annotations

from crawler.outlet import Feed, OutletSpider


class HududSpider(OutletSpider):
    name = "hudud"
    title = "شبكة حدود الخبر"
    country = "IQ"
    timezone = "Asia/Baghdad"
    domains = ["hudud.example"]
    sources = [
        Feed("https://hudud.example/category/politics/feed/"),
        Feed("https://hudud.example/category/economy/feed/"),
        Feed("https://hudud.example/category/sport/feed/"),
        Feed("https://hudud.example/category/culture/feed/"),
    ]
    article = r"/(?P<key>\d{4}/\d{2}/\d{2}/[^/?#]+)"
