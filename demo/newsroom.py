"""The newsroom behind the pretend web: who publishes what and when, by seed."""

from __future__ import annotations

import random
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cached_property
from types import ModuleType

from demo.manifest import Change, Manifest, describe
from demo.press import Piece, Plant
from demo.prose.general import UPDATED_TITLE
from demo.prose.writer import TOPICS, WIRE_TOPICS, Writer
from demo.sites import SITES
from demo.sites.dates import weekday

FIRST_DAY = datetime(2026, 3, 2, tzinfo=UTC)
DAYS = 7
NEXT_DAY = FIRST_DAY + timedelta(days=DAYS)
"""The day of the edited edition."""

MIN_ARTICLES, MAX_ARTICLES = 60, 50_000
PUBLISHING = tuple(name for name, site in SITES.items() if site.publishes)
REVISING = ("furat", "hudud", "mawj", "minbar")
"""Outlets whose feed or sitemap tells of a change."""


class Newsroom:
    """One edition of the pretend web; ``changes`` says what an edited edition changed,
    ``withdrawn`` holds the pieces that it no longer shows."""

    def __init__(
        self,
        seed: int,
        pieces: Iterable[Piece],
        changes: dict[str, Change] | None = None,
        withdrawn: Iterable[Piece] = (),
    ) -> None:
        self.seed = seed
        self.pieces = tuple(pieces)
        self.changes = changes or {}
        self.withdrawn = tuple(withdrawn)

    @property
    def now(self) -> datetime:
        """The moment at which this edition is read, UTC: the end of its last day.

        A crawl of the first edition, and then of the edited one, has to be given this clock:
        by the real one, every edit would be older than the first crawl.
        """
        return NEXT_DAY + timedelta(days=1) if self.changes else NEXT_DAY

    @cached_property
    def manifest(self) -> Manifest:
        """What a perfect reader of this edition knows."""
        return Manifest(
            articles=[
                describe(piece, SITES[piece.outlet].urls(piece))
                for piece in (*self.pieces, *self.withdrawn)
            ],
            failed=("sarab",),
            degraded=("sahel",),
            changes=self.changes,
            gone=tuple(map(_key, self.withdrawn)),
        )

    def pieces_of(self, outlet: str) -> list[Piece]:
        """The outlet's pieces, newest first."""
        own = [piece for piece in self.pieces if piece.outlet == outlet]
        return sorted(own, key=lambda piece: (piece.published, piece.number), reverse=True)

    def edited(self) -> Newsroom:
        """The same web a day later: some titles and texts have changed, nothing else."""
        rng = random.Random(f"{self.seed}:edited")
        texts = Counter(piece.story for piece in self.pieces)
        own = [p for p in self.pieces if p.outlet in REVISING and texts[p.story] == 1]
        kinds: tuple[Change, ...] = ("title", "body", "both")
        chosen = rng.sample(own, max(3, len(own) // 8))
        changes = {_key(piece): kinds[i % 3] for i, piece in enumerate(chosen)}
        pieces = [
            _edit(piece, changes[_key(piece)], rng) if _key(piece) in changes else piece
            for piece in self.pieces
        ]
        return Newsroom(self.seed, pieces, changes)

    def quietly_changed(self) -> Newsroom:
        """The same web a day later: a text of the last day has changed, which no feed, sitemap or
        date tells of, and another article is gone."""
        rng = random.Random(f"{self.seed}:quiet")
        texts = Counter(piece.story for piece in self.pieces)
        last_day = [
            piece
            for piece in self.pieces
            if texts[piece.story] == 1
            and piece.precision != "day"
            and piece.published >= NEXT_DAY - timedelta(days=1)
        ]
        edited, gone = rng.sample(last_day, 2)
        update = Writer(TOPICS[0], weekday(NEXT_DAY), rng).update()
        new = replace(edited, body=(*edited.body, update), quiet_edits=edited.quiet_edits + 1)
        pieces = [new if piece is edited else piece for piece in self.pieces if piece is not gone]
        return Newsroom(self.seed, pieces, {_key(edited): "body"}, [gone])


def build(articles: int = 140, seed: int = 1) -> Newsroom:
    """The newsroom of ``articles`` articles over seven days; the same arguments give the same web.

    Raises ValueError outside 60 to 50,000 articles.
    """
    if not MIN_ARTICLES <= articles <= MAX_ARTICLES:
        raise ValueError(
            f"articles = {articles}: the demo holds {MIN_ARTICLES} to {MAX_ARTICLES} articles"
        )
    editor = _Editor(seed)
    for _ in range(articles // 20):
        editor.wire_story()
    while len(editor.pieces) < articles:
        editor.own_story()
    return Newsroom(seed, _numbered(editor.pieces))


class _Editor:
    """Writes stories in turn; keeps titles and texts different from one another."""

    def __init__(self, seed: int) -> None:
        self.pieces: list[Piece] = []
        self._seed = seed
        self._stories = 0
        self._titles: set[str] = set()
        self._bodies: set[tuple[str, ...]] = set()

    def wire_story(self) -> None:
        """One agency text on three to five outlets, minutes apart, each under its own title.

        The last outlet edits it: it opens without the agency's name and adds a sentence.
        """
        rng = self._rng()
        topic = WIRE_TOPICS[self._stories % len(WIRE_TOPICS)]
        outlets = rng.sample(PUBLISHING, rng.randint(3, 5))
        self._publish(topic, outlets, rng, wire=True)

    def own_story(self) -> None:
        """One outlet's own text, outlets and topics in turn."""
        rng = self._rng()
        turn = self._stories
        outlet = PUBLISHING[turn % len(PUBLISHING)]
        topic = TOPICS[turn // len(PUBLISHING) % len(TOPICS)]
        self._publish(topic, [outlet], rng, wire=False)

    def _rng(self) -> random.Random:
        return random.Random(f"{self._seed}:{self._stories}")

    def _publish(
        self, topic: ModuleType, outlets: list[str], rng: random.Random, *, wire: bool
    ) -> None:
        moment = FIRST_DAY + timedelta(days=self._stories % DAYS, minutes=rng.randint(10, 1150))
        writer, titles, body, plants = self._fresh(topic, moment, len(outlets), rng, wire=wire)
        copies = [body] * len(outlets)
        if wire:
            copies[-1] = _edited_copy(writer, body)
        for outlet, (title, title_plants), text in zip(outlets, titles, copies, strict=True):
            piece = Piece(
                outlet=outlet,
                number=0,
                slug="",
                section=topic.SECTION,
                title=title,
                body=text,
                plants=(*title_plants, *plants),
                author=writer.person(),
                published=moment,
                precision="minute",
                story=self._stories,
            )
            self.pieces.append(_timed(piece, len(self.pieces), rng))
            moment += timedelta(minutes=rng.randint(3, 20))
        self._stories += 1

    def _fresh(
        self, topic: ModuleType, moment: datetime, copies: int, rng: random.Random, *, wire: bool
    ) -> tuple[Writer, list[tuple[str, list[Plant]]], tuple[str, ...], list[Plant]]:
        """A story that was not told yet, under titles not used yet."""
        while True:
            writer = Writer(topic, weekday(moment), rng)
            titles = writer.titles(copies)
            body, plants = writer.body(wire=wire)
            used = self._titles.intersection(title for title, _ in titles)
            if not used and body not in self._bodies:
                self._titles.update(title for title, _ in titles)
                self._bodies.add(body)
                return writer, titles, body, plants


def _edited_copy(writer: Writer, body: tuple[str, ...]) -> tuple[str, ...]:
    opening = body[0].partition(") - ")[2]
    return (opening, *body[1:-1], f"{body[-1]} {writer.update()}")


def _timed(piece: Piece, index: int, rng: random.Random) -> Piece:
    """The piece with the precision that its outlet's layout shows."""
    precision = SITES[piece.outlet].precision_of(index)
    seconds = rng.randint(1, 59) if precision == "second" else 0
    moment = piece.published + timedelta(seconds=seconds)
    return replace(piece, precision=precision, published=moment)


def _numbered(pieces: list[Piece]) -> list[Piece]:
    """The pieces in order of publication, with each outlet's own numbers and slugs."""
    count: Counter[str] = Counter()
    taken: Counter[tuple[str, str]] = Counter()
    numbered = []
    for piece in sorted(pieces, key=lambda piece: (piece.published, piece.outlet, piece.story)):
        slug = _slug(piece.title)
        count[piece.outlet] += 1
        taken[piece.outlet, slug] += 1
        if taken[piece.outlet, slug] > 1:
            slug = f"{slug}-{taken[piece.outlet, slug]}"
        number = SITES[piece.outlet].first_number + count[piece.outlet] * 3
        numbered.append(replace(piece, number=number, slug=slug))
    return numbered


def _slug(title: str) -> str:
    plain = "".join(c for c in unicodedata.normalize("NFKC", title) if not unicodedata.combining(c))
    return "-".join(re.findall(r"[^\W_]+", plain.replace("\u0640", ""))[:6])


def _edit(piece: Piece, change: Change, rng: random.Random) -> Piece:
    title = UPDATED_TITLE.format(title=piece.title) if change != "body" else piece.title
    body = piece.body
    if change != "title":
        body = (*body, Writer(TOPICS[0], weekday(NEXT_DAY), rng).update())
    moment = NEXT_DAY + timedelta(minutes=rng.randint(60, 600))
    return replace(piece, title=title, body=body, modified=moment, revision=piece.revision + 1)


def _key(piece: Piece) -> str:
    return f"{piece.outlet}:{piece.number}"
