"""The demo's outlets as spiders: they fit their sites, and their sources lead to every article."""

from __future__ import annotations

import re
from urllib.parse import parse_qsl, unquote, urljoin, urlsplit

import pytest
from lxml import etree
from lxml.html import document_fromstring

from crawler.catalogue import load_outlet, outlet_names
from crawler.outlet import OutletSpider, Section
from demo.newsroom import build
from demo.sites import SITES
from demo.sites.base import Answer, Site

NAMES = sorted(SITES)
MODULES = ["demo.spiders"]


def ask(site: Site, url: str) -> Answer | None:
    parts = urlsplit(url)
    assert parts.hostname in site.hosts
    return site.respond(parts.hostname, unquote(parts.path), dict(parse_qsl(parts.query)))


def pages(spider: type[OutletSpider]) -> list[str]:
    """The address of every page of every source."""
    return [
        source.page_url(page) if isinstance(source, Section) else source.url
        for source in spider.sources
        for page in range(1, 1 + getattr(source, "pages", 1))
    ]


def links(url: str, answer: Answer) -> set[str]:
    """Every address that a listing holds."""
    body = answer.render()
    if "xml" in answer.content_type:
        texts = (str(text) for text in etree.fromstring(body).itertext())
        return {text.strip() for text in texts if text.strip().startswith("http")}
    return {urljoin(url, str(href)) for href in document_fromstring(body).xpath("//a/@href")}


def test_one_spider_an_outlet() -> None:
    assert outlet_names(MODULES) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_the_spider_fits_its_site(name: str) -> None:
    spider, site = load_outlet(name, MODULES), SITES[name]
    assert (spider.name, spider.title, spider.timezone) == (name, site.title, site.timezone)
    assert all(
        any(host == domain or host.endswith(f".{domain}") for domain in spider.domains)
        for host in site.hosts
    )


@pytest.mark.parametrize("name", [name for name in NAMES if SITES[name].publishes])
def test_the_sources_lead_to_every_article(name: str) -> None:
    newsroom = build(200)
    spider, site = load_outlet(name, MODULES), SITES[name](newsroom.pieces_of(name))
    found: set[str] = set()
    waiting = pages(spider)
    while waiting:
        url = waiting.pop()
        answer = ask(site, url)
        if answer is None:
            assert name == "sahel"
            continue
        reached = links(url, answer)
        waiting += [link for link in reached if "sitemap-" in link]
        found |= {unquote(link) for link in reached}
    for truth in newsroom.manifest.articles:
        if truth.outlet == name:
            assert found & set(truth.urls), truth.key


@pytest.mark.parametrize("name", [name for name in NAMES if SITES[name].publishes])
def test_the_pattern_gives_each_article_one_key(name: str) -> None:
    pattern = load_outlet(name, MODULES).article
    assert pattern is not None
    keys = set()
    truths = [truth for truth in build(200).manifest.articles if truth.outlet == name]
    for truth in truths:
        (key,) = {m["key"] for url in truth.urls if (m := re.search(pattern, url))}
        keys.add(key)
    assert len(keys) == len(truths)
