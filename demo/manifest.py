"""The truth of the pretend web, as a perfect reader would know it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from demo.press import Field, Piece, Precision

Change = Literal["title", "body", "both"]


@dataclass(slots=True, frozen=True)
class Truth:
    """One article: ``published`` as stored ('2026-03-02T11:05:00Z' or the bare date).

    ``body`` holds the paragraphs as lines; articles with one ``story`` carry one text, copied or
    edited; ``matches`` lists, for each watch, the (field, surface) of its hits in order.
    """

    key: str
    outlet: str
    urls: tuple[str, ...]
    title: str
    body: tuple[str, ...]
    published: str
    precision: Precision
    story: int
    matches: dict[str, list[tuple[Field, str]]]


@dataclass(slots=True, frozen=True)
class Manifest:
    """All articles, the outlets that must show as failed or degraded, and what an edit changed."""

    articles: list[Truth]
    failed: tuple[str, ...] = ()
    degraded: tuple[str, ...] = ()
    changes: dict[str, Change] = field(default_factory=dict)
    """Key of an edited article → what was changed."""
    gone: tuple[str, ...] = ()
    """Keys of the articles that their outlets took down: what was stored of them stays."""


def describe(piece: Piece, urls: tuple[str, ...]) -> Truth:
    """The truth about a piece that is reached under ``urls``."""
    matches: dict[str, list[tuple[Field, str]]] = {}
    for plant in piece.plants:
        matches.setdefault(plant.watch, []).append((plant.field, plant.surface))
    moment = piece.published
    return Truth(
        key=f"{piece.outlet}:{piece.number}",
        outlet=piece.outlet,
        urls=urls,
        title=piece.title,
        body=piece.body,
        published=f"{moment:%Y-%m-%d}"
        if piece.precision == "day"
        else f"{moment:%Y-%m-%dT%H:%M:%SZ}",
        precision=piece.precision,
        story=piece.story,
        matches=matches,
    )
