from __future__ import annotations

import re
from time import perf_counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from arabic.clitics import Profile
from arabic.fold import fold
from watchlist import Watch, Watchlist
from watchlist.rules import parse

MARKS = "\u064b\u064e\u0651\u0640\u200f"


def marked(watch: Watch, body: str) -> str:
    """Return the body with its hits in ⟦brackets⟧."""
    for match in Watchlist([watch]).match(body=body):
        for hit in reversed(match.hits):
            body = f"{body[: hit.start]}⟦{body[hit.start : hit.end]}⟧{body[hit.end :]}"
    return body


def test_hits_are_in_order_with_exact_places() -> None:
    watchlist = Watchlist(
        [Watch("قسد", spellings=("قسد",)), Watch("المدينة", spellings=("البوكمال", "أبو كمال"))]
    )
    title, body = "قصف على البُوكَمالِ", "قرب أبوكمال، وفي لأبي كمال\nثم والبوكمـــال."
    (match,) = watchlist.match(title=title, subtitle="البوكمال", body=body)
    texts = {"title": title, "subtitle": "البوكمال", "body": body}
    assert match.watch == "المدينة"
    assert [(h.term, h.field, texts[h.field][h.start : h.end]) for h in match.hits] == [
        ("البوكمال", "title", "البُوكَمالِ"),
        ("البوكمال", "subtitle", "البوكمال"),
        ("أبو كمال", "body", "أبوكمال"),
        ("أبو كمال", "body", "لأبي كمال"),
        ("البوكمال", "body", "والبوكمـــال"),
    ]


def test_matches_are_in_the_order_of_the_file() -> None:
    watchlist = Watchlist([Watch(n, spellings=(n,)) for n in ("داعش", "قسد", "التنف")])
    matches = watchlist.match(title="التنف", body="قسد وداعش")
    assert [match.watch for match in matches] == ["داعش", "قسد", "التنف"]


def test_nothing_is_found_in_nothing() -> None:
    assert Watchlist([]).match(title="البوكمال") == []
    watchlist = Watchlist([Watch("قسد", spellings=("قسد",))])
    assert watchlist.match(title=None, subtitle=None, body=None) == []
    assert watchlist.match() == []


@pytest.mark.parametrize(
    ("spellings", "body"),
    [
        (("الحشد", "الحشد الشعبي"), "قوات ⟦الحشد الشعبي⟧ ثم ⟦والحشد⟧"),
        (("قوات الحشد", "الحشد الشعبي"), "قوات ⟦الحشد الشعبي⟧"),
        (("حزب الله",), "⟦حزب\nالله⟧ ⟦وحزب ﷲ⟧"),
        (("حزب الله",), "حزب\n\nالله"),
        (("حزب الله",), "حزب\r\n \u200f\r\nالله"),
        (("حزب الله",), "حزب. الله"),
        (("الحشد الشعبي",), "#⟦الحشد_الشعبي⟧"),
        (("مليشيا الحشد",), "⟦لمليشيا “الحشد⟧”"),
        (("SDF",), "قوات (⟦SDF⟧) ⟦والـSDF⟧ لا SDFX"),
        (("Al-Bukamal",), "in ⟦Albukamal⟧, ⟦al Bukamal⟧ and ⟦AL-BUKAMAL⟧"),
        (("إف-16",), "\U0001f6e9 ⟦إف ١٦⟧ ⟦وبإف16⟧ لا إف-160"),
        (("عدن",), "عدنا إلى عدنان ⟦وبعدن⟧"),
    ],
)
def test_spellings(spellings: tuple[str, ...], body: str) -> None:
    plain = re.sub("[⟦⟧]", "", body)
    assert marked(Watch("x", spellings=spellings), plain) == body


def test_of_spellings_at_one_place_the_one_that_is_written_is_named() -> None:
    watch = Watch("x", spellings=("البو كمال", "البوكمال"))
    (match,) = Watchlist([watch]).match(body="البوكمال ثم البو كمال ثم للبوكمال")
    assert [hit.term for hit in match.hits] == ["البوكمال", "البو كمال", "البوكمال"]


@pytest.mark.parametrize(
    "body",
    [
        "⟦حماس⟧ لا بحماس",
        "وبحماس شديد",
        "في حماس شديد، ⟦ولحماس⟧ رأي",
        "⟦حماس⟧ شديدة",
        "⟦حماس⟧",
    ],
)
def test_exceptions(body: str) -> None:
    watch = Watch("x", spellings=("حماس",), exceptions=("بحماس", "حماس شديد"))
    assert marked(watch, re.sub("[⟦⟧]", "", body)) == body


def test_an_exception_spares_what_is_longer() -> None:
    watch = Watch("x", spellings=("حركة فتح", "فتح"), exceptions=("فتح",))
    assert marked(watch, "فتح حركة فتح") == "فتح ⟦حركة فتح⟧"


@pytest.mark.parametrize(
    "body",
    [
        "صفق الحشد طويلا",
        "فصائل من ⟦الحشد⟧",
        "الحشد في الملعب وكان كل من حضر في ذلك اليوم يهتف للفريق. وفصائل ⟦الحشد⟧",
        "⟦الحشد الشعبي⟧",
        "الفصائل في الحشد الوطني",
    ],
)
def test_weak_spellings_count_where_the_context_proves_them(body: str) -> None:
    watch = Watch(
        "x",
        spellings=("الحشد الشعبي",),
        exceptions=("الحشد الوطني",),
        weak=("الحشد",),
        context=parse("الحشد NEAR/8 فصائل"),
    )
    assert marked(watch, re.sub("[⟦⟧]", "", body)) == body


def test_a_context_that_names_no_weak_spelling_is_of_the_whole_article() -> None:
    watch = Watch("x", weak=("الرقة",), context=parse("سوريا OR title:داعش"))
    watchlist = Watchlist([watch])
    assert not watchlist.match(body="منتهى الرقة. داعش")
    assert len(watchlist.match(title="الرقة", body="في سوريا والرقة")[0].hits) == 2
    assert watchlist.match(title="داعش", body="الرقة")


@pytest.mark.parametrize(
    "body",
    [
        "⟦غارات⟧ على ⟦البوكمال⟧",
        "غارات على حلب ثم هدأت الحال أياما طويلة في كل الشمال. البوكمال",
        "⟦غاراتهم⟧ قرب ⟦البوكمال⟧ ومباريات",
        "غارات على البوكمال. كرة القدم",
        "غارات\n\nعلى حلب",
        "⟦الغارات⟧\n\n⟦للبوكمال⟧",
    ],
)
def test_rules(body: str) -> None:
    rule = parse('غارات NEAR/3 البوكمال -"كرة القدم"')
    watch = Watch("x", profile="thing", rule=rule)
    assert marked(watch, re.sub("[⟦⟧]", "", body)) == body


def test_every_term_of_a_rule_counts_though_two_fold_to_one() -> None:
    watchlist = Watchlist([Watch("x", rule=parse("أبوظبي AND ابوظبي AND title:دبي"))])
    (match,) = watchlist.match(title="دبي", body="أبوظبي")
    assert [(hit.field, hit.start, hit.end) for hit in match.hits] == [
        ("title", 0, 3),
        ("body", 0, 6),
    ]


def by_rule(rule: str, profile: Profile = "name") -> Watch:
    return Watch("x", profile=profile, rule=parse(rule))


@pytest.mark.parametrize(
    ("rule", "body"),
    [
        ("قصف ONEAR/3 البوكمال", "⟦بقصف⟧ مدينة ⟦البوكمال⟧"),
        ("قصف ONEAR/3 البوكمال", "البوكمال بعد قصف"),
        ("قصف NEAR/0 البوكمال", "⟦قصف⟧،⟦البوكمال⟧"),
        ("قصف NEAR/1 البوكمال", "⟦قصف⟧ ، على ⟦البوكمال⟧"),
        ('"تنظيم الدولة"~2', "⟦وتنظيم⟧ ما يسمى ⟦بالدولة⟧"),
        ('"تنظيم الدولة"~1', "وتنظيم ما يسمى بالدولة"),
        ('"تنظيم الدولة"', "وتنظيم بالدولة"),
        ("قصف SENTENCE البوكمال", "⟦قصف⟧ عنيف؛ ثم، هدوء: في ⟦البوكمال⟧."),
        ("قصف SENTENCE البوكمال", "قصف عنيف. في البوكمال"),
        ("قصف SENTENCE البوكمال", "قصف عنيف\nالبوكمال"),
        ("قصف SENTENCE البوكمال", "⟦قصف⟧ 3.5 كم من ⟦البوكمال⟧ وفق أ.ف.ب"),
        ("البوكمال{3}", "⟦البوكمال⟧ ⟦والبوكمال⟧ ⟦بالبوكمال⟧"),
        ("البوكمال{3}", "البوكمال والبوكمال"),
        ('("أبو كمال" OR كمال){2}', "أبو كمال"),
        ("قصف*", "⟦قصفت⟧ ⟦وقصفها⟧ ⟦لقصفهم⟧ القصف يقصف"),
        ("القصف*", "⟦بالقصف⟧ قصفت"),
        ('"طائرات حرب*"', "⟦طائرات حربية⟧ ⟦وطائرات حرب⟧ الطائرات الحربية"),
        ("اعتقال*", "⟦اعتقالات⟧ " + "اعتقال" + "ا" * 40),
        ("قسد أو داعش", "⟦داعش⟧ أو"),
        ("داعش و ليس قسد", "⟦داعش⟧ وليس غيره"),
    ],
)
def test_rules_in_running_text(rule: str, body: str) -> None:
    assert marked(by_rule(rule), re.sub("[⟦⟧]", "", body)) == body


def test_a_stem_takes_the_particles_of_the_profile() -> None:
    assert marked(by_rule("قصف*", "thing"), "القصف قصفتها") == "⟦القصف⟧ ⟦قصفتها⟧"


@pytest.mark.parametrize(
    ("rule", "article", "found"),
    [
        ("البوكمال section:سياسة", {"section": "الأخبار وسياسة"}, True),
        ("البوكمال section:سياسه", {"section": "سِياسة"}, False),
        ("البوكمال section:سياسة", {"section": "السياسة"}, True),
        ("البوكمال section:سياسة", {"section": "سياسي"}, False),
        ("البوكمال section:سياسة", {"section": "سياسه"}, True),
        ("البوكمال section:سياسة", {"section": "رياضة", "title": "سياسة"}, False),
        ("البوكمال section:سياسة", {}, False),
        ("البوكمال -section:رياضة", {"section": "رياضة محلية"}, False),
        ("البوكمال -section:رياضة", {"section": None, "outlet": None, "language": None}, True),
        ("البوكمال داعش", {"section": "داعش"}, False),
        ("البوكمال outlet:arabi21", {"outlet": "arabi21"}, True),
        ("البوكمال outlet:arabi21", {"outlet": "sana"}, False),
        ("البوكمال -outlet:(arabi21 OR sana)", {"outlet": "sana"}, False),
        ("البوكمال lang:ar", {"language": "ar"}, True),
        ("البوكمال lang:ar", {"language": ""}, False),
    ],
)
def test_conditions(rule: str, article: dict[str, str], found: bool) -> None:
    matches = Watchlist([by_rule(rule)]).match(body="في البوكمال", **article)
    assert bool(matches) is found
    if found:
        assert [(hit.field, hit.start, hit.end) for hit in matches[0].hits] == [("body", 3, 11)]


def test_the_section_is_for_rules_alone() -> None:
    watches = [
        Watch("a", spellings=("داعش",)),
        Watch("b", weak=("الحشد",), context=parse("العراق -section:رياضة")),
        by_rule("سوريا section:داعش"),
    ]
    watchlist = Watchlist(watches)
    assert watchlist.match(section="داعش") == []
    assert [m.watch for m in watchlist.match(body="سوريا", section="عن داعش")] == ["x"]
    assert watchlist.match(body="الحشد في العراق", section="العراق")
    assert not watchlist.match(body="الحشد في العراق", section="الرياضة")


def test_a_weak_spelling_under_a_stem_counts_where_it_is_proved() -> None:
    watch = Watch("x", weak=("الحشد",), context=parse("الحشد* NEAR/1 فصائل"))
    assert marked(watch, "فصائل الحشد ثم صفق له ذلك الحشد") == "فصائل ⟦الحشد⟧ ثم صفق له ذلك الحشد"


TERMS = ("البوكمال", "أبو كمال", "حزب الله", "عبد الله", "الرقة", "F-16", "لجنة")


@given(
    st.sampled_from(TERMS),
    st.lists(st.sampled_from([*MARKS, "ﻻ", "ﷺ", "\n", " ", "«", "\U0001f4f0", "،"]), max_size=6),
    st.lists(st.sampled_from(MARKS), max_size=4),
    st.sampled_from(["", "و", "ف"]),
)
@settings(max_examples=150)
def test_a_spelling_is_found_under_any_dress(
    term: str, before: list[str], marks: list[str], particle: str
) -> None:
    dressed = particle + term[:3] + "".join(marks) + term[3:]
    lead = "".join(before) + " "
    text = f"{lead}{dressed} بعد"
    (match,) = Watchlist([Watch("x", spellings=(term,))]).match(body=text)
    (hit,) = match.hits
    assert fold(text[hit.start : hit.end]) == fold(dressed)
    assert (hit.start, hit.end) == (len(lead), len(lead) + len(dressed))


def test_the_article_of_god_is_part_of_a_stem() -> None:
    assert marked(by_rule('"حزب الله*"'), "حزب اللهي وحزب الله") == "⟦حزب اللهي⟧ ⟦وحزب الله⟧"


def test_lone_surrogates_are_no_letters_and_move_no_span() -> None:
    watch = Watch("x", spellings=("البوكمال",), exceptions=("البوكمال القديمة",))
    assert marked(watch, "\ud800 البوكمال\udfff") == "\ud800 ⟦البوكمال⟧\udfff"
    assert marked(watch, "\udcff البوكمال القديمة") == "\udcff البوكمال القديمة"


def test_a_hostile_text_takes_no_more_than_its_length() -> None:
    watch = Watch(
        "x",
        spellings=("الحشد",),
        exceptions=("الحشد الوطني",),
        weak=("حشد",),
        context=parse("حشد NEAR/2 (قوات OR الحشد) NEAR/2 الحشد"),
    )
    rules = ["الحشد NEAR/99 الوطني NEAR/99 الحشد", '"الحشد الوطني"~20 SENTENCE ااا*', "الحشد{99}"]
    watchlist = Watchlist([watch, *map(by_rule, rules)])
    for text in ("الحشد " * 5_000, "الحشد الوطني " * 5_000, "ا" * 200_000, "\u064b \n" * 60_000):
        start = perf_counter()
        watchlist.match(body=text)
        assert perf_counter() - start < 4
