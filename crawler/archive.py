"""An existing archive (JSON Lines) as articles, through the same pipelines as a crawl."""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any

import sqlite_utils

from crawler.catalogue import outlet_of
from crawler.command import CommandError
from crawler.items import Article, NoArticle, RawDate
from crawler.outlet import OutletSpider
from database import articles
from database.connection import transaction
from database.failure import is_failure
from database.ledger import timestamp
from database.urls import article_key, registered_domain
from database.watches import sync
from pipelines.dedupe import DedupePipeline
from pipelines.normalise import NormalisePipeline
from pipelines.stage import Tally
from pipelines.store import StorePipeline
from pipelines.tag import TagPipeline
from watchlist import Watchlist

BATCH = 100
# A file whose first lines are all no objects is not JSON Lines at all.
LINES_TO_TRUST = 20
LONGEST_LINE = 16 * 1024 * 1024
TEXTS = ("title", "subtitle", "excerpt", "author", "section", "image_url", "caption", "language")


class LineError(Exception):
    """A line is no article; the message is a short reason."""


@dataclass(slots=True)
class Ingest:
    """What became of an archive so far; ``bad`` holds the first bad lines with their reasons."""

    lines: int = 0
    tally: Tally = field(default_factory=Tally)
    bad: list[tuple[int, str]] = field(default_factory=list)
    bad_lines: int = 0
    stopped: bool = False


@dataclass(slots=True, frozen=True)
class Archive:
    """How the records of a file are to be read."""

    path: Path
    outlets: Sequence[type[OutletSpider]] = ()
    outlet: str | None = None
    timezone: str | None = None


def ingest(
    archive: Archive,
    db: sqlite_utils.Database,
    watches: Watchlist,
    *,
    clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    on_progress: Callable[[Ingest, int], None] = lambda _state, _bytes: None,
    stop: Callable[[], bool] = lambda: False,
) -> Ingest:
    """Store a whole archive in batches; each batch is committed before the next one begins.

    ``on_progress`` is told the compressed bytes read; ``stop`` is asked between batches. Running
    it again is harmless: what is stored is found and left as it is.
    Raises CommandError when the file cannot be read or is no JSON Lines at all.
    """
    state = Ingest()
    stages = [
        NormalisePipeline(state.tally, db),
        DedupePipeline(state.tally),
        TagPipeline(watches, state.tally),
        StorePipeline(db, state.tally, clock=clock, watched=watches),
    ]
    known: set[str] = set()
    with closing(_batches(archive, state)) as batches:
        for batch, position in batches:
            with transaction(db):
                # Another program may have read an edited file: what follows is tagged by this one.
                sync(db, watches, now=clock())
                for number, line in batch:
                    _take(archive, db, state, stages, known, number, line, clock())
            if state.bad_lines == state.lines and state.lines >= LINES_TO_TRUST:
                break
            on_progress(state, position)
            if stop():
                state.stopped = True
                break
    if state.lines and state.bad_lines == state.lines:
        number, reason = state.bad[0]
        raise CommandError(
            f"{archive.path}: is no JSON Lines file (line {number}: {reason});"
            " write one JSON object a line"
        )
    return state


def to_article(record: Mapping[str, Any], archive: Archive, now: datetime) -> Article:
    """A record as an article; its keys are url, title, text or body, date, author, outlet, ….

    Raises LineError when it names no address or no text at all.
    """
    url = _text(record, "url")
    if not url or not url.startswith(("http://", "https://")):
        raise LineError('has no "url" that begins with http:// or https://')
    named = archive.outlet or _text(record, "outlet")
    outlet = _outlet(named, url, archive.outlets)
    article = Article(
        outlet=outlet.name if outlet else named or registered_domain(url) or "unknown",
        url=url,
        fetched_at=timestamp(now),
        timezone=archive.timezone or (outlet.timezone if outlet else None),
        body=_text(record, "text") or _text(record, "body"),
        published=_dates(record, "date", "published_at", "published"),
        modified=_dates(record, "modified", "modified_at"),
        tags=_tags(record.get("tags")),
        article_key=article_key(url, outlet.article) if outlet else None,
        aliases={url: "archive"},
    )
    for name in TEXTS:
        setattr(article, name, _text(record, name))
    article.provenance = {
        name: "archive" for name in (*TEXTS, "body", "tags") if getattr(article, name)
    }
    return article


def _take(
    archive: Archive,
    db: sqlite_utils.Database,
    state: Ingest,
    stages: Sequence[Any],
    known: set[str],
    number: int,
    line: bytes,
    now: datetime,
) -> None:
    """Store one line; whatever it holds costs this line alone, not its batch."""
    db.conn.execute("savepoint line")
    try:
        item: Article | NoArticle = to_article(_record(line), archive, now)
        if item.outlet not in known:
            articles.ensure_outlet(db, item.outlet)
        for stage in stages:
            item = stage.process_item(item)
        if isinstance(item, NoArticle):
            raise LineError(item.reason)
    except Exception as error:  # counted and told: an archive may hold anything
        if is_failure(error):
            raise
        db.conn.execute("rollback to line")
        reason = str(error) if isinstance(error, LineError) else f"{type(error).__name__}: {error}"
        _refuse(state, number, reason)
    else:
        known.add(item.outlet)
    db.conn.execute("release line")


def _refuse(state: Ingest, number: int, reason: str) -> None:
    state.bad_lines += 1
    if len(state.bad) < LINES_TO_TRUST:
        state.bad.append((number, reason))


def _batches(archive: Archive, state: Ingest) -> Generator[tuple[list[tuple[int, bytes]], int]]:
    """Numbered lines in batches, each with the position in the file as it lies on disk."""
    batch: list[tuple[int, bytes]] = []
    try:
        with archive.path.open("rb") as raw, _unpacked(raw, archive.path) as file:
            number = 0
            while line := file.readline(LONGEST_LINE):
                number += 1
                if line.strip():
                    state.lines += 1
                    batch.append((number, line))
                if len(batch) >= BATCH:
                    yield batch, raw.tell()
                    batch = []
            if batch:
                yield batch, raw.tell()
    except (OSError, EOFError, zlib.error) as error:
        raise CommandError(
            f"{archive.path}: cannot be read to its end ({error}); {state.lines - len(batch)}"
            " lines before that are stored; check the file and run this again"
        ) from error


def _unpacked(raw: IO[bytes], path: Path) -> IO[bytes]:
    return gzip.GzipFile(fileobj=raw) if path.suffix == ".gz" else raw  # type: ignore[return-value]


def _record(line: bytes) -> Mapping[str, Any]:
    try:
        record = json.loads(line)
    except UnicodeDecodeError as error:
        raise LineError("is not UTF-8 text") from error
    except (ValueError, RecursionError) as error:
        raise LineError(f"is no JSON ({' '.join(str(error).split())[:80]})") from error
    if not isinstance(record, dict):
        raise LineError("is no JSON object")
    return record


def _outlet(
    named: str | None, url: str, outlets: Sequence[type[OutletSpider]]
) -> type[OutletSpider] | None:
    """The class of a record's outlet: by its name, or by the domain that it or the URL names."""
    for outlet in outlets:
        if named == outlet.name:
            return outlet
    address = f"https://{named}/" if named else url
    return outlet_of(address, outlets)


def _text(record: Mapping[str, Any], name: str) -> str | None:
    value = record.get(name)
    return value if isinstance(value, str) and value.strip() else None


def _dates(record: Mapping[str, Any], *names: str) -> list[RawDate]:
    values = (record.get(name) for name in names)
    return [
        RawDate(str(value), "archive")
        for value in values
        if isinstance(value, str | int | float) and str(value).strip()
    ]


def _tags(value: object) -> list[str]:
    if isinstance(value, str):
        return value.replace("،", ",").split(",")
    return [str(tag) for tag in value] if isinstance(value, list) else []
