from __future__ import annotations

from datetime import timedelta

from database import articles, stories
from database.connection import transaction
from database.revisions import apply_patch
from watchlist.matcher import Hit, Match


def count(db, table: str) -> int:
    return db.execute(f"select count(*) from {table}").fetchone()[0]


def test_an_article_is_stored_with_its_text_address_and_story(db, make_article, now):
    stored = articles.put(db, make_article(), now=now)
    assert stored.outcome == "new"
    row = dict(
        zip(
            ("title", "body", "how", "lead", "page"),
            db.execute(
                "select a.title, t.body, u.how, s.lead_article, p.status from articles a"
                " join article_text t on t.article = a.id join article_urls u on u.article = a.id"
                " join stories s on s.id = a.story join pages p on p.article = a.id"
            ).fetchone(),
            strict=True,
        )
    )
    assert row["title"] == "القوات تدخل المدينة"
    assert (row["how"], row["lead"], row["page"]) == ("final", stored.article, "stored")


def test_the_same_page_again_changes_only_checked_at(db, make_article, now):
    articles.put(db, make_article(), now=now)
    before = db.execute("select * from articles").fetchone()
    later = now + timedelta(hours=3)
    stored = articles.put(
        db, make_article("http://www.furat.example/story/1?utm_source=x"), now=later
    )
    after = db.execute("select * from articles").fetchone()
    assert stored.outcome == "unchanged"
    assert [i for i, pair in enumerate(zip(before, after, strict=True)) if pair[0] != pair[1]] == [
        [c[1] for c in db.execute("pragma table_info(articles)")].index("checked_at")
    ]


def test_the_outlets_key_finds_the_page_under_another_address(db, make_article, now):
    first = articles.put(db, make_article(article_key="7"), now=now)
    again = articles.put(
        db, make_article("https://mirror.example/story/7/new-slug", article_key="7"), now=now
    )
    assert again.article == first.article
    assert count(db, "article_urls") == 2


def test_a_changed_text_is_a_revision_that_leads_back(db, make_article, now):
    first = make_article()
    articles.put(db, first, now=now)
    changed = make_article(body="نص آخر تماما.", text_hash="b2", title="عنوان جديد")
    stored = articles.put(db, changed, now=now + timedelta(hours=1))
    assert stored.outcome == "revised"
    title, what, patch = db.execute("select title, changed, patch from revisions").fetchone()
    assert (title, what) == (first.title, "both")
    assert apply_patch("نص آخر تماما.", patch) == first.body
    assert db.execute("select revision, title from articles").fetchone() == (2, "عنوان جديد")


def test_spelling_alone_is_no_revision(db, make_article, now):
    articles.put(db, make_article(), now=now)
    stored = articles.put(db, make_article(title="القُوات تدخل المدينة!"), now=now)
    assert stored.outcome == "unchanged"
    assert count(db, "revisions") == 0


def test_a_wire_copy_joins_the_story_and_the_earliest_leads(db, make_article, now):
    late = articles.put(db, make_article(), now=now)
    early = articles.put(
        db,
        make_article(
            "https://hudud.example/a", outlet="hudud", published_at="2026-03-02T10:00:00Z"
        ),
        now=now,
    )
    assert early.joined
    assert not late.joined
    assert db.execute("select articles, outlets, lead_article from stories").fetchall() == [
        (2, 2, early.article)
    ]


def test_short_or_distant_equal_texts_are_two_stories(db, make_article, now):
    articles.put(db, make_article(), now=now)
    for url, values in {
        "https://hudud.example/short": {"word_count": 4},
        "https://hudud.example/old": {"published_at": "2026-01-02T10:00:00Z"},
    }.items():
        assert not articles.put(db, make_article(url, outlet="hudud", **values), now=now).joined


def test_a_canonical_address_elsewhere_is_no_identity(db, make_article, now):
    original = articles.put(db, make_article(), now=now)
    copy = articles.put(
        db,
        make_article(
            "https://hudud.example/copy",
            outlet="hudud",
            aliases={"https://furat.example/story/1": "canonical"},
        ),
        now=now,
    )
    assert copy.article != original.article


def test_a_canonical_address_counts_where_the_title_agrees(db, make_article, now):
    first = articles.put(db, make_article("https://furat.example/a-1"), now=now)
    alias = {"https://furat.example/a-1": "canonical"}
    same = articles.put(db, make_article("https://furat.example/b-1", aliases=alias), now=now)
    other = articles.put(
        db,
        make_article("https://furat.example/c-1", aliases=alias, title="خبر مختلف", text_hash="c3"),
        now=now,
    )
    assert same.article == first.article
    assert other.article != first.article


def test_matches_follow_a_revision_and_keep_their_first_time(db, make_article, now):
    db.execute("insert into watches (watch, fingerprint, updated_at) values ('و', 'f', 'x')")
    match = Match("و", (Hit("القوات", "title", 0, 6), Hit("القوات", "body", 15, 21)))
    articles.put(db, make_article(matches=[match]), now=now)
    assert db.execute("select hits, in_title from matches").fetchone() == (2, 1)
    shorter = Match("و", (Hit("القوات", "body", 15, 21),))
    edited = make_article(matches=[shorter], text_hash="z9", body="قال المراسل إن القوات انسحبت.")
    articles.put(db, edited, now=now + timedelta(hours=2))
    assert db.execute("select hits, in_title, first_matched_at from matches").fetchall() == [
        (1, 0, "2026-03-02T12:00:00Z")
    ]
    assert count(db, "hits") == 1


def test_search_follows_insert_revision_and_deletion(db, make_article, now):
    def found(word: str) -> int:
        return db.execute(
            "select count(*) from articles_fts where articles_fts match ar_query(?)", [word]
        ).fetchone()[0]

    stored = articles.put(db, make_article(body="وصلت إلى ابو كمال", text_hash="1"), now=now)
    assert found("أبو كمال") == 1
    articles.put(db, make_article(body="وصلت إلى حلب", title="إلى حلب", text_hash="2"), now=now)
    assert (found("أبو كمال"), found("حلب"), found("المدينة")) == (0, 1, 0)
    with transaction(db):
        story = db.execute("select story from articles").fetchone()[0]
        db.execute("delete from articles where id = ?", [stored.article])
        stories.refresh(db, story)
    assert found("حلب") == 0
    db.execute("insert into articles_fts(articles_fts) values ('integrity-check')")


def test_a_failing_put_leaves_nothing(db, make_article, now):
    import sqlite3

    import pytest

    unknown = Match("غير معروف", (Hit("x", "title", 0, 1),))
    with pytest.raises(sqlite3.IntegrityError):
        articles.put(db, make_article(matches=[unknown]), now=now)
    assert [count(db, table) for table in ("articles", "article_urls", "pages", "stories")] == [
        0
    ] * 4
