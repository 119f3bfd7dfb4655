"""What the desk's own templates show: the home page, an article, the list of watches."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from datasette.app import Datasette
from pluggy import HookimplMarker

from desk.app import NAME
from desk.marks import is_web_address, mark_paragraphs, mark_spans

hookimpl = HookimplMarker("datasette")

ARTICLE = """
    select articles.*, article_text.body, coalesce(outlets.title, outlets.outlet) as outlet_title
    from articles
    join outlets on outlets.outlet = articles.outlet
    left join article_text on article_text.article = articles.id
    where articles.id = ?
"""
MATCHES = "select watch, hits from matches where article = ? order by hits desc, watch"
HITS = "select field, start, end from hits where article = ?"
SAME_STORY = """
    select articles.id, articles.title, articles.published_at,
        coalesce(outlets.title, outlets.outlet) as outlet_title
    from articles join outlets on outlets.outlet = articles.outlet
    where articles.story = ? and articles.id <> ?
    order by articles.published_at, articles.id limit 20
"""
WATCHES = """
    select watches.watch, watches.active, count(matches.article) as articles
    from watches left join matches on matches.watch = watches.watch
    group by watches.watch order by watches.active desc, articles desc, watches.watch
"""
LAST_RUN = "select started_at, finished_at, status from runs order by id desc limit 1"


@hookimpl
def extra_template_vars(datasette: Datasette) -> dict[str, Callable[..., Any]]:
    """Functions that the templates call; Datasette awaits them."""

    async def read_article(article: int) -> dict[str, Any]:
        return await _article(datasette, article)

    async def list_watches() -> list[dict[str, Any]]:
        return await _watches(datasette)

    async def read_home() -> dict[str, Any]:
        return await _home(datasette)

    return {"read_article": read_article, "list_watches": list_watches, "read_home": read_home}


async def _rows(datasette: Datasette, sql: str, *values: object) -> list[dict[str, Any]]:
    results = await datasette.execute(NAME, sql, values, truncate=True)
    return [dict(row) for row in results.rows]


async def _article(datasette: Datasette, article: int) -> dict[str, Any]:
    (found,) = await _rows(datasette, ARTICLE, article)
    hits = await _rows(datasette, HITS, article)
    spans: dict[str, list[tuple[int, int]]] = {"title": [], "subtitle": [], "body": []}
    for hit in hits:
        spans[hit["field"]].append((hit["start"], hit["end"]))
    for match in (matches := await _rows(datasette, MATCHES, article)):
        match["address"] = _watch_address(datasette, match["watch"])
    return found | {
        "title": mark_spans(found["title"] or "", spans["title"]),
        "subtitle": mark_spans(found["subtitle"] or "", spans["subtitle"]),
        "paragraphs": mark_paragraphs(found["body"] or "", spans["body"]),
        "tags": json.loads(found["tags"] or "[]"),
        "link": found["url"] if is_web_address(found["url"]) else None,
        "matches": matches,
        "same_story": await _rows(datasette, SAME_STORY, found["story"], article),
    }


async def _watches(datasette: Datasette) -> list[dict[str, Any]]:
    watches = await _rows(datasette, WATCHES)
    return [watch | {"address": _watch_address(datasette, watch["watch"])} for watch in watches]


def _watch_address(datasette: Datasette, watch: str) -> str:
    return f"{datasette.urls.query(NAME, 'watch_matches')}?{urlencode({'watch': watch})}"


async def _home(datasette: Datasette) -> dict[str, Any]:
    described = datasette.metadata(database=NAME)
    queries = [
        query | {"address": datasette.urls.query(NAME, name)}
        for name, query in described["queries"].items()
    ]
    tables = [
        table | {"name": name, "address": datasette.urls.table(NAME, name)}
        for name, table in described["tables"].items()
        if not table.get("hidden")
    ]
    runs = await _rows(datasette, LAST_RUN)
    return {"queries": queries, "tables": tables, "run": runs[0] if runs else None}
