from __future__ import annotations

import re
from pathlib import Path

import pytest

from watchlist import MATCHING_VERSION, Watch, WatchlistError, load
from watchlist.rules import parse

ROOT = Path(__file__).resolve().parents[2]

COMPLETE = """
[[watch]]
name = "الحشد الشعبي"
category = "actors"
priority = 1
note = "a note"
spellings = ["الحشد الشعبي", "قوات  الحشد"]
except = ["الحشد الوطني"]
weak = ["الحشد"]
context = "الحشد NEAR/8 (فصائل OR العراق)"

[[watch]]
name = "غارات"
profile = "thing"
rule = "غارة NEAR/5 البوكمال"
"""


def write(folder: Path, text: str) -> Path:
    path = folder / "watchlist.toml"
    path.write_text(text, encoding="utf-8")
    return path


def only(folder: Path, text: str) -> Watch:
    (watch,) = load(write(folder, text)).watches
    return watch


def test_every_key_is_read(tmp_path: Path) -> None:
    first, second = load(write(tmp_path, COMPLETE)).watches
    assert (first.name, first.category, first.priority) == ("الحشد الشعبي", "actors", 1)
    assert (first.note, first.profile) == ("a note", "name")
    assert first.spellings == ("الحشد الشعبي", "قوات الحشد")
    assert first.exceptions == ("الحشد الوطني",)
    assert first.weak == ("الحشد",)
    assert first.context
    assert first.rule is None
    assert second.profile == "thing"
    assert second.spellings == ()
    assert second.rule


def test_the_name_is_the_spelling_unless_it_is_weak(tmp_path: Path) -> None:
    assert only(tmp_path, '[[watch]]\nname = "قسد"').spellings == ("قسد",)
    weak = '[[watch]]\nname = "القائم"\nweak = ["القائم"]\ncontext = "القائم NEAR/3 البوكمال"'
    assert only(tmp_path, weak).spellings == ()


def test_a_byte_order_mark_and_windows_line_ends_are_read(tmp_path: Path) -> None:
    path = tmp_path / "watchlist.toml"
    path.write_bytes('\ufeff[[watch]]\r\nname = "قسد"\r\n'.encode())
    assert load(str(path)).watches[0].name == "قسد"


def test_the_fingerprint_is_of_the_meaning(tmp_path: Path) -> None:
    first = only(tmp_path, '[[watch]]\nname = "أ"\nspellings = ["داعش", "الدواعش"]')
    same = only(
        tmp_path, '[[watch]]\nname = "ب"\nnote = "x"\npriority = 1\nspellings=["الدواعش","داعش"]'
    )
    more = only(tmp_path, '[[watch]]\nname = "أ"\nspellings = ["داعش", "الدواعش", "ISIS"]')
    thing = only(
        tmp_path, '[[watch]]\nname = "أ"\nprofile = "thing"\nspellings = ["داعش", "الدواعش"]'
    )
    assert first.fingerprint == same.fingerprint
    assert len({first.fingerprint, more.fingerprint, thing.fingerprint}) == 3


@pytest.mark.parametrize("key", ["rule", "context"])
def test_the_fingerprint_is_of_what_a_rule_means(tmp_path: Path, key: str) -> None:
    def fingerprint(rule: str) -> str:
        weak = "weak = ['القائم']\n" if key == "context" else ""
        return only(tmp_path, f"[[watch]]\nname = 'القائم'\n{weak}{key} = '{rule}'").fingerprint

    same = ['قسد OR "تنظيم الدولة"', "«تنظيم  الدولة» أو (قسد)", "قسد او “تنظيم الدولة” OR قسد"]
    assert len(set(map(fingerprint, same))) == 1
    other = [same[0], "قسد تنظيم الدولة", "قسد OR «تنظيم الدولة»~1", "قسد* OR «تنظيم الدولة»"]
    assert len(set(map(fingerprint, other))) == len(other)


def test_a_new_matching_version_changes_every_fingerprint(monkeypatch) -> None:
    watch = Watch("قسد", spellings=("قسد",))
    before = watch.fingerprint
    monkeypatch.setattr("watchlist.watch.MATCHING_VERSION", MATCHING_VERSION + 1)
    assert watch.fingerprint != before


def test_the_query_can_be_read(tmp_path: Path) -> None:
    first, second = load(write(tmp_path, COMPLETE)).watches
    assert first.query == (
        '"الحشد الشعبي" OR "قوات الحشد"'
        " OR الحشد WHERE الحشد NEAR/8 (فصائل OR العراق)"
        ' EXCEPT "الحشد الوطني"'
    )
    assert second.query == "غارة NEAR/5 البوكمال"


WATCH = '[[watch]]\nname = "قسد"\n'


@pytest.mark.parametrize(
    ("text", "line", "parts"),
    [
        ("", None, ["[[watch]]"]),
        ('# x\n[watch]\nname = "قسد"', 2, ["[watch] begins no watch", "write [[watch]]"]),
        (WATCH + '[watch]\nname = "حلب"', 3, ["begin each watch with [[watch]]"]),
        ("watch.a = 3", None, ["write [[watch]]"]),
        ("watch = 3", None, ["[[watch]]"]),
        ('# قائمة\n[[watches]]\nname = "قسد"', 2, ["watches", "[[watch]]"]),
        ('version = 1\n[[watch]]\nname = "قسد"', 1, ["version"]),
        ('[[watch]]\nnote = "x"', 1, ["watch number 1", "key name", 'write name = "…"']),
        ('[[watch]]\nname = " "', 2, ["key name", "empty"]),
        ("[[watch]]\nname = 3", 2, ["key name", "must be a text"]),
        ('[[watch]]\nname = "؟"', 2, ["key name", "no letter or digit"]),
        (WATCH + 'speling = ["قسد"]', 3, ["«قسد»", "key speling", "did you mean spellings?"]),
        (WATCH + "\nتصنيف = 1", 4, ['key = "text"']),
        (WATCH + "zzz = 1", 3, ["key zzz", "choose name, category"]),
        (WATCH + "priority = 9", 3, ["key priority", "1 (first) to 5"]),
        (WATCH + 'priority = "high"', 3, ["key priority", "1 (first) to 5"]),
        (WATCH + "priority = true", 3, ["key priority"]),
        (WATCH + 'profile = "things"', 3, ["«things»", "did you mean thing?"]),
        (WATCH + 'profile = ""', 3, ["choose name, thing, person"]),
        (WATCH + 'spellings = "قسد"', 3, ["must be a list of texts"]),
        (WATCH + "spellings = [3]", 3, ["must be a list of texts"]),
        (WATCH + "spellings = []", 3, ["is empty"]),
        (WATCH + 'spellings = ["قسد", " "]', 3, ["empty term"]),
        (WATCH + 'spellings = ["قسد", "،"]', 3, ["no letter or digit"]),
        (WATCH + 'spellings = ["و"]', 3, ["one letter"]),
        (WATCH + 'spellings = ["قصف*"]', 3, ["«قصف*»: * stands only in rule and context"]),
        (WATCH + 'except = ["قسد* ع"]', 3, ["key except", "list the words, or write rule"]),
        ('[[watch]]\nname = "قصف*"', 2, ["key name", "* stands only in rule"]),
        (WATCH + 'rule = "قسد أو"', 3, ["key rule", "line 1, column 7", "«أو» is OR"]),
        (WATCH + 'weak = ["الحشد"]', 3, ["key weak", "add context"]),
        (WATCH + 'context = "الحشد"', 3, ["key context", "add weak"]),
        (WATCH + 'spellings=["حشد"]\nweak = ["حَشد"]\ncontext = "حشد"', 4, ["keep one"]),
        (WATCH + 'rule = "قسد"\nspellings = ["قسد"]', 4, ["key spellings", "beside a rule"]),
        (WATCH + 'rule = ""', 3, ["key rule", "the rule is empty"]),
        (WATCH + 'rule = "NOT قسد"', 3, ["key rule", "line 1, column 1", "without NOT"]),
        (WATCH + "rule = 3", 3, ["key rule", "must be a text"]),
        (WATCH + "\n[[watch]]\nname='كرة'\n\n[[watch]]\nname = 'قَسد'", 8, ["join the two"]),
        (WATCH + "note = “x”", 3, ["straight quotes"]),
        (WATCH + '\u200fnote = "x"', 3, ["invisible direction mark"]),
        (WATCH + 'spellings = ["ابب"، "جدد"]', 3, ["write a Latin comma ,"]),
        (WATCH + 'spellings = [\n  "ابب، ج"،\n]', 4, ["write a Latin comma ,"]),
        (WATCH + 'rule = "قصف "تنظيم الدولة""', 3, ["put the rule in '…' or '''…'''"]),
        (WATCH + 'note = "قال "نعم"" # x', 3, ["put the text in '…'"]),
        (WATCH + 'note = "«»" "x"', 3, ["put the text in '…'"]),
        (WATCH + 'note = "a"\nnote = "b"', 4, ["stands here twice: delete one of the two"]),
        (WATCH + 'note = "a"\nnote = "b"\n\n', 4, ["delete one of the two"]),
        (WATCH + 'note = "a"\nnote = "b"\n[[watch]]', 4, ["delete one of the two"]),
        (WATCH + 'note = "a\u2028b\x85c"\nzzz = 1', 4, ["key zzz"]),
        (WATCH + "spellings = " + "[" * 50_000, None, ["too many brackets", "list holds texts"]),
        ('[[watch]]\nname = "a"\nrule = "قسد"\n' * 2, 5, ["«a» is there already"]),
        ('[[watch]]\nname = "قسد\\nحلب"', 2, ["key name", "line break"]),
        ('[[watch]]\nname = "قسد\u2028حلب"', 2, ["key name", "line break"]),
        ('[[watch]]\nname = "\u200f\u0640"\nrule = "قسد"', 2, ["key name", "write letters"]),
        (WATCH + "note = x", 3, ['key = "text"']),
        (WATCH + 'spellings = ["قسد"', None, ['key = "text"']),
    ],
)
def test_a_mistake_is_named_with_its_place_and_cure(
    tmp_path: Path, text: str, line: int | None, parts: list[str]
) -> None:
    path = write(tmp_path, text)
    with pytest.raises(WatchlistError) as caught:
        load(path)
    message = str(caught.value).splitlines()[0]
    assert message.startswith(f"{path}:{line}: " if line else str(path))
    for part in parts:
        assert part in str(caught.value)


def test_only_rules_have_caret_lines(tmp_path: Path) -> None:
    path = write(tmp_path, WATCH + "rule = '''\n  قسد AND\n  كرة)\n'''")
    with pytest.raises(WatchlistError) as caught:
        load(path)
    lines = str(caught.value).splitlines()
    assert len(lines) == 3
    assert lines[0].startswith(f"{path}:3: watch «قسد», key rule: line 2, column 6: ")
    assert lines[2].strip() == "^"


def test_a_missing_file_and_a_foreign_encoding(tmp_path: Path) -> None:
    with pytest.raises(WatchlistError, match=r"none\.toml: No such file"):
        load(tmp_path / "none.toml")
    path = tmp_path / "watchlist.toml"
    path.write_bytes('[[watch]]\nname = "قسد"'.encode("cp1256"))
    with pytest.raises(WatchlistError, match="UTF-8"):
        load(path)


def test_the_shipped_watchlist_is_valid_and_documented() -> None:
    watches = load(ROOT / "watchlist.toml").watches
    assert {"البوكمال", "الحشد الشعبي"} <= {watch.name for watch in watches}
    assert all(watch.category for watch in watches)


def test_the_manual_explains_every_key() -> None:
    manual = (ROOT / "docs" / "watchlist.md").read_text(encoding="utf-8")
    keys = ["name", "category", "priority", "note", "profile", "spellings", "except", "weak"]
    for key in [*keys, "context", "rule"]:
        assert f"| `{key}` |" in manual


def test_the_rules_of_the_manual_can_be_read() -> None:
    manual = (ROOT / "docs" / "watchlist.md").read_text(encoding="utf-8")
    table = manual[manual.index("| write |") : manual.index("**Order.**")]
    rules = [
        rule
        for row in re.findall(r"^\|(.*?)\|", table, re.MULTILINE)
        for rule in re.findall("`([^`]+)`", row)
        if not rule.endswith(":")
    ]
    assert len(rules) >= 18
    for rule in rules:
        assert parse(f"داعش {rule}").terms
