"""Every hit's span cuts exactly the words out of the original text."""

from __future__ import annotations

import gzip
import json
import random
import re
import unicodedata
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from arabic.fold import fold
from watchlist import Hit, Watch, Watchlist
from watchlist.rules import parse

ROOT = Path(__file__).resolve().parents[2]
CORPORA = ROOT / "../shared/corpora"

WATCHES = (
    Watch("place", spellings=("أبو كمال", "البوكمال", "عين العرب", "عدن")),
    Watch("god", spellings=("حزب الله", "الله", "صلى الله عليه وسلم"), exceptions=("عبد الله",)),
    Watch("thing", profile="thing", spellings=("لجنة", "نفط", "إف-16", "مستشفى")),
    Watch("person", profile="person", spellings=("لاجئ", "وزير الخارجية", "مسؤول")),
    Watch("latin", spellings=("SDF", "Al-Bukamal")),
    Watch("rule", rule=parse('(قصف* NEAR/9 عدن) OR "عين العرب"~2 OR عدن{2} OR لجنة SENTENCE نفط')),
)
WATCHLIST = Watchlist(WATCHES)


def alone(watch: Watch, term: str) -> Watchlist:
    """A watchlist that looks for one term as the watch does."""
    if term.endswith("*"):
        return Watchlist([Watch("x", profile=watch.profile, rule=parse(f'"{term}"'))])
    return Watchlist([Watch("x", profile=watch.profile, spellings=(term,))])


ALONE = {
    (watch.name, term): alone(watch, term)
    for watch in WATCHES
    for term in (*watch.spellings, *(watch.rule.terms if watch.rule else ()))
}


NEARBY = 60
"""Code points: more than stand in a row anywhere here that folding deletes."""


def is_mark(character: str) -> bool:
    """Tell whether folding deletes it: a mark, tatweel, or something invisible."""
    return not fold(character)


def is_of_a_letter(character: str) -> bool:
    """Tell whether it is a mark or tatweel, and not only invisible."""
    return character == "\u0640" or unicodedata.combining(character) > 0


def complaint(text: str, hit: Hit, of_term: Watchlist) -> str | None:
    """What is wrong with the span of a hit, if anything."""
    cut = text[hit.start : hit.end]
    if not cut or is_mark(cut[0]) or not fold(cut[0])[:1].isalnum():
        return "does not begin with a letter or digit"
    last = cut.rstrip("".join(filter(is_mark, set(cut))))[-1]
    if not fold(last)[-1:].isalnum():
        return "does not end with a letter or digit, and its marks"
    if last != cut[-1] and not is_of_a_letter(cut[-1]):
        return "ends with something invisible that is no mark of its last letter"
    # A ligature of several words (\ufdfa) is taken whole, where a term is found inside it.
    before, behind = text[max(0, hit.start - NEARBY) : hit.start], text[hit.end : hit.end + NEARBY]
    if fold(before)[-1:].isalnum() and " " not in fold(cut[0]):
        return "begins inside a word"
    if fold(behind)[:1].isalnum() and " " not in fold(last):
        return "ends inside a word"
    if (
        behind
        and (unicodedata.combining(behind[0]) or behind[0] == "\u0640")
        and is_mark(behind[0])
    ):
        return "leaves a mark of its last letter behind"
    again = [(h.term, h.start, h.end) for match in of_term.match(body=cut) for h in match.hits]
    if again != [(hit.term, 0, len(cut))]:
        return f"found again as {again}"
    return None


PIECES = [
    *("أبو", "كمال", "البوكمال", "عين", "العرب", "عدن", "حزب", "الله", "عبد", "صلى", "عليه"),
    *("لجنة", "لجنته", "نفط", "إف", "16", "١٦", "مستشفى", "لاجئين", "وزير", "الخارجية", "مسئول"),
    *("قصف", "SDF", "Al", "Bukamal", "و", "ب", "ال", "لل", "وسلم", "x", "ه"),
    *("\u064b", "\u064e", "\u0651", "\u0640", "\u0640\u0640", "\u0670", "\u06d6", "\u0301"),
    *("\ufefb", "\ufdf2", "\ufdfa", "\ufe8d\ufedf\ufee0\ufeea", "\ufe70", "\ufc5e", "\ufefc"),
    *("\u00a0", "\u200c", "\u200b", "\u200d", "\u200e", "\u200f", "\u061c", "\ufeff", "\u00ad"),
    *("\u202b", "\u202c", "\u2067", "\u2069", "\u2060", "\u2003", "\u3000"),
    *("\U0001f600", "\U0001f468\u200d\U0001f469", "\U0001ee00", "\U00010e60", "\U0001d400"),
    *("\n", "\r\n", "\n\n", "\u2028", "\u2029", "\x85", "\t"),
    *(" ", " ", " ", " ", " ", ".", "،", "؟", ":", "-", "_", "«", "»", "(", ")", "'"),
]


@settings(max_examples=400, deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=40).map("".join), st.text(max_size=10))
def test_spans_in_hostile_text(text: str, more: str) -> None:
    body = text + more
    for match in WATCHLIST.match(title=more + text, body=body):
        for hit in match.hits:
            field = body if hit.field == "body" else more + text
            problem = complaint(field, hit, ALONE[match.watch, hit.term])
            assert problem is None, ascii((problem, field[hit.start : hit.end]))


DECORATIONS = st.sampled_from(["", "", "", "\u0640", "\u064e", "\u0651\u064f", "\u200f", "\u200b"])


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(sorted(ALONE)), st.data())
def test_a_decorated_term_is_cut_out_whole(key: tuple[str, str], data: st.DataObject) -> None:
    plain = key[1].removesuffix("*")
    letters = [letter + data.draw(DECORATIONS) for letter in plain]
    gap = data.draw(st.sampled_from([" ", "\u00a0", "\n", " \u200f", "  ", "\u2003", "_"]))
    written = "".join(gap if letter[0] == " " else letter for letter in letters)
    before, after = data.draw(
        st.sampled_from([("", ""), ("\U0001f600", "\U0001f600"), ("«", "»"), ("\ufefb ", "\n")])
    )
    text = before + written + after
    hits = [hit for match in ALONE[key].match(body=text) for hit in match.hits]
    (hit,) = hits
    assert complaint(text, hit, ALONE[key]) is None
    assert hit.start == len(before)
    marks = written[hit.end - hit.start :]
    assert all(letter in "\u200f\u200b" for letter in marks)


ARTICLES = 1_300
"""Of each corpus."""


def articles(path: Path) -> Iterator[str]:
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            record = json.loads(line)
            yield f"{record['title']}\n{record['text']}"


def some_terms(texts: list[str], count: int) -> list[str]:
    """Words and pairs of words of the texts."""
    choose = random.Random(1)
    words = sorted({word for text in texts for word in re.findall(r"[\u0621-\u064a]{3,}", text)})
    pairs = sorted(
        {p for t in texts for p in re.findall(r"[\u0621-\u064a]{3,} [\u0621-\u064a]{3,}", t)}
    )
    return [*choose.sample(words, count // 2), *choose.sample(pairs, count // 2)]


@pytest.mark.skipif(not CORPORA.exists(), reason="no ../shared beside the project")
def test_spans_in_real_articles() -> None:
    profiles = ("name", "thing", "person")
    spans = 0
    for path in sorted(CORPORA.glob("*.jsonl.gz")):
        texts = [text for _, text in zip(range(ARTICLES), articles(path), strict=False)]
        terms = some_terms(texts, 8_000)
        watches = [
            Watch(term, profile=profiles[number % 3], spellings=(term,))
            for number, term in enumerate(terms)
        ]
        watchlist = Watchlist(watches)
        by_name = {watch.name: watch for watch in watches}
        singly = cache(lambda name, by_name=by_name: Watchlist([by_name[name]]))
        for text in texts:
            for match in watchlist.match(body=text):
                for hit in match.hits:
                    spans += 1
                    problem = complaint(text, hit, singly(match.watch))
                    assert problem is None, ascii((problem, text[hit.start : hit.end]))
    assert spans >= 100_000
