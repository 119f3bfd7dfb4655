"""دويتشه فيله: one site in many languages."""

from __future__ import annotations

from crawler.outlet import Feed, Layout, OutletSpider


class DwSpider(OutletSpider):
    name = "dw"
    title = "دويتشه فيله"
    country = "DE"
    domains = ["dw.com"]
    sources = [Feed("https://rss.dw.com/xml/rss-ar-all")]
    article = r"/ar/(?:[^/?#]+/)*(?P<key>(?:a|g|av|live)-\d+)"
    names = ["DW", "DW عربية"]
    layouts = [Layout(body="div.content-area")]
