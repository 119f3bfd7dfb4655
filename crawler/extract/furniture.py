"""Elements that are no article text, told by their tag, role, class or id."""

from __future__ import annotations

import re
from functools import lru_cache

from lxml.html import HtmlElement

from crawler.extract.tree import is_hidden, names

LONGEST_NAMES = 500
"""Characters of class and id that are read."""

_TAGS = names("nav footer aside form figcaption dialog menu ins")
_PLAIN_TAGS = names("nav footer figcaption form ins")
_NEVER_BY_NAME = names("html body main article")
_ROLES = names("navigation banner contentinfo complementary search dialog alert menu toolbar")


def name_pattern(words: str) -> re.Pattern[str]:
    """Finds one of ``words`` in a class or id: ``-`` may be missing, ``*`` is letters."""
    escaped = (word.replace("-", "[-_]{0,2}").replace("*", "[a-z]*") for word in words.split())
    return re.compile(f"(?<![a-z])(?:{'|'.join(escaped)})(?![a-z])")


_FURNITURE = name_pattern(
    """
    share shares shared sharing share-bar sharebar shareholder share-this sharedaddy social*
    addtoany* a2a addthis* heateor* follow* related* relates yarpp* similar recommend* also
    also-read read-also read-more read-next see-also more-news more-from more-on more-stories
    most-read most-viewed most-popular popular* trending latest* taboola* outbrain* mgid* dable
    comment* disqus* respond caption* wp-caption-text credit credits copyright* photo-by
    img-desc* img-title newsletter* subscri* signup ad ads adv advert* adsbygoogle banner*
    sponsor* promo* breadcrumb* pagination pager nav navbar navigation menu* post-tags
    article-tags tags-links tag-links tag-list tag-cloud tag-div keywords* author-box author-bio
    author-info author-card bio about-author widget* side-bar cookie* consent popup modal toast
    gdpr toolbar rating ratings poll vote survey disclaimer ticker sr-only visually-hidden
    screen-reader-text skip-link post-meta post-info post-date post-views post-navigation
    post-shortlink post-bottom-meta entry-meta entry-footer article-meta article-footer
    article-tools site-header site-footer footer masthead shortlink byline audio player
    video-list video-player gallery slider carousel swiper pull-quote*
    """
)
_WHOLE_NAMES = names("tag tags tools")
_ELSEWHERE_TAGS = names("nav aside figure figcaption dialog")
_ELSEWHERE_ROLES = names("navigation complementary search dialog alert")
_ELSEWHERE = name_pattern(
    """
    comment* disqus* respond related* relates yarpp* recommend* similar side-bar most-read
    most-viewed most-popular popular* latest* trending ticker breaking* more-news more-from
    more-stories also-read read-also see-also teaser* caption* wp-caption-text photo-by img-desc*
    top-bar top-header header-bar header-top navbar current-date today-date weather newsletter*
    cookie* taboola* outbrain*
    """
)
_TEXT = name_pattern(
    """
    article-body article-content* article-text article-main article-details article-entry
    article-desc* entry-content* entry-body post-content* post-body post-text post-entry
    post-details* story-body story-content story-text story-details news-body news-content*
    news-text news-details news-story content-body content-article content-text content-inner
    main-content main-text field-name-body body-text text-body detail-text detail-content
    detail-body details-text details-content details-body single-content single-body
    single-description single-post-content inner-news wysiwyg rich-text paragraph-list
    the-content full-text page-content
    """
)
_BESIDE = name_pattern("comment* disqus* respond related* side-bar most-read most-popular")
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_TAXONOMY = re.compile(r"(?<!\S)(?:tag|category|type|status|format|topic|section)-\S+")
"""WordPress writes an article's own tags and categories into its class."""


@lru_cache(maxsize=8192)
def _is_furniture_name(names: str) -> bool:
    said = _TAXONOMY.sub("", _CAMEL.sub("-", names).lower())
    return bool(_FURNITURE.search(said)) or not _WHOLE_NAMES.isdisjoint(said.split())


@lru_cache(maxsize=8192)
def _is_text_name(names: str) -> bool:
    return bool(_TEXT.search(_CAMEL.sub("-", names).lower()))


@lru_cache(maxsize=8192)
def _is_elsewhere_name(names: str) -> bool:
    return bool(_ELSEWHERE.search(_TAXONOMY.sub("", _CAMEL.sub("-", names).lower())))


def names_of(element: HtmlElement) -> str:
    """Class and id of the element, as far as they are read."""
    return f"{element.get('class') or ''} {element.get('id') or ''}"[:LONGEST_NAMES]


def is_furniture(element: HtmlElement) -> bool:
    """Whether the element says by itself that it is no article text."""
    return (
        element.tag in _TAGS
        or element.get("role") in _ROLES
        or element.get("aria-hidden") == "true"
        or (element.tag not in _NEVER_BY_NAME and _is_furniture_name(names_of(element)))
    )


def is_beside(element: HtmlElement) -> bool:
    """Whether the element holds comments or other articles, however long they are."""
    said = _CAMEL.sub("-", names_of(element)).lower()
    return bool(_BESIDE.search(said)) and element.find(".//h1") is None


def is_elsewhere(element: HtmlElement) -> bool:
    """Whether what the element states is of a comment, a picture, another article or the day."""
    return (
        element.tag in _ELSEWHERE_TAGS
        or element.get("role") in _ELSEWHERE_ROLES
        or (element.tag not in _NEVER_BY_NAME and _is_elsewhere_name(names_of(element)))
    )


def is_plain_furniture(element: HtmlElement) -> bool:
    """Whether the element is hidden or, by its tag only, furniture: class names may deceive."""
    return is_hidden(element) or element.tag in _PLAIN_TAGS


def declares_text(element: HtmlElement) -> bool:
    """Whether the element says that it holds an article's text."""
    itemprop = (element.get("itemprop") or "").lower()
    return itemprop == "articlebody" or _is_text_name(names_of(element))
