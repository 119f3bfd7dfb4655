"""The desk: Datasette on one Rasid database, read only, always under the name ``rasid``."""

from __future__ import annotations

import importlib
import sqlite3
from contextlib import closing
from pathlib import Path

from datasette.app import Datasette
from datasette.database import Database
from datasette.utils import parse_metadata

from database.connection import DatabaseError

DESK = Path(__file__).resolve().parent
NAME = "rasid"

SETTINGS: dict[str, bool | int | str] = {
    "default_allow_sql": True,
    "allow_download": False,
    "suggest_facets": False,
    "default_page_size": 25,
    "max_returned_rows": 1000,
    "sql_time_limit_ms": 3000,
    "facet_time_limit_ms": 1500,
    "truncate_cells_html": 300,
    "max_csv_mb": 50,
    "default_cache_ttl": 0,
}
"""Limits of the desk; docs/desk.md gives the reason for each."""

# Where rich is installed, Datasette prints every 404 and every mistyped query as a traceback with
# all local variables; without it only what it did not expect. Imported here and not above: before
# ``datasette.app`` the module would register itself half-loaded, and every error would be a 500.
importlib.import_module("datasette.handle_exception").rich = None  # type: ignore[attr-defined]

NEEDED_TABLES = (
    "articles",
    "article_text",
    "articles_fts",
    "outlets",
    "pages",
    "watches",
    "matches",
    "hits",
    "runs",
    "outlet_runs",
)


def build(database: Path, **overrides: bool | int | str) -> Datasette:
    """The desk on the file ``database``; ``overrides`` replace single SETTINGS.

    Raises DatabaseError, one line with the cure, when the file is missing or no Rasid database.
    """
    check(database)
    desk = Datasette(
        files=[],
        metadata=parse_metadata((DESK / "metadata.yaml").read_text(encoding="utf-8")),
        plugins_dir=str(DESK / "plugins"),
        template_dir=str(DESK / "templates"),
        static_mounts=[("static", str(DESK / "static"))],
        settings={**SETTINGS, **overrides},
    )
    desk.remove_database("_memory")
    desk.add_database(Database(desk, path=str(database), is_mutable=True), name=NAME)
    return desk


def check(database: Path) -> None:
    """Raise DatabaseError unless ``database`` is a Rasid database that can be read."""
    if not database.is_file():
        raise DatabaseError(
            f"{database}: no such database; run `scrapy run` first or name another file with --db"
        )
    if set("?#%") & set(str(database)):
        raise DatabaseError(
            f"{database}: a path with ?, # or % cannot be served; serve it under another name"
        )
    try:
        tables = _tables(database)
    except sqlite3.DatabaseError as error:
        raise DatabaseError(f"{database}: cannot be read ({error}); {_cure(error)}") from error
    missing = [table for table in NEEDED_TABLES if table not in tables]
    if missing:
        raise DatabaseError(
            f"{database}: is no Rasid database (table {missing[0]} is missing);"
            " name another file with --db, or create one with `scrapy run`"
        )


def _tables(database: Path) -> set[str]:
    with closing(sqlite3.connect(f"{database.resolve().as_uri()}?mode=ro", uri=True)) as connection:
        return {name for (name,) in connection.execute("select name from sqlite_master")}


def _cure(error: sqlite3.DatabaseError) -> str:
    if isinstance(error, sqlite3.OperationalError):
        return "run as the user who owns the file, with write rights on its folder"
    return "name another file with --db, or restore a backup"
