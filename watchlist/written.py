"""The forms of a term, written out as a reader would see them."""

from __future__ import annotations

from collections.abc import Sequence

from arabic.clitics import Form, Profile, forms
from arabic.fold import OffsetMap, fold

MOST_EXAMPLES = 8


def written(term: str, profile: Profile) -> list[str]:
    """Return every form of a term, the shortest first; «…» stands for any ending.

    Its letters are those of the term, as far as it was not inflected.
    """
    stem = term.removesuffix("*")
    ending = "…" if stem != term else ""
    found = {
        before + _as_spelled(form.core, stem) + after + ending
        for form in forms(stem, profile)
        for before in form.before
        for after in ([""] if ending else form.after)
    }
    return sorted(found, key=lambda text: (len(text), text))


def examples(term: str, profile: Profile) -> list[str]:
    """Return a few forms that show what the others are like."""
    stem = term.removesuffix("*")
    ending = "…" if stem != term else ""
    shown = [
        before + _as_spelled(form.core, stem) + (ending or after)
        for pick in (_plain, _with_particles, _with_ending)
        for form in forms(stem, profile)
        if form.before and form.after
        for before, after in pick(form)
    ]
    return list(dict.fromkeys(shown))[:MOST_EXAMPLES]


# What may stand around a core is a set; these of it show best how a form looks.
_ARTICLES = ("", "ال")
_PARTICLES = ("وب", "وبال", "لل")
_ENDINGS = ("ها", "ات", "ين", "ي")


def _plain(form: Form) -> list[tuple[str, str]]:
    return [(_one(form.before, _ARTICLES), _one(form.after))]


def _with_particles(form: Form) -> list[tuple[str, str]]:
    return [(p, _one(form.after)) for p in _PARTICLES if p in form.before]


def _with_ending(form: Form) -> list[tuple[str, str]]:
    return [(_one(form.before, _ARTICLES), e) for e in _ENDINGS if e in form.after]


def _one(letters: frozenset[str], wanted: Sequence[str] = ("",)) -> str:
    """Return the first of those wanted that is among the letters, else the shortest of these."""
    found = [each for each in wanted if each in letters]
    return found[0] if found else min(letters, key=lambda text: (len(text), text))


def _as_spelled(core: str, term: str) -> str:
    """Return the core in the letters of the term, where it stands in it, even without gaps."""
    for spelling in (term, "".join(term.split())):
        start = fold(spelling).find(core)
        if start >= 0:
            begin, end = OffsetMap(spelling).span(start, start + len(core))
            return spelling[begin:end]
    return core
