"""Whose an element's microdata is: the article's own, or that of something beside it."""

from __future__ import annotations

from collections.abc import Collection

from lxml.html import HtmlElement

from crawler.extract.furniture import is_elsewhere
from crawler.extract.jsonld import ARTICLE_TYPES, PAGE_TYPES
from crawler.extract.tree import collapse, text_of

PUBLISHED = frozenset(("datepublished", "datecreated"))
MODIFIED = frozenset(("datemodified",))
_RDFA = {
    **dict.fromkeys(("dc:date", "dc:created", "dc:issued", "dcterms:created"), "datepublished"),
    **dict.fromkeys(("dc:modified", "dcterms:modified"), "datemodified"),
}
_OWN_TYPES = ARTICLE_TYPES | PAGE_TYPES | {"CreativeWork"}
_MOST_HEADLINES = 5


def date_properties(element: HtmlElement) -> frozenset[str]:
    """Those of datepublished, datecreated and datemodified that the element is said to be."""
    said = (element.get("itemprop") or "").lower().split()
    if element.tag != "meta":  # those are read by name
        said += (element.get("property") or "").lower().split()
    if not said:
        return frozenset()
    named = {_RDFA.get(name, name.rpartition(":")[2].rpartition("/")[2]) for name in said}
    return (PUBLISHED | MODIFIED) & named


class Surroundings:
    """What holds the article on its page: ``marks`` are its headline and its text."""

    def __init__(self, marks: Collection[HtmlElement], titles: Collection[str]) -> None:
        self._titles = titles
        self._around: set[HtmlElement] = set(marks)
        for mark in marks:
            self._around.update(mark.iterancestors())
        self._scopes: dict[HtmlElement, bool] = {}
        self._apart: dict[HtmlElement, bool] = {}

    def hold(self, element: HtmlElement) -> bool:
        """Whether the element is or holds the headline or the text."""
        return element in self._around

    def is_apart(self, element: HtmlElement) -> bool:
        """Whether the element stands in a comment, a picture, a teaser or a bar."""
        path = []
        node: HtmlElement | None = element
        while node is not None and node not in self._apart:
            path.append(node)
            node = node.getparent()
        is_apart = node is not None and self._apart[node]
        for node in reversed(path):
            is_apart = is_apart or self._begins_other(node)
            self._apart[node] = is_apart
        return is_apart

    def _begins_other(self, node: HtmlElement) -> bool:
        """Whether the element, which may stand in the article, is itself something else."""
        return not self.hold(node) and (is_elsewhere(node) or node.tag == "article")

    def is_own(self, element: HtmlElement) -> bool:
        """Whether the element states something of the article: not apart, in no foreign scope."""
        if self.is_apart(element):
            return False
        scopes = (node for node in element.iterancestors() if node.get("itemscope") is not None)
        scope = next(scopes, None)
        return scope is None or self._is_own_scope(scope)

    def _is_own_scope(self, scope: HtmlElement) -> bool:
        if scope not in self._scopes:
            self._scopes[scope] = _may_be_article(scope) and (
                self.hold(scope) or self._has_headline(scope)
            )
        return self._scopes[scope]

    def _has_headline(self, scope: HtmlElement) -> bool:
        found = scope.iterfind(".//*[@itemprop]")
        named = (each for each in found if each.get("itemprop") in ("headline", "name"))
        for _, each in zip(range(_MOST_HEADLINES), named, strict=False):
            if collapse(each.get("content") or "") in self._titles or text_of(each) in self._titles:
                return True
        return False


def _may_be_article(scope: HtmlElement) -> bool:
    types = [name.rsplit("/", 1)[-1] for name in (scope.get("itemtype") or "").split()]
    return not types or any(name.endswith("Article") or name in _OWN_TYPES for name in types)
