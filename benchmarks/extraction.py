"""Extraction beside peers, on the same pages in one run: accuracy and CPU time."""

from __future__ import annotations

import argparse
import gc
import json
import logging
import sys
import warnings
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from functools import partial
from importlib import metadata
from pathlib import Path
from platform import python_version
from statistics import fmean, median
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from parts.extractors import PEERS, REFERENCE, Reader, Reading, rasid
from parts.measuring import cpu_milliseconds, markdown
from parts.pages import REAL_PAGES, Page, fictional_pages, real_pages
from parts.scores import MEASURES, score

CARRIED = ("selector", "jsonld")


@dataclass(slots=True)
class Row:
    """One extractor's results: page name → scores, CPU milliseconds, error."""

    label: str
    reader: Reader | None
    note: str = ""
    scores: dict[str, dict[str, float | None]] = field(default_factory=dict)
    milliseconds: dict[str, float] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)
    carried: set[str] = field(default_factory=set)


def row_of(name: str) -> Row:
    """A peer ready to read, or the row that says why it is not."""
    package, make = PEERS[name]
    try:
        return Row(f"{name} {metadata.version(package)}", make())
    except ImportError as error:  # PackageNotFoundError is one
        return Row(name, None, f"not installed: {type(error).__name__}: {error}")


def measure(rows: Sequence[Row], pages: Sequence[Page], repeat: int) -> None:
    """Fill ``rows``: the first reading is scored, ``repeat`` further ones are timed in turn."""
    for page in pages:
        able = [(row, row.reader) for row in rows if row.reader and first_reading(row, page)]
        gc.collect()
        gc.freeze()  # what the extractors have loaded: so the collections below are short
        times: dict[str, list[float]] = {row.label: [] for row, _ in able}
        for _ in range(repeat):
            for row, reader in able:
                times[row.label].append(cpu_milliseconds(partial(reader, page)))
        for row, _ in able:
            row.milliseconds[page.name] = median(times[row.label])


def first_reading(row: Row, page: Page) -> bool:
    """Score what ``row`` makes of the page; False when it fails."""
    assert row.reader
    try:
        reading = row.reader(page)
    # Foreign code may raise anything: that is a result too.
    except Exception as error:
        row.errors[page.name] = f"{type(error).__name__}: {error}".splitlines()[0]
        reading = Reading(None, None, None)
    row.scores[page.name] = score(page, reading)
    if reading.carried_by in CARRIED:
        row.carried.add(page.name)
    return page.name not in row.errors


def summary(row: Row, reference: Row | None) -> dict[str, Any]:
    """A row's means by column; a measure that it has not is left out."""
    result: dict[str, Any] = {"extractor": row.label} | dict.fromkeys(MEASURES)
    result |= {"CPU ms/page": None, "× trafilatura": None, "note": row.note}
    if row.milliseconds:
        for measure in MEASURES:
            values = (each[measure] for each in row.scores.values())
            if known := [value for value in values if value is not None]:
                result[measure] = f"{fmean(known):.3f}"
        result["leaks"] = int(sum(each["leaks"] or 0 for each in row.scores.values()))
        result |= cpu(row, reference, row.scores)
    if row.errors:
        [(error, _)] = Counter(row.errors.values()).most_common(1)
        result["note"] = f"fails on {len(row.errors)} of {len(row.scores)} pages: {error}"
    return result


def by_carrier(row: Row, reference: Row | None) -> list[dict[str, Any]]:
    """Rasid's CPU time where a selector or JSON-LD carries the body, and elsewhere."""
    groups = {"selector or JSON-LD": row.carried, "all else": set(row.scores) - row.carried}
    return [
        {"body from": source, "pages": len(names)} | cpu(row, reference, names)
        for source, names in groups.items()
    ]


def cpu(row: Row, reference: Row | None, names: Collection[str]) -> dict[str, str | None]:
    """Mean CPU time on the pages of ``names``, and its ratio on those that both could read."""
    own = row.milliseconds
    theirs = reference.milliseconds if reference else {}
    read = [own[name] for name in names if name in own]
    both = [name for name in names if name in own and name in theirs]
    ratio = sum(own[name] for name in both) / sum(theirs[name] for name in both) if both else None
    return {
        "CPU ms/page": f"{fmean(read):.1f}" if read else None,
        "× trafilatura": None if ratio is None else f"{ratio:.2f}",
    }


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pages", type=Path, metavar="DIR", help="a folder with truth.jsonl")
    parser.add_argument("--peers", default=",".join(PEERS), metavar="A,B", help="default: all")
    parser.add_argument("--repeat", type=int, default=5, metavar="N", help="timed readings a page")
    parser.add_argument("--json", action="store_true", help="print JSON instead of tables")
    chosen = parser.parse_args()
    chosen.peers = [name for name in chosen.peers.split(",") if name]
    if unknown := set(chosen.peers) - set(PEERS):
        parser.error(f"--peers: no {', '.join(sorted(unknown))}; choose of {', '.join(PEERS)}")
    if chosen.repeat < 1:
        parser.error("--repeat: write 1 or more")
    if chosen.pages and not (chosen.pages / "truth.jsonl").exists():
        parser.error(f"--pages {chosen.pages}: has no truth.jsonl")
    return chosen


def main() -> None:
    """Print accuracy and CPU time of each extractor on each set of pages."""
    chosen = arguments()
    warnings.simplefilter("ignore")
    logging.disable(logging.CRITICAL)
    folder = chosen.pages or REAL_PAGES
    sets = {"real": real_pages(folder)} if (folder / "truth.jsonl").exists() else {}
    sets["fictional"] = fictional_pages()
    results: list[dict[str, Any]] = []
    for kind, pages in sets.items():
        peers = {name: row_of(name) for name in chosen.peers}
        rows = [Row("Rasid", rasid()), *peers.values()]
        measure(rows, pages, chosen.repeat)
        reference = peers.get(REFERENCE)
        results.append(
            {
                "pages": f"{len(pages)} {kind} pages",
                "extractors": [summary(row, reference) for row in rows],
                "Rasid": by_carrier(rows[0], reference),
            }
        )
    if chosen.json:
        print(json.dumps(results, ensure_ascii=False, indent=2))
        return
    for found in results:
        print(f"{found['pages']}, {chosen.repeat} timed readings, Python {python_version()}\n")
        print(markdown(found["extractors"]), markdown(found["Rasid"]), sep="\n\n", end="\n\n")


if __name__ == "__main__":
    main()
