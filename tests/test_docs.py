"""The documents say what is: commands, options, settings, tables, links."""

from __future__ import annotations

import argparse
import ast
import re
import shlex
from collections.abc import Iterator
from importlib import import_module
from itertools import pairwise
from pathlib import Path

import pytest
from scrapy.settings import Settings
from scrapy.utils.conf import arglist_to_dict

from database.connection import open_database

ROOT = Path(__file__).resolve().parents[1]
README = ROOT / "README.md"
DOCUMENTS = [README, *sorted((ROOT / "docs").glob("*.md"))]
TEXT = {path: path.read_text(encoding="utf-8") for path in DOCUMENTS}
COMMANDS = sorted(
    path.stem for path in (ROOT / "crawler/commands").glob("*.py") if path.stem != "__init__"
)
OWN_SETTINGS = [
    *("DATABASE", "DEMO_DATABASE", "WATCHLIST", "RUN_LOG", "CONTACT"),
    *("STORE", "PAGES_PER_OUTLET", "RECHECK", "RECHECKS_PER_OUTLET", "NOW"),
    *("WORKER_PATIENCE", "WORKER_MEMORY", "POLL_SHORTEST", "POLL_LONGEST"),
    *("LONGEST_PATIENCE", "RUN_FOLDER"),
    "PRIVATE_ADDRESSES",
]
EACH = pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)


def names(pattern: str, text: str) -> set[str]:
    return set(re.findall(pattern, text, re.MULTILINE))


# Commands


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_is_explained(command: str) -> None:
    assert [path.name for path, text in TEXT.items() if f"scrapy {command}" in text], (
        f"say in README.md or docs/ what `scrapy {command}` is for"
    )


def shell_lines(text: str) -> Iterator[str]:
    """Commands that a reader would type: in indented or fenced blocks, and in `code`."""
    for block in re.findall(r"```\w*\n(.*?)```", text, re.DOTALL):
        yield from block.splitlines()
    for line in text.splitlines():
        if line.startswith("    "):
            yield line
        yield from re.findall(r"`([^`]+)`", line)


def typed(text: str, program: str) -> Iterator[list[str]]:
    """The arguments of each call of a program, wherever it stands in a line."""
    for line in shell_lines(text):
        call = re.search(rf"(?:^|[\s/|]){program} ([^|…]*)", line.split("  # ")[0].split(" #")[0])
        if call:
            yield shlex.split(call[1])


def calls(program: str) -> list[tuple[str, list[str]]]:
    return [(path.name, args) for path, text in TEXT.items() for args in typed(text, program)]


def known_options(command: str) -> set[str]:
    """The options of a command of ours, or of Scrapy."""
    package = "crawler.commands" if command in COMMANDS else "scrapy.commands"
    made = import_module(f"{package}.{command}").Command()
    made.settings = Settings()
    parser = argparse.ArgumentParser(conflict_handler="resolve")
    made.add_options(parser)
    return {option for action in parser._actions for option in action.option_strings}


@pytest.mark.parametrize(("document", "args"), calls("scrapy"), ids=str)
def test_each_scrapy_call_can_be_typed(document: str, args: list[str]) -> None:
    command, *rest = args
    assert command in {*COMMANDS, "genspider", "crawl", "shell"}, f"{document}: scrapy {command}"
    options = {arg.split("=")[0] for arg in rest if re.match(r"--?[a-z]", arg)}
    assert options - known_options(command) == set(), f"{document}: scrapy {shlex.join(args)}"
    given = [value for flag, value in pairwise(rest) if flag == "-s"]
    settings = Settings()
    settings.setmodule("crawler.settings")
    if not any("NAME" in pair for pair in given):
        assert arglist_to_dict(given).keys() <= settings.keys(), document


@pytest.mark.parametrize(("document", "args"), calls("make"), ids=str)
def test_each_make_target_is_there(document: str, args: list[str]) -> None:
    targets = names(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"))
    wanted = [arg for arg in args if "=" not in arg]
    assert set(wanted) <= targets, f"{document}: make {shlex.join(args)}"


def test_the_makefile_says_what_each_target_is_for() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    assert names(r"^([a-z]+):", makefile) == names(r"^([a-z]+):.*##", makefile)


def test_the_readme_has_calls_to_check() -> None:
    assert len(list(typed(TEXT[README], "scrapy"))) >= 8
    assert len(list(typed(TEXT[README], "make"))) >= 5


# Links and files


@EACH
def test_each_link_leads_somewhere(path: Path) -> None:
    targets = [target.split("#")[0] for target in re.findall(r"\]\(([^)\s]+)\)", TEXT[path])]
    local = [target for target in targets if target and "://" not in target]
    assert [target for target in local if not (path.parent / target).exists()] == []


@EACH
def test_each_file_that_is_named_is_there(path: Path) -> None:
    """Files of the project in `code`; those that a crawl makes (data/) come later."""
    rooms = r"crawler|pipelines|arabic|watchlist|database|desk|demo|tests|docs|deploy|benchmarks"
    named = names(rf"`((?:{rooms})/[\w./-]*)`", TEXT[path])
    examples = ("crawler/spiders/enabbaladi.py", "tests/outlets/enabbaladi/addresses.json")
    missing = {each for each in named if not (ROOT / each).exists()} - set(examples)
    assert missing == set()


# Settings


def own_settings() -> dict[str, ast.expr]:
    tree = ast.parse((ROOT / "crawler/settings.py").read_text(encoding="utf-8"))
    return {
        node.targets[0].id: node.value
        for node in tree.body
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name)
    }


@pytest.mark.parametrize("name", OWN_SETTINGS)
def test_every_setting_of_ours_is_explained(name: str) -> None:
    assert name in own_settings()
    assert f"| `{name}` |" in TEXT[ROOT / "docs/settings.md"], f"add {name} to docs/settings.md"


def test_what_is_no_setting_of_scrapy_is_one_of_ours() -> None:
    from scrapy.settings import default_settings

    # Scrapy takes these up through environment or pattern, without a default.
    others = {"ROOT", "BOT_NAME", "NEWSPIDER_MODULE", "REMOTE_CONTROL_ENABLED", "LOG_SHORT_NAMES"}
    unknown = own_settings().keys() - vars(default_settings).keys() - others
    assert unknown == set(OWN_SETTINGS)


def test_the_settings_page_names_no_setting_that_is_not_there() -> None:
    rows = names(r"^\| `(\w+)` \|", TEXT[ROOT / "docs/settings.md"])
    assert rows <= own_settings().keys()


def test_environment_variables_are_those_that_are_read() -> None:
    code = (ROOT / "crawler/settings.py").read_text(encoding="utf-8")
    read = set(re.findall(r'environ\.get\("(RASID_\w+)"', code))
    assert names(r"`(RASID_\w+)`", TEXT[ROOT / "docs/settings.md"]) == read
    assert names(r"(RASID_\w+)", "".join(TEXT.values())) <= read


# The database


@pytest.fixture(scope="module")
def tables(tmp_path_factory) -> dict[str, set[str]]:
    db = open_database(tmp_path_factory.mktemp("docs") / "empty.db")
    found = {
        table.name: {column.name for column in table.columns}
        for table in (*db.tables, *db.views)
        if not table.name.startswith(("_", "sqlite_", "articles_fts", "articles_search"))
    }
    db.close()
    return found


def described() -> dict[str, str]:
    """Table → the rest of its row in docs/database.md."""
    return dict(re.findall(r"^\| `(\w+)` \|(.*)$", TEXT[ROOT / "docs/database.md"], re.MULTILINE))


def test_every_table_is_described_and_no_other(tables: dict[str, set[str]]) -> None:
    assert described().keys() == tables.keys()


def test_every_column_that_is_named_is_there(tables: dict[str, set[str]]) -> None:
    values = {
        *("ok", "unchanged", "queued", "stored", "rejected", "failed", "gone"),
        *("second", "minute", "day", "articles"),
    }
    for table, text in described().items():
        named = set(re.findall(r"`(\w+)`", text))
        assert named - tables[table] <= values, table


def test_the_counts_of_a_run_are_columns(tables: dict[str, set[str]]) -> None:
    text = TEXT[ROOT / "docs/database.md"]
    counts = re.search(r"^`outlet_runs` counts:(.*?)\. Status:", text, re.DOTALL | re.MULTILINE)
    assert counts
    named = set(re.findall(r"`(\w+)`", counts[1]))
    assert named <= tables["outlet_runs"]
    assert len(named) == 9
