"""What stands in a page is data: nothing of it is run, expanded, or shown as anything but text."""

from __future__ import annotations

import ast
import asyncio
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import quote

import datasette.plugins
import pytest
from lxml import etree
from scrapy.settings import Settings

from crawler import discover
from crawler.discover import SourceError, read_source
from desk.app import build
from tests.security.conftest import Crawled, Lab

ROOT = Path(__file__).resolve().parents[2]
ROOMS = ("arabic", "watchlist", "database", "pipelines", "crawler", "desk")
# The worker is a process of our own; the browser and the name of a folder are the operator's.
MAY_START_PROCESSES = {"crawler/job.py", "crawler/commands/serve.py"}
HOSTILE_SQL = "'); drop table articles; --"
SCRIPT = "<script>alert(1)</script>"

pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")


# XML


def bomb(entity: str) -> str:
    """A billion laughs whose outermost entity stands where ``{}`` is."""
    laughs = "".join(
        f'<!ENTITY {chr(98 + i)} "{("&" + chr(97 + i) + ";") * 10}">' for i in range(9)
    )
    return f'<?xml version="1.0"?><!DOCTYPE r [<!ENTITY a "ha ha ha">{laughs}{entity}]>'


DOCUMENTS = {
    "sitemap": "<urlset><url><loc>https://x.example/1{0}</loc></url>"
    "<url><loc>https://x.example/2</loc></url></urlset>",
    "feed": '<rss version="2.0"><channel><item><title>{0}</title><link>https://x.example/1{0}</link>'
    "</item><item><link>https://x.example/2</link></item></channel></rss>",
    "section": '<html><body><a href="https://x.example/2026/01/1234-a">{0} خبر اليوم من المدينة</a>'
    "</body></html>",
}


@pytest.mark.parametrize("kind", DOCUMENTS)
@pytest.mark.parametrize("name", ["j", "file", "web"])
def test_entities_are_not_expanded_nor_fetched(kind: str, name: str, lab: Lab) -> None:
    canary = lab.host()
    secret = lab.folder / "secret.txt"
    secret.write_text("SECRET", encoding="utf-8")
    entities = f'<!ENTITY file SYSTEM "{secret.as_uri()}"><!ENTITY web SYSTEM "{canary.url("/x")}">'
    body = (bomb(entities) + DOCUMENTS[kind].format(f"&{name};")).encode()
    try:
        links = read_source(kind, body, "https://x.example/").links
    except SourceError:
        links = []
    assert all(len(link.url) < 400 and "SECRET" not in link.url for link in links)
    assert canary.asked == []


def test_a_parser_that_resolves_entities_would_read_files(
    lab: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    secret = lab.folder / "secret.txt"
    secret.write_text("SECRET", encoding="utf-8")
    entity = f'<!DOCTYPE r [<!ENTITY file SYSTEM "{secret.as_uri()}">]>'
    body = (entity + DOCUMENTS["sitemap"].format("&file;")).encode()
    assert "SECRET" not in str(read_source("sitemap", body, "https://x.example/").links)
    careless = etree.XMLParser

    def parser(**options: object) -> etree.XMLParser:
        return careless(**options | {"resolve_entities": True})

    fake = SimpleNamespace(**{name: getattr(etree, name) for name in dir(etree)})
    fake.XMLParser = parser
    monkeypatch.setattr(discover, "etree", fake)
    found = read_source("sitemap", body, "https://x.example/").links
    assert "SECRET" in str(found), "without the guard"


# The store


@pytest.fixture(scope="module")
def crawled(shared_lab: Lab) -> Crawled:
    """An article full of SQL, scripts and templates, and one that names bad addresses."""
    host = shared_lab.host()
    marks = f"{HOSTILE_SQL} {SCRIPT} {{{{7*7}}}} ${{7*7}} %(x)s"
    host.put_article("/a", 1)
    page = host.pages["/a"].body.decode()
    written = marks.replace("<", "&lt;")
    page = page.replace("وصول القافلة", f"{written} وصول القافلة")
    page = page.replace(
        "</head>",
        '<link rel="canonical" href="javascript:alert(1)"><meta name="author" content="'
        f'{written}"><meta property="og:image" content="javascript:alert(2)"></head>',
    )
    host.put("/a", page.replace("<article>", f"<article>{SCRIPT}<p onclick='x()'>{written}</p>"))
    links = ["javascript:alert(3)", "vbscript:x", "data:text/html,x", host.url("/a")]
    shared_lab.outlet("alpha", host.link_feed("/feed", *links))
    return shared_lab.crawl()


def test_text_of_a_page_is_never_sql(crawled: Crawled) -> None:
    ((title, body),) = crawled.query(
        "select title, body from articles join article_text on article = id"
    )
    assert HOSTILE_SQL in title
    assert HOSTILE_SQL in body
    assert "{{7*7}}" in title


def test_no_markup_is_kept_and_no_address_but_of_the_web(crawled: Crawled) -> None:
    ((body,),) = crawled.query("select body from article_text")
    assert "onclick" not in body
    assert not body.startswith(SCRIPT)
    texts = [
        table for (table,) in crawled.query("select name from sqlite_master where type='table'")
    ]
    for table in (each for each in texts if not each.startswith(("articles_fts", "sqlite_"))):
        for row in crawled.query(f'select * from "{table}"'):
            values = [value for value in row if isinstance(value, str)]
            assert not [v for v in values if v.startswith(("javascript:", "data:", "vbscript:"))]


# The desk


def shown(database: Path, path: str) -> str:
    desk = build(database)

    async def ask() -> str:
        await desk.invoke_startup()
        return str((await desk.client.get(path, follow_redirects=True)).text)

    return asyncio.run(ask())


def test_the_desk_shows_text_and_links_to_the_web_only(crawled: Crawled) -> None:
    for path in ("/rasid/articles/1", "/rasid/articles", "/rasid/article_text", "/rasid"):
        page = shown(crawled.database, path)
        assert SCRIPT not in page
        assert 'href="javascript:' not in page
        assert "49" not in page.split("وصول القافلة")[0][-80:]
    hostile = "select 'javascript:alert(1)' as url, '<script>alert(1)</script>' as title"
    page = shown(crawled.database, f"/rasid?sql={quote(hostile)}")
    assert 'href="javascript:' not in page
    assert SCRIPT not in page


def test_no_cell_of_a_csv_file_is_a_formula(crawled: Crawled) -> None:
    path = f"/rasid.csv?sql={quote('select ' + chr(39) + '=1+1' + chr(39) + ' as a')}"
    assert shown(crawled.database, path) == "a\r\n'=1+1\r\n"
    guards = [p for p in datasette.plugins.pm.get_plugins() if "harmless_csv" in str(p)]
    assert guards
    for guard in guards:
        datasette.plugins.pm.unregister(guard)
    try:
        # ``build`` would load it anew.
        without = _without_plugins(crawled.database, path)
    finally:
        for guard in guards:
            datasette.plugins.pm.register(guard)
    assert without == "a\r\n=1+1\r\n", "without the guard"


def test_nothing_else_writes_csv() -> None:
    settings = Settings()
    assert settings.getwithbase("FEED_EXPORTERS")["csv"], "without the guard"
    settings.setmodule("crawler.settings", priority="project")
    assert settings.getwithbase("FEED_EXPORTERS")["csv"] is None
    writers = {path.name for path in FILES if calls(path) & {"csv", "openpyxl", "xlsxwriter"}}
    assert writers == {"formulas.py"}


def _without_plugins(database: Path, path: str) -> str:
    from datasette.app import Datasette
    from datasette.database import Database

    desk = Datasette(files=[])
    desk.add_database(Database(desk, path=str(database), is_mutable=True), name="rasid")

    async def ask() -> str:
        await desk.invoke_startup()
        return str((await desk.client.get(path)).text)

    return asyncio.run(ask())


# The code


def calls(path: Path) -> set[str]:
    """Names of functions and modules that a file calls or imports."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call):
            found.add(ast.unparse(node.func))
        elif isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return found


RUNS_CODE = {"eval", "exec", "compile", "__import__", "pickle", "marshal", "shelve", "yaml"}
STARTS_PROCESSES = {"subprocess", "os.system", "os.popen", "os.execv", "pty", "multiprocessing"}
FILES = [path for room in ROOMS for path in sorted((ROOT / room).rglob("*.py"))]


def test_no_code_comes_from_pages() -> None:
    for path in FILES:
        name = str(path.relative_to(ROOT))
        assert not calls(path) & RUNS_CODE, name
        if name not in MAY_START_PROCESSES:
            assert not calls(path) & STARTS_PROCESSES, name


def test_the_check_of_the_code_sees_what_it_forbids(tmp_path: Path) -> None:
    check: Callable[[str], set[str]] = lambda text: calls(_written(tmp_path, text))  # noqa: E731
    assert check("eval(page)") & RUNS_CODE
    assert check("import pickle") & RUNS_CODE
    assert check("import os\nos.system(page)") & STARTS_PROCESSES
    assert check("from subprocess import run") & STARTS_PROCESSES


def _written(folder: Path, text: str) -> Path:
    path = folder / "code.py"
    path.write_text(text, encoding="utf-8")
    return path
