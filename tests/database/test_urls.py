"""Addresses of one page are one; addresses of two pages stay two."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from database.urls import (
    LONGEST_ADDRESS,
    article_key,
    canonical_url,
    clean_url,
    generic_key,
    registered_domain,
    same_site,
)

PAGE = "https://example.net/news/2024/خبر-عاجل"
CASES = Path(__file__).resolve().parents[2] / "../shared/cases/url_cases.jsonl"

SAME = [
    ("tracking", PAGE, f"{PAGE}?fbclid=IwAR0x&utm_source=a&UTM_Medium=b"),
    ("tracking by value", PAGE, f"{PAGE}?ref=home-slider&from=rss&source=whatsapp"),
    ("fragment", PAGE, f"{PAGE}#comments"),
    ("scheme", PAGE, PAGE.replace("https", "http")),
    ("www", PAGE, PAGE.replace("example", "www.example")),
    ("mobile host", PAGE, PAGE.replace("example", "m.example")),
    ("two host labels", PAGE, PAGE.replace("example", "www.m.example")),
    ("host in capitals", PAGE, PAGE.replace("example.net", "Example.NET.")),
    ("port", PAGE, PAGE.replace(".net", ".net:443")),
    ("user", PAGE, PAGE.replace("example", "user:pass@example")),
    ("last slash", PAGE, f"{PAGE}/"),
    ("doubled slash", PAGE, PAGE.replace("/news", "//news")),
    ("dot segments", PAGE, PAGE.replace("/news", "/x/../news/.")),
    ("index file", PAGE, f"{PAGE}/index.html"),
    ("percent", PAGE, "https://example.net/news/2024/%D8%AE%D8%A8%D8%B1-%D8%B9%d8%a7%D8%AC%D9%84"),
    ("percent twice", "https://example.net/%D8%AE", "https://example.net/%25D8%25AE"),
    ("escaped letter", "https://example.net/a-b", "https://example.net/%61%2Db"),
    ("decomposed", "https://example.net/أخبار", "https://example.net/ا\u0654خبار"),
    ("invisible", PAGE, PAGE.replace("خبر", "خ\u200fبر")),
    ("raw space", "https://example.net/a b", "https://example.net/a%20b"),
    ("plus", "https://example.net/?q=a+b", "https://example.net/?q=a%20b"),
    ("HTML entity", "https://example.net/?a=1&b=2", "https://example.net/?b=2&amp;a=1"),
    ("backslash", "https://example.net/a/b", "https:\\\\example.net\\a\\b"),
    ("AMP path", PAGE, f"{PAGE}/amp/"),
    ("AMP prefix", PAGE, PAGE.replace("/news", "/amp/news")),
    ("AMP flag", PAGE, f"{PAGE}?amp"),
    ("AMP host", PAGE, PAGE.replace("example", "amp.example")),
    ("AMP cache", PAGE, f"https://example-net.cdn.ampproject.org/c/s/{PAGE[8:]}"),
    ("AMP by Google", PAGE, f"https://www.google.com/amp/s/{PAGE[8:]}"),
    ("Google link", f"{PAGE}?id=5", f"https://www.google.com/url?sa=t&url={PAGE}%3Fid%3D5"),
    ("AMP by Bing", PAGE, f"https://www.bing.com/amp/s/{PAGE[8:]}"),
    ("AMP word", PAGE, f"{PAGE}?output=amphtml&isAmp=1&nonamp=1"),
    ("Facebook link", f"{PAGE}?id=5", f"https://l.facebook.com/l.php?u={PAGE}%3Fid%3D5&h=AT0"),
    ("touch host", PAGE, PAGE.replace("example", "touch.example")),
    ("wap host", PAGE, PAGE.replace("example", "wap.example")),
    ("tracking in the path", PAGE, f"{PAGE}&utm_source=x&utm_medium=y"),
    ("shared by WordPress", PAGE, f"{PAGE}?share=whatsapp&nb=1"),
    ("shared on Twitter", PAGE, f"{PAGE}?s=20&fbclid=x"),
    ("printed by Joomla", PAGE, f"{PAGE}?tmpl=component&print=1"),
    ("translated", PAGE, f"{PAGE}?_x_tr_sl=ar&_x_tr_tl=en"),
    ("print", PAGE, f"{PAGE}/print"),
    ("print flag", PAGE, f"{PAGE}?print=1"),
    ("session", f"{PAGE}?id=5", f"{PAGE};jsessionid=A1B2?id=5&PHPSESSID=x"),
    (
        "international host",
        "http://موقع.عربي/n/8812",
        "http://xn--4gbrim.xn--ngbrx4e/n/8812",
    ),
]
DIFFERENT = [
    ("case of the path", "https://sabq.org/PHGKif", "https://sabq.org/phgkif"),
    ("id", f"{PAGE}?id=1", f"{PAGE}?id=2"),
    ("article id", f"{PAGE}?ArticleID=1", f"{PAGE}?ArticleID=2"),
    ("cid that is an id", f"{PAGE}?cid=1188", f"{PAGE}?cid=1189"),
    ("ref that is an id", f"{PAGE}?ref=1188", f"{PAGE}?ref=1189"),
    ("print that is an id", f"{PAGE}?print=1188", f"{PAGE}?print=1189"),
    ("s that is an id", f"{PAGE}?s=12", f"{PAGE}?s=13"),
    ("nb that is an id", f"{PAGE}?nb=12", f"{PAGE}?nb=13"),
    ("cmp that is an id", f"{PAGE}?cmp=12", f"{PAGE}?cmp=13"),
    ("tmpl that is an id", f"{PAGE}?tmpl=12", f"{PAGE}?tmpl=13"),
    ("ampersand in a slug", f"{PAGE}&a", f"{PAGE}&b"),
    ("u elsewhere", "https://example.net/l.php?u=https://a.b/1", "https://a.b/1"),
    ("unknown flag", PAGE, f"{PAGE}?live"),
    ("hyphen before m", "https://akhbar-m.com/1", "https://akhbar.com/1"),
    ("edition", "https://arabic.rt.com/news/1/", "https://russian.rt.com/news/1/"),
    ("short domain", "https://m.com/1", "https://com/1"),
    ("suffix of a slug", PAGE, f"{PAGE}-2"),
    ("port", PAGE, PAGE.replace(".net", ".net:8080")),
    ("Windows-1256", "https://example.net/?q=%C7%E1", "https://example.net/?q=%C7%E2"),
    ("entity in a slug", "https://example.net/a&quot;b", "https://example.net/a&quot;c"),
    ("page called print", "https://example.net/print", "https://example.net/"),
]
ODD = [
    "",
    "   ",
    "خبر",
    "mailto:desk@example.net",
    "javascript:void(0)",
    "/relative/path",
    "//example.net/path",
    "http://",
    "http://[::1",
    "http://example.net:port/",
    "http://exa\u2100mple.net/",
    "https://\ud800.net/\ud800",
]


@pytest.mark.parametrize(("kind", "a", "b"), SAME, ids=[case[0] for case in SAME])
def test_one_page_has_one_form(kind: str, a: str, b: str) -> None:
    assert canonical_url(a) == canonical_url(b)


@pytest.mark.parametrize(("kind", "a", "b"), DIFFERENT, ids=[case[0] for case in DIFFERENT])
def test_two_pages_have_two_forms(kind: str, a: str, b: str) -> None:
    assert canonical_url(a) != canonical_url(b)


@pytest.mark.parametrize("url", ODD)
def test_what_is_no_web_address_is_returned_stripped(url: str) -> None:
    assert canonical_url(url) == url.strip() or url.startswith("https://\ud800")
    assert generic_key(url) is None


def test_canonical_form_is_readable() -> None:
    assert canonical_url("http://www.Example.net/%D8%AE%D8%A8%D8%B1/?b=2&a=%D9%85") == (
        "https://example.net/خبر?a=م&b=2"
    )


def test_international_host_is_in_ascii() -> None:
    assert canonical_url("http://www.موقع.عربي/").startswith("https://xn--")


@pytest.mark.parametrize(
    ("url", "clean"),
    [
        (
            "http://www.Example.net:80/A/?b=2&utm_source=x&a=1#top",
            "http://www.Example.net:80/A/?b=2&a=1",
        ),
        ("https://m.example.net/%D8%AE/amp?fbclid=1", "https://m.example.net/%D8%AE/amp"),
        ("https://example.net/?amp=1&gclid=2", "https://example.net/?amp=1"),
        ("https://example.net/?t=push&amp;id=5", "https://example.net/?id=5"),
        (" /story/5?utm_medium=x ", "/story/5"),
        ("https://example.net/a?", "https://example.net/a"),
    ],
)
def test_the_address_a_reader_opens(url: str, clean: str) -> None:
    assert clean_url(url) == clean


@pytest.mark.parametrize(
    ("url", "pattern", "key"),
    [
        ("https://arabi21.com/story/1048871/slug?utm_source=x", r"/story/(?P<key>\d+)", "1048871"),
        ("https://m.arabi21.com/amp/story/1048871", r"^/story/(?P<key>\d+)", "1048871"),
        ("https://example.net/News/Aa7/", r"^/News/(?P<key>\w+)/$", "Aa7"),
        ("https://example.net/v.aspx?id=5&cdate=1", r"v\.aspx\?.*\bid=(?P<key>\d+)", "5"),
        ("https://example.net/%D8%AE%D8%A8%D8%B1/77", r"/خبر/(?P<key>\d+)", "77"),
        ("https://example.net/about", r"/story/(?P<key>\d+)", None),
        ("https://example.net/story/5", None, None),
        ("story/5", r"^/story/(?P<key>\d+)", "5"),
        ("http://[::1", r"(?P<key>\d+)$", None),
    ],
)
def test_article_key(url: str, pattern: str | None, key: str | None) -> None:
    assert article_key(url, pattern) == key


@pytest.mark.parametrize(
    ("url", "key"),
    [
        ("https://www.example.net/politics/1712346-slug", "example.net:1712346"),
        ("https://example.net/ar/politics/1712346", "example.net:ar:1712346"),
        ("https://example.net/video/1712346", "example.net:media:1712346"),
        ("https://example.net/20240503/slug-1088512345.html", "example.net:1088512345"),
        ("https://example.net/View.aspx?ArticleID=71234", "example.net:view.aspx?71234"),
        ("https://example.net/a?id=71234&lang=en", "example.net:en:a?71234"),
        (
            "https://example.net/n/0B9F2D3C-1A2B-4C3D-8E9F-0123456789AB",
            "example.net:0b9f2d3c1a2b4c3d8e9f0123456789ab",
        ),
        ("https://example.net/2024/05/03/slug", None),
        ("https://example.net/20240503/slug", None),
        ("https://example.net/slug-1962-2022", None),
        ("https://example.net/12345/67890", None),
        ("https://example.net/news/1712346?page=2", None),
        ("https://example.net/a?id=71234&nid=81234", None),
        ("https://sabq.org/PHGKif", None),
    ],
)
def test_generic_key(url: str, key: str | None) -> None:
    assert generic_key(url) == key


@pytest.mark.parametrize(
    ("url", "domain"),
    [
        ("https://www.bbc.co.uk/arabic", "bbc.co.uk"),
        ("http://news.okaz.com.sa/x", "okaz.com.sa"),
        ("https://desk.blogspot.com/", "desk.blogspot.com"),
        ("http://127.0.0.1:8000/x", "127.0.0.1"),
        ("http://outlet.localhost/x", "outlet.localhost"),
        ("no address", ""),
    ],
)
def test_registered_domain(url: str, domain: str) -> None:
    assert registered_domain(url) == domain


def test_same_site() -> None:
    assert same_site("https://arabic.example.co.uk/a", "http://m.example.co.uk/b")
    assert not same_site("https://a.blogspot.com/", "https://b.blogspot.com/")
    assert not same_site("no address", "nor this")


urls = st.one_of(
    st.text(max_size=40),
    st.lists(
        st.sampled_from(
            [
                *(
                    "https://",
                    "http:",
                    "//",
                    "/",
                    "?",
                    "&",
                    "=",
                    "#",
                    "%",
                    ";",
                    ".",
                    "+",
                    "\\",
                    " ",
                ),
                *(
                    "www.",
                    "m.",
                    "amp",
                    "example.net",
                    "google.com",
                    "/url?q=",
                    "/amp/s/",
                    ":80",
                    "@",
                ),
                *(
                    "x.cdn.ampproject.org/c/s/",
                    "%25",
                    "%2",
                    "D8",
                    "%AE",
                    "41",
                    "%C3%A9",
                    "خبر",
                    "أ",
                ),
                *("index.html", "print", "utm_a=1", "id=5", "&amp;", "\u200f", "\xa0", "\u037e"),
                *(";jsessionid=1", "..", "[", "]", "\ud800", "\t", "İ", "ß"),
            ]
        ),
        max_size=14,
    ).map("".join),
    st.lists(st.sampled_from("/.%25aD8?&=+# é"), max_size=20).map(
        lambda parts: "http://example.net/" + "".join(parts)
    ),
)


@settings(max_examples=600, deadline=None)
@given(urls)
@example("http://example.net/%2525252541")
@example("http://www.google.com/url?q=http://google.com/url?q=http://www.example.net/amp/")
def test_any_string_has_a_canonical_form_of_its_own(url: str) -> None:
    canonical = canonical_url(url)
    assert canonical_url(canonical) == canonical
    assert not canonical.startswith("https://example.net") or clean_url(canonical) == canonical
    assert clean_url(clean_url(url)) == clean_url(url)
    generic_key(url)
    article_key(url, r"(?P<key>\d+)")
    assert same_site(url, url) == bool(registered_domain(url))


IDS = st.integers(min_value=22, max_value=10**9)  # below, Twitter's ?s= and flags
PLACES = [
    *("/?p={}", "/news/{}", "/{}-slug", "/a/slug-{}.html", "/news/{}/amp", "/m/news/{}/"),
    *("/v.aspx?id={}", "/v.aspx?ArticleID={}&lang=ar", "/x?cid={}", "/x?ref={}", "/x?sid={}"),
    *("/x?t={}", "/x?m={}", "/x?feed={}", "/x?print={}", "/x?from={}", "/x?unknown={}", "/x?nb={}"),
]
DISGUISES = [
    *("http://www.example.net{}", "https://m.example.net{}", "https://example.net{}#top"),
    *("https://example-net.cdn.ampproject.org/c/s/example.net{}", "https://EXAMPLE.net:443{}"),
]


@settings(max_examples=150, deadline=None)
@given(IDS, IDS, st.sampled_from(PLACES), *[st.sampled_from(DISGUISES)] * 2)
def test_two_ids_are_never_one_page(a: int, b: int, place: str, one: str, other: str) -> None:
    urls = one.format(place.format(a)), other.format(place.format(b))
    assert (canonical_url(urls[0]) == canonical_url(urls[1])) == (a == b)
    keys = generic_key(urls[0]), generic_key(urls[1])
    assert a == b or keys[0] is None or keys[0] != keys[1]


@pytest.mark.parametrize(
    "url",
    [
        "https://example.net/" + "%25" * 12_000 + "41",
        "https://www.example.net/" + "a" * LONGEST_ADDRESS,
        "https://www.example.net/?q=" + "&utm_source=x" * 1000,
    ],
)
def test_an_address_that_no_page_has_is_only_stripped(url: str) -> None:
    start = time.process_time()
    assert canonical_url(f" {url}\n") == url
    assert registered_domain(url) == ""
    assert time.process_time() - start < 1


def test_decoding_and_unwrapping_end() -> None:
    letter = "a"
    for _ in range(600):  # each level hides one digit of the level within
        letter = letter.replace(letter[-1], f"%{ord(letter[-1]):02X}", 1)
    for url in (
        f"https://example.net/{letter}",
        "https://example.net/" + "%25" * 1300 + "41",
        "https://www.google.com/url?q=" * 100 + "https://example.net/",
        "https://example.net/x" + "/amp" * 900,
    ):
        start = time.process_time()
        form = canonical_url(url)
        assert canonical_url(form) == form
        assert time.process_time() - start < 1


def test_an_address_encoded_three_times_is_read() -> None:
    assert canonical_url("https://example.net/%25252541bc") == "https://example.net/Abc"


OUTLET_PATTERNS = {
    "skynewsarabia.com": r"^/[a-z-]+/(?P<key>\d+)-",
    "sputnikarabic.ae": r"-(?P<key>\d+)\.html$",
    "ina.iq": r"^/(?P<key>\d+)-",
    "alriyadh.com": r"^/(?P<key>\d+)$",
    "elwatannews.com": r"^/news/details/(?P<key>\d+)",
    "kuna.net.kw": r"\bid=(?P<key>\d+)",
    "sana.sy": r"^/\?p=(?P<key>\d+)",
}


@pytest.mark.skipif(not CASES.exists(), reason="the labelled cases are not here")
def test_labelled_cases() -> None:
    cases = [json.loads(line) for line in CASES.read_text("utf-8").splitlines()]

    def same_key(case: dict[str, str]) -> bool:
        pattern = OUTLET_PATTERNS.get(registered_domain(case["a"]))
        key = article_key(case["a"], pattern)
        return key is not None and key == article_key(case["b"], pattern)

    def same_form(case: dict[str, str]) -> bool:
        return canonical_url(case["a"]) == canonical_url(case["b"])

    same = [case for case in cases if case["same"]]
    different = [case for case in cases if not case["same"]]
    assert not [case for case in different if same_form(case) or same_key(case)]
    assert not [case for case in same if not same_form(case) and not same_key(case)]
    assert {case["kind"] for case in same if not same_form(case)} <= {"slug_change", "slug_removed"}
