"""What is watched: the watchlist file, its terms and the matcher over them."""

from __future__ import annotations

from pathlib import Path

from watchlist.file import WatchlistError, read
from watchlist.matcher import Hit, Match, Watchlist
from watchlist.watch import MATCHING_VERSION, Watch

__all__ = [
    "MATCHING_VERSION",
    "Hit",
    "Match",
    "Watch",
    "Watchlist",
    "WatchlistError",
    "load",
]


def load(path: str | Path) -> Watchlist:
    """Read a watchlist file.

    :raises WatchlistError: the file cannot be read, or anything in it is not understood.
    """
    return Watchlist(read(Path(path)))
