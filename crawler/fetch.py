"""Fetch: conditional requests, and failures as short reasons that a person can act on."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import SplitResult, urlsplit

from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadCancelledError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
    IgnoreRequest,
)
from scrapy.spidermiddlewares.httperror import HttpError

from crawler.extract import decode, is_challenge
from crawler.items import CHALLENGE
from database.sources import Validators

if TYPE_CHECKING:
    from scrapy.http import Response

LONGEST_REASON = 160
MISSING = frozenset((404, 410))
_CERTIFICATE = re.compile(r"certificate verify failed|VerificationError")
PASSING_REDIRECTS = frozenset((302, 303, 307))
FRONT_PATHS = frozenset(("", "/"))
NOT_ITS_OWN = "HTTP 304 from another address"
CHALLENGING = frozenset((429, 503))
"""Statuses that may stand over a challenge; 401, 403 and 451 refuse us whatever they show."""
_CHARSET = re.compile(r"charset=[\"']?([\w.:-]+)", re.IGNORECASE)


def conditional_headers(known: Validators) -> dict[str, str]:
    """The request headers that let a server answer 304 (RFC 9110 §13.1)."""
    headers = {"If-None-Match": known.etag, "If-Modified-Since": known.last_modified}
    return {name: value for name, value in headers.items() if value}


def found_validators(response: Response) -> Validators:
    """The validators of an answer, for the next poll."""
    return Validators(_header(response, "ETag"), _header(response, "Last-Modified"))


def source_validators(response: Response) -> Validators:
    """The validators of a source's answer; none where a passing redirect led to another page,
    whose Last-Modified would let the source itself answer 304 to what was never read."""
    return Validators() if leads_elsewhere(response) else found_validators(response)


def leads_elsewhere(response: Response) -> bool:
    """Whether a passing redirect led from the address asked for to another page: its 304 says
    nothing of that address."""
    asked, answered = _ends(response)
    passing = PASSING_REDIRECTS.intersection(response.meta.get("redirect_reasons", ()))
    return bool(passing) and (asked.path, asked.query) != (answered.path, answered.query)


def leads_home(response: Response) -> bool:
    """Whether a redirect led from a page to the front page, as for one that is missing."""
    asked, answered = _ends(response)
    return asked.path not in FRONT_PATHS and answered.path in FRONT_PATHS and not answered.query


def _ends(response: Response) -> tuple[SplitResult, SplitResult]:
    """The address that was asked for, and the one that answered."""
    asked: str = response.meta.get("redirect_urls", [response.url])[0]
    return urlsplit(asked), urlsplit(response.url)


def was_conditional(response: Response) -> bool:
    """Whether the request was one that may be answered 304."""
    assert response.request is not None
    return any(name in response.request.headers for name in ("If-None-Match", "If-Modified-Since"))


def charset(response: Response) -> str | None:
    """The charset that the Content-Type header names, if any."""
    found = _CHARSET.search(_header(response, "Content-Type") or "")
    return found[1] if found else None


def content_type(response: Response) -> str:
    """The media type of an answer, lower-case, without parameters; empty when none is named."""
    kind = (_header(response, "Content-Type") or "").partition(";")[0]
    return one_line(kind).strip().lower()


def http_status(error: BaseException) -> int | None:
    """The HTTP status behind a failure; None when no answer came."""
    return int(error.response.status) if isinstance(error, HttpError) else None


def was_reached(error: BaseException) -> bool:
    """Whether the failure shows that a server answered at all."""
    answered = isinstance(error, HttpError | IgnoreRequest | DownloadCancelledError)
    return bool(getattr(error, "answered", answered))


def reason(error: BaseException) -> str:
    """Why a request failed, in one line; control characters of a server cannot forge log lines."""
    if isinstance(error, HttpError):
        return _refusal(error.response) or f"HTTP {error.response.status}"
    for kind, text in (
        (CannotResolveHostError, "host name not found (DNS)"),
        (DownloadConnectionRefusedError, "connection refused"),
        (DownloadTimeoutError, "timed out"),
    ):
        if isinstance(error, kind):
            return text
    text = str(error) or type(error).__name__
    if isinstance(error, DownloadFailedError) and _CERTIFICATE.search(text):
        return "TLS certificate is not valid for this host"
    return one_line(
        f"connection failed: {text}" if isinstance(error, DownloadFailedError) else text
    )


def _refusal(response: Response) -> str | None:
    """Walls answer with a page that asks for a human, mostly under a status of an error."""
    if response.status not in CHALLENGING or content_type(response) != "text/html":
        return None
    shown = decode(response.body, charset(response))
    return CHALLENGE if is_challenge(shown, response.url) else None


def one_line(text: str) -> str:
    """A text that may stem from a page, as a short reason."""
    return printable(text)[:LONGEST_REASON]


def printable(text: str, *, spaces: bool = False) -> str:
    """A text that may stem from a page, fit for one line of a log or terminal: no control
    characters, and (unless ``spaces`` are kept) every run of white space one space."""
    text = text if spaces else " ".join(text.split())
    return "".join(c for c in text if c.isprintable())


def _header(response: Response, name: str) -> str | None:
    value = response.headers.get(name)
    return value.decode("latin-1") if value else None
