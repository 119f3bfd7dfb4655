"""An article's history as lines for a terminal, or as an object for machines."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import Any

from crawler.fetch import printable
from database.history import History, Version
from database.revisions import Kind, Piece

CHANGED = {
    "title": "the title changed",
    "body": "the text changed",
    "both": "title and text changed",
}
BRACKETS: dict[Kind, tuple[str, str]] = {
    "same": ("", ""),
    "deleted": ("[-", "-]"),
    "inserted": ("{+", "+}"),
}
COLOURS: dict[Kind, tuple[str, str]] = {
    "same": ("", ""),
    "deleted": ("\x1b[31;9m", "\x1b[0m"),
    "inserted": ("\x1b[32;4m", "\x1b[0m"),
}
MARKERS: dict[frozenset[Kind], str] = {
    frozenset(("same",)): " ",
    frozenset(("deleted",)): "-",
    frozenset(("inserted",)): "+",
}
CHANGED_LINE = "~"
BESIDE = 1
"""Unchanged lines shown on either side of a changed one."""


def lines(history: History, *, full: bool, colour: bool) -> Iterator[str]:
    """The versions, oldest first, each with what it changed; ``full``: with its whole text.

    A line begins with its marker: ``+`` inserted, ``-`` deleted, ``~`` changed within. A marker
    stands before the text, so that no line's direction hides it.
    """
    yield from _head(history)
    for version in history.versions:
        yield ""
        yield _when(version)
        if version.changed in ("title", "both"):
            yield from diff(version.title_diff, colour=colour)
        else:
            yield f"  {printable(version.title) or '(no title)'}"
        if full:
            yield from (f"  {printable(line)}" for line in version.body.splitlines())
        if version.changed in ("body", "both"):
            yield "  text:"
            yield from _shortened(list(diff(version.body_diff, colour=colour)))


def diff(pieces: Sequence[Piece], *, colour: bool) -> Iterator[str]:
    """What changed, a line for each line of both texts; page text cannot steer the terminal."""
    signs = COLOURS if colour else BRACKETS
    line: list[Piece] = []
    for piece in [*pieces, Piece("same", "\n")]:
        first, *others = piece.text.split("\n")
        line.append(Piece(piece.kind, first))
        for other in others:
            yield from _diff_line(line, signs)
            line = [Piece(piece.kind, other)]


def as_object(history: History, *, full: bool) -> dict[str, Any]:
    """The history for machines; diffs are lists of [kind, text]."""
    versions = []
    for version in history.versions:
        told = asdict(version)
        for name in ("title_diff", "body_diff"):
            told[name] = [[piece.kind, piece.text] for piece in getattr(version, name)]
        if not full:
            del told["body"]
        versions.append(told)
    return history.article | {
        "addresses": history.addresses,
        "replaces": history.replaces,
        "versions": versions,
    }


def _head(history: History) -> Iterator[str]:
    article = history.article
    yield f"article {article['id']} of {printable(article['outlet'])}"
    yield f"  {printable(article['url'])}"
    if article["gone_at"]:
        yield f"  gone from its page: found missing {_clock(article['gone_at'])}"
    if article["replaced_by"]:
        yield f"  its address shows another story now: scrapy history {article['replaced_by']}"
    for number in history.replaces:
        yield f"  its address showed another story before: scrapy history {number}"


def _when(version: Version) -> str:
    first = version.first_seen_at
    seen = f"seen {_clock(first)}" if first else "seen first after that"
    if first != version.last_seen_at:
        seen += f", last {_clock(version.last_seen_at)}"
    changed = f": {CHANGED[version.changed]}" if version.changed else ""
    return f"version {version.revision}, {seen}{changed}"


def _clock(moment: str) -> str:
    return moment[:16].replace("T", " ") + " UTC"


def _diff_line(line: Sequence[Piece], signs: dict[Kind, tuple[str, str]]) -> Iterator[str]:
    shown = [Piece(piece.kind, printable(piece.text, spaces=True)) for piece in line]
    kinds: frozenset[Kind] = frozenset(piece.kind for piece in shown if piece.text.strip())
    if not kinds:
        return
    marker = MARKERS.get(kinds, CHANGED_LINE)
    yield f"{marker} {''.join(_signed(piece, signs) for piece in shown).strip()}"


def _signed(piece: Piece, signs: dict[Kind, tuple[str, str]]) -> str:
    """The signs stand at the words, the spaces around them outside."""
    before, after = signs[piece.kind]
    bare = piece.text.strip()
    if not bare:
        return piece.text
    start = piece.text.index(bare)
    return f"{piece.text[:start]}{before}{bare}{after}{piece.text[start + len(bare) :]}"


def _shortened(shown: Sequence[str]) -> Iterator[str]:
    """The changed lines and those beside them; how many are left out between."""
    changed = [at for at, line in enumerate(shown) if not line.startswith(" ")]
    kept = {at + step for at in changed for step in range(-BESIDE, BESIDE + 1)}
    hidden = 0
    for at, line in enumerate(shown):
        if at not in kept:
            hidden += 1
            continue
        if hidden:
            yield f"  ({hidden} more, unchanged)"
            hidden = 0
        yield line
    if hidden:
        yield f"  ({hidden} more, unchanged)"
