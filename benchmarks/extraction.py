"""Extraction beside peers, on the same pages in one run: accuracy and CPU time."""

from __future__ import annotations

import argparse
import gc
import json
import logging
import re
import sys
import time
import unicodedata
import warnings
from collections import Counter
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from datetime import time as clock
from importlib import import_module, metadata
from pathlib import Path
from platform import python_version
from statistics import fmean, median
from typing import Any
from zoneinfo import ZoneInfo

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from crawler.catalogue import load_all  # noqa: E402
from crawler.discover import on_site  # noqa: E402
from crawler.extract import Layout, decode, extract  # noqa: E402
from crawler.outlet import OutletSpider  # noqa: E402
from crawler.settings import SPIDER_MODULES  # noqa: E402
from pipelines.normalise import normalise  # noqa: E402

REAL_PAGES = ROOT / "../shared/eval"
SAVED = "https://page.example/saved"
NOW = datetime(2026, 3, 2, tzinfo=UTC)
REFERENCE = "trafilatura"
CARRIED = ("selector", "jsonld")
MIDNIGHT = clock(0)
MEASURES = ("body F1", "precision", "recall", "title", "day", "minute", "leaks")


@dataclass(slots=True, frozen=True)
class Page:
    """A page with what a reader finds on it; None where the truth is not known."""

    name: str
    html: str
    url: str
    title: str | None
    body: str | None
    must: Sequence[str] = ()
    must_not: Sequence[str] = ()
    published: datetime | None = None
    minute: bool = False
    timezone: str | None = None
    layouts: Sequence[Layout] = ()
    names: Sequence[str] = ()
    now: datetime = NOW


@dataclass(slots=True, frozen=True)
class Reading:
    """What an extractor made of a page; ``carried_by`` is the source of the body, if it tells."""

    title: str | None
    body: str | None
    published: datetime | None
    carried_by: str | None = None


Reader = Callable[[Page], Reading]


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


# Pages


def real_pages(folder: Path) -> list[Page]:
    """The pages of ``folder``/truth.jsonl, read with their outlets' rules as a crawl has them."""
    outlets, _ = load_all(SPIDER_MODULES)
    lines = (folder / "truth.jsonl").read_text(encoding="utf-8").splitlines()
    found = []
    for truth in map(json.loads, lines):
        url = truth["url"] or SAVED
        outlet = next((each for each in outlets if on_site(url, each.domains)), None)
        page = Page(
            name=Path(truth["page"]).stem,
            html=decode((folder / truth["page"]).read_bytes(), None),
            url=url,
            title=truth["title"],
            body=None if truth["text"] is None else "\n".join(truth["text"]),
            must=truth["must"] or (),
            must_not=truth["must_not"] or (),
            published=instant(truth["published"]),
            minute=truth["minute"],
            timezone=truth["timezone"],
        )
        found.append(of_outlet(page, outlet) if outlet else page)
    return found


def fictional_pages() -> list[Page]:
    """The project's own test pages that hold an Arabic article, all invented."""
    outlets = {outlet.name: outlet for outlet in load_all(SPIDER_MODULES)[0]}
    paths = [*(ROOT / "tests/pages").glob("*.html"), *(ROOT / "tests/outlets").glob("*/*.html")]
    found = []
    for path in sorted(paths):
        case = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
        expected = case.get("expected", {})
        if not expected.get("body") or expected.get("language", "ar") != "ar":
            continue
        outlet = outlets.get(path.parent.name)
        raw = [text for text, _ in expected.get("published", ())]
        published = instant(expected.get("published_at") or next(iter(raw), None))
        page = Page(
            name=f"{path.parent.name}/{path.stem}",
            html=decode(path.read_bytes(), case.get("charset")),
            url=case["url"],
            title=expected["title"],
            body="\n".join(expected["body"]),
            published=published,
            minute=bool(published and published.tzinfo and published.time() != MIDNIGHT),
            timezone=outlet.timezone if outlet else case.get("timezone"),
            layouts=[Layout(**layout) for layout in case.get("layouts", ())],
            names=case.get("names", ()),
            now=instant(case.get("fetched_at")) or NOW,
        )
        found.append(of_outlet(page, outlet) if outlet else page)
    return found


def of_outlet(page: Page, outlet: type[OutletSpider]) -> Page:
    """``page`` with what its outlet's class declares."""
    return replace(page, layouts=outlet.layouts, names=(outlet.title, *outlet.names))


# Extractors


def rasid() -> Reader:
    def read(page: Page) -> Reading:
        found = extract(
            page.html,
            page.url,
            layouts=page.layouts,
            names=page.names,
            timezone=page.timezone,
            fetched_at=f"{page.now:%Y-%m-%dT%H:%M:%SZ}",
        )
        normalise(found.article, now=page.now)
        article = found.article
        source = article.provenance.get("body")
        return Reading(article.title, article.body, instant(article.published_at), source)

    return read


def trafilatura(*, fast: bool = False) -> Reader:
    bare_extraction = import_module("trafilatura").bare_extraction
    # The defaults of its metadata, but with the time of day, which it drops unless asked.
    dates = {"original_date": True, "extensive_search": True, "outputformat": "%Y-%m-%dT%H:%M:%S%z"}

    def read(page: Page) -> Reading:
        found = bare_extraction(
            page.html,
            url=page.url,
            fast=fast,
            with_metadata=True,
            include_comments=False,
            date_extraction_params=dates,
        )
        if found is None:
            return Reading(None, None, None)
        return Reading(found.title, found.text, instant(found.date))

    return read


def newspaper4k() -> Reader:
    article = import_module("newspaper").article

    def read(page: Page) -> Reading:
        found = article(page.url, language="ar", input_html=page.html, fetch_images=False)
        return Reading(found.title, found.text, found.publish_date)

    return read


def goose3() -> Reader:
    import_module("nltk")  # without it goose3 counts no Arabic stop word, with a warning only
    words = import_module("goose3.text").StopWordsArabic
    goose = import_module("goose3").Goose({"stopwords_class": words})

    def read(page: Page) -> Reading:
        found = goose.extract(url=page.url, raw_html=page.html)
        return Reading(found.title, found.cleaned_text, found.publish_datetime_utc)

    return read


def news_please() -> Reader:
    from_html = import_module("newsplease").NewsPlease.from_html

    def read(page: Page) -> Reading:
        found = from_html(page.html, url=page.url, fetch_images=False)
        return Reading(found.title, found.maintext, found.date_publish)

    return read


PEERS: dict[str, tuple[str, Callable[[], Reader]]] = {
    REFERENCE: ("trafilatura", trafilatura),
    "trafilatura-fast": ("trafilatura", lambda: trafilatura(fast=True)),
    "newspaper4k": ("newspaper4k", newspaper4k),
    "goose3": ("goose3", goose3),
    "news-please": ("news-please", news_please),
}


def row_of(name: str) -> Row:
    """A peer ready to read, or the row that says why it is not."""
    package, make = PEERS[name]
    try:
        return Row(f"{name} {metadata.version(package)}", make())
    except ImportError as error:  # PackageNotFoundError is one
        return Row(name, None, f"not installed: {type(error).__name__}: {error}")


# Scores


def instant(text: str | None) -> datetime | None:
    """The time that ISO 8601 ``text`` states; naive where it states no zone."""
    try:
        return datetime.fromisoformat(text or "")
    except ValueError:
        return None


def words(text: str | None) -> list[str]:
    """Words without marks, tatweel, invisible characters and punctuation."""
    plain = unicodedata.normalize("NFKC", text or "").casefold()
    kept = (c for c in plain if c != "\u0640" and unicodedata.category(c) not in ("Mn", "Cf"))
    return re.findall(r"\w+", "".join(kept))


def shingles(text: str | None) -> Counter[tuple[str, ...]]:
    """Runs of four words; a shorter text is one run."""
    found = words(text)
    if len(found) < 4:
        return Counter([tuple(found)] if found else [])
    return Counter(zip(*(found[start:] for start in range(4)), strict=False))


def score(page: Page, reading: Reading) -> dict[str, float | None]:
    """Each measure between 0 and 1, leaks as a count; None where the truth is not known.

    A naive time is read in the page's zone, whoever found it.
    """
    true, found = shingles(page.body), shingles(reading.body)
    hits = (true & found).total()
    both_empty = float(not true and not found)
    text = " ".join(words(reading.body))
    known = page.body is not None
    precision = hits / found.total() if found else both_empty
    recall = hits / true.total() if true else both_empty
    f1 = 2 * hits / (true.total() + found.total()) if hits else both_empty
    if page.must:
        recall = fmean(" ".join(words(part)) in text for part in page.must)
    day, minute = date_scores(page, reading.published)
    return {
        "body F1": f1 if known else None,
        "precision": precision if known else None,
        "recall": recall if known or page.must else None,
        "title": float(words(reading.title) == words(page.title)),
        "day": day,
        "minute": minute,
        "leaks": float(sum(part in (reading.body or "") for part in page.must_not)),
    }


def date_scores(page: Page, found: datetime | None) -> tuple[float | None, float | None]:
    """Whether the day, of the page's own offset, and the minute are right."""
    true = page.published
    if true is None:
        return None, None
    if found is None:
        return 0.0, 0.0 if page.minute else None
    day = float((found.astimezone(true.tzinfo) if found.tzinfo else found).date() == true.date())
    if not page.minute:
        return day, None
    if found.tzinfo is None:
        found = found.replace(tzinfo=ZoneInfo(page.timezone or "UTC"))
    return day, float(abs((found - true).total_seconds()) < 60)


# Measuring


def measure(rows: Sequence[Row], pages: Sequence[Page], repeat: int) -> None:
    """Fill ``rows``: the first reading is scored, ``repeat`` further ones are timed in turn."""
    for page in pages:
        able = [row for row in rows if row.reader and first_reading(row, page)]
        gc.collect()
        gc.freeze()  # what the extractors have loaded: so the collections below are short
        times: dict[str, list[float]] = {row.label: [] for row in able}
        for _ in range(repeat):
            for row in able:
                times[row.label].append(cpu_milliseconds(row, page))
        for row in able:
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


def cpu_milliseconds(row: Row, page: Page) -> float:
    """CPU time of one reading, the garbage collector off as timeit has it."""
    assert row.reader
    gc.collect()
    gc.disable()
    start = time.process_time_ns()
    row.reader(page)
    spent = time.process_time_ns() - start
    gc.enable()
    return spent / 1e6


# The report


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


def markdown(rows: Sequence[dict[str, Any]]) -> str:
    lines = [[*rows[0]], ["---"] * len(rows[0])]
    lines += [["–" if value is None else str(value) for value in row.values()] for row in rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


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
