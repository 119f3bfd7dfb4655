"""The pretend web over real HTTP."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from html import unescape
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import quote, unquote, urlsplit

import pytest
from lxml import etree
from lxml.html import document_fromstring

from demo.manifest import Truth
from demo.newsroom import Newsroom, build
from demo.server import DemoServer
from demo.sites import SITES

ROOT = Path(__file__).resolve().parents[2]
LISTINGS = (
    "https://furat.example/Rss/SectionNewsRSS?id=1",
    "https://hudud.example/category/politics/feed/",
    "https://mawj.example/sitemap.xml",
    "https://mawj.example/news-sitemap-1.xml",
    "https://minbar.example/ar/politics/feed.xml",
    "https://minbar.example/ar/news-sitemap.xml",
    "https://badia.example/section/politics?page=1",
    "http://nakhil.example/list.asp?cat=1",
    "https://jisr.example/section/politics",
    "https://sahel.example/section/politics",
)
"""A source of each kind of each outlet that works."""


class Reader:
    """A small client: the address chooses the Host header, the connection is always loopback."""

    def __init__(self, port: int) -> None:
        self.connection = HTTPConnection("127.0.0.1", port, timeout=10)

    def get(self, url: str, **headers: str) -> tuple[int, dict[str, str], bytes]:
        parts = urlsplit(url)
        path = quote(parts.path, safe="/%") + (f"?{parts.query}" if parts.query else "")
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        self.connection.request("GET", path, headers={"Host": parts.netloc, **named})
        response = self.connection.getresponse()
        return response.status, dict(response.headers), response.read()

    def page(self, url: str) -> tuple[str, bytes]:
        """The media type and body, after a redirect."""
        status, headers, body = self.get(url)
        if status == 301:
            status, headers, body = self.get(headers["Location"])
        assert status == 200, url
        return headers["Content-Type"], body


@pytest.fixture(scope="module")
def newsroom() -> Newsroom:
    return build(120, seed=2)


@pytest.fixture(scope="module")
def server(newsroom: Newsroom) -> Iterator[DemoServer]:
    with DemoServer(newsroom) as server:
        yield server


@pytest.fixture
def reader(server: DemoServer, newsroom: Newsroom) -> Iterator[Reader]:
    server.show(newsroom)
    server.requests.clear()
    reader = Reader(server.port)
    yield reader
    reader.connection.close()


def visible(truth: Truth, content_type: str, body: bytes) -> str:
    """The text of a page, with that of its scripts, read in the charset that it declares."""
    if truth.outlet == "nakhil":
        assert content_type == "text/html"
        assert b"charset=windows-1256" in body
        text = body.decode("windows-1256")
    else:
        assert content_type == "text/html; charset=utf-8"
        text = body.decode()
    return document_fromstring(text).text_content()


def test_every_address_shows_its_article(reader: Reader, newsroom: Newsroom) -> None:
    for truth in newsroom.manifest.articles:
        for url in truth.urls:
            text = visible(truth, *reader.page(url))
            assert truth.title in text
            for paragraph in truth.body:
                assert paragraph in text


def test_pages_hold_more_than_the_article(reader: Reader, newsroom: Newsroom) -> None:
    for truth in newsroom.manifest.articles[:30]:
        text = visible(truth, *reader.page(truth.urls[0]))
        assert "جميع الحقوق محفوظة" in text


def test_one_outlet_shows_but_the_beginning_of_its_texts(newsroom: Newsroom) -> None:
    pieces = newsroom.pieces_of("minbar")
    site = SITES["minbar"](pieces)
    for piece in pieces:
        answer = site.respond(site.hosts[0], unquote(urlsplit(site.urls(piece)[0]).path), {})
        assert answer
        page = document_fromstring(answer.render().decode())
        for script in page.xpath("//script"):
            script.drop_tree()
        shown = " ".join(page.find("body").text_content().split())
        assert piece.body[0][:100] in shown
        assert not any(paragraph in shown for paragraph in piece.body)


@pytest.mark.parametrize("url", LISTINGS)
def test_a_known_listing_is_not_sent_again(reader: Reader, url: str) -> None:
    status, headers, body = reader.get(url)
    assert (status, bool(body)) == (200, True)
    tag, date = headers["ETag"], headers["Last-Modified"]
    assert reader.get(url, If_None_Match=tag)[0] == 304
    assert reader.get(url, If_None_Match=tag)[2] == b""
    assert reader.get(url, If_Modified_Since=date)[0] == 304
    assert reader.get(url, If_None_Match='"other"', If_Modified_Since=date)[0] == 200
    assert reader.get(url, If_Modified_Since="Sun, 01 Mar 2026 00:00:00 GMT")[0] == 200
    assert reader.get(url, If_Modified_Since="yesterday")[0] == 200


def test_a_known_article_is_not_sent_again(reader: Reader, newsroom: Newsroom) -> None:
    for truth in newsroom.manifest.articles[:30]:
        _, headers, _ = reader.get(truth.urls[0])
        assert reader.get(truth.urls[0], If_None_Match=headers["ETag"])[0] == 304
        assert reader.get(truth.urls[0], If_Modified_Since=headers["Last-Modified"])[0] == 304


@pytest.mark.parametrize("url", [url for url in LISTINGS if url.endswith((".xml", "/", "id=1"))])
def test_feeds_and_sitemaps_are_well_formed(reader: Reader, url: str) -> None:
    root = etree.fromstring(reader.page(url)[1])
    assert len(root) > 0


def test_the_edited_edition_renews_its_validators(
    server: DemoServer, reader: Reader, newsroom: Newsroom
) -> None:
    edited = newsroom.edited()
    before = {truth.key: reader.get(truth.urls[0])[1] for truth in newsroom.manifest.articles}
    sitemap = reader.get("https://mawj.example/sitemap.xml")[1]
    server.show(edited)
    for truth in edited.manifest.articles:
        status, headers, body = reader.get(truth.urls[0], If_None_Match=before[truth.key]["ETag"])
        if truth.key not in edited.manifest.changes:
            assert status == 304
            continue
        assert headers["Last-Modified"] != before[truth.key]["Last-Modified"]
        assert truth.title in unescape(body.decode())
        assert truth.body[-1] in unescape(body.decode())
    assert any(key.startswith("mawj") for key in edited.manifest.changes)
    url = "https://mawj.example/sitemap.xml"
    assert reader.get(url, If_None_Match=sitemap["ETag"])[0] == 200


def test_a_feed_tells_of_the_change(server: DemoServer, reader: Reader, newsroom: Newsroom) -> None:
    edited = newsroom.edited()
    server.show(edited)
    feeds = [f"https://furat.example/Rss/SectionNewsRSS?id={number}" for number in range(1, 5)]
    updated = b"".join(reader.page(url)[1] for url in feeds).count(b"<atom:updated>2026-03-09T")
    assert updated == sum(key.startswith("furat:") for key in edited.manifest.changes) > 0


def test_every_host_has_robots_txt(reader: Reader) -> None:
    for site in SITES.values():
        for host in site.hosts:
            status, _, body = reader.get(f"https://{host}/robots.txt")
            assert (status, body) == (200, b"User-agent: *\nAllow: /\n")


@pytest.mark.parametrize(
    ("url", "status"),
    [
        ("https://sarab.example/feed", 503),
        ("https://sarab.example/", 503),
        ("https://sahel.example/rss.xml", 404),
        ("https://furat.example/story/1", 404),
        ("https://furat.example/story/99999999999999999999", 404),
        ("https://hudud.example/?p=1", 404),
        ("https://minbar.example/ar/2026/03/05/x-1", 404),
        ("https://minbar.example/ar/nothing/feed.xml", 404),
        ("http://nakhil.example/news.asp?id=x", 404),
        ("http://nakhil.example/news.asp", 404),
        ("https://unknown.example/", 404),
        ("https://localhost/", 404),
    ],
)
def test_what_is_not_there(reader: Reader, url: str, status: int) -> None:
    assert reader.get(url)[0] == status


def test_requests_are_recorded(server: DemoServer, reader: Reader) -> None:
    reader.get("http://nakhil.example/list.asp?cat=1", If_None_Match='"x"')
    (record,) = server.requests
    assert (record.host, record.path) == ("nakhil.example", "/list.asp?cat=1")
    assert (record.status, record.conditional) == (200, True)


SERVER = [sys.executable, "-m", "demo.server", "--articles", "60"]


def test_the_server_by_itself_says_where_it_listens_and_how_it_ends() -> None:
    with subprocess.Popen(
        [*SERVER, "--port", "0", "--faults", "7"],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            assert process.stdout is not None
            first = process.stdout.readline()
            process.send_signal(signal.SIGINT)
            _, errors = process.communicate(timeout=20)
        finally:
            process.kill()
    assert first.startswith("http://127.0.0.1:")
    assert "three answers in ten fail (Ctrl-C ends it)" in first
    assert (process.returncode, errors) == (0, "")


def test_a_port_in_use_is_one_line() -> None:
    with socket.create_server(("127.0.0.1", 0)) as busy:
        port = str(busy.getsockname()[1])
        done = subprocess.run(
            [*SERVER, "--port", port], cwd=ROOT, capture_output=True, text=True, timeout=20
        )
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.count("\n") == 1
    assert f"port {port}" in done.stderr
    assert "name another with --port" in done.stderr
