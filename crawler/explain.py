"""Why each field of a page was read as it was: every candidate with a verdict in words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from crawler.extract import Candidate, Extraction
from crawler.items import RawDate
from pipelines.published import date_verdicts

Verdicts = list[dict[str, str]]


def explain(found: Extraction, *, now: datetime) -> dict[str, Verdicts]:
    """Field → its candidates in the order of trust, each with ``source``, ``value``, ``verdict``.

    A verdict begins with ``taken``, ``refused`` or ``not needed``; that of a text also has the
    ``place`` on the page where the text stands.
    """
    said = {
        field: [_row(each.source, each.value, verdict) for each, verdict in _judged(found, field)]
        for field in found.candidates
    }
    if found.place:
        for row in said["body"]:
            row["place"] = found.place
    article = found.article
    offered = (article.published, article.modified)
    judged = date_verdicts(*offered, now=now, timezone=article.timezone)
    for field, dates, verdicts in zip(("published", "modified"), offered, judged, strict=True):
        said[field] = _dated(dates, verdicts)
    said["aliases"] = [_row(how, url, "taken: recorded") for url, how in article.aliases.items()]
    return said


def _judged(found: Extraction, field: str) -> Iterator[tuple[Candidate, str]]:
    winner = found.chosen.get(field)
    is_behind = False
    for candidate in found.candidates[field]:
        if candidate.refused:
            verdict = f"refused: {candidate.refused}"
        elif candidate is winner:
            verdict, is_behind = f"taken: {_reason(found.candidates[field], candidate)}", True
        elif winner is None and found.rejected:
            verdict = f"refused: the page is no article: {found.rejected}"
        elif is_behind and winner:
            verdict = f"not needed: {_rank(candidate, winner)}"
        else:
            verdict = "refused: nothing is left of it without markup"
        yield candidate, verdict


def _reason(candidates: Sequence[Candidate], winner: Candidate) -> str:
    if len(candidates) == 1:
        return "the only one"
    if candidates[0] is winner:
        return f"{winner.source} comes first in trust"
    return "what comes before it is refused"


def _rank(candidate: Candidate, winner: Candidate) -> str:
    if candidate.source == winner.source:
        return f"the {winner.source} names another first"
    return f"{winner.source} is trusted more than {candidate.source}"


def _dated(dates: Sequence[RawDate], verdicts: Sequence[str]) -> Verdicts:
    return [_row(raw.source, raw.text, text) for raw, text in zip(dates, verdicts, strict=True)]


def _row(source: str, value: str, verdict: str) -> dict[str, str]:
    return {"source": source, "value": value, "verdict": verdict}
