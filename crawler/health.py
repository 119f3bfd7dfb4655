"""Health: what an outlet's crawl says of the outlet, out of its statistics and what is stored."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, Literal

from crawler.items import REFUSALS
from database.ledger import timestamp
from database.runs import Counts

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from database.rhythm import Rhythm

Status = Literal["ok", "quiet", "degraded", "drifted", "silent", "blocked", "failed"]
ALARMS = ("failed", "blocked", "silent")
"""What makes a run end with exit code 1."""
# One page that fails says little of its outlet; so many, and none that was read, do.
PAGES_TO_TELL = 3
ERROR_STATISTICS = ("spider_exceptions", "read_exceptions", "item_exceptions")
TIME_IS_UP = "time is up, the rest is left for the next run"
LEFT_FOR_LATER = ("store/failed", "fetch/over_limit", "fetch/postponed")
"""Announced, but not read by this run: no silence of the outlet."""


def counts_of(stats: Mapping[str, Any]) -> Counts:
    """The columns of ``outlet_runs`` out of a crawl's statistics."""
    return Counts(
        discovered=stats.get("discover/links", 0),
        known=stats.get("discover/known", 0),
        fetched=stats.get("fetch/pages", 0),
        stored=stats.get("store/new", 0),
        revised=stats.get("store/revised", 0),
        duplicates=stats.get("store/joined", 0),
        matched=stats.get("tag/matched", 0),
        rejected=stats.get("store/rejected", 0),
        failed=stats.get("store/failed", 0) + stats.get("store/gone", 0),
    )


def judge(
    stats: Mapping[str, Any],
    *,
    sources: int,
    source_failures: Sequence[tuple[str, str]],
    finish_reason: str,
    peace_until: datetime | None = None,
    rhythm: Rhythm | None = None,
    drifts: Sequence[str] = (),
) -> tuple[Status, str]:
    """Health of a crawl and the note that explains it; the first that applies.

    degraded: the operator stopped it, or its time was up after it had read pages. failed: it ended
    early otherwise, none of the sources asked could be read, or no page that was asked for
    gave an article. blocked: the same, because the outlet answers but refuses us. silent: no news
    against its own ``rhythm``. drifted: ``drifts`` tells what its pages no longer give. degraded:
    a source, a page or a callback failed, or a host asked for peace (``peace_until``). quiet:
    nothing new, or all sources sleep or wait for that. ok: news.
    """
    counts = counts_of(stats)
    errors = _errors(stats)
    problems = _problems(stats, source_failures, errors)
    if not sources and stats.get("discover/waiting", 0):
        problems.append("its sources sleep and were not polled (POLL_LONGEST)")
    postponed = stats.get("discover/postponed", 0)
    if peace_until:
        problems.append(_waiting(postponed, stats.get("fetch/postponed", 0), peace_until))
    note = "; ".join(problems)
    if finish_reason == "shutdown":
        return "degraded", "; ".join(["stopped", *problems])
    if finish_reason == "closespider_timeout" and _pages_read(stats):
        return "degraded", "; ".join([TIME_IS_UP, *problems])
    if finish_reason != "finished":
        return "failed", "; ".join([f"ended early: {finish_reason}", *problems])
    listed = stats.get("discover/read", 0)
    waits = stats.get("discover/waiting", 0) or (postponed and not source_failures)
    if sources and not listed and not waits:
        refused = [reason for _, reason in source_failures if reason in REFUSALS]
        return ("blocked" if _is_most(len(refused), len(source_failures)) else "failed"), note
    missed = stats.get("store/failed", 0)
    asked = missed + counts.rejected
    if not _pages_read(stats) and (errors or asked >= PAGES_TO_TELL):
        refused_pages = _is_most(stats.get("store/refused", 0), asked)
        return ("blocked" if refused_pages and not errors else "failed"), note
    if rhythm and rhythm.is_broken(more=sum(stats.get(key, 0) for key in LEFT_FOR_LATER)):
        return "silent", "; ".join([str(rhythm), *problems])
    if drifts:
        return "drifted", "; ".join([*drifts, *problems])
    if source_failures or missed or errors or (peace_until and listed):
        return "degraded", note
    return ("ok" if counts.stored + counts.revised else "quiet"), note


def _waiting(sources: int, pages: int, until: datetime) -> str:
    counts = {"source": sources, "page": pages}
    told = [f"{n} {name}{'s' * (n != 1)}" for name, n in counts.items() if n]
    verb = "waits" if sources + pages == 1 else "wait"
    return f"{' and '.join(told)} {verb}: the host asked for peace until {timestamp(until)}"


def _errors(stats: Mapping[str, Any]) -> Counter[str]:
    """Errors of the code by their class."""
    errors = Counter[str]()
    for key, number in stats.items():
        group, _, kind = key.partition("/")
        if group in ERROR_STATISTICS and kind != "count":
            errors[kind] += number
    return errors


def _problems(
    stats: Mapping[str, Any], source_failures: Sequence[tuple[str, str]], errors: Counter[str]
) -> list[str]:
    counts = counts_of(stats)
    problems = summary(source_failures)
    if counts.failed:
        refused = stats.get("store/refused", 0)
        problems.append(
            f"{counts.failed} pages could not be fetched"
            + (f", {refused} of them refused (401, 403, 451, challenge)" if refused else "")
        )
    if counts.rejected:
        problems.append(f"{counts.rejected} pages are no articles")
    if errors:
        problems.append(f"{errors.total()} errors ({', '.join(sorted(errors))}), see the log")
    if withdrawn := stats.get("store/withdrawn", 0):
        problems.append(f"stored articles gone from their pages: {withdrawn}")
    if over := stats.get("fetch/over_limit", 0):
        problems.append(f"{over} pages left for the next run (limit)")
    if left := stats.get("discover/over_limit", 0):
        problems.append(f"{left} links of its sources left out (bounds of a poll)")
    return problems


def _pages_read(stats: Mapping[str, Any]) -> int:
    outcomes = ("new", "revised", "unchanged", "unwatched")
    read = sum(stats.get(f"store/{outcome}", 0) for outcome in outcomes)
    return int(read + stats.get("fetch/unchanged", 0))


def _is_most(part: int, whole: int) -> bool:
    return part * 2 > whole


def summary(failures: Sequence[tuple[str, str]]) -> list[str]:
    """Failed sources, given as (source, reason), with equal reasons said once.

    >>> summary([("feed a", "HTTP 503"), ("feed b", "timed out"), ("feed c", "timed out")])
    ['feed a: HTTP 503', '2 sources: timed out']
    """
    by_reason: dict[str, list[str]] = {}
    for source, reason in failures:
        by_reason.setdefault(reason, []).append(source)
    return [
        f"{sources[0] if len(sources) == 1 else f'{len(sources)} sources'}: {reason}"
        for reason, sources in by_reason.items()
    ]
