"""Each outlet reads its frozen pages, sources and addresses as it should."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from crawler.catalogue import load_outlet
from crawler.command import CommandError
from crawler.commands.freeze import FIELDS, freeze, read_page
from crawler.discover import first_url, read_source
from crawler.items import Article, NoArticle
from crawler.outlet import OutletSpider
from crawler.page import FetchedPage
from database.urls import article_key

OUTLETS = Path(__file__).resolve().parent / "outlets"
KINDS = {"feed": "feed", "sitemap": "sitemap", "listing": "section"}
SOURCES = sorted(path for stem in KINDS for path in OUTLETS.glob(f"*/{stem}.json"))
ADDRESSES = sorted(OUTLETS.glob("*/addresses.json"))
LISTED = [path for path in ADDRESSES if path.with_name("listing.json").exists()]
PAGES = sorted(set(OUTLETS.glob("*/*.json")) - {*SOURCES, *ADDRESSES})
NOW = datetime(2026, 3, 2, 6, tzinfo=UTC)


def name_of(path: Path) -> str:
    return f"{path.parent.name}/{path.stem}"


def outlet_of(path: Path) -> type[OutletSpider]:
    return load_outlet(path.parent.name, ["crawler.spiders"])


def case_at(path: Path) -> Any:
    return json.loads(path.read_text("utf-8"))


@pytest.mark.parametrize("path", PAGES, ids=name_of)
def test_page(path: Path) -> None:
    case = case_at(path)
    page = FetchedPage(
        case["url"], path.with_suffix(".html").read_bytes(), case.get("charset", "utf-8")
    )
    found = read_page(page, outlet_of(path), now=datetime.fromisoformat(case["fetched_at"]))
    if "rejected" in case:
        assert isinstance(found, NoArticle)
        assert found.reason == case["rejected"]
        return
    assert isinstance(found, Article), found
    expected = case["expected"]
    assert (found.body or "").split("\n") == expected.pop("body")
    for field, value in expected.items():
        assert getattr(found, field) == value, field


@pytest.mark.parametrize("path", SOURCES, ids=name_of)
def test_source(path: Path) -> None:
    case, outlet = case_at(path), outlet_of(path)
    kind = KINDS[path.stem]
    body = path.with_suffix(".html" if kind == "section" else ".xml").read_bytes()
    listing = read_source(
        kind, body, case["url"], charset="utf-8", pattern=outlet.article, domains=outlet.domains
    )
    assert [link.url for link in listing.links] == case["links"]
    assert [first_url(source) for source in listing.sources] == case.get("sources", [])


@pytest.mark.parametrize("path", ADDRESSES, ids=name_of)
def test_addresses(path: Path) -> None:
    case, outlet = case_at(path), outlet_of(path)
    assert {url: article_key(url, outlet.article) for url in case["articles"]} == case["articles"]
    assert [url for url in case["others"] if article_key(url, outlet.article)] == []


@pytest.mark.parametrize("path", LISTED, ids=name_of)
def test_addresses_in_a_listing(path: Path) -> None:
    case, outlet = case_at(path), outlet_of(path)
    urls = [*case["articles"], *case["others"]]
    links = "".join(f'<a href="{url.replace("&", "&amp;")}">نص</a>' for url in urls)
    found = read_source(
        "section",
        f"<html><body>{links}</body></html>".encode(),
        f"https://{outlet.domains[0]}/",
        pattern=outlet.article,
        domains=outlet.domains,
    )
    assert [link.url for link in found.links] == list(case["articles"])


def test_freeze_writes_a_case_that_passes(tmp_path: Path) -> None:
    source = OUTLETS / "arabi21" / "news.html"
    page = FetchedPage(case_at(source.with_suffix(".json"))["url"], source.read_bytes(), "utf-8")
    outlet = load_outlet("arabi21", ["crawler.spiders"])
    html, path = freeze(page, outlet, now=NOW, folder=tmp_path / "arabi21")
    assert [html.name, path.name] == ["2025-09-12-1709001.html", "2025-09-12-1709001.json"]
    assert html.read_bytes() == page.body
    assert set(case_at(path)["expected"]) == {*FIELDS, "body"}
    test_page(path)
    with pytest.raises(CommandError, match="is there already"):
        freeze(page, outlet, now=NOW, folder=tmp_path / "arabi21")


def test_freeze_keeps_a_page_that_is_no_article(tmp_path: Path) -> None:
    source = OUTLETS / "arabi21" / "gone.html"
    page = FetchedPage("https://arabi21.com/story/999", source.read_bytes(), None)
    outlet = load_outlet("arabi21", ["crawler.spiders"])
    html, path = freeze(page, outlet, now=NOW, folder=tmp_path / "arabi21")
    assert html.name == "2026-03-02-999.html"
    assert case_at(path)["rejected"] == "page not found"
    test_page(path)
