"""Are two articles one story? What speaks for it and against it, and the verdict in words.

The measure is containment: the share of the shorter text's runs of three words that the longer one
has too. It finds the brief in the report, where resemblance (Jaccard, MinHash, simhash) does not.
A run that other days carry as well weighs less, because it is a formula or a template and no
news (after Alonso, Fetterly and Manasse 2013, "Duplicate News Story Detection Revisited").
Around it stand guards for what containment alone confuses: tables of numbers, telegrams with other
names, follow-ups that repeat the background, round-ups that hold a whole brief. The thresholds
were chosen on real and made pairs: docs/benchmarks.md.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from itertools import compress, count
from math import fsum
from typing import Literal

from database.shingles import RUN, Text

Kind = Literal["same", "related", "different"]

RELATED = 0.35
"""From here on two articles are linked, at least."""
SAME = 0.50
COMMON = 0.55
UNLED = 0.80
"""The containment of one story: if much else speaks for it; if something does; if nothing does."""
# Inside one outlet, and days later, the same words are more often a template than a copy.
STRICTER = 0.65
STRICTEST = 0.85
NEXT_DAY = 0.75
LATER = 1.75
"""Days apart from which the lead has to agree more, and the stricter thresholds hold."""

LEAD = 30
"""Words of a text that count as its opening."""
LEAD_RUNS = LEAD - RUN + 1
LEADS, LEADS_NEXT_DAY = 0.20, 0.30
LEADS_AGREE = 0.50
# A text of less than this share of the other's length is a brief of it, or an item of a round-up.
COMPARABLE = 0.6
SHORT = 25
"""Words; a shorter text has to be in the other one almost whole."""
WHOLE = 0.90
"""From here on no guard speaks: it is the same text."""
NUMBERS = 0.5
FEW_NUMBERS = 4
NUMBERS_AGREE, SOME_NUMBERS = 0.75, 3
TITLES_AGREE = 0.5
REWORDED, REWORDED_RUNS, REWORDED_LENGTH = 0.80, 0.15, 0.8

_PREFIX = re.compile(r"^[وف]?(?:[بكل]?ال|لل)?(?=\w{3})")


@dataclass(slots=True, frozen=True)
class Likeness:
    """What two texts share; shares are of the shorter text, from 0 to 1."""

    score: float
    """Runs of three words, weighted by day."""
    runs: float
    """The same, every run with one weight."""
    words: float
    title: float
    numbers: float | None
    """Share of the numbers; None when the texts have fewer than ``SOME_NUMBERS``."""
    counted: int
    """How many numbers the text with fewer of them has."""
    lead: float
    """How much of the opening of each the other has: the smaller share of both."""
    length: float
    """Length of the shorter text, in lengths of the longer one."""
    shortest: int
    """Words of the shorter text."""
    only: tuple[str, str] | None
    """A subject that each title and text has and the other article lacks, if both have one."""


@dataclass(slots=True, frozen=True)
class Verdict:
    """``reason``: the rule that decided, in words."""

    kind: Kind
    score: float
    reason: str


def compare(a: Text, b: Text, other_days: Mapping[int, int]) -> Likeness:
    """Measure two texts.

    ``other_days``: hash of a sampled run → the days, beside those of these two articles, on which
    it was seen. The runs between take the count of the nearest sampled one.
    """
    short, long = shorter_first(a, b)
    numbers, counted = _numbers(short, long)
    lengths = sorted((len(a.words), len(b.words)))
    weighed = weights(short.runs, other_days)
    lead = weights(long.runs, other_days, most=LEAD_RUNS)
    return Likeness(
        score=weighted_share(short.runs, weighed, long.shingles),
        runs=_share(short.shingles, long.shingles),
        words=_share(short.vocabulary, long.vocabulary),
        title=share_of_title({*a.title}, {*b.title}),
        numbers=numbers,
        counted=counted,
        lead=min(_opening(short, weighed, long), _opening(long, lead, short)),
        length=lengths[0] / max(1, lengths[1]),
        shortest=lengths[0],
        only=_subjects(a, b),
    )


def judge(found: Likeness, *, days: float, one_outlet: bool) -> Verdict:
    """One story or not, for articles published ``days`` apart."""
    kind, reason = _decide(found, days=days, one_outlet=one_outlet)
    if kind == "different" and found.score >= RELATED:
        kind = "related"
    return Verdict(kind, round(found.score, 3), reason)


def shorter_first(a: Text, b: Text) -> tuple[Text, Text]:
    """The two texts, that with fewer runs first; equally long ones in a fixed order."""
    return (a, b) if (len(a.shingles), a.words) <= (len(b.shingles), b.words) else (b, a)


def share_of_title(a: Set[str], b: Set[str]) -> float:
    """How much of the shorter title the other one has; titles of one word tell nothing."""
    short, long = sorted((a, b), key=len)
    return len(short & long) / len(short) if len(short) > 1 else 0.0


def weights(
    runs: Sequence[int], other_days: Mapping[int, int], *, most: int | None = None
) -> list[float]:
    """The weight of each run of a text (of the first ``most``): the less, the more other days carry
    it. A run that was not sampled weighs what the nearest sampled one
    does."""
    length = min(len(runs), most or len(runs))
    if not any(other_days.values()):
        return [1.0] * length
    places = [*compress(count(), map(other_days.__contains__, runs))]
    if not places:
        return [1.0] * length
    found: list[float] = []
    for place, following in zip(places, [*places[1:], 2 * len(runs)], strict=True):
        end = (place + following) // 2 + 1
        found += [1 / (1 + other_days[runs[place]]) ** 2] * (end - len(found))
        if len(found) >= length:
            break
    return found[:length]


def weighted_share(runs: Sequence[int], weighed: Sequence[float], others: Set[int]) -> float:
    """The share of ``runs``, each counted once, that are among ``others`` too."""
    distinct = dict(zip(reversed(runs), reversed(weighed[: len(runs)]), strict=True))
    whole = fsum(distinct.values())
    shared = fsum(compress(distinct.values(), map(others.__contains__, distinct)))
    return shared / whole if whole else 0.0


def _decide(found: Likeness, *, days: float, one_outlet: bool) -> tuple[Kind, str]:
    if found.score < RELATED and not _reworded(found):
        return "different", "they share too little of the text"
    if found.shortest < SHORT:
        return _decide_brief(found, days)
    if against := _against(found):
        return "different", against
    strict = one_outlet or days >= LATER
    leads = LEADS_NEXT_DAY if strict or days >= NEXT_DAY else LEADS
    if found.lead >= leads and found.score >= _enough(found, strict=strict):
        return "same", "they open alike and share enough of the text"
    if _reworded(found) and not strict:
        return "same", "the words, the numbers and the title are the same in another wording"
    if found.length < COMPARABLE and not (found.title >= TITLES_AGREE and found.score >= WHOLE):
        return "different", "one holds the other but opens with something else"
    agree = found.title >= TITLES_AGREE or _numbers_agree(found)
    if agree and days < NEXT_DAY and not one_outlet and found.score >= COMMON:
        return "same", "title or numbers agree, and they share enough of the text"
    if found.score >= (STRICTEST if strict else UNLED):
        return "same", "they share most of the text"
    return "different", "they share too little of the text"


def _enough(found: Likeness, *, strict: bool) -> float:
    """How much of the text two articles have to share that open alike."""
    titles = found.title >= TITLES_AGREE
    if strict:
        return STRICTER if titles else STRICTEST
    if found.length < COMPARABLE and not titles:
        return STRICTER
    return SAME if titles or found.lead >= LEADS_AGREE or _numbers_agree(found) else COMMON


def _against(found: Likeness) -> str | None:
    """What speaks against one story, however much of the text is shared."""
    differ = found.counted >= FEW_NUMBERS and (found.numbers or 0) < NUMBERS
    if differ and found.score < WHOLE:
        return "the numbers are others"
    # Telegrams differ in a name or two: where the titles are alike too, that is enough.
    template = found.score < WHOLE or found.title >= TITLES_AGREE
    if found.only and template and not _numbers_agree(found):
        return f"the subjects are others: {found.only[0]}, {found.only[1]}"
    return None


def _decide_brief(found: Likeness, days: float) -> tuple[Kind, str]:
    if found.score >= WHOLE and found.title >= TITLES_AGREE and days < LATER:
        return "same", "a brief that the other article holds whole, under a like title"
    return "different", "a text of so few words has to be in the other one whole, with its title"


def _reworded(found: Likeness) -> bool:
    return (
        found.words >= REWORDED
        and found.runs >= REWORDED_RUNS
        and found.length >= REWORDED_LENGTH
        and found.title >= TITLES_AGREE
        and (_numbers_agree(found) or (found.numbers is None and found.title == 1))
    )


def _numbers_agree(found: Likeness) -> bool:
    return found.numbers is not None and found.numbers >= NUMBERS_AGREE


def _share(short: Set[int], long: Set[int]) -> float:
    return len(short & long) / len(short) if short else 0.0


def _numbers(a: Text, b: Text) -> tuple[float | None, int]:
    fewer, more = sorted((Counter(a.numbers), Counter(b.numbers)), key=Counter.total)
    counted = fewer.total()
    share = (fewer & more).total() / counted if counted >= SOME_NUMBERS else None
    return share, counted


def _opening(a: Text, weighed: Sequence[float], b: Text) -> float:
    """The share of the opening of ``a`` that stands anywhere in ``b``."""
    return weighted_share(a.runs[:LEAD_RUNS], weighed, b.shingles)


def _subjects(a: Text, b: Text) -> tuple[str, str] | None:
    one, two = " ".join(a.words), " ".join(b.words)
    of_a = _subject(a.title, one, f"{' '.join(b.title)} {two}")
    of_b = _subject(b.title, two, f"{' '.join(a.title)} {one}")
    return (of_a, of_b) if of_a and of_b else None


def _subject(title: tuple[str, ...], text: str, other: str) -> str | None:
    """A word of the title that its own text has and the other article has not, in any form."""
    for word in title:
        stem = _PREFIX.sub("", word)
        if len(stem) > 2 and stem.isalpha() and stem in text and stem not in other:
            return stem
    return None
