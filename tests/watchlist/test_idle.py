from __future__ import annotations

from pathlib import Path

import pytest

from watchlist import Watch, load
from watchlist.idle import warnings
from watchlist.rules import parse

ROOT = Path(__file__).resolve().parents[2]


def of_rule(rule: str) -> list[str]:
    watch = Watch("x", exceptions=("قسد",), rule=parse(f"({rule}) -قسد"))
    return [line for line in warnings(watch, ["arabi21", "sana"]) if "«قسد» never" not in line]


@pytest.mark.parametrize(
    ("rule", "part"),
    [
        ("a -a", '«(NOT "a")» can never hold'),
        ("title:x -title:x", "can never hold"),
        ("title:x -x", "can never hold"),
        ("a{2} -a", "can never hold"),
        ("(a OR b) -(b OR a)", "can never hold"),
        ("a NEAR/3 b -(b OR c)", "can never hold"),
        ("a b c -(a b)", "can never hold"),
        ("a outlet:sana -outlet:sana", "can never hold"),
        ("a section:s -section:s", "can never hold"),
        ("a outlet:sana outlet:arabi21", "an article has one outlet"),
        ("a NEAR/3 a", 'stands on both sides, so it must be there twice: write "a"{2}'),
        ('"a b" SENTENCE «a  b»', "stands on both sides"),
        ('"a"~2', "is one word, of which ~2 says nothing"),
        ("a OR b OR a", '«"a"» stands twice beside OR: drop one'),
        ("a a", "stands twice beside AND: drop one, or count it"),
        ("a outlet:(Arabi21 OR snaa)", "«outlet:snaa» is no outlet"),
    ],
)
def test_what_is_idle_in_a_rule(rule: str, part: str) -> None:
    (line,) = of_rule(rule)
    assert line.startswith("watch «x», key rule: «")
    assert part in line


@pytest.mark.parametrize(
    "rule",
    [
        "a -b",
        "x -title:x",
        "title:x -body:x",
        "a -a{2}",
        "a -(a b)",
        "(a OR b) -b",
        "a -section:a",
        "a NEAR/3 (a OR b)",
        "a ONEAR/3 b ONEAR/3 a",
        "a outlet:(sana OR arabi21)",
        "a (outlet:sana OR outlet:arabi21)",
        "(a AND (b OR c)) OR a NEAR/8 d",
    ],
)
def test_no_false_alarms(rule: str) -> None:
    assert of_rule(rule) == []


def test_unknown_outlets_are_told_only_to_those_who_know_the_names() -> None:
    watch = Watch("x", rule=parse("a outlet:nowhere"))
    assert warnings(watch) == []
    assert len(warnings(watch, [])) == 1


def test_what_is_idle_among_spellings() -> None:
    watch = Watch(
        "x",
        spellings=("الرقه", "الرقة", "داعِش", "داعش", "أبو كمال", "أبوكمال", "حماس"),
        exceptions=("حماس", "الحاج أبو كمال", "بعيد عن كل هذا"),
        weak=("مستشفى", "مستشفي"),
        context=parse("سوريا"),
    )
    assert warnings(watch) == [
        "watch «x», key spellings: «حماس» never counts, for every place of it is in the exception"
        " «حماس»: delete one of the two",
        "watch «x», key except: «بعيد عن كل هذا» has no term of the watch in it: delete it",
        "watch «x», key spellings: «الرقه» adds nothing, for «الرقة» finds it: delete it",
        "watch «x», key spellings: «داعش» adds nothing, for «داعِش» finds it: delete it",
        "watch «x», key weak: «مستشفي» adds nothing, for «مستشفى» finds it: delete it",
    ]


def test_an_exception_does_not_silence_what_takes_more_endings() -> None:
    watch = Watch("x", profile="thing", spellings=("حماس",), exceptions=("حماس",))
    assert warnings(watch) == []


@pytest.mark.parametrize("name", ["watchlist.toml", "demo/watchlist.toml"])
def test_nothing_is_idle_in_the_shipped_lists(name: str) -> None:
    assert [line for watch in load(ROOT / name).watches for line in warnings(watch)] == []
