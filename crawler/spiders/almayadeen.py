"""الميادين: a sitemap for each month."""

from __future__ import annotations

from crawler.outlet import Layout, NewsSitemap, OutletSpider, Section


class AlmayadeenSpider(OutletSpider):
    name = "almayadeen"
    title = "الميادين"
    country = "LB"
    timezone = "Asia/Beirut"
    domains = ["almayadeen.net"]
    sources = [
        NewsSitemap("https://www.almayadeen.net/sitemaps/all.xml"),  # lead 2024
        Section("https://www.almayadeen.net/news/politics"),
    ]
    # The last part is a headline in Arabic: one in Latin letters is a section.
    article = (
        r"/(?P<key>[A-Za-z-]+(?:/[a-z-]+|/\d{4}/\d{1,2}/\d{1,2})?/(?![A-Za-z.-]+(?:[/?#]|$))[^/?#]+)"
        r"(?:[?#]|$)"
    )
    names = ["الميادين نت", "شبكة الميادين"]
    layouts = [
        Layout(subtitle="p.lg_para.summary", body="div.p-content"),  # lead 2024
        Layout(body=".post-details"),  # lead 2023
    ]
