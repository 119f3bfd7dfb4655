"""اندبندنت عربية: a Drupal site with numbered pages."""

from __future__ import annotations

from crawler.outlet import Feed, OutletSpider


class IndependentarabiaSpider(OutletSpider):
    name = "independentarabia"
    title = "اندبندنت عربية"
    country = "GB"
    domains = ["independentarabia.com"]
    sources = [Feed("https://www.independentarabia.com/rss")]
    article = r"/node/(?P<key>\d+)"  # lead 2022
    names = ["إندبندنت عربية"]
