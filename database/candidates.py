"""Which articles can match a watch: every form of its terms, looked up in the full-text index.

The answer may hold articles too many, never too few. Where ``arabic.fold`` of a text holds a form
of a term, the index holds the form's words as tokens, one by one: separators of FTS5 stand where
the matcher sees the end of a word. That is untrue only of texts with a character that one of the
two foldings deletes, spells out or takes for a part of the word and the other does not; an article
with such a character (``unusual_articles``) is always a candidate.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import islice

import sqlite_utils

from database.search import ar_norm
from database.unusual import may_be_in_a_token
from watchlist import Watch
from watchlist.finder import AnyEnding, Pattern, patterns

MOST_TOKENS = 50_000
"""Beyond so many forms, asking the index for each may take longer than reading all articles."""
AT_ONCE = 500

# Letters and digits that both foldings leave alone, or treat alike.
_PLAIN = "0-9a-z\u0621-\u063a\u0641-\u064a"
_RUN = re.compile(f"[{_PLAIN}]+")
_EXPRESSION = "select rowid from articles_fts where articles_fts match ?"


def candidates(db: sqlite_utils.Database, watches: Iterable[Watch]) -> list[int] | None:
    """The articles, ascending, that match one of the watches or may do so; None: any article may.

    Articles that have matches of these watches among the rows are candidates too.
    """
    watches = list(watches)
    wanted: dict[str, None] = {}
    tokens = 0
    for core, pattern in _cores(watches):
        words = _words(core, pattern)
        tokens += sum(map(len, words))
        if not words or tokens > MOST_TOKENS:
            return None
        wanted.update(dict.fromkeys(_expressions(words)))
    found = _unusual(db) | _matched(db, watches)
    for expression in wanted:
        found.update(article for (article,) in db.execute(_EXPRESSION, [expression]))
    return sorted(found)


def _cores(watches: Iterable[Watch]) -> Iterator[tuple[str, Pattern]]:
    """The cores of the terms that give hits; a context and an exception give none."""
    for watch in watches:
        rule = watch.rule.terms if watch.rule else ()
        for term in (*watch.spellings, *watch.weak, *rule):
            yield from patterns(term, 0, "spelling", watch.profile)


def _words(core: str, pattern: Pattern) -> list[list[str]]:
    """For each word of a core, its possible tokens, as FTS5 writes them; nothing for a core with a
    letter that is not plain, which the index may hold otherwise.
    """
    runs = list(_RUN.finditer(core))
    if any(map(may_be_in_a_token, _RUN.sub("", core))):
        return []
    words = []
    for run in runs:
        befores = pattern.before if run.start() == 0 else [""]
        afters = pattern.after if run.end() == len(core) else [""]
        star = "*" if isinstance(afters, AnyEnding) else ""
        endings = [""] if isinstance(afters, AnyEnding) else afters
        tokens = (ar_norm(before + run[0] + after) for before in befores for after in endings)
        words.append([f'"{token}"{star}' for token in sorted(set(filter(None, tokens)))])
    return words


def _expressions(words: list[list[str]]) -> Iterator[str]:
    """FTS5 expressions of which at least one finds an article with all the words."""
    *others, longest = sorted(words, key=len)
    among = "".join(f" AND ({' OR '.join(tokens)})" for tokens in others)
    rest = iter(longest)
    while group := list(islice(rest, AT_ONCE)):
        yield f"({' OR '.join(group)}){among}"


def _matched(db: sqlite_utils.Database, watches: Iterable[Watch]) -> set[int]:
    return {
        article
        for watch in watches
        for (article,) in db.execute("select article from matches where watch = ?", [watch.name])
    }


def _unusual(db: sqlite_utils.Database) -> set[int]:
    return {article for (article,) in db.execute("select article from unusual_articles")}
