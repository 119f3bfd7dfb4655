"""Settings that an operator may mistype, checked before any work."""

from __future__ import annotations

from datetime import datetime

from scrapy.settings import BaseSettings

from crawler.command import CommandError

STORES = ("all", "matching")
YEAR = 365 * 24 * 3600
WHOLE = {"PAGES_PER_OUTLET": 1, "RECHECKS_PER_OUTLET": 0, "WORKER_MEMORY": 1}
"""Whole numbers, and their least values."""
SECONDS = {
    **{"WORKER_PATIENCE": 1, "CLOSESPIDER_TIMEOUT": 0, "LONGEST_PATIENCE": 0},
    **{"POLL_SHORTEST": 0, "POLL_LONGEST": 0},
}
"""Seconds, and their least values; a year at most."""


def check_settings(settings: BaseSettings) -> None:
    """Raise CommandError for the first setting whose value nobody could obey."""
    if settings["STORE"] not in STORES:
        raise CommandError(f"STORE={settings['STORE']!r}: write {' or '.join(STORES)}")
    for name, least in WHOLE.items():
        if not _is_whole(settings[name], least):
            raise CommandError(f"{name}={settings[name]!r}: write a whole number from {least}")
    for name, least in SECONDS.items():
        if not _is_seconds(settings[name], least):
            raise CommandError(f"{name}={settings[name]!r}: write seconds from {least} to {YEAR}")
    if settings["NOW"] and not _is_instant(settings["NOW"]):
        raise CommandError(
            f"NOW={settings['NOW']!r}: write an instant with its offset, as 2026-03-02T12:00:00Z"
        )


def _is_whole(value: object, least: int) -> bool:
    try:
        return int(str(value)) >= least
    except ValueError:
        return False


def _is_seconds(value: object, least: int) -> bool:
    try:
        return least <= float(str(value)) <= YEAR  # false for NaN
    except ValueError:
        return False


def _is_instant(value: object) -> bool:
    try:
        return datetime.fromisoformat(str(value)).utcoffset() is not None
    except ValueError:
        return False
