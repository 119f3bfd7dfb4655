"""The base of Rasid's commands: an error that a user can cure is one line and exit code 2."""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import re
import signal
import sqlite3
import sys
from abc import abstractmethod
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import FrameType
from typing import ClassVar
from urllib.parse import SplitResult, urlsplit

from scrapy.commands import ScrapyCommand

from crawler.catalogue import OutletError
from crawler.guard import PermitError
from database.connection import DatabaseError
from database.failure import complaint
from watchlist import WatchlistError

OK, FAILED, MISUSED, LOCKED, UNREACHED = range(5)

_AGE = re.compile(r"(\d+)\s*([hdwmy])")
_UNITS = {"h": 1, "d": 24, "w": 7 * 24, "m": 30 * 24, "y": 365 * 24}
"""In hours."""


class CommandError(Exception):
    """Wrong usage or configuration; the message is one line with the cure."""


class RasidCommand(ScrapyCommand):
    """A command whose work is in ``execute``, which gives the exit code."""

    requires_project = True
    requires_crawler_process = False
    default_settings: ClassVar = {"LOG_ENABLED": False}

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        self.add_own_options(parser)

    def add_own_options(self, parser: argparse.ArgumentParser) -> None:
        """Hook: the command's own options."""

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        try:
            self._refuse_unknown_options(args)
            self.exitcode = self.execute(args, opts)
        except (CommandError, DatabaseError, OutletError, PermitError, WatchlistError) as error:
            self._complain(str(error))
        except sqlite3.Error as error:
            self._complain(complaint(self.database_path(opts), error))
        except BrokenPipeError:
            # The reader (head, less) has seen enough; Python would complain again at exit.
            with contextlib.suppress(OSError):
                os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        except OSError as error:
            self._complain(f"{error.filename or 'input'}: {error.strerror or error}; check it")

    @abstractmethod
    def execute(self, args: list[str], opts: argparse.Namespace) -> int:
        """Do the work and give the exit code: 0 healthy, 1 failed, 2 wrong usage, 3, 4 (README)."""

    def database_path(self, opts: argparse.Namespace) -> Path:
        """The database that ``--db`` or the setting DATABASE names."""
        assert self.settings is not None
        return Path(getattr(opts, "db", None) or self.settings["DATABASE"]).absolute()

    def spider_modules(self) -> list[str]:
        """The packages that hold the outlets."""
        assert self.settings is not None
        return list(self.settings.getlist("SPIDER_MODULES"))

    @property
    def command_name(self) -> str:
        """The name under which the user called the command."""
        return type(self).__module__.rpartition(".")[2]

    def _refuse_unknown_options(self, args: list[str]) -> None:
        for arg in args:
            if arg.startswith("-") and arg != "-":
                raise CommandError(
                    f"unknown option {arg}; `scrapy {self.command_name} -h` lists them"
                )

    def _complain(self, message: str) -> None:
        print(f"scrapy {self.command_name}: {message}", file=sys.stderr)
        self.exitcode = MISUSED


def as_json(value: object, *, indent: int | None = 2) -> str:
    """JSON for people and machines: Arabic as it is, but nothing that could steer a terminal."""
    shown = json.dumps(value, ensure_ascii=False, indent=indent)
    return "".join(c if c.isprintable() or c == "\n" else _escaped(c) for c in shown)


def _escaped(character: str) -> str:
    # The only ASCII character that JSON may leave as it is although it prints nothing.
    return "\\u007f" if character == "\x7f" else json.dumps(character)[1:-1]


class StopOnSignal:
    """Turns Ctrl-C and SIGTERM into a question that is asked between batches."""

    def __init__(self) -> None:
        self.asked = False
        signal.signal(signal.SIGINT, self._ask)
        signal.signal(signal.SIGTERM, self._ask)

    def _ask(self, _number: int, _frame: FrameType | None) -> None:
        self.asked = True


def add_database_option(parser: argparse.ArgumentParser, default: str = "data/rasid.db") -> None:
    """``--db``, the same in every command; ``default`` says which file it is without."""
    parser.add_argument("--db", metavar="F", help=f"the SQLite file (default: {default})")


def existing_file(name: str) -> Path:
    """The file that an argument names. Raises CommandError when it cannot be read."""
    path = Path(name)
    if path.is_dir():
        raise CommandError(f"{name}: is a folder; name a file")
    if not path.exists():
        raise CommandError(f"{name}: no such file; check the path")
    if not os.access(path, os.R_OK):
        raise CommandError(f"{name}: cannot be read; check its rights")
    return path


def split_address(url: str) -> SplitResult:
    """The parts of an address. Raises CommandError for what is none, as ``http://[``."""
    try:
        return urlsplit(url)
    except ValueError as error:
        raise CommandError(f"{url!r}: is no web address ({error})") from error


def moment(age: str, now: datetime, option: str = "--since") -> datetime:
    """The instant that ``--since`` means: an age before now, or a date.

    A month counts as 30 days, a year as 365. Raises CommandError for what is neither.
    """
    try:
        if match := _AGE.fullmatch(age.strip()):
            return now - timedelta(hours=_UNITS[match[2]] * int(match[1]))
        found = datetime.fromisoformat(age)
    except (ValueError, OverflowError):
        raise CommandError(
            f"{option} {age!r}: write 12h, 2d, 1w, 6m, 1y or a date as 2026-03-02"
        ) from None
    return found if found.tzinfo else found.replace(tzinfo=UTC)
