"""The section of an article, as the way to it from the front page names it."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from itertools import islice

from lxml.html import HtmlElement

from crawler.extract import jsonld
from crawler.extract.furniture import name_pattern, names_of
from crawler.extract.loader import Candidate, plain
from crawler.extract.page import Page
from crawler.extract.title import same_words
from crawler.extract.tree import text_of

MOST_STEPS = 10
LONGEST_STEP = 5
"""Words of a section's name."""

_NAME = name_pattern("breadcrumb* crumbs bread-crumb*")
_LIST = frozenset(("BreadcrumbList",))
_HOME = frozenset(("الرئيسية", "الرئيسيه", "الصفحة الرئيسية", "البداية", "home", "homepage"))


def crumbs(page: Page) -> list[Candidate]:
    """The last step before the article, by the page's JSON-LD and by its visible breadcrumbs."""
    described = [node for node in page.nodes if jsonld.has_type(node, _LIST)]
    ways = [(_described_steps(node), "jsonld") for node in described[:1]]
    ways += [(_shown_steps(element), "breadcrumb") for element in islice(_shown(page), 1)]
    return [
        Candidate(sections[-1], source)
        for steps, source in ways
        if (sections := [step for step in steps if _is_section(page, step)])
    ]


def _described_steps(node: jsonld.Node) -> list[str]:
    listed = node.get("itemListElement")
    steps = listed if isinstance(listed, list) else [listed]
    found = []
    for step in steps[:MOST_STEPS]:
        if isinstance(step, dict):
            said = jsonld.strings(step.get("name")) or jsonld.strings(step.get("item"))
            found += [plain(text) for text in said[:1]]
    return found


@lru_cache(maxsize=8192)
def _is_crumbs_name(names: str) -> bool:
    return bool(_NAME.search(names.lower()))


def _shown(page: Page) -> Iterator[HtmlElement]:
    for element in page.tree.iter("nav", "div", "ol", "ul", "p", "section", "span"):
        if _is_crumbs_name(names_of(element)) and next(element.iter("a"), None) is not None:
            yield element


def _shown_steps(element: HtmlElement) -> list[str]:
    return [text_of(link) for link in islice(element.iter("a"), MOST_STEPS)]


def _is_section(page: Page, step: str) -> bool:
    """Whether a step is neither the front page nor the article itself nor an address."""
    if not 0 < len(step.split()) <= LONGEST_STEP or "://" in step:
        return False
    if step.casefold() in _HOME or any(same_words(step, name) for name in page.own_names):
        return False
    return not any(title.value.startswith(step.rstrip(".… ")) for title in page.titles)
