"""دير الزور 24: a WordPress site whose pages have their headline as address."""

from __future__ import annotations

from crawler.outlet import Feed, Layout, OutletSpider, Section


class Deirezzor24Spider(OutletSpider):
    name = "deirezzor24"
    title = "دير الزور 24"
    country = "SY"
    domains = ["deirezzor24.net"]
    sources = [
        Feed("https://deirezzor24.net/feed/"),  # a guess: where WordPress has it
        Section("https://deirezzor24.net/category/أخبار/page/{page}/", pages=2),
    ]
    # A headline at the root, of three words or more: shorter ones are the site's own pages.
    article = (
        r"(?:^|://[^/]+)/(?!(?:category|tag|page|author|en)[/-])"
        r"(?P<key>[^-/?#]+(?:-[^-/?#]+){2,})/?(?:[?#]|$)"
    )
    names = ["ديرالزور24", "DeirEzzor24"]
    layouts = [Layout(body="div.entry-content")]  # lead 2025
