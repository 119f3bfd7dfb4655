from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from watchlist.rules import RuleError, Span, parse


def found_in(**fields: str) -> dict[str, list[Span]]:
    """Index every word, and every pair of words, of texts already folded."""
    found: dict[str, list[Span]] = {}
    number = 0
    for field, text in fields.items():
        words = text.split()
        for first, word in enumerate(words):
            for last in (first, first + 1):
                term = " ".join(words[first : last + 1]) if last < len(words) else None
                if term and (last == first or term != word):
                    found.setdefault(term, []).append(Span(field, first, last, (number,)))
                    number += 1
    return found


def holds(rule: str, **fields: str) -> bool:
    return parse(rule).find(found_in(**fields)) is not None


@pytest.mark.parametrize(
    ("rule", "body", "expected"),
    [
        ("a b", "b x a", True),
        ("a b", "a", False),
        ("a AND b", "a b", True),
        ("a OR b", "b", True),
        ("a OR b c", "a", True),
        ("a OR b c", "b", False),
        ("(a OR b) c", "a", False),
        ("a NOT b", "a b", False),
        ("a NOT b", "a", True),
        ("a AND NOT b", "a c", True),
        ("a -b", "a b", False),
        ("-b a", "a", True),
        ('a -"b c"', "a c b", True),
        ('a -"b c"', "a b c", False),
        ("a -(b OR c)", "a c", False),
        ('"a b"', "a b", True),
        ('"a b"', "b a", False),
        ("«a b»", "a b", True),
        ("“a b”", "b a", False),
        ("„a b“", "a b", True),
        ("a NEAR/1 b", "a x b", True),
        ("a NEAR/1 b", "b x a", True),
        ("a NEAR/1 b", "a x x b", False),
        ("a NEAR/0 b", "a b", True),
        ("a NEAR/0 b", "a x b", False),
        ("a NEAR/5 a", "a x x", False),
        ("a NEAR/1 (b OR c)", "b x x a c", True),
        ("a NEAR/0 b NEAR/0 c", "a b c", True),
        ("a NEAR/0 b NEAR/0 c", "a b x c a", False),
        ("a NEAR/1 b OR c", "c", True),
        ("F-16", "F-16", True),
        ("\u200fa\u200f \u202bAND\u202c b", "a b", True),
        ("a\u200f", "a", True),
        ("ANDROID", "ANDROID", True),
    ],
)
def test_rules(rule: str, body: str, expected: bool) -> None:
    assert holds(rule, body=body) is expected


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ("title:a", True),
        ("title:b", False),
        ("body:b", True),
        ("title:(a OR b)", True),
        ("title:(a b)", False),
        ("a b", True),
        ("a NEAR/9 b", False),
        ("a -title:b", True),
        ("b -title:a", False),
        ("body:(b NEAR/1 c)", True),
        ("title:a NEAR/9 body:b", False),
        ("subtitle:d", True),
    ],
)
def test_fields(rule: str, expected: bool) -> None:
    assert holds(rule, title="a", subtitle="d", body="b c") is expected


def test_the_evidence_is_what_made_the_rule_hold() -> None:
    rule = parse("(a NEAR/1 b) OR (c NOT x) OR z")
    found = found_in(body="a b k k k a c x")
    evidence = rule.find(found)
    assert evidence is not None
    assert [(span.first, span.last) for span in evidence] == [(0, 1)]


def test_terms_are_listed_once_and_as_written() -> None:
    rule = parse('(«تنظيم  الدولة» OR داعش) داعش -"كرة القدم"')
    assert rule.terms == ("تنظيم الدولة", "داعش", "كرة القدم")
    assert rule.text == '("تنظيم الدولة" OR داعش) داعش -"كرة القدم"'


@pytest.mark.parametrize(
    ("rule", "line", "column", "cure"),
    [
        ("", 1, 1, "the rule is empty"),
        ("  \n ", 1, 1, "the rule is empty"),
        ("NOT a", 1, 1, "without NOT"),
        ("-a -b", 1, 1, "without NOT"),
        ("a OR NOT b", 1, 1, "without NOT"),
        ("a NOT (b NOT c)", 1, 3, "NOT inside NOT"),
        ("a AND", 1, 6, "add one"),
        ("a NEAR/3", 1, 9, "add one"),
        ("title:", 1, 7, "add one"),
        ("OR a", 1, 1, "missing before OR"),
        ("a OR\n  OR b", 2, 3, "missing before OR"),
        ("(a OR (b) c", 1, 1, "never closed"),
        ('("a )" OR b', 1, 1, "never closed"),
        ("a) b", 1, 2, "closes nothing"),
        ("()", 1, 2, "missing before this bracket"),
        ('a "b', 1, 3, "quotation mark is never closed"),
        ("a or b", 1, 3, "write OR"),
        ("a And b", 1, 3, "write AND"),
        ("a NEAR b", 1, 3, "NEAR/5"),
        ("a near/5 b", 1, 3, "NEAR/5"),
        ("a NEAR/100 b", 1, 3, "from 0 to 99"),
        ("a NEAR/3 (b c)", 1, 3, "joined by OR"),
        ("a NEAR/3 -b", 1, 10, "missing before -"),
        ("author:a", 1, 7, "title:, subtitle: and body:"),
        ("title:(a body:b)", 1, 1, "field inside a field"),
        ("a* b", 1, 2, "wildcards"),
        ("a | b", 1, 3, "write OR"),
        ('a ""', 1, 3, "without a letter"),
        ("a ،", 1, 3, "without a letter"),
        ("a {b}", 1, 3, "delete or quote"),
    ],
)
def test_errors_say_where_and_the_cure(rule: str, line: int, column: int, cure: str) -> None:
    with pytest.raises(RuleError) as caught:
        parse(rule)
    assert (caught.value.line, caught.value.column) == (line, column)
    assert cure in str(caught.value)
    source, caret = str(caught.value).splitlines()[-2:]
    assert source.strip() in rule
    assert caret == " " * (4 + column - 1) + "^"


@given(st.text('ab"()-:*NEAROTD/ 15\n\u200f«»', max_size=25))
@settings(max_examples=300)
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        rule = parse(text)
    except RuleError:
        return
    assert rule.terms
    assert rule.find({}) is None
    assert parse(rule.text).root == rule.root
