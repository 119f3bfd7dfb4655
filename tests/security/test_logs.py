"""What a server sends cannot pass for a line of the log, nor steer a terminal."""

from __future__ import annotations

import re

import pytest

from crawler.command import as_json
from crawler.settings import EXTENSIONS
from tests.crawler.conftest import Page
from tests.security.conftest import Crawled, Lab

FORGED = "2026-01-01 00:00:00 [scrapy] INFO: FORGED"
STEERING = "\x1b]0;owned\x07\x9b31m\u202egnp.exe\u2066"
HOSTILE = f"x\n{FORGED}\r{FORGED}\x0b{FORGED}\x85{FORGED}\u2028{FORGED} {STEERING}"
# A hook of an outlet that tells what it could not read, as any might.
HOOK = (
    "    def links(self, response, source):\n"
    "        self.logger.warning('cannot read %s', response.text)\n"
    "        raise ValueError(response.text)\n"
)
OFF = {name: order for name, order in EXTENSIONS.items() if "PrintableLogs" not in name}
OFF["crawler.logs.PrintableLogs"] = None  # type: ignore[assignment]


class Both:
    """The same crawl as it is, and with the records that Python makes."""

    def __init__(self, lab: Lab) -> None:
        host = lab.host()
        host.put("/hook", HOSTILE)
        lab.outlet("hook", host.url("/hook"), HOOK)
        location = f"/m\u202e\x85{STEERING[1:6]}".encode().decode("latin-1")
        host.make = lambda path: (
            Page(b"", status=302, location=re.sub(r"[\x00-\x1f]", "", location))
            if path == "/moved"
            else None
        )
        links = [host.url("/moved"), host.url(f"/{STEERING}"), f"http://x{STEERING}.invalid/"]
        feed = host.link_feed("/feed", *links)
        host.put("/feed", host.pages["/feed"].body.decode().translate({7: "", 27: ""}))
        lab.outlet("links", feed)
        host.headers["/headers"] = {"ETag": "\u202e\x9b31m", "X": "\x9b\u202e"}
        host.put("/headers", "", kind="text/\x9b31m\u202ehtml")
        lab.outlet("headers", host.link_feed("/more", host.url("/headers")))
        self.guarded: Crawled = lab.crawl()
        self.without: Crawled = lab.crawl(EXTENSIONS=OFF)


@pytest.fixture(scope="module")
def both(shared_lab: Lab) -> Both:
    return Both(shared_lab)


def forged(log: str) -> list[str]:
    return [line for line in log.splitlines() if line.startswith("2026-01-01")]


def test_no_line_of_the_log_can_be_forged(both: Both) -> None:
    assert "FORGED" in both.guarded.log
    assert forged(both.guarded.log) == []
    assert forged(both.without.log), "without the guard"


def test_log_and_notes_hold_no_control_characters(both: Both) -> None:
    outcomes = "\n".join(note for _, note in both.guarded.outcomes.values())
    pages = "\n".join(f"{url} {reason}" for url, (_, reason) in both.guarded.pages.items())
    for text in (both.guarded.log, outcomes, pages):
        assert [c for c in text if not c.isprintable() and c != "\n"] == []
    assert len(both.guarded.pages) >= 2


def test_json_on_the_terminal_holds_no_control_characters() -> None:
    shown = as_json({"title": f"خبر {STEERING}\x7f\U000e0001"})
    assert "خبر" in shown
    assert [c for c in shown if not c.isprintable() and c != "\n"] == []
