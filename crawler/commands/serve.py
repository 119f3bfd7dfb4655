"""``scrapy serve``: the desk on a database, in the browser."""

from __future__ import annotations

import argparse
import ipaddress
import os
import socket
import webbrowser
from contextlib import suppress
from pathlib import Path

from crawler.command import OK, CommandError, RasidCommand, add_database_option


class Command(RasidCommand):
    def syntax(self) -> str:
        return "[--db F] [--port N] [--host H] [--open]"

    def short_desc(self) -> str:
        return "Show the database in the browser (Datasette), until Ctrl-C"

    def add_own_options(self, parser: argparse.ArgumentParser) -> None:
        add_database_option(parser, "data/rasid.db, the demo's while that is missing")
        parser.add_argument("--port", type=int, default=8001, help="default 8001; 0: any free one")
        parser.add_argument("--host", default="127.0.0.1", help="default 127.0.0.1: this machine")
        parser.add_argument("--open", action="store_true", help="open the page in a browser")

    def execute(self, args: list[str], opts: argparse.Namespace) -> int:
        # Slow to import, and no other command needs them.
        import uvicorn

        from desk.app import build

        if args:
            raise CommandError(f"unexpected argument {args[0]!r}; name the file with --db")
        path = self._existing_database(opts)
        desk = build(path, default_allow_sql=_is_loopback(opts.host))
        config = uvicorn.Config(desk.app(), lifespan="on", log_level="warning")
        with _listen(opts.host, opts.port) as listening:
            address = _address(opts.host, listening)
            print(f"{address} shows {os.path.relpath(path)} (Ctrl-C ends it)", flush=True)
            if opts.open:
                webbrowser.open(address)
            with suppress(KeyboardInterrupt):
                uvicorn.Server(config).run(sockets=[listening])
        return OK

    def _existing_database(self, opts: argparse.Namespace) -> Path:
        """The database to show; the demo's where nothing was named and no crawl has run yet."""
        assert self.settings is not None
        path, demo = self.database_path(opts), Path(self.settings["DEMO_DATABASE"])
        return demo if opts.db is None and not path.exists() and demo.exists() else path


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family)
    except (OSError, OverflowError) as error:
        number = getattr(error, "errno", None)
        reason = os.strerror(number) if number and number > 0 else str(error)
        raise CommandError(
            f"cannot listen on {host} port {port} ({reason}); choose another with --port or --host"
        ) from error


def _address(host: str, listening: socket.socket) -> str:
    shown = f"[{host}]" if ":" in host else host
    return f"http://{shown}:{listening.getsockname()[1]}/"
