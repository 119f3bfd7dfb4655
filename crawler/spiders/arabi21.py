"""عربي21: feeds and listings by section; three mirrors of the same stories."""

from __future__ import annotations

from crawler.outlet import Feed, OutletSpider, Section


class Arabi21Spider(OutletSpider):
    name = "arabi21"
    title = "عربي21"
    country = "GB"
    timezone = "Europe/London"  # lead
    domains = ["arabi21.com", "arabi21.org", "arabi21.co.uk"]
    sources = [
        Feed("https://arabi21.com/Rss/SectionNewsRSS?id=316"),  # lead 2021: world politics
        Feed("https://arabi21.com/Rss/SectionNewsRSS?id=410"),  # lead 2021: general
        Feed("https://arabi21.com/Rss/SectionNewsRSS?id=293"),  # lead 2021: selected comment
        Feed("https://arabi21.com/Rss/SectionNewsRSS?id=299"),  # lead 2021: own writers
        Feed("https://arabi21.com/Rss/SectionNewsRSS?id=339"),  # lead 2021: issues and views
        Section("https://arabi21.com/stories/c/1/0/سياسة"),
        Section("https://arabi21.com/stories/c/2/0/مقالات"),
        Section("https://arabi21.com/stories/c/3/0/رياضة"),
        Section("https://arabi21.com/stories/c/4/0/اقتصاد"),
        Section("https://arabi21.com/stories/c/10/0/صحافة"),
        Section("https://arabi21.com/stories/c/17/0/أفكار"),
        Section("https://arabi21.com/stories/t/50055/0/سورية"),
    ]
    article = r"/story/(?P<key>\d+)"
    names = ["عربي 21", "Arabi21"]
