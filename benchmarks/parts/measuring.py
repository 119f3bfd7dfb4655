"""What every benchmark needs: CPU time, and a table to show it."""

from __future__ import annotations

import gc
import os
import subprocess
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from tempfile import TemporaryFile
from typing import Any


@dataclass(slots=True, frozen=True)
class Spent:
    """What a program and all processes that it waited for have spent: CPU and wall in seconds."""

    cpu: float
    wall: float
    megabytes: float
    """Resident memory of the largest of its processes at its peak."""
    printed: str


def run_apart(command: Sequence[str], task: str) -> Spent:
    """Run a program that reads ``task``; raises CalledProcessError with what it complained of."""
    with TemporaryFile("w+") as put, TemporaryFile("w+") as out, TemporaryFile("w+") as complaints:
        put.write(task)
        put.seek(0)
        start = time.perf_counter()
        process = subprocess.Popen(command, stdin=put, stdout=out, stderr=complaints)
        _, status, used = os.wait4(process.pid, 0)
        wall = time.perf_counter() - start
        process.returncode = os.waitstatus_to_exitcode(status)
        for file in (out, complaints):
            file.seek(0)
        if process.returncode:
            raise subprocess.CalledProcessError(
                process.returncode, command, stderr=complaints.read()
            )
        return Spent(used.ru_utime + used.ru_stime, wall, used.ru_maxrss / 1024, out.read())


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
