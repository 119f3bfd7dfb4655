"""Whether a page or source came whole: where the wire tells nothing, its last tag does."""

from __future__ import annotations

import re

CUT_OFF = "cut off"
_TAIL = 2048
"""Characters at the end in which a document closes; comments and counters may follow."""
_HEAD = 4096
_PAGE_BEGINS = re.compile(r"<(?i:html|body)[\s>]")
_PAGE_ENDS = re.compile(r"</(?i:html|body)\s*>")
_FEED_ENDS = re.compile(rb"</(?:rss|feed|(?:\w+:)?rdf)\s*>", re.IGNORECASE)
_SITEMAP_ENDS = re.compile(
    rb"</(?:\w+:)?(?:urlset|sitemapindex)\s*>|<(?:urlset|sitemapindex)[^>]*/>"
)


def is_whole_page(html: str) -> bool:
    """Whether the markup of a page is closed; a fragment, which opens none, has none to close."""
    if _PAGE_BEGINS.search(html, 0, _HEAD) is None:
        return True
    return _PAGE_ENDS.search(html, max(0, len(html) - _TAIL)) is not None


def is_whole_feed(body: bytes) -> bool:
    """Whether an RSS or Atom feed is closed; in UTF-16 and the like it counts as closed."""
    return _closes(_FEED_ENDS, body)


def is_whole_sitemap(body: bytes) -> bool:
    """Whether a sitemap or sitemap index (unpacked) is closed."""
    return _closes(_SITEMAP_ENDS, body)


def _closes(ends: re.Pattern[bytes], body: bytes) -> bool:
    return b"\0" in body[:4] or ends.search(body, max(0, len(body) - _TAIL)) is not None
