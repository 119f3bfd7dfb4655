"""Characters that the full-text index holds otherwise than the matcher reads them.

An article with one of them may match a watch although the index does not have the term as it is
folded. Such articles are few; triggers note them in ``unusual_articles`` as they are written.
"""

from __future__ import annotations

import re
import sqlite3
from functools import cache
from unicodedata import category, ucd_3_2_0

from arabic.fold import fold
from database.search import ar_norm

_LETTER = re.compile("[0-9a-z\u0621-\u063a\u0641-\u064a]")
_NEVER_IN_A_TOKEN = frozenset(
    "Pc Pd Ps Pe Pi Pf Po Sm Sc Sk So Zs Zl Zp Cc Cf Mc Me".split()  # noqa: SIM905
)


def ar_unusual(text: str | None) -> int:
    """1 where a text has an unusual character, else 0."""
    return int(bool(text and not text.isascii() and unusual().search(text)))


@cache
def unusual() -> re.Pattern[str]:
    """A character on which the two foldings, or their ideas of a word, may differ.

    Whoever changes what it finds raises ``database.search.NORM_VERSION``: then it is noted anew.
    """
    unlike = [re.escape(c) for c in map(chr, range(0x80, 0x10000)) if _is_unlike(c)]
    return re.compile(f"[{''.join(unlike)}\U00010000-\U0010ffff]")


def may_be_in_a_token(character: str) -> bool:
    """Whether FTS5 may take a character for a part of a word.

    Its tables are those of Unicode 6.1, and what these do not know is a part of a word: what has
    been punctuation, symbol, space or control ever since Unicode 3.2 is none.
    """
    return not _NEVER_IN_A_TOKEN.issuperset((ucd_3_2_0.category(character), category(character)))


def register(connection: sqlite3.Connection) -> None:
    """Give ``connection`` the SQL function ``ar_unusual(text)``, which the triggers need."""
    connection.create_function("ar_unusual", 1, ar_unusual, deterministic=True)


def note(connection: sqlite3.Connection) -> None:
    """Note all unusual articles anew. Call it inside a transaction, after ``register``."""
    connection.execute("delete from unusual_articles")
    connection.execute(
        "insert into unusual_articles select id from articles_search"
        " where ar_unusual(title) or ar_unusual(subtitle) or ar_unusual(body)"
    )


def _is_unlike(character: str) -> bool:
    folded = fold(character)
    if not folded or (folded != character and _LETTER.search(folded)):
        between = ar_norm(f"ا{character}ا") or ""
        return between != ar_norm(f"ا{folded}ا")
    return not character.isalnum() and may_be_in_a_token(character)
