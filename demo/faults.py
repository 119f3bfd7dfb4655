"""Faults of the pretend web, by seed: resets, stalls, endless and cut answers, and worse."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Collection
from contextlib import suppress
from dataclasses import replace
from random import Random

from aiohttp import web

from demo import damage
from demo.damage import Damage, Sent

CHUNK = 64 * 1024
MOST_ENDLESS = 256 * 1024 * 1024
_BEAT = 0.2
"""Seconds between two bytes of a drip."""

Line = Callable[[asyncio.Transport, Sent, Random], Awaitable[None]]


class Faults:
    """Which answers are faulty, and how: by seed, host, path and how often the path was asked for.

    ``share`` of all answers fail, each in one of ``kinds`` (all that there are, unless named), as
    far as it fits; with ``clean_robots`` no robots.txt does. ``canary`` is an address on this
    machine that redirects lead to and that nobody may ask for.
    """

    def __init__(
        self,
        seed: int,
        *,
        share: float = 0.3,
        kinds: Collection[str] = (),
        clean_robots: bool = False,
        canary: str = "http://127.0.0.1:9/",
    ) -> None:
        if unknown := set(kinds) - set(KINDS):
            raise ValueError(f"no such fault: {', '.join(sorted(unknown))}")
        self.seed = seed
        self.share = share
        self.kinds = tuple(kinds) or KINDS
        self.clean_robots = clean_robots
        self.canary = canary
        self.met: Counter[str] = Counter()
        """Fault → how many answers had it."""
        self._asked: Counter[tuple[str, str]] = Counter()

    def choose(self, host: str, path: str, sent: Sent) -> tuple[str, Random] | None:
        """The fault of the next answer for a path, with its dice; None: this one is well."""
        self._asked[host, path] += 1
        dice = Random(f"{self.seed}:{host}:{path}:{self._asked[host, path]}")
        if dice.random() >= self.share or (self.clean_robots and path == "/robots.txt"):
            return None
        fitting = [kind for kind in self.kinds if _fits(kind, sent)]
        if not fitting:
            return None
        kind = dice.choice(fitting)
        self.met[kind] += 1
        return kind, dice

    async def answer(self, request: web.BaseRequest, host: str, sent: Sent) -> Sent | None:
        """What goes out in place of ``sent``: other or no content, or None when the fault has used
        the connection up."""
        if request.path.startswith(damage.LOOP):
            return damage.loop(sent, Random(request.path))
        if host == damage.PARKED:
            return damage.parked(sent, Random(0))
        chosen = self.choose(host, request.path_qs, sent)
        if chosen is None:
            return sent
        kind, dice = chosen
        if kind == "to_private":
            return Sent(b"", (("Location", self.canary),), 302)
        if kind in DAMAGES:
            return DAMAGES[kind](sent, dice)
        assert isinstance(request.transport, asyncio.Transport)
        with suppress(ConnectionError):
            await LINES[kind](request.transport, sent, dice)
        request.transport.abort() if kind.startswith("reset") else request.transport.close()
        return None


def _fits(kind: str, sent: Sent) -> bool:
    if kind in _XML_ONLY:
        return sent.is_xml
    return kind not in _HTML_ONLY or "html" in sent.content_type


def _head(sent: Sent, *more: tuple[str, str]) -> bytes:
    lines = [f"HTTP/1.1 {sent.status} OK", *(f"{n}: {v}" for n, v in (*sent.headers, *more))]
    return "\r\n".join([*lines, "Connection: close", "", ""]).encode()


def _length(size: int) -> tuple[str, str]:
    return "Content-Length", str(size)


def _part(sent: Sent, dice: Random) -> bytes:
    return sent.body[: int(len(sent.body) * dice.uniform(0.1, 0.9))]


async def reset_at_once(line: asyncio.Transport, sent: Sent, dice: Random) -> None:
    """No answer at all."""


async def reset_in_head(line: asyncio.Transport, sent: Sent, dice: Random) -> None:
    line.write(_head(sent)[: dice.randint(5, 60)])
    await asyncio.sleep(0.01)


async def reset_in_body(line: asyncio.Transport, sent: Sent, dice: Random) -> None:
    line.write(_head(sent, _length(len(sent.body))) + _part(sent, dice))
    await asyncio.sleep(0.01)


async def too_short(line: asyncio.Transport, sent: Sent, dice: Random) -> None:
    """Fewer bytes than Content-Length says, then the end."""
    line.write(_head(sent, _length(len(sent.body) + 1)) + _part(sent, dice))


async def too_long(line: asyncio.Transport, sent: Sent, dice: Random) -> None:
    """More bytes than Content-Length says."""
    line.write(_head(sent, _length(len(_part(sent, dice)))) + sent.body)


async def broken_chunks(line: asyncio.Transport, sent: Sent, dice: Random) -> None:
    """Chunks without the last one."""
    part = _part(sent, dice)
    line.write(_head(sent, ("Transfer-Encoding", "chunked")))
    line.write(f"{len(part):x}\r\n".encode() + part + b"\r\n")


async def bad_chunks(line: asyncio.Transport, sent: Sent, dice: Random) -> None:
    """Chunks whose length is no number."""
    line.write(_head(sent, ("Transfer-Encoding", "chunked")) + b"zzz\r\n" + sent.body)


async def no_length(line: asyncio.Transport, sent: Sent, dice: Random) -> None:
    """No length, and closed in the middle: nothing on the wire tells that more was to come."""
    line.write(_head(sent) + _part(sent, dice))


async def two_lengths(line: asyncio.Transport, sent: Sent, dice: Random) -> None:
    size = len(sent.body)
    line.write(_head(sent, _length(size), _length(size // 2)) + sent.body)


async def no_http(line: asyncio.Transport, sent: Sent, dice: Random) -> None:
    line.write(b"SSH-2.0-OpenSSH_9.2p1\r\n" + dice.randbytes(200))


async def long_head(line: asyncio.Transport, sent: Sent, dice: Random) -> None:
    """A header line without end."""
    line.write(_head(replace(sent, headers=(("X-Long", "x" * CHUNK * 4), *sent.headers))))


async def hang(line: asyncio.Transport, sent: Sent, dice: Random) -> None:
    """Nothing, until the client goes."""
    while not line.is_closing():
        await asyncio.sleep(_BEAT)


async def drip(line: asyncio.Transport, sent: Sent, dice: Random) -> None:
    """A byte now and then: never idle, never done."""
    line.write(_head(sent, _length(len(sent.body) + 1)))
    for byte in sent.body:
        if line.is_closing():
            return
        line.write(bytes((byte,)))
        await asyncio.sleep(_BEAT)


async def endless(line: asyncio.Transport, sent: Sent, dice: Random) -> None:
    """A page whose paragraphs never end."""
    line.write(_head(sent) + sent.body)
    block = b"<p>...</p>" * (CHUNK // 10)
    for _ in range(MOST_ENDLESS // CHUNK):
        if line.is_closing():
            return
        line.write(block)
        while line.get_write_buffer_size() > CHUNK and not line.is_closing():
            await asyncio.sleep(0.001)


LINES: dict[str, Line] = {
    line.__name__: line
    for line in (
        reset_at_once,
        reset_in_head,
        reset_in_body,
        too_short,
        too_long,
        broken_chunks,
        bad_chunks,
        no_length,
        two_lengths,
        no_http,
        long_head,
        hang,
        drip,
        endless,
    )
}
DAMAGES: dict[str, Damage] = {
    each.__name__: each for each in (*damage.ANY, *damage.XML_ONLY, *damage.HTML_ONLY)
}
KINDS = ("to_private", *LINES, *DAMAGES)
_XML_ONLY = {each.__name__ for each in damage.XML_ONLY}
_HTML_ONLY = {each.__name__ for each in damage.HTML_ONLY}
