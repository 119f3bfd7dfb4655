"""Bytes to text: whatever a page or its server says about the encoding."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.extract import decode

TEXT = "أعلنت بلدية الواحة الخضراء افتتاح جسر المشاة الجديد، وقال رئيسها إن العمل انتهى."
PAGE = f"<html><head></head><body><p>{TEXT}</p></body></html>"


def meta(charset: str) -> str:
    return PAGE.replace("<head>", f'<head><meta charset="{charset}">')


@pytest.mark.parametrize(
    "declared", [None, "utf-8", "windows-1256", "iso-8859-1", "no-such-charset", "rot13", ""]
)
def test_valid_utf8_is_utf8_whatever_is_declared(declared: str | None) -> None:
    assert decode(PAGE.encode(), declared) == PAGE


@pytest.mark.parametrize(
    "declared", [None, "utf-8", "iso-8859-1", "windows-1252", "windows-1256", "unicode_escape"]
)
@pytest.mark.parametrize("said", ["utf-8", "windows-1256", "iso-8859-1"])
def test_arabic_code_page_is_found(declared: str | None, said: str) -> None:
    assert decode(meta(said).encode("cp1256"), declared) == meta(said)


@pytest.mark.parametrize("declared", [None, "utf-8", "iso-8859-6"])
def test_iso_arabic_is_found(declared: str | None) -> None:
    assert decode(PAGE.encode("iso8859-6"), declared) == PAGE


@pytest.mark.parametrize("codec", ["utf-8-sig", "utf-16", "utf-32"])
def test_byte_order_mark_decides(codec: str) -> None:
    assert decode(PAGE.encode(codec), "windows-1256") == PAGE


def test_utf16_without_its_second_half_is_read() -> None:
    assert TEXT in decode(PAGE.encode("utf-16") + b"\x00", None)


def test_purposeful_declaration_is_believed() -> None:
    text = "Мэр города открыл новый мост через реку"
    assert decode(text.encode("cp1251"), "windows-1251") == text
    assert decode(f"<meta charset=koi8-r>{text}".encode("koi8-r")).endswith(text)


def test_french_stays_french() -> None:
    text = "Le maire a inauguré la passerelle près du marché, après deux années de travaux"
    assert decode(text.encode("latin-1"), "iso-8859-1") == text
    assert decode(text.encode("latin-1")) == text


@pytest.mark.parametrize("cut", [1, 2, 3])
def test_a_character_cut_at_the_end_is_left_out(cut: int) -> None:
    whole = "جسر 🌉".encode()
    assert decode(whole[:-cut]) == "جسر "


def test_one_bad_byte_does_not_turn_the_page() -> None:
    assert decode(PAGE.encode() + b"\xff" + PAGE.encode()) == PAGE + "\ufffd" + PAGE


@settings(max_examples=200, deadline=None)
@given(
    st.binary(max_size=200),
    st.one_of(
        st.none(), st.text(max_size=12), st.sampled_from(["utf-7", "idna", "hex", "gb18030"])
    ),
)
def test_any_bytes_are_read(body: bytes, declared: str | None) -> None:
    assert isinstance(decode(body, declared), str)


@settings(max_examples=100, deadline=None)
@given(st.text(alphabet="ابتثجحخدذرزسشصضطظعغفقكلمنهوي ،.", min_size=20, max_size=80))
def test_arabic_survives_both_code_pages(text: str) -> None:
    assert decode(text.encode("utf-8")) == text
    assert decode(text.encode("cp1256"), "windows-1256") == text
