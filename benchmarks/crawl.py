"""The whole way beside peers, on the same pages of the pretend web in one run: pages/s and CPU."""

from __future__ import annotations

import argparse
import json
import random
import subprocess
import sys
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from importlib import metadata
from pathlib import Path
from platform import python_version
from tempfile import TemporaryDirectory
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from parts.crawlers import Task, command
from parts.measuring import Spent, markdown, run_apart
from parts.web import Served, Web

from demo.newsroom import build
from demo.sites import SITES

REFERENCE, TUNED = "Scrapy", "tuned Scrapy"
RASID = "Rasid"
SLOW, SLOW_ALONE = "news-please", "news-please on one core"
TOLD = "selector or JSON-LD"
PEERS = {
    REFERENCE: "scrapy",
    TUNED: "scrapy",
    "Scrapy + trafilatura": "trafilatura",
    SLOW: "news-please",
    SLOW_ALONE: "news-please",
}
"""Name → the package to be installed."""
COLUMNS = (
    *("pages", "read", "pages/s", "CPU ms/page", "rate ÷ Scrapy", "CPU ÷ Scrapy"),
    *("start-up CPU s", "peak RSS MB", "server CPU ms/page"),
)


@dataclass(slots=True)
class Run:
    """A crawler on some pages, and the least that it has spent; ``begin``: on no page at all."""

    label: str
    crawler: str
    task: Task
    pages: int
    read: int = 0
    begin: Spent | None = None
    whole: Spent | None = None
    again: Spent | None = None
    served: Served | None = None
    served_again: Served | None = None
    note: str = ""

    @property
    def milliseconds(self) -> float | None:
        """CPU time a page, the start-up taken off."""
        if not self.whole or not self.begin:
            return None
        return (self.whole.cpu - self.begin.cpu) * 1000 / self.pages

    @property
    def rate(self) -> float | None:
        """Pages a second of wall time, the start-up taken off; None where that is most of it."""
        if not self.whole or not self.begin or self.whole.wall < 2 * self.begin.wall:
            return None
        return self.pages / (self.whole.wall - self.begin.wall)


@dataclass(slots=True)
class Group:
    """The outlets whose pages are read in one way, their pages, and who crawls these alone."""

    carrier: str
    outlets: list[str] = field(default_factory=list)
    urls: list[str] = field(default_factory=list)
    runs: dict[str, Run] = field(default_factory=dict)

    def ratio(self, reference: str) -> float | None:
        """Rasid's pages a second for one of the reference's."""
        own, theirs = self.runs[RASID].rate, self.runs[reference].rate
        return own / theirs if own and theirs else None


def groups(urls: Sequence[tuple[str, str]]) -> list[Group]:
    """The pages by what carries their text: an outlet's own word of it, or the page's structure."""
    found = {True: Group(TOLD), False: Group("structure")}
    by_outlet = defaultdict(list)
    for outlet, url in urls:
        by_outlet[outlet].append(url)
    for outlet, own in sorted(by_outlet.items()):
        group = found[SITES[outlet].carrier != "structure"]
        group.outlets.append(outlet)
        group.urls += own
    return list(found.values())


def runs(
    web: Web, urls: Sequence[tuple[str, str]], peers: Sequence[str], slow: int
) -> tuple[list[Run], list[Group]]:
    """What is to be run: all pages by each crawler, and each group's by Rasid and Scrapy."""
    every = [url for _, url in urls]
    few = random.Random(1).sample(every, min(slow, len(every)))
    whole = []
    for name in peers:
        chosen = few if name in (SLOW, SLOW_ALONE) else every
        run = Run(name, name, Task(web.port, "", urls=chosen), len(chosen))
        try:
            run.label = f"{name} {metadata.version(PEERS[name])}"
        except ImportError as error:  # PackageNotFoundError is one
            run.note = f"not installed: {error}"
        whole.append(run)
    for workers in (1, 2):
        label = f"Rasid, {workers} worker{'s'[: workers - 1]}"
        whole.append(Run(label, RASID, Task(web.port, "", workers=workers), len(every)))
    apart = groups(urls)
    for group in apart:
        tasks = {RASID: Task(web.port, "", outlets=group.outlets)}
        tasks |= dict.fromkeys((REFERENCE, TUNED), Task(web.port, "", urls=group.urls))
        for name, task in tasks.items():
            group.runs[name] = Run(name, name, task, len(group.urls))
    return whole, apart


def measure(run: Run, web: Web) -> None:
    """Run once on no page, once on all, and, if it is Rasid, once more on the unchanged web."""
    with TemporaryDirectory() as folder:
        nothing = replace(run.task, folder=folder, port=web.empty_port, urls=[])
        run.begin = least(run.begin, run_apart(command(run.crawler), nothing.json()))
    with TemporaryDirectory() as folder:
        task = replace(run.task, folder=folder).json()
        web.served()
        spent = run_apart(command(run.crawler), task)
        run.read, run.served = int(spent.printed.split()[-1]), web.served()
        run.whole = least(run.whole, spent)
        if run.crawler == RASID:
            run.again = least(run.again, run_apart(command(run.crawler), task))
            run.served_again = web.served()


def least(known: Spent | None, new: Spent) -> Spent:
    """The smaller of each: whatever else the machine does only adds."""
    if known is None:
        return new
    return replace(new, cpu=min(known.cpu, new.cpu), wall=min(known.wall, new.wall))


def attempt(run: Run, web: Web) -> None:
    """Measure, unless the crawler is missing or breaks down: then its row says so."""
    if run.note:
        return
    try:
        measure(run, web)
    except subprocess.CalledProcessError as error:
        run.note = (error.stderr.strip().splitlines() or [str(error)])[-1]


def row(run: Run, reference: Run | None) -> dict[str, Any]:
    """A crawler's figures, and their ratios to the one that downloads only."""
    found: dict[str, Any] = {"crawler": run.label} | dict.fromkeys(COLUMNS) | {"note": run.note}
    if not (run.whole and run.begin and run.served and run.milliseconds):
        return found
    found |= {
        "pages": run.pages,
        "read": run.read,
        "pages/s": f"{run.rate:.0f}" if run.rate else None,
        "CPU ms/page": f"{run.milliseconds:.2f}",
        "start-up CPU s": f"{run.begin.cpu:.1f}",
        "peak RSS MB": f"{run.whole.megabytes:.0f}",
        "server CPU ms/page": f"{run.served.cpu * 1000 / run.pages:.2f}",
    }
    return found | ratios(run, reference)


def ratios(run: Run, reference: Run | None) -> dict[str, str]:
    found = {}
    if run.rate and reference and reference.rate:
        found["rate ÷ Scrapy"] = f"{run.rate / reference.rate:.2f}"
    if run.milliseconds and reference and reference.milliseconds:
        found["CPU ÷ Scrapy"] = f"{run.milliseconds / reference.milliseconds:.1f}"
    return found


def group_row(group: Group) -> dict[str, Any]:
    """Rasid on the outlets of a group alone, beside Scrapy on the same pages."""
    shown = row(group.runs[RASID], group.runs[REFERENCE])
    wanted = ("pages", "read", "pages/s", "CPU ms/page", "rate ÷ Scrapy", "CPU ÷ Scrapy")
    found = {"text from": group.carrier, "outlets": ", ".join(group.outlets)}
    found |= {name: shown[name] for name in wanted}
    tuned = group.ratio(TUNED)
    notes = [f"{name}: {run.note}" for name, run in group.runs.items() if run.note]
    return found | {f"rate ÷ {TUNED}": f"{tuned:.2f}" if tuned else None, "note": "; ".join(notes)}


def second_row(run: Run) -> dict[str, Any]:
    """A second run over the unchanged web, beside the first; start-up included, as cron pays it."""
    assert run.whole
    assert run.again
    assert run.served
    assert run.served_again
    return {
        "crawler": run.label,
        "requests, first": run.served.requests,
        "requests, second": run.served_again.requests,
        "of them 304": run.served_again.unchanged,
        "CPU s, first": f"{run.whole.cpu:.1f}",
        "CPU s, second": f"{run.again.cpu:.1f}",
        "second ÷ first": f"{run.again.cpu / run.whole.cpu:.3f}",
        "wall s, second": f"{run.again.wall:.1f}",
    }


def aims(whole: Sequence[Run], apart: Sequence[Group]) -> list[dict[str, str]]:
    """What was aimed at, and what came of it; what was not measured is left out."""
    one, two = (run for run in whole if run.crawler == RASID)
    found: list[tuple[str, str, float]] = []
    for group in apart:
        if group.carrier == TOLD and (ratio := group.ratio(REFERENCE)):
            found.append((f"{TOLD}: pages/s ÷ {REFERENCE}", "≥ 0.25", ratio))
    for run in whole:
        if run.crawler == SLOW and run.milliseconds and one.milliseconds:
            ratio = run.milliseconds / one.milliseconds
            found.append((f"{SLOW} ÷ Rasid, CPU a page", "≥ 8", ratio))
        if run.crawler == SLOW_ALONE and run.rate and one.rate:
            found.append((f"one worker ÷ {SLOW_ALONE}, pages/s", "≥ 8", one.rate / run.rate))
    if one.rate and two.rate:
        found.append(("two workers ÷ one, pages/s", "≥ 1.7", two.rate / one.rate))
    if one.again and one.whole:
        found.append(("second run ÷ first, CPU", "≤ 0.1", one.again.cpu / one.whole.cpu))
    return [{"aim": aim, "wanted": wanted, "found": f"{ratio:.2f}"} for aim, wanted, ratio in found]


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--articles", type=int, default=5000, metavar="N", help="default 5000")
    parser.add_argument("--slow", type=int, default=300, metavar="N", help=f"pages for {SLOW}")
    parser.add_argument(
        "--repeat", type=int, default=2, metavar="N", help="rounds; the least count"
    )
    parser.add_argument("--peers", default=",".join(PEERS), metavar="A,B", help="default: all")
    parser.add_argument("--json", action="store_true", help="print JSON instead of tables")
    chosen = parser.parse_args()
    chosen.peers = [name for name in chosen.peers.split(",") if name]
    if unknown := set(chosen.peers) - set(PEERS):
        parser.error(f"--peers: no {', '.join(sorted(unknown))}; choose of {', '.join(PEERS)}")
    return chosen


def main() -> None:
    """Print the tables, or the same as JSON."""
    chosen = arguments()
    urls = [(truth.outlet, truth.urls[0]) for truth in build(chosen.articles).manifest.articles]
    with Web(chosen.articles) as web:
        whole, apart = runs(web, urls, chosen.peers, chosen.slow)
        for _ in range(chosen.repeat):
            for run in [*whole, *(run for group in apart for run in group.runs.values())]:
                attempt(run, web)
    reference = next((run for run in whole if run.crawler == REFERENCE), None)
    tables = {
        "all pages": [row(run, reference) for run in whole],
        "by outlet": [group_row(group) for group in apart],
        "the second run": [second_row(run) for run in whole if run.again],
        "aims": aims(whole, apart),
    }
    if chosen.json:
        print(json.dumps(tables, ensure_ascii=False, indent=2))
        return
    print(f"{chosen.articles} pages, {chosen.repeat} rounds, Python {python_version()}")
    for title, rows in tables.items():
        if rows:
            print(f"\n{title}\n\n{markdown(rows)}")


if __name__ == "__main__":
    main()
