"""Parameters of a query that tell where the reader came from, or choose a view of the page."""

from __future__ import annotations

import re

# Closed lists, because an unknown parameter is as often the article itself (?id=, ?ArticleID=):
# dropping unknown ones made 2,640 wrong merges in 31,030 real addresses.
# fmt: off
_TRACKING = frozenset(
    {
        "fbclid", "gclid", "gclsrc", "gbraid", "wbraid", "gad_source", "dclid", "yclid",
        "twclid", "msclkid", "ttclid", "wickedid", "li_fat_id", "igshid", "igsh", "mibextid",
        "srsltid", "fref", "mc_cid", "mc_eid", "mkt_tok", "ml_subscriber", "ml_subscriber_hash",
        "xtor", "xtref", "xtcr", "xtnp", "xtloc", "xts", "ocid", "ito", "ncid", "echobox",
        "_ga", "_gl", "_gac", "__twitter_impression", "__tn__", "_ft_", "usqp",
        "traffic_source", "sourcecode", "spref", "cmpid", "campaign_id", "campaignid",
        "ref_src", "ref_url", "wt_mc", "sfnsn", "guccounter", "guce_referrer",
        "guce_referrer_sig", "phpsessid", "aspsessionid", "jsessionid", "sessionid", "sessid",
        "cfid", "cftoken", "replytocom", "_unique_id", "rdid", "smid", "__s", "nocache",
    }
)
# fmt: on
_TRACKING_PREFIXES = (
    *("utm_", "mtm_", "at_", "hsa_", "_hs", "vero_", "oly_", "itm_", "stm_", "fb_", "__cf"),
    *("gaa_", "_x_tr_"),
    *("pk_campaign", "pk_kwd", "pk_source", "pk_medium", "ga_source", "ga_medium", "ga_campaign"),
)
_CHANNEL = (
    r"(?:home|rss|feed|push|share|app|fb|tw|wa|ig|facebook|twitter|x|instagram|whatsapp|telegram"
    r"|youtube|linkedin|google|googlenews|nabd|newsletter|email|mail|sms|mobile|web|website|desktop)"
    r"(?:[-_.][a-z_.-]*)?"
)
# Names that are ids on other sites: dropped only where the value says so.
_TRACKING_BY_VALUE = {
    name: re.compile(values)
    for name, values in {
        "ref": rf"{_CHANNEL}|[a-z]+[-_][a-z_-]+",
        "from": _CHANNEL,
        "source": _CHANNEL,
        "src": _CHANNEL,
        "via": _CHANNEL,
        "share": rf"{_CHANNEL}|1|",
        "shared": rf"{_CHANNEL}|1|",
        "t": r"push|rss",
        "s": r"0\d|19|2[01]|46",  # what Twitter adds; any other number may be an id
        "nb": r"1",  # beside share=, as WordPress adds it
        "cmp": r"share_btn.*",
        "cid": r"[a-z]+[_:].*",
        "sid": r"[0-9a-f]{26,}",
    }.items()
}
_FLAG = r"|0|1|true|yes|amp"
_VIEW_BY_VALUE = {
    name: re.compile(values)
    for name, values in {
        "amp": r".*",
        "noamp": r".*",
        "wpamp": _FLAG,
        "nonamp": _FLAG,
        "isamp": _FLAG,
        "print": _FLAG + "|print",
        "tmpl": r"component",
        "mobile": _FLAG,
        "mobileview": _FLAG,
        "m": r"[01]",
        "outputtype": r"amp|print",
        "output": r"amp|amphtml|print",
        "view": r"amp|print|mobile",
        "mode": r"amp|print",
        "platform": r"amp|mobile|web|app|android|ios",
        "feed": r"rss|rss2|atom|rdf",
    }.items()
}


def is_tracking(name: str, value: str) -> bool:
    """Whether a parameter (decoded, lower case) tells only where the reader came from."""
    if name in _TRACKING or name.startswith(_TRACKING_PREFIXES):
        return True
    values = _TRACKING_BY_VALUE.get(name)
    return values is not None and values.fullmatch(value) is not None


def is_view(name: str, value: str) -> bool:
    """Whether a parameter (decoded, lower case) chooses the AMP, print, mobile or feed view."""
    values = _VIEW_BY_VALUE.get(name)
    return name.startswith("amp_") or (values is not None and values.fullmatch(value) is not None)
