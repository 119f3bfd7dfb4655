"""The outlets there are, each loaded alone: one broken file costs that outlet, not the others."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Sequence
from difflib import get_close_matches
from importlib.util import find_spec

from crawler.discover import on_site
from crawler.outlet import OutletSpider


class OutletError(Exception):
    """An outlet is unknown or cannot be loaded; the message is one line with the cure."""


def outlet_names(modules: Sequence[str]) -> list[str]:
    """The names of all outlets in the packages ``modules``, by their files: nothing is imported."""
    names: list[str] = []
    for module in modules:
        found = find_spec(module)
        locations = found.submodule_search_locations if found else None
        names += [info.name for info in pkgutil.iter_modules(locations or [])]
    return sorted(names)


def check_names(names: Sequence[str], modules: Sequence[str]) -> None:
    """Raise OutletError for the first name that is no outlet."""
    known = outlet_names(modules)
    for name in names:
        if name not in known:
            close = get_close_matches(name, known, n=1)
            hint = f"did you mean {close[0]}?" if close else "`scrapy outlets` lists them"
            raise OutletError(f"unknown outlet {name!r}; {hint}")


def load_outlet(name: str, modules: Sequence[str]) -> type[OutletSpider]:
    """The class of an outlet.

    Raises OutletError when its file cannot be imported, whatever the file does, or holds no
    class of that name.
    """
    for module in modules:
        path = f"{module}.{name}"
        if find_spec(path) is None:
            continue
        try:
            loaded = importlib.import_module(path)
        # An outlet's file may raise anything: it costs this outlet.
        except (Exception, SystemExit) as error:
            raise OutletError(
                f"{path.replace('.', '/')}.py cannot be loaded: {type(error).__name__}: {error}"
            ) from error
        for value in vars(loaded).values():
            if (
                isinstance(value, type)
                and issubclass(value, OutletSpider)
                and value.__module__ == path
                and value.name == name
            ):
                return value
        raise OutletError(f"{path.replace('.', '/')}.py holds no OutletSpider with name = {name!r}")
    raise OutletError(f"unknown outlet {name!r}; `scrapy outlets` lists them")


def load_all(
    modules: Sequence[str], names: Sequence[str] = ()
) -> tuple[list[type[OutletSpider]], list[OutletError]]:
    """The outlets named, or all: those that load, and why the others do not.

    Raises OutletError for a name that is no outlet.
    """
    check_names(names, modules)
    loaded: list[type[OutletSpider]] = []
    errors: list[OutletError] = []
    for name in list(dict.fromkeys(names)) or outlet_names(modules):
        try:
            loaded.append(load_outlet(name, modules))
        except OutletError as error:
            errors.append(error)
    return loaded, errors


def outlet_of(url: str, outlets: Sequence[type[OutletSpider]]) -> type[OutletSpider] | None:
    """The outlet on whose domains an address lies; None for an address of no known outlet."""
    return next((outlet for outlet in outlets if on_site(url, outlet.domains)), None)
