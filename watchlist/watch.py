"""One thing that is watched."""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass

from arabic.clitics import Profile
from watchlist.rules import Rule

MATCHING_VERSION = 2
"""Stands for the code that matches: this package, ``arabic.fold`` and ``arabic.clitics``.

Raise it by one in every change after which some watch may find other places in some text, be it a
letter more that is folded; leave it when only speed, errors or documents change.
"""


@dataclass(slots=True, frozen=True)
class Watch:
    """One thing that is watched. Either ``spellings`` and ``weak``, or ``rule``, say what it is.

    A spelling in ``weak`` counts only where ``context`` holds; nothing inside one of the
    ``exceptions`` counts. ``priority`` is 1 (first) to 5.
    """

    name: str
    category: str = ""
    priority: int = 3
    note: str = ""
    profile: Profile = "name"
    spellings: tuple[str, ...] = ()
    exceptions: tuple[str, ...] = ()
    weak: tuple[str, ...] = ()
    context: Rule | None = None
    rule: Rule | None = None

    @property
    def fingerprint(self) -> str:
        """Sixteen hex digits that change only when the watch may match differently."""
        meaning = [
            MATCHING_VERSION,
            self.profile,
            sorted(set(self.spellings)),
            sorted(set(self.exceptions)),
            sorted(set(self.weak)),
            self.context and self.context.meaning,
            self.rule and self.rule.meaning,
        ]
        return hashlib.sha256(json.dumps(meaning).encode()).hexdigest()[:16]

    @property
    def query(self) -> str:
        """What it looks for, to be read by a person."""
        parts = [self.rule.text] if self.rule else [" OR ".join(map(_quoted, self.spellings))]
        if self.context:
            weak = " OR ".join(map(_quoted, self.weak))
            parts.append(f"{weak} WHERE {self.context.text}")
        query = " OR ".join(part for part in parts if part)
        if self.exceptions:
            query += " EXCEPT " + ", ".join(map(_quoted, self.exceptions))
        return query


def _quoted(term: str) -> str:
    return f'"{term}"' if re.search(r"[\s()]", term) else term
