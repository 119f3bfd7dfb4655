"""Retagging as a user sees it: the notice of an edit, the progress, and what came of it."""

from __future__ import annotations

import sys
from collections import Counter, deque
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain

import sqlite_utils
from rich.console import Console
from rich.table import Table
from rich.text import Text

from crawler.bar import Bar
from crawler.command import StopOnSignal
from crawler.fetch import one_line, printable
from crawler.screen import WIDTH_OF_A_FILE
from database import retag, watches
from database.differences import Difference, Kind
from database.matches import excerpt
from database.snippets import MARK_END, MARK_START
from watchlist import Watch, Watchlist

KINDS: tuple[Kind, ...] = ("gained", "lost", "changed")
SIGNS: Mapping[Kind, str] = {"gained": "+", "lost": "-", "changed": "~"}
NAMED = 5
"""How many watches a line names before it only counts."""


def notice(db: sqlite_utils.Database, watchlist: Watchlist) -> str | None:
    """One line on the watches that the archive does not follow; ask before ``watches.sync``."""
    behind = [watch.name for watch in watches.pending(db, watchlist)]
    if not behind:
        return None
    names = ", ".join(map(one_line, behind[:NAMED]))
    more = f" and {len(behind) - NAMED} more" if len(behind) > NAMED else ""
    subject = "1 watch" if len(behind) == 1 else f"{len(behind)} watches"
    return (
        f"{subject} changed since the archive was tagged ({names}{more}):"
        " run 'scrapy retag', or 'scrapy run --retag'"
    )


def progress(*, quiet: bool) -> Bar:
    """The bar of a retag, or of the look at what it would do."""
    return Bar("retagging", "{task.completed} of {task.total} articles", quiet=quiet)


def carry_out(
    db: sqlite_utils.Database,
    watchlist: Watchlist,
    chosen: Sequence[Watch],
    *,
    every_article: bool = False,
    quiet: bool = False,
) -> bool:
    """Retag with progress and a closing table; False when it was stopped. Hold the run lock.

    Raises SupersededError.
    """
    stopped = StopOnSignal()
    with progress(quiet=quiet) as bar:
        result = retag.retag(
            db,
            watchlist,
            chosen,
            every_article=every_article,
            on_progress=bar.show,
            stop=lambda: stopped.asked,
        )
    if not quiet:
        print_tallies({watch.name: result.tallies[watch.name] for watch in chosen})
    if not result.finished:
        print("stopped: run it again to go on", file=sys.stderr)
    return result.finished


def print_tallies(tallies: Mapping[str, Mapping[Kind, int]]) -> None:
    """The closing table on standard output: one line a watch."""
    table = Table(box=None, padding=(0, 2, 0, 0), show_footer=len(tallies) > 1)
    table.add_column("watch", footer="all", no_wrap=True)
    for kind in KINDS:
        total = sum(counts[kind] for counts in tallies.values())
        table.add_column(kind, footer=str(total), justify="right", no_wrap=True)
    for name, counts in tallies.items():
        table.add_row(Text(one_line(name)), *(str(counts[kind]) for kind in KINDS))
    width = None if sys.stdout.isatty() else WIDTH_OF_A_FILE
    Console(width=width, highlight=False).print(table)


class Preview:
    """What a retag would do: counts of each watch, and the newest examples of each kind."""

    def __init__(self, names: Sequence[str], show: int) -> None:
        self.tallies: dict[str, Counter[Kind]] = {name: Counter() for name in names}
        self.examples: dict[tuple[str, Kind], deque[Difference]] = {
            (name, kind): deque(maxlen=show) for name in names for kind in KINDS
        }

    def add(self, difference: Difference) -> None:
        """Count a difference; they come in ascending order of the articles."""
        self.tallies[difference.watch][difference.kind] += 1
        self.examples[difference.watch, difference.kind].append(difference)

    def print(self) -> None:
        """The table, then the examples, on standard output."""
        print_tallies(self.tallies)
        for name in self.tallies:
            newest = [each for kind in KINDS for each in reversed(self.examples[name, kind])]
            if newest:
                print("", one_line(name), *chain.from_iterable(map(_lines, newest)), sep="\n")


def _lines(difference: Difference) -> Iterator[str]:
    """An example in two lines; page text cannot forge lines or move the cursor."""
    article = difference.article
    date = (article.published_at or "undated")[:10]
    heading = f"{date}  {article.outlet}  {article.title or ''}"
    yield f"  {SIGNS[difference.kind]} {printable(heading)}"
    match = difference.match
    context = excerpt(match, article.texts) if match else difference.snippet or ""
    yield f"      {printable(context.replace(MARK_START, '[').replace(MARK_END, ']'))}"
