"""Boolean rules over terms: ``(داعش OR "تنظيم الدولة") NEAR/8 البوكمال -title:كرة``."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from lark import UnexpectedInput

from watchlist.grammar import DEEPEST, PARSER, TOO_DEEP
from watchlist.nodes import Facts, Node, depth, may_hold, needs_text, terms
from watchlist.proximity import Span
from watchlist.syntax import Refused, RuleError, syntax_error, without_quoted

__all__ = ["Rule", "RuleError", "parse"]

LONGEST = 10_000
"""Code points of a rule."""
MOST_TERMS = 1_000

_BIDI_MARKS = dict.fromkeys(
    (0x061C, 0x200B, 0x200E, 0x200F, 0xFEFF, *range(0x202A, 0x202F), *range(0x2066, 0x206A))
)
_STRAIGHT_QUOTES = {ord(quote): '"' for quote in "«»“”„‟"}


@dataclass(slots=True, frozen=True)
class Rule:
    """A rule ready to be asked; ``text`` is the rule with straight quotes and single spaces.

    ``terms`` are to be looked for in title, subtitle and body, ``section_terms`` in the section.
    """

    text: str
    root: Node
    terms: tuple[str, ...]
    section_terms: tuple[str, ...] = ()

    @property
    def meaning(self) -> str:
        """The rule in its canonical form: the same for all ways to write it."""
        return self.root.meaning

    def may_hold(self, found: Collection[str]) -> bool:
        """Tell whether it can hold where these terms were found; if not, find() need not look."""
        return may_hold(self.root, found)

    def find(self, facts: Facts) -> list[Span] | None:
        """Return the spans that make the rule hold (never none), or None where it does not."""
        return self.root.find(facts, None)


def parse(text: str) -> Rule:
    """Read a rule. From close to loose: {n}, NEAR and SENTENCE, NOT, AND, OR.

    :raises RuleError: with line, column, a caret and the cure.
    """
    text = text.translate(_BIDI_MARKS).translate(_STRAIGHT_QUOTES)
    _check_size(text)
    try:
        root: Node = PARSER.parse(text)  # type: ignore[assignment]
    except UnexpectedInput as error:
        raise syntax_error(text, error) from None
    except Refused as error:
        raise RuleError(error.problem, text, error.position) from None
    if depth(root) > DEEPEST:
        raise RuleError(TOO_DEEP, text, 0)
    in_text, in_section = list(terms(root, section=False)), list(terms(root, section=True))
    if len(in_text) + len(in_section) > MOST_TERMS:
        problem = f"more than {MOST_TERMS:,} terms: make several watches of it"
        raise RuleError(problem, text, 0)
    if not needs_text(root):
        cure = (
            "say what must be there too: every alternative needs a term without NOT"
            " (section:, outlet: and lang: are none)"
        )
        raise RuleError(f"the rule holds for articles with none of its terms; {cure}", text, 0)
    return Rule(" ".join(text.split()), root, _once(in_text), _once(in_section))


def _once(found: list[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(found))


def _check_size(text: str) -> None:
    if len(text) > LONGEST:
        problem = f"longer than {LONGEST:,} characters: make several watches of it"
        raise RuleError(problem, " ".join(text[:60].split()), 0)
    depth = 0
    for position, character in enumerate(without_quoted(text)):
        depth += {"(": 1, ")": -1}.get(character, 0)
        if depth > DEEPEST:
            problem = (
                f"more than {DEEPEST} brackets inside one another: drop those that say nothing"
            )
            raise RuleError(problem, text, position)
