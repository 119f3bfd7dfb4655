"""A keyword in its context: one line around a hit, with the hit marked."""

from __future__ import annotations

# Private-use characters, so that no page can write a mark into a snippet; the desk shows <mark>.
MARK_START = "\ue000"
MARK_END = "\ue001"
AROUND = 90


def snippet(text: str, start: int, end: int) -> str:
    """About ``AROUND`` code points on each side of ``text[start:end]``, cut at words.

    >>> snippet("دخلت القوات البوكمال", 12, 20).replace(MARK_START, "[").replace(MARK_END, "]")
    'دخلت القوات [البوكمال]'
    """
    left = _plain(text[max(0, start - AROUND) : start])
    right = _plain(text[end : end + AROUND])
    if start > AROUND:
        left = "…" + left.partition(" ")[2]
    if end + AROUND < len(text):
        right = right.rpartition(" ")[0] + "…"
    return f"{left}{MARK_START}{_plain(text[start:end])}{MARK_END}{right}"


def _plain(text: str) -> str:
    text = text.replace(MARK_START, "").replace(MARK_END, "")
    return "".join(" " if c in "\r\n\t" else c for c in text)
