"""The pretend newsroom: the same web for the same arguments, with what the demo promises."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from pathlib import Path

import pytest

import demo
import watchlist
from demo.manifest import Truth
from demo.newsroom import PUBLISHING, REVISING, build

WATCHLIST = Path(demo.__file__).with_name("watchlist.toml")


def copies(articles: list[Truth]) -> list[list[Truth]]:
    """The stories with more than one article."""
    stories: dict[int, list[Truth]] = defaultdict(list)
    for truth in articles:
        stories[truth.story].append(truth)
    return [story for story in stories.values() if len(story) > 1]


def test_the_same_arguments_give_the_same_web() -> None:
    assert build(100, seed=3).manifest == build(100, seed=3).manifest
    assert build(100, seed=3).edited().manifest == build(100, seed=3).edited().manifest
    assert build(100, seed=3).manifest != build(100, seed=4).manifest


@pytest.mark.parametrize("articles", [60, 61, 140, 700])
def test_size_days_and_outlets(articles: int) -> None:
    truths = build(articles).manifest.articles
    assert len(truths) == articles
    assert {truth.published[:10] for truth in truths} == {f"2026-03-0{day}" for day in range(2, 9)}
    assert {truth.outlet for truth in truths} == set(PUBLISHING)
    assert {truth.precision for truth in truths} == {"second", "minute", "day"}


@pytest.mark.parametrize("articles", [59, 50_001])
def test_other_sizes_are_refused(articles: int) -> None:
    with pytest.raises(ValueError, match="60 to 50000 articles"):
        build(articles)


def test_default_has_articles_enough() -> None:
    assert len(build().manifest.articles) >= 120


def test_texts_are_of_a_news_length_and_differ() -> None:
    truths = build(1000).manifest.articles
    bodies = {truth.story: truth.body for truth in truths}
    assert len(set(bodies.values())) == len(bodies)
    assert len({truth.title for truth in truths}) == len(truths)
    for body in bodies.values():
        assert 3 <= len(body) <= 8
        assert 120 <= sum(len(paragraph.split()) for paragraph in body) <= 350


def test_addresses_belong_to_one_article() -> None:
    urls = [url for truth in build(1000).manifest.articles for url in truth.urls]
    assert len(set(urls)) == len(urls)


def test_wire_copies() -> None:
    stories = copies(build().manifest.articles)
    assert len(stories) >= 5
    for story in stories:
        assert len({truth.outlet for truth in story}) == len(story) >= 3
        assert len({truth.body for truth in story[:-1]}) == 1
        assert len({truth.title for truth in story}) == len(story)
        assert story[0].body[0].startswith("(وكالة ")


def test_every_outlet_has_its_own_articles_too() -> None:
    truths = build(60).manifest.articles
    shared = {truth.key for story in copies(truths) for truth in story}
    assert {truth.outlet for truth in truths if truth.key not in shared} == set(PUBLISHING)


def test_planted_surfaces_are_where_the_manifest_says() -> None:
    for truth in build(500).manifest.articles:
        texts = {"title": truth.title, "body": "\n".join(truth.body)}
        for planted in truth.matches.values():
            at = {"title": 0, "body": 0}
            for field, surface in planted:
                found = texts[field].index(surface, at[field])
                at[field] = found + len(surface)


def test_the_matches_follow_from_the_watchlist() -> None:
    watches = watchlist.load(WATCHLIST)
    for truth in build(500).manifest.articles:
        texts = {"title": truth.title, "body": "\n\n".join(truth.body)}
        found = {
            match.watch: [(hit.field, texts[hit.field][hit.start : hit.end]) for hit in match.hits]
            for match in watches.match(**texts)
        }
        assert found == truth.matches


def test_traps_are_laid_and_match_nothing() -> None:
    truths = build(500).manifest.articles
    for trap in ("الحاج أبو كمال", "احتشد الحشد أمام", "البوكمالي", "القائم بأعمال"):
        caught = [truth for truth in truths if trap in "\n".join((truth.title, *truth.body))]
        assert any(not truth.matches for truth in caught), trap


def test_the_spellings_vary() -> None:
    surfaces: dict[str, set[str]] = defaultdict(set)
    for truth in build(500).manifest.articles:
        for watch, planted in truth.matches.items():
            surfaces[watch] |= {surface for _, surface in planted}
    assert {"البوكمال", "بالبوكمال", "أبو كمال", "البُوكَمال"} <= surfaces["البوكمال"]
    assert {"للحشد الشعبي", "والحشد الشعبي"} <= surfaces["الحشد الشعبي"]
    assert "\ufea9\ufe8d\ufecb\ufeb6" in surfaces["داعش"]


def test_each_edition_is_read_after_all_it_holds() -> None:
    before, after = build(), build().edited()
    assert max(piece.changed_at for piece in before.pieces) < before.now
    edits = [piece.modified for piece in after.pieces if piece.modified]
    assert before.now < min(edits) < max(edits) < after.now


def test_the_edited_edition_changes_what_it_says_and_nothing_else() -> None:
    before, after = build(), build().edited()
    changes = after.manifest.changes
    assert set(changes.values()) == {"title", "body", "both"}
    assert {key.partition(":")[0] for key in changes} <= set(REVISING)
    for old, new in zip(before.manifest.articles, after.manifest.articles, strict=True):
        change = changes.get(old.key)
        assert (old.title != new.title) == (change in ("title", "both"))
        assert (old.body != new.body) == (change in ("body", "both"))
        assert replace(new, title=old.title, body=old.body) == old
    for old_piece, new_piece in zip(before.pieces, after.pieces, strict=True):
        edited = f"{old_piece.outlet}:{old_piece.number}" in changes
        assert (old_piece is not new_piece and old_piece != new_piece) == edited
        assert (new_piece.modified is not None) == edited
