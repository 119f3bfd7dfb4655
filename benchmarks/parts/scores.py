"""How well a reading of a page agrees with the truth."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from datetime import datetime
from statistics import fmean
from zoneinfo import ZoneInfo

from parts.extractors import Reading
from parts.pages import Page

MEASURES = ("body F1", "precision", "recall", "title", "day", "minute", "leaks")


def words(text: str | None) -> list[str]:
    """Words without marks, tatweel, invisible characters and punctuation."""
    plain = unicodedata.normalize("NFKC", text or "").casefold()
    kept = (c for c in plain if c != "\u0640" and unicodedata.category(c) not in ("Mn", "Cf"))
    return re.findall(r"\w+", "".join(kept))


def shingles(text: str | None) -> Counter[tuple[str, ...]]:
    """Runs of four words; a shorter text is one run."""
    found = words(text)
    if len(found) < 4:
        return Counter([tuple(found)] if found else [])
    return Counter(zip(*(found[start:] for start in range(4)), strict=False))


def score(page: Page, reading: Reading) -> dict[str, float | None]:
    """Each measure between 0 and 1, leaks as a count; None where the truth is not known.

    A naive time is read in the page's zone, whoever found it.
    """
    true, found = shingles(page.body), shingles(reading.body)
    hits = (true & found).total()
    both_empty = float(not true and not found)
    text = " ".join(words(reading.body))
    known = page.body is not None
    precision = hits / found.total() if found else both_empty
    recall = hits / true.total() if true else both_empty
    f1 = 2 * hits / (true.total() + found.total()) if hits else both_empty
    if page.must:
        recall = fmean(" ".join(words(part)) in text for part in page.must)
    day, minute = date_scores(page, reading.published)
    return {
        "body F1": f1 if known else None,
        "precision": precision if known else None,
        "recall": recall if known or page.must else None,
        "title": float(words(reading.title) == words(page.title)),
        "day": day,
        "minute": minute,
        "leaks": float(sum(part in (reading.body or "") for part in page.must_not)),
    }


def date_scores(page: Page, found: datetime | None) -> tuple[float | None, float | None]:
    """Whether the day, of the page's own offset, and the minute are right."""
    true = page.published
    if true is None:
        return None, None
    if found is None:
        return 0.0, 0.0 if page.minute else None
    day = float((found.astimezone(true.tzinfo) if found.tzinfo else found).date() == true.date())
    if not page.minute:
        return day, None
    if found.tzinfo is None:
        found = found.replace(tzinfo=ZoneInfo(page.timezone or "UTC"))
    return day, float(abs((found - true).total_seconds()) < 60)
