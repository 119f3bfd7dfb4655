"""Where on a page the article's text stands, told by where its prose gathers."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from functools import cached_property
from itertools import compress

from lxml.html import HtmlElement

from crawler.extract.comments import comment_blocks
from crawler.extract.furniture import (
    declares_text,
    is_beside,
    is_furniture,
    is_plain_furniture,
)
from crawler.extract.phrases import is_notice
from crawler.extract.tree import Line, lines

PROSE_WORDS = 8
"""Words from which an unlinked line counts as prose."""

_SENTENCE_WORDS = 5
"""The same, where the line ends as a sentence does."""
_PARAGRAPHS = frozenset(
    ("p", "li", "blockquote", "h2", "h3", "h4", "h5", "h6", "pre", "center", "br", "dd")
)
_SHARES = (1.0, 0.6, 0.3)
"""Weight of a line's prose for the block around it and the two blocks around that."""
_DECLARED_BONUS = 1.5
_MOST_PROSE = 0.5
_LEAST_PROSE = 20
"""Words of prose that, beside long comments, are the article."""
_CONTINUES = 0.1
_SENTENCE_END = re.compile(r"[.؟!…»\"”:،]\s*$")


def is_prose(line: Line) -> bool:
    """Whether the line is running text of a newsroom, not a link, label or notice."""
    is_long = line.words >= PROSE_WORDS or (
        line.words >= _SENTENCE_WORDS and bool(_SENTENCE_END.search(line.text))
    )
    return is_long and line.linked * 2 <= line.words and not is_notice(line.text, line.words)


class Structure:
    """The prose of a page, and how it is spread over the page's elements."""

    def __init__(self, tree: HtmlElement, titles: Collection[str] = ()) -> None:
        body = tree.find("body")
        self.root = tree if body is None else body
        self._titles = titles
        self._furniture: dict[HtmlElement, bool] = {}
        self._cut: list[Line] = []
        self._uncut = lines(self.root)

    def each_line(self) -> Iterator[Line]:
        """The visible lines of the page, cut only as far as they are asked for."""
        yield from self._cut
        for line in self._uncut:
            self._cut.append(line)
            yield line

    @cached_property
    def all_lines(self) -> list[Line]:
        """The visible lines of the page."""
        return list(self.each_line())

    @cached_property
    def lines(self) -> list[Line]:
        """The lines outside furniture and comments."""
        return [line for line in self.all_lines if not self.in_furniture(line.element)]

    @cached_property
    def comments(self) -> set[HtmlElement]:
        """The elements that hold readers' comments."""
        return comment_blocks(self.all_lines, self._is_prose)

    @cached_property
    def _is_prose(self) -> list[bool]:
        return [is_prose(line) and line.text not in self._titles for line in self.all_lines]

    @cached_property
    def _prose(self) -> list[Line]:
        return list(compress(self.all_lines, self._is_prose))

    @cached_property
    def _words(self) -> dict[HtmlElement, int]:
        """How many words of prose each element holds."""
        return _words_under(self.root, self._prose)

    def in_furniture(self, element: HtmlElement) -> bool:
        """Whether the element or one around it is furniture; what holds half the prose is not."""
        path = []
        known = False
        for node in _upwards(element, self.root):
            if node in self._furniture:
                known = self._furniture[node]
                break
            path.append(node)
        for node in reversed(path):
            known = known or (node is not self.root and self._is_furniture(node))
            self._furniture[node] = known
        return known

    def _is_furniture(self, element: HtmlElement) -> bool:
        if element in self.comments:
            return True
        if not is_furniture(element):
            return False
        inside, total = self._words[element], self._words[self.root]
        if inside <= total * _MOST_PROSE:
            return True
        return total - inside >= _LEAST_PROSE and is_beside(element)

    def main_block(self) -> HtmlElement | None:
        """The element that holds the article's text, or None when the page has no prose."""
        scores: dict[HtmlElement, float] = defaultdict(float)
        prose = [line for line in self._prose if not self.in_furniture(line.element)]
        for line in prose:
            around = (
                node for node in _upwards(line.element, self.root) if node.tag not in _PARAGRAPHS
            )
            for share, node in zip(_SHARES, around, strict=False):
                scores[node] += share * line.words
        if not scores:
            return None
        best = max(
            scores, key=lambda node: scores[node] * (_DECLARED_BONUS if declares_text(node) else 1)
        )
        return self._widened(best, _words_under(self.root, prose))

    def _widened(self, block: HtmlElement, prose: dict[HtmlElement, int]) -> HtmlElement:
        """``block``, or the element around it when the text goes on beside it."""
        inner = block
        for around in block.iterancestors():
            if around is self.root or around.tag in ("main", "html") or declares_text(block):
                break
            beside = [child for child in around if child is not inner and prose.get(child)]
            inner = around
            more = sum(prose[child] for child in beside)
            if more < prose[block] * _CONTINUES:
                continue
            if any(_is_teaser(child) for child in beside):
                break
            block = around
        return block


def block_lines(block: HtmlElement, without: Iterable[HtmlElement] = ()) -> list[Line]:
    """The lines of ``block`` without furniture; told by tag only if that took most of the text."""
    left_out = set(without)
    told_by_name = []

    def is_to_skip(element: HtmlElement) -> bool:
        if is_plain_furniture(element):
            return True
        if is_left_out := is_furniture(element):
            told_by_name.append(element)
        return is_left_out

    careful = list(lines(block, skip=is_to_skip, without=left_out))
    if not told_by_name:
        return careful
    plain = list(lines(block, skip=is_plain_furniture, without=left_out))
    kept, all_words = (
        sum(line.words for line in found if is_prose(line)) for found in (careful, plain)
    )
    return careful if kept >= all_words * _MOST_PROSE else plain


def _is_teaser(element: HtmlElement) -> bool:
    """Whether the element shows another article: a headline or picture that is a link."""
    for link in element.iter("a"):
        if (
            link.find(".//img") is not None
            or link.find(".//h2") is not None
            or link.find(".//h3") is not None
        ):
            return True
        parent = link.getparent()
        if parent is not None and parent.tag in ("h2", "h3", "h4", "h5"):
            return True
    return False


def _upwards(element: HtmlElement, root: HtmlElement) -> Iterator[HtmlElement]:
    node = element
    while node is not None:
        yield node
        if node is root:
            return
        node = node.getparent()


def _words_under(root: HtmlElement, prose: Iterable[Line]) -> dict[HtmlElement, int]:
    words: dict[HtmlElement, int] = defaultdict(int)
    for line in prose:
        for node in _upwards(line.element, root):
            words[node] += line.words
    return words
