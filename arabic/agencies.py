"""The news agency that an article names as its source."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from arabic.fold import fold, words_of

SEVERAL = "وكالات"
"""What an article has that names several agencies, or «وكالات» without a name."""

# Name → its other spellings. Spaces, dots, hamza, ة/ه and «وكالة» before it do not matter.
_SPELLINGS = {
    SEVERAL: ["الوكالات", "وكالات الأنباء", "وكالات أنباء", "Agencies"],
    "رويترز": ["رويتر", "Reuters"],
    "فرانس برس": ["أ ف ب", "الصحافة الفرنسية", "الأنباء الفرنسية", "الفرنسية", "AFP"],
    "أسوشيتد برس": ["أسوشيتدبرس", "أسوشييتد برس", "أسوشيتد بريس", "AP", "Associated Press"],
    "د ب أ": ["الألمانية", "الأنباء الألمانية", "الصحافة الألمانية", "DPA"],
    "بلومبرغ": ["بلومبيرغ", "بلومبرج", "بلومبيرج", "Bloomberg"],
    "يو بي آي": ["يونايتد برس", "يونايتد برس إنترناشونال", "UPI"],
    "الأناضول": ["أنباء الأناضول", "Anadolu"],
    "شينخوا": ["أنباء شينخوا", "أنباء الصين الجديدة", "Xinhua"],
    "سبوتنيك": ["أنباء سبوتنيك", "Sputnik"],
    "نوفوستي": ["ريا نوفوستي", "أنباء نوفوستي", "RIA Novosti"],
    "تاس": ["إيتار تاس", "أنباء تاس", "TASS"],
    "إنترفاكس": ["Interfax"],
    "سانا": ["الأنباء السورية", "السورية للأنباء", "العربية السورية للأنباء"],
    "واس": ["الأنباء السعودية", "السعودية للأنباء", "SPA"],
    "واع": ["الأنباء العراقية"],
    "قنا": ["الأنباء القطرية", "QNA"],
    "وام": ["أنباء الإمارات", "الأنباء الإماراتية", "WAM"],
    "كونا": ["الأنباء الكويتية", "KUNA"],
    "بنا": ["أنباء البحرين", "الأنباء البحرينية"],
    "العمانية": ["الأنباء العمانية"],
    "بترا": ["الأنباء الأردنية"],
    "وفا": ["الأنباء الفلسطينية", "WAFA"],
    "أ ش أ": ["أنباء الشرق الأوسط"],
    "وات": ["تونس إفريقيا للأنباء"],
    "وأج": ["الأنباء الجزائرية", "APS"],
    "إرنا": ["أنباء الجمهورية الإسلامية", "IRNA"],
    "تسنيم": ["أنباء تسنيم", "تسنيم الدولية للأنباء", "Tasnim"],
    "فارس": ["أنباء فارس", "Fars"],
    "مهر": ["أنباء مهر", "Mehr"],
}
# «أب» is a father; the agency's letters stand apart.
_APART = {"أ ب": "أسوشيتد برس"}
# Also words, places or persons: in a byline or dateline only beside the agency's own city.
_AT_HOME = {
    "قنا": "الدوحة",
    "بنا": "المنامة",
    "فارس": "طهران",
    "مهر": "طهران",
    "العمانية": "مسقط",
    "وات": "تونس",
}

_DASH = r"(?:[-‐‑–—−]+|(?<=\s)\u0640+(?=\s))"
_PARTS = re.compile(rf"{_DASH}|[:،,؛;/|+()\[\]]")
_DATELINE = re.compile(
    rf"(?:[^-‐‑–—−:()\[\].!?؟،\n]{{2,30}}(?:\)\s*(?:{_DASH}|:|$)|{_DASH}|[:(]|$)){{1,4}}"
)
_DATELINE_REACH = 130
_CLOSING = re.compile(
    r"(?:^|(?<=[.!?؟…])|(?<=[.!?؟…][)»\"”]))\s*"
    r"(?:[(\[«\"“](?P<marked>[^()\[\]«»\"“”]{2,30})[)\]»\"”]"
    r"|(?P<bare>[^()\[\]«»\"“”.:]{2,30}))[\s.]*$"
)
_CLOSING_REACH = 80
_TITLE_END = re.compile(r"[(\[]([^()\[\]]{2,30})[)\]]$")
_SOURCE = re.compile(r"^[\s(*•]*المصدر\s*(?:[:：]\s*|\s)(.{2,100}?)[\s).]*$")
_QUOTED = re.compile(r"[\"«»“”']")
_LETTERS_APART = re.compile(r"(?<!\w)([^\W\d_])[.\s]+(?=[^\W\d_](?!\w))")
_ANY_AGENCY = re.compile(r"وكال|انباء")


def find_agency(title: str | None, author: str | None, body: str | None) -> str | None:
    """The agency that is given as the article's source, by one name each; None without one.

    A source stands in the byline («واس - الرياض»), in a dateline at the head of the text («دمشق ـ
    سانا:», «واشنطن (رويترز) -»), after «المصدر», behind the last sentence of the first or last line
    («(أ ف ب)», «رويترز»), or in brackets at the end of the title. Anywhere else («قالت وكالة
    رويترز إن», «"رويترز": …») an agency is mentioned, not credited.

    >>> find_agency(None, None, "واشنطن (رويترز) - قال مسؤول إن المحادثات مستمرة.")
    'رويترز'
    """
    lines = [line for line in (body or "").split("\n") if line.strip()]
    found = {*_findings(title or "", author or "", lines)} - {None}
    named = found - {SEVERAL}
    if len(named) == 1:
        return named.pop()
    return SEVERAL if found else None


def _findings(title: str, author: str, lines: list[str]) -> Iterator[str | None]:
    yield _credited(_PARTS.split(author))
    yield _at_title_end(title)
    if lines:
        yield _in_dateline(lines[0])
        yield from map(_closing, {lines[0], lines[-1]})
        yield from map(_after_source, lines[-3:])


def _credited(parts: Iterable[str], *, certain: bool = False) -> str | None:
    """The agency among the parts of a byline; several are ``SEVERAL``."""
    parts = list(parts)
    found = {name for part in parts if (name := _agency(part, [] if certain else parts))}
    return SEVERAL if len(found) > 1 else next(iter(found), None)


def _in_dateline(line: str) -> str | None:
    head = _DATELINE.match(_with_plain_letters(line[:_DATELINE_REACH]))
    if not head:
        return None
    parts = [part for part in _PARTS.split(head[0]) if part.strip()]
    told = any(_ANY_AGENCY.search(fold(part)) and not _agency(part, []) for part in parts)
    if told or _QUOTED.search(head[0]):
        return None
    return _credited(parts)


def _closing(line: str) -> str | None:
    found = _CLOSING.search(_with_plain_letters(line[-_CLOSING_REACH:]))
    if not found:
        return None
    return _credited(_PARTS.split(found["marked"] or found["bare"]), certain=bool(found["marked"]))


def _at_title_end(title: str) -> str | None:
    found = _TITLE_END.search(title.strip())
    if not found or _ANY_AGENCY.search(fold(title[: found.start()])):
        return None
    return _credited(_PARTS.split(found[1]))


def _after_source(line: str) -> str | None:
    found = _SOURCE.match(line)
    return _credited(_PARTS.split(found[1]), certain=True) if found else None


def _agency(text: str, beside: list[str]) -> str | None:
    """The agency that ``text`` is the name of; ``beside``: the byline, if it must bear that out."""
    plain = _with_plain_letters(text).strip(" .\t")
    if plain in _APART:
        return _APART[plain]
    key = _key(text)
    name = _NAMES.get(key.removeprefix(_key("وكالة")))
    home = _AT_HOME.get(name or "")
    if beside and home and key == _key(name or ""):
        return name if any(_key(home) == _key(part) for part in beside) else None
    return name


def _with_plain_letters(text: str) -> str:
    """``text`` with «أ.ف.ب» written «أ ف ب»: its dots end no sentence."""
    return _LETTERS_APART.sub(r"\1 ", text)


def _key(text: str) -> str:
    return "".join(words_of(text))


_NAMES = {
    _key(spelling): name for name, others in _SPELLINGS.items() for spelling in (name, *others)
}
