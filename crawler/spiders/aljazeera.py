"""الجزيرة نت: a sitemap for each day."""

from __future__ import annotations

from crawler.outlet import Feed, Layout, NewsSitemap, OutletSpider, Section


class AljazeeraSpider(OutletSpider):
    name = "aljazeera"
    title = "الجزيرة نت"
    country = "QA"
    timezone = "Asia/Qatar"
    domains = ["aljazeera.net"]
    sources = [
        Feed(
            "https://www.aljazeera.net/aljazeerarss/a7c186be-1adb-4b11-a982-4783e765316e"
            "/4e17ecdc-8fb9-40de-a5d6-d00f72384a51"
        ),
        Feed("https://www.aljazeera.net/rss"),
        NewsSitemap("https://www.aljazeera.net/sitemap.xml"),
        Section("https://www.aljazeera.net/where/mideast/arab/syria/"),
    ]
    article = r"/(?P<key>(?:[a-z-]+/)+\d{4}/\d{1,2}/\d{1,2}/[^/?#]+)"
    names = ["الجزيرة", "Al Jazeera"]
    layouts = [Layout(body=".wysiwyg", author=".author", drop=".more-on")]
