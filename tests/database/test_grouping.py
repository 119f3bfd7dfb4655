"""Stories in the store: joining, links, changes of a text, regrouping."""

from __future__ import annotations

import itertools
import random
from datetime import timedelta

import pytest

from database import articles, grouping
from database.connection import open_database, transaction
from database.regroup import regroup, ungrouped

OUTLETS = ("furat", "hudud")
RNG = random.Random(7)
WORDS = ["".join(RNG.choices("ابتثجحخدذرزسشصضطظعغفقك", k=RNG.randint(3, 7))) for _ in range(3000)]


def text(seed: int, count: int = 120) -> str:
    words = random.Random(seed).choices(WORDS, k=count)
    return "\n".join(" ".join(words[at : at + 30]) for at in range(0, count, 30))


@pytest.fixture
def put(db, make_article, now):
    """Store a text; its words stand in for the hash of the text."""
    numbers = itertools.count()

    def store(body: str, *, outlet: str = "hudud", hours: float = 0, **values):
        at = now + timedelta(hours=hours)
        url = values.pop("url", f"https://{outlet}.example/{next(numbers)}")
        fields = {
            "outlet": outlet,
            "title": f"عنوان الخبر {' '.join(body.split()[3:6])}",
            "body": body,
            "text_hash": body,
            "word_count": len(body.split()),
            "published_at": f"{at:%Y-%m-%dT%H:%M:%SZ}",
        }
        return articles.put(db, make_article(url, **(fields | values)), now=now)

    return store


def stories(db) -> list[int]:
    return [story for (story,) in db.execute("select story from articles order by id")]


def partition(db) -> set[frozenset[str]]:
    groups: dict[int, set[str]] = {}
    for story, title in db.execute("select story, title from articles"):
        groups.setdefault(story, set()).add(title)
    return {frozenset(titles) for titles in groups.values()}


def test_an_edited_copy_joins_and_is_linked(db, put):
    put(text(1), outlet="furat", agency="سانا")
    copy = put("\n".join(text(1).splitlines()[:3]) + "\n" + text(2, 30), hours=3, agency="سانا")
    assert copy.joined
    assert db.execute("select articles, outlets, lead_article, agency from stories").fetchall() == [
        (2, 2, 1, "سانا")
    ]
    assert db.execute("select article_a, article_b, kind from links").fetchall() == [
        (1, 2, "duplicate")
    ]


def test_the_lead_is_the_earliest_published(db, put):
    put(text(1), outlet="furat", hours=5)
    put(text(1) + "\n" + text(2, 30), hours=1)
    assert db.execute("select lead_article, outlets from stories").fetchall() == [(2, 2)]


def test_an_equal_text_is_linked_too_and_a_version_inside_an_outlet(db, put):
    put(text(1))
    put(text(1), hours=1)
    assert db.execute("select score, kind from links").fetchall() == [(1.0, "version")]


def test_other_texts_stay_apart(db, put):
    for seed in range(5):
        assert not put(text(seed)).joined
    assert len({*stories(db)}) == 5
    assert db.execute("select count(*) from links").fetchone() == (0,)


def test_too_few_words_are_not_indexed(db, put):
    put("شاهد الفيديو كاملا هنا")
    assert not put("شاهد الفيديو كاملا هنا", outlet="furat").joined
    assert db.execute("select count(*) from postings").fetchone() == (0,)


def test_stories_do_not_chain(db, put):
    """B is like A, C is like B, but C has nothing of A, which leads."""
    one, two, three = text(1).splitlines(), text(2).splitlines(), text(3).splitlines()
    put("\n".join(one), outlet="furat")
    put("\n".join([*one[:3], *two[:2]]), outlet="hudud", hours=1)
    put("\n".join([*two[:2], *three[:1]]), outlet="furat", hours=2)
    assert stories(db)[0] == stories(db)[1] != stories(db)[2]


def test_a_formula_of_many_days_is_no_news(db, put):
    """After a week of it, a daily text does not join that of the day before."""
    formula = "\n".join(text(1).splitlines()[:3])
    for day in range(9):
        put(f"{text(100 + day, 30)}\n{formula}", hours=24 * day, title=f"نشرة {day}")
    fresh = put(f"{text(200, 30)}\n{formula}", outlet="furat", hours=24 * 9, title="نشرة أخرى")
    same_day = put(f"{text(300, 30)}\n{formula}", hours=24 * 9, title="نشرة ثالثة")
    assert not fresh.joined
    assert not same_day.joined


def test_a_changed_text_may_leave_its_story_and_a_touched_one_stays(db, put):
    url, title = "https://hudud.example/live", "عنوان يبقى كما هو"
    put(text(1), outlet="furat")
    put(text(1) + "\n" + text(5, 30), url=url, hours=1, title=title)
    before = stories(db)
    put(text(1) + "\n" + text(6, 30), url=url, hours=1, title=title)
    assert stories(db) == before
    assert before[0] == before[1]
    put(text(9), url=url, hours=1, title=title)
    assert stories(db)[0] == before[0] != stories(db)[1]
    assert db.execute("select articles from stories order by id").fetchall() == [(1,), (1,)]
    assert db.execute("select count(*) from links").fetchone() == (0,)


def test_a_changed_text_leaves_nothing_behind_in_the_index(db, put):
    url = "https://hudud.example/1"
    put(text(1), url=url, title="عنوان يبقى")
    put(text(2), url=url, title="عنوان يبقى")
    fresh = db.execute("select hash, entry from postings").fetchall()
    with transaction(db):
        grouping.withdraw(db, 1)
    assert fresh
    assert db.execute("select count(*) from postings").fetchone() == (0,)


def test_order_within_a_day_does_not_change_the_groups(tmp_path, make_article, now):
    variants = [text(1), text(1) + "\n" + text(4, 30), "\n".join(text(1).splitlines()[:3])]
    items = [(body, n) for n, body in enumerate([*variants, text(2), text(3), text(2, 90)])]
    found = set()
    for round_, order in enumerate(random.Random(1).sample([*itertools.permutations(items)], 12)):
        db = open_database(tmp_path / f"{round_}.db")
        for outlet in OUTLETS:
            articles.ensure_outlet(db, outlet)
        for body, n in order:
            outlet = OUTLETS[n % 2]
            values = {"outlet": outlet, "body": body, "title": f"خبر {n}", "text_hash": body}
            url = f"https://{outlet}.example/{n}"
            articles.put(db, make_article(url, **values, word_count=99), now=now)
        found.add(frozenset(partition(db)))
        db.close()
    assert len(found) == 1


def test_regrouping_changes_nothing_and_keeps_numbers(db, put):
    for day in range(4):
        put(text(day), outlet="furat", hours=24 * day)
        put(text(day) + "\n" + text(50 + day, 30), hours=24 * day + 2)
    tables = ("stories", "postings", "links")
    before = [db.execute(f"select * from {table}").fetchall() for table in tables]
    assert regroup(db).changed == 0
    assert regroup(db, since="2026-03-04").changed == 0
    assert [db.execute(f"select * from {table}").fetchall() for table in tables] == before


def test_regrouping_what_an_older_version_stored(db, put):
    put(text(1), outlet="furat")
    put(text(1) + "\n" + text(2, 30), hours=1)
    put(text(3), hours=2)
    # As if stored before there was an index: exact texts only.
    db.execute("delete from postings")
    db.execute("delete from links")
    db.execute("insert into stories (id, lead_article, articles) values (9, 2, 1)")
    db.execute("update articles set story = 9 where id = 2")
    db.execute("update articles set grouping = null")
    db.conn.commit()
    assert ungrouped(db)
    result = regroup(db)
    assert (result.articles, result.stories, result.changed) == (3, 2, 1)
    assert stories(db)[0] == stories(db)[1] == 1
    assert not ungrouped(db)
    assert db.execute("pragma foreign_key_check").fetchall() == []


def test_an_interrupted_regrouping_leaves_all_as_it_was(db, put):
    put(text(1), outlet="furat")
    before = db.execute("select * from postings").fetchall()

    def stop(done: int, total: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        regroup(db, on_progress=stop)
    assert db.execute("select * from postings").fetchall() == before
    assert stories(db) == [1]


def test_an_alert_follows_its_article(db, put, now):
    put(text(1), outlet="furat")
    put(text(2), hours=1)
    db.execute("update articles set story = 1")
    db.execute("insert into watches (watch, fingerprint, updated_at) values ('w', '', '')")
    db.execute(
        "insert into alerts (watch, story, article, channel, status, created_at)"
        " values ('w', 2, 2, 'mail', 'sent', '')"
    )
    db.conn.commit()
    regroup(db)
    assert db.execute("select story from alerts").fetchone() == (stories(db)[1],)
    assert db.execute("pragma foreign_key_check").fetchall() == []


def test_what_two_articles_share(db, put):
    put(text(1), outlet="furat")
    put(text(1) + "\n" + text(2, 30), hours=1)
    a, b = grouping.load(db, [1, 2])
    found = grouping.explain(db, a, b)
    assert found.verdict.kind == "same"
    assert found.likeness.runs == 1
