"""سانا: the Syrian news agency, on WordPress since 2025."""

from __future__ import annotations

from crawler.outlet import Feed, Layout, OutletSpider


class SanaSpider(OutletSpider):
    name = "sana"
    title = "سانا"
    country = "SY"
    timezone = "Asia/Damascus"
    domains = ["sana.sy"]
    # No article pattern: the new site's addresses are not known; the feed names articles only.
    sources = [Feed("https://sana.sy/?feed=rss2")]
    names = ["وكالة سانا", "الوكالة العربية السورية للأنباء"]
    layouts = [Layout(body="div.entry", published="span.tie-date")]  # lead 2024: the old site
