"""Marks are the only markup that page text can get."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markupsafe import Markup, escape

from desk.marks import is_web_address, mark_paragraphs, mark_spans, show_marks

PIECES = st.lists(st.sampled_from(["\ue000", "\ue001", "<b>", "&", '"', "نص", "\n"])).map("".join)
SPANS = st.lists(st.tuples(st.integers(-5, 40), st.integers(-5, 40)), max_size=5)


def without_marks(html: str) -> str:
    return html.replace("<mark>", "").replace("</mark>", "")


@settings(max_examples=100)
@given(text=PIECES)
def test_shown_marks_are_balanced_and_the_rest_is_escaped(text: str) -> None:
    shown = show_marks(text)
    plain = text.replace("\ue000", "").replace("\ue001", "")
    assert without_marks(shown) == escape(plain)
    assert shown.count("<mark>") == shown.count("</mark>")


@settings(max_examples=100)
@given(text=PIECES, spans=SPANS)
def test_marked_spans_keep_the_text(text: str, spans: list[tuple[int, int]]) -> None:
    assert without_marks(mark_spans(text, spans)) == escape(text)
    paragraphs = [line for line in text.split("\n") if line.strip()]
    assert [without_marks(p) for p in mark_paragraphs(text, spans)] == list(map(escape, paragraphs))


def test_a_span_over_two_lines_is_marked_in_both() -> None:
    assert mark_paragraphs("أبو\nكمال هنا", [(0, 8)]) == [
        Markup("<mark>أبو</mark>"),
        Markup("<mark>كمال</mark> هنا"),
    ]


def test_a_long_text_with_many_spans_is_marked_in_one_sweep() -> None:
    lines = 20_000
    text = "نص قصير\n" * lines
    spans = [(at, at + 2) for at in range(0, len(text), 40)]
    start = time.process_time()
    shown = mark_paragraphs(text, spans)
    assert time.process_time() - start < 1.5
    assert len(shown) == lines
    assert sum(line.count("<mark>") for line in shown) == len(spans)


@settings(max_examples=100)
@given(text=PIECES, spans=SPANS)
def test_paragraphs_are_marked_as_each_line_alone(text: str, spans: list[tuple[int, int]]) -> None:
    alone, at = [], 0
    for line in text.split("\n"):
        if line.strip():
            alone.append(mark_spans(line, [(start - at, end - at) for start, end in spans]))
        at += len(line) + 1
    assert mark_paragraphs(text, spans) == alone


def test_overlapping_spans_become_one_mark_each() -> None:
    assert mark_spans("abcdef", [(1, 3), (2, 5)]) == "a<mark>bc</mark><mark>de</mark>f"


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("https://a.example/ب?q=1", True),
        ("HTTP://a.example", True),
        ("javascript:alert(1)", False),
        ("data:text/html,x", False),
        ("https://a.example/ x", False),
        ("https://a.example/\x01", False),
        ("https://a.example/\x9b", False),
        (" https://a.example", False),
    ],
)
def test_web_addresses(value: str, expected: bool) -> None:
    assert is_web_address(value) is expected
