"""Every candidate of every field has a verdict, and the one that is taken says so."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from crawler.explain import Verdicts, explain
from crawler.extract import extract

NOW = datetime(2026, 3, 2, tzinfo=UTC)
TITLE = "افتتاح جسر المشاة الجديد في الواحة"
TEXT = "<p>أعلنت بلدية الواحة افتتاح الجسر الجديد بعد عامين من العمل المتواصل فيه.</p>" * 4
PAGES = sorted((Path(__file__).resolve().parents[1] / "pages").glob("*.html"))


def verdicts(head: str = "", inside: str = TEXT) -> dict[str, Verdicts]:
    html = f"<html><head>{head}</head><body><h1>{TITLE}</h1>{inside}</body></html>"
    found = extract(
        html, "https://news.example/1", names=["نبأ"], timezone="Asia/Baghdad", every=True
    )
    return explain(found, now=NOW)


def said(rows: Verdicts) -> list[tuple[str, str]]:
    return [(row["source"], row["verdict"]) for row in rows]


def test_the_first_in_trust_is_taken() -> None:
    head = f"<title>{TITLE}</title><meta property='og:title' content='{TITLE} اليوم'>"
    assert said(verdicts(head)["title"]) == [
        ("meta", "taken: meta comes first in trust"),
        ("heading", "not needed: meta is trusted more than heading"),
        ("title", "not needed: meta is trusted more than title"),
    ]


def test_a_refusal_has_its_reason() -> None:
    head = "<meta name='author' content='admin'><meta name='author' content='هند الراشد'>"
    assert said(verdicts(head)["author"]) == [
        ("meta", "refused: no person's name"),
        ("meta", "taken: what comes before it is refused"),
    ]


def test_a_text_says_where_it_stands() -> None:
    [row] = verdicts(inside=f"<div id='a' class='post'><div class='text wide'>{TEXT}</div></div>")[
        "body"
    ]
    assert row["verdict"] == "taken: the only one"
    assert row["place"] == "div#a.post > div.text.wide"


def test_json_ld_that_is_cut_short_is_refused() -> None:
    head = (
        '<script type="application/ld+json">{"@type": "NewsArticle", "headline": "'
        + TITLE
        + '", "articleBody": "أعلنت بلدية الواحة افتتاح الجسر الجديد..."}</script>'
    )
    assert said(verdicts(head)["body"]) == [
        ("jsonld", "refused: cut short: it ends with …"),
        ("structure", "taken: what comes before it is refused"),
    ]


def test_dates_are_judged_against_each_other() -> None:
    head = (
        "<meta property='article:published_time' content='2026-03-01T13:20:44Z'>"
        "<meta name='date' content='2027-01-01T10:00:00Z'>"
        "<meta name='pubdate' content='قريبا'>"
        "<meta property='article:modified_time' content='2026-02-01T10:00:00+03:00'>"
    )
    found = verdicts(head, inside=f"<p class='date'>الأحد 1 آذار 2026 - 13:20</p><div>{TEXT}</div>")
    assert said(found["published"]) == [
        (
            "meta",
            "refused: 2026-03-01 13:20:44+0000 is local time labelled UTC,"
            " as a visible clock shows",
        ),
        ("meta", "refused: no date, or one that lies ahead"),
        ("meta", "refused: no date, or one that lies ahead"),
        ("byline", "taken as 2026-03-01T10:20:00Z: tells most, undisputed"),
    ]
    assert said(found["modified"]) == [
        ("meta", "refused: 2026-02-01 10:00:00+0300 is before the publication")
    ]


@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.stem)
def test_at_most_one_is_taken(page: Path) -> None:
    html = page.read_bytes().decode("utf-8", "replace")
    found = extract(html, "https://news.example/1", timezone="Asia/Baghdad", every=True)
    for field, rows in explain(found, now=NOW).items():
        taken = [row for row in rows if row["verdict"].startswith("taken")]
        assert (
            field == "aliases"
            or len(taken) == bool(found.chosen.get(field))
            or field
            in (
                "published",
                "modified",
            )
        )
        assert all(row["verdict"].startswith(("taken", "refused", "not needed")) for row in rows)
