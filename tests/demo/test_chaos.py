"""The main job on a hostile web: the proof at length is tests/soak/test_chaos.py."""

from __future__ import annotations

from pathlib import Path

from demo.newsroom import build
from tests.demo.chaos import survive


def test_after_a_faulty_night_a_healthy_one_tells_the_truth(tmp_path: Path) -> None:
    chaos = survive(build(60, seed=1), tmp_path, seed=1)
    assert sum(chaos.met.values()) > 15, "the web was faulty"
    assert chaos.night.code in (0, 1)
    assert "Traceback" not in chaos.night.shown
    assert chaos.wrong == []
    assert chaos.differences[-1] == []
    assert chaos.canary_hits == 0
