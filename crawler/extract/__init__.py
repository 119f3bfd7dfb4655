"""The extract stage: a page becomes an article with raw values, each with its source."""

from __future__ import annotations

from crawler.extract.encoding import decode
from crawler.extract.layout import Layout
from crawler.extract.loader import Candidate
from crawler.extract.reader import Extraction, extract
from crawler.extract.rejection import is_challenge

__all__ = ["Candidate", "Extraction", "Layout", "decode", "extract", "is_challenge"]
