"""What watches find in stored articles, beside the rows of what they found earlier."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

import sqlite_utils

from database.matches import Stored, stored
from watchlist import Match, Watchlist

Kind = Literal["gained", "lost", "changed"]
_Spans = list[tuple[str, str, int, int]]

_MATCHES = """
    select article, watch, snippet from matches where article in (select value from json_each(?))
"""
_HITS = """
    select article, watch, term, field, start, end from hits
    where article in (select value from json_each(?))
"""


@dataclass(slots=True, frozen=True)
class Difference:
    """A watch and an article whose rows are not what the watch finds now.

    ``match`` is what it finds, None for nothing; ``snippet`` the row's, None where there was none.
    """

    kind: Kind
    watch: str
    article: Stored
    match: Match | None
    snippet: str | None


def differences(
    db: sqlite_utils.Database, watchlist: Watchlist, articles: Sequence[int]
) -> Iterator[Difference]:
    """Yield what differs in these articles, in ascending order of them."""
    numbers = json.dumps(articles)
    names = {watch.name for watch in watchlist.watches}
    snippets: dict[int, dict[str, str | None]] = defaultdict(dict)
    for article, watch, snippet in db.conn.execute(_MATCHES, [numbers]):
        if watch in names:
            snippets[article][watch] = snippet
    spans: dict[tuple[int, str], _Spans] = defaultdict(list)
    for article, watch, *span in db.conn.execute(_HITS, [numbers]):
        if watch in names:
            spans[article, watch].append(tuple(span))
    for row in stored(db, articles):
        before = snippets[row.id]
        for match in row.matches(watchlist):
            known = match.watch in before
            snippet = before.pop(match.watch, None)
            if not known:
                yield Difference("gained", match.watch, row, match, None)
            elif sorted(spans[row.id, match.watch]) != _spans(match):
                yield Difference("changed", match.watch, row, match, snippet)
        for watch, snippet in before.items():
            yield Difference("lost", watch, row, None, snippet)


def _spans(match: Match) -> _Spans:
    return sorted((hit.term, hit.field, hit.start, hit.end) for hit in match.hits)
