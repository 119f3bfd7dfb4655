"""شفق نيوز: the section and the headline make the address."""

from __future__ import annotations

from crawler.outlet import Feed, OutletSpider, Section


class ShafaqSpider(OutletSpider):
    name = "shafaq"
    title = "شفق نيوز"
    country = "IQ"
    timezone = "Asia/Baghdad"
    domains = ["shafaq.com"]
    sources = [
        Feed("https://shafaq.com/rss/ar"),
        Section("https://shafaq.com/ar/كل-الاخبار"),
    ]
    article = r"/ar/(?!tags/|bbc-arabic/|rss)(?P<key>[^/?#]+/[^/?#]+)/?(?:[?#]|$)"
    names = ["وكالة شفق نيوز", "Shafaq News"]
