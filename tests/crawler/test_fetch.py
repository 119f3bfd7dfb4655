"""Fetch: conditional headers, what an answer names, and failures as short reasons."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
)
from scrapy.http import HtmlResponse
from scrapy.spidermiddlewares.httperror import HttpError

from crawler import fetch
from crawler.robots import RobotsError
from database.sources import Validators

URL = "https://a.example/feed"


def answer(status: int = 200, **headers: str) -> HtmlResponse:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return HtmlResponse(URL, status=status, headers=named)


@pytest.mark.parametrize(
    ("known", "headers"),
    [
        (Validators(), {}),
        (Validators(etag='W/"7"'), {"If-None-Match": 'W/"7"'}),
        (Validators(last_modified="Mon"), {"If-Modified-Since": "Mon"}),
        (Validators('"7"', "Mon"), {"If-None-Match": '"7"', "If-Modified-Since": "Mon"}),
    ],
)
def test_what_is_known_is_sent_back(known: Validators, headers: dict[str, str]) -> None:
    assert fetch.conditional_headers(known) == headers


def test_validators_come_from_the_answer() -> None:
    assert fetch.found_validators(answer(ETag='"7"')) == Validators('"7"', None)
    assert fetch.found_validators(answer()) == Validators()


@pytest.mark.parametrize(
    ("header", "kind", "charset"),
    [
        ("text/html; charset=windows-1256", "text/html", "windows-1256"),
        ('Text/HTML;Charset="UTF-8"', "text/html", "UTF-8"),
        ("application/pdf", "application/pdf", None),
        ("text/\x7fhtml", "text/html", None),
        ("", "", None),
    ],
)
def test_the_content_type(header: str, kind: str, charset: str | None) -> None:
    response = answer(Content_Type=header)
    assert (fetch.content_type(response), fetch.charset(response)) == (kind, charset)


@pytest.mark.parametrize(
    ("error", "reason", "reached"),
    [
        (HttpError(answer(503)), "HTTP 503", True),
        (CannotResolveHostError("a.example"), "host name not found (DNS)", False),
        (DownloadConnectionRefusedError("111"), "connection refused", False),
        (DownloadTimeoutError("30 s"), "timed out", False),
        (
            DownloadFailedError("[('SSL routines', '', 'certificate verify failed')]"),
            "TLS certificate is not valid for this host",
            False,
        ),
        (DownloadFailedError("reset\nby peer"), "connection failed: reset by peer", False),
        (RobotsError("forbidden by robots.txt", answered=True), "forbidden by robots.txt", True),
        (RobotsError("robots.txt: timed out", answered=False), "robots.txt: timed out", False),
        (ValueError(), "ValueError", False),
        (ValueError("a\u202eb\x1b[31m"), "ab[31m", False),
    ],
)
def test_reasons(error: Exception, reason: str, reached: bool) -> None:
    assert (fetch.reason(error), fetch.was_reached(error)) == (reason, reached)


@given(st.text(max_size=400))
@settings(max_examples=100)
def test_a_reason_is_one_short_printable_line(text: str) -> None:
    reason = fetch.reason(ValueError(text))
    assert reason.isprintable()
    assert len(reason) <= fetch.LONGEST_REASON


def test_the_status_behind_a_failure() -> None:
    assert fetch.http_status(HttpError(answer(410))) == 410
    assert fetch.http_status(DownloadTimeoutError()) is None
