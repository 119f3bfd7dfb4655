"""Imports run one way: each room knows only the rooms that it stands on."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
ROOMS = ("arabic", "watchlist", "database", "pipelines", "crawler", "desk", "demo")
# The commands are the top of the house: they join the rooms, and nobody imports them.
TOP = ("crawler.commands", "crawler.archive", "crawler.explain")
MAY_KNOW = {
    "arabic": set(),
    "watchlist": {"arabic"},
    "database": {"arabic", "watchlist"},
    "pipelines": {"arabic", "watchlist", "database", "crawler.items"},
    "crawler": {"arabic", "watchlist", "database"},
    "desk": {"arabic", "database"},
    "demo": {"arabic", "watchlist", "database"}
    | {"crawler.outlet", "crawler.items", "crawler.polite"},
}
FILES = sorted(path.relative_to(ROOT) for room in ROOMS for path in (ROOT / room).rglob("*.py"))


def module_name(path: Path) -> str:
    parts = path.with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imports(path: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse((ROOT / path).read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return {name for name in found if name.split(".")[0] in ROOMS}


@pytest.mark.parametrize("path", FILES, ids=str)
def test_imports_run_one_way(path: Path) -> None:
    module = module_name(path)
    if module.startswith(TOP):
        return
    room = module.split(".")[0]
    for name in imports(path):
        if name.split(".")[0] == room:
            continue
        allowed = any(
            name == known or name.startswith(f"{known}.") or known.startswith(f"{name}.")
            for known in MAY_KNOW[room]
        )
        assert allowed, f"{path} imports {name}: {room} may know only {sorted(MAY_KNOW[room])}"


@pytest.mark.parametrize("path", FILES, ids=str)
def test_nobody_imports_the_commands(path: Path) -> None:
    if module_name(path).startswith("crawler.commands"):
        return
    assert not any(name.startswith("crawler.commands") for name in imports(path))


@pytest.mark.parametrize("room", ROOMS)
def test_the_packages_are_ours(room: str) -> None:
    """A package of the same name that pip installed would win, or be shadowed."""
    module = __import__(room)
    assert Path(str(module.__file__)).is_relative_to(ROOT)


@pytest.mark.parametrize("path", FILES, ids=str)
def test_every_module_says_what_it_is(path: Path) -> None:
    assert ast.get_docstring(ast.parse((ROOT / path).read_text(encoding="utf-8")))
