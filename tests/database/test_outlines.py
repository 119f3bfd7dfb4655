"""What outlines rule out is different by every verdict; what is kept of them is bounded."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as some

from database import outlines
from database.likeness import REWORDED_RUNS, compare, judge
from database.outlines import Outline, Outlines, Sieve
from database.shingles import Text

DAYS = (0, 0, 1, 5, 40)


@some.composite
def pairs(draw: some.DrawFn) -> tuple[Text, Text, dict[int, int]]:
    """Two texts, the second made of parts of the first, and on how many days runs were seen."""
    chance = draw(some.randoms(use_true_random=False))
    vocabulary = [str(number) if number % 9 == 0 else f"كلمة{number}" for number in range(300)]
    vocabulary = vocabulary[: chance.choice((4, 40, 300))]
    one = chance.choices(vocabulary, k=chance.choice((2, 12, 30, 60)))
    size = chance.choice((3, 4, 8, 30))
    parts = [one[at : at + size] for at in range(0, len(one), size)]
    if chance.random() < 0.5:
        chance.shuffle(parts)
    kept, replaced = chance.choice((0.5, 0.9, 1)), chance.choice((0, 0, 0.5))
    parts = [
        chance.choices(vocabulary, k=len(part)) if chance.random() < replaced else part
        for part in parts
        if chance.random() < kept
    ]
    two = [word for part in parts for word in part]
    titles = [" ".join(vocabulary[: chance.choice((0, 3, 3, 4))]) for _ in range(2)]
    texts = [Text.of(titles[0], " ".join(one)), Text.of(titles[1], " ".join(two))]
    sampled = sorted({*texts[0].sampled, *texts[1].sampled})
    return texts[0], texts[1], {value: chance.choice(DAYS) for value in sampled}


def possible(one: Text, two: Text, other_days: dict[int, int]) -> bool:
    sieve = Sieve(one)
    found = sieve.overlap(Outline.of(two))
    if found is None:
        return False
    return sieve.may_be_like(found, {value: other_days[value] for value in found.sampled})


def shares_enough(one: Text, two: Text) -> bool:
    least = REWORDED_RUNS * min(len(one.shingles), len(two.shingles))
    return len(one.shingles & two.shingles) >= least


@settings(max_examples=600, deadline=None)
@given(pairs())
def test_what_may_be_like_passes(pair: tuple[Text, Text, dict[int, int]]) -> None:
    one, two, other_days = pair
    verdict = judge(compare(one, two, other_days), days=0, one_outlet=False)
    if shares_enough(one, two) and verdict.kind != "different":
        assert possible(one, two, other_days)
        assert possible(two, one, other_days)


def test_a_template_with_other_news_is_ruled_out() -> None:
    template = [f"قالب{number}" for number in range(60)]
    one, two = (
        Text.of("عنوان", " ".join([*template, *(f"{own}{number}" for number in range(40))]))
        for own in ("خبر", "نبأ")
    )
    found = Sieve(one).overlap(Outline.of(two))
    assert found
    seen = Text.of(None, " ".join(template))
    often = dict.fromkeys(found.sampled, 0) | dict.fromkeys(seen.runs, 30)
    assert not possible(one, two, often)
    assert possible(one, two, dict.fromkeys(found.sampled, 0))


def test_texts_that_share_little_are_ruled_out_at_once() -> None:
    one, two = (Text.of(None, " ".join(f"{own}{n}" for n in range(40))) for own in ("خبر", "نبأ"))
    assert Sieve(one).overlap(Outline.of(two)) is None


def test_no_more_outlines_are_kept_than_there_is_room_for(monkeypatch) -> None:
    monkeypatch.setattr(outlines, "MOST_RUNS", 100)
    kept = Outlines()
    outline = Outline.of(Text.of(None, " ".join(map(str, range(50)))))
    for number in (1, 2):
        kept.keep((number,), outline)
    assert kept.get((1,)) is outline
    kept.keep((3,), outline)
    assert [kept.get((number,)) is not None for number in (1, 2, 3)] == [True, False, True]
