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

from crawler.job import Watcher
from crawler.report import Outcome
from database.runs import Counts

COLOURS = {"ok": "green", "quiet": "dim", "degraded": "yellow", "failed": "bold red"}


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
    """One line an outlet, with a line of sums; notes are plain text, never markup."""
    names = [field.name for field in fields(Counts)]
    table = Table(show_edge=False, pad_edge=False, show_footer=len(outcomes) > 1)
    table.add_column("outlet", footer="all", no_wrap=True)
    table.add_column("status", no_wrap=True)
    for name in names:
        total = sum(getattr(outcome.counts, name) for outcome in outcomes)
        table.add_column(name, justify="right", footer=str(total), no_wrap=True)
    table.add_column("note", overflow="fold")
    for outcome in outcomes:
        table.add_row(
            Text(outcome.outlet),
            Text(outcome.status, style=COLOURS[outcome.status]),
            *(str(getattr(outcome.counts, name)) for name in names),
            Text(outcome.note),
        )
    return table


def print_table(outcomes: Sequence[Outcome]) -> None:
    """The closing table on standard output; where that is no terminal, wide enough for notes."""
    width = None if sys.stdout.isatty() else 200
    Console(width=width, highlight=False).print(closing_table(outcomes))
