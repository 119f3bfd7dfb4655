"""Rasid's matcher and its peers, each made from terms as a function that counts hits in a text."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from importlib import import_module

from watchlist import Watch, Watchlist
from watchlist.rules import parse

Tagger = Callable[[str], int]

# Peers find the text as it is written. That terms are whole words is asked of all of them: by
# their own means where they have such for Arabic, else by a look at both sides of a hit.


def rasid(terms: Sequence[str]) -> Tagger:
    """Every term a watch of its own; spellings fold, and take particles as names do."""
    match = Watchlist(Watch(term, spellings=(term,)) for term in terms).match
    return lambda text: sum(len(found.hits) for found in match(body=text))


def rules(texts: Sequence[str]) -> Tagger:
    """Every rule a watch of its own; no peer has anything like it."""
    match = Watchlist(Watch(text, rule=parse(text)) for text in texts).match
    return lambda text: sum(len(found.hits) for found in match(body=text))


def expressions(terms: Sequence[str]) -> Tagger:
    """The standard library's ``re``: one alternation, the longest first."""
    either = "|".join(map(re.escape, sorted(terms, key=len, reverse=True)))
    findall = re.compile(rf"(?<!\w)(?:{either})(?!\w)").findall
    return lambda text: len(findall(text))


def pyahocorasick(terms: Sequence[str]) -> Tagger:
    automaton = import_module("ahocorasick").Automaton()
    for term in terms:
        automaton.add_word(term, len(term))
    automaton.make_automaton()

    def count(text: str) -> int:
        ends = automaton.iter(text)
        return sum(_whole_words(text, end + 1 - length, end + 1) for end, length in ends)

    return count


def flashtext2(terms: Sequence[str]) -> Tagger:
    processor = import_module("flashtext2").KeywordProcessor(case_sensitive=True)
    for term in terms:
        processor.add_keyword(term)
    extract = processor.extract_keywords_with_span
    return lambda text: len(extract(text))


def re2(terms: Sequence[str]) -> Tagger:
    """Its ``\\b`` knows ASCII alone, so that words are looked at from outside."""
    module = import_module("re2")
    options = module.Options()
    options.max_mem = 2 << 30
    options.longest_match = True
    options.log_errors = False
    finditer = module.compile("|".join(map(module.escape, terms)), options=options).finditer
    return lambda text: sum(_whole_words(text, *found.span()) for found in finditer(text))


def _whole_words(text: str, start: int, end: int) -> bool:
    before = start > 0 and text[start - 1].isalnum()
    return not before and not (end < len(text) and text[end].isalnum())


MAKERS: dict[str, tuple[str | None, Callable[[Sequence[str]], Tagger]]] = {
    "Rasid": (None, rasid),
    "re": (None, expressions),
    "pyahocorasick": ("pyahocorasick", pyahocorasick),
    "flashtext2": ("flashtext2", flashtext2),
    "google-re2": ("google-re2", re2),
}
"""Name → the package to be installed, if any, and what makes the tagger."""
