"""CSV from the desk: what a spreadsheet would compute becomes text, all else stays as it is."""

from __future__ import annotations

import asyncio
import csv
import io
import json
from itertools import pairwise
from pathlib import Path
from urllib.parse import quote

import pytest
from datasette.app import Datasette
from hypothesis import given, settings
from hypothesis import strategies as st

from desk.app import build
from desk.formulas import HarmlessCsv, harmless

pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")

FORMULAS = [
    "=1+1", "+1+1", "-1+1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "  =1", "\u200f=1", "\ufeff=1",
    "\u00a0@x", "＝1", "＋1", "－1", "＠x", "-1\n", "+A1", "=cmd|'/c calc'!A1", '="x"', "-", "+٣",
]  # fmt: skip
PLAIN = ["", " ", "خبر", "1+1", "-1", "+963112223344", "-1.5", "1e-5", "-2E+7", "'=1", "a=b", "٣-٤"]


@pytest.mark.parametrize("cell", FORMULAS)
def test_a_formula_becomes_text(cell: str) -> None:
    assert harmless(cell) == f"'{cell}"


@pytest.mark.parametrize("cell", PLAIN)
def test_anything_else_stays(cell: str) -> None:
    assert harmless(cell) == cell


def packed(rows: list[list[str]]) -> bytes:
    written = io.StringIO(newline="")
    csv.writer(written).writerows(rows)
    return written.getvalue().encode()


CELLS = st.lists(st.text('=+-@"\r\n,;\t aخ', max_size=8), min_size=2, max_size=4)


@given(st.lists(CELLS, max_size=5), st.lists(st.integers(0, 200), max_size=8))
@settings(max_examples=150)
def test_it_does_not_matter_where_chunks_break(rows: list[list[str]], breaks: list[int]) -> None:
    whole = packed(rows)
    edges = [0, *sorted(min(each, len(whole)) for each in breaks), len(whole)]
    rewriter = HarmlessCsv()
    chunks = [whole[a:b] for a, b in pairwise(edges)]
    sent = b"".join(rewriter.feed(chunk, last=False) for chunk in chunks)
    sent += rewriter.feed(b"", last=True)
    assert sent == packed([[harmless(cell) for cell in row] for row in rows])


def test_rows_are_sent_as_they_come() -> None:
    rewriter = HarmlessCsv()
    assert rewriter.feed(b"a,=1\r\n", last=False) == b"a,'=1\r\n"
    assert rewriter.feed('"خ'.encode()[:-1], last=False) == b""
    assert rewriter.feed("خ".encode()[-1:] + b'\r\n"\r\n', last=False) == '"خ\r\n"\r\n'.encode()
    assert rewriter.feed(b"x" * 200_000, last=True) == b"x" * 200_000 + b"\r\n"


@pytest.fixture(scope="module")
def desk(filled: Path) -> Datasette:
    return build(filled)


QUERY = "select value from json_each('{}')".format(json.dumps(FORMULAS + PLAIN).replace("'", "''"))
WAYS = ["_dl=1", "_stream=on", "_shape=array", "_header=off", "_size=max&_dl=on"]


@pytest.mark.parametrize("way", WAYS)
def test_every_csv_of_a_query_is_guarded(desk: Datasette, way: str) -> None:
    async def ask() -> str:
        await desk.invoke_startup()
        response = await desk.client.get(f"/rasid.csv?sql={quote(QUERY)}&{way}")
        assert response.status_code == 200
        return str(response.text)

    rows = list(csv.reader(io.StringIO(asyncio.run(ask()), newline="")))
    shown = [row[0] if row else "" for row in rows]
    assert shown[-len(FORMULAS + PLAIN) :] == [f"'{cell}" for cell in FORMULAS] + PLAIN


@pytest.mark.parametrize(
    "path",
    [
        "/rasid/articles.csv",
        "/rasid/articles.csv?_stream=on",
        "/rasid/articles/1.csv",
        "/rasid/newest_matches.csv",
    ],
)
def test_tables_and_rows_give_csv_as_before(desk: Datasette, path: str) -> None:
    async def ask() -> str:
        await desk.invoke_startup()
        return str((await desk.client.get(path, follow_redirects=True)).text)

    header, *rows = csv.reader(io.StringIO(asyncio.run(ask()), newline=""))
    assert {"id", "article"} & set(header)
    assert rows
    assert all(len(row) == len(header) for row in rows)
