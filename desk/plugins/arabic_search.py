"""Datasette's search box folds Arabic: its own SQL function ``escape_fts`` becomes ``ar_query``."""

from __future__ import annotations

import sqlite3

from pluggy import HookimplMarker

from database.search import ar_query, register
from desk.app import NAME

hookimpl = HookimplMarker("datasette")


# Datasette registers its own escape_fts through the same hook: ours has to come after it.
@hookimpl(trylast=True)
def prepare_connection(conn: sqlite3.Connection, database: str) -> None:
    """Give the connections of the Rasid database the Arabic functions."""
    if database == NAME:
        register(conn)
        conn.create_function("escape_fts", 1, ar_query, deterministic=True)
