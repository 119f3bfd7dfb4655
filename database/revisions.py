"""Earlier versions of a text, kept as the word operations that lead back to them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from rapidfuzz.distance import Indel

_TOKEN = re.compile(r"\s+|\S+")
# The table of two texts grows with their product; of a longer text the whole old one is kept.
MOST_TOKENS = 20_000


Kind = Literal["same", "deleted", "inserted"]


@dataclass(slots=True)
class Piece:
    """A run of words that two versions share, or that only one of them has."""

    kind: Kind
    text: str


def make_patch(new: str, old: str) -> str:
    """What turns ``new`` back into ``old``: JSON, positive = keep n tokens, negative = skip n,
    string = insert it. Tokens are words and the white space between them.

    >>> apply_patch("دخلت القوات المدينة", make_patch("دخلت القوات المدينة", "دخلت المدينة"))
    'دخلت المدينة'
    """
    before, after = _TOKEN.findall(new), _TOKEN.findall(old)
    if max(len(before), len(after)) > MOST_TOKENS:
        return json.dumps([-len(before), old], ensure_ascii=False)
    steps: list[int | str] = []
    for step in Indel.opcodes(before, after):
        if step.tag == "equal":
            steps.append(step.src_end - step.src_start)
            continue
        if step.src_end > step.src_start:
            steps.append(step.src_start - step.src_end)
        if step.dest_end > step.dest_start:
            steps.append("".join(after[step.dest_start : step.dest_end]))
    return json.dumps(steps, ensure_ascii=False)


def apply_patch(new: str, patch: str) -> str:
    """The earlier text that ``patch`` leads back to from ``new``."""
    tokens = _TOKEN.findall(new)
    position = 0
    old: list[str] = []
    for step in json.loads(patch):
        if isinstance(step, str):
            old.append(step)
        elif step > 0:
            old.extend(tokens[position : position + step])
            position += step
        else:
            position -= step
    return "".join(old)


def pieces(new: str, patch: str) -> list[Piece]:
    """What changed from the earlier text that ``patch`` leads back to: words deleted, inserted.

    Without ``inserted`` they are the earlier text, without ``deleted`` they are ``new``. Changed
    words with only a space between them are one change.

    >>> [(p.kind, p.text) for p in pieces("دخلت المدينة", make_patch("دخلت المدينة", "دخلت حلب"))]
    [('same', 'دخلت '), ('deleted', 'حلب'), ('inserted', 'المدينة')]
    """
    found: list[Piece] = []
    gone, came = "", ""
    for step in [*_steps(new, patch), Piece("same", "")]:
        if step.kind == "deleted":
            gone += step.text
        elif step.kind == "inserted":
            came += step.text
        elif gone and came and step.text == " ":
            gone, came = gone + " ", came + " "
        else:
            kinds: tuple[tuple[Kind, str], ...] = (("deleted", gone), ("inserted", came))
            found += [Piece(kind, text) for kind, text in kinds if text]
            found += [step] if step.text else []
            gone, came = "", ""
    return found


def _steps(new: str, patch: str) -> Iterator[Piece]:
    tokens = _TOKEN.findall(new)
    position = 0
    for step in json.loads(patch):
        if isinstance(step, str):
            yield Piece("deleted", step)
            continue
        text = "".join(tokens[position : position + abs(step)])
        position += abs(step)
        yield Piece("same" if step > 0 else "inserted", text)
