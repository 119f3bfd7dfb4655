"""Addresses: the one a reader opens, the one that tells pages apart, and the keys of articles."""

from __future__ import annotations

import posixpath
import re
import unicodedata
from contextlib import suppress
from functools import lru_cache
from urllib.parse import SplitResult, parse_qs, quote, unquote, unquote_to_bytes, urlsplit

import tldextract

from database.parameters import is_tracking, is_view

LONGEST_ADDRESS = 4096
"""Characters: no page has a longer address."""
ADDRESSES_KEPT = 8192
"""Answers in memory: an address is asked about at each stage of its way."""
MOST_PASSES = 6
"""Passes after which an address that still changes is wrapped or encoded to no purpose."""

_INVISIBLE = re.compile(r"[\u00ad\u200b-\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]")
_WEB_SCHEME = re.compile(r"https?:/*", re.IGNORECASE)
_HOST_LABEL = re.compile(r"^(?:www\d?|m|mobile|touch|wap|amp)\.(?=[^.]+\.[^.])")
_SESSION_IN_PATH = re.compile(r";jsessionid=[^/]*", re.IGNORECASE)
_VIEW_BEFORE = re.compile(r"^/(?:amp|m|mobile)(?=/.)", re.IGNORECASE)
_VIEW_BEHIND = re.compile(
    r"(?<=[^/])(?:/amp(?:\.html?)?|\.amp(?:\.html?)?|/print|/amphtml)$", re.IGNORECASE
)
_INDEX = re.compile(r"/(?:index|default)\.(?:html?|php|aspx?|jsp)$", re.IGNORECASE)
_AMP_CACHE = ".cdn.ampproject.org"
_AMP_VIEWER = re.compile(r"/(?:[a-z]|amp)/(?:s/)?(?P<page>[^/]+\.[^/]+.*)")
_GOOGLE = re.compile(r"(?:www\.)?google\.[a-z]{2,3}(?:\.[a-z]{2})?")

_AMP_VIEWERS = ("bing.com",)
_LEADING_ON = {"l.facebook.com": "/l.php", "lm.facebook.com": "/l.php"}
_TRACKING_IN_PATH = re.compile(r"&(?:amp;)?utm_[a-z]+=.*$", re.IGNORECASE)

_AND = re.compile(r"&(?:amp;)*")
_ESCAPES = re.compile(r"(?:%[0-9A-Fa-f]{2})+")
_ESCAPED_TWICE = re.compile(r"%25(?=[0-9A-Fa-f]{2})")
_UNSAFE = r"\x00-\x20\x7f-\xa0\s\"<>\\^`{|}#?"
_UNSAFE_IN_PATH = re.compile(rf"%(?![0-9A-F]{{2}})|[{_UNSAFE}]")
_UNSAFE_IN_QUERY = re.compile(rf"%(?![0-9A-F]{{2}})|[{_UNSAFE}&+]")

_UUID = r"[0-9a-fA-F]{8}-?(?:[0-9a-fA-F]{4}-?){3}[0-9a-fA-F]{12}"
_PATH_UUID = re.compile(rf"(?<![0-9a-fA-F]){_UUID}(?![0-9a-fA-F])")
_QUERY_ID = re.compile(rf"\d{{4,}}|{_UUID}")
_ID_PARAMETERS = frozenset(
    {
        *("id", "aid", "nid", "p", "serial", "articleid", "article_id", "newsid", "news_id"),
        *("story", "storyid", "item", "itemid", "postid", "docid"),
    }
)
_LANGUAGE_PARAMETERS = frozenset({"lang", "language"})
_PATH_ID = re.compile(r"(?:^|(?<=[-_./]))(?:a-|article_|Con)?(\d{5,})(?=$|[-_.])")
_YEAR, _MONTH, _DAY = r"(?:19|20)\d\d", r"(?:0[1-9]|1[0-2])", r"(?:0[1-9]|[12]\d|3[01])"
_DATE = re.compile(rf"{_YEAR}{_MONTH}{_DAY}(?:\d{{4,6}})?|{_DAY}{_MONTH}{_YEAR}")
_LANGUAGE = re.compile(r"/(ar|en|fr|tr|fa|es|ru|de|ur)(?=/)")
_MEDIA = re.compile(r"(?:^|/)(?:videos?|gallery|photos?|album|podcast|live)(?=/|$)", re.IGNORECASE)

# The public suffix list that comes with tldextract: no network, no cache file. Private suffixes
# count, so that two blogs on blogspot.com are two sites.
_extract_domain = tldextract.TLDExtract(
    suffix_list_urls=(), cache_dir=None, include_psl_private_domains=True
)


@lru_cache(maxsize=ADDRESSES_KEPT)
def canonical_url(url: str) -> str:
    """Return the form that is equal for two addresses of one page.

    ``https``; the host in lower-case ASCII without a leading ``www.``, ``m.``, ``mobile.``,
    ``touch.``, ``wap.`` or ``amp.``, without the port 80 or 443; the path readable
    (percent-decoded, also when encoded twice, in NFC), in its own case, without marks of AMP,
    print and mobile views, index file and last slash; tracking and view parameters dropped,
    others sorted; no fragment. An AMP cache, Google or Facebook link becomes the address within.
    It may be an address that no server answers.

    The canonical form of a canonical form is itself. What is no web address (another scheme, a
    malformed host, more than ``LONGEST_ADDRESS`` characters, wrapped or percent-encoded again and
    again) is returned stripped of white space.

    >>> canonical_url("http://m.Example.net/News/%D8%AE%D8%A8%D8%B1/amp?utm_source=x&id=7#top")
    'https://example.net/News/خبر?id=7'
    """
    url = url.strip()
    form = url
    for _ in range(MOST_PASSES):  # a second pass only where the first unwrapped or decoded
        canonical = _canonical(form)
        if canonical == form:
            return form
        form = canonical
    return url


def clean_url(url: str) -> str:
    """Return the address a reader opens: ``url`` without tracking parameters and fragment.

    Scheme, host, path and the other parameters stay as given (``&amp;`` becomes ``&``).

    >>> clean_url("http://www.example.net/News/?id=7&utm_source=x#top")
    'http://www.example.net/News/?id=7'
    """
    base, _, query = url.partition("#")[0].strip().partition("?")
    kept = [pair for pair in _pairs(query) if not is_tracking(*_parameter(pair))]
    return f"{base}?{'&'.join(kept)}".rstrip() if kept else base.rstrip()


@lru_cache(maxsize=ADDRESSES_KEPT)
def article_key(url: str, pattern: str | None) -> str | None:
    """Return what the group ``key`` of the outlet's ``pattern`` finds in the path and query.

    Searched in the canonical form, then in the address as given (decoded), for patterns that
    lean on its last slash or its order of parameters. None: no pattern, or it is not found.

    Raises ``re.error`` for a malformed pattern, IndexError for one without the group.

    >>> article_key("https://arabi21.com/story/1048871/slug", r"/story/(?P<key>\\d+)")
    '1048871'
    """
    if pattern is None:
        return None
    for form in (canonical_url(url), unquote(clean_url(url))):
        match = re.search(pattern, _path_and_query(form))
        if match and match["key"]:
            return match["key"]
    return None


def generic_key(url: str) -> str | None:
    """Return a weak key of the article: its host and the one number or UUID that looks like its id.

    None where there is none or more than one. Measured on 41,000 addresses of two archives: 617 of
    620 merges were right, so titles or texts must agree before two articles are held to be one.

    >>> generic_key("https://example.net/politics/1712346-a-title")
    'example.net:1712346'
    """
    parts = _split(canonical_url(url))
    if parts is None:
        return None
    parameters = [_parameter(pair) for pair in _pairs(parts.query)]
    found = _query_id(parameters, parts.path) if parameters else _path_id(parts.path)
    if found is None:
        return None
    languages = [value for name, value in parameters if name in _LANGUAGE_PARAMETERS]
    languages += _LANGUAGE.findall(parts.path)[:1]
    media = ["media"] if _MEDIA.search(parts.path) else []
    return ":".join([parts.netloc, *languages, *media, found])


@lru_cache(maxsize=ADDRESSES_KEPT)
def registered_domain(url: str) -> str:
    """Return the domain that was registered (``bbc.co.uk``), or the host where there is no such.

    Empty when ``url`` is no web address.
    """
    parts = _split(canonical_url(url))
    if parts is None:
        return ""
    return _domain_of(parts.hostname or "")


@lru_cache(maxsize=ADDRESSES_KEPT)
def _domain_of(host: str) -> str:
    return _extract_domain.extract_str(host).top_domain_under_public_suffix or host


def same_site(a: str, b: str) -> bool:
    """Whether two web addresses are of one registered domain."""
    domain = registered_domain(a)
    return bool(domain) and domain == registered_domain(b)


def _canonical(url: str) -> str:
    """One pass of `canonical_url`."""
    address = _INVISIBLE.sub("", url).replace("\\", "/").strip()
    parts = _split(_WEB_SCHEME.sub("https://", address, count=1))
    if parts is None:
        return url
    page = _wrapped(parts)
    if page is not None:
        return page
    query = sorted(_query(parts.query))
    return f"https://{parts.netloc}{_path(parts.path)}" + (f"?{'&'.join(query)}" if query else "")


def _split(url: str) -> SplitResult | None:
    """The parts of a web address, with the canonical host as ``netloc``; None for anything else."""
    if len(url) > LONGEST_ADDRESS or not _WEB_SCHEME.match(url):
        return None
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return None
    host = _host(parts.hostname or "")
    if not host:
        return None
    return parts._replace(netloc=host if port in (None, 80, 443) else f"{host}:{port}")


def _host(host: str) -> str:
    host = unquote(host).rstrip(".").lower()
    if ":" in host:
        return f"[{host}]"
    with suppress(UnicodeError):  # no name of the DNS: kept as it is written
        host = host.encode("idna").decode("ascii")
    return _HOST_LABEL.sub("", host)


def _wrapped(parts: SplitResult) -> str | None:
    """The page inside an AMP cache address or a Google link."""
    is_google = _GOOGLE.fullmatch(parts.netloc) is not None
    viewer = _AMP_VIEWER.fullmatch(parts.path)
    shows_amp = is_google or parts.netloc in _AMP_VIEWERS
    if viewer and (parts.netloc.endswith(_AMP_CACHE) or (shows_amp and "/amp/" in parts.path[:5])):
        return f"https://{viewer['page']}" + (f"?{parts.query}" if parts.query else "")
    if (is_google and parts.path == "/url") or _LEADING_ON.get(parts.netloc, "") == parts.path:
        links = parse_qs(parts.query)
        names = ("q", "url", "u")
        return next((link for name in names for link in links.get(name, ()) if _split(link)), None)
    return None


def _path(path: str) -> str:
    path = re.sub(
        r"/{2,}",
        "/",
        _readable(_TRACKING_IN_PATH.sub("", _SESSION_IN_PATH.sub("", path)), _UNSAFE_IN_PATH),
    )
    if "/." in path:
        path = posixpath.normpath(path)
    path = _VIEW_BEFORE.sub("", path.rstrip("/"))
    path = _VIEW_BEHIND.sub("", path)
    return _INDEX.sub("", path).rstrip("/") or "/"


def _query(query: str) -> list[str]:
    kept = []
    for pair in _pairs(query):
        name, value = _parameter(pair)
        if not is_tracking(name, value) and not is_view(name, value):
            kept.append(_readable(pair.replace("+", "%20"), _UNSAFE_IN_QUERY).removesuffix("="))
    return kept


def _pairs(query: str) -> list[str]:
    return [pair for pair in _AND.split(query) if pair.strip().strip("=")]


def _parameter(pair: str) -> tuple[str, str]:
    """Name and value of a parameter, decoded, in lower case."""
    name, _, value = unquote(pair).lower().partition("=")
    return name, value


def _readable(text: str, unsafe: re.Pattern[str]) -> str:
    """Percent-decoded to NFC, but for what would change the address or is no UTF-8.

    Such bytes stay escaped: old Arabic sites write Windows-1256 there.
    """
    decoded = _ESCAPES.sub(_decode, _ESCAPED_TWICE.sub("%", text))
    readable = unicodedata.normalize("NFC", _INVISIBLE.sub("", decoded))
    return unsafe.sub(lambda match: quote(match[0], safe=""), readable)


def _decode(match: re.Match[str]) -> str:
    try:
        return unquote_to_bytes(match[0]).decode()
    except UnicodeDecodeError:
        return match[0].upper()


def _path_and_query(url: str) -> str:
    """What follows the host."""
    return "/" + re.sub(r"^[a-z]+://[^/?]*/?", "", url, count=1, flags=re.IGNORECASE)


def _query_id(parameters: list[tuple[str, str]], path: str) -> str | None:
    ids = [
        value for name, value in parameters if name in _ID_PARAMETERS and _QUERY_ID.fullmatch(value)
    ]
    return f"{posixpath.basename(path).lower()}?{ids[0]}" if len(ids) == 1 else None


def _path_id(path: str) -> str | None:
    uuid = _PATH_UUID.search(path)
    if uuid:
        return uuid[0].lower().replace("-", "")
    numbers = [n for segment in path.split("/") for n in _PATH_ID.findall(segment)]
    ids = [number for number in numbers if not _DATE.fullmatch(number)]
    return ids[0] if len(ids) == 1 else None
