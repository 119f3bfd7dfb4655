"""Writes a piece of news from the stock of prose, by a seeded random generator."""

from __future__ import annotations

import random
import re
from collections.abc import Mapping, Sequence
from types import ModuleType

from demo.press import Field, Plant
from demo.prose import (
    border,
    culture,
    daesh,
    deir,
    economy,
    general,
    hashd,
    health,
    sport,
    traps,
    weather,
)
from demo.prose.names import FILLERS, LAST_NAMES, MEN, SURFACES, WATCH_NAMES, WOMEN

TOPICS: tuple[ModuleType, ...] = (
    border,
    economy,
    hashd,
    sport,
    deir,
    culture,
    daesh,
    weather,
    border,
    health,
    hashd,
    traps,
)
"""The round of topics that every outlet goes through, watched and other news in turn."""

WIRE_TOPICS: tuple[ModuleType, ...] = (border, hashd, deir, economy, daesh)

_SLOT = re.compile(r"\{(\w+)\}")
_PER_STORY = ("town", "city", "agency", "good", "art", "book", "illness", "source")
_PER_EVENT = ("n", "h", "pct")


class Writer:
    """Writes one story: its event, places and figures are the same in the text and every title."""

    def __init__(self, topic: ModuleType, weekday: str, rng: random.Random) -> None:
        self.topic = topic
        self._rng = rng
        self._lead, *self._titles = rng.choice(topic.EVENTS)
        self._fixed = {slot: rng.choice(FILLERS[slot]) for slot in _PER_STORY}
        teams = rng.sample(FILLERS["team"], 3)
        self._fixed.update(zip(("team", "rival", "third"), teams, strict=True))
        figures = {slot: self._filler(slot) for slot in _PER_EVENT}
        self._event = {**figures, "weekday": weekday}

    def person(self, first_names: Sequence[str] = MEN) -> str:
        """A made-up full name."""
        return f"{self._rng.choice(first_names)} {self._rng.choice(LAST_NAMES)}"

    def titles(self, count: int) -> list[tuple[str, list[Plant]]]:
        """Different titles for the story: the first plain, the others as other desks dress it."""
        frames = ["{title}", *self._rng.sample(general.TITLE_FRAMES, count - 1)]
        titles = []
        for frame in frames:
            title, plants = self._fill(self._rng.choice(self._titles), "title", self._event)
            titles.append((frame.format(title=title), plants))
        return titles

    def body(self, *, wire: bool) -> tuple[tuple[str, ...], list[Plant]]:
        """The paragraphs; ``wire``: opens with the agency's name and credits it again."""
        filled = [self._fill(self._lead, "body", self._event)]
        filled += [self._fill(template, "body") for template in self._outline(wire)]
        sentences = [text for text, _ in filled]
        if wire:
            sentences[0] = f"({self._fixed['agency']}) - {sentences[0]}"
        return self._paragraphs(sentences), [plant for _, plants in filled for plant in plants]

    def update(self) -> str:
        """A paragraph that an editor adds later; it holds no watched name."""
        return self._fill(self._rng.choice(general.UPDATES), "body")[0]

    def _outline(self, wire: bool) -> list[str]:
        rng = self._rng
        outline = rng.sample(self.topic.SENTENCES, rng.randint(7, 10))
        if wire:
            outline.insert(1, rng.choice(general.CREDITS))
        return outline + rng.sample(general.CLOSINGS, rng.randint(1, 2))

    def _paragraphs(self, sentences: Sequence[str]) -> tuple[str, ...]:
        paragraphs: list[str] = []
        at = 0
        while at < len(sentences):
            size = self._rng.choice((1, 2, 2, 3)) if len(paragraphs) < 7 else len(sentences)
            paragraphs.append(" ".join(sentences[at : at + size]))
            at += size
        return tuple(paragraphs)

    def _fill(
        self, template: str, field: Field, event: Mapping[str, str] | None = None
    ) -> tuple[str, list[Plant]]:
        """The template with its slots filled, the event's own figures first."""
        plants: list[Plant] = []
        figures = event or {}

        def value(slot: re.Match[str]) -> str:
            name = slot[1]
            if name not in SURFACES:
                return figures.get(name) or self._filler(name)
            surface = self._rng.choice(SURFACES[name])
            plants.append(Plant(WATCH_NAMES[name.partition("_")[0]], field, surface))
            return surface

        return _SLOT.sub(value, template), plants

    def _filler(self, name: str) -> str:
        rng = self._rng
        if name in self._fixed:
            return self._fixed[name]
        if name == "person":
            return self.person()
        if name == "woman":
            return self.person(WOMEN)
        if name == "n":  # 11 to 99: the counted noun stays in the singular
            return str(rng.randint(11, 99))
        if name == "h":
            return str(rng.randrange(150, 1000, 50))
        if name == "pct":
            return str(rng.randint(3, 10))
        return rng.choice(FILLERS[name])
