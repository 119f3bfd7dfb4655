"""What every outlet keeps to; each message tells the cure."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path
from string import Template
from typing import Any
from zoneinfo import available_timezones

import pytest
import scrapy

from crawler.catalogue import load_outlet, outlet_names
from crawler.declaration import Outlet
from crawler.discover import Feed, NewsSitemap, Section, on_site
from crawler.outlet import Layout, OutletSpider

ROOT = Path(__file__).resolve().parent.parent
MODULE = "crawler.spiders"
NAMES = outlet_names([MODULE])
GUIDE = "docs/add-an-outlet.md"
HOOKS = {"links", "clean"}
ATTRIBUTES = {
    *("name", "title", "country", "timezone", "language", "domains"),
    *("sources", "article", "layouts", "names"),
}
WRITTEN_BY_PYTHON = {"__module__", "__doc__", "__qualname__", "__firstlineno__"} | {
    *("__static_attributes__", "__annotations__", "__annotate__", "__annotations_cache__"),
}
# ISO 3166-1 codes of where Arabic is published, as outlets.country has them.
COUNTRIES = {
    "AE", "BH", "DE", "DJ", "DZ", "EG", "FR", "GB", "IL", "IQ", "IR", "JO", "KM", "KW", "LB", "LY",
    "MA", "MR", "OM", "PS", "QA", "RU", "SA", "SD", "SO", "SY", "TD", "TN", "TR", "US", "YE",
}  # fmt: skip

each_outlet = pytest.mark.parametrize("name", NAMES)


def load(name: str) -> type[OutletSpider]:
    return load_outlet(name, [MODULE])


def unknown_attributes(outlet: type[OutletSpider]) -> list[str]:
    """Complaints about attributes of the class, and of it alone, that nothing reads."""
    known = ATTRIBUTES | HOOKS
    return [
        f"{outlet.__name__}.{name} is read by nobody; {GUIDE} lists the attributes: "
        f"{', '.join(sorted(known))}"
        for name in vars(outlet)
        if name not in known | WRITTEN_BY_PYTHON
    ]


def test_there_are_outlets() -> None:
    assert len(NAMES) >= 15


@each_outlet
def test_one_name_for_file_class_and_folder(name: str) -> None:
    outlet = load(name)
    camel = "".join(part.capitalize() for part in name.split("_")) + "Spider"
    assert outlet.name == name
    assert outlet.__name__ == camel, f"call the class in {name}.py {camel}"
    assert re.fullmatch(r"[a-z][a-z0-9_]*", name), "write the file name in small Latin letters"


@each_outlet
def test_only_known_attributes(name: str) -> None:
    assert unknown_attributes(load(name)) == []


def test_a_mistyped_attribute_is_named_with_its_cure() -> None:
    class TypoSpider(OutletSpider):
        name = "typo"
        tittle = "عنوان"

    class PoliteSpider(OutletSpider):
        custom_settings = {"ROBOTSTXT_OBEY": False}

    assert unknown_attributes(TypoSpider)[0].startswith("TypoSpider.tittle is read by nobody; ")
    assert len(unknown_attributes(PoliteSpider)) == 1
    with pytest.raises(TypeError, match="bdoy"):
        Layout(bdoy="div")  # type: ignore[call-arg]


@each_outlet
def test_title_is_arabic(name: str) -> None:
    assert re.search("[\u0621-\u064a]", load(name).title), "give the outlet's own name as title"


@each_outlet
def test_country_and_timezone_exist(name: str) -> None:
    outlet = load(name)
    assert outlet.country in COUNTRIES, "write the ISO 3166-1 code, as SY"
    assert outlet.timezone is None or outlet.timezone in available_timezones(), (
        "write an IANA zone, as Asia/Damascus, or None"
    )
    assert outlet.language == "ar"


@each_outlet
def test_domains_are_hosts(name: str) -> None:
    domains = load(name).domains
    assert domains, "name the outlet's hosts, its home first"
    for domain in domains:
        assert re.fullmatch(r"[a-z0-9-]+(\.[a-z0-9-]+)+", domain), (
            f"{domain}: write the bare host, without scheme, path and www"
        )
        assert not domain.startswith("www."), f"{domain}: www. is understood, leave it out"


def test_no_domain_is_of_two_outlets() -> None:
    homes = {domain: name for name in NAMES for domain in load(name).domains}
    claims = [
        (name, other, domain)
        for domain, name in homes.items()
        for other in NAMES
        if other != name and on_site(f"https://{domain}/", load(other).domains)
    ]
    assert claims == []


@each_outlet
def test_sources_are_addresses(name: str) -> None:
    outlet = load(name)
    assert outlet.sources, "an outlet without a source is never crawled"
    urls = [source.url for source in outlet.sources]
    assert len(set(urls)) == len(urls), "a source stands there twice"
    for source in outlet.sources:
        assert isinstance(source, Feed | NewsSitemap | Section)
        assert source.url.startswith("https://"), f"{source.url}: write https"
        if isinstance(source, Section):
            assert "{page}" in source.url or source.pages == 1, (
                f"{source.url}: put {{page}} where the number of the page stands"
            )


@each_outlet
def test_article_pattern(name: str) -> None:
    outlet = load(name)
    if outlet.article is None:
        assert all(isinstance(source, Feed) for source in outlet.sources), (
            "only an outlet that is read by feeds alone can do without `article`"
        )
        return
    assert "key" in re.compile(outlet.article).groupindex, (
        "name the outlet's own id (?P<key>…) in `article`"
    )
    assert "://" not in outlet.article.replace("(?:^|://[^/]+)", ""), (
        "`article` is searched in path and query: leave the host out"
    )
    assert not [source.url for source in outlet.sources if re.search(outlet.article, source.url)], (
        "`article` also finds a source: make it say what an article's address is"
    )


@each_outlet
def test_layouts_and_names(name: str) -> None:
    outlet = load(name)
    for layout in outlet.layouts:
        assert layout.body, "a Layout without body is never chosen over the next one"
    assert len(set(outlet.names)) == len(outlet.names)
    assert outlet.title not in outlet.names, "title is one of its names already"


@each_outlet
def test_frozen_pages(name: str) -> None:
    folder = ROOT / "tests" / "outlets" / name
    pages = {path.stem for path in folder.glob("*.html")} - {"listing"}
    cases = {path.stem for path in folder.glob("*.json")}
    assert pages, f"freeze a page: scrapy freeze URL --outlet {name}"
    assert pages <= cases, "each page needs its .json beside it"
    assert load(name).article is None or "addresses" in cases, (
        f"say in tests/outlets/{name}/addresses.json what an article's address is, and what not"
    )


def test_no_folder_without_outlet() -> None:
    folders = {path.name for path in (ROOT / "tests" / "outlets").iterdir() if path.is_dir()}
    assert folders == set(NAMES), (
        "each outlet has a folder of frozen pages, and each folder an outlet: scrapy freeze URL"
    )


def test_the_template_gives_an_outlet() -> None:
    template = (ROOT / "crawler/templates/spiders/outlet.tmpl").read_text("utf-8")
    text = Template(template).substitute(classname="WahaSpider", name="waha", domain="waha.example")
    namespace: dict[str, Any] = {}
    exec(compile(text, "waha.py", "exec"), namespace)
    assert unknown_attributes(namespace["WahaSpider"]) == []
    assert namespace["WahaSpider"].sources == [Feed("https://waha.example/feed")]


def test_attributes_are_those_of_the_base_class() -> None:
    declared = {
        name
        for name, value in vars(Outlet).items()
        if not name.startswith("_") and not callable(value) and not hasattr(value, "__func__")
    }
    assert declared == ATTRIBUTES - {"name"}
    assert {name for name in HOOKS if hasattr(OutletSpider, name)} == HOOKS
    assert not (ATTRIBUTES - {"name"}) & set(vars(scrapy.Spider))


def test_the_guide_explains_every_attribute() -> None:
    guide = (ROOT / GUIDE).read_text("utf-8")
    rows = set(re.findall(r"^\| `(\w+)", guide, re.MULTILINE))
    wanted = ATTRIBUTES | {field.name for field in fields(Layout)}
    assert wanted - rows == set(), f"add these to the tables of {GUIDE}"
    assert [hook for hook in HOOKS if f"`{hook}(" not in guide] == []
    for command in ("genspider -t outlet", "extract", "freeze"):
        assert f"scrapy {command}" in guide
