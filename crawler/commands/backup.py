"""``scrapy backup``: a checked copy of the database, while a crawl runs."""

from __future__ import annotations

import argparse
import os
import sys
from datetime import UTC, datetime
from pathlib import Path

from crawler.bar import Bar
from crawler.command import (
    FAILED,
    OK,
    CommandError,
    RasidCommand,
    StopOnSignal,
    add_database_option,
)
from database.backup import FOLDER, BackupError, StoppedError, backup, mega, stamped, thin


class Command(RasidCommand):
    def syntax(self) -> str:
        return "[FILE | FOLDER] [--db F] [--keep N]"

    def short_desc(self) -> str:
        return "Copy the database to a new file, checked, while a crawl runs"

    def long_desc(self) -> str:
        return (
            self.short_desc() + f". Default: a file with the instant in its name, in {FOLDER}/"
            " beside the database. It never overwrites a file, and a backup that is stopped or"
            " killed leaves none behind. Exit codes: 0 done, 1 stopped, 2 no room, a wrong name,"
            " or a database that cannot be read or is damaged."
        )

    def add_own_options(self, parser: argparse.ArgumentParser) -> None:
        add_database_option(parser)
        parser.add_argument(
            "--keep",
            type=int,
            metavar="N",
            help="then remove all but the N newest of the backups with an instant in their name",
        )
        parser.add_argument("--quiet", action="store_true", help="no progress and no summary")

    def execute(self, args: list[str], opts: argparse.Namespace) -> int:
        database = self.database_path(opts)
        target = _target(args, opts, database)
        stopped = StopOnSignal()
        try:
            with Bar("copying", quiet=opts.quiet) as bar:
                made = backup(database, target, on_progress=bar.show, stop=lambda: stopped.asked)
        except BackupError as error:
            raise CommandError(str(error)) from error
        except StoppedError:
            print("stopped: there is no backup; run it again", file=sys.stderr)
            return FAILED
        removed = thin(database, target.parent, opts.keep) if opts.keep else []
        if not opts.quiet:
            print(
                f"{os.path.relpath(made.path)}: {mega(made.size)}, checked;"
                f" {mega(made.free)} free on its disk"
                + (f"; older backups removed: {len(removed)}" if removed else "")
            )
        return OK


def _target(args: list[str], opts: argparse.Namespace, database: Path) -> Path:
    """The file to write. Raises CommandError for arguments that do not fit together."""
    if len(args) > 1:
        raise CommandError(f"unexpected argument {args[1]!r}; name one file or folder")
    if opts.keep is not None and opts.keep < 1:
        raise CommandError(f"--keep {opts.keep}: give a number from 1")
    named = Path(args[0]).absolute() if args else database.parent / FOLDER
    if not args or named.is_dir():
        return named / stamped(database, datetime.now(UTC))
    if opts.keep is not None:
        raise CommandError(f"--keep: {args[0]} is no folder of backups; name one")
    return named
