"""What an outlet declares about its pages: one design, as CSS selectors."""

from __future__ import annotations

from dataclasses import dataclass, fields

from crawler.extract.tree import compile_css


@dataclass(slots=True, frozen=True)
class Layout:
    """CSS selectors of one page design, as Scrapy writes them (``::attr(name)`` is understood).

    ``drop`` selects the parts inside the body that are no article text. An outlet lists its
    designs newest first; the first whose ``body`` selects something is used.
    Raises ``ValueError`` naming the field when a selector is no CSS.
    """

    title: str | None = None
    subtitle: str | None = None
    body: str | None = None
    author: str | None = None
    published: str | None = None
    modified: str | None = None
    section: str | None = None
    tags: str | None = None
    image: str | None = None
    caption: str | None = None
    drop: str | None = None

    def __post_init__(self) -> None:
        for field in fields(self):
            selector = getattr(self, field.name)
            if selector is not None:
                try:
                    compile_css(selector)
                except ValueError as error:
                    raise ValueError(f"Layout.{field.name}: {selector!r}: {error}") from error
