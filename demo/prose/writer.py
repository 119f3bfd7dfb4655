"""Writes a piece of news from the stock of prose, by a seeded random generator."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
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
from demo.prose.grammar import Slot, Text, choices, parse
from demo.prose.names import SURFACES, WATCH_NAMES
from demo.prose.stock import STOCK

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

BACKGROUND_SHARE = 0.15
"""Of the articles so many end with a sentence that others of the topic hold word for word."""
_PER_STORY = ("town", "city", "agency", "good", "art", "book", "illness", "source")
_PER_EVENT = ("n", "h", "pct")
TOLD = (*_PER_STORY, "team", "rival", "third")
"""Slots that keep one filling through a story."""


def _counted(rng: random.Random) -> int:
    """11 to 99: the counted noun stays in the singular, in the accusative."""
    return 11 + int(rng.random() * 89)


NUMBERS: dict[str, Callable[[random.Random], str]] = {
    "n": lambda rng: str(_counted(rng)),
    # The last two digits tell the noun's case, so that a number like 1243 counts as 43 does.
    "big": lambda rng: str(100 * (1 + int(rng.random() * 29)) + _counted(rng)),
    # Full hundreds: the noun is a singular in the genitive.
    "h": lambda rng: str(100 * (2 + int(rng.random() * 18))),
    "pct": lambda rng: str(3 + int(rng.random() * 38)),
    "day": lambda rng: str(2 + int(rng.random() * 26)),
    "minute": lambda rng: str(2 + int(rng.random() * 88)),
}
"""Slot → how its number is drawn."""

_CHOICES = {slot: choices(stock) for slot, stock in STOCK.items()}


class Writer:
    """Writes one story: its event, places and figures are the same in the text and every title."""

    def __init__(self, topic: ModuleType, weekday: str, rng: random.Random) -> None:
        self.topic = topic
        self._rng = rng
        self._lead, *self._titles = rng.choice(topic.EVENTS)
        self._told: dict[str, str] = {}
        self._told = {slot: self._text(slot) for slot in _PER_STORY}
        teams: dict[str, None] = {}
        while len(teams) < 3:
            teams[self._text("team")] = None
        self._told.update(zip(("team", "rival", "third"), teams, strict=True))
        figures = {slot: self._text(slot) for slot in _PER_EVENT}
        self._event = {**figures, "weekday": weekday}

    def person(self) -> str:
        """A made-up first and last name, as they stand in a byline."""
        return f"{self._text('first')} {self._text('last')}"

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
            sentences[0] = f"({self._told['agency']}) - {sentences[0]}"
        return self._paragraphs(sentences), [plant for _, plants in filled for plant in plants]

    def update(self) -> str:
        """A paragraph that an editor adds later; it holds no watched name."""
        return self._fill(self._rng.choice(general.UPDATES), "body")[0]

    def _outline(self, wire: bool) -> list[str]:
        """The sentences after the lead: the topic's own, what fits any piece, how it closes."""
        rng = self._rng
        outline = rng.sample(self.topic.SENTENCES, rng.randint(4, 5))
        for sentence in rng.sample(general.SENTENCES, rng.randint(5, 7)):
            outline.insert(rng.randint(2, len(outline)), sentence)
        if rng.random() < BACKGROUND_SHARE:
            outline.append(rng.choice(self.topic.BACKGROUND))
        if wire:
            outline.insert(1, rng.choice(general.CREDITS))
        return [*outline, rng.choice(general.CLOSINGS)]

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
        said: list[str] = []
        plants: list[Plant] = []
        told = {**self._told, **event} if event else self._told
        self._say(parse(template), told, said, field, plants)
        return "".join(said), plants

    def _text(self, slot: str) -> str:
        said: list[str] = []
        self._say((Slot(slot),), {}, said, "body", [])
        return "".join(said)

    def _say(
        self,
        text: Text,
        told: Mapping[str, str],
        said: list[str],
        field: Field,
        plants: list[Plant],
    ) -> None:
        """Append what the text says, and the watched names in it; ``told``: slots that are fixed."""
        if isinstance(text, str):
            said.append(text)
            return
        random = self._rng.random
        for part in text:
            if isinstance(part, Slot):
                part = self._filler(part.name, told, field, plants)
            if isinstance(part, tuple):
                chosen = part[int(random() * len(part))]
                if isinstance(chosen, tuple):
                    self._say(chosen, told, said, field, plants)
                    continue
                part = chosen
            said.append(part)

    def _filler(
        self, slot: str, told: Mapping[str, str], field: Field, plants: list[Plant]
    ) -> str | tuple[Text, ...]:
        """What stands in a slot, or the choice of what may."""
        if slot in told:
            return told[slot]
        if slot in _CHOICES:
            return _CHOICES[slot]
        if slot in NUMBERS:
            return NUMBERS[slot](self._rng)
        surface = self._rng.choice(SURFACES[slot])
        plants.append(Plant(WATCH_NAMES[slot.partition("_")[0]], field, surface))
        return surface
