"""Matches of a watchlist in an article."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Field = Literal["title", "subtitle", "body"]


@dataclass(slots=True, frozen=True)
class Hit:
    """One occurrence: ``field[start:end]`` in Unicode code points of the stored text."""

    term: str
    field: Field
    start: int
    end: int


@dataclass(slots=True, frozen=True)
class Match:
    """A watch that an article matches, with its hits in order of field and start (never empty)."""

    watch: str
    hits: tuple[Hit, ...]
