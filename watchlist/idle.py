"""What in a watch can never match, or adds nothing: each a line with the reason and the cure."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from itertools import combinations
from typing import NamedTuple

from arabic.clitics import Profile, forms
from arabic.fold import fold
from watchlist.matcher import Watchlist
from watchlist.nodes import (
    SECTION,
    Both,
    Count,
    Either,
    Loose,
    Near,
    Negation,
    Node,
    Origin,
    Scope,
    Sentence,
    walk,
)
from watchlist.rules import Rule
from watchlist.watch import Watch

Outlets = Collection[str] | None


class _Remark(NamedTuple):
    key: str
    term: str
    why: str
    cure: str


def warnings(watch: Watch, outlets: Outlets = None) -> list[str]:
    """Return what is idle in a watch, one line each; ``outlets`` are the names that exist."""
    remarks = [
        *_covered(watch),
        *_needless(watch),
        *_twice(watch),
        *_rule_remarks(watch, outlets),
    ]
    return [
        f"watch «{watch.name}», key {key}: «{term}» {why}: {cure}"
        for key, term, why, cure in dict.fromkeys(remarks)
    ]


def _covered(watch: Watch) -> Iterator[_Remark]:
    """Yield the terms of which every occurrence lies in an exception."""
    keys: list[tuple[str, Sequence[str], Profile]] = [
        ("spellings", watch.spellings, watch.profile),
        ("weak", watch.weak, watch.profile),
        ("rule", watch.rule.terms if watch.rule else (), watch.profile),
        ("context", watch.context.terms if watch.context else (), "thing"),
    ]
    for key, terms, profile in keys:
        for term in terms:
            for exception in watch.exceptions:
                if not term.endswith("*") and _finds(exception, "name", term, profile):
                    why = f"never counts, for every place of it is in the exception «{exception}»"
                    yield _Remark(key, term, why, "delete one of the two")


def _needless(watch: Watch) -> Iterator[_Remark]:
    """Yield the exceptions in which no term stands."""
    rules = [rule for rule in (watch.rule, watch.context) if rule]
    in_rules = tuple(term for rule in rules for term in rule.terms)
    profile: Profile = "thing" if watch.context else watch.profile
    terms = Watch("", profile=profile, spellings=(*watch.spellings, *watch.weak, *in_rules))
    finder = Watchlist([terms])
    for exception in watch.exceptions:
        if not finder.match(body=exception):
            yield _Remark("except", exception, "has no term of the watch in it", "delete it")


def _twice(watch: Watch) -> Iterator[_Remark]:
    """Yield the terms that another one, written with other letters of the same, finds too."""
    spellings = [("spellings", term) for term in watch.spellings]
    weak = [("weak", term) for term in watch.weak]
    yield from _twins([*spellings, *weak], watch.profile)
    yield from _twins([("except", term) for term in watch.exceptions], "name")


def _twins(terms: list[tuple[str, str]], profile: Profile) -> Iterator[_Remark]:
    for (_, first), (key, second) in combinations(terms, 2):
        if _letters(first) != _letters(second):
            continue
        if _finds(first, profile, second, profile):
            yield _Remark(key, second, f"adds nothing, for «{first}» finds it", "delete it")
        elif _finds(second, profile, first, profile):
            yield _Remark(key, first, f"adds nothing, for «{second}» finds it", "delete it")


def _letters(term: str) -> str:
    return fold(term).replace("ة", "ه")


def _finds(term: str, profile: Profile, other: str, other_profile: Profile) -> bool:
    """Tell whether each form of the other term is one of this."""
    mine = forms(term, profile)
    return all(
        any(a.core == b.core and a.before >= b.before and a.after >= b.after for a in mine)
        for b in forms(other, other_profile)
    )


def _rule_remarks(watch: Watch, outlets: Outlets) -> Iterator[_Remark]:
    rules: list[tuple[str, Rule | None]] = [("rule", watch.rule), ("context", watch.context)]
    for key, rule in rules:
        for node in walk(rule.root) if rule else ():
            for term, why, cure in _node_remarks(node, outlets):
                yield _Remark(key, term, why, cure)


def _node_remarks(node: Node, outlets: Outlets) -> Iterator[tuple[str, str, str]]:
    match node:
        case Both(parts):
            yield from _contradictions(parts)
            yield from _repeated(parts, "stands twice beside AND", "drop one, or count it: {2}")
        case Either(parts):
            yield from _repeated(parts, "stands twice beside OR", "drop one")
        case Near(left, right) | Sentence(left, right) if left.meaning == right.meaning:
            why = "stands on both sides, so it must be there twice"
            yield left.meaning, why, f"write {left.meaning}{{2}}, or name another term"
        case Loose((word,), gap):
            why = f"is one word, of which ~{gap} says nothing"
            yield node.meaning, why, f"write {word.text}, or a phrase"
        case Origin("outlet", names) if outlets is not None:
            known = {name.casefold() for name in outlets}
            for name in names:
                if name not in known:
                    yield f"outlet:{name}", "is no outlet", "`scrapy outlets` lists their names"


def _repeated(parts: Sequence[Node], why: str, cure: str) -> Iterator[tuple[str, str, str]]:
    seen: set[str] = set()
    for part in parts:
        if part.meaning in seen:
            yield part.meaning, why, cure
        seen.add(part.meaning)


def _contradictions(parts: Sequence[Node]) -> Iterator[tuple[str, str, str]]:
    wanted = Both(tuple(part for part in parts if not isinstance(part, Negation)))
    for part in parts:
        if isinstance(part, Negation) and _implies(wanted, part.part):
            why = "can never hold: the rest of the rule asks for what it forbids"
            yield part.meaning, why, "drop it, or what it contradicts"
    kinds: dict[str, Origin] = {}
    for part in parts:
        if isinstance(part, Origin) and part.kind == "outlet":
            other = kinds.setdefault(part.kind, part)
            if not set(other.values) & set(part.values):
                why = f"can never hold beside {other.meaning}: an article has one outlet"
                yield part.meaning, why, "join the two with OR in brackets"


def _implies(premise: Node, conclusion: Node) -> bool:
    """Tell whether the premise cannot hold without the conclusion, as far as their shape says."""
    if premise.meaning == conclusion.meaning:
        return True
    match conclusion:
        case Either(parts) if any(_implies(premise, part) for part in parts):
            return True
        case Both(parts):
            return all(_implies(premise, part) for part in parts)
    match premise:
        case Both(parts):
            return any(_implies(part, conclusion) for part in parts)
        case Either(parts):
            return all(_implies(part, conclusion) for part in parts)
        case Scope(field, part):
            if isinstance(conclusion, Scope):
                return conclusion.field == field and _implies(part, conclusion.part)
            return field != SECTION and _implies(part, conclusion)
        case Count(part):
            return _implies(part, conclusion)
        case Near(left, right) | Sentence(left, right):
            return _implies(left, conclusion) or _implies(right, conclusion)
        case _:
            return False
