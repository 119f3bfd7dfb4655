"""What is written under the lead picture."""

from __future__ import annotations

import pytest

from crawler.extract import Layout, extract

TITLE = "افتتاح جسر المشاة الجديد في الواحة"
TEXT = "<p>أعلنت بلدية الواحة افتتاح الجسر الجديد بعد عامين من العمل المتواصل فيه.</p>" * 4
UNDER = "الجسر كما بدا صباح أمس"
FIGURE = f"<figure><img src='/i/bridge-800x450.jpg'><figcaption>{UNDER}</figcaption></figure>"


def caption(inside: str, *, head: str = "", layout: Layout | None = None) -> str | None:
    html = f"<html><head>{head}</head><body><h1>{TITLE}</h1>{inside}</body></html>"
    found = extract(html, "https://news.example/1", layouts=[layout] if layout else ())
    return found.article.caption


@pytest.mark.parametrize(
    "picture",
    [
        FIGURE,
        f"<div class='wp-caption'><img src='/b.jpg'><p class='wp-caption-text'>{UNDER}</p></div>",
        f"<div><div class='img'><img src='/b.jpg'></div><b class='imgCaption'>{UNDER}</b></div>",
        f"<figure><amp-img src='/b.jpg'></amp-img><figcaption>{UNDER}</figcaption></figure>",
    ],
)
def test_the_picture_before_the_text_is_the_lead(picture: str) -> None:
    assert caption(f"{picture}<div class='entry-content'>{TEXT}</div>") == UNDER


def test_a_picture_in_the_text_is_the_lead_if_the_page_says_so() -> None:
    inside = f"<div class='entry-content'>{TEXT}{FIGURE}{TEXT}</div>"
    assert caption(inside) is None
    said = "<meta property='og:image' content='https://news.example/big/bridge.jpg?w=1200'>"
    assert caption(inside, head=said) == UNDER
    other = "<meta property='og:image' content='https://news.example/other.jpg'>"
    assert caption(inside, head=other) is None


@pytest.mark.parametrize(
    "picture",
    [
        FIGURE.replace(UNDER, TITLE),
        FIGURE.replace(UNDER, "صورة"),
        f"<aside>{FIGURE}</aside>",
        f"<div class='related'><a href='/2'>{FIGURE}</a></div>",
        f"<p class='caption'>{UNDER}</p>",
        FIGURE.replace(UNDER, "https://news.example/i/bridge.jpg"),
    ],
)
def test_what_is_no_caption_of_the_lead(picture: str) -> None:
    assert caption(f"{picture}<div class='entry-content'>{TEXT}</div>") is None


def test_json_ld_tells_it_too() -> None:
    head = (
        '<script type="application/ld+json">{"@type": "NewsArticle", "headline": "%s", '
        '"image": {"@type": "ImageObject", "url": "/b.jpg", "caption": "%s"}}</script>'
    )
    assert caption(TEXT, head=head % (TITLE, UNDER)) == UNDER
    assert caption(TEXT, head=head % (TITLE, TITLE)) is None


def test_a_selector_comes_first() -> None:
    inside = f"{FIGURE}<p class='x'>شرح تختاره الصحيفة</p><div id='t'>{TEXT}</div>"
    layout = Layout(body="#t", caption=".x")
    assert caption(inside, layout=layout) == "شرح تختاره الصحيفة"


@pytest.mark.parametrize(
    ("name", "is_picture"),
    [
        ("bridge.jpg", True),
        ("image.jpg", True),
        ("logo-of-the-games.jpg", True),
        ("no-image.png", False),
        ("noimage_600.jpg", False),
        ("logo.png", False),
        ("site-logo2.png", False),
        ("default.jpg", False),
        ("default-img.jpg", False),
        ("placeholder.svg", False),
    ],
)
def test_a_picture_that_stands_for_none_is_no_lead(name: str, is_picture: bool) -> None:
    url = f"https://news.example/i/{name}"
    head = f"<meta property='og:image' content='{url}?w=1'>"
    html = f"<html><head>{head}</head><body><h1>{TITLE}</h1>{TEXT}</body></html>"
    found = extract(html, "https://news.example/1").article.image_url
    assert found == (f"{url}?w=1" if is_picture else None)
