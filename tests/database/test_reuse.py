"""An address that shows another story: a new article; everything else is an edit."""

from __future__ import annotations

from datetime import timedelta

import pytest

from database import articles
from database.ledger import timestamp

A = (
    "أعلنت بلدية المدينة افتتاح السوق القديم بعد ترميم استمر عامين، وقال رئيسها"
    " إن ثمانين متجرا عادت إلى العمل وإن الطريق المؤدي إليه"
    " صار مفتوحا أمام المشاة وحدهم في أيام العطل."
)
B = (
    "فاز منتخب الشباب على ضيفه بهدفين نظيفين سجلهما المهاجم في الشوط الثاني"
    " أمام جمهور ملأ المدرجات، وأكد المدرب أن الفريق سيسافر الخميس"
    " لخوض مباراة الإياب دون حارسه المصاب."
)
C = (
    "ارتفعت أسعار الزيت في الأسواق المحلية خلال الأسبوع الجاري وسط شكاوى التجار"
    " من قلة الموارد ومن تأخر الشحنات عند المرفأ، فيما وعدت"
    " الوزارة بفتح باب الاستيراد مطلع الشهر المقبل."
)
D = (
    "توقع خبراء الأرصاد هبوب رياح نشطة مثيرة للغبار على البادية مساء الغد ودعوا السائقين إلى الحذر"
    " وتجنب السفر ليلا حتى تستقر الأحوال الجوية وتعود الرؤية إلى طبيعتها."
)
TITLES = {A: "افتتاح السوق القديم", B: "منتخب الشباب يفوز", C: "الزيت يرتفع", D: "غبار في البادية"}
URL = "https://furat.example/story/1"


@pytest.fixture
def visit(db, make_article, now):
    """Put what the page shows, each time an hour later."""
    clock = [now]

    def put(text: str, url: str = URL, **values: object):
        clock[0] += timedelta(hours=1)
        told = {"title": TITLES.get(text), "body": text, "text_hash": str(hash(text))} | values
        return articles.put(db, make_article(url, **told), now=clock[0])

    return put


@pytest.mark.parametrize("key", [None, "1"])
def test_another_story_is_a_new_article_that_takes_address_and_key(db, visit, key) -> None:
    first = visit(A, "https://furat.example/old/1", article_key=key)
    visit(A, article_key=key, aliases={"https://furat.example/old/1": "requested"})
    second = visit(B, article_key=key)
    assert (second.outcome, second.article) == ("new", first.article + 1)
    rows = db.execute("select article_key, title, replaced_by from articles order by id").fetchall()
    assert rows == [(None, TITLES[A], second.article), (key, TITLES[B], None)]
    owners = dict(db.execute("select url, article from article_urls").fetchall())
    assert owners == {"https://furat.example/old/1": first.article, URL: second.article}
    assert db.execute("select article from pages where url = ?", [URL]).fetchone()[0] == 2
    assert visit(B, article_key=key).outcome == "unchanged"


@pytest.mark.parametrize("key", [None, "1"])
def test_a_page_that_flaps_is_two_articles(db, visit, key) -> None:
    seen = [visit(text, article_key=key).article for text in (A, B, A, B, A, A, B)]
    assert seen == [1, 2, 1, 2, 1, 1, 2]
    rows = db.execute("select id, article_key, replaced_by, revision from articles").fetchall()
    assert rows == [(1, None, 2, 1), (2, key, None, 1)]
    assert db.execute("select article from article_urls").fetchall() == [(2,)]
    assert visit(A + " " + C, article_key=key).outcome == "revised", "an edited A is A"


def test_three_stories_in_turn_are_three_articles(visit) -> None:
    assert [visit(text).article for text in (A, B, C, A, C, B, A)] == [1, 2, 3, 1, 3, 2, 1]


def test_a_page_that_rolls_on_is_edited(db, visit) -> None:
    assert [visit(text).article for text in (A, B, C, D)] == [1, 2, 3, 3]
    assert db.execute("select count(*) from revisions").fetchone() == (1,)


@pytest.mark.parametrize(
    "edit",
    [
        {"title": TITLES[A]},
        {"title": f"عاجل: {TITLES[A]} اليوم"},
        {"title": None},
        {"live": True},
        {"body": "مباراة الإياب مساء الخميس.", "text_hash": "short"},
        {"body": f"{A} {B}", "text_hash": "grown"},
        {"aliases": {URL: "archive"}},
    ],
    ids=["title stays", "title grows", "no title", "live", "short", "text grows", "archive"],
)
def test_what_else_changes_wholly_is_an_edit(db, visit, edit) -> None:
    first = visit(A)
    assert visit(B, **edit).article == first.article
    assert db.execute("select replaced_by from articles").fetchall() == [(None,)]


def test_a_live_page_is_one_article_at_every_visit(visit) -> None:
    title = "تغطية مباشرة من المدينة"
    assert {visit(text, title=title).article for text in (A, B, C, D, A)} == {1}


def test_the_old_article_keeps_its_history(db, visit) -> None:
    visit(A)
    visit(f"{A} {C}", title=TITLES[A])
    visit(B)
    assert db.execute("select article, revision from revisions").fetchall() == [(1, 1)]


def test_a_number_in_the_address_proposes_and_title_or_text_decides(db, visit) -> None:
    first = visit(A, "https://furat.example/news/1712346-old-slug")
    text = visit(f"{A} {C}", "https://furat.example/n/1712346-new", title="عنوان آخر")
    title = visit(B, "https://furat.example/x/1712346-third", title="عنوان آخر")
    other = visit(D, "https://furat.example/y/1712346-fourth")
    assert [text.article, title.article] == [first.article] * 2
    assert other.article != first.article
    assert visit(A, "https://furat.example/news/1712347-old-slug").article not in (1, 2)


def test_a_revision_tells_when_it_was_replaced(db, visit, now) -> None:
    visit(A)
    visit(f"{A} {C}", title=TITLES[A])
    row = db.execute("select seen_at, replaced_at from revisions").fetchone()
    assert row == tuple(timestamp(now + timedelta(hours=hours)) for hours in (1, 2))
