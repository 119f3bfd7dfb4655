"""Two hundred power cuts during crawls; each leaves a database that is whole."""

from __future__ import annotations

import pytest

from tests.crawler.conftest import host, press, run, web
from tests.crawler.test_power_cut import crawl_with_cuts, is_whole

__all__ = ["host", "press", "run", "web"]


@pytest.mark.parametrize("seed", range(5))
def test_many_power_cuts(run, press, host, seed: int) -> None:
    cuts = crawl_with_cuts(run, press, host, pages=400, cuts=40, seed=seed)
    print(f"\n{len(cuts)} cuts, {sum(cut.lost for cut in cuts)} bytes of -wal lost")
    assert len(cuts) >= 20
    assert all(map(is_whole, cuts))
