"""Recheck: requests for stored pages that are due to be looked at again."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from scrapy.http import Request

from crawler.items import NoArticle
from database import rechecks

if TYPE_CHECKING:
    from crawler.outlet import OutletSpider


def requests(spider: OutletSpider) -> Iterator[Request | NoArticle]:
    """Conditional requests, as many as RECHECKS_PER_OUTLET and the run's limit let through."""
    settings = spider.crawler.settings
    if not settings.getbool("RECHECK"):
        return
    most = min(settings.getint("RECHECKS_PER_OUTLET"), spider.limit)
    for look in rechecks.due(spider.db, spider.name, spider.clock(), most):
        if not spider.is_asked_first(look.link):
            continue
        yield spider.page_request(look.link, look.validators, priority=-10)  # news first
