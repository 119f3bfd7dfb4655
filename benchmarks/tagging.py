"""Tagging beside peers, on the same text in one run: CPU time, memory, what each can find."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from importlib import metadata
from multiprocessing import get_context
from pathlib import Path
from platform import python_version
from time import process_time
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from parts.measuring import cpu_milliseconds, markdown
from parts.taggers import MAKERS, Tagger, rules
from parts.texts import Vocabulary, articles

from watchlist import Watch, Watchlist

CASES = Path(__file__).resolve().parents[1] / "../shared/cases"
SIZES = (10, 1_000, 50_000)
RULES = 5_000
BUDGET = 1.0  # CPU seconds of the first round: the slowest are given only a few articles
RASID = "Rasid"


def label_of(name: str) -> str:
    """The tagger with its version. Raises ImportError when it is not installed."""
    package, _ = MAKERS[name]
    return f"{name} {metadata.version(package)}" if package else name


@dataclass(slots=True, frozen=True)
class Speed:
    """Means over the articles that were read."""

    milliseconds: float
    hits: float
    size: float
    """Bytes in UTF-8."""


def measure(taggers: dict[str, Tagger], texts: Sequence[str], repeat: int) -> dict[str, Speed]:
    """The speed of each tagger; they take turns, and the best round counts."""
    shares = {name: _affordable(tag, texts) for name, tag in taggers.items()}
    best = dict.fromkeys(taggers, float("inf"))
    for _ in range(repeat):
        for name, tag in taggers.items():
            best[name] = min(best[name], cpu_milliseconds(partial(_read, tag, shares[name])))
    return {
        name: Speed(
            best[name] / len(share),
            _read(taggers[name], share) / len(share),
            sum(len(text.encode()) for text in share) / len(share),
        )
        for name, share in shares.items()
    }


def _read(tag: Tagger, texts: Sequence[str]) -> int:
    return sum(map(tag, texts))


def _affordable(tag: Tagger, texts: Sequence[str]) -> Sequence[str]:
    """The articles for which a round has time; reading them warms up what is made lazily."""
    spent = 0.0
    for number, text in enumerate(texts, 1):
        start = process_time()
        tag(text)
        spent += process_time() - start
        if spent > BUDGET:
            return texts[:number]
    return texts


def building(name: str, terms: Sequence[str]) -> tuple[float, float | None]:
    """CPU seconds and megabytes (on Linux) that making a tagger takes, in a process of its own."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as process:
        return process.submit(_build, name, terms).result()


def _build(name: str, terms: Sequence[str]) -> tuple[float, float | None]:
    make = MAKERS[name][1] if name in MAKERS else rules
    make(terms[:1])("كلمة")  # what is loaded at first use is no matter of the terms
    before = _resident()
    kept: list[Tagger] = []
    spent = cpu_milliseconds(lambda: kept.append(make(terms)))
    kept[0]("كلمة")
    return spent / 1000, None if before is None else (_resident() or 0) - before


def _resident() -> float | None:
    """Megabytes of memory that this process holds, where /proc tells."""
    try:
        pages = Path("/proc/self/statm").read_text("ascii").split()[1]
    except OSError:
        return None
    return int(pages) * 4096 / 1e6


def speed_rows(
    peers: Sequence[str], texts: Sequence[str], vocabulary: Vocabulary, repeat: int
) -> list[dict[str, Any]]:
    """A row for each number of terms and tagger, the last for rules."""
    rows = []
    for size in SIZES:
        terms = vocabulary.terms(size)
        taggers, notes = {}, {}
        for name in (RASID, *peers):
            try:
                label_of(name)
                taggers[name] = MAKERS[name][1](terms)
            # Foreign code may raise anything, as on too many terms: that is a result too.
            except Exception as error:
                notes[name] = f"{type(error).__name__}: {error}".splitlines()[0][:80]
        found = measure(taggers, texts, repeat)
        reference = found[RASID].milliseconds
        for name in (RASID, *peers):
            built = building(name, terms) if name in taggers else None
            rows.append(
                _row(f"{size:,} terms", name, found.get(name), reference, built)
                | {"note": notes.get(name, "")}
            )
    asked = vocabulary.rules(RULES)
    found = measure({"rules": rules(asked)}, texts, repeat)
    built = building("rules", asked)
    rows.append(_row(f"{RULES:,} rules", RASID, found["rules"], None, built) | {"note": ""})
    return rows


def _row(
    what: str,
    name: str,
    found: Speed | None,
    reference: float | None,
    built: tuple[float, float | None] | None,
) -> dict[str, Any]:
    row: dict[str, Any] = {"for": what, "tagger": label_of(name) if found else name}
    row |= dict.fromkeys(("articles/s", "MB/s", "CPU ÷ Rasid", "hits", "build s", "memory MB"))
    if found:
        row["articles/s"] = _short(1000 / found.milliseconds)
        row["MB/s"] = _short(found.size / found.milliseconds / 1000)
        row["CPU ÷ Rasid"] = _short(found.milliseconds / reference) if reference else None
        row["hits"] = f"{found.hits:.1f}"
    if built:
        seconds, megabytes = built
        row["build s"] = f"{seconds:.2f}"
        row["memory MB"] = None if megabytes is None else f"{megabytes:.0f}"
    return row


def _short(number: float) -> str:
    return (
        f"{number:,.0f}" if number >= 100 else f"{number:.2g}" if number < 10 else f"{number:.0f}"
    )


def accuracy_rows(peers: Sequence[str]) -> list[dict[str, Any]]:
    """Precision and recall over labelled sentences, with the spellings of each keyword."""
    keywords = json.loads((CASES / "arabic_keywords.json").read_text("utf-8"))
    lines = (CASES / "arabic_cases.jsonl").read_text("utf-8").splitlines()
    cases = [json.loads(line) for line in lines]
    rows = []
    for name in (RASID, *peers):
        try:
            label_of(name)
        except ImportError as error:
            rows.append({"tagger": name, "precision": None, "recall": None, "note": str(error)})
            continue
        taggers = {word: _keyword(name, word, each) for word, each in keywords.items()}
        found = [bool(taggers[case["keyword"]](case["text"])) for case in cases]
        wanted = [case["match"] for case in cases]
        right = sum(f and w for f, w in zip(found, wanted, strict=True))
        rows.append(
            {
                "tagger": label_of(name),
                "precision": f"{right / sum(found):.3f}",
                "recall": f"{right / sum(wanted):.3f}",
                "note": "",
            }
        )
    return rows


def _keyword(name: str, word: str, keyword: dict[str, Any]) -> Tagger:
    spellings = (*keyword["variants"], *keyword.get("plurals", ()))
    if name != RASID:
        return MAKERS[name][1](spellings)
    exceptions = tuple(keyword.get("block", ()))
    watch = Watch(word, profile=keyword["type"], spellings=spellings, exceptions=exceptions)
    match = Watchlist([watch]).match
    return lambda text: len(match(body=text))


def arguments() -> argparse.Namespace:
    peers = [name for name in MAKERS if name != RASID]
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--peers", default=",".join(peers), metavar="A,B", help="default: all")
    parser.add_argument("--articles", type=int, default=1000, metavar="N", help="default: 1000")
    parser.add_argument("--repeat", type=int, default=5, metavar="N", help="timed rounds")
    parser.add_argument("--json", action="store_true", help="print JSON instead of tables")
    chosen = parser.parse_args()
    chosen.peers = [name for name in chosen.peers.split(",") if name]
    if unknown := set(chosen.peers) - set(peers):
        parser.error(f"--peers: no {', '.join(sorted(unknown))}; choose of {', '.join(peers)}")
    if chosen.repeat < 1 or chosen.articles < 3:
        parser.error("--repeat: write 1 or more, --articles: 3 or more")
    return chosen


def main() -> None:
    """Print speed, memory and accuracy of each tagger."""
    chosen = arguments()
    texts = articles(chosen.articles)
    speed = speed_rows(chosen.peers, texts, Vocabulary(texts), chosen.repeat)
    accuracy = accuracy_rows(chosen.peers) if CASES.exists() else []
    if chosen.json:
        print(json.dumps({"speed": speed, "accuracy": accuracy}, ensure_ascii=False, indent=2))
        return
    length = sum(map(len, texts)) / len(texts)
    print(f"{len(texts)} articles of {length:,.0f} letters, Python {python_version()}\n")
    print(markdown(speed), end="\n\n")
    if accuracy:
        print(markdown(accuracy))


if __name__ == "__main__":
    main()
