from __future__ import annotations

from pathlib import Path

import watchlist
from database import watches

ONE = '[[watch]]\nname = "حلب"\n'
TWO = ONE + '[[watch]]\nname = "الرقة"\n'


def load(tmp_path: Path, text: str) -> watchlist.Watchlist:
    path = tmp_path / "watchlist.toml"
    path.write_text(text, encoding="utf-8")
    return watchlist.load(path)


def test_a_removed_watch_becomes_inactive_and_comes_back(db, tmp_path, now):
    watches.sync(db, load(tmp_path, TWO), now=now)
    watches.sync(db, load(tmp_path, ONE), now=now)
    assert dict(db.execute("select watch, active from watches")) == {"حلب": 1, "الرقة": 0}
    watches.sync(db, load(tmp_path, TWO), now=now)
    assert dict(db.execute("select watch, active from watches")) == {"حلب": 1, "الرقة": 1}
