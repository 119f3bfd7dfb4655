"""Completeness after real runs: what the host announced, and what became of each article."""

from __future__ import annotations

import pytest

STATES = ("stored", "waiting", "failed", "rejected", "gone")


@pytest.mark.parametrize("limit", ["2", "100"])
def test_each_announced_article_has_one_fate(run, press, host, limit: str) -> None:
    host.put_news(6)
    feed = [path for path in host.pages if path.startswith("/news/")]
    host.put("/news/1001", "", status=302, location=host.url("/news/1002"))
    host.put("/news/1003", "gone", status=404)
    host.put("/news/1004", "down", status=503)
    host.put("/news/1005", "%PDF", kind="application/pdf")
    host.put_article("/news/2001", 7)
    links = "".join(
        f"<p><a href='{host.url(path)}'>وصول القافلة {path} صباح اليوم</a></p>"
        for path in ("/news/1002", "/news/1006", "/news/2001")
    )
    host.put("/list", f"<html><body>{links}</body></html>")
    press.write(
        "alpha",
        "from crawler.outlet import Feed, OutletSpider, Section\n\n"
        "class Outlet(OutletSpider):\n"
        "    name = title = 'alpha'\n"
        "    domains = ['127.0.0.1']\n"
        f"    sources = [Feed({host.url('/feed')!r}), Section({host.url('/list')!r})]\n"
        "    article = r'/news/(?P<key>\\d+)$'\n",
    )
    for _ in range(2):
        run("alpha", "--limit", limit, SPIDER_MODULES=press.package)
        [row] = run.query(f"select discovered, {', '.join(STATES)} from completeness")
        announced = {*feed, "/news/2001"}
        one_of_two = row[1] > 0 and run.query(
            "select 1 from articles join article_urls on article = id"
            " group by id having count(*) > 1"
        )
        assert row[0] == len(announced) - bool(one_of_two)
        assert row[0] == sum(row[1:])
        assert sum(n for (n,) in run.query("select pages from rejections")) == sum(row[3:])
    if limit == "100":
        assert dict(zip(STATES, row[1:], strict=True)) == {
            **{"stored": 3, "waiting": 0, "failed": 1, "rejected": 1, "gone": 1}
        }
        assert run.query("select in_feed, in_section, in_several from completeness") == [(5, 3, 2)]
        reasons = run.query("select status, reason from rejections order by 1")
        assert reasons == [
            ("failed", "HTTP 503"),
            ("gone", "HTTP 404"),
            ("rejected", "no web page but application/pdf"),
        ]
