from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from arabic.clitics import Profile, forms
from arabic.fold import fold


def is_form(text: str, spelling: str, profile: Profile) -> bool:
    """Tell whether the whole ``text`` is a form of ``spelling``."""
    folded = fold(text)
    for form in forms(spelling, profile):
        before, core, after = folded.partition(form.core)
        if core and before in form.before and after in form.after:
            return True
    return False


@pytest.mark.parametrize(
    ("spelling", "text"),
    [
        ("البوكمال", "البوكمال"),
        ("البوكمال", "والبوكمال"),
        ("البوكمال", "بالبوكمال"),
        ("البوكمال", "للبوكمال"),
        ("البوكمال", "فكالبوكمال"),
        ("البوكمال", "البُوكَمالِ"),
        ("أبو كمال", "أبوكمال"),
        ("أبو كمال", "لأبي كمال"),
        ("أبو كمال", "أبا كمال"),
        ("الليرة", "لليرة"),
        ("اللجنة الدستورية", "وللجنة الدستورية"),
        ("لبنان", "للبنان"),
        ("ألمانيا", "لألمانيا"),
        ("المانيا", "لألمانيا"),
        ("الرقة", "بالرقه"),
        ("علي عبدالله صالح", "علي عبد الله صالح"),
        ("علي عبد الله صالح", "علي عبدالله صالح"),
        ("لؤي حسين", "ولؤي حسين"),
        ("كوفيد-19", "كوفيد19"),
        ("إف-16", "إف16"),
        ("Al-Bukamal", "Albukamal"),
        ("ISIS", "والـISIS"),
        ("آل سعود", "لآل سعود"),
        ("الله", "بالله"),
    ],
)
def test_forms_of_a_name(spelling: str, text: str) -> None:
    assert is_form(text, spelling, "name")


@pytest.mark.parametrize(
    ("spelling", "text"),
    [
        ("البوكمال", "البوكمالي"),
        ("البوكمال", "البوكمالنا"),
        ("البوكمال", "بوكمال"),
        ("عدن", "عدنا"),
        ("داعش", "الداعش"),
        ("داعش", "داعشي"),
        ("مصر", "مصرية"),
        ("حماس", "حماسه"),
        ("دير الزور", "الدير الزور"),
        ("كوفيد-19", "كوفيد-190"),
        ("بشار الأسد", "بشار الأسدي"),
        ("الحشد", "حشد"),
    ],
)
def test_what_is_no_form_of_a_name(spelling: str, text: str) -> None:
    assert not is_form(text, spelling, "name")


@pytest.mark.parametrize(
    ("spelling", "text"),
    [
        ("نفط", "النفط"),
        ("نفط", "وبالنفط"),
        ("نفط", "نفطهم"),
        ("صاروخ", "صاروخين"),
        ("صاروخ", "الصاروخان"),
        ("هدنة", "هدنته"),
        ("هدنة", "الهدنتين"),
        ("هدنة", "هدنات"),
        ("هدنة", "والهدنه"),
        ("مستشفى", "مستشفاهم"),
        ("مستشفى", "المستشفيات"),
        ("لجنة", "للجنة"),
    ],
)
def test_forms_of_a_thing(spelling: str, text: str) -> None:
    assert is_form(text, spelling, "thing")


@pytest.mark.parametrize(
    ("spelling", "text"), [("نفط", "نفطي"), ("صاروخ", "الصاروخية"), ("مسؤول", "مسؤولية")]
)
def test_what_is_no_form_of_a_thing(spelling: str, text: str) -> None:
    assert not is_form(text, spelling, "thing")


@pytest.mark.parametrize(
    ("spelling", "text"),
    [
        ("لاجئ", "اللاجئون"),
        ("لاجئ", "لاجئة"),
        ("لاجئ", "لاجيء"),
        ("لاجئ", "لاجئيهم"),
        ("مسؤول", "مسئولين"),
        ("مسؤول", "مسؤولات"),
        ("وزير الخارجية", "وزيرة الخارجية"),
        ("وزير الخارجية", "لوزيري الخارجية"),
        ("وزير الخارجية", "وزيرا الخارجية"),
        ("متحدث باسم", "المتحدثة باسم"),
    ],
)
def test_forms_of_a_person(spelling: str, text: str) -> None:
    assert is_form(text, spelling, "person")


def test_a_long_phrase_has_few_forms() -> None:
    phrase = "جمهورية العراق العربية الكبيرة الحرة المتحدة السعيدة القديمة الجديدة"
    assert len(forms(phrase, "name")) <= 4


@pytest.mark.parametrize("spelling", ["", " ", "،", "«»", "\u0651", "\u200f"])
def test_a_spelling_needs_a_letter(spelling: str) -> None:
    with pytest.raises(ValueError, match="no letter"):
        forms(spelling, "name")


@given(st.text("أإابتةكلموني آل عبد19-ـَ", max_size=15))
@settings(max_examples=100)
def test_cores_are_folded_words(spelling: str) -> None:
    if any(character.isalnum() for character in fold(spelling)):
        for form in forms(spelling, "person"):
            assert form.core == fold(form.core).strip()
            assert form.core
