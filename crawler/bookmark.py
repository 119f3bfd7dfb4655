"""A worker's bookmark: which page it works on now, for whoever finds it dead."""

from __future__ import annotations

import functools
import json
import mmap
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Self

from scrapy import signals
from scrapy.exceptions import NotConfigured

from crawler.items import Article, NoArticle

if TYPE_CHECKING:
    from scrapy.crawler import Crawler
    from scrapy.settings import BaseSettings

SIZE = 16 * 1024
"""Bytes: no address is longer (``database.urls.LONGEST_ADDRESS``, each character escaped)."""


class Bookmark:
    """A few bytes of shared memory: writing costs no system call, and outlives the process."""

    def __init__(self, path: Path) -> None:
        with path.open("w+b") as file:
            file.truncate(SIZE)
            self._memory = mmap.mmap(file.fileno(), SIZE)

    def put(self, outlet: str, url: str) -> None:
        """The process works on this page from now on."""
        text = json.dumps([outlet, url]).encode()[: SIZE - 1] + b"\n"
        self._memory[: len(text)] = text

    def clear(self) -> None:
        """It is between two pages."""
        self._memory[0] = ord("\n")


class BookmarkPipeline:
    """Around all stages: other pages may have been read since this one was."""

    def __init__(self, bookmark: Bookmark) -> None:
        self.bookmark = bookmark

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        folder = crawler.settings["RUN_FOLDER"]
        if not folder:
            raise NotConfigured
        pipeline = cls(_own(folder, os.getpid()))
        for end in (signals.item_scraped, signals.item_dropped, signals.item_error):
            crawler.signals.connect(pipeline.bookmark.clear, end)
        return pipeline

    def process_item(self, item: Article | NoArticle) -> Article | NoArticle:
        if isinstance(item, Article):
            self.bookmark.put(item.outlet, item.asked_url)
        return item


@contextmanager
def at(settings: BaseSettings, outlet: str, url: str) -> Iterator[None]:
    """Work on a page; without RUN_FOLDER nobody asks which."""
    folder = settings["RUN_FOLDER"]
    if not folder:
        yield
        return
    bookmark = _own(folder, os.getpid())
    bookmark.put(outlet, url)
    try:
        yield
    finally:
        bookmark.clear()


def found(folder: str, process: int) -> tuple[str, str] | None:
    """The outlet and the page that a dead process worked on; None if on none."""
    path = _path(folder, process)
    line = path.read_bytes().partition(b"\n")[0] if path.exists() else b""
    try:
        outlet, url = json.loads(line)
    except ValueError:  # nothing, or died while writing
        return None
    return outlet, url


@functools.cache
def _own(folder: str, process: int) -> Bookmark:
    return Bookmark(_path(folder, process))


def _path(folder: str, process: int) -> Path:
    return Path(folder) / f"{process}.page"
