"""Two addresses on their way into the store: one page is one row, two pages are two."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import pytest

from database import articles, identity
from database.ledger import Link
from database.polls import record_poll

CASES = Path(__file__).resolve().parents[2] / "../shared/cases/url_cases.jsonl"
CHANGED_SLUGS = ("slug_change", "slug_removed")
MARKET = (
    "أعلنت البلدية افتتاح السوق القديم بعد ترميم استمر عامين، وقال رئيسها إن ثمانين متجرا عادت"
    " إلى العمل وإن الطريق صار مفتوحا أمام المشاة وحدهم في أيام العطل."
)
MATCH = (
    "فاز منتخب الشباب على ضيفه بهدفين سجلهما المهاجم في الشوط الأول أمام جمهور ملأ المدرجات،"
    " وأكد المدرب أن الفريق سيسافر الخميس لخوض الإياب دون حارسه."
)
SAME = [
    ("https://example.net/a/b", "http://m.example.net/amp/a/b/?utm_source=x"),
    ("https://example.net/a/خبر", "https://example.net/a/%25D8%25AE%25D8%25A8%25D8%25B1"),
    ("https://example.net/a/b", "https://example-net.cdn.ampproject.org/c/s/example.net/a/b"),
    ("https://example.net/v.jsp?id=5", "https://example.net/v.jsp;jsessionid=A1?id=5&print=1"),
]
DIFFERENT = [
    ("https://example.net/?p=12345", "https://example.net/?p=12346"),
    ("https://example.net/ar/12345", "https://example.net/en/12345"),
    ("https://example.net/story/A", "https://example.net/story/a"),
]
CHANGED = [("https://example.net/1712346-a", "https://example.net/1712346-b")]


def labelled() -> list[tuple[str, str, bool, bool]]:
    own = [(*pair, True, False) for pair in SAME]
    own += [(*pair, False, False) for pair in DIFFERENT]
    own += [(*pair, True, True) for pair in CHANGED]
    if not CASES.exists():
        return own
    cases = map(json.loads, CASES.read_text("utf-8").splitlines())
    told = [(c["a"], c["b"], c["same"], c["kind"] in CHANGED_SLUGS) for c in cases]
    return own + told


each_pair = pytest.mark.parametrize(("a", "b", "same", "weak"), labelled())
OTHER = {"title": "منتخب الشباب يفوز", "body": MATCH, "text_hash": "match"}


@pytest.fixture
def store(db, make_article, now):
    def put(url: str, later: int = 0, **values: object):
        text = {"title": "السوق القديم يفتح", "body": MARKET, "text_hash": "market"}
        article = make_article(url, **(text | values))
        return articles.put(db, article, now=now + timedelta(hours=later))

    return put


@each_pair
def test_with_one_text(db, store, a: str, b: str, same: bool, weak: bool) -> None:
    assert (store(a).article == store(b, 1).article) == same
    assert (store(b, 2).article == store(a, 3).article) == same
    if same:
        assert db.execute("select count(*), max(revision) from articles").fetchone() == (1, 1)


@each_pair
def test_with_an_edited_text(store, a: str, b: str, same: bool, weak: bool) -> None:
    first = store(a)
    edited = store(b, 1, title="محدث: السوق", body=f"{MARKET} وأضاف شيئا.", text_hash="edited")
    assert (first.article == edited.article) == same
    assert edited.outcome == ("revised" if same else "new")


@each_pair
def test_with_another_story(db, store, a: str, b: str, same: bool, weak: bool) -> None:
    assert store(a).article != store(b, 1, **OTHER).article
    reused = db.execute("select count(*) from articles where replaced_by not null").fetchone()[0]
    assert reused == (same and not weak), "a number alone is not enough"


@each_pair
def test_what_is_stored_is_not_asked_for(db, store, now, a, b, same: bool, weak: bool) -> None:
    store(a)
    poll = record_poll(
        db, outlet="furat", links=[Link(b)], key_pattern=None, now=now + timedelta(hours=1)
    )
    assert poll.known == (same and not weak)


def test_an_id_of_one_outlet_says_nothing_of_another(store) -> None:
    first = store("https://example.net/1712346-a")
    assert store("https://example.net/1712346-b", outlet="hudud").article != first.article


def test_the_outlets_own_key_rules_out_the_number(make_article) -> None:
    url = "https://example.net/1712346-a"
    assert identity.weak_key(make_article(url)) == "example.net:1712346"
    assert identity.weak_key(make_article(url, article_key="7")) is None
