from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from watchlist.nodes import Facts
from watchlist.proximity import Span
from watchlist.rules import RuleError, parse


def found_in(**fields: str) -> Facts:
    """Index every word, its beginnings, and every pair of words; a sentence ends at a word «.»."""
    found: dict[str, list[Span]] = {}
    breaks: dict[str, list[int]] = {}
    number = 0
    for field, text in fields.items():
        words = text.split()
        breaks[field] = [number for number, word in enumerate(words) if word == "."]
        for first, word in enumerate(words):
            for length in range(3, len(word) + 1):
                stem = f"{word[:length]}*"
                found.setdefault(stem, []).append(Span(field, first, first, (number,)))
            for last in (first, first + 1):
                term = " ".join(words[first : last + 1]) if last < len(words) else None
                if term and (last == first or term != word):
                    found.setdefault(term, []).append(Span(field, first, last, (number,)))
                    number += 1
    return Facts(found, breaks.__getitem__)


def holds(rule: str, **fields: str) -> bool:
    facts, read = found_in(**fields), parse(rule)
    found = read.find(facts) is not None
    assert read.may_hold(facts.spans.keys()) or not found
    return found


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
        ("a أو b", "b", True),
        ("a او b", "b", True),
        ("a أو b", "أو", False),
        ("a و b", "a b", True),
        ("a و b", "a", False),
        ("a ليس b", "a c", True),
        ("a و ليس b", "a b", False),
        ("ليس b و a", "a", True),
        ("(a أو b)و(c)", "b c", True),
        ('a و"أو"', "a أو", True),
        ('a "و"', "a", False),
        ("a وب", "a وب", True),
        ("a ONEAR/1 b", "a x b", True),
        ("a ONEAR/1 b", "b x a", False),
        ("a ONEAR/1 b", "a x x b", False),
        ("a ONEAR/0 (b OR c)", "b a c", True),
        ("a ONEAR/0 b ONEAR/0 c", "a b c", True),
        ("a ONEAR/0 b ONEAR/0 c", "c a b", False),
        ("a NEAR/٢ b", "a x x b", True),
        ('"a b c"~2', "a x b x c", True),
        ('"a b c"~1', "a x b x c", False),
        ('"a b c"~0', "a b c", True),
        ('"a b"~5', "b a", False),
        ('"a b"~1', "a a x x b x a b", True),
        ('"a a"~1', "a x", False),
        ('"a a"~1', "a x a", True),
        ("«a b»~1", "a x b", True),
        ('"a b"~1 NEAR/0 c', "a x b c", True),
        ('-"a b"~1 c', "a x b c", False),
        ("a SENTENCE b", "b x x x a . c", True),
        ("a SENTENCE b", "b . a", False),
        ("a SENTENCE (b OR c)", "b . a c", True),
        ("a SENTENCE b SENTENCE c", "a b . c a", False),
        ("a SENTENCE b SENTENCE c", "a b . c x a x b", True),
        ("a NEAR/9 b SENTENCE c", "a . b c", False),
        ("a SENTENCE a", "a . a", False),
        ("a{2}", "a x a", True),
        ("a{2}", "a", False),
        ("(a OR b){3}", "a b a", True),
        ("(a OR b){3}", "a b", False),
        ('(a OR "a b"){2}', "a b", False),
        ('("a b" OR "b c"){2}', "a b c", False),
        ('"a b"{2}', "a b a b", True),
        ("a -b{2}", "a b", True),
        ("a -b{2}", "a b b", False),
        ("a{٢}", "a a", True),
        ("abc*", "abcd", True),
        ("abc*", "abc", True),
        ("abc*", "xabc", False),
        ("abc*{2}", "abcd abce", True),
        ("abc* NEAR/0 x", "abcd x", True),
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
        ("a SENTENCE b", False),
        ('"a b"~9', False),
        ("title:a{2}", False),
        ("(a OR b){2}", True),
        ("a section:s", True),
        ("a section:b", False),
        ("a -section:s", False),
        ("a section:(x OR s)", True),
        ("a section:(s -t)", False),
        ("s a", False),
        ("a OR s", True),
        ("a outlet:paper", True),
        ("a outlet:PAPER", True),
        ("a outlet:pap", False),
        ("a outlet:(other OR paper)", True),
        ("a -outlet:paper", False),
        ("a -outlet:(other OR third)", True),
        ("a lang:ar", True),
        ("a lang:ar-SY", True),
        ("a lang:a", False),
        ("a lang:(fr OR en)", False),
        ("outlet:paper (a OR z)", True),
    ],
)
def test_fields(rule: str, expected: bool) -> None:
    facts = found_in(title="a", subtitle="d", body="b c", section="s t")
    facts = replace(facts, outlet="paper", language="ar-SY")
    assert (parse(rule).find(facts) is not None) is expected


@pytest.mark.parametrize(
    ("rule", "found", "expected"),
    [
        ("a b", {"a"}, False),
        ("a -b", {"a", "b"}, True),
        ("a OR b", {"b"}, True),
        ("a NEAR/3 (b OR c)", {"b", "c"}, False),
        ("a NEAR/3 (b OR c)", {"a", "c"}, True),
        ('"a b"~3', {"a"}, False),
        ("title:a{2}", {"a"}, True),
        ("a outlet:x", {"a"}, True),
        ("a section:b", {"a"}, False),
    ],
)
def test_a_rule_is_asked_only_where_it_may_hold(rule: str, found: set[str], expected: bool) -> None:
    assert parse(rule).may_hold(found) is expected


def test_conditions_give_no_evidence() -> None:
    facts = replace(found_in(body="a", section="a"), outlet="paper")
    evidence = parse("a section:a outlet:paper").find(facts)
    assert evidence is not None
    assert [span.field for span in evidence] == ["body"]
    assert parse("a section:b").section_terms == ("b",)
    assert parse("a section:b").terms == ("a",)


def places(rule: str, body: str) -> list[int]:
    """The words of the body that make the rule hold."""
    facts = found_in(body=body)
    number = {span.places[0]: span.first for spans in facts.spans.values() for span in spans}
    evidence = parse(rule).find(facts) or []
    return sorted({number[place] for span in evidence for place in span.places})


@pytest.mark.parametrize(
    ("rule", "body", "expected"),
    [
        ("a NEAR/2 b", "a x b x x x a", [0, 2]),
        ("a NEAR/2 b", "a a b b a", [0, 1, 2, 3, 4]),
        ("a NEAR/9 b", "a a a b", [0, 1, 2, 3]),
        ("a ONEAR/2 b", "b a x b a", [1, 3]),
        ("a SENTENCE b", "a . a b . b", [2, 3]),
        ('"a b"~2', "b a x b", [1, 3]),
        ("a{2}", "a x a", [0, 2]),
        ("a OR b", "a x b", [0, 2]),
        ("a -c", "a b", [0]),
    ],
)
def test_the_evidence_is_the_words(rule: str, body: str, expected: list[int]) -> None:
    assert places(rule, body) == expected


def test_five_thousand_neighbours_make_no_more_pairs_than_there_are_words() -> None:
    both = " ".join(["a", "b"] * 5_000)
    apart = " ".join(["a"] * 5_000 + ["b"] * 5_000)
    for rule in ("a NEAR/99 b", "a ONEAR/99 b", '"a b"~20', "a SENTENCE b"):
        for body in (both, apart):
            evidence = parse(rule).find(found_in(body=body))
            assert evidence
            assert len(evidence) <= 20_000
    chain = parse("a NEAR/99 b NEAR/99 a NEAR/99 b").find(found_in(body=both))
    assert chain
    assert len(chain) <= 60_000
    assert len(places("a NEAR/99 b", both)) == 10_000


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
        ("author:a", 1, 7, "section:, outlet: and lang: stand before a colon"),
        ("title:(a body:b)", 1, 1, "field inside a field"),
        ("a* b", 1, 1, "a* would find too much: write 3 letters or more before *"),
        ("الحشد* OR الحش*", 1, 11, "write 3 letters or more"),
        ('"في الم*"', 1, 1, "write 3 letters or more"),
        ("*abc", 1, 1, "* stands only at the end of a word"),
        ("ab*cd", 1, 3, "* stands only at the end of a word"),
        ("abc**", 1, 4, "* stands only at the end of a word"),
        ("abc *", 1, 5, "* stands only at the end of a word"),
        ('"abc* d"', 1, 1, "at the end of the last word of a phrase"),
        ('"a b*"', 1, 1, "write 3 letters or more"),
        ("a | b", 1, 3, "write OR"),
        ('a ""', 1, 3, "without a letter"),
        ("a ،", 1, 3, "without a letter"),
        ("a {b}", 1, 3, "a number from 2 to 99"),
        ("a{1}", 1, 2, "takes 2 to 99"),
        ("a{100}", 1, 2, "takes 2 to 99"),
        ("a{2}{3}", 1, 5, "stands behind one term or bracket"),
        ("{2} a", 1, 1, "stands behind one term or bracket"),
        ("(a b){2}", 1, 6, "{2} counts a term, or terms joined by OR"),
        ("(a NEAR/3 b){2}", 1, 13, "{2} counts a term"),
        ("x section:a{2}", 1, 12, "{2} counts a term"),
        ("a~2", 1, 2, "stands behind a phrase in quotes"),
        ('"a b"~', 1, 6, "stand behind a phrase in quotes"),
        ('"a b"~21', 1, 6, "~ takes 0 to 20 words"),
        ('""~2', 1, 1, "without a letter"),
        ("a ONEAR b", 1, 3, "write ONEAR/ and a number from 0 to 99, as ONEAR/5"),
        ("a ONEAR/3 (b c)", 1, 3, "ONEAR takes terms, or terms joined by OR"),
        ("a SENTENCE -b", 1, 12, "missing before -"),
        ("a SENTENCE (b c)", 1, 3, "SENTENCE takes terms, or terms joined by OR"),
        ("a SENTENCE b{2}", 1, 3, "SENTENCE takes terms"),
        ("a sentence b", 1, 3, "write SENTENCE, or quote it"),
        ("SENTENCE a", 1, 1, "missing before SENTENCE"),
        ("a NEAR/3 section:b", 1, 3, "NEAR takes terms"),
        ("a NEAR/3 outlet:b", 1, 3, "NEAR takes terms"),
        ("outlet:a", 1, 1, "outlet: and lang: are none"),
        ("section:a", 1, 1, "outlet: and lang: are none"),
        ("section:a -b", 1, 1, "outlet: and lang: are none"),
        ("a OR outlet:b", 1, 1, "every alternative needs a term"),
        ("a outlet:(b c)", 1, 3, "outlet: takes a name, or names joined by OR"),
        ("a outlet:(b -c)", 1, 3, "write -outlet:… for NOT"),
        ("a outlet:alj*", 1, 3, "outlet: takes a name"),
        ("a lang:(ar NEAR/2 en)", 1, 3, "lang: takes a name"),
        ("a title:(b outlet:c)", 1, 3, "field inside a field"),
        ("أو a", 1, 1, 'quote it to look for the word: "أو"'),
        ("a أو", 1, 5, 'quote it to look for the word: "أو"'),
        ("a و", 1, 4, "«و» is AND"),
        ("a أو و b", 1, 6, "«و» is AND; quote it"),
        ("a (و)", 1, 4, "«و» is AND; quote it"),
        ("a ليس", 1, 6, "«ليس» is NOT; quote it"),
        ("a NEAR/3 ليس b", 1, 10, "«ليس» is NOT; quote it"),
        ("a وليس b", 1, 3, "write «و ليس» or NOT"),
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


def test_whole_messages() -> None:
    with pytest.raises(RuleError) as caught:
        parse("داعش أو\n أو قسد")
    assert str(caught.value) == (
        "line 2, column 2: a term is missing before أو"
        ' («أو» is OR; quote it to look for the word: "أو")\n'
        "     أو قسد\n"
        "     ^"
    )


@pytest.mark.parametrize(
    ("rule", "cure"),
    [
        ("(" * 10_000 + "a" + ")" * 10_000, "longer than 10,000 characters: make several"),
        ("(" * 4_000 + "a" + ")" * 4_000, "more than 50 brackets inside one another"),
        ("(" * 4_000, "more than 50 brackets inside one another"),
        ("NOT " * 10_000 + "a", "longer than 10,000 characters"),
        ("NOT " * 2_000 + "a", "NOT inside NOT"),
        ("-" * 9_000 + "a", "NOT inside NOT"),
        ("title:" * 1_500 + "a", "a field inside a field"),
        (" NEAR/1 ".join(["a"] * 1_000), "more than 50 operators inside one another"),
        (" SENTENCE ".join(["a"] * 800), "more than 50 operators inside one another"),
        ("(a OR b " * 49 + "a" + ")" * 49, "more than 50 operators inside one another"),
        (" ".join(f"a{number}" for number in range(1_001)), "more than 1,000 terms"),
        ("a" + "{2}" * 3_000, "stands behind one term or bracket"),
    ],
)
def test_a_rule_has_its_limits(rule: str, cure: str) -> None:
    with pytest.raises(RuleError, match=cure):
        parse(rule)


def test_within_its_limits_a_rule_is_read() -> None:
    assert parse("(" * 50 + "a" + ")" * 50).meaning == '"a"'
    assert len(parse(" OR ".join(f"a{number}" for number in range(1_000))).terms) == 1_000
    assert parse(" NEAR/1 ".join(["a"] * 49)).find(found_in(body="a")) is None


@pytest.mark.parametrize(
    "rules",
    [
        ("a OR b", "a أو b", "b او a", "((a) OR (b))", "a OR b OR a", "a OR (b OR a)", '"a" OR b'),
        ("a b", "a AND b", "b و a", "a (b a)"),
        ("a -b", "a NOT b", "a ليس b", "a و ليس b", "a –b"),
        ("«a  b»", '"a b"', "“a b”", "\u200f«a b»"),
        ("a NEAR/3 b", "b NEAR/3 a", "(a) NEAR/٣ b", "a NEAR/03 b"),
        ("a SENTENCE (b OR c)", "(c OR b) SENTENCE a"),
        ("a outlet:(x OR y)", "outlet:(Y OR X) a"),
        ("title:a{2}", "(title:a){2}", "title:(a{2})"),
        ('"a b"~2', "«a  b» ~2"),
    ],
)
def test_one_meaning_has_one_form(rules: tuple[str, ...]) -> None:
    assert len({parse(rule).meaning for rule in rules}) == 1


def test_other_meanings_have_other_forms() -> None:
    rules = [
        *("a b", "a OR b", "a -b", "a NEAR/3 b", "a NEAR/4 b", "a ONEAR/3 b", "b ONEAR/3 a"),
        *("a SENTENCE b", '"a b"', '"b a"', '"a b"~0', '"a b"~1', "a{2} b", "a{3} b", "title:a b"),
        *("a section:b", "a outlet:b", "a lang:b", "a NEAR/1 b NEAR/1 c", "a NEAR/1 (b NEAR/1 c)"),
        *("abc", "abc*", "a (b OR c)", "a b OR c"),
    ]
    assert len({parse(rule).meaning for rule in rules}) == len(rules)


PIECES = st.sampled_from(
    [
        *("a", "bcd*", "قصف", '"a b"', "«a b»", '"a b"~2', "~3", "{2}", "{1}", "*", '"', ":"),
        *("AND", "OR", "NOT", "-", "NEAR/3", "ONEAR/2", "SENTENCE", "NEAR", "or", "أو", "و", "ليس"),
        *("(", ")", "(", ")", "title:", "section:", "outlet:", "lang:", "\n", "،", "\u200f", "x-y"),
    ]
)


@given(
    st.text('ab"()-:*~{2}NEAROTD/ 15\n\u200f«»وأليس', max_size=25)
    | st.lists(PIECES, max_size=12).map(" ".join)
    | st.lists(PIECES, max_size=12).map("".join)
    | st.text(max_size=20)
)
@settings(max_examples=600)
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        rule = parse(text)
    except RuleError:
        return
    assert rule.terms
    assert rule.find(Facts({}, outlet="a", language="a")) is None
    assert parse(rule.text).root == rule.root
    assert parse(rule.meaning).meaning == rule.meaning


@given(
    st.lists(st.sampled_from("abx."), max_size=40).map(" ".join),
    st.integers(0, 6),
    st.sampled_from(["NEAR", "ONEAR", "~", "SENTENCE"]),
)
@settings(max_examples=200)
def test_neighbours_are_those_that_looking_at_every_pair_finds(
    body: str, words: int, operator: str
) -> None:
    every = body.split()
    pairs = [
        (i, j)
        for i, a in enumerate(every)
        for j, b in enumerate(every)
        if (a, b) == ("a", "b") and (operator in ("NEAR", "SENTENCE") or i < j)
    ]
    if operator == "SENTENCE":
        wanted = [pair for pair in pairs if "." not in every[min(pair) : max(pair)]]
        assert places("a SENTENCE b", body) == sorted({place for pair in wanted for place in pair})
        return
    wanted = [(i, j) for i, j in pairs if abs(i - j) - 1 <= words]
    if operator == "~":
        assert bool(places(f'"a b"~{words}', body)) is bool(wanted)
    else:
        expected = sorted({place for pair in wanted for place in pair})
        assert places(f"a {operator}/{words} b", body) == expected
