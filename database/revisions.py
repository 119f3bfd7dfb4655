"""Earlier versions of a text, kept as the word operations that lead back to them."""

from __future__ import annotations

import json
import re

from rapidfuzz.distance import Indel

_TOKEN = re.compile(r"\s+|\S+")
# The table of two texts grows with their product; of a longer text the whole old one is kept.
MOST_TOKENS = 20_000


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
