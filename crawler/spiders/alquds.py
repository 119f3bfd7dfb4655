"""القدس العربي: a WordPress site whose pages have their headline as address."""

from __future__ import annotations

from crawler.outlet import Feed, OutletSpider


class AlqudsSpider(OutletSpider):
    name = "alquds"
    title = "القدس العربي"
    country = "GB"
    domains = ["alquds.co.uk"]
    sources = [Feed("https://www.alquds.co.uk/feed/")]
    article = r"^/(?P<key>\?p=\d+|[^/?#]+)/?(?:[?#]|$)"
    names = ["صحيفة القدس العربي"]
