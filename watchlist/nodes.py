"""The tree of a rule: what each part finds in an article, and how it is written canonically."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from watchlist.proximity import Sentences, Span, apart, in_one_sentence, in_order, near

SECTION = "section"
"""The field that is looked into only where a rule names it, and that gives no hits."""


@dataclass(slots=True, frozen=True)
class Facts:
    """An article as a rule sees it: where the rule's terms stand, and where it was published."""

    spans: Mapping[str, Sequence[Span]]
    """Term → where it stands."""
    sentences: Sentences = lambda field: ()
    outlet: str = ""
    language: str = ""


# Every node has find(), which gives the spans that make it hold (none, where nothing in the text
# does) or None where it does not hold; and a ``meaning``: a rule that is read to the same node,
# one for all ways to write it.


@dataclass(slots=True, frozen=True)
class Term:
    """A word or phrase, as written; with a ``*`` at its end any ending does."""

    text: str

    @property
    def meaning(self) -> str:
        return f'"{self.text}"'

    def find(self, facts: Facts, field: str | None) -> list[Span] | None:
        spans = facts.spans.get(self.text, ())
        found = [s for s in spans if s.field == field or (field is None and s.field != SECTION)]
        return found or None


@dataclass(slots=True, frozen=True)
class Loose:
    """Words of one field in this order, with at most ``gap`` others between them altogether."""

    words: tuple[Term, ...]
    gap: int

    @property
    def meaning(self) -> str:
        return f'"{" ".join(word.text for word in self.words)}"~{self.gap}'

    def find(self, facts: Facts, field: str | None) -> list[Span] | None:
        found = [spans for word in self.words if (spans := word.find(facts, field))]
        return (in_order(found, self.gap) or None) if len(found) == len(self.words) else None


@dataclass(slots=True, frozen=True)
class Scope:
    """A part that must hold inside one field; inside the section it gives no spans."""

    field: str
    part: Node

    @property
    def meaning(self) -> str:
        return f"{self.field}:{self.part.meaning}"

    def find(self, facts: Facts, field: str | None) -> list[Span] | None:
        found = self.part.find(facts, self.field) if field in (None, self.field) else None
        return [] if found and self.field == SECTION else found


@dataclass(slots=True, frozen=True)
class Origin:
    """The article is of one of these outlets, or in one of these languages."""

    kind: Literal["outlet", "lang"]
    values: tuple[str, ...]

    @property
    def meaning(self) -> str:
        quoted = sorted({f'"{value}"' for value in self.values})
        return f"{self.kind}:({' OR '.join(quoted)})"

    def find(self, facts: Facts, field: str | None) -> list[Span] | None:
        if self.kind == "outlet":
            holds = facts.outlet.casefold() in self.values
        else:
            language = facts.language.casefold()
            # RFC 4647, basic filtering: ar stands for ar-SY too.
            holds = any(language == code or language.startswith(f"{code}-") for code in self.values)
        return [] if holds else None


@dataclass(slots=True, frozen=True)
class Near:
    """Two parts of one field with at most ``words`` words between them."""

    left: Node
    right: Node
    words: int
    ordered: bool = False

    @property
    def meaning(self) -> str:
        if self.ordered:
            return f"({self.left.meaning} ONEAR/{self.words} {self.right.meaning})"
        return _joined(f"NEAR/{self.words}", [self.left.meaning, self.right.meaning])

    def find(self, facts: Facts, field: str | None) -> list[Span] | None:
        left, right = self.left.find(facts, field), self.right.find(facts, field)
        if not left or not right:
            return None
        return near(left, right, self.words, ordered=self.ordered) or None


@dataclass(slots=True, frozen=True)
class Sentence:
    """Two parts in one sentence of one field, in any order."""

    left: Node
    right: Node

    @property
    def meaning(self) -> str:
        return _joined("SENTENCE", [self.left.meaning, self.right.meaning])

    def find(self, facts: Facts, field: str | None) -> list[Span] | None:
        left, right = self.left.find(facts, field), self.right.find(facts, field)
        if not left or not right:
            return None
        return in_one_sentence(left, right, facts.sentences) or None


@dataclass(slots=True, frozen=True)
class Count:
    """A part that stands at ``least`` places which share no word."""

    part: Node
    least: int

    @property
    def meaning(self) -> str:
        return f"{self.part.meaning}{{{self.least}}}"

    def find(self, facts: Facts, field: str | None) -> list[Span] | None:
        found = self.part.find(facts, field)
        return found if found and apart(found) >= self.least else None


@dataclass(slots=True, frozen=True)
class Both:
    """Parts that must all hold."""

    parts: tuple[Node, ...]

    @property
    def meaning(self) -> str:
        return _joined("AND", {part.meaning for part in self.parts})

    def find(self, facts: Facts, field: str | None) -> list[Span] | None:
        spans: list[Span] = []
        for part in self.parts:
            evidence = part.find(facts, field)
            if evidence is None:
                return None
            spans += evidence
        return spans


@dataclass(slots=True, frozen=True)
class Either:
    """Parts of which at least one must hold."""

    parts: tuple[Node, ...]

    @property
    def meaning(self) -> str:
        return _joined("OR", {part.meaning for part in self.parts})

    def find(self, facts: Facts, field: str | None) -> list[Span] | None:
        evidence = [part.find(facts, field) for part in self.parts]
        held = [spans for spans in evidence if spans is not None]
        return [span for spans in held for span in spans] if held else None


@dataclass(slots=True, frozen=True)
class Negation:
    """A part that must not hold."""

    part: Node

    @property
    def meaning(self) -> str:
        return f"(NOT {self.part.meaning})"

    def find(self, facts: Facts, field: str | None) -> list[Span] | None:
        return [] if self.part.find(facts, field) is None else None


Node = Term | Loose | Scope | Origin | Near | Sentence | Count | Both | Either | Negation


def _joined(operator: str, meanings: Iterable[str]) -> str:
    """Return parts whose order says nothing, in brackets unless there is only one."""
    ordered = sorted(meanings)
    return ordered[0] if len(ordered) == 1 else f"({f' {operator} '.join(ordered)})"


def children(node: Node) -> tuple[Node, ...]:
    """Return the parts of which a node is made."""
    match node:
        case Both(parts) | Either(parts):
            return parts
        case Loose(words):
            return words
        case Scope(part=part) | Count(part) | Negation(part):
            return (part,)
        case Near(left, right) | Sentence(left, right):
            return (left, right)
        case Term() | Origin():
            return ()


def walk(node: Node) -> Iterator[Node]:
    """Yield a node and all that is in it."""
    yield node
    for child in children(node):
        yield from walk(child)


def depth(node: Node) -> int:
    """Return how many nodes stand inside one another."""
    return 1 + max(map(depth, children(node)), default=0)


def needs_text(node: Node) -> bool:
    """Tell whether the node can hold only where one of its terms stands in the text."""
    match node:
        case Scope(field, part):
            return field != SECTION and needs_text(part)
        case Both(parts):
            return any(map(needs_text, parts))
        case Either(parts):
            return all(map(needs_text, parts))
        case Count(part):
            return needs_text(part)
        case Negation() | Origin():
            return False
        case Term() | Loose() | Near() | Sentence():
            return True


def may_hold(node: Node, found: Collection[str]) -> bool:
    """Tell whether the node can hold where these terms were found: a quick look before find()."""
    match node:
        case Term(text):
            return text in found
        case Either(parts):
            return any(may_hold(part, found) for part in parts)
        case Negation() | Origin():
            return True
        case _:
            return all(may_hold(part, found) for part in children(node))


def terms(node: Node, *, section: bool) -> Iterator[str]:
    """Yield the terms to be looked for in the section, or those for the text."""
    match node:
        case Term(text):
            if not section:
                yield text
        case Scope(field, part) if field == SECTION:
            if section:
                yield from terms(part, section=False)
        case _:
            for child in children(node):
                yield from terms(child, section=section)
