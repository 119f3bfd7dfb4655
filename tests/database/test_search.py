"""Full-text search: the index folds, the highlight does not, and no query is a syntax error."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from hashlib import sha256
from unicodedata import category

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from arabic.fold import fold
from database.search import FTS_TOKENIZE, NORM_VERSION, NOTHING, ar_norm, ar_query, register

ARABIC = "".join(chr(code) for code in range(0x600, 0x700))
FORMS = "ﷲﷺﻻﺍﹰﹱﱞﳲ\ufdfc\ufd3e"
INVISIBLE = "\u00ad\u061c\u061d\u200b\u200c\u200d\u200e\u200f\u202a\u2066\u2069\ufeff\u00a0"
TEXTS = st.one_of(
    st.text(max_size=60),
    st.text(alphabet=ARABIC + FORMS + INVISIBLE + " _-aé1.\n\"'«»🔴🦊\u0301", max_size=60),
)


@pytest.fixture(scope="module")
def tokens() -> Iterator[sqlite3.Connection]:
    """A scratch index whose vocabulary tells how FTS5 itself splits a text."""
    connection = sqlite3.connect(":memory:")
    connection.execute(f'create virtual table words using fts5(text, tokenize="{FTS_TOKENIZE}")')
    connection.execute("create virtual table vocabulary using fts5vocab(words, instance)")
    yield connection
    connection.close()


def count_tokens(connection: sqlite3.Connection, text: str | None) -> int:
    connection.execute("delete from words")
    connection.execute("insert into words values (?)", [text])
    (count,) = connection.execute("select count(*) from vocabulary").fetchone()
    return int(count)


@pytest.fixture(scope="module")
def index() -> Iterator[sqlite3.Connection]:
    """External content over the original, indexed through ``ar_norm``, as in the database."""
    connection = sqlite3.connect(":memory:")
    register(connection)
    connection.execute("create table texts (id integer primary key, text)")
    connection.execute(
        "create virtual table found using"
        f" fts5(text, content='texts', content_rowid='id', tokenize=\"{FTS_TOKENIZE}\")"
    )
    yield connection
    connection.close()


def marked(connection: sqlite3.Connection, text: str, query: str) -> str | None:
    """The text with what ``query`` found in brackets, or None when it found nothing."""
    connection.execute("insert into found(found) values ('delete-all')")
    connection.execute("delete from texts")
    connection.execute("insert into texts values (1, ?)", [text])
    connection.execute("insert into found(rowid, text) select id, ar_norm(text) from texts")
    row = connection.execute(
        "select highlight(found, 0, '[', ']') from found where found match ar_query(?)", [query]
    ).fetchone()
    return None if row is None else str(row[0])


@settings(max_examples=300, deadline=None)
@given(text=TEXTS)
def test_norm_keeps_the_number_of_tokens(tokens: sqlite3.Connection, text: str) -> None:
    text = text.replace("\0", "")
    assert count_tokens(tokens, ar_norm(text)) == count_tokens(tokens, text)


@pytest.mark.parametrize("around", ["{}", "ب{}", "{}ب", "ب{}ت", " {} ", "é{}", "ـ{}"])
def test_norm_keeps_the_tokens_around_every_arabic_character(
    tokens: sqlite3.Connection, around: str
) -> None:
    blocks = ((0x600, 0x700), (0x750, 0x780), (0x8A0, 0x900), (0xFB50, 0xFE00), (0xFE70, 0xFF00))
    texts = [around.format(chr(code)) for first, last in blocks for code in range(first, last)]
    one = " | ".join(texts)
    assert count_tokens(tokens, ar_norm(one)) == count_tokens(tokens, one)


@settings(max_examples=200, deadline=None)
@given(text=TEXTS)
def test_norm_is_idempotent(text: str) -> None:
    once = ar_norm(text)
    assert ar_norm(once) == once


@settings(max_examples=200, deadline=None)
@given(text=TEXTS)
def test_norm_folds_common_letters_alike_beside_rare_ones(text: str) -> None:
    assert ar_norm(f"{text} ک") == f"{ar_norm(f'{text} ')}ك"


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        (None, None),
        ("", ""),
        ("plain", "plain"),
        ("أَبُو كَمَالٍ", "ابو كمال"),
        ("الحـــشد", "الحشد"),
        ("٢٠٢٦ ۱۲", "2026 12"),
        ("مسؤولة هيئة", "مسووله هييه"),
        ("گروه ڤيينا چين", "كروه فيينا جين"),
        ("ﻻ ﷲ", "لا الله"),
        ("إ\u0655 ا\u0653", "ا ا"),
        ("ـ", "ـ"),
        ("\u064e", "\u064e"),
        ("ﹰب", "ب"),
    ],
)
def test_norm(text: str | None, folded: str | None) -> None:
    assert ar_norm(text) == folded


def test_norm_of_a_long_run_of_marks_takes_linear_time() -> None:
    assert ar_norm("ـ" * 300_000) == "ـ" * 300_000


def test_search_finds_what_a_watch_finds() -> None:
    """Letters that the watchlist's folding takes for one are one to the search as well."""
    blocks = ((0x600, 0x700), (0x750, 0x780), (0x8A0, 0x900), (0xFB50, 0xFE00), (0xFE70, 0xFF00))
    codes = (code for first, last in blocks for code in range(first, last))
    words = [f"ب{chr(code)}ت" for code in codes if category(chr(code))[0] in "LMN"]
    searched: dict[str, set[str | None]] = {}
    for word in words:
        searched.setdefault(fold(word), set()).add(ar_norm(word))
    assert [forms for forms in searched.values() if len(forms) > 1] == []


def test_a_changed_norm_needs_a_new_version() -> None:
    """The folding is stored in every index: a new fingerprint goes with a new NORM_VERSION."""
    folded = "".join(ar_norm(f"ب{chr(code)}") or "" for code in range(0x600, 0xFF00))
    fingerprint = sha256(folded.encode("utf-8", "surrogatepass")).hexdigest()[:16]
    assert {NORM_VERSION: fingerprint} == {1: "e81545ba83a0338d"}


@settings(max_examples=300, deadline=None)
@given(
    query=st.one_of(
        TEXTS,
        st.lists(
            st.sampled_from(
                [
                    "أبو",
                    "x",
                    '"',
                    "«",
                    "»",
                    "OR",
                    "|",
                    "AND",
                    "NOT",
                    "-",
                    "=",
                    "*",
                    "(",
                    ":",
                    "NEAR(",
                ]
            ),
            max_size=12,
        ).map(" ".join),
        st.text(alphabet="ابx\"«»|*-=():^+{},'\\ \0", max_size=20),
    )
)
def test_query_is_never_a_syntax_error(index: sqlite3.Connection, query: str) -> None:
    index.execute("select count(*) from found where found match ar_query(?)", [query]).fetchone()


@pytest.mark.parametrize("query", ["كمال " * 3000, "ا OR " * 3000, "-x " * 3000, '"' * 3001])
def test_query_may_be_long(index: sqlite3.Connection, query: str) -> None:
    index.execute("select count(*) from found where found match ar_query(?)", [query]).fetchone()


TEXT = "دخلت قواتٌ أَبُو كَمَالٍ، والبوكمال وبحلب في ٢٠٢٦"


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("ابو كمال", "دخلت قواتٌ [أَبُو] [كَمَالٍ]، والبوكمال وبحلب في ٢٠٢٦"),
        ("أبو كمال", "دخلت قواتٌ [أَبُو] [كَمَالٍ]، والبوكمال وبحلب في ٢٠٢٦"),
        ("«أبو كمال»", "دخلت قواتٌ [أَبُو كَمَالٍ]، والبوكمال وبحلب في ٢٠٢٦"),
        ("“ابو كمال", "دخلت قواتٌ [أَبُو كَمَالٍ]، والبوكمال وبحلب في ٢٠٢٦"),
        ("البوكمال", "دخلت قواتٌ أَبُو كَمَالٍ، [والبوكمال] وبحلب في ٢٠٢٦"),
        ("حلب", "دخلت قواتٌ أَبُو كَمَالٍ، والبوكمال [وبحلب] في ٢٠٢٦"),
        ("2026", "دخلت قواتٌ أَبُو كَمَالٍ، والبوكمال وبحلب في [٢٠٢٦]"),
        ("قوا*", "دخلت [قواتٌ] أَبُو كَمَالٍ، والبوكمال وبحلب في ٢٠٢٦"),
        ('"أبو كم"*', "دخلت قواتٌ [أَبُو كَمَالٍ]، والبوكمال وبحلب في ٢٠٢٦"),
        ("=حلب", None),
        ("=وبحلب", "دخلت قواتٌ أَبُو كَمَالٍ، والبوكمال [وبحلب] في ٢٠٢٦"),
        ("دمشق OR حلب", "دخلت قواتٌ أَبُو كَمَالٍ، والبوكمال [وبحلب] في ٢٠٢٦"),
        ("دمشق | حلب | حمص", "دخلت قواتٌ أَبُو كَمَالٍ، والبوكمال [وبحلب] في ٢٠٢٦"),
        ("دمشق حلب", None),
        ("حلب -البوكمال", None),
        ("حلب NOT «أبو كمال»", None),
        ("حلب -دمشق", "دخلت قواتٌ أَبُو كَمَالٍ، والبوكمال [وبحلب] في ٢٠٢٦"),
        ("حلب AND 2026", "دخلت قواتٌ أَبُو كَمَالٍ، والبوكمال [وبحلب] في [٢٠٢٦]"),
        ("-دمشق", None),
        ("!!! ؟", None),
    ],
)
def test_query_finds_and_marks_the_original(
    index: sqlite3.Connection, query: str, expected: str | None
) -> None:
    assert marked(index, TEXT, query) == expected


@pytest.mark.parametrize("query", [None, "", "   ", '"', "OR", "- = *"])
def test_nothing_asked_finds_nothing(query: str | None) -> None:
    assert ar_query(query) == NOTHING


def test_words_of_other_scripts_are_found_as_the_index_splits_them(
    index: sqlite3.Connection,
) -> None:
    assert marked(index, "Москва, Élysée naïve", "москва elysee") == "[Москва], [Élysée] naïve"


def test_the_functions_are_deterministic(index: sqlite3.Connection) -> None:
    """SQLite accepts only deterministic functions in an index."""
    index.execute("create index folded on texts(ar_norm(text))")
    index.execute("drop index folded")
