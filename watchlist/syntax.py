"""What is wrong with a rule, where, and the cure."""

from __future__ import annotations

import re
from collections.abc import Mapping

from lark import Token, UnexpectedCharacters, UnexpectedInput, UnexpectedToken

ARABIC_OPERATORS: Mapping[str, str] = {
    "أو": "OR",
    "او": "OR",
    "و": "AND",
    "ليس": "NOT",
}


class RuleError(ValueError):
    """A rule that cannot be read; its text has the place, the rule's line and a caret."""

    def __init__(self, problem: str, text: str, position: int) -> None:
        before = text[:position]
        self.problem = problem
        self.line = before.count("\n") + 1
        self.column = position - (before.rfind("\n") + 1) + 1
        source = text.split("\n")[self.line - 1].rstrip()
        caret = " " * (self.column - 1) + "^"
        super().__init__(
            f"line {self.line}, column {self.column}: {problem}\n    {source}\n    {caret}"
        )


class Refused(Exception):
    """What the reader will not take at a place of the rule; it never leaves this package."""

    def __init__(self, problem: str, token: Token) -> None:
        super().__init__(problem)
        self.problem = problem
        self.position = token.start_pos or 0


def syntax_error(text: str, error: UnexpectedInput) -> RuleError:
    """Return what the grammar's refusal means to the writer of the rule."""
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
    elif token is not None and token.type in _BEHIND:
        cure = f"{what} stands behind {_BEHIND[token.type]}"
    else:
        cure = f"a term is missing before {what}" + _or_quote(what)
    return RuleError(cure, text, position)


_BEHIND: Mapping[str, str] = {
    "COUNT": 'one term or bracket: write داعش{3}, "تنظيم الدولة"{3} or (داعش OR قسد){3}',
    "SLOP": 'a phrase in quotes: write "تنظيم الدولة"~2',
}


def _or_quote(what: str) -> str:
    if what not in ARABIC_OPERATORS:
        return ""
    return f' («{what}» is {ARABIC_OPERATORS[what]}; quote it to look for the word: "{what}")'


def _unfinished(text: str) -> RuleError:
    if not text.strip():
        return RuleError("the rule is empty: write a term", text, 0)
    depth = 0
    unquoted = without_quoted(text)
    for position in range(len(unquoted) - 1, -1, -1):
        depth += {")": 1, "(": -1}.get(unquoted[position], 0)
        if depth < 0:
            return RuleError("this bracket is never closed: add )", text, position)
    last = re.split(r'[\s()"]', text.rstrip())[-1]
    problem = "the rule ends where a term is expected: add one" + _or_quote(last)
    return RuleError(problem, text, len(text.rstrip()))


def without_quoted(text: str) -> str:
    """Return the text with every phrase blotted out, at its length."""
    return re.sub(r'"[^"]*"', lambda phrase: "x" * len(phrase[0]), text)


_CURES: Mapping[str, str] = {
    '"': "this quotation mark is never closed",
    ":": "only title:, subtitle:, body:, section:, outlet: and lang: stand before a colon;"
    " quote a term that holds one",
    "*": "* stands only at the end of a word of three letters or more: write قصف*,"
    " and list other spellings with OR",
    "~": '~ and a number stand behind a phrase in quotes: write "تنظيم الدولة"~2',
    "{": "{ } holds a number from 2 to 99, behind what is counted: write داعش{3}",
    "|": "write OR",
    "&": "write AND",
}


def _character_cure(character: str) -> str:
    return _CURES.get(character, f"«{character}» stands for nothing here: delete or quote it")


def word_cure(word: str) -> str | None:
    """Return what to write instead of a word that looks like an operator and is none."""
    if word in ARABIC_OPERATORS:
        return f"a term is missing before {word}" + _or_quote(word)
    if word == "وليس":
        return (
            f'«{word}» is one word: write «و ليس» or NOT; quote it to look for the word: "{word}"'
        )
    if not re.fullmatch(r"(and|or|not|sentence|o?near)(/.*)?", word, re.I):
        return None
    if re.fullmatch(r"AND|OR|SENTENCE|O?NEAR/\d{1,2}", word):
        return f"a term is missing before {word}"
    if "near" in word.lower():
        name = "ONEAR" if word.lower().startswith("o") else "NEAR"
        return f"«{word}» is not an operator: write {name}/ and a number from 0 to 99, as {name}/5"
    operator = word.split("/")[0].upper()
    return f"«{word}» is not an operator: write {operator}, or quote it to look for the word"
