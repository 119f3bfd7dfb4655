"""منبر الضفتين: pages that a script fills; generic extraction reads JSON-LD."""

from __future__ import annotations

from crawler.outlet import Feed, NewsSitemap, OutletSpider


class MinbarSpider(OutletSpider):
    name = "minbar"
    title = "منبر الضفتين"
    country = "SY"
    timezone = "Asia/Damascus"
    domains = ["minbar.example"]
    sources = [
        Feed("https://minbar.example/ar/politics/feed.xml"),
        Feed("https://minbar.example/ar/economy/feed.xml"),
        Feed("https://minbar.example/ar/sport/feed.xml"),
        Feed("https://minbar.example/ar/culture/feed.xml"),
        NewsSitemap("https://minbar.example/ar/news-sitemap.xml"),
    ]
    article = r"/ar/\d{4}/\d{2}/\d{2}/[^/?#]+-(?P<key>\d+)"
