"""The watchlist file: strict reading of ``watchlist.toml`` into watches."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any, get_args

from arabic.clitics import Profile, forms
from arabic.fold import fold
from watchlist.rules import Rule, RuleError, parse
from watchlist.watch import Watch

PROFILES: tuple[Profile, ...] = get_args(Profile)


class WatchlistError(ValueError):
    """A watchlist that cannot be used; its text names file, line, watch, key and the cure."""


def read(path: Path) -> list[Watch]:
    """Read a watchlist file.

    :raises WatchlistError: the file cannot be read, or anything in it is not understood.
    """
    source = _source(path)
    lines = source.split("\n")
    try:
        content = tomllib.loads(source)
    except tomllib.TOMLDecodeError as error:
        raise _syntax_error(path, lines, str(error)) from None
    except RecursionError:
        cure = 'a list holds texts only: write ["text", "text"]'
        raise WatchlistError(f"{path}: too many brackets inside one another: {cure}") from None
    for key in content:
        if key != "watch":
            line = _find_line(lines, 0, rf"\[*\s*{re.escape(key)}\b")
            raise WatchlistError(
                f"{_at(path, line)}: unknown «{key}»: a watch begins with [[watch]]"
            )
    tables = content.get("watch")
    if isinstance(tables, dict):
        at = _at(path, _find_line(lines, 0, _SINGLE))
        raise WatchlistError(f"{at}: [watch] begins no watch: {_SINGLE_CURE}")
    if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
        raise WatchlistError(f"{path}: names nothing to watch: begin each watch with [[watch]]")
    entries = [_Entry(path, lines, number, t) for number, t in enumerate(tables)]
    watches = [entry.watch() for entry in entries]
    _refuse_twins(entries, watches)
    return watches


def _source(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise WatchlistError(f"{path}: {error.strerror}: create it or name another file") from None
    except UnicodeDecodeError:
        raise WatchlistError(f"{path}: not in UTF-8: save it again as UTF-8") from None


def _refuse_twins(entries: list[_Entry], watches: list[Watch]) -> None:
    seen: dict[str, str] = {}
    for entry, watch in zip(entries, watches, strict=True):
        folded = fold(watch.name)
        if folded in seen:
            raise entry.error("name", f"a watch «{seen[folded]}» is there already: join the two")
        seen[folded] = watch.name


def _at(path: Path, line: int | None) -> str:
    return f"{path}:{line}" if line else str(path)


def _find_line(lines: list[str], start: int, pattern: str) -> int | None:
    """Return the number (from 1) of the first line from index ``start`` on that fits."""
    for number, line in enumerate(lines[start:], start + 1):
        if re.match(rf"\s*{pattern}", line):
            return number
    return None


_SINGLE = r"\[\s*watch\s*\]"
_SINGLE_CURE = "write [[watch]], with two brackets"
_QUOTED = re.compile(r'"(?:[^"\\]|\\.)*"|\'[^\']*\'')
_TEXT_IN_TEXT = re.compile(r'\s*([\w-]+)\s*=\s*"(?!"")(?:[^"\\]|\\.)*"\s*[^\s#]')


def _syntax_error(path: Path, lines: list[str], message: str) -> WatchlistError:
    place = re.search(r" \(at (?:line (\d+), column \d+|end of document)\)", message)
    number = int(place[1]) if place and place[1] else None
    if number is None and "overwrite" in message:  # known only behind the last line
        number = len("\n".join(lines).rstrip().split("\n"))
    line = lines[number - 1] if number and number <= len(lines) else ""
    problem = re.sub(r" \(at [^)]*\)", "", message)
    problem = problem[:1].lower() + problem[1:]
    return WatchlistError(f"{_at(path, number)}: {problem}: {_syntax_cure(line, problem)}")


def _syntax_cure(line: str, problem: str) -> str:
    unquoted = _QUOTED.sub("", line).split("#")[0]
    inner = _TEXT_IN_TEXT.match(line)
    if inner:
        what = inner[1] if inner[1] in ("rule", "context") else "text"
        return f"quotes stand inside quotes: put the {what} in '…' or '''…'''"
    if re.search("[“”„«»]", unquoted):
        return 'write straight quotes: "…"'
    if "،" in unquoted:
        return "write a Latin comma , between the texts of a list"
    if re.search("[\u061c\u200b\u200e\u200f\u202a-\u202e\u2066-\u2069]", line):
        return "an invisible direction mark stands outside the quotes: type the line anew"
    if re.match(r"\s*\[+\s*watch\b", line):
        return "begin each watch with [[watch]], with two brackets"
    if "overwrite" in problem:
        return "the key stands here twice: delete one of the two"
    return 'a line is  key = "text"  or  key = ["text", "text"]'


_KEYS = (
    "name",
    "category",
    "priority",
    "note",
    "profile",
    "spellings",
    "except",
    "weak",
    "context",
    "rule",
)
_LINE_BREAKERS = ("Cc", "Cs", "Zl", "Zp")


@dataclass(slots=True, frozen=True)
class _Entry:
    """One ``[[watch]]`` table and where it stands."""

    path: Path
    lines: list[str]
    number: int
    table: Mapping[str, Any]

    def watch(self) -> Watch:
        for key in self.table:
            if key not in _KEYS:
                raise self.error(key, f"unknown key; {_choose(key, _KEYS)}")
        name = self._text("name").strip()
        if not name:
            raise self.error("name", 'is missing or empty: write name = "…"')
        if any(unicodedata.category(character) in _LINE_BREAKERS for character in name):
            raise self.error("name", "holds a line break, tab or control character: delete it")
        if not fold(name).strip():
            raise self.error("name", "has nothing that can be read: write letters")
        return self._checked(
            Watch(
                name=name,
                category=self._text("category"),
                priority=self._priority(),
                note=self._text("note"),
                profile=self._profile(),
                spellings=self._spellings(name),
                exceptions=self._terms("except"),
                weak=self._terms("weak"),
                context=self._rule("context"),
                rule=self._rule("rule"),
            )
        )

    def _checked(self, watch: Watch) -> Watch:
        if watch.rule:
            for key in ("spellings", "weak", "context"):
                if key in self.table:
                    raise self.error(
                        key, f"stands beside a rule: move it into the rule, drop {key}"
                    )
        if watch.weak and not watch.context:
            raise self.error("weak", "counts only in a context: add context = '…'")
        if watch.context and not watch.weak:
            raise self.error("context", 'is for weak spellings: add weak = ["…"]')
        strong = set(map(fold, watch.spellings))
        for term in watch.weak:
            if fold(term) in strong:
                raise self.error("weak", f"«{term}» is among the spellings too: keep one")
        return watch

    def _spellings(self, name: str) -> tuple[str, ...]:
        """Return the spellings; without any, the name is one, unless it is weak or a rule's."""
        if "spellings" in self.table:
            return self._terms("spellings")
        if "rule" in self.table or fold(name) in set(map(fold, self._terms("weak"))):
            return ()
        self._check_term("name", name)
        return (name,)

    def _text(self, key: str) -> str:
        value = self.table.get(key, "")
        if not isinstance(value, str):
            raise self.error(key, f'must be a text: write {key} = "…"')
        return value

    def _priority(self) -> int:
        value = self.table.get("priority", 3)
        if type(value) is not int or not 1 <= value <= 5:
            raise self.error("priority", "must be a number from 1 (first) to 5: write priority = 3")
        return value

    def _profile(self) -> Profile:
        value = self._text("profile") if "profile" in self.table else "name"
        for profile in PROFILES:
            if value == profile:
                return profile
        raise self.error("profile", f"unknown profile «{value}»; {_choose(value, PROFILES)}")

    def _terms(self, key: str) -> tuple[str, ...]:
        if key not in self.table:
            return ()
        value = self.table[key]
        if not isinstance(value, list) or not all(isinstance(term, str) for term in value):
            raise self.error(key, f'must be a list of texts: write {key} = ["…", "…"]')
        if not value:
            raise self.error(key, "is empty: fill it or delete the line")
        for term in value:
            self._check_term(key, term)
        return tuple(" ".join(term.split()) for term in value)

    def _check_term(self, key: str, term: str) -> None:
        if not term.strip():
            raise self.error(key, "has an empty term: fill it or delete it")
        try:
            forms(term, "name")
        except ValueError:
            raise self.error(
                key, f"«{term}» has no letter or digit: fill it or delete it"
            ) from None
        if len(fold(term).strip()) < 2:
            raise self.error(key, f"«{term}» is one letter, found everywhere: write a longer term")
        if "*" in term:
            cure = "list the words, or write rule = '…' instead of spellings"
            raise self.error(key, f"«{term}»: * stands only in rule and context: {cure}")

    def _rule(self, key: str) -> Rule | None:
        if key not in self.table:
            return None
        try:
            return parse(self._text(key))
        except RuleError as error:
            raise self.error(key, str(error)) from None

    def error(self, key: str, problem: str) -> WatchlistError:
        name = self.table.get("name")
        who = f"watch «{name}»" if isinstance(name, str) else f"watch number {self.number + 1}"
        return WatchlistError(f"{_at(self.path, self._line(key))}: {who}, key {key}: {problem}")

    def _line(self, key: str) -> int | None:
        """Return the line of the key, else of the table, else nothing (it is written inline)."""
        heads = [
            n for n, line in enumerate(self.lines) if re.match(r"\s*\[\[\s*watch\s*\]\]", line)
        ]
        if self.number >= len(heads):
            return None
        head, *following = heads[self.number :]
        block = self.lines[: following[0]] if following else self.lines
        return _find_line(block, head, rf"[\"']?{re.escape(key)}[\"']?\s*=") or head + 1


def _choose(word: str, choices: tuple[str, ...]) -> str:
    close = get_close_matches(word.lower(), choices, n=1, cutoff=0.5)
    return f"did you mean {close[0]}?" if close else "choose " + ", ".join(choices)
