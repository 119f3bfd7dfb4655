"""Near-duplicates beside peers: accuracy on pairs, groups of real papers, cost of a large store."""

from __future__ import annotations

import argparse
import gzip
import json
import resource
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from importlib import metadata
from pathlib import Path
from platform import python_version
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from parts.groupers import PEERS, Scores, article_of, rasid_groups, rasid_scores
from parts.measuring import markdown
from parts.pairs import LABELLED, Pair, Story, labelled_pairs, made_pairs

from crawler.items import Article

HERE = Path(__file__).resolve().parent
CORPUS = HERE.parent / "../shared/corpora/saudi_papers_2015_07.jsonl.gz"
RASID = "Rasid"
# A peer's threshold is the best one on made pairs of this seed; the table's are of the other.
TUNED_ON, SHOWN = 1, 2
THRESHOLDS = [step / 100 for step in range(5, 100)]


@dataclass(slots=True)
class Method:
    """A method, its scores by set of pairs, or why it has none."""

    name: str
    label: str
    scores: Scores | None = None
    note: str = ""
    found: dict[str, list[float]] = field(default_factory=dict)
    milliseconds: float = 0.0


def method(name: str) -> Method:
    """Rasid or a peer; one that is not installed is a row that says so."""
    if name == RASID:
        return Method(name, RASID, rasid_scores)
    package, make = PEERS[name]
    try:
        return Method(name, f"{name} {metadata.version(package)}", make().scores)
    except ImportError as error:  # PackageNotFoundError is one
        return Method(name, name, note=f"not installed: {type(error).__name__}: {error}")


def score(methods: Sequence[Method], sets: dict[str, list[Pair]]) -> None:
    """Fill in the scores of each method on each set, and its CPU time a pair."""
    for each in methods:
        if each.scores:
            start = time.process_time()
            for name, pairs in sets.items():
                each.found[name] = list(each.scores(pairs))
            spent = time.process_time() - start
            each.milliseconds = spent * 1000 / sum(map(len, sets.values()))


def accuracy(pairs: Sequence[Pair], scores: Sequence[float], threshold: float) -> dict[str, float]:
    """Precision, recall and F1, and how many pairs of a daily text are merged."""
    pairs_found = [pair for pair, value in zip(pairs, scores, strict=True) if value >= threshold]
    right = sum(pair.same for pair in pairs_found)
    precision = right / len(pairs_found) if pairs_found else 1.0
    recall = right / sum(pair.same for pair in pairs)
    daily = sum(not p.same and p.kind.startswith(("tpl_", "daily_")) for p in pairs_found)
    f1 = 2 * precision * recall / (precision + recall) if right else 0.0
    return {"precision": precision, "recall": recall, "F1": f1, "daily": daily}


def best(pairs: Sequence[Pair], scores: Sequence[float]) -> float:
    """The threshold with the best F1 on these pairs."""
    return max(THRESHOLDS, key=lambda at: accuracy(pairs, scores, at)["F1"])


def accuracy_row(each: Method, name: str, sets: dict[str, list[Pair]]) -> dict[str, Any]:
    row: dict[str, Any] = {"method": each.label} | dict.fromkeys(
        ("threshold", "precision", "recall", "F1", "daily merged", "best F1", "CPU ms/pair")
    )
    row["note"] = each.note
    if not each.found:
        return row
    threshold = 1.0 if each.name == RASID else best(sets["tuned"], each.found["tuned"])
    at = accuracy(sets[name], each.found[name], threshold)
    top = accuracy(sets[name], each.found[name], best(sets[name], each.found[name]))
    row |= {key: f"{at[key]:.3f}" for key in ("precision", "recall", "F1")}
    row |= {"daily merged": at["daily"], "CPU ms/pair": f"{each.milliseconds:.1f}"}
    if each.name != RASID:
        row |= {"threshold": threshold, "best F1": f"{top['F1']:.3f}"}
    return row


def by_kind(
    methods: Sequence[Method], name: str, sets: dict[str, list[Pair]]
) -> list[dict[str, Any]]:
    """The share of the pairs of each kind that a method calls one story."""
    rows: dict[str, dict[str, Any]] = {}
    for pair in sets[name]:
        rows.setdefault(pair.kind, {"kind": pair.kind, "one story": "yes" if pair.same else "no"})
    for each in methods:
        if not each.found:
            continue
        threshold = 1.0 if each.name == RASID else best(sets["tuned"], each.found["tuned"])
        joined = defaultdict(list)
        for pair, value in zip(sets[name], each.found[name], strict=True):
            joined[pair.kind].append(value >= threshold)
        for kind, found in joined.items():
            rows[kind][each.label] = f"{sum(found)}/{len(found)}"
    return sorted(rows.values(), key=lambda row: (row["one story"] != "yes", row["kind"]))


def corpus(path: Path) -> Iterator[Article]:
    """The articles of the real papers, in the order of the file."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for number, line in enumerate(lines):
            row = json.loads(line)
            at = datetime.fromisoformat(row["date"])
            story = Story(row.get("title") or "", tuple((row.get("text") or "").splitlines()))
            yield article_of(story, outlet=row["outlet"], number=number, at=at)


def groups(name: str, threshold: float, path: Path) -> dict[str, Any]:
    """What one method makes of the real papers; run in a process of its own, for its memory."""
    group: Callable[[Iterator[Article]], Iterator[int]]
    group = rasid_groups if name == RASID else PEERS[name][1]().groups(threshold)
    outlets: dict[int, list[str]] = defaultdict(list)
    names = [article.outlet for article in corpus(path)]
    start = time.process_time()
    for outlet, found in zip(names, group(corpus(path)), strict=True):
        outlets[found].append(outlet)
    spent = time.process_time() - start
    several = [members for members in outlets.values() if len({*members}) > 1]
    return {
        "method": name,
        "groups of several outlets": len(several),
        "articles in them": sum(map(len, several)),
        "largest": max(map(len, outlets.values())),
        "CPU ms/article": f"{spent * 1000 / len(names):.2f}",
        "peak RSS MB": f"{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f}",
    }


def apart(*arguments: str) -> dict[str, Any]:
    """The result of a process of its own, which prints it as JSON."""
    done = subprocess.run([sys.executable, *arguments], check=True, capture_output=True, text=True)
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pairs", type=Path, default=LABELLED, metavar="F", help="JSON Lines")
    parser.add_argument("--corpus", type=Path, default=CORPUS, metavar="F", help="JSON Lines, gzip")
    parser.add_argument("--peers", default=",".join(PEERS), metavar="A,B", help="default: all")
    parser.add_argument(
        "--stored", default="10000,100000", metavar="N,N", help="sizes of the store to measure"
    )
    parser.add_argument("--kinds", action="store_true", help="also a table by kind of pair")
    parser.add_argument("--groups-of", nargs=2, metavar=("METHOD", "T"), help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    chosen.peers = [name for name in chosen.peers.split(",") if name]
    if unknown := set(chosen.peers) - set(PEERS):
        parser.error(f"--peers: no {', '.join(sorted(unknown))}; choose of {', '.join(PEERS)}")
    try:
        chosen.stored = [int(size) for size in chosen.stored.split(",") if size]
    except ValueError:
        parser.error(f"--stored {chosen.stored}: write numbers, as 10000,100000")
    return chosen


def main() -> None:
    """Print the tables, one after the other: the last ones take minutes."""
    chosen = arguments()
    if chosen.groups_of:
        name, threshold = chosen.groups_of
        print(json.dumps(groups(name, float(threshold), chosen.corpus)))
        return
    sets = {"tuned": made_pairs(TUNED_ON), "made": made_pairs(SHOWN)}
    if chosen.pairs.exists():
        sets["labelled"] = labelled_pairs(chosen.pairs)
    methods = [method(name) for name in (RASID, *chosen.peers)]
    score(methods, sets)
    for name in [name for name in ("labelled", "made") if name in sets]:
        print(f"\n{len(sets[name])} {name} pairs, Python {python_version()}\n")
        print(markdown([accuracy_row(each, name, sets) for each in methods]))
        if chosen.kinds:
            print("\n" + markdown(by_kind(methods, name, sets)), flush=True)
    if chosen.corpus.exists():
        able = [each for each in methods if each.found]
        thresholds = [best(sets["tuned"], each.found["tuned"]) for each in able]
        own = [str(HERE / "duplicates.py"), "--corpus", str(chosen.corpus), "--groups-of"]
        print("\nreal papers\n", flush=True)
        pairs = zip(able, thresholds, strict=True)
        print(markdown([apart(*own, each.name, str(at)) for each, at in pairs]), flush=True)
    if chosen.stored:
        print("\none more article, by how many are stored\n", flush=True)
        stored = str(HERE / "parts" / "stored.py")
        print(markdown([apart(stored, str(size)) for size in chosen.stored]))


if __name__ == "__main__":
    main()
