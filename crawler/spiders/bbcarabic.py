"""بي بي سي عربي: a part of bbc.com; its class names change with every build."""

from __future__ import annotations

from crawler.outlet import Feed, OutletSpider


class BbcarabicSpider(OutletSpider):
    name = "bbcarabic"
    title = "بي بي سي عربي"
    country = "GB"
    domains = ["bbc.com", "bbc.co.uk"]
    sources = [
        Feed("https://feeds.bbci.co.uk/arabic/rss.xml"),
        Feed("https://feeds.bbci.co.uk/arabic/middleeast/rss.xml"),
        Feed("https://feeds.bbci.co.uk/arabic/business/rss.xml"),
    ]
    # /arabic/world-61825481 (2022); /arabic/articles/ and letters is a guess; the rest: programmes.
    article = (
        r"/arabic/(?:articles/|(?!institutional-|media-|tv-and-radio-)[a-z-]+-)"
        r"(?P<key>(?<=articles/)[a-z0-9]{9,}|\d{6,})(?![^/?#])"
    )
    names = ["BBC News عربي", "BBC Arabic", "بي بي سي"]
