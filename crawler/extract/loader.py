"""The item loader of articles: gives raw values their shape and remembers where each came from."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Any

from itemloaders import ItemLoader
from itemloaders.processors import Join, MapCompose, TakeFirst

from crawler.extract.tree import collapse

_REFERENCE = re.compile(r"&#?\w+;")
_TAG = re.compile(r"<(?:/?[A-Za-z][^<>]*|!--[^<>]*--)>")
_TAG_SEPARATORS = re.compile(r"[,،;؛|#\n]")
MOST_TAGS = 40


@dataclass(slots=True, frozen=True)
class Candidate:
    """A value a page offers for a field, as it stands there, and the source that gave it.

    ``refused`` says in a few words why it is not believed; empty when it may be.
    """

    value: str
    source: str
    refused: str = ""

    def but(self, refused: str) -> Candidate:
        """The same, refused for that reason."""
        return replace(self, refused=refused)


def unescape(text: str) -> str:
    """A text without its character references, of which each ends in a semicolon: an address in it
    may have a parameter ``copy``."""
    return _REFERENCE.sub(lambda found: html.unescape(found[0]), text) if "&" in text else text


def plain(value: str) -> str:
    """``value`` on one line, without markup and character references."""
    return collapse(_TAG.sub(" ", unescape(value)))


def paragraphs(value: str) -> list[str]:
    """The non-empty lines of ``value``, each without surplus spaces."""
    return [line for part in value.splitlines() if (line := collapse(part))]


def split_tags(value: str) -> list[str]:
    """The tags of a list written as one string."""
    return [tag for part in _TAG_SEPARATORS.split(unescape(value)) if (tag := plain(part))]


def distinct(values: Iterable[str]) -> list[str]:
    """``values`` without repetitions, in order, at most ``MOST_TAGS``."""
    return list(dict.fromkeys(values))[:MOST_TAGS]


class ArticleLoader(ItemLoader):
    """Loads an article's fields from candidates: the first that is not empty wins.

    ``chosen`` is the winning candidate of each loaded field. Processors stand in the class alone:
    a plain dict has no fields that could name others.
    """

    default_item_class = dict
    default_input_processor = MapCompose(plain)
    default_output_processor = TakeFirst()
    body_in = MapCompose(paragraphs)
    body_out = Join("\n")
    image_url_in = MapCompose(str.strip)
    tags_in = MapCompose(split_tags)
    tags_out = staticmethod(distinct)

    def __init__(self) -> None:
        super().__init__()
        self.chosen: dict[str, Candidate] = {}

    def get_input_processor(self, field_name: str) -> Callable[..., Any]:
        """What shapes the values of a field as they are added."""
        return getattr(self, f"{field_name}_in", self.default_input_processor)

    def get_output_processor(self, field_name: str) -> Callable[..., Any]:
        """What makes one value of those that were added to a field."""
        return getattr(self, f"{field_name}_out", self.default_output_processor)

    def add_candidates(self, field: str, candidates: Iterable[Candidate]) -> None:
        """Load ``field`` from the first candidate that is not refused and leaves something."""
        for candidate in candidates:
            if candidate.refused:
                continue
            self.add_value(field, candidate.value)
            if any(self.get_collected_values(field)):
                self.chosen[field] = candidate
                return
