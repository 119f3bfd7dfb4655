from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import sqlite_utils

from crawler.items import Article
from database import articles
from database.connection import open_database

NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
TEXT = "قال مراسلنا إن القوات دخلت المدينة صباح اليوم بعد معارك استمرت ثلاثة أيام في ريفها الشرقي."


@pytest.fixture
def db(tmp_path: Path) -> Iterator[sqlite_utils.Database]:
    database = open_database(tmp_path / "news.db")
    articles.ensure_outlet(database, "furat")
    articles.ensure_outlet(database, "hudud")
    yield database
    database.close()


@pytest.fixture
def now() -> datetime:
    return NOW


@pytest.fixture
def make_article():
    """An article as the tag stage leaves it."""

    def make(url: str = "https://furat.example/story/1", **values: object) -> Article:
        fields: dict[str, object] = {
            "outlet": "furat",
            "title": "القوات تدخل المدينة",
            "body": TEXT,
            "text_hash": "a1",
            "word_count": 15,
            "published_at": "2026-03-02T11:05:00Z",
            "published_precision": "minute",
        }
        return Article(url=url, **(fields | values))  # type: ignore[arg-type]

    return make
