"""The desk as a browser sees it."""

from __future__ import annotations

import asyncio
import json
import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

import httpx
import pytest
from datasette.app import Datasette

from database.connection import DatabaseError, open_database, transaction
from database.search import FTS_TOKENIZE
from desk.app import NEEDED_TABLES, build

Get = Callable[[str], httpx.Response]

# Datasette leaves the connection of its own in-memory database to the garbage collector.
pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")


def fetch(desk: Datasette, path: str) -> httpx.Response:
    async def request() -> httpx.Response:
        await desk.invoke_startup()
        response: httpx.Response = await desk.client.get(path)
        return response

    return asyncio.run(request())


@pytest.fixture(scope="module")
def desk(filled: Path) -> Datasette:
    return build(filled)


@pytest.fixture
def get(desk: Datasette) -> Get:
    def get_page(path: str) -> httpx.Response:
        response = fetch(desk, path)
        assert response.status_code == 200, response.text
        return response

    return get_page


def rows(get: Get, path: str) -> list[dict[str, object]]:
    separator = "&" if "?" in path else "?"
    found: list[dict[str, object]] = get(f"{path}{separator}_shape=array").json()
    return found


def test_home_leads_to_the_queries_the_articles_and_the_search(get: Get) -> None:
    home = get("/").text
    for address in ("newest_matches", "watch_matches", "failed_last_night", "articles"):
        assert f'href="/rasid/{address}"' in home
    assert 'action="/rasid/articles"' in home
    assert "2026-11-21 03:00:00 UTC" in home
    assert "_memory" not in home


def test_home_of_an_empty_database(tmp_path: Path) -> None:
    path = tmp_path / "new.db"
    open_database(path).close()
    assert "No run yet" in fetch(build(path), "/").text


def test_the_database_is_always_named_rasid(get: Get) -> None:
    assert [database["name"] for database in get("/-/databases.json").json()] == ["rasid"]


def test_internal_tables_are_hidden(get: Get) -> None:
    tables = {table["name"]: table["hidden"] for table in get("/rasid.json").json()["tables"]}
    assert {name for name, hidden in tables.items() if not hidden} == {
        *("articles", "matches", "watches", "stories", "outlets", "sources", "pages"),
        *("revisions", "runs", "outlet_runs", "alerts", "retags", "retag_watches"),
    }


def test_articles_sort_by_publication_and_facet_by_outlet(get: Get) -> None:
    page = get("/rasid/articles").text
    assert page.index("خبر من البوكمال") < page.index("دخول أَبُو كَمَالٍ")
    assert 'id="facet-outlet"' in page
    assert "باء" in page
    assert 'dir="auto"' in page
    facets = get("/rasid/articles.json").json()["facet_results"]
    assert {(f["label"], f["count"]) for f in facets["outlet"]["results"]} == {
        ("باء", 2),
        ("ألف", 1),
    }


@pytest.mark.parametrize("search", ["أبو كمال", "ابو كمال", "«أبو كمال»", "دير الزور"])
def test_search_folds_arabic(get: Get, search: str) -> None:
    found = rows(get, f"/rasid/articles.json?_search={quote(search)}")
    assert 1 in [row["id"] for row in found]


@pytest.mark.parametrize("search", ['"', "AND", "(", "x:", "*", "NEAR(", "'", "-", "\ue000"])
def test_search_is_never_an_error(get: Get, search: str) -> None:
    get(f"/rasid/articles?_search={quote(search)}")


def test_an_article_reads_like_an_article(get: Get) -> None:
    page = get("/rasid/articles/1").text
    assert "<title>دخول أَبُو كَمَالٍ</title>" in page
    assert '<h1 dir="auto">دخول أَبُو كَمَالٍ</h1>' in page
    assert "2026-11-20 10:00:00 UTC" in page
    assert '<p dir="auto">وصلت القوات إلى <mark>أبو كمال</mark> صباحًا.</p>' in page
    assert '<p dir="auto">ثم عادت إلى دير الزور.</p>' in page
    assert 'rel="noreferrer nofollow" href="https://alif.example/1"' in page
    assert f'href="/rasid/watch_matches?watch={quote("البوكمال")}"' in page
    assert 'href="/rasid/articles/2"' in page, "the other article of the story"
    assert "#سوريا" in page


def test_an_article_says_that_it_is_gone_or_replaced(filled: Path, tmp_path: Path) -> None:
    path = Path(shutil.copy(filled, tmp_path / "gone.db"))
    db = open_database(path)
    with transaction(db):
        db.execute("update articles set gone_at = '2026-11-21T05:00:00Z' where id = 1")
        db.execute("update articles set replaced_by = 1 where id = 2")
    db.close()
    desk = build(path)
    gone, replaced = (fetch(desk, f"/rasid/articles/{number}").text for number in (1, 2))
    assert "Gone from its page" in gone
    assert "2026-11-21 05:00:00 UTC" in gone
    assert "Its address shows another article now" in replaced
    assert "Gone from its page" not in replaced


def test_newest_matches(get: Get) -> None:
    found = rows(get, "/rasid/newest_matches.json")
    assert {"title", "outlet", "watch", "snippet", "published_at", "url"} <= found[0].keys()
    # One story once, by the article that had it first.
    assert [(row["article"], row["outlets"]) for row in found] == [(3, None), (1, 2)]
    page = get("/rasid/newest_matches").text
    assert "إلى <mark>أبو كمال</mark>" in page
    assert '<a href="/rasid/articles/1">دخول أَبُو كَمَالٍ</a>' in page


@pytest.mark.parametrize("watch", ["البوكمال", " ٱلبوكمال "])
def test_matches_of_one_watch(get: Get, watch: str) -> None:
    found = rows(get, f"/rasid/watch_matches.json?watch={quote(watch)}")
    assert [row["article"] for row in found] == [2, 1]


def test_matches_of_no_watch_list_the_watches(get: Get) -> None:
    page = get("/rasid/watch_matches").text
    assert f'href="/rasid/watch_matches?watch={quote("البوكمال")}"' in page


def test_what_failed_last_night(get: Get) -> None:
    found = rows(get, "/rasid/failed_last_night.json")
    assert [(row["what"], row["outlet"], row["status"], row["reason"]) for row in found] == [
        ("run", None, "failed", "exit code 1"),
        ("outlet", "باء", "silent", "no link on any source"),
        ("page", "ألف", "failed", "HTTP 503"),
        ("page", "باء", "rejected", "no text"),
    ]
    get("/rasid/failed_last_night")


def test_how_the_outlets_fare_the_worst_first(get: Get) -> None:
    found = rows(get, "/rasid/how_the_outlets_fare.json")
    assert [(row["outlet"], row["status"], row["bad_runs"]) for row in found] == [
        ("ba", "silent", 1),
        ("alif", "ok", 0),
    ]
    for page in ("how_the_outlets_fare", "health", "completeness", "rejections"):
        get(f"/rasid/{page}")


def test_completeness_of_the_last_days(filled: Path, tmp_path: Path) -> None:
    path = Path(shutil.copy(filled, tmp_path / "announced.db"))
    db = open_database(path)
    with transaction(db):
        db.execute(
            "update pages set announced_by = 3,"
            " first_seen_at = case url when 'u1' then '2020-01-01' else date('now') end"
        )
    db.close()
    found = fetch(build(path), "/rasid/completeness_by_day.json?_shape=array").json()
    assert [(row["outlet"], row["discovered"], row["in_several"]) for row in found] == [
        ("ba", 3, 3)
    ]


@pytest.mark.parametrize(
    "path",
    [
        "/rasid/articles",
        "/rasid/articles/3",
        "/rasid/articles?_search=script",
        "/rasid/matches",
        "/rasid/watches",
        "/rasid/newest_matches",
        "/rasid/watch_matches",
        "/rasid/watch_matches?watch=" + quote("x' or 1=1 --<b>"),
        "/rasid?sql=" + quote("select title, url from articles"),
    ],
)
def test_hostile_text_never_becomes_markup(get: Get, path: str) -> None:
    page = get(path).text
    assert "<script>alert" not in page
    assert "<img" not in page
    assert "--<b>" not in page
    assert '" onmouseover' not in page
    assert 'href="javascript:' not in page
    assert page.count("<mark>") == page.count("</mark>")


def test_a_watch_name_is_a_value_not_sql(get: Get) -> None:
    found = rows(get, "/rasid/watch_matches.json?watch=" + quote("x' or 1=1 --<b>"))
    assert [row["article"] for row in found] == [3]


@pytest.mark.parametrize("path", ["/", "/rasid/articles/1", "/static/desk.css", "/rasid.json"])
def test_nothing_is_loaded_from_elsewhere(get: Get, path: str) -> None:
    response = get(path)
    assert response.headers["content-security-policy"].startswith("default-src 'none'")
    assert response.headers["referrer-policy"] == "no-referrer"
    assert "url(http" not in response.text
    assert 'src="http' not in response.text


def test_the_file_cannot_be_downloaded_or_written(desk: Datasette, filled: Path) -> None:
    assert fetch(desk, "/rasid.db").status_code == 403
    sql = quote("delete from articles")
    assert fetch(desk, f"/rasid?sql={sql}").status_code == 400
    connection = desk.get_database("rasid").connect()
    with pytest.raises(sqlite3.OperationalError, match="readonly"):
        connection.execute("delete from pages")
    connection.close()


def test_a_setting_can_be_overridden(filled: Path) -> None:
    desk = build(filled, default_allow_sql=False)
    assert fetch(desk, "/rasid?sql=select+1").status_code == 403
    assert fetch(desk, "/rasid/newest_matches").status_code == 200


def test_metadata_names_only_what_the_database_has(desk: Datasette, filled: Path) -> None:
    described = desk.metadata(database="rasid")["tables"]
    with sqlite3.connect(filled) as connection:
        for table, texts in described.items():
            columns = {row[1] for row in connection.execute(f"pragma table_info({table})")}
            assert columns, f"desk/metadata.yaml describes {table}, which does not exist"
            assert set(texts.get("columns", {})) <= columns
            assert set(texts.get("facets", [])) <= columns
    connection.close()


def test_the_index_of_the_database_is_the_one_search_expects(filled: Path) -> None:
    with sqlite3.connect(filled) as connection:
        (sql,) = connection.execute(
            "select sql from sqlite_master where name = 'articles_fts'"
        ).fetchone()
    connection.close()
    assert f'tokenize="{FTS_TOKENIZE}"' in sql


def test_json_and_csv(get: Get) -> None:
    assert len(json.loads(get("/rasid/articles.json").text)["rows"]) == 3
    assert "دخول" in get("/rasid/articles.csv").text


def test_a_wrong_address_or_query_is_no_traceback(
    desk: Datasette, capfd: pytest.CaptureFixture[str]
) -> None:
    assert fetch(desk, "/rasid/nowhere").status_code == 404
    assert fetch(desk, "/rasid?sql=select+nothing").status_code == 400
    assert "Traceback" not in "".join(capfd.readouterr())


def test_a_missing_file(tmp_path: Path) -> None:
    with pytest.raises(DatabaseError, match=r"no such database; run `scrapy run` first"):
        build(tmp_path / "none.db")


def test_a_file_that_is_no_database(tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("not a database " * 100)
    with pytest.raises(DatabaseError, match="cannot be read"):
        build(path)


def test_a_database_of_something_else(tmp_path: Path) -> None:
    path = tmp_path / "other.db"
    connection = sqlite3.connect(path)
    connection.execute("create table articles (id)")
    connection.close()
    with pytest.raises(DatabaseError, match=f"table {NEEDED_TABLES[1]} is missing"):
        build(path)


def test_a_path_that_sqlite_would_misread(tmp_path: Path) -> None:
    path = tmp_path / "a#b.db"
    path.touch()
    with pytest.raises(DatabaseError, match="another name"):
        build(path)
