from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from arabic.fold import fold
from watchlist.text import Text, sentences


@pytest.mark.parametrize(
    "text",
    [
        "قصف. هدوء",
        "قصف.هدوء",
        "قصف! هدوء؟ نعم",
        "قصف.. هدوء… ثم",
        "قصف عام 2015. ثم هدوء",
        "نزح 3.5 مليون، و٣.٥ مليون",
        "قال د. محمد: نعم؛ ثم انصرف",
        "وكالة أ.ف.ب قالت",
        "وكالة أ. ف. ب قالت",
        "صباحًا. مساءً. أبدًا.",
        "موقع example.com وطائرة U.S. هناك",
        "سطر\nسطر",
        "«قصف.» ثم",
    ],
)
def test_sentences(text: str) -> None:
    ends = {
        "قصف.هدوء": 2,
        "قصف. هدوء": 2,
        "قصف! هدوء؟ نعم": 3,
        "قصف.. هدوء… ثم": 3,
        "قصف عام 2015. ثم هدوء": 2,
        "صباحًا. مساءً. أبدًا.": 3,
        "سطر\nسطر": 2,
        "«قصف.» ثم": 2,
    }
    found = [part for part in sentences(text) if any(map(str.isalnum, part))]
    assert len(found) == ends.get(text, 1)


def test_words_are_runs_of_letters_and_digits() -> None:
    text = Text("قصف،البوكمال - 3.5 «ميل»")
    starts = [text.folded.index(word) for word in ("قصف", "البوكمال", "3", "5", "ميل")]
    assert [text.word_at(start) for start in starts] == [0, 1, 2, 3, 4]


@given(st.text("اب .،؟!\n\u064b\u0640ﻻ«»-12ax…", max_size=40))
@settings(max_examples=200)
def test_sentences_begin_at_the_words_of_the_whole_text(original: str) -> None:
    text = Text(original)
    words = "".join(c if c.isalnum() else " " for c in text.folded).split()
    assert text.sentences[0] == 0
    assert text.sentences[-1] == len(words)
    assert text.sentences == sorted(text.sentences)
    assert "".join(fold(part) for part in sentences(original)).count("ا") == text.folded.count("ا")
