"""Pairs of articles with the truth whether they are one story: labelled ones, and made ones."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from parts.routine import ROUTINES

from demo.prose import border, culture, daesh, deir, economy, health, sport, weather
from demo.prose.writer import Writer

LABELLED = Path(__file__).resolve().parents[2] / "../shared/cases/neardup_cases.jsonl"
TOPICS = (border, culture, daesh, deir, economy, health, sport, weather)
DAYS = ("السبت", "الأحد", "الاثنين", "الثلاثاء", "الأربعاء", "الخميس", "الجمعة")

# Word → what another desk writes for it.
_SYNONYMS = {
    "قال": "ذكر",
    "وقال": "وذكر",
    "أكد": "شدد",
    "وأكد": "وشدد",
    "أفاد": "صرح",
    "شهدت": "عرفت",
    "وصل": "بلغ",
    "بعد": "عقب",
    "قبل": "قبيل",
    "خلال": "أثناء",
    "نحو": "حوالي",
    "مساء": "عشية",
    "طريق": "درب",
    "جولة": "زيارة",
    "إن": "بأن",
    "أن": "بأن",
    "في": "داخل",
    "على": "فوق",
    "من": "ضمن",
    "إلى": "صوب",
    "عن": "حول",
    "مع": "برفقة",
    "بين": "ما بين",
    "يوماً": "نهاراً",
    "شخصاً": "فرداً",
    "الجهات": "الأطراف",
    "الأهالي": "السكان",
    "السكان": "الأهالي",
    "المنطقة": "الناحية",
    "المدينة": "البلدة",
    "عائلة": "أسرة",
    "طالبوا": "دعوا",
    "ومن": "وضمن",
    "وفي": "وداخل",
    "التي": "وهي التي",
    "الذي": "وهو الذي",
}
_FILLERS = ("أيضاً", "حالياً", "لاحقاً", "رسمياً", "تحديداً", "بدوره")
_FURNITURE = (
    "تابعنا على منصات التواصل",
    "اشترك في القائمة البريدية",
    "الكلمات المفتاحية: أخبار محلية",
    "للمزيد من التفاصيل زوروا موقعنا",
)
_SPELLINGS = str.maketrans({"أ": "ا", "إ": "ا", "ة": "ه", "ى": "ي", "،": ",", "ً": ""})


@dataclass(slots=True, frozen=True)
class Story:
    """An article as its outlet would send it."""

    title: str
    paragraphs: tuple[str, ...]

    @property
    def body(self) -> str:
        return "\n".join(self.paragraphs)


@dataclass(slots=True, frozen=True)
class Pair:
    """Two articles of two outlets, ``hours`` apart; ``same``: they are one story."""

    kind: str
    a: Story
    b: Story
    same: bool
    hours: int


def labelled_pairs(path: Path = LABELLED) -> list[Pair]:
    """The pairs of a JSON Lines file; what comes daily is a day apart, all else three hours."""
    pairs = []
    for line in path.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        kind = row["kind"]
        daily = kind == "follow_up" or (kind.startswith("tpl_") and not row["duplicate"])
        a, b = (
            Story(row[f"{side}_title"], tuple(row[f"{side}_text"].splitlines())) for side in "ab"
        )
        pairs.append(Pair(kind, a, b, row["duplicate"], 24 if daily else 3))
    return pairs


def made_pairs(seed: int, each: int = 12) -> list[Pair]:
    """``each`` pairs of every kind, from the prose of the pretend web; one seed, one set."""
    pairs = []
    for kind, edit in EDITS.items():
        for number in range(each):
            rng = random.Random(f"{seed}:{kind}:{number}")
            story = _story(rng)
            pairs.append(Pair(kind, story, edit(story, rng), same=True, hours=3))
    for kind, other in OTHERS.items():
        for number in range(each):
            rng = random.Random(f"{seed}:{kind}:{number}")
            a, b = other(rng)
            pairs.append(Pair(kind, a, b, same=False, hours=24 if kind == "follow_up" else 3))
    for kind, routine in ROUTINES.items():
        for number in range(each):
            rng = random.Random(f"{seed}:{kind}:{number}")
            one, two = Story(*routine(rng)), Story(*routine(rng))
            while two.title == one.title:  # the same city or state: another day's would be its own
                two = Story(*routine(rng))
            pairs.append(Pair(f"daily_{kind}", one, two, same=False, hours=24))
    return pairs


def _story(rng: random.Random) -> Story:
    return _write(Writer(rng.choice(TOPICS), rng.choice(DAYS), rng))


def _write(writer: Writer) -> Story:
    [(title, _)] = writer.titles(1)
    body, _ = writer.body(wire=False)
    return Story(title, tuple(sentence for line in body for sentence in _sentences(line)))


def _sentences(line: str) -> Iterator[str]:
    yield from (f"{part.rstrip('.')}." for part in line.split(". "))


def _words(story: Story, change: Callable[[str], str]) -> Story:
    return Story(
        story.title,
        tuple(" ".join(filter(None, map(change, line.split()))) for line in story.paragraphs),
    )


def _copy(story: Story, rng: random.Random) -> Story:
    return story


def _respelt(story: Story, rng: random.Random) -> Story:
    return Story(
        story.title.translate(_SPELLINGS),
        tuple(line.translate(_SPELLINGS) for line in story.paragraphs),
    )


def _cut(story: Story, rng: random.Random) -> Story:
    return Story(story.title, story.paragraphs[:3])


def _brief(story: Story, rng: random.Random) -> Story:
    return Story(story.title, story.paragraphs[:1])


def _longer(story: Story, rng: random.Random) -> Story:
    return Story(story.title, (*story.paragraphs, *_story(rng).paragraphs[-2:]))


def _framed(story: Story, rng: random.Random) -> Story:
    opening = f"{rng.choice(('دمشق', 'بغداد', 'عمّان'))} - {story.paragraphs[0]}"
    return Story(story.title, (opening, *story.paragraphs[1:], *rng.sample(_FURNITURE, 2)))


def _shuffled(story: Story, rng: random.Random) -> Story:
    rest = list(story.paragraphs[1:])
    rng.shuffle(rest)
    return Story(story.title, (story.paragraphs[0], *rest))


def _edited(story: Story, rng: random.Random) -> Story:
    def change(word: str) -> str:
        draw = rng.random()
        return "" if draw < 0.03 else f"{word} {rng.choice(_FILLERS)}" if draw < 0.05 else word

    return _words(story, change)


def _retitled(story: Story, rng: random.Random) -> Story:
    return Story(f"تطورات جديدة.. {rng.choice(DAYS)} حافل", story.paragraphs)


def _reworded(story: Story, rng: random.Random) -> Story:
    return _words(story, lambda word: _SYNONYMS.get(word, word) if rng.random() < 0.85 else word)


def _rewritten(story: Story, rng: random.Random) -> Story:
    """Another desk's title and opening, a paragraph dropped, one added, some words changed."""
    softer = _words(story, lambda word: _SYNONYMS.get(word, word) if rng.random() < 0.25 else word)
    kept = list(softer.paragraphs)
    kept.pop(rng.randrange(2, len(kept)))
    kept.insert(-1, _story(rng).paragraphs[-1])
    return Story(f"هذا ما جرى {rng.choice(DAYS)}", (f"في آخر التطورات، {kept[0]}", *kept[1:]))


def _updated(story: Story, rng: random.Random) -> Story:
    """Later figures in the opening, and a paragraph that tells of them."""
    digits = "".join(str(rng.randint(1, 9)) if c.isdigit() else c for c in story.paragraphs[0])
    writer = Writer(rng.choice(TOPICS), rng.choice(DAYS), rng)
    return Story(story.title, (digits, writer.update(), *story.paragraphs[1:]))


def _of_one_topic(rng: random.Random) -> tuple[Story, Story]:
    """Two events that one newsroom tells in much the same sentences."""
    topic = rng.choice(TOPICS)
    return tuple(_write(Writer(topic, day, rng)) for day in rng.sample(DAYS, 2))  # type: ignore[return-value]


def _of_one_background(rng: random.Random) -> tuple[Story, Story]:
    a, b = _story(rng), _story(rng)
    return a, Story(b.title, (*b.paragraphs[:-2], *a.paragraphs[-3:]))


def _followed_up(rng: random.Random) -> tuple[Story, Story]:
    a, b = _of_one_topic(rng)
    return a, Story(b.title, (*b.paragraphs[:4], *rng.sample(a.paragraphs, 3)))


def _rounded_up(rng: random.Random) -> tuple[Story, Story]:
    items = [_story(rng) for _ in range(5)]
    first = [each.paragraphs[0] for each in items]
    listed = tuple(line for each in items[1:] for line in each.paragraphs[:4])
    return items[2], Story("حصاد اليوم: أبرز العناوين", (f"أبرز أخبار اليوم: {first[0]}", *listed))


def _apart(rng: random.Random) -> tuple[Story, Story]:
    one, two = rng.sample(TOPICS, 2)
    return _write(Writer(one, DAYS[0], rng)), _write(Writer(two, DAYS[1], rng))


EDITS = {
    "copy": _copy,
    "respelt": _respelt,
    "cut": _cut,
    "brief": _brief,
    "longer": _longer,
    "framed": _framed,
    "shuffled": _shuffled,
    "edited": _edited,
    "retitled": _retitled,
    "reworded": _reworded,
    "rewritten": _rewritten,
    "updated": _updated,
}
OTHERS = {
    "one_topic": _of_one_topic,
    "one_background": _of_one_background,
    "follow_up": _followed_up,
    "round_up": _rounded_up,
    "apart": _apart,
}
