"""Who wrote an article: bylines of a place, an outlet and a person, and names that are none."""

from __future__ import annotations

import pytest

from crawler.extract import extract
from crawler.extract.dateline import writer_in
from crawler.extract.page import Page
from crawler.extract.tree import parse
from crawler.extract.writers import person, usable_author

URL = "https://example.net/news/48213/bridge"
TITLE = "افتتاح جسر جديد في عين الحور"
OUTLET = "جريدة النبأ"
TEXT = "<p>أعلنت بلدية عين الحور افتتاح جسر المشاة الجديد الذي يربط السوق بحي البساتين.</p>" * 3


def page() -> Page:
    head = f"<title>{TITLE}</title>"
    return Page(parse(f"<html><head>{head}</head><h1>{TITLE}</h1></html>"), URL, [OUTLET])


def author(around: str, text: str = TEXT) -> str | None:
    html = (
        f"<html><head><title>{TITLE}</title></head><body><h1>{TITLE}</h1>{around}<div>{text}</div>"
    )
    return extract(html, URL, names=[OUTLET]).article.author


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ("كتب: هند الراشد", "هند الراشد"),
        ("النبأ - هند الراشد", "هند الراشد"),
        ("جريدة النبأ / هند الراشد", "هند الراشد"),
        ("عين الحور - هند الراشد", "هند الراشد"),
        ("هند الراشد @hind_r", "هند الراشد"),
        ("ماجد الحربي (الواحة) Majid_h@", "ماجد الحربي"),
        ("هند الراشد (الواحة)", "هند الراشد (الواحة)"),
        ("هند - الراشد", "هند - الراشد"),
        ("سميرة وهند - منى الراشد", "سميرة وهند - منى الراشد"),
    ],
)
def test_a_person_is_named_without_what_stands_beside(said: str, name: str) -> None:
    assert person(said, page()) == name


@pytest.mark.parametrize("name", ["هند الراشد", "د. هند الراشد", "Hend Rashed"])
def test_a_name_is_an_author(name: str) -> None:
    assert usable_author(name, [OUTLET])


@pytest.mark.parametrize(
    "name",
    [
        *("admin", "admin2", "Web Desk", "webmaster", "editor3", "newsroom", "ahal7", "user-12"),
        *("hind@waha.example", "https://waha.example/hind", "..."),
        *(OUTLET, "النبأ", f"({OUTLET})"),
    ],
)
def test_a_login_address_or_outlet_is_none(name: str) -> None:
    assert not usable_author(name, [OUTLET])


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("بغداد / منى الراشد", "منى الراشد"),
        ("بغداد - منى الراشد", None),
        ("بغداد - أسعار النفط ترتفع", None),
        ("عين الحور - النبأ - حمزة القاسم", "حمزة القاسم"),
        ("عين الحور/ حمزة القاسم/ النبأ", "حمزة القاسم"),
        ("عين الحور - حمزة القاسم", None),
        ("بغداد / منى", None),
        ("بغداد / منى الراشد.", None),
        ("بغداد / 12 قتيلا", None),
        ("بغداد / انطلقت أعمال المؤتمر الدولي الخامس", None),
        ("دمشق - حلب", None),
        ("النبأ - بغداد", None),
        ("بغداد", None),
    ],
)
def test_a_line_of_place_and_writer(line: str, name: str | None) -> None:
    assert writer_in(line, [OUTLET]) == name


@pytest.mark.parametrize(
    ("byline", "name"),
    [
        ("<p>كتب: هند الراشد</p>", "هند الراشد"),
        ("<p><a href='/author/hind'>هند الراشد</a></p>", "هند الراشد"),
        ("<p>الأحد 5 آذار 2021 | كتب: هند الراشد</p>", "هند الراشد"),
        ("<p><a href='/section/hind'>هند الراشد</a></p>", None),
        ("<p><a href='/author/7'>admin</a></p>", None),
    ],
)
def test_the_byline_names_the_writer(byline: str, name: str | None) -> None:
    assert author(byline) == name


def test_the_first_line_of_the_text_may_name_the_writer() -> None:
    assert author("", f"<p>بغداد / منى الراشد</p>{TEXT}") == "منى الراشد"
    assert author("", f"{TEXT}<p>بغداد / منى الراشد</p>{TEXT}") is None
