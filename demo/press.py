"""What an outlet publishes: a piece and its planted names."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

Precision = Literal["second", "minute", "day"]
Field = Literal["title", "body"]
SECTIONS = {"politics": "سياسة", "economy": "اقتصاد", "sport": "رياضة", "culture": "ثقافة ومجتمع"}
"""Section key → the label readers see, in the order of every outlet's menu."""


@dataclass(slots=True, frozen=True)
class Plant:
    """A watched name that the prose contains: the watch, where, and as it is written there."""

    watch: str
    field: Field
    surface: str


@dataclass(slots=True, frozen=True)
class Piece:
    """One article of one outlet.

    ``published`` and ``modified`` are UTC; ``number`` and ``slug`` make the outlet's address of it;
    pieces with one ``story`` carry one text, copied or edited; ``revision`` grows with every edit.
    """

    outlet: str
    number: int
    slug: str
    section: str
    title: str
    body: tuple[str, ...]
    plants: tuple[Plant, ...]
    author: str
    published: datetime
    precision: Precision
    story: int
    modified: datetime | None = None
    revision: int = 1
    quiet_edits: int = 0
    """Edits that neither a feed nor a date on the page tells of."""

    @property
    def changed_at(self) -> datetime:
        """The moment of the last change, UTC."""
        return self.modified or self.published
