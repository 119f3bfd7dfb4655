"""The verdict on two texts: what joins and what guards against joining."""

from __future__ import annotations

import random

from hypothesis import given, settings
from hypothesis import strategies as st

from database.likeness import Likeness, compare, judge
from database.shingles import Text

TEXTS = st.lists(st.sampled_from(["نهر", "جسر", "مدينة", "سوق", "20", "35"]), max_size=40)


def words(seed: int, count: int) -> str:
    rng = random.Random(seed)
    return " ".join("".join(rng.choices("ابتثجحخدذرزسشصضطظعغ", k=5)) for _ in range(count))


def verdict(a: Text, b: Text, *, days: float = 0.1, one_outlet: bool = False):
    return judge(compare(a, b, {}), days=days, one_outlet=one_outlet)


def likeness(**values: object) -> Likeness:
    fields: dict[str, object] = {
        "score": 0.7,
        "runs": 0.7,
        "words": 0.8,
        "title": 0.2,
        "numbers": None,
        "counted": 0,
        "lead": 0.6,
        "length": 0.9,
        "shortest": 120,
        "only": None,
    }
    return Likeness(**(fields | values))  # type: ignore[arg-type]


def kind(*, days: float = 0.1, one_outlet: bool = False, **values: object) -> str:
    return judge(likeness(**values), days=days, one_outlet=one_outlet).kind


@settings(max_examples=60)
@given(TEXTS, TEXTS)
def test_measures_are_shares_and_symmetric(a: list[str], b: list[str]):
    one, two = (Text.of("عنوان", " ".join(each)) for each in (a, b))
    found, back = compare(one, two, {}), compare(two, one, {})
    for value in (found.score, found.runs, found.words, found.title, found.lead, found.length):
        assert 0 <= value <= 1
    assert (found.score, found.lead) == (back.score, back.lead)
    assert found.numbers == back.numbers
    if len(a) >= 3:
        assert compare(one, one, {}).score == 1


def test_a_cut_copy_is_one_story_and_a_round_up_is_not():
    story, others = words(1, 200), [words(seed, 60) for seed in (2, 3, 4)]
    full = Text.of("قطار جديد يربط المدينتين قريبا", story)
    cut = Text.of("افتتاح خط سريع بين مدينتين", " ".join(story.split()[:70]))
    round_up = Text.of("حصاد اليوم", "\n".join([others[0], " ".join(story.split()[:70]), *others]))
    assert verdict(full, cut).kind == "same"
    found = verdict(cut, round_up)
    assert found.kind == "related"
    assert "opens with something else" in found.reason


def test_other_numbers():
    assert kind(counted=4, numbers=0.25, score=0.8) == "related"
    assert kind(counted=4, numbers=0.25, score=0.95) == "same"
    assert kind(counted=3, numbers=0.34, score=0.8) == "same"


def test_other_subjects_under_like_titles():
    assert kind(only=("الهند", "كوبا"), score=0.8) == "related"
    assert kind(only=("الهند", "كوبا"), score=0.93, title=0.8) == "related"
    assert kind(only=("الهند", "كوبا"), score=0.93, title=0.1) == "same"


def test_a_telegram_to_another_state():
    text = (
        "بعث الرئيس برقية تهنئة إلى رئيس {0} بمناسبة العيد الوطني لبلاده وأعرب فيها عن أطيب"
        " التمنيات لرئيس {0} ولشعب {0} الصديق بدوام التقدم والازدهار والرخاء في كل المجالات"
    )
    a, b = (
        Text.of(f"الرئيس يهنئ رئيس {land} بالعيد", text.format(land)) for land in ("كينيا", "كوبا")
    )
    assert verdict(a, b, days=1).kind != "same"


def test_the_same_words_later_or_in_one_outlet_need_more():
    assert kind(score=0.7) == "same"
    assert kind(score=0.7, days=3) == "related"
    assert kind(score=0.7, one_outlet=True) == "related"
    assert kind(score=0.7, one_outlet=True, title=0.9) == "same"


def test_other_openings_need_more():
    assert kind(score=0.7, lead=0.0) == "related"
    assert kind(score=0.7, lead=0.0, title=0.6) == "same"
    assert kind(score=0.85, lead=0.0) == "same"
    assert kind(score=0.9, lead=0.0, length=0.3) == "related"


def test_a_brief_needs_the_whole_text_and_the_title():
    assert kind(shortest=18, score=0.95, title=1.0) == "same"
    assert kind(shortest=18, score=0.95, title=0.2) == "related"
    assert kind(shortest=18, score=0.7, title=1.0) == "related"


def test_another_wording_of_the_same_figures():
    reworded = {"score": 0.3, "runs": 0.3, "words": 0.9, "lead": 0.1}
    assert kind(**reworded, title=1.0, numbers=1.0, counted=5) == "same"
    assert kind(**reworded, title=0.1, numbers=1.0, counted=5) == "different"


def test_runs_of_other_days_weigh_less():
    """A formula that many days carry is no evidence; what is new in both texts decides."""
    formula = words(1, 60)
    a, b = (Text.of(None, f"{formula} {words(seed, 40)}") for seed in (2, 3))
    formulaic = dict.fromkeys(Text.of(None, formula).runs, 9)
    news = dict.fromkeys([*a.runs[60:], *b.runs[60:]], 0)
    assert compare(a, b, {}).score > 0.5
    assert compare(a, b, formulaic | news).score < 0.1
    assert compare(a, a, formulaic | news).score == 1
