"""The progress of a long command."""

from __future__ import annotations

import sys

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn


class Bar(Progress):
    """A bar on a terminal's standard error; nothing elsewhere.

    ``doing`` names the work; ``counted`` is what stands behind the percentage, of the task as rich
    has it: ``{task.completed}``, ``{task.total}`` and ``{task.fields[count]}``.
    """

    def __init__(self, doing: str, counted: str = "", *, quiet: bool = False) -> None:
        super().__init__(
            TextColumn(doing),
            BarColumn(),
            TaskProgressColumn(),
            *([TextColumn(counted)] if counted else []),
            TimeRemainingColumn(),
            console=Console(stderr=True),
            disable=quiet or not sys.stderr.isatty(),
            transient=True,
        )
        self.task = self.add_task(doing, total=None, count=0)

    def show(self, done: int, total: int, count: int = 0) -> None:
        """Say how much of the work is done."""
        self.update(self.task, completed=done, total=total, count=count)
