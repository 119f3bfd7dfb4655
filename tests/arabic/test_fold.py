from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from arabic.fold import OffsetMap, fold

LAM_ALEF = "\ufefb"
ALLAH = "\ufdf2"
BLESSING = "\ufdfa"
FATHA = "\u064e"
SHADDA = "\u0651"
TATWEEL = "\u0640"
RLM = "\u200f"
ZWJ = "\u200d"
ASTRAL = "\U0001f4f0"

ADVERSARIAL = st.text(
    st.one_of(
        st.sampled_from(
            f"{LAM_ALEF}{ALLAH}{BLESSING}{FATHA}{SHADDA}{TATWEEL}{RLM}{ZWJ}{ASTRAL}"
            "أبةىئ 9٣A.،\n\t«»-\u200c\ufe76\ufe77\u00a0\u2029"
        ),
        st.characters(),
    ),
    max_size=30,
)


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("أإآٱ", "اااا"),
        ("مستشفى", "مستشفي"),
        ("مسؤول لاجئ", "مسوول لاجي"),
        ("الرقة", "الرقة"),
        ("البُوكَمال", "البوكمال"),
        ("حـــزب", "حزب"),
        ("کوفید ۱۹ ٢٠", "كوفيد 19 20"),
        ("گ چ پ ڤ ژ", "ك ج ب ف ز"),
        ("\ufefb \ufef7 \ufdf2", "لا لا الله"),
        ("\ufdfa", "صلي الله عليه وسلم"),
        ("بيت\ufe76", "بيت"),
        ("«الحشد» (الشعبي)", " الحشد الشعبي "),
        ("القائم - البو كمال", "القايم البو كمال"),
        ("#الحشد_الشعبي", "#الحشد الشعبي"),
        ("سطر\r\nسطر\n\nسطر", "سطر سطر سطر"),
        ("قال: نعم، لا؛ هل؟ كفى. لا!", "قال: نعم، لا؛ هل؟ كفي. لا!"),
        ("می\u200cخواهم", "مي خواهم"),
        ("\u200fالحشد\u200e", "الحشد"),
        ("F-16 ISIS", "f 16 isis"),
        ("أ", "ا"),  # alef and a hamza mark of its own
        ("علماء", "علماء"),
        ("\U0001f4f0 خبر", "\U0001f4f0 خبر"),
    ],
)
def test_fold(text: str, folded: str) -> None:
    assert fold(text) == folded


@given(st.text(max_size=60))
@settings(max_examples=150)
def test_fold_is_stable(text: str) -> None:
    once = fold(text)
    assert fold(once) == once
    assert "  " not in once


@given(st.text("أإآؤئةىيالبوكم ", max_size=20))
@settings(max_examples=50)
def test_fold_is_the_same_for_composed_and_decomposed(text: str) -> None:
    assert fold(unicodedata.normalize("NFD", text)) == fold(text)


@given(ADVERSARIAL, st.data())
@settings(max_examples=300)
def test_span_gives_what_folds_to_the_same(text: str, data: st.DataObject) -> None:
    folded = fold(text)
    if not folded:
        return
    start = data.draw(st.integers(0, len(folded) - 1))
    end = data.draw(st.integers(start + 1, len(folded)))
    first, last = OffsetMap(text).span(start, end)
    assert 0 <= first < last <= len(text)
    piece = fold(text[first:last])
    assert folded[start:end] in piece
    if not any(len(fold(character)) > 1 for character in text):
        assert piece == folded[start:end]
    assert fold(text[first]), "a span begins with a character that counts"
    after = text[last : last + 1]
    assert not (after and unicodedata.category(after) == "Mn" and not fold(after))


@given(ADVERSARIAL)
@settings(max_examples=150)
def test_spans_of_single_characters_are_in_order_and_cover_the_text(text: str) -> None:
    offsets = OffsetMap(text)
    spans = [offsets.span(i, i + 1) for i in range(len(fold(text)))]
    assert spans == sorted(spans)
    covered = {i for start, end in spans for i in range(start, end)}
    assert all(not fold(text[i]) for i in range(len(text)) if i not in covered)


@pytest.mark.parametrize(
    ("text", "term", "found"),
    [
        ("قرب البُوكَمالِ.", "البوكمال", "البُوكَمالِ"),
        ("قرب البوكمـــال.", "البوكمال", "البوكمـــال"),
        (f"قرب {RLM}البوكمال{RLM}.", "البوكمال", "البوكمال"),
        (f"البوكما{FATHA}ل{ZWJ}{FATHA}!", "البوكمال", f"البوكما{FATHA}ل{ZWJ}{FATHA}"),
        (f"{BLESSING}البوكمال", "البوكمال", "البوكمال"),
        (f"{ALLAH}{ALLAH} البوكمال", "البوكمال", "البوكمال"),
        (f"{ASTRAL}{ASTRAL}البو   كمال", "البو كمال", "البو   كمال"),
        (f"حزب {ALLAH}", "حزب الله", f"حزب {ALLAH}"),
        (f"ا{LAM_ALEF}نبار", "الانبار", f"ا{LAM_ALEF}نبار"),
        ("مليشيا «الحشد»", "مليشيا الحشد", "مليشيا «الحشد"),
    ],
)
def test_span_of_a_term(text: str, term: str, found: str) -> None:
    start = fold(text).index(term)
    first, last = OffsetMap(text).span(start, start + len(term))
    assert text[first:last] == found


@pytest.mark.parametrize(("start", "end"), [(0, 0), (2, 1), (-1, 1)])
def test_span_refuses_what_is_none(start: int, end: int) -> None:
    with pytest.raises(ValueError, match="no span"):
        OffsetMap("خبر").span(start, end)


def test_each_character_folds_alike_alone_and_beside_a_rare_one() -> None:
    """Texts of common characters go another way than those with a rare one."""
    rare = "\u0671"  # alif wasla
    alone = [chr(code) for code in range(0x10000) if not 0xD800 <= code < 0xE000]
    assert fold(rare) != rare
    for character in alone:
        text = f"ب{character}ب"
        assert fold(f"{text}.{rare}").startswith(fold(text) + "."), hex(ord(character))
