"""عنب بلدي: a WordPress site with numbered pages."""

from __future__ import annotations

from crawler.outlet import Feed, Layout, OutletSpider, Section


class EnabbaladiSpider(OutletSpider):
    name = "enabbaladi"
    title = "عنب بلدي"
    country = "SY"
    domains = ["enabbaladi.net"]
    sources = [
        Feed("https://www.enabbaladi.net/feed"),
        Section(
            "https://www.enabbaladi.net/archives/category/online/page/{page}", pages=2
        ),  # lead 2025
    ]
    article = r"/(?:archives/)?(?P<key>\d{5,})(?![^/?#])"
    layouts = [Layout(body="div.content-article")]
