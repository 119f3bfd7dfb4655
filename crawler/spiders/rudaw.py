"""رووداو: two domains, listings only."""

from __future__ import annotations

from crawler.outlet import OutletSpider, Section


class RudawSpider(OutletSpider):
    name = "rudaw"
    title = "رووداو"
    country = "IQ"
    timezone = "Asia/Baghdad"
    domains = ["rudawarabia.net", "rudaw.net"]
    sources = [
        Section("https://www.rudawarabia.net/arabic"),
        Section("https://www.rudawarabia.net/arabic/categories/news"),
    ]
    article = r"/arabic/(?:[a-z-]+/)+(?P<key>\d{4,})(?![^/?#])"
    names = ["رووداو عربية", "Rudaw"]
