"""Labelled and made pairs of articles through the real store: which are one story."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "benchmarks"))

from parts.groupers import rasid_scores
from parts.pairs import LABELLED, Pair, labelled_pairs, made_pairs


def outcome(pairs: list[Pair]) -> tuple[float, list[str]]:
    """F1, and the kinds of daily texts that were merged."""
    joined = list(rasid_scores(pairs))
    right = sum(pair.same for pair, value in zip(pairs, joined, strict=True) if value)
    f1 = 2 * right / (sum(joined) + sum(pair.same for pair in pairs))
    merged = [pair.kind for pair, value in zip(pairs, joined, strict=True) if value > pair.same]
    return f1, [kind for kind in merged if kind.startswith(("tpl_", "daily_"))]


@pytest.mark.skipif(not LABELLED.exists(), reason="no ../shared beside the project")
def test_labelled_pairs() -> None:
    f1, daily = outcome(labelled_pairs())
    assert f1 >= 0.95
    assert not daily


@pytest.mark.parametrize("seed", [11, 12])
def test_made_pairs(seed: int) -> None:
    f1, daily = outcome(made_pairs(seed))
    assert f1 >= 0.95
    assert not daily


def test_one_seed_is_one_set() -> None:
    assert made_pairs(3, each=2) == made_pairs(3, each=2) != made_pairs(4, each=2)
