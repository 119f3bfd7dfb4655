"""What every benchmark needs: CPU time, and a table to show it."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Sequence
from typing import Any


def cpu_milliseconds(work: Callable[[], object]) -> float:
    """CPU time of ``work``, the garbage collector off as timeit has it."""
    gc.collect()
    gc.disable()
    start = time.process_time_ns()
    work()
    spent = time.process_time_ns() - start
    gc.enable()
    return spent / 1e6


def markdown(rows: Sequence[dict[str, Any]]) -> str:
    """``rows`` as a table; the first one names the columns, None is a dash."""
    lines = [[*rows[0]], ["---"] * len(rows[0])]
    lines += [["–" if value is None else str(value) for value in row.values()] for row in rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
