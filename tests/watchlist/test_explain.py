from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from arabic.fold import fold
from watchlist import Watch, Watchlist
from watchlist.explain import Refusal, explain
from watchlist.lacking import lacking
from watchlist.nodes import Facts
from watchlist.rules import parse

HASHD = Watch("الحشد", weak=("الحشد",), context=parse("الحشد NEAR/2 (قوات OR العراق)"))


def refused(watch: Watch, body: str, **more: str) -> list[Refusal]:
    texts = {"body": body, **more}
    found = [r for account in explain(Watchlist([watch]), texts) for r in account.refusals]
    for refusal in found:
        hit = refusal.hit
        cut = texts[hit.field][hit.start : hit.end]
        assert cut == cut.strip()
    return found


def reasons(watch: Watch, body: str, **more: str) -> list[tuple[str, str, tuple[str, ...]]]:
    texts = {"body": body, **more}
    return [
        (texts[r.hit.field][r.hit.start : r.hit.end], r.reason, r.details)
        for r in refused(watch, body, **more)
    ]


def test_the_hits_are_those_of_the_matcher() -> None:
    watchlist = Watchlist([Watch("قسد"), HASHD, Watch("داعش")])
    texts = {"title": "قسد", "body": "قوات الحشد، والحشد بعيد عن كل ذلك"}
    accounts = explain(watchlist, texts)
    assert [(a.watch, a.hits) for a in accounts] == [
        (match.watch, match.hits) for match in watchlist.match(**texts)
    ]


def test_inside_an_exception() -> None:
    watch = Watch("حماس", spellings=("حماس",), exceptions=("بحماس", "حماس شديد"))
    assert reasons(watch, "حماس: بحماس شديد") == [
        ("بحماس", "exception", ("بحماس", "حماس شديد")),
    ]


def test_letters_that_are_no_particle_and_no_ending() -> None:
    thing = Watch("حشد", profile="thing", spellings=("حشد",))
    assert reasons(thing, "حشدوا") == [("حشدوا", "letters", ("behind it: وا",))]
    assert reasons(thing, "أحشد") == [("أحشد", "letters", ("before it: ا",))]
    assert reasons(thing, "الحشدهم") == [
        ("الحشدهم", "letters", ("before it: ال", "behind it: هم")),
    ]
    assert "do not go together" in refused(thing, "الحشدهم")[0].why
    name = Watch("عدن", spellings=("عدن",))
    assert reasons(name, "معدنية، وعدن") == [
        ("معدنية", "letters", ("before it: م", "behind it: ية")),
    ]
    assert "no ending that a name takes" in refused(name, "عدنان")[0].why
    article = Watch("الحشد", spellings=("الحشد",))
    assert reasons(article, "حشد") == [("حشد", "letters", ("before it: nothing",))]


def test_words_that_hold_a_term_farther_in_can_be_left_out() -> None:
    watchlist = Watchlist([Watch("عدن", spellings=("عدن",))])
    texts = {"body": "معدنية، وعدنان، والعدن"}
    for inside_words, shown in (
        (True, ["معدنية", "وعدنان", "والعدن"]),
        (False, ["وعدنان", "والعدن"]),
    ):
        (account,) = explain(watchlist, texts, inside_words=inside_words)
        hits = [refusal.hit for refusal in account.refusals]
        assert [texts["body"][hit.start : hit.end] for hit in hits] == shown
    assert explain(watchlist, {"body": "معدنية"}, inside_words=False) == []


def test_a_very_long_word_is_shown_whole() -> None:
    word = "ا" * 70 + "عدن" + "ب" * 70
    ((shown, reason, _),) = reasons(Watch("عدن", spellings=("عدن",)), word)
    assert (shown, reason) == (word, "letters")


def test_a_blank_line() -> None:
    watch = Watch("حزب الله", spellings=("حزب الله",))
    assert reasons(watch, "حزب\n\nالله") == [("حزب\n\nالله", "blank line", ())]


def test_what_the_rule_lacks_is_asked_once(monkeypatch) -> None:
    asked = []

    def counted(*args) -> list[str]:
        asked.append(args)
        return lacking(*args)

    monkeypatch.setattr("watchlist.explain.lacking", counted)
    watch = Watch("x", rule=parse("قصف -البوكمال"))
    found = reasons(watch, "قصف البوكمال " * 2_000)
    assert len(found) == 4_000
    assert len(asked) == 1


def test_thousands_of_places_are_explained() -> None:
    watch = Watch("x", spellings=("أبو كمال", "كمال الدين"), exceptions=("الحاج أبو كمال",))
    spared = reasons(watch, "الحاج أبو كمال، " * 5_000)
    assert spared == [("أبو كمال", "exception", ("الحاج أبو كمال",))] * 5_000
    assert len(refused(watch, "أبو كمال الدين، " * 5_000)) == 5_000
    assert len(refused(Watch("عدن", spellings=("عدن",)), "عدنان " * 5_000)) == 5_000
    assert len(refused(Watch("عدن", spellings=("عدن",)), "معدن" * 5_000)) == 1


def test_a_phrase_that_a_blank_line_tears_and_its_last_word_are_two() -> None:
    watch = Watch("x", spellings=("حزب النور", "نوره"))
    assert [r[:2] for r in reasons(watch, "حزب\n\nالنور")] == [("حزب\n\nالنور", "blank line")]


def test_a_context_says_what_is_missing() -> None:
    assert reasons(HASHD, "الحشد في الساحة") == [
        ("الحشد", "context", ('none is in the text: ("العراق" OR "قوات")',)),
    ]
    far = "قوات الحشد، ثم بعد ذلك بكثير الحشد"
    assert reasons(HASHD, far)[0][:2] == ("الحشد", "context")
    assert "not by this place" in refused(HASHD, far)[0].why


def test_a_rule_says_which_part() -> None:
    rule = "(قصف OR غارة) NEAR/2 البوكمال"
    watch = Watch("x", rule=parse(rule))
    assert {r[1:] for r in reasons(watch, "قصف على المدينة")} == {
        ("rule", ('not in the text: "البوكمال"',)),
    }
    meaning = parse(rule).meaning
    assert {r[1:] for r in reasons(watch, "قصف على المدينة ثم على البوكمال")} == {
        ("rule", (f"nowhere with at most 2 words between: {meaning}",)),
    }
    assert reasons(watch, "قصفوا البوكمال")[0] == ("قصفوا", "letters", ("behind it: وا",))


def test_an_overlapped_spelling() -> None:
    watch = Watch("x", spellings=("أبو كمال", "كمال الدين"))
    assert reasons(watch, "أبو كمال الدين") == [("أبو كمال", "overlap", ("كمال الدين",))]


def lines(rule: str, facts: Facts) -> list[str]:
    return lacking(parse(rule).root, facts)


def test_every_operator_can_lack() -> None:
    facts = Facts({}, outlet="sana", language="ar")
    cases = {
        "a": ['not in the text: "a"'],
        "title:a": ['not in the title: "a"'],
        "a section:b": ['not in the text: "a"', 'not in the section\'s name: "b"'],
        '"a b"~2': ['not in the text: "a b"~2'],
        "a{2}": ['not in the text: "a"'],
        "a SENTENCE b": ['not in the text: "a"', 'not in the text: "b"'],
        "a lang:en": ['not in the text: "a"', 'the article\'s language is ar: lang:("en")'],
        "a b OR (c OR d)": [
            "one of these is needed:",
            '  - not in the text: "a"',
            '    not in the text: "b"',
            '  - not in the text: "c"',
            '  - not in the text: "d"',
        ],
    }
    for rule, wanted in cases.items():
        assert lines(rule, facts) == wanted, rule


def test_what_is_there_and_does_not_fit() -> None:
    cases = {
        "a -b": ('there, and the rule forbids it: "b"', "a b"),
        "a{3}": ('at 2 places instead of 3: "a"', "a c a"),
        "a SENTENCE b": ("nowhere in one sentence", "a! b"),
        "a ONEAR/1 b": ("in this order with at most 1 words", "b a"),
        '"a b"~1': ("not in this order", "b a"),
        "title:(a b)": ('not in the title: "b"', "a b"),
        "a outlet:sana": ("the article's outlet is arabi21", "a"),
    }
    for rule, (line, text) in cases.items():
        more = {"title": "a"} if "title" in rule else {"title": ""}
        found = refused(Watch("x", rule=parse(rule)), text, outlet="arabi21", **more)
        assert any(line in detail for r in found for detail in r.details), rule


@settings(max_examples=80, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            ["الحشد", "حشد", "وا", "حزب", "الله", "قوات", " ", " ", "\n\n", ". ", "ه", "ب", "عدن"]
        ),
        max_size=25,
    ).map("".join)
)
def test_nothing_that_is_refused_is_a_hit(body: str) -> None:
    watches = [
        HASHD,
        Watch("حزب", spellings=("حزب الله",), exceptions=("حزب الله قوات",)),
        Watch("عدن", profile="thing", spellings=("عدن", "حشد")),
        Watch("x", rule=parse("(الحشد NEAR/1 عدن) OR title:حزب OR قوات{2}")),
    ]
    for watch in watches:
        for account in explain(Watchlist([watch]), {"body": body}):
            hits = {(hit.start, hit.end) for hit in account.hits}
            for refusal in account.refusals:
                hit = refusal.hit
                assert (hit.start, hit.end) not in hits
                core = fold(hit.term).replace(" ", "").removeprefix("ال")
                assert core in fold(body[hit.start : hit.end]).replace(" ", "")
                if refusal.reason == "letters":
                    alone = Watchlist([watch]).match(body=body[hit.start : hit.end])
                    assert all(h.term != hit.term for match in alone for h in match.hits)
