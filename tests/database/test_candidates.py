"""No article that a watch matches is left out, whatever its text is made of."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import sqlite_utils
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from database.candidates import candidates
from database.connection import open_database
from watchlist import Watch, Watchlist
from watchlist.rules import parse

# What texts are made of: words and their parts, what is folded away, what FTS5 and Python see
# otherwise than one another.
WORDS = (
    *("داعش", "قصف", "الرقة", "الرقه", "أبو", "كمال", "عبد", "الله", "لاجئ", "ريال", "عليه"),
    *("Kobani", "kobani", "caf", "U", "S", "12", "١٢", "ف", "ب", "أ"),
)
BETWEEN = (
    *("", "", " ", " ", "\n", "-", "_", ".", "،", "\u200c", "\u00a0", "«", "&"),
    *("\u064e", "\u0640", "\u0651\u064b", "\u06e5", "\u06dd", "\u08e2", "\u08f0"),
    *("\u00ad", "\u200b", "\u200d", "\u200f", "\u2060", "\u2067", "\ufeff", "\u061c", "\u061d"),
    *(
        "\ue000",
        "\u17b4",
        "\u0301",
        "\u0332",
        "\u20dd",
        "\ufe0f",
        "\u0900",
        "\U0001f914",
        "\U0001d7d9",
        "²",
        "①",
        "é",
    ),
    *("و", "ال", "ها", "ات", "ة", "a", "1", "\u0660", "\u06a9", "\u0493", "\u0870", "\u1e9e"),
)
LIGATURES = ("\ufdfa", "\ufdf2", "\ufdfc", "\ufefb", "\ufe76", "\ufe8d", "\ufdfd", "\u0675")
TERMS = (
    *("داعش", "قصف", "الرقة", "أبو كمال", "عبد الله", "لاجئ", "ريال", "Kobani", "أ.ف.ب", "caf"),
    *("café", "U.S", "صلى الله عليه", "12 قصف", "قصف 12", "الله", "&قصف", "Ко", "لا", "جل جلاله"),
)
RULES = (
    *("قصف*", '"الرقة قصف*"', "title:داعش", "(داعش OR caf*) AND -قصف", "قصف NEAR/2 داعش"),
    *('"عبد الله"~1', "section:قصف داعش", "lang:ar الرقة{2}"),
)


@pytest.fixture(scope="module")
def archive(tmp_path_factory) -> Iterator[sqlite_utils.Database]:
    db = open_database(tmp_path_factory.mktemp("candidates") / "news.db")
    db.execute("insert into outlets (outlet) values ('furat')")
    db.conn.commit()
    yield db
    db.close()


def store(db: sqlite_utils.Database, number: int, title: str, body: str) -> None:
    db.execute(
        "insert into articles (id, outlet, url, title, section, language, first_seen_at,"
        " checked_at) values (?, 'furat', 'https://furat.example/', ?, 'قصف', 'ar', '', '')",
        [number, title],
    )
    db.execute("insert into article_text (article, body) values (?, ?)", [number, body])


pieces = st.one_of(st.sampled_from(WORDS), st.sampled_from(BETWEEN), st.sampled_from(LIGATURES))
texts = st.lists(pieces, max_size=8).map("".join)
watches = st.builds(
    Watch,
    st.just("و"),
    profile=st.sampled_from(("name", "thing", "person")),
    spellings=st.lists(st.sampled_from(TERMS), min_size=1, max_size=2).map(tuple),
) | st.sampled_from(RULES).map(lambda rule: Watch("و", rule=parse(rule)))


@settings(
    max_examples=150,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(watch=watches, found=st.lists(st.tuples(texts, texts), min_size=20, max_size=20))
def test_whatever_matches_is_a_candidate(archive, watch, found) -> None:
    matcher = Watchlist([watch])
    archive.execute("begin")
    try:
        for number, (title, body) in enumerate(found, 1):
            store(archive, number, title, body)
        chosen = candidates(archive, [watch])
    finally:
        archive.conn.rollback()
    for number, (title, body) in enumerate(found, 1):
        if matcher.match(title=title, body=body, section="قصف", outlet="furat", language="ar"):
            assert chosen is None or number in chosen, (watch.query, title, body)


@pytest.mark.parametrize("between", sorted({*BETWEEN, *LIGATURES}), ids=lambda c: f"{c!a}")
@pytest.mark.parametrize("term", ["داعش", "أبو كمال", "Kobani", "الله"])
def test_around_and_inside_a_term(archive, term: str, between: str) -> None:
    """Each troublesome character before, after and inside each term."""
    watch = Watch("و", profile="thing", spellings=(term,))
    found = [
        f"{between}{term}",
        f"{term}{between}",
        f"س{between}{term}{between}س",
        *(f"{term[:cut]}{between}{term[cut:]}" for cut in range(1, len(term))),
    ]
    archive.execute("begin")
    try:
        for number, body in enumerate(found, 1):
            store(archive, number, "", body)
        chosen = candidates(archive, [watch])
    finally:
        archive.conn.rollback()
    matcher = Watchlist([watch])
    matching = [number for number, body in enumerate(found, 1) if matcher.match(body=body)]
    assert chosen is not None
    assert set(matching) <= set(chosen)


def test_few_articles_are_candidates(archive) -> None:
    archive.execute("begin")
    try:
        for number, body in enumerate(("بداعش", "احتشد", "\u200fمدينة", "الداعشي", "قوات"), 1):
            store(archive, number, "", body)
        archive.execute("insert into watches (watch, fingerprint, updated_at) values ('و', '', '')")
        archive.execute("insert into matches values (5, 'و', 1, 0, '', '', null)")
        assert candidates(archive, [Watch("و", spellings=("داعش",))]) == [1, 3, 5]
    finally:
        archive.conn.rollback()


@pytest.mark.parametrize("term", ["café", "Кобани"])
def test_a_term_that_the_index_may_spell_otherwise_asks_for_all(archive, term: str) -> None:
    assert candidates(archive, [Watch("و", spellings=(term,))]) is None


def test_a_term_may_hold_punctuation(archive) -> None:
    archive.execute("begin")
    try:
        store(archive, 1, "", "(أ.ف.ب)")
        store(archive, 2, "", "أ ف")
        assert candidates(archive, [Watch("و", spellings=("أ.ف.ب",))]) == [1]
    finally:
        archive.conn.rollback()
