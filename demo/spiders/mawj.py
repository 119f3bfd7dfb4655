"""موج نيوز: a sitemap index with news sitemaps; generic extraction reads its pages."""

from __future__ import annotations

from crawler.outlet import NewsSitemap, OutletSpider


class MawjSpider(OutletSpider):
    name = "mawj"
    title = "موج نيوز"
    country = "LB"
    timezone = "Asia/Beirut"
    domains = ["mawj.example"]
    sources = [NewsSitemap("https://mawj.example/sitemap.xml")]
    article = r"/article/(?P<key>\d+)"
