"""A hostile web, by seed and fault by fault: nothing lost, nothing double, nothing wrong.

``RASID_CHAOS_SEEDS`` (10) says how many seeds.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from demo.faults import KINDS
from demo.newsroom import build
from tests.demo.chaos import Chaos, survive

SEEDS = int(os.environ.get("RASID_CHAOS_SEEDS", "10"))
MOST_MEMORY = 250  # MB, of one process


def check(chaos: Chaos) -> None:
    night = chaos.night
    print(f"\nexit {night.code}, {night.memory:.0f} MB, {len(chaos.differences)} healthy nights")
    assert night.code in (0, 1, 4), night.shown
    assert "Traceback" not in night.shown
    assert night.memory < MOST_MEMORY
    assert chaos.wrong == []
    assert chaos.differences[-1] == []
    assert chaos.canary_hits == 0


@pytest.mark.parametrize("seed", range(SEEDS))
def test_a_faulty_night_leaves_nothing_behind(seed: int, tmp_path: Path) -> None:
    check(survive(build(140, seed=1), tmp_path, seed=seed))


@pytest.mark.parametrize("kind", KINDS)
def test_a_night_of_one_fault_leaves_nothing_behind(kind: str, tmp_path: Path) -> None:
    chaos = survive(build(60, seed=1), tmp_path, seed=1, kinds=(kind,))
    check(chaos)
    assert chaos.met[kind]
