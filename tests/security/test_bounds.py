"""No answer takes more than its share: size, time, redirects, packed data, endless indexes."""

from __future__ import annotations

import gzip
import sys
from collections.abc import Callable

import brotli
import pytest

from crawler import discover
from tests.crawler.conftest import Page
from tests.security.conftest import Crawled, Hostile, Lab

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

MEGABYTE = 1024 * 1024
BOMB = b"\0" * (40 * MEGABYTE)
# Taken after its whole body was read, so that nothing has to be parsed.
PDF = "application/pdf"
TAKEN = ("rejected", "no web page but application/pdf")
PACKERS: dict[str, Callable[[bytes], bytes]] = {
    "identity": bytes,
    "gzip": gzip.compress,
    "zstd": zstd.compress,
    "br": lambda data: brotli.compress(data, quality=1),
}
DEEP = 8
MAPS = 60
LOOSE = (
    "    from crawler import discover as _discover\n"
    "    _discover.FURTHER_DEPTH = _discover.FURTHER_SOURCES = 1000\n"
)


def endless(host: Hostile, prefix: str) -> Callable[[str], Page | None]:
    """Each index names itself and four new ones, for ever; here until MAPS were asked."""

    def make(path: str) -> Page | None:
        if not path.startswith(prefix) or len(host.asked) > MAPS:
            return None
        names = [path, *(f"{prefix}{len(host.asked) * 4 + n}" for n in range(1, 5))]
        body = "".join(f"<sitemap><loc>{host.url(name)}</loc></sitemap>" for name in names)
        return Page(f"<sitemapindex>{body}</sitemapindex>".encode(), kind="application/xml")

    return make


class Both:
    """The same crawl with the bounds of the project, and with loose ones."""

    def __init__(self, lab: Lab) -> None:
        host = self.host = lab.host()
        self.packed = {name: host.url(f"/{name}") for name in PACKERS}
        for name, pack in PACKERS.items():
            host.pages[f"/{name}"] = Page(pack(BOMB), kind=PDF)
            host.headers[f"/{name}"] = {"Content-Encoding": name}
        host.put("/slow", "", kind=PDF, seconds=2.5)
        host.put("/r/0", "", kind=PDF)
        for n in range(DEEP):
            host.redirect(f"/r/{n + 1}", host.url(f"/r/{n}"))
        host.redirect("/circle", host.url("/circle"))
        self.slow, self.long = host.url("/slow"), host.url(f"/r/{DEEP}")
        self.circle = host.url("/circle")
        links = [*self.packed.values(), self.slow, self.long, self.circle]
        lab.outlet("alpha", host.link_feed("/feed", *links))
        self.indexes = lab.host()
        self.indexes.make = endless(self.indexes, "/index")
        lab.outlet("maps", self.indexes.url("/index0"), kind="NewsSitemap")
        self.guarded = lab.crawl()
        self.asked = self.indexes.paths()
        self.indexes.asked.clear()
        lab.outlet("maps", self.indexes.url("/index0"), LOOSE, kind="NewsSitemap")
        self.without: Crawled = lab.crawl(
            DOWNLOAD_MAXSIZE=0, DOWNLOAD_TIMEOUT=20, REDIRECT_MAX_TIMES=20
        )
        self.asked_without = self.indexes.paths()


@pytest.fixture(scope="module")
def both(shared_lab: Lab) -> Both:
    return Both(shared_lab)


@pytest.mark.parametrize("name", PACKERS)
def test_no_answer_is_larger_than_the_bound_unpacked(both: Both, name: str) -> None:
    status, reason = both.guarded.pages[both.packed[name]]
    assert status == "failed"
    assert "12582912" in reason
    assert both.without.pages[both.packed[name]] == TAKEN, "without the guard"


def test_no_answer_takes_longer_than_the_bound(both: Both) -> None:
    assert both.guarded.pages[both.slow][0] == "failed"
    assert "timed out" in both.guarded.pages[both.slow][1]
    assert both.without.pages[both.slow] == TAKEN, "without the guard"


def test_redirects_end(both: Both) -> None:
    assert both.guarded.pages[both.long][0] == "failed"
    assert both.guarded.pages[both.circle][0] == "failed"
    assert both.without.pages[both.long] == TAKEN, "without the guard"


def test_indexes_that_name_indexes_for_ever_end(both: Both) -> None:
    most = 1 + discover.FURTHER_SOURCES
    asked = [path for path in both.asked if path.startswith("/index")]
    assert len(asked) == len(set(asked)) <= most
    rows = both.guarded.query("select count(*) from sources where outlet = 'maps'")
    assert rows[0][0] <= most
    assert len(both.asked_without) > MAPS, "without the guard"
