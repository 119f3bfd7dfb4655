"""Only public addresses are asked, whichever way a page points at others."""

from __future__ import annotations

import sys

import pytest

from tests.security.conftest import EVERYTHING, Lab, fake_names

LITERALS = ("127.0.0.1", "localhost", "127.1", "2130706433", "0x7f.1", "0177.0.0.1")


def test_no_link_redirect_name_map_or_robots_txt_leads_to_a_private_address(lab: Lab) -> None:
    host, canary = lab.host(), lab.host()
    at = canary.port
    links = [f"http://{literal}:{at}/literal-{literal}" for literal in LITERALS]
    lab.outlet("literals", host.link_feed("/literals", *links))
    moved = host.redirect("/moved", canary.url("/by-redirect"))
    lab.outlet("redirect", host.link_feed("/redirects", moved))
    lab.outlet("moved", host.redirect("/feed-moved", canary.url("/source-by-redirect")))
    names = fake_names({"intranet.test": ["127.0.0.1"]})
    named = f"http://intranet.test:{at}/by-name"
    lab.outlet("names", host.link_feed("/names", named), names)
    index = f"<sitemapindex><sitemap><loc>{canary.url('/by-map')}</loc></sitemap></sitemapindex>"
    host.put("/index.xml", index)
    lab.outlet("maps", host.url("/index.xml"), kind="NewsSitemap")
    odd = lab.host()
    odd.redirect("/robots.txt", canary.url("/by-robots"))
    lab.outlet("robots", odd.link_feed("/feed", odd.url("/a")))
    private = "http://10.255.255.1/a", "http://169.254.169.254/latest/meta-data/", "http://[::1]/x"
    lab.outlet("elsewhere", host.link_feed("/elsewhere", *private))

    guarded = lab.crawl(RETRY_TIMES=2)
    assert canary.asked == []
    assert "retry/" not in guarded.log
    assert {guarded.pages[link] for link in (*links, moved)} == {
        ("failed", "not a public address (127.0.0.1)")
    }
    status, reason = guarded.pages[named]
    assert status == "failed"
    assert reason.endswith("host resolves to a private address (127.0.0.1)")
    assert [guarded.pages[link][1] for link in private] == [
        "not a public address (10.255.255.1)",
        "not a public address (169.254.169.254)",
        "not a public address (::1)",
    ]
    for outlet in ("moved", "maps", "robots"):
        status, note = guarded.outcomes[outlet]
        assert status in ("failed", "degraded")
        assert "not a public address (127.0.0.1)" in note

    (lab.press.folder / "elsewhere.py").unlink()
    lab.crawl(PRIVATE_ADDRESSES=EVERYTHING)
    hit = set(canary.paths()) - {"/robots.txt"}
    ways = {"/by-redirect", "/source-by-redirect", "/by-name", "/by-map", "/by-robots"}
    assert hit == ways | {f"/literal-{literal}" for literal in LITERALS}, (
        "without the guard the canary is hit"
    )


@pytest.mark.skipif(sys.platform != "linux", reason="needs all of 127.0.0.0/8")
def test_a_name_that_changes_its_address_gains_nothing(lab: Lab) -> None:
    """127.0.0.2 stands for the public address that the name shows first."""
    host = lab.host("127.0.0.2")
    canary = lab.host()
    pages = [f"http://rebind.test:{host.port}/{n}" for n in range(3)]
    inner = f"http://rebind.test:{canary.port}/inner"
    feed = f"http://rebind.test:{host.port}/feed"
    host.link_feed("/feed", *pages, inner)
    # robots.txt and the feed, then the change.
    lab.outlet("rebind", feed, fake_names({"rebind.test": ["127.0.0.2", "127.0.0.2", "127.0.0.1"]}))
    settings = {"DNSCACHE_ENABLED": False, "CONCURRENT_REQUESTS_PER_DOMAIN": 1}
    guarded = lab.crawl(PRIVATE_ADDRESSES="127.0.0.2", **settings)
    assert host.paths()[:2] == ["/robots.txt", "/feed"]
    assert canary.asked == []
    assert guarded.pages[inner][1].endswith("host resolves to a private address (127.0.0.1)")
    lab.crawl(PRIVATE_ADDRESSES=EVERYTHING, **settings)
    assert "/inner" in canary.paths(), "without the guard the canary is hit"


def test_an_outlet_is_permitted_its_own_origin_and_no_others(lab: Lab) -> None:
    """What one outlet's class names is no permission for another outlet, nor another port."""
    one, two = lab.host(), lab.host()
    for host, other in ((one, two), (two, one)):
        host.put_article("/own", host.port)
        host.link_feed("/feed", host.url("/own"), other.url("/others"))
    lab.outlet("one", one.url("/feed"))
    lab.outlet("two", f"http://localhost:{two.port}/feed")
    crawled = lab.crawl()
    assert [crawled.pages[host.url("/own")][0] for host in (one, two)] == ["stored", "stored"]
    assert "/others" not in one.paths() + two.paths()
    permitted = lab.crawl(PRIVATE_ADDRESSES=f"127.0.0.1:{one.port}, 127.0.0.1:{two.port}")
    assert "/others" in one.paths()
    assert "/others" in two.paths()
    assert permitted.pages[one.url("/own")][0] == "stored"
