"""Guard: which addresses are public, how hosts may be written, what an operator permits.

tests/security/ attacks it over real connections.
"""

from __future__ import annotations

import subprocess
import sys
from ipaddress import ip_address

import pytest
from scrapy.exceptions import CannotResolveHostError
from scrapy.http import Request
from scrapy.resolver import CachingThreadedResolver
from scrapy.settings import Settings
from twisted.internet import defer
from twisted.internet.error import DNSLookupError

from crawler import fetch, guard
from crawler.discover import Feed, Section
from crawler.guard import GuardError, GuardMiddleware, GuardResolver, PermitError, Permits

PRIVATE = [
    "0.0.0.0", "10.0.0.5", "100.64.0.1", "127.0.0.1", "127.8.8.8", "169.254.169.254", "172.16.0.1",
    "192.0.0.1", "192.0.2.1", "192.88.99.1", "192.168.1.1", "198.18.0.1", "198.51.100.1",
    "203.0.113.1", "224.0.0.1", "239.1.1.1", "240.0.0.1", "255.255.255.255",
    "::", "::1", "::127.0.0.1", "::ffff:127.0.0.1", "::ffff:10.0.0.5", "64:ff9b::7f00:1",
    "64:ff9b::a00:5", "64:ff9b:1::1", "100::1", "2001:0:7f00:1::", "2001:db8::1", "2002:7f00:1::",
    "2002:a00:5::1", "3fff::1", "5f00::1", "fc00::1", "fd12::1", "fe80::1", "fe80::1%eth0",
    "fec0::1", "ff02::1", "ff0e::1",
]  # fmt: skip
PUBLIC = ["8.8.8.8", "93.184.216.34", "1.1.1.1", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808"]  # fmt: skip  # noqa: E501


@pytest.mark.parametrize("ip", PRIVATE)
def test_what_is_not_public(ip: str) -> None:
    assert not guard.is_public(ip_address(ip))


@pytest.mark.parametrize("ip", PUBLIC)
def test_what_is_public(ip: str) -> None:
    assert guard.is_public(ip_address(ip))


@pytest.mark.parametrize(
    ("host", "ip"),
    [
        *[(host, "127.0.0.1") for host in ("127.0.0.1", "127.1", "127.0.1", "2130706433")],
        *[(host, "127.0.0.1") for host in ("0x7f.1", "0x7f000001", "0177.0.0.1", "127.0.0.1.")],
        *[(host, "127.0.0.1") for host in ("localhost", "LOCALHOST.", "a.localhost")],
        ("0", "0.0.0.0"),
        ("[::1]", "::1"),
        ("::ffff:7f00:1", "::ffff:127.0.0.1"),
        *[(host, None) for host in ("a.example", "", "localhost.example", "127.0.0.1.example")],
        *[(host, None) for host in ("خبر.example", "1.2.3.4.5", "x" * 300)],
    ],
)
def test_how_an_address_may_be_written(host: str, ip: str | None) -> None:
    assert guard.literal(host) == (ip and ip_address(ip))


class Alpha:
    """An outlet's class as far as the guard reads it."""

    sources = [
        Feed("http://127.0.0.1:8000/feed"),
        Section("http://localhost:8001/p/{page}", pages=3),
        Feed("https://10.1.1.1/feed"),
        Feed("http://intranet.example:8080/feed"),
        Feed("http://[oops"),
    ]
    domains = ("192.168.0.9", "a.example")


def middleware(private: str = "") -> GuardMiddleware:
    return GuardMiddleware(guard.permits_of(Settings({"PRIVATE_ADDRESSES": private}), Alpha))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "url",
    [
        *("http://127.0.0.1:8000/a", "http://127.1:8000/a", "http://localhost:8000/a"),
        *("http://127.0.0.1:8001/p/2", "https://10.1.1.1/b", "http://192.168.0.9/"),
        *("https://a.example/", "http://8.8.8.8:8080/", "http://intranet.example/"),
        "https://[2606:4700::1111]/",
    ],
)
def test_what_may_be_asked(url: str) -> None:
    middleware().process_request(Request(url))


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("http://127.0.0.1:6379/", "not a public address (127.0.0.1)"),
        ("http://127.0.0.1/", "not a public address (127.0.0.1)"),
        ("http://localhost:6379/", "not a public address (127.0.0.1)"),
        ("http://127。0。0。1/", "not a public address (127.0.0.1)"),
        ("http://127.0.0.2:8000/", "not a public address (127.0.0.2)"),
        ("http://10.1.1.1/", "not a public address (10.1.1.1)"),
        ("http://[::1]:8000/", "not a public address (::1)"),
        ("http://[::ffff:7f00:1]/", "not a public address (::ffff:7f00:1)"),
        ("http://a@0x7f.1/", "not a public address (127.0.0.1)"),
        ("file:///etc/passwd", "not a web address (file)"),
        ("ftp://a.example/", "not a web address (ftp)"),
        ("data:,x", "not a web address (data)"),
        ("http:///x", "not a web address"),
        ("http://a.example:99999/", "not a web address"),
    ],
)
def test_what_may_not_be_asked(url: str, reason: str) -> None:
    request = Request("https://a.example/")
    address = Request(url).url if "99999" not in url else url
    assert middleware().objection(address) == reason
    if "99999" not in url:
        with pytest.raises(GuardError) as caught:
            middleware().process_request(request.replace(url=url))
        assert fetch.reason(caught.value) == reason
        assert not fetch.was_reached(caught.value)


def test_a_server_that_leads_astray_was_reached() -> None:
    request = Request("http://127.0.0.1/", meta={"redirect_times": 1})
    with pytest.raises(GuardError) as caught:
        middleware().process_request(request)
    assert fetch.was_reached(caught.value)


def test_what_the_setting_permits() -> None:
    made = middleware("10.0.0.0/8, 127.0.0.5 ,intranet.example:8080,[::1]:9000, ::2")
    for url in (
        *("http://10.9.9.9:1/", "http://127.0.0.5:6379/", "http://intranet.example:8080/"),
        *("http://[::1]:9000/", "http://[::2]:7/"),
    ):
        assert made.objection(url) is None, url
    refused = made.objection("http://intranet.example:22/")
    assert refused == "not a public address (intranet.example)"
    assert made.objection("http://[::1]:9001/") == "not a public address (::1)"


@pytest.mark.parametrize(
    "entry",
    ["intranet", "10.0.0.0/33", "10.0.0.1/8", "a:b", "http://a:80", "a:80/x", "[::1", ":80"],
)
def test_a_bad_entry_is_named_with_its_cure(entry: str) -> None:
    with pytest.raises(PermitError, match=r"PRIVATE_ADDRESSES: .*10\.0\.0\.0/8"):
        guard.read_permits([entry])


def test_a_bad_entry_costs_no_night(run) -> None:
    result = run("--url", "https://a.example", PRIVATE_ADDRESSES="10.0.0.0/99")
    assert result.code == 2
    assert "PRIVATE_ADDRESSES: '10.0.0.0/99' is no network" in result.err


# The resolver


class Looker:
    """A resolver whose look-ups give fixed addresses."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, permits: Permits, **names: str) -> None:
        self.resolver = GuardResolver(None, 0, 5.0, permits)  # type: ignore[arg-type]

        def look_up(_self: object, name: str, _timeout: object) -> defer.Deferred[str]:
            return defer.succeed(names[name.lower().removesuffix(".example")])

        monkeypatch.setattr(CachingThreadedResolver, "getHostByName", look_up)

    def look(self, name: str) -> object:
        found: list[object] = []
        self.resolver.getHostByName(name).addBoth(found.append)
        return getattr(found[0], "value", found[0])


def test_names_are_judged_by_their_address(monkeypatch: pytest.MonkeyPatch) -> None:
    permits = guard.read_permits(["192.168.0.0/16", "intranet.example:8080"])
    looker = Looker(
        monkeypatch,
        permits,
        good="8.8.8.8",
        evil="10.0.0.5",
        near="192.168.3.3",
        intranet="10.1.1.1",
    )
    assert looker.look("good.example") == "8.8.8.8"
    assert looker.look("near.example") == "192.168.3.3"
    assert looker.look("intranet.example") == "10.1.1.1"
    refused = looker.look("Evil.example")
    assert isinstance(refused, DNSLookupError)
    assert "10.0.0.5" in str(refused)


def test_the_reason_names_the_address(monkeypatch: pytest.MonkeyPatch) -> None:
    looker = Looker(monkeypatch, Permits(), evil="10.0.0.5")
    looker.look("evil.example")
    lost = CannotResolveHostError("no results for hostname lookup: evil.example")
    with pytest.raises(GuardError) as caught:
        middleware().process_exception(Request("http://evil.example/"), lost)
    assert fetch.reason(caught.value) == "host resolves to a private address (10.0.0.5)"
    middleware().process_exception(Request("http://gone.example/"), lost)
    looker = Looker(monkeypatch, Permits(), evil="8.8.8.8")
    looker.look("evil.example")
    middleware().process_exception(Request("http://evil.example/"), lost)


def test_a_proxy_of_the_environment_may_be_private(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", "http://proxy.example:3128")
    monkeypatch.setenv("https_proxy", "127.0.0.1:3129")
    assert {("proxy.example", 3128), ("127.0.0.1", 3129)} <= set(guard.proxies())
    made = middleware()
    assert made.objection("http://proxy.example:22/") == "not a public address (proxy.example)"
    assert made.objection("http://127.0.0.1:3129/") == "not a public address (127.0.0.1)"


QUICK = ["-s", "DOWNLOAD_DELAY=0", "-s", "AUTOTHROTTLE_ENABLED=0"]


def extract(url: str, *options: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "scrapy", "extract", url, *QUICK, *options]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)


def test_through_a_private_proxy_names_are_its_own_business(host, monkeypatch) -> None:
    for name in ("no_proxy", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("http_proxy", f"http://localhost:{host.port}")
    host.put_article("/own", 1)
    assert "وصول القافلة رقم 1" in extract("http://news.invalid/own").stdout
    assert host.paths() == ["/robots.txt", "/own"]


def test_one_page_by_hand_obeys_the_guard(host, web, monkeypatch) -> None:
    canary = web.host()
    canary.put_article("/inner", 1)
    host.put("/moved", "", status=302, location=canary.url("/inner"))
    monkeypatch.setenv("no_proxy", "*")

    moved = extract(host.url("/moved"))
    assert moved.returncode == 2
    assert "not a public address (127.0.0.1)" in moved.stderr
    assert canary.asked == []
    assert host.paths() == ["/robots.txt", "/moved"]
    permitted = extract(host.url("/moved"), "-s", f"PRIVATE_ADDRESSES=127.0.0.1:{canary.port}")
    assert "/inner" in canary.paths(), permitted.stderr
