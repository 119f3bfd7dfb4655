"""Logs: what a page says cannot look like a line of the crawl's own."""

from __future__ import annotations

import logging
import traceback
from typing import TYPE_CHECKING, Any, Self

from crawler.fetch import printable

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

INDENT = "\n    "


class PrintableRecord(logging.LogRecord):
    """A record without control characters; each of its lines but the first is indented."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if isinstance(self.exc_info, tuple) and self.exc_info[0]:
            # What a formatter would make; it takes this instead.
            self.exc_text = "    " + in_lines("".join(traceback.format_exception(*self.exc_info)))

    def getMessage(self) -> str:
        """The message as it may be written into a log or on a terminal."""
        return in_lines(super().getMessage())


class PrintableLogs:
    """Extension: from the first crawl of a process on, every record is a PrintableRecord."""

    @classmethod
    def from_crawler(cls, _crawler: Crawler) -> Self:
        logging.setLogRecordFactory(PrintableRecord)
        return cls()


def in_lines(text: str) -> str:
    """A text whose further lines are indented and that has no control characters."""
    return INDENT.join(printable(line, spaces=True) for line in text.splitlines())
