"""Boolean rules over terms: ``(داعش OR "تنظيم الدولة") NEAR/8 البوكمال -title:كرة``."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from lark import (
    Lark,
    Token,
    Transformer,
    UnexpectedCharacters,
    UnexpectedInput,
    UnexpectedToken,
    v_args,
)
from lark.exceptions import VisitError

from arabic.clitics import forms

# The characters {}~*?:|& are in no word: they stay free for later operators.
_GRAMMAR = r"""
?start: either
?either: both (_OR both)*
?both: unary (_AND? unary)*
?unary: (NOT | MINUS) unary -> negation
      | unit
?unit: atom
     | unit NEAR atom -> near
?atom: SCOPE atom -> scope
     | "(" either ")"
     | (WORD | PHRASE) -> term

_OR.3: /OR(?![^\s()"])/
_AND.3: /AND(?![^\s()"])/
NOT.3: /NOT(?![^\s()"])/
NEAR.3: /NEAR\/\d{1,2}(?![^\s()"])/
MINUS.3: /[-–—−](?=\S)/
SCOPE.3: /(title|subtitle|body):/
PHRASE: /"[^"]*"/
WORD: /[^\s()"{}~*?:|&–—−-][^\s()"{}~*?:|&]*/
%ignore /\s+/
"""
_PARSER = Lark(_GRAMMAR, parser="lalr", maybe_placeholders=False)

_BIDI_MARKS = dict.fromkeys(
    (0x061C, 0x200B, 0x200E, 0x200F, 0xFEFF, *range(0x202A, 0x202F), *range(0x2066, 0x206A))
)
_STRAIGHT_QUOTES = {ord(quote): '"' for quote in "«»“”„‟"}


class RuleError(ValueError):
    """A rule that cannot be read; its text has the place, the rule's line and a caret."""

    def __init__(self, problem: str, text: str, position: int) -> None:
        before = text[:position]
        self.problem = problem
        self.line = before.count("\n") + 1
        self.column = position - (before.rfind("\n") + 1) + 1
        source = (text.splitlines() or [""])[self.line - 1 :][:1] or [""]
        caret = " " * (self.column - 1) + "^"
        super().__init__(
            f"line {self.line}, column {self.column}: {problem}\n    {source[0]}\n    {caret}"
        )


class Span(NamedTuple):
    """A stretch of one field: its first and last word (counted from 0) and the places in it."""

    field: str
    first: int
    last: int
    places: tuple[int, ...]
    """The numbers by which the caller knows the terms found in it."""


Found = Mapping[str, Sequence[Span]]
"""Term → where it stands in the article, in order of field and place."""


@dataclass(slots=True, frozen=True)
class Term:
    """A word or phrase, as written."""

    text: str

    def find(self, found: Found, field: str | None) -> list[Span] | None:
        spans = [s for s in found.get(self.text, ()) if field is None or s.field == field]
        return spans or None


@dataclass(slots=True, frozen=True)
class Scope:
    """A part that must hold inside one field."""

    field: str
    part: Node

    def find(self, found: Found, field: str | None) -> list[Span] | None:
        return self.part.find(found, self.field) if field in (None, self.field) else None


@dataclass(slots=True, frozen=True)
class Near:
    """Two parts of one field with at most ``words`` words between them, in any order."""

    left: Node
    right: Node
    words: int

    def find(self, found: Found, field: str | None) -> list[Span] | None:
        left, right = self.left.find(found, field), self.right.find(found, field)
        if not left or not right:
            return None
        pairs = {*_followed(left, right, self.words), *_followed(right, left, self.words)}
        return sorted(pairs) or None


@dataclass(slots=True, frozen=True)
class Both:
    """Parts that must all hold."""

    parts: tuple[Node, ...]

    def find(self, found: Found, field: str | None) -> list[Span] | None:
        spans: list[Span] = []
        for part in self.parts:
            evidence = part.find(found, field)
            if evidence is None:
                return None
            spans += evidence
        return spans


@dataclass(slots=True, frozen=True)
class Either:
    """Parts of which at least one must hold."""

    parts: tuple[Node, ...]

    def find(self, found: Found, field: str | None) -> list[Span] | None:
        evidence = [part.find(found, field) for part in self.parts]
        held = [spans for spans in evidence if spans is not None]
        return [span for spans in held for span in spans] if held else None


@dataclass(slots=True, frozen=True)
class Negation:
    """A part that must not hold."""

    part: Node

    def find(self, found: Found, field: str | None) -> list[Span] | None:
        return [] if self.part.find(found, field) is None else None


Node = Term | Scope | Near | Both | Either | Negation


def _followed(left: list[Span], right: list[Span], words: int) -> Iterator[Span]:
    """Yield each span of ``left`` joined with each of ``right`` that begins soon after it."""
    right = sorted(right)
    starts = [(span.field, span.first) for span in right]
    for span in left:
        low = bisect_right(starts, (span.field, span.last))
        high = bisect_right(starts, (span.field, span.last + words + 1))
        for other in right[low:high]:
            last = max(span.last, other.last)
            yield Span(span.field, span.first, last, span.places + other.places)


@dataclass(slots=True, frozen=True)
class Rule:
    """A rule ready to be asked; ``text`` is the rule with straight quotes and single spaces."""

    text: str
    root: Node
    terms: tuple[str, ...]

    def find(self, found: Found) -> list[Span] | None:
        """Return the spans that make the rule hold (never none), or None where it does not."""
        return self.root.find(found, None)


def parse(text: str) -> Rule:
    """Read a rule. NOT binds closer than AND, AND closer than OR; NEAR/n closest of all.

    :raises RuleError: with line, column, a caret and the cure.
    """
    text = text.translate(_BIDI_MARKS).translate(_STRAIGHT_QUOTES)
    try:
        root: Node = _Reader(text).transform(_PARSER.parse(text))
    except UnexpectedInput as error:
        raise _syntax_error(text, error) from None
    except VisitError as error:
        if isinstance(error.orig_exc, RuleError):
            raise error.orig_exc from None
        raise
    if root.find({}, None) is not None:
        cure = "say what must be there too: every alternative needs a term without NOT"
        raise RuleError(f"the rule holds for articles with none of its terms; {cure}", text, 0)
    return Rule(" ".join(text.split()), root, tuple(dict.fromkeys(_terms(root))))


def _children(node: Node) -> tuple[Node, ...]:
    match node:
        case Both(parts) | Either(parts):
            return parts
        case Scope(part=part) | Negation(part):
            return (part,)
        case Near(left, right):
            return (left, right)
        case Term():
            return ()


def _walk(node: Node) -> Iterator[Node]:
    yield node
    for child in _children(node):
        yield from _walk(child)


def _terms(node: Node) -> Iterator[str]:
    return (part.text for part in _walk(node) if isinstance(part, Term))


@v_args(inline=True)
class _Reader(Transformer[Token, Node]):
    """Builds the nodes, and refuses what the grammar cannot."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self._text = text

    def _refuse(self, problem: str, token: Token) -> RuleError:
        return RuleError(problem, self._text, token.start_pos or 0)

    def term(self, token: Token) -> Node:
        if token.type == "WORD" and re.fullmatch(r"(and|or|not|o?near)(/.*)?", token, re.I):
            raise self._refuse(_operator_cure(token), token)
        text = " ".join(token.strip('"').split())
        try:
            forms(text, "name")
        except ValueError:
            problem = "a term without a letter or digit: write a word or delete it"
            raise self._refuse(problem, token) from None
        return Term(text)

    def scope(self, token: Token, part: Node) -> Node:
        if any(isinstance(inner, Scope) for inner in _walk(part)):
            raise self._refuse("a field inside a field: name one", token)
        return Scope(token.removesuffix(":"), part)

    def negation(self, token: Token, part: Node) -> Node:
        if any(isinstance(inner, Negation) for inner in _walk(part)):
            raise self._refuse("NOT inside NOT: say what must be there without NOT", token)
        return Negation(part)

    def near(self, left: Node, token: Token, right: Node) -> Node:
        node = Near(left, right, int(token.removeprefix("NEAR/")))
        if any(isinstance(inner, Both | Negation) for inner in _walk(node)):
            problem = "NEAR takes terms, or terms joined by OR in brackets, on both sides"
            raise self._refuse(problem, token)
        return node

    def both(self, *parts: Node) -> Node:
        return Both(parts)

    def either(self, *parts: Node) -> Node:
        return Either(parts)


def _operator_cure(word: str) -> str:
    if re.fullmatch(r"AND|OR|NEAR/\d{1,2}", word):
        return f"a term is missing before {word}"
    if "near" in word.lower():
        return f"«{word}» is not an operator: write NEAR/ and a number from 0 to 99, as in NEAR/5"
    return f"«{word}» is not an operator: write {word.upper()}, or quote it to look for the word"


def _syntax_error(text: str, error: UnexpectedInput) -> RuleError:
    position = error.pos_in_stream
    token = error.token if isinstance(error, UnexpectedToken) else None
    if position is None or position < 0 or (token is not None and token.type == "$END"):
        return _unfinished(text)
    if isinstance(error, UnexpectedCharacters):
        return RuleError(_character_cure(text[position]), text, position)
    what = str(token)
    if what == ")":
        opened = text.count("(", 0, position) > text.count(")", 0, position)
        cure = "a term is missing before this bracket" if opened else "this bracket closes nothing"
    else:
        cure = f"a term is missing before {what}"
    return RuleError(cure, text, position)


def _unfinished(text: str) -> RuleError:
    if not text.strip():
        return RuleError("the rule is empty: write a term", text, 0)
    unquoted = re.sub(r'"[^"]*"', lambda phrase: "x" * len(phrase[0]), text)
    depth = 0
    for position in range(len(unquoted) - 1, -1, -1):
        depth += {")": 1, "(": -1}.get(unquoted[position], 0)
        if depth < 0:
            return RuleError("this bracket is never closed: add )", text, position)
    end = len(text.rstrip())
    return RuleError("the rule ends where a term is expected: add one", text, end)


_CURES: Mapping[str, str] = {
    '"': "this quotation mark is never closed",
    ":": "only title:, subtitle: and body: name a field; quote a term that holds a colon",
    "*": "there are no wildcards: particles and endings are found anyway; list other spellings",
    "|": "write OR",
    "&": "write AND",
}


def _character_cure(character: str) -> str:
    return _CURES.get(character, f"«{character}» stands for nothing here: delete or quote it")
