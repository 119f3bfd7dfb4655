"""Rasid and its peers: how like two articles are, and groups of many."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from parts.pairs import Pair, Story

from arabic.fold import words_of
from crawler.items import Article
from database import articles
from database.connection import open_database, transaction
from database.shingles import RUN
from pipelines.dedupe import text_hash
from pipelines.normalise import clean_text

MORNING = datetime(2026, 3, 2, 6, tzinfo=UTC)
PERMUTATIONS = 128
BITS = 64

Scores = Callable[[Sequence[Pair]], Iterator[float]]
"""How like the articles of each pair are, from 0 to 1."""
Grouper = Callable[[Iterable[Article]], Iterator[int]]
"""The group of each article, in order."""


def article_of(story: Story, *, outlet: str, number: int, at: datetime) -> Article:
    """A story as the dedupe stage leaves it."""
    body = clean_text(story.body)
    return Article(
        outlet=outlet,
        url=f"https://{outlet}.example/news/{number}",
        title=story.title,
        body=body,
        text_hash=text_hash(body),
        word_count=len((body or "").split()),
        published_at=f"{at:%Y-%m-%dT%H:%M:%SZ}",
        published_precision="second",
    )


def rasid_scores(pairs: Sequence[Pair]) -> Iterator[float]:
    """1 where the store puts both articles, alone in an empty database, into one story."""
    with TemporaryDirectory() as folder:
        db = open_database(Path(folder) / "pairs.db")
        for outlet in ("furat", "hudud"):
            articles.ensure_outlet(db, outlet)
        for number, pair in enumerate(pairs):
            later = MORNING + timedelta(hours=pair.hours)
            a = article_of(pair.a, outlet="furat", number=number, at=MORNING)
            b = article_of(pair.b, outlet="hudud", number=number, at=later)
            db.conn.execute("begin immediate")
            articles.put(db, a, now=MORNING)
            yield float(articles.put(db, b, now=later).joined)
            db.conn.rollback()
        db.close()


def rasid_groups(items: Iterable[Article]) -> Iterator[int]:
    """The stories of articles that are stored in batches of a hundred, as an archive is."""
    with TemporaryDirectory() as folder:
        db = open_database(Path(folder) / "corpus.db")
        stories = []
        for batch in _batches(items, 100):
            with transaction(db):
                for item in batch:
                    articles.ensure_outlet(db, item.outlet)
                    stored = articles.put(db, item, now=MORNING)
                    row = db.execute("select story from articles where id = ?", [stored.article])
                    stories.append(row.fetchone()[0])
        db.close()
    yield from stories


def _batches(items: Iterable[Article], size: int) -> Iterator[list[Article]]:
    batch: list[Article] = []
    for item in items:
        batch.append(item)
        if len(batch) == size:
            yield batch
            batch = []
    yield batch


def _runs(text: str | None) -> list[str]:
    """The same words and the same runs of three as Rasid's, so that only the method differs."""
    words = words_of(text)
    if not words:
        return []
    return [" ".join(words[at : at + RUN]) for at in range(max(len(words) - RUN, 0) + 1)]


class DataSketch:
    """MinHash and its LSH in memory."""

    def __init__(self) -> None:
        self.module = import_module("datasketch")

    def signature(self, text: str | None) -> Any:
        made = self.module.MinHash(num_perm=PERMUTATIONS)
        made.update_batch([run.encode() for run in _runs(text)])
        return made

    def scores(self, pairs: Sequence[Pair]) -> Iterator[float]:
        for pair in pairs:
            yield self.signature(pair.a.body).jaccard(self.signature(pair.b.body))

    def groups(self, threshold: float) -> Grouper:
        index = self.module.MinHashLSH(threshold=threshold, num_perm=PERMUTATIONS)
        return lambda items: _attached(items, self.signature, index.query, index.insert)


class Rensa:
    """R-MinHash and its LSH, in Rust."""

    def __init__(self) -> None:
        self.module = import_module("rensa")

    def signature(self, text: str | None) -> Any:
        made = self.module.RMinHash(num_perm=PERMUTATIONS, seed=42)
        made.update(_runs(text))
        return made

    def scores(self, pairs: Sequence[Pair]) -> Iterator[float]:
        for pair in pairs:
            yield self.signature(pair.a.body).jaccard(self.signature(pair.b.body))

    def groups(self, threshold: float) -> Grouper:
        index = self.module.RMinHashLSH(threshold=threshold, num_perm=PERMUTATIONS, num_bands=32)
        return lambda items: _attached(items, self.signature, index.query, index.insert)


class SimHash:
    """Charikar's fingerprint of 64 bits."""

    def __init__(self) -> None:
        self.module = import_module("simhash")

    def signature(self, text: str | None) -> Any:
        return self.module.Simhash(_runs(text), f=BITS)

    def scores(self, pairs: Sequence[Pair]) -> Iterator[float]:
        for pair in pairs:
            distance = self.signature(pair.a.body).distance(self.signature(pair.b.body))
            yield 1 - distance / BITS

    def groups(self, threshold: float) -> Grouper:
        """Within three bits, as Manku, Jain and Das Sarma 2007: the index is not made for more."""
        index = self.module.SimhashIndex([], f=BITS, k=3)
        return lambda items: _attached(
            items,
            self.signature,
            lambda made: map(int, index.get_near_dups(made)),
            lambda key, made: index.add(str(key), made),
        )


def _attached(
    items: Iterable[Article],
    signature: Callable[[str | None], Any],
    query: Callable[[Any], Iterable[int]],
    insert: Callable[[int, Any], None],
) -> Iterator[int]:
    """Each article goes to the group of the first one that the index finds near."""
    groups: list[int] = []
    for number, item in enumerate(items):
        made = signature(item.body)
        near = min(query(made), default=None)
        groups.append(number if near is None else groups[near])
        insert(number, made)
        yield groups[-1]


PEERS: dict[str, tuple[str, Callable[[], Any]]] = {
    "datasketch": ("datasketch", DataSketch),
    "rensa": ("rensa", Rensa),
    "simhash": ("simhash", SimHash),
}
