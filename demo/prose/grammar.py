"""The notation of the prose: ``{slot}`` is filled, of ``[one|two]`` one is taken; they may nest."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

_PLAIN = re.compile(r"[^{}\[\]|]+")


@dataclass(slots=True, frozen=True)
class Slot:
    """A place that the writer fills."""

    name: str


Part = str | Slot | tuple["Text", ...]
"""Text as it stands, a slot, or a choice among several."""
Text = str | tuple[Part, ...]
"""What a template says; a mere string where nothing is left to be chosen."""


@cache
def parse(template: str) -> Text:
    """What a template says. Raises ValueError when its brackets do not pair."""
    text, rest = _sequence(template, 0)
    if rest != len(template):
        raise ValueError(f"{template[rest]!r} at {rest} closes nothing: {template}")
    return text


@cache
def choices(stock: str) -> tuple[Text, ...]:
    """The alternatives of a stock, which has bars between them."""
    found, _ = _alternatives(f"[{stock}]", 0)
    return found


def _sequence(template: str, at: int) -> tuple[Text, int]:
    """What stands from ``at`` up to the bar or bracket that ends it, and where that is."""
    parts: list[Part] = []
    while at < len(template) and template[at] not in "|]":
        part: Part
        if template[at] == "{":
            end = template.index("}", at)
            part, at = Slot(template[at + 1 : end]), end + 1
        elif template[at] == "[":
            part, at = _alternatives(template, at)
        else:
            plain = _PLAIN.match(template, at)
            assert plain
            part, at = plain[0], plain.end()
        parts.append(part)
    if not parts:
        return "", at
    only = parts[0]
    return only if len(parts) == 1 and isinstance(only, str) else tuple(parts), at


def _alternatives(template: str, at: int) -> tuple[tuple[Text, ...], int]:
    """The alternatives of the bracket at ``at``, and where the text goes on behind it."""
    opened = at
    found: list[Text] = []
    while at < len(template) and (at == opened or template[at] == "|"):
        text, at = _sequence(template, at + 1)
        found.append(text)
    if at == len(template):
        raise ValueError(f"'[' at {opened} is not closed: {template}")
    return tuple(found), at + 1
