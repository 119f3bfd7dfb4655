"""The grammar of rules, and the reader that makes their tree."""

from __future__ import annotations

from typing import Literal

from lark import Lark, Token, Transformer, v_args

from arabic.clitics import forms
from arabic.fold import fold
from watchlist import nodes
from watchlist.nodes import Node
from watchlist.syntax import Refused, word_cure

DEEPEST = 50
"""How many brackets, or operators, may stand inside one another."""
TOO_DEEP = f"more than {DEEPEST} operators inside one another: make several watches of it"

SHORTEST_STEM = 3
MOST_WORDS_WITHIN = 20
COUNTS = range(2, 100)

# The characters {}~*?:|& are in no word; * alone may end one.
_GRAMMAR = r"""
?start: either
?either: both (_OR both)*
?both: unary (_AND? unary)*
?unary: (NOT | MINUS) unary -> negation
      | unit
?unit: counted
     | unit NEAR counted -> near
     | unit SENTENCE counted -> sentence
?counted: atom
        | atom COUNT -> count
?atom: SCOPE atom -> scope
     | "(" either ")"
     | WORD -> word
     | PHRASE -> phrase
     | PHRASE SLOP -> loose

_OR.3: /(OR|أو|او)(?![^\s()"])/
_AND.3: /(AND|و)(?![^\s()"])/
NOT.3: /(NOT|ليس)(?![^\s()"])/
NEAR.3: /O?NEAR\/\d{1,2}(?![^\s()"])/
SENTENCE.3: /SENTENCE(?![^\s()"])/
MINUS.3: /[-–—−](?=\S)/
SCOPE.3: /(title|subtitle|body|section|outlet|lang):/
COUNT: /\{\d+\}/
SLOP: /~\d+/
PHRASE: /"[^"]*"/
WORD: /[^\s()"{}~*?:|&–—−-][^\s()"{}~*?:|&]*(\*(?![^\s(){}"~]))?/
%ignore /\s+/
"""


@v_args(inline=True)
class _Reader(Transformer[Token, Node]):
    """Builds the nodes, and refuses what the grammar cannot."""

    def word(self, token: Token) -> Node:
        cure = word_cure(token)
        if cure:
            raise Refused(cure, token)
        return _term(str(token), token)

    def phrase(self, token: Token) -> Node:
        return _term(" ".join(token.strip('"').split()), token)

    def loose(self, token: Token, slop: Token) -> Node:
        gap = int(slop.removeprefix("~"))
        if gap > MOST_WORDS_WITHIN:
            problem = f"~ takes 0 to {MOST_WORDS_WITHIN} words: write a smaller number, or NEAR"
            raise Refused(problem, slop)
        words = token.strip('"').split() or [""]
        return nodes.Loose(tuple(_term(word, token) for word in words), gap)

    def scope(self, token: Token, part: Node) -> Node:
        if any(isinstance(inner, nodes.Scope | nodes.Origin) for inner in nodes.walk(part)):
            raise Refused("a field inside a field: name one", token)
        match token.removesuffix(":"):
            case "outlet":
                return _origin("outlet", part, token)
            case "lang":
                return _origin("lang", part, token)
            case field:
                return nodes.Scope(field, part)

    def negation(self, token: Token, part: Node) -> Node:
        if any(isinstance(inner, nodes.Negation) for inner in nodes.walk(part)):
            raise Refused("NOT inside NOT: say what must be there without NOT", token)
        return nodes.Negation(part)

    def near(self, left: Node, token: Token, right: Node) -> Node:
        operator, words = token.split("/")
        _check_sides(operator, token, left, right)
        return _shallow(nodes.Near(left, right, int(words), operator == "ONEAR"), token)

    def sentence(self, left: Node, token: Token, right: Node) -> Node:
        _check_sides("SENTENCE", token, left, right)
        return _shallow(nodes.Sentence(left, right), token)

    def count(self, part: Node, token: Token) -> Node:
        least = int(token.strip("{}"))
        if least not in COUNTS:
            problem = f"{{ }} takes {COUNTS[0]} to {COUNTS[-1]}: one occurrence needs no number"
            raise Refused(problem, token)
        if not _is_made_of(_COUNTABLE, part):
            problem = f"{token} counts a term, or terms joined by OR in brackets"
            raise Refused(problem, token)
        return nodes.Count(part, least)

    def both(self, *parts: Node) -> Node:
        flat = (p.parts if isinstance(p, nodes.Both) else (p,) for p in parts)
        return nodes.Both(tuple(part for group in flat for part in group))

    def either(self, *parts: Node) -> Node:
        flat = (p.parts if isinstance(p, nodes.Either) else (p,) for p in parts)
        return nodes.Either(tuple(part for group in flat for part in group))


def _term(text: str, token: Token) -> nodes.Term:
    """Return the term; only the last of its words may end in ``*``."""
    stem = text.removesuffix("*")
    if "*" in stem:
        raise Refused("* stands only at the end of the last word of a phrase", token)
    try:
        forms(stem, "name")
    except ValueError:
        raise Refused(
            "a term without a letter or digit: write a word or delete it", token
        ) from None
    if stem != text:
        last = (fold(stem).split() or [""])[-1]
        if last != "الله":  # of which ال is no article to be taken off
            last = last.removeprefix("ال")
        if sum(map(str.isalnum, last)) < SHORTEST_STEM or not last[-1].isalnum():
            problem = f"{text} would find too much: write {SHORTEST_STEM} letters or more before *"
            raise Refused(problem, token)
    return nodes.Term(text)


def _origin(kind: Literal["outlet", "lang"], part: Node, token: Token) -> nodes.Origin:
    found = list(nodes.walk(part))
    names = [node.text.casefold() for node in found if isinstance(node, nodes.Term)]
    plain = all(isinstance(node, nodes.Term | nodes.Either) for node in found)
    if not plain or any("*" in name for name in names):
        raise Refused(
            f"{token} takes a name, or names joined by OR in brackets: write -{token}… for NOT",
            token,
        )
    return nodes.Origin(kind, tuple(names))


_COUNTABLE = (nodes.Term, nodes.Loose, nodes.Scope, nodes.Either)
_NEIGHBOURS = (*_COUNTABLE, nodes.Near, nodes.Sentence)


def _check_sides(operator: str, token: Token, *sides: Node) -> None:
    if not all(_is_made_of(_NEIGHBOURS, side) for side in sides):
        problem = f"{operator} takes terms, or terms joined by OR in brackets, on both sides"
        raise Refused(problem, token)


def _is_made_of(kinds: tuple[type[Node], ...], part: Node) -> bool:
    """Tell whether all in the part is of these kinds, and none of it is of the section."""
    return all(
        isinstance(node, kinds)
        and not (isinstance(node, nodes.Scope) and node.field == nodes.SECTION)
        for node in nodes.walk(part)
    )


def _shallow(node: Node, token: Token) -> Node:
    if nodes.depth(node) > DEEPEST:
        raise Refused(TOO_DEEP, token)
    return node


PARSER = Lark(_GRAMMAR, parser="lalr", maybe_placeholders=False, transformer=_Reader())
"""Its ``parse`` gives a node, or raises ``UnexpectedInput`` or ``Refused``."""
