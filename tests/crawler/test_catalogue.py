"""The catalogue: outlets by their files, each loaded alone."""

from __future__ import annotations

import sys

import pytest

from crawler.catalogue import OutletError, check_names, load_all, load_outlet, outlet_names
from crawler.settings import SPIDER_MODULES

BROKEN = {
    "imports": ("import no_such_module_anywhere\n", "ModuleNotFoundError: No module named"),
    "syntax": ("def broken(:\n", "SyntaxError"),
    "raises": ("raise RuntimeError('at import')\n", "RuntimeError: at import"),
    "exits": ("raise SystemExit(4)\n", "SystemExit: 4"),
    "empty": ("x = 1\n", "holds no OutletSpider with name = 'empty'"),
    "other": (
        "from crawler.outlet import OutletSpider\n\n"
        "class Outlet(OutletSpider):\n    name = 'another'\n",
        "holds no OutletSpider with name = 'other'",
    ),
    "borrowed": (
        "from crawler.site import SiteSpider\n\nSiteSpider.name = 'borrowed'\n",
        "holds no OutletSpider with name = 'borrowed'",
    ),
}


@pytest.fixture
def unnamed_site(monkeypatch):
    from crawler.site import SiteSpider

    monkeypatch.setattr(SiteSpider, "name", "", raising=False)


def test_names_are_read_without_importing_a_file(press) -> None:
    for name, (text, _) in BROKEN.items():
        press.write(name, text)
    assert outlet_names([press.package]) == sorted(BROKEN)
    assert not any(module.startswith(f"{press.package}.") for module in sys.modules)


def test_a_broken_file_costs_that_outlet_and_says_why(press, unnamed_site) -> None:
    press.add("alpha", "https://alpha.example/feed")
    for name, (text, _) in BROKEN.items():
        press.write(name, text)
    loaded, errors = load_all([press.package])
    assert [outlet.name for outlet in loaded] == ["alpha"]
    assert len(errors) == len(BROKEN)
    for error, name in zip(errors, sorted(BROKEN), strict=True):
        assert str(error).startswith(f"{press.package}/{name}.py ")
        assert BROKEN[name][1] in str(error)


def test_an_unknown_name_gets_the_cure() -> None:
    with pytest.raises(OutletError, match="did you mean enabbaladi"):
        check_names(["enabbalady"], SPIDER_MODULES)
    with pytest.raises(OutletError, match="`scrapy outlets` lists them"):
        check_names(["xyzzy"], SPIDER_MODULES)
    with pytest.raises(OutletError, match="unknown outlet 'xyzzy'"):
        load_outlet("xyzzy", SPIDER_MODULES)
    check_names(["enabbaladi", "arabi21"], SPIDER_MODULES)


def test_every_own_outlet_loads() -> None:
    loaded, errors = load_all(SPIDER_MODULES)
    assert errors == []
    assert [outlet.name for outlet in loaded] == outlet_names(SPIDER_MODULES)
