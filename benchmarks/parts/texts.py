"""What taggers are given: articles, and terms and rules out of their vocabulary."""

from __future__ import annotations

import gzip
import json
import random
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CORPUS = ROOT / "../shared/corpora/almayadeen_2023.jsonl.gz"
SENTENCES = ROOT / "tests/watchlist/shipped.txt"

SIZES = range(2_700, 3_301)  # bytes of an article in UTF-8: 3 KB, some 1,650 letters
MOST_OF_THE_TEXT = 2_000
"""Half of the terms are drawn from the texts, but no more than these: the rest occurs nowhere, as
most names of a gazetteer do not."""


def articles(count: int) -> list[str]:
    """Real articles where they lie beside the project, else sentences of the tests, shuffled."""
    found = real_articles() if CORPUS.exists() else made_up_articles()
    return [text for text, _ in zip(found, range(count), strict=False)]


def real_articles() -> Iterator[str]:
    with gzip.open(CORPUS, "rt", encoding="utf-8") as lines:
        for line in lines:
            text = json.loads(line)["text"]
            if len(text.encode()) in SIZES:
                yield text


def made_up_articles() -> Iterator[str]:
    choose = random.Random(1)
    lines = [line.lstrip("+-? ") for line in SENTENCES.read_text("utf-8").splitlines()]
    sentences = [line for line in lines if line and not line.startswith("#")]
    while True:
        yield ". ".join(choose.choices(sentences, k=1650 // 45))


class Vocabulary:
    """The words and pairs of words of some texts, and words like them that are in none."""

    def __init__(self, texts: Sequence[str], seed: int = 1) -> None:
        self._choose = random.Random(seed)
        found = [re.findall(r"[\u0621-\u064a]{4,}", text) for text in texts]
        self._words = sorted({word for words in found for word in words})
        phrases = r"(?=\b([\u0621-\u064a]{4,} [\u0621-\u064a]{4,})\b)"
        self._pairs = sorted({pair for text in texts for pair in re.findall(phrases, text)})
        self._all = set(self._words)

    def terms(self, count: int) -> list[str]:
        """``count`` terms, half of them phrases; some occur in the texts."""
        real = min(count // 2, MOST_OF_THE_TEXT)
        half = real // 2
        found = [*self._sample(self._words, half), *self._sample(self._pairs, real - half)]
        terms = dict.fromkeys(found)
        while len(terms) < count:
            word = self._absent()
            terms[word if len(terms) % 2 else f"{word} {self._choose.choice(self._words)}"] = None
        return list(terms)

    def rules(self, count: int) -> list[str]:
        """``count`` rules of several kinds, a tenth with a first term that is in the texts."""
        shapes = (
            '"{}" NEAR/8 ("{}" OR "{}")',
            '"{}" ("{} {}" OR "{}")',
            '"{}" SENTENCE "{}" -"{}"',
        )
        rules = []
        for number in range(count):
            in_text = self._choose.random() < 0.1
            first = self._choose.choice(self._words) if in_text else self._absent()
            others = self._choose.choices(self._words, k=3)
            rules.append(shapes[number % len(shapes)].format(first, *others))
        return rules

    def _sample(self, of: Sequence[str], count: int) -> list[str]:
        return self._choose.sample(of, min(count, len(of)))

    def _absent(self) -> str:
        """The head of one word and the tail of another, as no text has them."""
        while True:
            head, tail = self._choose.choices(self._words, k=2)
            word = head[: len(head) // 2 + 1] + tail[len(tail) // 2 :]
            if word not in self._all:
                return word
