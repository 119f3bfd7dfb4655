"""What a run shows: progress on a terminal, and the closing table."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import fields
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from crawler.command import UNREACHED
from crawler.crew import Watcher
from crawler.job import Result
from crawler.report import Outcome
from database.runs import Counts

ALWAYS = ("discovered", "known", "fetched", "stored")
WIDTH_OF_A_FILE = 200
NOBODY_REACHED = "no outlet could be reached: look at this machine's network"
COLOURS = {
    "ok": "green",
    "quiet": "dim",
    "degraded": "yellow",
    "drifted": "yellow",
    "silent": "bold magenta",
    "blocked": "bold red",
    "failed": "bold red",
}


class Screen(Watcher):
    """Live progress on standard error; nothing at all where that is no terminal."""

    def __init__(self, outlets: int, *, quiet: bool) -> None:
        self.counts: dict[str, Counts] = {}
        self.progress = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("outlets · {task.fields[fetched]} pages · {task.fields[stored]} stored"),
            TimeElapsedColumn(),
            console=Console(stderr=True),
            disable=quiet or not sys.stderr.isatty(),
            transient=True,
        )
        self.task = self.progress.add_task("crawling", total=outlets, fetched=0, stored=0)

    def __enter__(self) -> Self:
        self.progress.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self.progress.stop()

    def progressed(self, outlet: str, counts: Counts) -> None:
        self.counts[outlet] = counts
        self.progress.update(
            self.task,
            fetched=sum(each.fetched for each in self.counts.values()),
            stored=sum(each.stored for each in self.counts.values()),
        )

    def closed(self, outcome: Outcome) -> None:
        self.progressed(outcome.outlet, outcome.counts)
        self.progress.advance(self.task)


def closing_table(outcomes: Sequence[Outcome]) -> Table:
    """One line an outlet, with a line of sums; what happened nowhere has no column."""
    counted = [field.name for field in fields(Counts)]
    sums = {name: sum(getattr(each.counts, name) for each in outcomes) for name in counted}
    shown = [name for name in counted if sums[name] or name in ALWAYS]
    table = Table(box=None, padding=(0, 2, 0, 0), show_footer=len(outcomes) > 1)
    widest = max((len(outcome.outlet) for outcome in outcomes), default=0)
    table.add_column("outlet", footer="all", no_wrap=True, min_width=widest)
    table.add_column("status", no_wrap=True, min_width=max(map(len, COLOURS)))
    for name in shown:
        table.add_column(name, justify="right", footer=str(sums[name]))
    for outcome in outcomes:
        table.add_row(
            Text(outcome.outlet),
            Text(outcome.status, style=COLOURS[outcome.status]),
            *(str(getattr(outcome.counts, name)) for name in shown),
        )
    return table


def print_result(result: Result) -> None:
    """The closing table on standard output, and below it what it cannot say in numbers.

    Notes may quote a page: they are printed as plain text, never as markup.
    """
    console = Console(width=None if sys.stdout.isatty() else WIDTH_OF_A_FILE, highlight=False)
    console.print(closing_table(result.outcomes))
    for outcome in result.outcomes:
        if outcome.note:
            console.print(
                Text.assemble(
                    f"{outcome.outlet} ",
                    (outcome.status, COLOURS[outcome.status]),
                    f": {outcome.note}",
                ),
                soft_wrap=True,
            )
    if result.stopped:
        console.print("stopped: what was read is stored, the next run goes on from here")
    elif result.exit_code == UNREACHED:
        console.print(NOBODY_REACHED)
