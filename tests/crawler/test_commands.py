"""The commands as a user calls them: what they print, and their exit codes."""

from __future__ import annotations

import gzip
import io
import json
import re
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from scrapy.cmdline import execute
from scrapy.settings import Settings

from crawler.job import lock

ROOT = Path(__file__).resolve().parents[2]
WATCHLIST = '[[watch]]\nname = "البوكمال"\nspellings = ["البوكمال", "أبو كمال"]\n'


@dataclass
class Result:
    code: int
    out: str
    err: str


@pytest.fixture
def scrapy(monkeypatch, capfd, tmp_path: Path) -> Callable[..., Result]:
    monkeypatch.chdir(ROOT)
    (tmp_path / "watchlist.toml").write_text(WATCHLIST, encoding="utf-8")

    def call(*args: str) -> Result:
        settings = Settings()
        settings.setmodule("crawler.settings", priority="project")
        settings.set("WATCHLIST", str(tmp_path / "watchlist.toml"), priority="cmdline")
        settings.set("DATABASE", str(tmp_path / "news.db"), priority="cmdline")
        settings.set("RUN_LOG", str(tmp_path / "run.log"), priority="cmdline")
        with pytest.raises(SystemExit) as caught:
            execute(["scrapy", *args], settings)
        captured = capfd.readouterr()
        return Result(int(caught.value.code or 0), captured.out, captured.err)

    return call


def archive(tmp_path: Path, *lines: object, name: str = "a.jsonl") -> str:
    path = tmp_path / name
    text = "".join(
        (line if isinstance(line, str) else json.dumps(line, ensure_ascii=False)) + "\n"
        for line in lines
    )
    opener = gzip.open if name.endswith(".gz") else open
    with opener(path, "wt", encoding="utf-8") as file:
        file.write(text)
    return str(path)


def record(number: int, **more: object) -> dict[str, object]:
    return {
        "url": f"https://archive.example/news/{number}",
        "title": f"خبر رقم {number}",
        "text": "وصلت القوات إلى ابو كمال صباح اليوم.",
        "date": "2026-03-02T11:05:00+03:00",
        "outlet": "أرشيف",
        **more,
    }


def query(tmp_path: Path, sql: str) -> list[tuple]:
    db = sqlite3.connect(tmp_path / "news.db")
    found = db.execute(sql).fetchall()
    db.close()
    return found


def contents(tmp_path: Path) -> dict[str, list[tuple]]:
    """All rows of all tables."""
    tables = query(tmp_path, "select name from sqlite_schema where sql like 'create table%'")
    return {name: query(tmp_path, f"select * from [{name}]") for (name,) in tables}


@pytest.mark.parametrize("name", ["a.jsonl", "a.jsonl.gz"])
def test_an_archive_is_stored_dated_and_tagged(scrapy, tmp_path, name) -> None:
    path = archive(tmp_path, record(1), "", record(2, date=None), name=name)
    result = scrapy("ingest", path)
    assert (result.code, result.err) == (0, "")
    assert "2 lines: 2 stored" in result.out
    assert query(tmp_path, "select published_at, published_precision from articles") == [
        ("2026-03-02T08:05:00Z", "second"),
        (None, None),
    ]
    assert query(tmp_path, "select watch, hits from matches") == [("البوكمال", 1)] * 2
    assert query(tmp_path, "select status, exit_code from runs") == [("ok", 0)]


def test_an_archive_twice_is_once(scrapy, tmp_path) -> None:
    path = archive(tmp_path, record(1), record(2), record(1, text="نص معدل عن أبو كمال."))
    scrapy("ingest", path)
    before = query(tmp_path, "select id, title, revision, text_hash, story from articles")
    result = scrapy("ingest", path)
    assert "0 stored, 3 unchanged, 0 revised" in result.out
    assert query(tmp_path, "select id, title, revision, text_hash, story from articles") == before


def test_a_malformed_line_costs_that_line(scrapy, tmp_path) -> None:
    path = archive(
        tmp_path, record(1), "{not json", '["a list"]', {"title": "x"}, record(2), '{"url": 5}'
    )
    result = scrapy("ingest", path)
    assert result.code == 1
    assert "2 stored" in result.out
    assert "4 bad" in result.out
    assert [line.split(":")[0] for line in result.err.splitlines()] == [
        "line 2",
        "line 3",
        "line 4",
        "line 6",
    ]


@pytest.mark.parametrize(
    "content", [b"<html>no lines</html>\n" * 50, b"\x00\xff\xfe" * 100, b'[{"url": 1}]\n']
)
def test_a_file_that_is_no_json_lines_is_refused(scrapy, tmp_path, content) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(content)
    result = scrapy("ingest", str(path))
    assert result.code == 2
    assert result.err.count("\n") == 1
    assert "is no JSON Lines file" in result.err


def test_a_broken_gzip_says_how_far_it_came(scrapy, tmp_path) -> None:
    path = Path(archive(tmp_path, *(record(n) for n in range(500)), name="a.jsonl.gz"))
    path.write_bytes(path.read_bytes()[:-40])
    result = scrapy("ingest", str(path))
    assert result.code == 2
    assert result.err.count("\n") == 1
    assert "cannot be read to its end" in result.err
    assert query(tmp_path, "select status, exit_code from runs") == [("failed", 2)]
    assert query(tmp_path, "select count(*) >= 300 from articles") == [(1,)]


def test_an_archive_of_a_known_outlet_takes_its_name_and_key(scrapy, tmp_path) -> None:
    url = "https://arabi21.com/story/1048871/x"
    path = archive(tmp_path, record(1, url=url, outlet="arabi21.com"))
    assert scrapy("ingest", path).code == 0
    assert query(tmp_path, "select outlet, article_key from articles") == [("arabi21", "1048871")]


COMPLAINTS = {
    "unknown outlet": (["run", "arabi12"], "did you mean arabi21"),
    "outlet and url": (["run", "arabi21", "--url", "https://x.example"], "not both"),
    "no address": (["run", "--url", "example.net"], "https://example.net"),
    "bad age": (["run", "--since", "yesterday"], "2d"),
    "bad limit": (["run", "--limit", "0"], "from 1"),
    "unknown option": (["run", "--lmit", "5"], "unknown option --lmit"),
    "missing archive": (["ingest", "absent.jsonl"], "no such file"),
    "no archive": (["ingest"], "name one file"),
    "bad zone": (["ingest", "README.md", "--timezone", "Syria"], "Asia/Damascus"),
    "missing page": (["extract", "absent.html"], "no such file"),
    "no page": (["extract"], "name one file"),
    "extract unknown outlet": (["extract", "README.md", "--outlet", "nobody"], "unknown outlet"),
    "bad instant": (["extract", "README.md", "--fetched-at", "noon"], "ISO 8601"),
    "one address": (["same", "https://a.example"], "two addresses"),
    "few articles": (["demo", "--articles", "5"], "60 to"),
    "no word": (["watch"], "scrapy watch test TEXT"),
    "mistyped word": (["watch", "chek"], "scrapy watch check"),
    "words without quotes": (["watch", "test", "a", "b"], "in quotes"),
    "no text": (["watch", "test"], "give a text"),
    "option of the other word": (["watch", "check", "--title", "x"], "watch test"),
    "no such watch": (["watch", "check", "--watch", "البكمال"], "did you mean البوكمال"),
    "watchlist that is not there": (["watch", "check", "absent.toml"], "absent.toml"),
    "missing watchlist": (["match", "--watchlist", "absent.toml"], "absent.toml"),
    "folder as database": (["run", "--db", "tests"], "is a folder"),
    "text as database": (["outlets", "--db", "README.md"], "no readable SQLite database"),
    "missing database": (["serve", "--db", "absent.db"], "absent.db"),
}


@pytest.mark.parametrize("args", COMPLAINTS.values(), ids=COMPLAINTS)
def test_what_a_user_can_cure_is_one_line_and_exit_code_2(scrapy, args) -> None:
    result = scrapy(*args[0])
    assert result.code == 2
    assert result.out == ""
    assert result.err.count("\n") == 1
    assert args[1] in result.err


def test_a_mistyped_watchlist_key_stops_every_command_before_any_work(scrapy, tmp_path) -> None:
    path = archive(tmp_path, record(1))
    (tmp_path / "watchlist.toml").write_text(
        '[[watch]]\nname = "حلب"\nspelings = ["حلب"]\n', encoding="utf-8"
    )
    for args in (["run", "arabi21"], ["ingest", path], ["match"]):
        result = scrapy(*args)
        assert result.code == 2
        assert "spelings" in result.err
        assert "spellings" in result.err
        assert "Traceback" not in result.err
    assert not (tmp_path / "news.db").exists()


def test_a_second_run_at_once_is_turned_away(scrapy, tmp_path) -> None:
    with lock(tmp_path / "news.db"):
        result = scrapy("run", "arabi21")
    assert result.code == 3
    assert "another run holds" in result.err
    assert result.err.count("\n") == 1


def test_extract_reads_a_saved_page_offline(scrapy) -> None:
    page = ROOT / "tests" / "pages" / "wordpress.html"
    result = scrapy("extract", str(page), "--url", "https://wp.example/a", "--explain")
    shown = json.loads(result.out)
    assert result.code == 0
    assert shown["url"] == "https://wp.example/a"
    assert shown["title"]
    assert "\n" in shown["body"]
    assert shown["provenance"]["body"]
    assert shown["candidates"]["title"][0].keys() == {"source", "value", "verdict"}


def test_extract_says_why_a_page_is_no_article(scrapy) -> None:
    page = ROOT / "tests" / "pages" / "login_wall.html"
    result = scrapy("extract", str(page), "--url", "https://x.example/a")
    assert json.loads(result.out)["rejected"]
    assert (result.code, result.err) == (0, "")


def test_extract_knows_the_outlet_by_the_address(scrapy) -> None:
    page = next((ROOT / "tests" / "outlets" / "arabi21").glob("*.html"))
    result = scrapy("extract", str(page), "--url", "https://arabi21.com/story/1048871/x")
    shown = json.loads(result.out)
    assert (shown["outlet"], shown["article_key"]) == ("arabi21", "1048871")


def test_match_gives_exact_spans(scrapy, monkeypatch) -> None:
    line = json.dumps({"id": 7, "title": "لأبو كمال", "body": "x"}, ensure_ascii=False)
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{line}\nno json\n"))
    result = scrapy("match", "--jsonl")
    assert result.code == 1
    assert json.loads(result.out) == {
        "id": 7,
        "matches": [
            {
                "watch": "البوكمال",
                "hits": [
                    {
                        "term": "أبو كمال",
                        "field": "title",
                        "start": 0,
                        "end": 9,
                        "text": "لأبو كمال",
                    }
                ],
            }
        ],
    }
    assert "line 2" in result.err


def test_what_is_no_unicode_is_read_and_named(scrapy, monkeypatch) -> None:
    def piped(source: bytes) -> None:
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(source), "ascii"))

    broken = "البوكمال ".encode() + b"\xff " + "البوكمال".encode()
    piped(broken)
    (match,) = json.loads(scrapy("match").out)["matches"]
    assert [(hit["start"], hit["end"]) for hit in match["hits"]] == [(0, 8), (11, 19)]
    piped(broken)
    assert "1 watch matched with 2 hits" in scrapy("watch", "test", "-").out
    assert "1 watch matched with 1 hit" in scrapy("watch", "test", "\udcff البوكمال").out
    deep = "[" * 100_000
    piped(f'{{"id":"\\ud800"}}\n{deep}\n{{"id":2,"body":"\\udc00 البوكمال"}}\n'.encode())
    result = scrapy("match", "--jsonl")
    first, last = map(json.loads, result.out.splitlines())
    assert (result.code, result.err.count("\n")) == (1, 1)
    assert first == {"id": "\ud800", "matches": []}
    assert (last["id"], last["matches"][0]["hits"][0]["start"]) == (2, 2)


def test_match_reads_what_rules_ask_for(scrapy, tmp_path, monkeypatch) -> None:
    path = tmp_path / "rules.toml"
    rule = "البوكمال outlet:sana -section:رياضة lang:ar"
    path.write_text(f"[[watch]]\nname = 'x'\nrule = '{rule}'", encoding="utf-8")
    sana = {"body": "البوكمال", "outlet": "sana", "language": "ar"}
    records = [sana, sana | {"section": "الرياضة"}, sana | {"outlet": "aawsat"}]
    lines = "".join(json.dumps(record) + "\n" for record in records)
    monkeypatch.setattr("sys.stdin", io.StringIO(lines))
    shown = scrapy("match", "--jsonl", "--watchlist", str(path)).out.splitlines()
    assert [len(json.loads(line)["matches"]) for line in shown] == [1, 0, 0]


def test_watch_check_shows_forms_and_what_is_idle(scrapy, tmp_path) -> None:
    path = tmp_path / "idle.toml"
    path.write_text(
        f'{WATCHLIST}\n[[watch]]\nname = "x"\nrule = "قصف NEAR/5 البوكمال outlet:nobody"\n',
        encoding="utf-8",
    )
    result = scrapy("watch", "check", str(path))
    assert result.code == 0
    assert "وبالبوكمال" in result.out
    assert '("البوكمال" NEAR/5 "قصف")' in result.out
    assert "2 watches, 1 warning" in result.out
    assert result.err.count("\n") == 1
    assert "outlet:nobody" in result.err
    assert scrapy("watch", "check", str(path), "--strict").code == 1
    assert scrapy("watch", "check", "--strict").code == 0
    assert "        ولأبوكمال\n" in scrapy("watch", "check", "--forms").out
    shown = json.loads(scrapy("watch", "check", str(path), "--json", "--watch", "البوكمال").out)
    assert [watch["name"] for watch in shown["watches"]] == ["البوكمال"]
    assert shown["watches"][0]["terms"][0]["forms"] == 15
    assert shown["warnings"] == []


def test_watch_check_shows_where_a_rule_cannot_be_read(scrapy, tmp_path) -> None:
    path = tmp_path / "bad.toml"
    path.write_text('[[watch]]\nname = "x"\nrule = "قصف NEAR البوكمال"\n', encoding="utf-8")
    result = scrapy("watch", "check", str(path))
    assert (result.code, result.out) == (2, "")
    assert "bad.toml:3: watch «x», key rule: line 1, column 5" in result.err
    assert result.err.rstrip().endswith("^")


def test_watch_test_tells_hits_and_refusals(scrapy, monkeypatch) -> None:
    text = "وصلوا إلى لأبو كمال ثم البوكمالي"
    result = scrapy("watch", "test", text)
    assert (result.code, result.err) == (0, "")
    assert "⟦لأبو كمال⟧" in result.out
    assert "no ending that a name takes\n    behind it: ي" in result.out
    assert "1 watch matched with 1 hit; 1 place refused" in result.out
    monkeypatch.setattr("sys.stdin", io.StringIO("البوكمالي"))
    result = scrapy("watch", "test", "-", "--title", "قسد", "--json")
    assert result.code == 1
    (account,) = json.loads(result.out)
    assert (account["watch"], account["hits"]) == ("البوكمال", [])
    (refusal,) = account["refused"]
    assert (refusal["text"], refusal["reason"]) == ("البوكمالي", "letters")
    assert (refusal["field"], refusal["start"], refusal["end"]) == ("body", 0, 9)


def test_watch_test_looks_inside_words_only_for_one_watch(scrapy, tmp_path) -> None:
    (tmp_path / "watchlist.toml").write_text(
        '[[watch]]\nname = "الرقة"\nspellings = ["رقة"]', encoding="utf-8"
    )
    text = "أنحاء متفرقة، والرقتان"
    assert "0 places refused" in scrapy("watch", "test", "متفرقة").out
    assert "1 place refused" in scrapy("watch", "test", "ورقتي ورقةى").out
    assert "متفرقة" not in scrapy("watch", "test", text).out
    assert "⟦متفرقة⟧" in scrapy("watch", "test", text, "--watch", "الرقة").out


def test_same_knows_the_outlets_own_rules(scrapy) -> None:
    pairs = {
        ("https://arabi21.com/story/5/a", "https://arabi21.org/story/5/b"): True,
        ("https://arabi21.com/story/5/a", "https://arabi21.com/story/6/a"): False,
        ("http://www.x.example/a?utm_source=t", "https://x.example/a"): True,
    }
    for (a, b), same in pairs.items():
        assert json.loads(scrapy("same", a, b).out)["same"] is same


def test_looking_makes_no_file(scrapy, tmp_path) -> None:
    assert scrapy("outlets").code == 0
    assert not (tmp_path / "news.db").exists()


def test_the_readmes_keyword_can_be_added_and_is_found(scrapy, tmp_path, monkeypatch) -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    lines = [line.strip() for line in readme.splitlines()]
    start = lines.index("[[watch]]")
    shipped = (ROOT / "watchlist.toml").read_text(encoding="utf-8")
    added = shipped + "\n" + "\n".join(lines[start : start + 3]) + "\n"
    (tmp_path / "watchlist.toml").write_text(added, encoding="utf-8")
    said = re.search(r'echo "([^"]+)" \| .venv/bin/scrapy match', readme)
    assert said
    monkeypatch.setattr("sys.stdin", io.StringIO(said[1]))
    (match,) = json.loads(scrapy("match").out)["matches"]
    assert f'name = "{match["watch"]}"' == lines[start + 1]


def test_outlets_lists_them_and_writes_nothing(scrapy, tmp_path) -> None:
    scrapy("ingest", archive(tmp_path, record(1, outlet="arabi21")))
    before = contents(tmp_path)
    result = scrapy("outlets", "--json")
    assert result.code == 0
    shown = {row["outlet"]: row for row in map(json.loads, result.out.splitlines())}
    assert shown["arabi21"]["articles"] == 1
    assert shown["arabi21"]["newest"] == "2026-03-02T08:05:00Z"
    assert len(shown) > 1
    assert contents(tmp_path) == before
    assert "arabi21" in scrapy("outlets").out
