"""The shipped watches on invented sentences: shipped.txt, one a line."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from watchlist import load
from watchlist.idle import warnings

SHIPPED = load(Path(__file__).resolve().parents[2] / "watchlist.toml")
NAMES = [watch.name for watch in SHIPPED.watches]


class Sentence(NamedTuple):
    """``known`` marks one that is judged wrongly today: a limit, stated and counted."""

    text: str
    wanted: bool
    known: bool


def read() -> Iterator[tuple[str, Sentence]]:
    """Yield (watch, sentence): under ``# watch``, + wants a match, - none, ? before it is known."""
    name = ""
    for line in Path(__file__).with_name("shipped.txt").read_text(encoding="utf-8").splitlines():
        mark, _, text = line.partition(" ")
        if mark == "#":
            name = text
        elif mark:
            yield name, Sentence(text, mark[-1] == "+", mark[0] == "?")


SENTENCES: dict[str, list[Sentence]] = defaultdict(list)
for watch_name, sentence in read():
    SENTENCES[watch_name].append(sentence)


def found(name: str, text: str) -> bool:
    return name in {match.watch for match in SHIPPED.match(body=text)}


@pytest.mark.parametrize("name", NAMES)
def test_each_sentence_is_judged_as_a_reader_would(name: str) -> None:
    wrong = [s for s in SENTENCES[name] if found(name, s.text) != s.wanted]
    assert wrong == [s for s in SENTENCES[name] if s.known]


def test_what_is_known_to_go_wrong_is_little() -> None:
    every = [sentence for sentences in SENTENCES.values() for sentence in sentences]
    wanted = sum(s.wanted for s in every)
    missed = sum(s.wanted and s.known for s in every)
    false = sum(not s.wanted and s.known for s in every)
    right = wanted - missed
    assert len(every) >= 900
    assert right / (right + false) >= 0.99
    assert right / wanted >= 0.99


def test_there_are_sentences_for_and_against_every_watch() -> None:
    assert set(SENTENCES) == set(NAMES)
    for name, sentences in SENTENCES.items():
        assert {s.wanted for s in sentences} == {True, False}, name


def test_every_watch_says_what_it_is() -> None:
    assert len(NAMES) >= 25
    for watch in SHIPPED.watches:
        assert watch.category, watch.name
        assert watch.note, watch.name
        assert warnings(watch) == []


def test_the_title_decides_like_the_body() -> None:
    (match,) = SHIPPED.match(title="اشتباكات في ريف البوكمال")
    assert [(hit.term, hit.field) for hit in match.hits] == [("البوكمال", "title")]
