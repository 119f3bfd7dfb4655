"""Words, runs of words and sketches: stable, and comparable between long and short texts."""

from __future__ import annotations

import random

from hypothesis import given, settings
from hypothesis import strategies as st

from arabic.fold import words_of
from database.shingles import LEAST, MOST, MOST_WORDS, Text, hash_title

WORDS = st.lists(st.text("ابتثجحخد", min_size=1, max_size=4), max_size=60)


def test_hashes_never_change():
    """They are stored: another value needs another version and a regrouping."""
    text = Text.of(None, "قال وزير النفط إن الإنتاج لم يتغير")
    assert text.runs[:2] == (212022080427336, 189891235109397)
    assert hash_title(text.words[:4]) == 145412406389755


def test_spelling_and_marks_do_not_count():
    assert words_of("قُوّات الحشـد، ٢٠ مقاتلاً") == words_of("قوات الحشد 20 مقاتلا")


def test_numbers_with_a_clitic():
    assert Text.of(None, "للشراء و49.94 للبيع ب20").numbers == ["49", "94", "20"]


def test_a_short_title_is_no_evidence():
    assert hash_title(("عاجل",)) is None


@settings(max_examples=60)
@given(WORDS)
def test_a_sketch_is_of_its_text(words: list[str]):
    text = Text.of(None, " ".join(words))
    kept = text.sampled
    assert [*kept] == sorted(set(kept))
    assert set(kept) <= text.shingles == set(text.runs)
    assert len(kept) >= min(LEAST, len(text.shingles))


def test_a_cut_copy_shares_its_sample():
    """What the sketch of a long text keeps of its first half, that half keeps too."""
    rng = random.Random(1)
    words = ["".join(rng.choices("ابتثجحخدذرزس", k=5)) for _ in range(400)]
    whole, half = Text.of(None, " ".join(words)), Text.of(None, " ".join(words[:200]))
    kept = set(whole.sampled) & half.shingles
    assert len(whole.sampled) < MOST
    assert len(kept & set(half.sampled)) >= 0.8 * len(kept) > 5


def test_of_an_endless_text_only_the_beginning_is_compared():
    words = [f"كلمة{number}" for number in range(MOST_WORDS + 50)]
    assert Text.of(None, " ".join(words)).words[-1] == f"كلمه{MOST_WORDS - 1}"
