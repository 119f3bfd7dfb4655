"""سكاي نيوز عربية: its listings need a browser, its feeds do not."""

from __future__ import annotations

from crawler.outlet import Feed, Layout, OutletSpider


class SkynewsarabiaSpider(OutletSpider):
    name = "skynewsarabia"
    title = "سكاي نيوز عربية"
    country = "AE"
    domains = ["skynewsarabia.com"]
    sources = [
        Feed("https://www.skynewsarabia.com/rss.xml"),
        Feed("https://www.skynewsarabia.com/rss/middle-east.xml"),
    ]
    article = r"/[a-z-]+/(?P<key>\d{6,})(?![^-/?#])"
    layouts = [
        Layout(
            title="h1.sna_content_heading",
            body="div.article-body",
            tags="div.article-tags h2",
            drop=".article-bottom-share-cont, .article-tags",
        ),  # lead 2023
        Layout(body=".article-container"),  # lead 2023
    ]
