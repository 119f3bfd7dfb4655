"""Pages with what a reader finds on them: real ones, and the project's own fictional ones."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from datetime import time as clock
from pathlib import Path

from crawler.catalogue import load_all
from crawler.discover import on_site
from crawler.extract import Layout, decode
from crawler.outlet import OutletSpider
from crawler.settings import SPIDER_MODULES

ROOT = Path(__file__).resolve().parents[2]
REAL_PAGES = ROOT / "../shared/eval"
SAVED = "https://page.example/saved"
NOW = datetime(2026, 3, 2, tzinfo=UTC)
MIDNIGHT = clock(0)


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


def instant(text: str | None) -> datetime | None:
    """The time that ISO 8601 ``text`` states; naive where it states no zone."""
    try:
        return datetime.fromisoformat(text or "")
    except ValueError:
        return None
