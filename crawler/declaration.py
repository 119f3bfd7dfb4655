"""What the class of an outlet declares."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from crawler.discover import Source
from crawler.extract import Layout


class Outlet:
    """The attributes of an outlet; ``docs/add-an-outlet.md`` explains each."""

    name: str
    """File name = spider name = fixture folder = key in the database."""
    title: ClassVar[str] = ""
    """The outlet's own name, as it prints it (also cut from the end of its titles)."""
    country: ClassVar[str | None] = None
    """ISO 3166-1 code of where it is published from."""
    timezone: str | None = None
    """IANA zone of the times that its pages print; None = unknown: such times give the day only."""
    language: ClassVar[str] = "ar"
    domains: Sequence[str] = ()
    """Its hosts, mirrors too; the first one is the home."""
    sources: Sequence[Source] = ()
    article: str | None = None
    """Regular expression of an article's address; the group ``key`` is the outlet's own id."""
    layouts: ClassVar[Sequence[Layout]] = ()
    """Selectors, the newest page design first; none = generic extraction reads the page."""
    names: ClassVar[Sequence[str]] = ()
    """Further names under which it signs titles and texts."""

    @classmethod
    def columns(cls) -> dict[str, object]:
        """The outlet's row in table ``outlets``."""
        return {
            "title": cls.title,
            "country": cls.country,
            "timezone": cls.timezone,
            "home_url": f"https://{cls.domains[0]}/" if cls.domains else None,
            "language": cls.language,
            "domains": list(cls.domains),
            "sources": [{"kind": s.kind, "url": s.url} for s in cls.sources],
        }
