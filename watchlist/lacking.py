"""What a rule lacks in an article in which it does not hold."""

from __future__ import annotations

from collections.abc import Iterator

from watchlist.nodes import (
    SECTION,
    Both,
    Count,
    Either,
    Facts,
    Loose,
    Near,
    Negation,
    Node,
    Origin,
    Scope,
    Sentence,
    Term,
)
from watchlist.proximity import apart


def lacking(node: Node, facts: Facts, field: str | None = None) -> list[str]:
    """Return, a line each, all that would have to change for the node to hold; none if it holds.

    Below "one of these" stand alternatives, indented; the lines of one begin with a dash.
    """
    return [] if node.find(facts, field) is not None else list(_lacking(node, facts, field))


def _lacking(node: Node, facts: Facts, field: str | None) -> Iterator[str]:
    match node:
        case Term() | Loose() if not _words_are_there(node, facts, field):
            yield f"not {_place(field)}: {node.meaning}"
        case Loose(_, gap):
            yield f"not in this order, or more than {gap} other words between: {node.meaning}"
        case Scope(scope, part):
            if field in (None, scope):
                yield from lacking(part, facts, scope)
            else:
                yield f"asked for inside another field, {field}: {node.meaning}"
        case Origin(kind):
            own = facts.outlet if kind == "outlet" else facts.language
            yield f"the article's {_KINDS[kind]} is {own or 'not known'}: {node.meaning}"
        case Near(left, right) | Sentence(left, right):
            lines = [*lacking(left, facts, field), *lacking(right, facts, field)]
            yield from lines or [f"{_apart(node)}: {node.meaning}"]
        case Count(part, least):
            found = part.find(facts, field)
            if found:
                yield f"at {apart(found)} places instead of {least}: {part.meaning}"
            else:
                yield from lacking(part, facts, field)
        case Both(parts):
            for part in parts:
                yield from lacking(part, facts, field)
        case Either(parts) if all(isinstance(part, Term) for part in parts):
            yield f"none is {_place(field)}: {node.meaning}"
        case Either(parts):
            yield "one of these is needed:"
            for part in parts:
                for number, line in enumerate(lacking(part, facts, field)):
                    yield f"  {' ' if number else '-'} {line}"
        case Negation(part):
            yield f"there, and the rule forbids it: {part.meaning}"


_KINDS = {"outlet": "outlet", "lang": "language"}


def _words_are_there(node: Term | Loose, facts: Facts, field: str | None) -> bool:
    return isinstance(node, Loose) and all(word.find(facts, field) for word in node.words)


def _place(field: str | None) -> str:
    match field:
        case None:
            return "in the text"
        case section if section == SECTION:
            return "in the section's name"
        case _:
            return f"in the {field}"


def _apart(node: Near | Sentence) -> str:
    if isinstance(node, Sentence):
        return "nowhere in one sentence"
    order = " in this order" if node.ordered else ""
    return f"nowhere{order} with at most {node.words} words between"
