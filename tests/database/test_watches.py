from __future__ import annotations

from pathlib import Path

import watchlist
from database import articles, watches
from watchlist import Hit, Match

ONE = '[[watch]]\nname = "حلب"\n'
EDITED = ONE + 'spellings = ["حلب", "الشهباء"]\n'
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


def tagged(db) -> dict[str, bool]:
    return {
        watch: fingerprint == of_all
        for watch, fingerprint, of_all in db.execute(
            "select watch, fingerprint, tagged from watches"
        )
    }


def test_an_archive_without_articles_follows_whatever_the_file_says(db, tmp_path, now):
    watches.sync(db, load(tmp_path, ONE), now=now)
    assert tagged(db) == {"حلب": True}
    watches.sync(db, load(tmp_path, EDITED), now=now)
    assert tagged(db) == {"حلب": True}
    assert watches.pending(db, load(tmp_path, TWO)) == []


def test_new_and_edited_watches_are_pending_others_are_not(db, make_article, tmp_path, now):
    watches.sync(db, load(tmp_path, ONE), now=now)
    articles.put(db, make_article(), now=now)
    assert watches.pending(db, load(tmp_path, ONE + 'note = "شمالا"\n')) == []
    assert [watch.name for watch in watches.pending(db, load(tmp_path, TWO))] == ["الرقة"]
    assert [watch.name for watch in watches.pending(db, load(tmp_path, EDITED))] == ["حلب"]
    watches.sync(db, load(tmp_path, EDITED), now=now)
    assert tagged(db) == {"حلب": False}


def test_one_that_comes_back_is_pending(db, make_article, tmp_path, now):
    watches.sync(db, load(tmp_path, TWO), now=now)
    articles.put(db, make_article(), now=now)
    assert watches.removed(db, load(tmp_path, ONE)) == ["الرقة"]
    watches.sync(db, load(tmp_path, ONE), now=now)
    assert watches.removed(db, load(tmp_path, ONE)) == []
    watches.sync(db, load(tmp_path, TWO), now=now)
    assert [watch.name for watch in watches.pending(db, load(tmp_path, TWO))] == ["الرقة"]


def test_the_matches_of_a_removed_watch_outlive_a_revision(db, make_article, tmp_path, now):
    watches.sync(db, load(tmp_path, TWO), now=now)
    found = [Match(name, (Hit(name, "title", 0, 6),)) for name in ("حلب", "الرقة")]
    articles.put(db, make_article(matches=found), now=now)
    watches.sync(db, load(tmp_path, ONE), now=now)
    articles.put(db, make_article(text_hash="z9", body="نص آخر تماما."), now=now)
    assert db.execute("select watch from matches").fetchall() == [("الرقة",)]
    assert db.execute("select count(*) from hits").fetchone() == (0,), "of the earlier text"
