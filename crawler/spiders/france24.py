"""فرانس 24: the day and the headline make the address."""

from __future__ import annotations

from crawler.outlet import Feed, OutletSpider


class France24Spider(OutletSpider):
    name = "france24"
    title = "فرانس 24"
    country = "FR"
    domains = ["france24.com"]
    sources = [Feed("https://www.france24.com/ar/rss")]
    article = r"/ar/(?P<key>(?:[^/?#]+/)*\d{8}-[^/?#]+)"  # lead 2024
    names = ["France 24", "فرانس24"]
