"""Robots.txt, a name to be known by, no cookies, no consoles, web addresses only: by default."""

from __future__ import annotations

import pytest

from tests.security.conftest import Crawled, Hostile, Lab

SECRET = "SECRET-OF-THIS-MACHINE"
SWITCHED_OFF = {
    "DOWNLOADER_MIDDLEWARES": {
        "crawler.guard.GuardMiddleware": None,
        "crawler.robots.RobotsMiddleware": None,
    },
    "DOWNLOAD_HANDLERS": {"file": "scrapy.core.downloader.handlers.file.FileDownloadHandler"},
    "ROBOTSTXT_OBEY": False,
    "COOKIES_ENABLED": True,
    "EXTENSIONS": {
        "crawler.report.OutletReport": 500,
        "scrapy.extensions.telnet.TelnetConsole": 0,
        "scrapy.extensions.remote_control.RemoteControl": 0,
    },
    "TELNETCONSOLE_ENABLED": True,
    "REMOTE_CONTROL_ENABLED": True,
    "USER_AGENT": "Mozilla/5.0",
}


class Both:
    """The same crawl as it is, and with every guard switched off."""

    def __init__(self, lab: Lab) -> None:
        self.host = lab.host()
        self.host.put("/robots.txt", "User-agent: *\nDisallow: /private\n", kind="text/plain")
        pages = [self.host.url(path) for path in ("/a", "/b", "/private/c")]
        lab.outlet("alpha", self.host.link_feed("/feed", *pages))
        lab.outlet("beta", self.host.link_feed("/feed-of-beta", self.host.url("/d")))
        for path in ("/feed", "/a", "/feed-of-beta"):
            self.host.headers[path] = {"Set-Cookie": f"id={path[1:]}; Path=/"}
        file = lab.folder / "feed.xml"
        file.write_text(
            f'<rss version="2.0"><channel><item><link>https://x.invalid/{SECRET}</link></item>'
            "</channel></rss>",
            encoding="utf-8",
        )
        lab.outlet("local", file.as_uri())
        self.guarded, self.sent = self.crawl(lab)
        self.without, self.sent_without = self.crawl(lab, **SWITCHED_OFF)

    def crawl(self, lab: Lab, **settings: object) -> tuple[Crawled, list[dict[str, str]]]:
        before = len(self.host.sent)
        crawled = lab.crawl(CONCURRENT_REQUESTS_PER_DOMAIN=1, **settings)
        return crawled, self.host.sent[before:]


@pytest.fixture(scope="module")
def both(shared_lab: Lab) -> Both:
    return Both(shared_lab)


def test_robots_txt_is_obeyed(both: Both) -> None:
    forbidden = both.host.url("/private/c")
    assert both.guarded.pages[forbidden] == ("failed", "forbidden by robots.txt")
    assert "/private/c" not in [each["path"] for each in both.sent]
    assert "/private/c" in [each["path"] for each in both.sent_without], "without the guard"


def test_every_request_says_who_asks(both: Both) -> None:
    assert both.sent
    assert all(each["User-Agent"].startswith("Rasid/") for each in both.sent)
    assert all(each["User-Agent"] == "Mozilla/5.0" for each in both.sent_without)


def test_no_cookie_is_sent_back_or_kept(both: Both) -> None:
    assert not [each for each in both.sent if "Cookie" in each]
    assert [each for each in both.sent_without if "Cookie" in each], "without the guard"
    dump = "\n".join(str(row) for row in both.guarded.query("select * from sources"))
    assert "id=feed" not in dump


def test_no_console_listens(both: Both) -> None:
    consoles = "console listening", "emote control"
    assert not [word for word in consoles if word in both.guarded.log]
    assert [word for word in consoles if word in both.without.log], "without the guard"


def test_only_web_addresses_are_asked(both: Both) -> None:
    status, note = both.guarded.outcomes["local"]
    assert status == "failed"
    assert "not a web address (file)" in note
    assert not [url for url in both.guarded.pages if SECRET in url]
    assert [url for url in both.without.pages if SECRET in url], "without the guard"


def test_a_redirect_to_a_file_is_not_followed(lab: Lab) -> None:
    host: Hostile = lab.host()
    secret = lab.folder / "secret.html"
    secret.write_text(SECRET, encoding="utf-8")
    targets = [secret.as_uri(), "ftp://127.0.0.1/x", f"data:text/html,{SECRET}", "gopher://x/"]
    links = [host.redirect(f"/{n}", target) for n, target in enumerate(targets)]
    lab.outlet("alpha", host.link_feed("/feed", *links, *targets, "javascript:alert(1)"))
    crawled = lab.crawl()
    assert crawled.pages == dict.fromkeys(links, ("failed", "HTTP 302"))
