"""بغداد اليوم: a DataLife Engine site; its pages print the time without a zone."""

from __future__ import annotations

from crawler.outlet import Feed, Layout, OutletSpider, Section


class BaghdadtodaySpider(OutletSpider):
    name = "baghdadtoday"
    title = "بغداد اليوم"
    country = "IQ"
    timezone = "Asia/Baghdad"
    domains = ["baghdadtoday.news"]
    sources = [
        Feed("https://baghdadtoday.news/rss.xml"),
        Section("https://baghdadtoday.news/lastnews"),
    ]
    # The form with a number is a guess: what DataLife Engine writes by itself.
    article = r"/(?P<key>\d{4}/\d{2}/\d{2}/[^/?#]+|\d+(?=-[^/?#]+\.html))"
    names = ["وكالة بغداد اليوم", "Baghdad Today"]
    layouts = [Layout(body="div.news-content", published="span.ms-2.time")]
