"""The language: pure functions without Scrapy, clock, network or files."""
