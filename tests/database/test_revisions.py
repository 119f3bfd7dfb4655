from __future__ import annotations

import doctest

from hypothesis import given, settings
from hypothesis import strategies as st

from database import revisions, snippets
from database.revisions import apply_patch, make_patch

TEXT = st.text(alphabet="ابتك \n\u0651،.\ufefb", max_size=60)


@given(TEXT, TEXT)
@settings(max_examples=200, deadline=None)
def test_every_patch_leads_back(new: str, old: str) -> None:
    assert apply_patch(new, make_patch(new, old)) == old


def test_examples() -> None:
    for module in (revisions, snippets):
        assert doctest.testmod(module).failed == 0


@given(TEXT, st.data())
@settings(max_examples=200, deadline=None)
def test_a_snippet_marks_exactly_its_hit(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    line = snippets.snippet(text, start, end)
    marked = line.split(snippets.MARK_START)[1].split(snippets.MARK_END)[0]
    assert marked == text[start:end].replace("\n", " ")
    assert "\n" not in line
