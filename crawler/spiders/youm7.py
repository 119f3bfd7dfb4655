"""اليوم السابع: an ASP.NET site with numbered listings."""

from __future__ import annotations

from crawler.outlet import Feed, Layout, OutletSpider, Section


class Youm7Spider(OutletSpider):
    name = "youm7"
    title = "اليوم السابع"
    country = "EG"
    timezone = "Africa/Cairo"
    domains = ["youm7.com"]
    sources = [
        Feed("https://www.youm7.com/rss/SectionRss?SectionID=65"),
        Section("https://www.youm7.com/Section/أخبار-عاجلة/65/{page}", pages=2),
        Section("https://www.youm7.com/Section/سياسة/319/{page}", pages=2),
        Section("https://www.youm7.com/Section/اقتصاد-وبورصة/297/{page}"),
    ]
    article = r"/story/\d{4}/\d{1,2}/\d{1,2}/[^/?#]+/(?P<key>\d+)"
    layouts = [
        Layout(title="div.articleHeader h1", body="div#articleBody", tags="div.tags h3 a"),
    ]
