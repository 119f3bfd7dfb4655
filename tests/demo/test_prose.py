"""The prose of the pretend web: its notation, and how often its words recur."""

from __future__ import annotations

import re
from collections import Counter

import pytest

from database.postings import FULL
from database.shingles import Text
from demo.newsroom import build
from demo.prose import general
from demo.prose.grammar import Slot, choices, parse
from demo.prose.names import SURFACES, WATCH_NAMES
from demo.prose.stock import STOCK
from demo.prose.writer import NUMBERS, TOLD, TOPICS

TEMPLATES = [
    *(lead_or_title for topic in TOPICS for event in topic.EVENTS for lead_or_title in event),
    *(sentence for topic in TOPICS for sentence in (*topic.SENTENCES, *topic.BACKGROUND)),
    *(*general.CREDITS, *general.SENTENCES, *general.CLOSINGS, *general.UPDATES),
    *STOCK.values(),
]


def test_choices_and_slots() -> None:
    assert parse("نص") == "نص"
    assert parse("في {town}.") == ("في ", Slot("town"), ".")
    assert parse("[أ|ب {n}|]") == (("أ", ("ب ", Slot("n")), ""),)
    assert choices("أ|[ب|ج] د") == ("أ", (("ب", "ج"), " د"))


@pytest.mark.parametrize("template", ["نص]", "[أ|ب", "أ|ب"])
def test_brackets_that_do_not_pair(template: str) -> None:
    with pytest.raises(ValueError, match=r"closes nothing|is not closed"):
        parse(template)


def test_every_slot_is_known_and_every_known_one_used() -> None:
    named = {name for template in TEMPLATES for name in re.findall(r"{(\w+)}", template)}
    known = {*STOCK, *NUMBERS, *SURFACES, *TOLD, "weekday"}
    assert named - known == set()
    assert known - named == set()


def test_stocks_name_no_watch() -> None:
    watched = re.compile("|".join({*WATCH_NAMES.values(), "أبو كمال", "الديمقراطية"} - {"القائم"}))
    assert [stock for stock in STOCK.values() if watched.search(stock)] == []


def test_words_recur_as_often_as_in_real_papers() -> None:
    """How many articles share a run of three words that the store samples, seen from an article.

    Of 3,000 articles each, a run stood in a list of 1.74 (twelve Saudi papers, 336 words a text)
    and 2.50 articles (Al Mayadeen, 442 words a text); one story told on several outlets counts.
    """
    lists: Counter[int] = Counter()
    words = []
    for truth in build(3000).manifest.articles:
        text = Text.of(truth.title, "\n\n".join(truth.body))
        words.append(len(text.words))
        lists.update(text.sampled)
    lengths = [min(length, FULL) for length in lists.values()]
    assert 1.5 <= sum(length**2 for length in lengths) / sum(lengths) <= 5
    assert sum(length >= FULL for length in lengths) <= len(lengths) / 1000
    assert 150 <= sum(words) / len(words) <= 250
