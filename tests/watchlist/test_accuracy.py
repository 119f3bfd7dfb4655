"""The labelled cases and a real article, where they lie beside the project."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from arabic.fold import fold
from watchlist import Watch, Watchlist, load

ROOT = Path(__file__).resolve().parents[2]
SHARED = ROOT / "../shared"
CASES = SHARED / "cases"

pytestmark = pytest.mark.skipif(not SHARED.exists(), reason="no ../shared beside the project")


def keyword_watches() -> dict[str, Watch]:
    keywords = json.loads((CASES / "arabic_keywords.json").read_text(encoding="utf-8"))
    return {
        name: Watch(
            name,
            profile=keyword["type"],
            spellings=(*keyword["variants"], *keyword.get("plurals", ())),
            exceptions=tuple(keyword.get("block", ())),
        )
        for name, keyword in keywords.items()
    }


def score(watches: dict[str, Watch]) -> tuple[float, float]:
    """Return precision and recall over the labelled cases."""
    watchlist = Watchlist(watches.values())
    lines = (CASES / "arabic_cases.jsonl").read_text(encoding="utf-8").splitlines()
    right = wrong = missed = 0
    for case in map(json.loads, lines):
        found = case["keyword"] in {match.watch for match in watchlist.match(body=case["text"])}
        right += found and case["match"]
        wrong += found and not case["match"]
        missed += case["match"] and not found
    return right / (right + wrong), right / (right + missed)


def test_bare_keywords() -> None:
    """All that is wrongly found are true homographs: only a context could tell them."""
    precision, recall = score(keyword_watches())
    assert precision >= 0.93
    assert recall >= 0.985


def test_the_shipped_watches_named_by_a_keyword() -> None:
    """Their contexts and exceptions were written with these sentences in view."""
    shipped = {watch.name: watch for watch in load(ROOT / "watchlist.toml").watches}
    precision, recall = score({name: shipped[name] for name in keyword_watches()})
    assert precision >= 0.97
    assert recall >= 0.99


@pytest.mark.parametrize(("watch", "word"), [("البوكمال", "البوكمال"), ("الحشد الشعبي", "الحشد")])
def test_a_real_article_is_found_with_every_occurrence(watch: str, word: str) -> None:
    text = (SHARED / "eval" / "seed_article.txt").read_text(encoding="utf-8")
    (match,) = [m for m in load(ROOT / "watchlist.toml").match(body=text) if m.watch == watch]
    assert len(match.hits) == fold(text).count(word)
    assert all(word in fold(text[hit.start : hit.end]) for hit in match.hits)
