"""How much of one text stands in another."""

from __future__ import annotations

import re

from arabic.fold import fold

NOTHING = 0.2
"""Containment below which two texts are two stories; measured: docs/database.md."""
MUCH = 0.5
"""Containment from which two texts under one address are two versions of one."""
_WORD = re.compile(r"\w+")


def containment(a: str | None, b: str | None) -> float:
    """The share of the shorter text's word triples that the other one has too, spelling aside.

    0 for a text of fewer than three words.

    >>> containment("دخلت القوات المدينة صباحا", "دخلت القوّات المدينة صباحا بعد معارك")
    1.0
    """
    triples = [_triples(text or "") for text in (a, b)]
    shorter = min(map(len, triples))
    return len(triples[0] & triples[1]) / shorter if shorter else 0.0


def words(text: str | None) -> list[str]:
    """The words of a text, spelling aside."""
    return _WORD.findall(fold(text or ""))


def _triples(text: str) -> set[tuple[str, ...]]:
    found = words(text)
    return set(zip(found, found[1:], found[2:], strict=False))
