"""Earlier versions of a text, kept as the word operations that lead back to them."""

from __future__ import annotations

import json
import re
from difflib import SequenceMatcher

_TOKEN = re.compile(r"\s+|\S+")


def make_patch(new: str, old: str) -> str:
    """What turns ``new`` back into ``old``: JSON, positive = keep n tokens, negative = skip n,
    string = insert it. Tokens are words and the white space between them.

    >>> apply_patch("دخلت القوات المدينة", make_patch("دخلت القوات المدينة", "دخلت المدينة"))
    'دخلت المدينة'
    """
    before, after = _TOKEN.findall(new), _TOKEN.findall(old)
    steps: list[int | str] = []
    matcher = SequenceMatcher(None, before, after, autojunk=False)
    for kind, start, end, to_start, to_end in matcher.get_opcodes():
        if kind == "equal":
            steps.append(end - start)
            continue
        if end > start:
            steps.append(start - end)
        if to_end > to_start:
            steps.append("".join(after[to_start:to_end]))
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
