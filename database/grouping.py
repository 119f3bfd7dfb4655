"""Which story an article belongs to: that of the same text, or of the likest one; or its own.

Stories are never merged: an article joins the story of the likest article that it is one with,
if the story's lead is at least related to it. So a chain of likenesses does not grow into one
story of everything. What was found is kept in ``links``. All state is in the database.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from types import MappingProxyType
from weakref import WeakKeyDictionary

import sqlite_utils

from database import postings, stories
from database.likeness import (
    REWORDED_RUNS,
    Kind,
    Likeness,
    Verdict,
    compare,
    judge,
    shorter_first,
)
from database.outlines import Key, Outline, Outlines, Sieve
from database.shingles import Text, hash_title

LEAST_WORDS = 12
"""A text of fewer words ("watch the video") is like others without telling their story."""
VERSION = 1
"""Counts the ways of grouping there have been; an article keeps the one it was grouped by."""

_KEY = "revision, text_hash, word_count, title"
# Each connection has its own, because another file may hold another text under the same number.
_outlines: WeakKeyDictionary[sqlite_utils.Database, Outlines] = WeakKeyDictionary()


@dataclass(slots=True, frozen=True)
class Member:
    """A stored article as it is grouped. ``at``: published or, undated, first seen."""

    article: int
    outlet: str
    at: str
    story: int | None
    revision: int
    text_hash: str | None
    word_count: int
    title: str | None
    text: Text

    @property
    def entry(self) -> int:
        return postings.entry(self.at, self.article)

    @property
    def key(self) -> Key:
        """Tells the text from every other one and from its own earlier ones: see ``_KEY``."""
        return (self.article, self.revision, self.text_hash, self.word_count, self.title)


@dataclass(slots=True, frozen=True)
class Finding:
    """An article beside another one."""

    other: Member
    likeness: Likeness
    verdict: Verdict


def place(db: sqlite_utils.Database, article: int, text: Text | None = None) -> bool:
    """Give a stored article its story and enter it in the index; whether the story existed.

    The caller holds the transaction. ``text``: the article's, if it has been taken apart already.
    """
    member = load(db, [article], {article: text} if text else {})[0]
    story = _enter(db, member)
    if story is None:
        _assign(db, member, stories.new_story(db, article))
        return False
    _write(db, member, story)
    return True


def withdraw(db: sqlite_utils.Database, article: int) -> None:
    """Take an article out of the index, before its text or its day changes."""
    member = load(db, [article])[0]
    postings.remove(db, member.text.sampled, member.entry)
    db.execute("delete from links where ? in (article_a, article_b)", [article])


def put_back(db: sqlite_utils.Database, article: int) -> None:
    """Enter a changed article again; it stays in its story unless it no longer belongs there."""
    member = load(db, [article])[0]
    found = _enter(db, member)
    if member.story is None or found == member.story or not _belongs(db, member, found):
        _write(db, member, found or stories.new_story(db, article))
        if member.story is not None:
            stories.refresh(db, member.story)
    else:
        _write(db, member, member.story)


def explain(db: sqlite_utils.Database, a: Member, b: Member) -> Finding:
    """How two stored articles are found to be, by what the index knows today."""
    sampled = {*a.text.sampled, *b.text.sampled}
    return _compare(a, b, _other_days(a, b, postings.days_of(db, sampled)))


def load(
    db: sqlite_utils.Database,
    articles: Sequence[int],
    texts: Mapping[int, Text] = MappingProxyType({}),
) -> list[Member]:
    """Stored articles, in this order; ``texts``: those that have been taken apart already."""
    if not articles:
        return []
    marks = ",".join("?" * len(articles))
    rows = db.execute(
        f"select id, outlet, coalesce(published_at, first_seen_at), story, {_KEY}, body"
        f" from articles left join article_text on article = id where id in ({marks})",
        list(articles),
    )
    found = {
        article: Member(
            article,
            outlet,
            at,
            story,
            revision,
            text_hash,
            words,
            title,
            texts.get(article) or Text.of(title, body),
        )
        for article, outlet, at, story, revision, text_hash, words, title, body in rows
    }
    return [found[article] for article in articles]


def _enter(db: sqlite_utils.Database, member: Member) -> int | None:
    """Enter an article in the index and the links; the story it belongs to, if there is one."""
    if member.word_count < LEAST_WORDS:
        return None
    lists = postings.look_up(db, member.text.sampled)
    copied = stories.same_text(
        db,
        text_hash=member.text_hash,
        word_count=member.word_count,
        at=member.at,
        but=member.article,
    )
    if copied:
        story: int | None = copied.story
        _link(db, member, copied, "same", 1.0)
    else:
        story = _likest(db, member, lists)
    postings.add(db, lists, member.entry)
    return story


def _likest(db: sqlite_utils.Database, member: Member, lists: postings.Lists) -> int | None:
    """The story of the likest article, by near-duplicates; what is like is linked."""
    findings = _findings(db, member, lists)
    for finding in findings:
        _link(db, member, finding.other, finding.verdict.kind, finding.verdict.score)
    return _story(db, member, findings)


def _findings(db: sqlite_utils.Database, member: Member, lists: postings.Lists) -> list[Finding]:
    """What is the same or related, the likest first."""
    known = postings.days_in(lists)
    near = postings.candidates(
        lists, known, member.entry, days=stories.DAYS_APART, sure=hash_title(member.text.title)
    )
    others = [
        each
        for each in load(db, _possible(db, member, near, known))
        if _shares_enough(member.text, each.text)
    ]
    wanted = {value for each in others for value in each.text.sampled}
    known |= postings.days_of(db, wanted - known.keys())
    findings = [_compare(member, other, _other_days(member, other, known)) for other in others]
    like = [finding for finding in findings if finding.verdict.kind != "different"]
    return sorted(like, key=lambda found: (-found.verdict.score, found.other.article))


def _possible(
    db: sqlite_utils.Database, member: Member, near: Sequence[int], known: dict[int, set[int]]
) -> list[int]:
    """Those of the articles near to one that may be like it; adds to the days that are ``known``.

    Nearly all others share a template and no news: their outlines tell.
    """
    sieve = Sieve(member.text)
    outlines = _outlines.setdefault(db, Outlines())
    outlines.keep(member.key, sieve.outline)
    if not near:
        return []
    found = [
        (article, at, overlap)
        for article, at, outline in _outlined(db, outlines, near)
        if (overlap := sieve.overlap(outline))
    ]
    sampled = {value for _, _, overlap in found for value in overlap.sampled}
    known |= postings.days_of(db, sampled - known.keys())
    return [
        article
        for article, at, overlap in found
        if sieve.may_be_like(overlap, postings.other_days(known, overlap.sampled, member.at, at))
    ]


def _outlined(
    db: sqlite_utils.Database, outlines: Outlines, articles: Sequence[int]
) -> list[tuple[int, str, Outline]]:
    """Articles, when they were published, outlines; only texts that are not kept are read."""
    marks = ",".join("?" * len(articles))
    rows = db.execute(
        f"select id, coalesce(published_at, first_seen_at), {_KEY} from articles"
        f" where id in ({marks})",
        list(articles),
    ).fetchall()
    times = {article: at for article, at, *_ in rows}
    found = {article: outlines.get((article, *key)) for article, _, *key in rows}
    for each in load(db, [article for article, outline in found.items() if outline is None]):
        found[each.article] = outlines.keep(each.key, Outline.of(each.text))
    return [(article, times[article], outline) for article, outline in found.items() if outline]


def _shares_enough(a: Text, b: Text) -> bool:
    short, long = shorter_first(a, b)
    return len(short.shingles & long.shingles) >= REWORDED_RUNS * len(short.shingles)


def _other_days(member: Member, other: Member, known: postings.Days) -> dict[int, int]:
    """For the sampled runs of both: on how many days beside their own they were seen."""
    sampled = {*member.text.sampled, *other.text.sampled}
    return postings.other_days(known, sampled, member.at, other.at)


def _compare(member: Member, other: Member, other_days: Mapping[int, int]) -> Finding:
    likeness = compare(member.text, other.text, other_days)
    verdict = judge(
        likeness,
        days=days_between(member.at, other.at),
        one_outlet=member.outlet == other.outlet,
    )
    return Finding(other, likeness, verdict)


def _story(db: sqlite_utils.Database, member: Member, findings: Sequence[Finding]) -> int | None:
    for finding in findings:
        story = finding.other.story
        if finding.verdict.kind == "same" and story is not None:
            lead = stories.lead_of(db, story)
            if lead is None or lead == finding.other.article or _related(db, member, lead):
                return story
    return None


def _belongs(db: sqlite_utils.Database, member: Member, found: int | None) -> bool:
    """Whether a changed article, now found to be of another story or none, stays where it was."""
    assert member.story is not None
    rest = stories.members(db, member.story, but=member.article)
    return _related(db, member, rest[0]) if rest else found is None


def _related(db: sqlite_utils.Database, member: Member, article: int) -> bool:
    return explain(db, member, load(db, [article])[0]).verdict.kind != "different"


def _link(
    db: sqlite_utils.Database,
    member: Member,
    other: Member | stories.Copy,
    kind: Kind,
    score: float,
) -> None:
    same = "version" if other.outlet == member.outlet else "duplicate"
    db.execute(
        "insert or replace into links (article_a, article_b, score, kind) values (?, ?, ?, ?)",
        [*sorted((member.article, other.article)), score, same if kind == "same" else kind],
    )


def _write(db: sqlite_utils.Database, member: Member, story: int) -> None:
    _assign(db, member, story)
    stories.refresh(db, story)


def _assign(db: sqlite_utils.Database, member: Member, story: int) -> None:
    db.execute(
        "update articles set story = ?, grouping = ? where id = ?", [story, VERSION, member.article]
    )


def days_between(a: str, b: str) -> float:
    """Days between two publications; where one is known to the day only, between their dates."""
    if "T" in a and "T" in b:
        seconds = (datetime.fromisoformat(a) - datetime.fromisoformat(b)).total_seconds()
        return abs(seconds) / 86400
    return float(abs((date.fromisoformat(a[:10]) - date.fromisoformat(b[:10])).days))
