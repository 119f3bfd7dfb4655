"""The text of an article: by selector, JSON-LD, the page's structure or trafilatura."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import islice

from lxml.html import HtmlElement

from crawler.extract.jsonld import Node, strings
from crawler.extract.loader import Candidate, paragraphs, unescape
from crawler.extract.page import Page
from crawler.extract.structure import block_lines
from crawler.extract.tree import Line, lines, parse, printable
from crawler.extract.trim import trim

FEWEST_WORDS = 5
"""Shortest text that counts as a body: a news flash is one line."""
FEWEST_GENERIC_WORDS = 20

_AGREES = 0.7
_LEAST_OF_PAGE = 0.75
"""Share of the page's text below which the JSON-LD text is taken as cut short."""
_RUN = 3
_MOST_DESCRIBED = 2
_MARKUP = re.compile(r"</?[a-zA-Z][^<>]*>")
_WORD = re.compile(r"\w+")


@dataclass(slots=True)
class Body:
    """Offered texts, best first, and the element the text stands in, if it is on the page."""

    candidates: list[Candidate]
    block: HtmlElement | None = None
    lines: list[Line] = field(default_factory=list)
    """All that stands in ``block`` but furniture and comments."""

    @property
    def best(self) -> Candidate | None:
        """The text that is believed."""
        return next((each for each in self.candidates if not each.refused), None)

    @property
    def words(self) -> int:
        """Words of the text that is believed."""
        return _words(self.best.value) if self.best else 0


def read_body(page: Page) -> Body:
    """The article's text by the first source that carries it; generically when none does."""
    if page.layout.body:
        block, text = _selected(page, page.layout.body)
        selected = _judged(Candidate(text, "selector"))
        if not selected.refused:
            return Body([selected], block)
    block = page.structure.main_block()
    found = [] if block is None else block_lines(block, page.structure.comments)
    shown = _trimmed(page, found)
    texts = (_described(node) for node in page.articles)
    described = list(islice(filter(None, texts), _MOST_DESCRIBED))
    candidates = [_from_jsonld(page, text, shown) for text in described]
    candidates.append(_judged(Candidate(_join(shown), "structure")))
    if all(candidate.refused for candidate in candidates):
        candidates += _generic(page)
    return Body(candidates, block, found)


def _judged(candidate: Candidate) -> Candidate:
    words = _words(candidate.value)
    if not words:
        return candidate.but("no text there")
    return candidate if words >= FEWEST_WORDS else candidate.but(f"only {words} words")


def _selected(page: Page, selector: str) -> tuple[HtmlElement | None, str]:
    blocks, dropped = page.blocks(selector), page.blocks(page.layout.drop)
    found = [line for block in blocks for line in block_lines(block, dropped)]
    return (blocks[0] if blocks else None), _join(_trimmed(page, found))


def _described(node: Node) -> str:
    """The text of a JSON-LD article, of which a list holds the paragraphs.

    Many a system leaves character references in it; those beside markup are the parser's.
    """
    text = "\n".join(strings(node.get("articleBody")))
    if _MARKUP.search(text):
        return text
    return printable(unescape(text))


def _from_jsonld(page: Page, text: str, shown: list[Line]) -> Candidate:
    """The JSON-LD text: as the page's paragraphs when both agree, alone when it has none."""
    described = _described_lines(page, text)
    theirs = _runs(_join(described))
    offered = _judged(Candidate(_join(described), "jsonld"))
    if offered.refused or not theirs:
        return offered.but(offered.refused or "too few words to compare")
    if _is_cut_short(text):
        return offered.but("cut short: it ends with …")
    agreeing = [line for line in shown if _agrees(line.text, theirs)]
    said, on_page = _words(_join(described)), _words(_join(shown))
    common = _words(_join(agreeing))
    if common >= said * _AGREES and common >= on_page * _LEAST_OF_PAGE:
        return _judged(Candidate(_join(agreeing), "jsonld"))
    if on_page < said / 2 and common >= on_page * _AGREES:
        return offered
    return offered.but(f"the page shows {on_page} words of text, {common} of them in it")


def _is_cut_short(text: str) -> bool:
    return text.rstrip().removesuffix("]").rstrip().endswith(("...", "…"))


def _described_lines(page: Page, text: str) -> list[Line]:
    if not _MARKUP.search(text):
        plain = (Line(each, each.count(" ") + 1, 0, page.tree) for each in paragraphs(text))
        return _trimmed(page, list(plain))
    fragment = parse(text)
    return [] if fragment is None else _trimmed(page, list(lines(fragment)))


def _generic(page: Page) -> list[Candidate]:
    """What trafilatura takes for the text, when nothing on the page looks like prose to us."""
    import trafilatura  # slow to import, and few pages need it

    text = trafilatura.extract(page.tree, fast=True, include_comments=False, include_tables=False)
    fragment = parse("<p>" + "</p><p>".join(paragraphs(text or "")))
    found = "" if fragment is None else _join(_trimmed(page, list(lines(fragment))))
    return [Candidate(found, "generic")] if _words(found) >= FEWEST_GENERIC_WORDS else []


def _trimmed(page: Page, found: Sequence[Line]) -> list[Line]:
    titles = page.all_titles | page.declared_writers
    return trim(found, titles=titles, names=page.own_names)


def _join(found: Sequence[Line]) -> str:
    return "\n".join(line.text for line in found)


def _words(text: str) -> int:
    """Words of joined lines: between two of them stands one space or break."""
    return text.count(" ") + text.count("\n") + 1 if text else 0


def _runs(text: str) -> set[tuple[str, ...]]:
    words = _WORD.findall(text)
    return set(zip(*(words[i:] for i in range(_RUN)), strict=False))


def _agrees(line: str, runs: set[tuple[str, ...]]) -> bool:
    own = _runs(line)
    return bool(own) and len(own & runs) >= len(own) * _AGREES
