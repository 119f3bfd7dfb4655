"""Rasid and its peers, each as a function that reads a page."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from importlib import import_module

from parts.pages import Page, instant

from crawler.extract import extract
from pipelines.normalise import normalise

REFERENCE = "trafilatura"


@dataclass(slots=True, frozen=True)
class Reading:
    """What an extractor made of a page; ``carried_by`` is the source of the body, if it tells."""

    title: str | None
    body: str | None
    published: datetime | None
    carried_by: str | None = None


Reader = Callable[[Page], Reading]


def rasid() -> Reader:
    def read(page: Page) -> Reading:
        found = extract(
            page.html,
            page.url,
            layouts=page.layouts,
            names=page.names,
            timezone=page.timezone,
            fetched_at=f"{page.now:%Y-%m-%dT%H:%M:%SZ}",
        )
        normalise(found.article, now=page.now)
        article = found.article
        source = article.provenance.get("body")
        return Reading(article.title, article.body, instant(article.published_at), source)

    return read


def trafilatura(*, fast: bool = False) -> Reader:
    bare_extraction = import_module("trafilatura").bare_extraction
    # The defaults of its metadata, but with the time of day, which it drops unless asked.
    dates = {"original_date": True, "extensive_search": True, "outputformat": "%Y-%m-%dT%H:%M:%S%z"}

    def read(page: Page) -> Reading:
        found = bare_extraction(
            page.html,
            url=page.url,
            fast=fast,
            with_metadata=True,
            include_comments=False,
            date_extraction_params=dates,
        )
        if found is None:
            return Reading(None, None, None)
        return Reading(found.title, found.text, instant(found.date))

    return read


def newspaper4k() -> Reader:
    article = import_module("newspaper").article

    def read(page: Page) -> Reading:
        found = article(page.url, language="ar", input_html=page.html, fetch_images=False)
        return Reading(found.title, found.text, found.publish_date)

    return read


def goose3() -> Reader:
    import_module("nltk")  # without it goose3 counts no Arabic stop word, with a warning only
    words = import_module("goose3.text").StopWordsArabic
    goose = import_module("goose3").Goose({"stopwords_class": words})

    def read(page: Page) -> Reading:
        found = goose.extract(url=page.url, raw_html=page.html)
        return Reading(found.title, found.cleaned_text, found.publish_datetime_utc)

    return read


def news_please() -> Reader:
    from_html = import_module("newsplease").NewsPlease.from_html

    def read(page: Page) -> Reading:
        found = from_html(page.html, url=page.url, fetch_images=False)
        return Reading(found.title, found.maintext, found.date_publish)

    return read


PEERS: dict[str, tuple[str, Callable[[], Reader]]] = {
    REFERENCE: ("trafilatura", trafilatura),
    "trafilatura-fast": ("trafilatura", lambda: trafilatura(fast=True)),
    "newspaper4k": ("newspaper4k", newspaper4k),
    "goose3": ("goose3", goose3),
    "news-please": ("news-please", news_please),
}
