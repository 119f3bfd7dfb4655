from __future__ import annotations

import pytest

from arabic.clitics import Profile
from watchlist import Watch, Watchlist
from watchlist.written import MOST_EXAMPLES, examples, written

TERMS: list[tuple[str, Profile]] = [
    ("البوكمال", "name"),
    ("أبو كمال", "name"),
    ("نفط", "thing"),
    ("اللجنة", "thing"),
    ("قصف جوي", "thing"),
    ("مستشفى", "thing"),
    ("لاجئ", "person"),
    ("وزير الخارجية", "person"),
    ("SDF", "name"),
]


@pytest.mark.parametrize(("term", "profile"), TERMS)
def test_what_is_written_is_what_is_found(term: str, profile: Profile) -> None:
    forms = written(term, profile)
    watchlist = Watchlist([Watch("x", profile=profile, spellings=(term,))])
    for form in forms:
        (match,) = watchlist.match(body=form)
        assert [(hit.start, hit.end) for hit in match.hits] == [(0, len(form))]
    assert len(set(forms)) == len(forms)
    assert 1 <= len(examples(term, profile)) <= MOST_EXAMPLES
    assert set(examples(term, profile)) <= set(forms)


def test_the_letters_are_those_of_the_term() -> None:
    assert {"أبو كمال", "لأبو كمال", "أبوكمال", "وبابي كمال"} <= set(written("أبو كمال", "name"))
    assert examples("البوكمال", "name") == ["البوكمال", "وبالبوكمال", "للبوكمال"]


def test_a_stem_has_any_ending() -> None:
    assert {"قصف…", "وقصف…"} <= set(written("قصف*", "name"))
    assert examples("قصف*", "name") == ["قصف…", "وبقصف…"]
