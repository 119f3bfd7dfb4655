"""Why a page gives no article: one short English phrase."""

from __future__ import annotations

import re
from collections.abc import Sequence
from urllib.parse import unquote, urlsplit

from crawler.extract import jsonld
from crawler.extract.body import Body
from crawler.extract.byline import Zone, meta_dates
from crawler.extract.page import Page
from crawler.extract.structure import block_lines, is_linked_headline, is_prose
from crawler.extract.tree import Line, parse
from crawler.items import CHALLENGE

EMPTY = "empty page"
BINARY = "binary data, not a page"
LOGIN = "login wall"
ERROR = "error page"
NOT_FOUND = "page not found"
LISTING = "listing page"
NOTHING = "no title and no body"
TOO_SHORT = "body too short"

SHORT_WORDS = 80
"""Up to so many words a body may be the notice of a wall, not an article."""
_FEW_TEASERS = 3
_MANY_TEASERS = 12
_WORDS_A_TEASER = 40
"""Teasers inside the text: a listing has fewer words than this for each, an article more."""
_LEAST_WORDS = 40
_LINES_OF_A_TEXT = 3
_WORDS_OF_A_TEXT = 120
"""So much prose in a row, under a headline, no listing prints: an article is read there."""
_SECTION_WORDS = 2

_CONTROLS = bytes((*range(0x09), 0x0B, *range(0x0E, 0x20)))
_LOOKED_AT = 20_000
_MOST_CONTROLS = 0.02
"""Share of control characters, of which a page has none and an image or archive a tenth."""

_CHALLENGE_TITLE = re.compile(
    r"just a moment|attention required|access denied|are you (?:a )?(?:human|robot)|"
    r"verify(?:ing)? you are human|ddos.guard|pardon our interruption|security check|"
    r"checking your browser|لحظة من فضلك|"
    r"التحقق من أنك إنسان|bot verification|one moment, please|403 forbidden|request rejected",
    re.I,
)
_CHALLENGE_MARKS = (
    "cf-browser-verification",
    "cf_chl_opt",
    "_Incapsula_Resource",
    "sucuri_cloudproxy_js",
    "px-captcha",
    "geo.captcha-delivery.com",
    "awsWafCookieDomainList",
)
_LOGIN = re.compile(
    r"(?:سجّ?ل|تسجيل)\s+(?:ال)?دخول\S*\s+(?:ل|من\s+أجل|كي|حتى).{0,30}(?:متابعة|قراءة|مشاهدة|إكمال)|"
    r"(?:المحتوى|المقال|الخبر)\s+(?:متاح\s+|مخصص\s+|حصري\s+)?(?:فقط\s+)?لل?مشتركين|للمشتركين\s+فقط|"
    r"اشترك\s+(?:الآن\s+)?(?:ل|في).{0,20}(?:متابعة|قراءة|إكمال)|"
    r"(?:يرجى|يجب|الرجاء)\s+(?:عليك\s+)?تسجيل\s+الدخول|"
    r"(?:log ?in|subscribe) to (?:continue|read)|subscribers? only",
    re.I,
)
_NOT_FOUND = re.compile(
    r"(?:الصفحة|صفحة|المقال|الخبر|المحتوى)\s+(?:المطلوبة?\s+|التي\s+تبحث\s+عنها\s+)?"
    r"(?:غير\s+موجودة?|لم\s+نجد|لم\s+تعد|لا\s+توجد)|"
    r"^(?:error\s*)?404\b|page not found|^not found\b|خطأ\s*404",
    re.I,
)
_ERROR = re.compile(
    r"^(?:عذرا|عذراً|نأسف|نعتذر)\W+(?:لقد\s+)?حدث\s+خطأ|"
    r"^(?:لقد\s+)?حدث\s+خطأ(?:\s+ما|\s+غير\s+متوقع)?\W*$|^خطأ\s+(?:في\s+الخادم|داخلي)\b|"
    r"^(?:هذا\s+)?(?:الموقع|البوابة|الصفحة)\s+(?:\S+\s+)?(?:تحت|قيد)\s+الصيانة|"
    r"^(?:5\d\d\W+)?(?:service (?:temporarily )?unavailable|internal server error|bad gateway|"
    r"gateway time-?out|site under maintenance|error establishing a database)",
    re.I,
)
_LISTING_CLASSES = frozenset(
    ("archive", "home", "category", "tag", "search", "search-results", "author", "blog", "front")
)
_ARTICLE_CLASSES = frozenset(("single", "single-post", "article", "postid"))


def is_binary(text: str) -> bool:
    """Whether what came as a page is a picture, an archive or noise."""
    beginning = text[:_LOOKED_AT]
    encoded = beginning.encode("utf-8", "surrogatepass")  # bytes are counted faster than characters
    controls = len(encoded) - len(encoded.translate(None, _CONTROLS))
    return controls > max(20, len(beginning) * _MOST_CONTROLS)


def rejection(page: Page, body: Body, near: Zone) -> str | None:
    """The reason why the page, with this text found on it, is no article; None for an article."""
    words = body.words
    if words < SHORT_WORDS and (reason := _wall(page)):
        return reason
    if _is_listing(page, body, near, words):
        return LISTING
    if not words:
        return TOO_SHORT if page.titles else NOTHING
    return None


def _wall(page: Page) -> str | None:
    headlines = _headlines(page)
    shown = " ".join(headlines)
    visible = [line.text for line in page.structure.all_lines]
    if _asks_for_a_human(page):
        return CHALLENGE
    if _NOT_FOUND.search(shown) and not page.articles:
        return NOT_FOUND
    if any(map(_ERROR.search, headlines)) and not page.articles:
        return ERROR
    if any(_LOGIN.search(text) for text in visible if len(text) < 300):
        return LOGIN
    passwords = page.tree.iterfind(".//input[@type='password']")
    return LOGIN if next(passwords, None) is not None and len(visible) < 15 else None


def is_challenge(html: str, url: str) -> bool:
    """Whether an answer that should be something else is a page that asks for a human."""
    tree = None if is_binary(html) else parse(html)
    return tree is not None and _asks_for_a_human(Page(tree, url))


def _asks_for_a_human(page: Page) -> bool:
    shown = " ".join(_headlines(page))
    return _CHALLENGE_TITLE.search(shown) is not None or _has_challenge_script(page)


def _headlines(page: Page) -> list[str]:
    """The window title and the headings."""
    return [page.window_title, *(text for _, text in page.headings)]


def _has_challenge_script(page: Page) -> bool:
    if page.articles or len(page.structure.lines) > 15:
        return False
    for element in page.tree.iter("script", "form", "iframe", "div"):
        places = (element.get("src"), element.get("action"), element.get("id"), element.text)
        said = " ".join(filter(None, places))
        if any(mark in said for mark in _CHALLENGE_MARKS):
            return True
    return False


def _is_listing(page: Page, body: Body, near: Zone, words: int) -> bool:
    """Whether the page is a front, section, tag or search page."""
    element = page.tree.find("body")
    classes = set((element.get("class") or "").lower().split()) if element is not None else set()
    if (
        page.articles
        or classes & _ARTICLE_CLASSES
        or (body.best and body.best.source == "selector")
        or page.meta.first("article:published_time")
        or meta_dates(page, near)[0]
    ):
        return False
    if (
        any(jsonld.has_type(node, jsonld.LISTING_TYPES) for node in page.nodes)
        or classes & _LISTING_CLASSES
    ):
        return True
    found = body.lines
    if body.block is not None and page.structure.comments:
        found = block_lines(body.block)  # with those: they may be teasers
    if page.headings and _longest_run(found) >= _WORDS_OF_A_TEXT:
        return False
    inside = _teasers(found)
    if inside >= _FEW_TEASERS and words < inside * _WORDS_A_TEASER:
        return True
    if _is_front(page.url) and _teasers(page.structure.all_lines) >= _MANY_TEASERS:
        return True
    short = words < _LEAST_WORDS and page.meta.first("og:type") != "article"
    return short and _teasers(page.structure.lines) >= _MANY_TEASERS


def _is_front(url: str) -> bool:
    """Whether the address is that of a front or section page: short, without number or slug."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    path = unquote(parts.path).strip("/")
    if parts.query or path.count("/") > 1 or any(map(str.isdigit, path)):
        return False
    return len(re.findall(r"[^\W_]+", path.rsplit("/", 1)[-1])) <= _SECTION_WORDS


def _teasers(lines: Sequence[Line]) -> int:
    """How many lines are a headline that is a link to another page."""
    return sum(map(is_linked_headline, lines))


def _longest_run(lines: Sequence[Line]) -> int:
    """Words of the longest stretch of prose that no line of links interrupts."""
    longest = words = count = 0
    for line in lines:
        if is_prose(line):
            words, count = words + line.words, count + 1
        elif line.linked * 2 > line.words:
            words = count = 0
        if count >= _LINES_OF_A_TEXT:
            longest = max(longest, words)
    return longest
