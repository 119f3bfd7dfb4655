"""Where on a page the article's text stands, told by where its prose gathers."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from functools import cached_property
from itertools import compress, islice

from lxml.html import HtmlElement

from crawler.extract.comments import comment_blocks
from crawler.extract.furniture import (
    declares_text,
    is_beside,
    is_furniture,
    is_plain_furniture,
    names_of,
)
from crawler.extract.phrases import is_notice
from crawler.extract.tree import Line, Lines, lines, text_of

PROSE_WORDS = 8
"""Words from which an unlinked line counts as prose."""

_SENTENCE_WORDS = 5
"""The same, where the line ends as a sentence does."""
_HEADLINE_WORDS = 4
_FEW_TEASERS = 2
_MANY_TEASERS = 3
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
_PICTURE = re.compile(r"\.(?:jpe?g|png|webp|gif)(?:$|\?)", re.I)
"""A link to a picture shows it larger; it leads to no other article."""
_FLAT_WORDS = 100
_FLAT_PARTS = 3
_FRAMES = 3
"""Steps from a picture up to what may hold its caption too."""
_MOST_PICTURES = 100
_LONGEST_CAPTION = 60
_SHORT_CAPTION = 16
"""Words that, inside the text, are a caption even where nothing calls them so."""
_SENTENCE_END = re.compile(r"[.؟!…»\"”:،]\s*$")


def is_prose(line: Line) -> bool:
    """Whether the line is running text of a newsroom, not a link, label or notice."""
    is_long = line.words >= PROSE_WORDS or (
        line.words >= _SENTENCE_WORDS and bool(_SENTENCE_END.search(line.text))
    )
    return is_long and line.linked * 2 <= line.words and not is_notice(line.text, line.words)


class Structure:
    """The prose of a page, and how it is spread over the page's elements."""

    def __init__(self, shown: Lines, titles: Collection[str]) -> None:
        self.root = shown.root
        self._shown = shown
        self._titles = titles
        self._furniture: dict[HtmlElement, bool] = {}

    @cached_property
    def all_lines(self) -> list[Line]:
        """The visible lines of the page."""
        return list(self._shown)

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
        copies = _flat_copies(self.all_lines)
        return [
            is_prose(line) and line.text not in self._titles and i not in copies
            for i, line in enumerate(self.all_lines)
        ]

    @cached_property
    def _prose(self) -> list[Line]:
        return list(compress(self.all_lines, self._is_prose))

    @cached_property
    def _words(self) -> dict[HtmlElement, int]:
        """How many words of prose each element holds."""
        return _words_under(self.root, self._prose)

    @cached_property
    def _headlines(self) -> dict[HtmlElement, int]:
        """How many lines each element holds that are all link, as the headlines of teasers are."""
        count: dict[HtmlElement, int] = defaultdict(int)
        for line in filter(is_linked_headline, self.all_lines):
            for node in _upwards(line.element, self.root):
                count[node] += 1
        return count

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
            is_whole = declares_text(block) and not _has_intro(block)
            if around is self.root or around.tag in ("main", "html") or is_whole:
                break
            beside = [child for child in around if child is not inner]
            inner = around
            more = sum(prose.get(child, 0) for child in beside)
            if more < prose[block] * _CONTINUES:
                if any(self._headlines[child] >= _MANY_TEASERS for child in beside):
                    break
                continue
            outside = _not_between(beside, around, prose)
            if any(
                _is_teaser(child) or self._headlines[child] >= _FEW_TEASERS for child in outside
            ):
                break
            block = around
        return block


def _not_between(
    beside: Iterable[HtmlElement], around: HtmlElement, prose: dict[HtmlElement, int]
) -> list[HtmlElement]:
    """The elements that hold prose, or stand before or behind all that does in ``around``."""
    places = [i for i, child in enumerate(around) if prose.get(child)]
    between = set(around[places[0] : places[-1]])
    return [child for child in beside if prose.get(child) or child not in between]


def block_lines(block: HtmlElement, without: Iterable[HtmlElement] = ()) -> list[Line]:
    """The lines of ``block`` without furniture; told by tag only if that took most of the text."""
    left_out = {*without, *_captioned(block)}
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


def _flat_copies(found: Sequence[Line]) -> set[int]:
    """The lines that hold a whole text once more, which other lines show by paragraphs."""
    copies = set()
    for i, line in enumerate(found):
        if line.words >= _FLAT_WORDS:
            parts = (
                each
                for each in found
                if PROSE_WORDS <= each.words < line.words and each.text in line.text
            )
            if len(list(islice(parts, _FLAT_PARTS))) == _FLAT_PARTS:
                copies.add(i)
    return copies


def frame_of(picture: HtmlElement) -> HtmlElement | None:
    """The element that holds a picture and, of text, no more than may be its caption."""
    for around in islice(picture.iterancestors(), _FRAMES):
        if text := text_of(around):
            is_caption = text.count(" ") < _LONGEST_CAPTION and not _is_split(around)
            return around if is_caption else None
    return None


def _is_split(element: HtmlElement) -> bool:
    """Whether a heading or more than two lines stand in the element."""
    heading = next(element.iter("h1", "h2", "h3", "h4", "h5", "h6"), None)
    return heading is not None or len(list(islice(lines(element), 3))) > 2


def _captioned(block: HtmlElement) -> Iterator[HtmlElement]:
    """The frames of pictures inside the text whose few words are no sentence."""
    for picture in islice(block.iter("img"), _MOST_PICTURES):
        frame = frame_of(picture)
        if frame is None or frame is block or _is_icon(picture, frame):
            continue
        text = text_of(frame)
        if text.count(" ") < _SHORT_CAPTION and not _SENTENCE_END.search(text):
            yield frame


def _has_intro(block: HtmlElement) -> bool:
    """Whether the block before is called the introduction, and no teaser."""
    before = block.getprevious()
    said = "" if before is None else names_of(before).lower()
    return "intro" in said and next(before.iter("a", "img"), None) is None


def _is_icon(picture: HtmlElement, frame: HtmlElement) -> bool:
    """Whether a picture is part of a line: an emoji, or what a list has for a bullet."""
    is_bullet = frame.tag == "li" and picture.getparent() is frame and (picture.tail or "").strip()
    return bool(is_bullet) or "emoji" in (picture.get("class") or "")


def _is_teaser(element: HtmlElement) -> bool:
    """Whether the element shows another article: a headline or picture that is a link."""
    for link in element.iter("a"):
        if (
            (link.find(".//img") is not None and not _PICTURE.search(link.get("href") or ""))
            or link.find(".//h2") is not None
            or link.find(".//h3") is not None
        ):
            return True
        parent = link.getparent()
        if parent is not None and parent.tag in ("h2", "h3", "h4", "h5"):
            return True
    return False


def is_linked_headline(line: Line) -> bool:
    """Whether a line is long enough to be a headline, and a link to another page."""
    return line.linked >= _HEADLINE_WORDS and line.linked * 5 >= line.words * 4


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
