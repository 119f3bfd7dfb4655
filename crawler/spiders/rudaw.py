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
    # The number is a date and a serial that may count for each section alone.
    article = r"/arabic/(?P<key>(?:[a-z-]+/)+\d{4,})(?![^/?#])"
    names = ["رووداو عربية", "Rudaw"]
