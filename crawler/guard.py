"""Guard: only public addresses are asked, and what the operator wrote himself."""

from __future__ import annotations

import socket
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_address,
    ip_network,
)
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import urlsplit
from urllib.request import getproxies

from scrapy.exceptions import CannotResolveHostError, IgnoreRequest
from scrapy.resolver import CachingThreadedResolver
from twisted.internet.error import DNSLookupError

from crawler import discover

if TYPE_CHECKING:
    from scrapy import Spider
    from scrapy.crawler import Crawler
    from scrapy.http import Request
    from scrapy.settings import BaseSettings
    from twisted.internet.base import ReactorBase
    from twisted.internet.defer import Deferred

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network
PORTS = {"http": 80, "https": 443}

_NAT64 = IPv6Network("64:ff9b::/96")  # RFC 6052
_GLOBAL_UNICAST = IPv6Network("2000::/3")  # RFC 4291 §2.4 and the IANA registry
# What the standard library of some Python calls global: 6to4 and its relays, Teredo and its
# neighbours, documentation.
_NOT_PUBLIC = [
    ip_network(text) for text in ("192.88.99.0/24", "2001::/23", "2002::/16", "3fff::/20")
]

REFUSED: dict[str, str] = {}
"""Names that the resolver refused, with their address: its errors carry no text to Scrapy."""


class GuardError(IgnoreRequest):
    """A request that is not sent; ``answered``: whether a server led here by a redirect."""

    def __init__(self, reason: str, *, answered: bool) -> None:
        super().__init__(reason)
        self.answered = answered


class PermitError(ValueError):
    """A bad entry of PRIVATE_ADDRESSES; the message is one line with the cure."""


def is_public(ip: Address) -> bool:
    """Whether an address is globally routable unicast (RFC 6890, the IANA registries).

    An IPv6 address that stands for an IPv4 one (mapped, NAT64) is judged by that one.
    """
    if isinstance(ip, IPv6Address):
        if ip.ipv4_mapped:
            return is_public(ip.ipv4_mapped)
        if ip in _NAT64:
            return is_public(IPv4Address(int(ip) & 0xFFFFFFFF))
        if ip not in _GLOBAL_UNICAST:
            return False
    if any(ip in network for network in _NOT_PUBLIC):
        return False
    return ip.is_global and not ip.is_multicast and not ip.is_reserved


def literal(host: str) -> Address | None:
    """The address that a host is written as, in each form that a resolver would take (``127.1``,
    ``0x7f.1``, ``2130706433``, ``localhost``: RFC 6761 §6.3); None for a name."""
    host = host.lower().rstrip(".")
    if host == "localhost" or host.endswith(".localhost"):
        return IPv4Address("127.0.0.1")
    try:
        return ip_address(host.strip("[]"))
    except ValueError:
        pass
    try:
        return IPv4Address(socket.inet_aton(host))
    except (OSError, ValueError):
        return None


@dataclass(slots=True, frozen=True)
class Permits:
    """What the operator permits beside public addresses: networks, and hosts at one port each."""

    networks: Sequence[Network] = ()
    origins: frozenset[tuple[str, int]] = frozenset()

    def covers(self, ip: Address) -> bool:
        """Whether an address may be asked at any port."""
        return is_public(ip) or any(ip in network for network in self.networks)

    def names(self, host: str) -> bool:
        """Whether a host is permitted at some port."""
        return any(host == known for known, _ in self.origins)

    def joined(self, origins: Iterable[tuple[str, int]]) -> Permits:
        """These permits and further origins."""
        return Permits(self.networks, self.origins.union(origins))


def read_permits(entries: Iterable[str]) -> Permits:
    """The permits of setting PRIVATE_ADDRESSES: networks, addresses, or ``host:port``.

    Raises PermitError.
    """
    networks: list[Network] = []
    origins: set[tuple[str, int]] = set()
    for entry in filter(None, map(str.strip, entries)):
        try:
            networks.append(ip_network(entry))
        except ValueError:
            try:
                host, port = _origin(f"http://{entry}/")
            except ValueError:
                host, port = "", 0
            if not entry.endswith(f":{port}") or set("/@") & set(entry):
                raise PermitError(
                    f"PRIVATE_ADDRESSES: {entry!r} is no network and no host with its port; write"
                    " them as 10.0.0.0/8 and intranet.example:8080"
                ) from None
            origins.add((host, port))
    return Permits(networks, frozenset(origins))


def written(urls: Iterable[str]) -> Iterator[tuple[str, int]]:
    """The origins of those addresses whose host is a literal or ``localhost``: no server of names
    can bend them."""
    for url in urls:
        try:
            host, port = _origin(url)
        except ValueError:
            continue
        if literal(host):
            yield host, port


def permits_of(settings: BaseSettings, spider: type[Spider]) -> Permits:
    """What the settings permit, and the class of an outlet by its sources and domains."""
    urls = [discover.first_url(source) for source in getattr(spider, "sources", ())]
    for domain in getattr(spider, "domains", ()):
        urls += [f"{scheme}://{domain}/" for scheme in PORTS]
    return read_permits(settings.getlist("PRIVATE_ADDRESSES")).joined(written(urls))


def proxies() -> list[tuple[str, int]]:
    """The proxies that the environment names: the operator's word too."""
    found = []
    for address in getproxies().values():
        try:
            found.append(_origin(address if "://" in address else f"http://{address}"))
        except ValueError:
            continue  # ``no_proxy`` stands among them, and is no address
    return found


def _origin(url: str) -> tuple[str, int]:
    """Host (an address in its plain form) and port. Raises ValueError for what has none."""
    parts = urlsplit(url)
    if not parts.hostname:
        raise ValueError(f"{url}: names no host")
    host = parts.hostname.rstrip(".")
    port = parts.port if parts.port is not None else PORTS.get(parts.scheme, 0)
    return str(literal(host) or host), port


class GuardMiddleware:
    """Downloader middleware, before all others: schemes, and hosts that are written as addresses.

    Redirects and robots.txt are requests too, so they pass here. What a name stands for is seen by
    the resolver alone; its refusal becomes a GuardError here.
    """

    def __init__(self, permits: Permits) -> None:
        self.permits = permits
        self.resolvable = permits.joined(proxies())

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(permits_of(crawler.settings, crawler.spidercls))

    def process_request(self, request: Request) -> None:
        """Raise GuardError for a request that must not be sent."""
        if reason := self.objection(request.url):
            raise GuardError(reason, answered=_was_led(request))

    def process_exception(self, request: Request, exception: Exception) -> None:
        """Raise GuardError for a name that the resolver refused."""
        host = urlsplit(request.url).hostname or ""
        if isinstance(exception, CannotResolveHostError) and host in REFUSED:
            reason = f"host resolves to a private address ({REFUSED[host]})"
            raise GuardError(reason, answered=_was_led(request)) from exception

    def objection(self, url: str) -> str | None:
        """Why an address must not be asked, or None."""
        scheme = url.partition(":")[0].lower()
        if scheme not in PORTS:
            return f"not a web address ({scheme})"
        try:
            host, port = _origin(url)
        except ValueError:
            return "not a web address"
        ip = literal(host)
        free = self.permits.covers(ip) if ip else not self.resolvable.names(host)
        if free or (host, port) in self.permits.origins:
            return None
        return f"not a public address ({host})"


class GuardResolver(CachingThreadedResolver):
    """Refuses names whose address is not public. The address that is judged is the one that is
    connected to, so a name that changes its address gains nothing. IPv4 only, as its base.

    One for all crawls of a process: which port of a permitted host may be asked, and by which
    outlet, is the middleware's to say.
    """

    def __init__(
        self, reactor: ReactorBase, cache_size: int, timeout: float, permits: Permits | None = None
    ) -> None:
        super().__init__(reactor, cache_size, timeout)
        self.permits = permits or Permits()

    @classmethod
    def from_crawler(cls, crawler: Any, reactor: ReactorBase) -> Self:
        """Scrapy gives its process in place of a crawler; it knows the crawls that will run."""
        resolver = super().from_crawler(crawler, reactor)
        permits = read_permits(crawler.settings.getlist("PRIVATE_ADDRESSES")).joined(proxies())
        for each in crawler.crawlers:
            permits = permits.joined(permits_of(each.settings, each.spidercls).origins)
        resolver.permits = permits
        return resolver

    def getHostByName(self, name: str, timeout: Sequence[int] = ()) -> Deferred[str]:
        """Look a name up. Fails with DNSLookupError for one that must not be connected to."""
        return super().getHostByName(name, timeout).addCallback(self._judged, name.lower())

    def _judged(self, address: str, name: str) -> str:
        REFUSED.pop(name, None)
        host = str(literal(name) or name.rstrip("."))
        if self.permits.covers(ip_address(address)) or self.permits.names(host):
            return address
        REFUSED[name] = address
        raise DNSLookupError(f"{name} resolves to a private address ({address})")


def _was_led(request: Request) -> bool:
    return bool(request.meta.get("redirect_times"))
