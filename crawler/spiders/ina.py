"""وكالة الأنباء العراقية: a DataLife Engine site; the headline in its addresses may be empty."""

from __future__ import annotations

from crawler.outlet import Feed, OutletSpider


class InaSpider(OutletSpider):
    name = "ina"
    title = "وكالة الأنباء العراقية"
    country = "IQ"
    timezone = "Asia/Baghdad"
    domains = ["ina.iq"]
    sources = [Feed("https://www.ina.iq/rss.xml")]  # lead 2026; has answered 403
    article = r"/(?P<key>\d+)-[^/?#]*\.html"  # lead 2024
    names = ["واع", "INA"]
