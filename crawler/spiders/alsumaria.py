"""السومرية نيوز: an ASP.NET site, all of it inside one form."""

from __future__ import annotations

from crawler.outlet import Feed, Layout, OutletSpider, Section


class AlsumariaSpider(OutletSpider):
    name = "alsumaria"
    title = "السومرية نيوز"
    country = "IQ"
    timezone = "Asia/Baghdad"
    domains = ["alsumaria.tv"]
    sources = [
        Feed("https://www.alsumaria.tv/Rss/iraq-latest-news/ar"),  # lead 2026, seen once
        Section("https://www.alsumaria.tv/news"),
        Section("https://www.alsumaria.tv/iraq-latest-news"),
        Section("https://www.alsumaria.tv/iraq-news/48/محليات"),
    ]
    article = r"/news/(?:[a-z-]+/)?(?P<key>\d+)/[^/?#]"
    names = ["السومرية", "Alsumaria"]
    layouts = [Layout(body="[class*='Padding-bottom-lg-30']")]
