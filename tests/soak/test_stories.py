"""The stories of real papers, and what one more article costs when many are stored."""

from __future__ import annotations

import gzip
import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
CORPUS = ROOT / "../shared/corpora/saudi_papers_2015_07.jsonl.gz"
MOST_MEMORY = 300  # MB


def benchmark(*args: str) -> dict[str, str]:
    done = subprocess.run(
        [sys.executable, *args], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return json.loads(done.stdout)


@pytest.mark.skipif(not CORPUS.exists(), reason="no ../shared beside the project")
def test_no_story_of_everything(tmp_path: Path) -> None:
    """In the order of the file and against it: the groups are of one size."""
    with gzip.open(CORPUS, "rt", encoding="utf-8") as lines:
        turned = sorted(lines, key=lambda line: (json.loads(line)["date"][:10], line[::-1]))
    with gzip.open(tmp_path / "turned.jsonl.gz", "wt", encoding="utf-8") as file:
        file.writelines(turned)
    found = [
        benchmark("benchmarks/duplicates.py", "--corpus", str(path), "--groups-of", "Rasid", "1")
        for path in (CORPUS, tmp_path / "turned.jsonl.gz")
    ]
    for each in found:
        assert int(each["largest"]) <= 30
        assert float(each["peak RSS MB"]) <= MOST_MEMORY
    several = [int(each["groups of several outlets"]) for each in found]
    assert min(several) > 1000
    assert max(several) - min(several) < 0.03 * max(several)


def test_the_cost_hardly_grows_with_the_store() -> None:
    small, large = (
        benchmark("benchmarks/parts/stored.py", str(stored)) for stored in (10_000, 1_000_000)
    )
    assert float(large["CPU ms/article"]) <= 3 * float(small["CPU ms/article"])
    assert float(large["peak RSS MB"]) <= MOST_MEMORY
