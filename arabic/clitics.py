"""The forms a term takes in running text: particles before it, endings after it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from arabic.fold import fold

Profile = Literal["name", "thing", "person"]
Endings = frozenset[str]


@dataclass(slots=True, frozen=True)
class Form:
    """A folded core with what may stand before and after it inside the same word.

    The word is a form of the term when the letters before the core are in ``before`` and those
    after it in ``after``; the core itself may be several words with one space between them.
    """

    core: str
    before: frozenset[str]
    after: frozenset[str]


def _after_conjunction(*prefixes: str) -> frozenset[str]:
    return frozenset(conjunction + prefix for conjunction in ("", "و", "ف") for prefix in prefixes)


_BARE = _after_conjunction("", "ب", "ك", "ل")
# "لال" is a slip before an article, and right before a name like ألمانيا written without its hamza.
_ARTICLE = _after_conjunction("ال", "بال", "كال", "لل", "لال")
_ARTICLE_BEFORE_LAM = _ARTICLE | _after_conjunction("ل")  # ل + اللجنة = للجنة
_ANY = _BARE | _ARTICLE

_PRONOUNS = ("ه", "ها", "هم", "هن", "هما", "ك", "كم", "كن", "كما", "نا")


def _owned(*endings: str) -> Endings:
    return frozenset(ending + pronoun for ending in endings for pronoun in _PRONOUNS)


_NONE: Endings = frozenset()
_PLAIN: Endings = frozenset({""})


@dataclass(slots=True, frozen=True)
class _Stem:
    """A stem with its endings: without article, with a pronoun, and after the article."""

    text: str
    plain: Endings = _PLAIN
    owned: Endings = _NONE
    definite: Endings = _PLAIN


_THING = _Stem(
    "",
    plain=frozenset({"", "ا", "ان", "ين", "ات"}),
    owned=_owned("", "ات"),
    definite=frozenset({"", "ان", "ين", "ات"}),
)
_FEMININE_ENDINGS = frozenset({"ة", "ه", "ات", "تان", "تين"})
_PERSON = _Stem(
    "",
    plain=_FEMININE_ENDINGS | {"", "ا", "ان", "ين", "ون", "و", "ي", "تا", "تي"},
    owned=_owned("", "و", "ي", "ات", "ت"),
    definite=_FEMININE_ENDINGS | {"", "ان", "ين", "ون"},
)

_GLUED = frozenset(
    {"عبد", "ابو", "ابي", "ابا", "بو", "البو", "ال", "ام", "دير", "وزير", "مدير"}
    | {"abu", "al", "el"}
)
"""Words that are often written together with the next one (ال is also the folded آل)."""


def forms(spelling: str, profile: Profile) -> tuple[Form, ...]:
    """Return the forms under which ``spelling`` may stand in a folded text.

    A *name* takes particles before it and no ending. A *thing* also takes the article, the dual,
    the feminine plural and pronouns; a *person* also the masculine plural and the feminine. In a
    phrase only the first word is inflected. Broken plurals are spellings of their own.

    :raises ValueError: the spelling has no letter or digit.
    """
    found: dict[Form, None] = {}
    for variant in _variants(_unmarked(spelling)):
        found.update(dict.fromkeys(_forms(variant, profile)))
    return tuple(found)


def _unmarked(spelling: str) -> str:
    composed = unicodedata.normalize("NFC", spelling)
    return "".join(character for character in composed if fold(character))


def _variants(spelling: str) -> Iterator[str]:
    yield spelling
    if "ؤو" in spelling:
        yield spelling.replace("ؤو", "ئو")
    for case in ("أبي", "أبا"):
        declined = re.sub(r"(?<!\S)[أا]بو(?=\s)", case, spelling)
        if declined != spelling:
            yield declined


def _forms(spelling: str, profile: Profile) -> Iterator[Form]:
    raw = re.search(r"[^\W_]+", spelling)
    if raw is None:
        raise ValueError(f"no letter or digit in «{spelling}»")
    head, *rest = re.sub(r"\bعبد(?=ال)", "عبد ", fold(spelling)).split()
    definite = raw[0].startswith("ال") and len(head) > len("الله")
    for stem in _stems(head, raw[0][-1], profile):
        for before, core, endings in _articles(stem, definite, profile, alone=not rest):
            if not rest:
                yield Form(core, before, endings)
                continue
            for tail in _tails(head, rest):
                for ending in sorted(endings):
                    yield Form(core + ending + tail, before, _PLAIN)


def _articles(
    stem: _Stem, definite: bool, profile: Profile, *, alone: bool
) -> Iterator[tuple[frozenset[str], str, Endings]]:
    """Yield (particles, core, endings) of a stem, without and with the article."""
    text = stem.text
    if text.isascii():
        yield _ANY, text, _PLAIN
    elif definite:
        core = text.removeprefix("ال")
        yield _with_article(core), core, stem.definite
    else:
        yield _BARE, text, stem.plain | stem.owned if alone else stem.plain
        if profile != "name":
            yield _with_article(text), text, stem.definite


def _with_article(core: str) -> frozenset[str]:
    return _ARTICLE_BEFORE_LAM if core.startswith("ل") else _ARTICLE


def _stems(head: str, last: str, profile: Profile) -> Iterator[_Stem]:
    """Yield the stems of the folded word ``head``; ``last`` is its last letter as written."""
    if head.endswith("ة"):
        yield _Stem(head)
        yield _Stem(head[:-1] + "ه")
    if profile == "name" or head.isascii():
        if not head.endswith("ة"):
            yield _Stem(head)
    elif head.endswith("ة"):
        yield _Stem(
            head[:-1] + "ت",
            plain=frozenset({"ا", "ي", "ان", "ين"}),
            owned=_owned("", "ا", "ي"),
            definite=frozenset({"ان", "ين"}),
        )
        yield _Stem(head[:-1] + "ات", owned=_owned(""))
    elif last == "ى":
        plurals = frozenset({"ات", "ان", "ين"})
        yield _Stem(head)
        yield _Stem(head[:-1] + "ا", plain=_NONE, owned=_owned(""), definite=_NONE)
        yield _Stem(head[:-1] + "ي", plain=plurals, owned=_owned("ات"), definite=plurals)
    else:
        endings = _PERSON if profile == "person" else _THING
        yield _Stem(head, endings.plain, endings.owned, endings.definite)
        if last == "ئ":
            yield _Stem(head + "ء")  # لاجيء, as لاجئ is often typed


def _tails(head: str, rest: list[str]) -> set[str]:
    """Return what may follow the first word of a phrase: gaps and ة written as ه."""
    tails = {("", "")}
    before = head
    for word in rest:
        optional = before in _GLUED or word.isdigit()
        gaps = (" ", "") if optional else (" ",)
        bare = word[:-1] + "ه" if word.endswith("ة") else word
        tails = {(a + gap + word, b + gap + bare) for a, b in tails for gap in gaps}
        before = word
    return {tail for pair in tails for tail in pair}
