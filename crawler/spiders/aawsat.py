"""الشرق الأوسط: a Drupal site where one story has two or three addresses."""

from __future__ import annotations

from crawler.outlet import Feed, OutletSpider


class AawsatSpider(OutletSpider):
    name = "aawsat"
    title = "الشرق الأوسط"
    country = "GB"
    domains = ["aawsat.com"]
    sources = [Feed("https://aawsat.com/feed")]
    article = r"/(?:node/|home/article/|(?:[^/?#]+/)*(?=\d+-))(?P<key>\d{5,})(?![^-/?#])"
    names = ["صحيفة الشرق الأوسط", "جريدة الشرق الأوسط"]
