"""Table cells: each text in its own direction, marks shown, only web addresses as links."""

from __future__ import annotations

import sqlite3

from datasette.app import Datasette
from markupsafe import Markup
from pluggy import HookimplMarker

from desk.app import NAME
from desk.marks import is_web_address, show_marks

hookimpl = HookimplMarker("datasette")

URL_WIDTH = 60


@hookimpl
def render_cell(
    row: sqlite3.Row,
    value: object,
    column: str,
    table: str | None,
    database: str,
    datasette: Datasette,
) -> Markup | None:
    """The HTML of a text cell of the Rasid database; None leaves the cell to Datasette."""
    if database != NAME or not isinstance(value, str) or not value.strip():
        return None
    if is_web_address(value.strip()):
        return _link(value.strip())
    text = show_marks(_shortened(value, int(datasette.setting("truncate_cells_html"))))
    article = _article(row, column, table)
    if article is not None:
        address = datasette.urls.row(NAME, "articles", article)
        text = Markup('<a href="{}">{}</a>').format(address, text)
    return Markup('<div class="text" dir="auto">{}</div>').format(text)


def _link(address: str) -> Markup:
    shown = address if len(address) <= URL_WIDTH else address[: URL_WIDTH - 1] + "…"
    return Markup('<a class="url" dir="ltr" rel="noreferrer nofollow" href="{}">{}</a>').format(
        address, shown
    )


def _shortened(text: str, width: int) -> str:
    return text if not width or len(text) <= width else text[:width] + "…"


def _article(row: sqlite3.Row, column: str, table: str | None) -> int | None:
    """The article that a title leads to: of the row itself, or named in a query's ``article``."""
    if column != "title":
        return None
    key = "id" if table == "articles" else "article"
    found = row[key] if key in row.keys() else None  # noqa: SIM118 - a sqlite3.Row is no mapping
    return found if isinstance(found, int) else None
