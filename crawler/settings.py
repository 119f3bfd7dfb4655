"""Settings of the crawl. Each can be set for one command with ``-s NAME=VALUE``.

Paths are absolute: a relative one would depend on the folder that cron starts in.
"""

from __future__ import annotations

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

BOT_NAME = "rasid"
SPIDER_MODULES = ["crawler.spiders"]
NEWSPIDER_MODULE = "crawler.spiders"
COMMANDS_MODULE = "crawler.commands"
TEMPLATES_DIR = str(ROOT / "crawler" / "templates")

# Where things are
DATABASE = os.environ.get("RASID_DATABASE", str(ROOT / "data" / "rasid.db"))
DEMO_DATABASE = str(ROOT / "data" / "demo.db")
WATCHLIST = os.environ.get("RASID_WATCHLIST", str(ROOT / "watchlist.toml"))
RUN_LOG = os.environ.get("RASID_LOG", str(ROOT / "data" / "logs" / "run.log"))

# Identification and politeness
CONTACT = os.environ.get("RASID_CONTACT", "")
USER_AGENT = f"Rasid/0.1 (news monitor; {CONTACT or 'set RASID_CONTACT to a page or address'})"
ROBOTSTXT_OBEY = True
ROBOTSTXT_USER_AGENT = "Rasid"
CONCURRENT_REQUESTS = 16
CONCURRENT_REQUESTS_PER_DOMAIN = 1
DOWNLOAD_DELAY = 1.0
AUTOTHROTTLE_ENABLED = True
AUTOTHROTTLE_START_DELAY = 1.0
AUTOTHROTTLE_MAX_DELAY = 30.0
COOKIES_ENABLED = False
# A host that asks for more peace (429, or 503 with Retry-After), in seconds, is left to a later run
LONGEST_PATIENCE = 60
# Where the workers keep the hosts' pace and their bookmarks; each `scrapy run` makes its own
RUN_FOLDER = None

# Bounds
DOWNLOAD_TIMEOUT = 30
DOWNLOAD_MAXSIZE = 12 * 1024 * 1024
DOWNLOAD_WARNSIZE = 4 * 1024 * 1024
REDIRECT_MAX_TIMES = 6
RETRY_TIMES = 2
# Not a host name that is not found or a refused connection: those do not pass within seconds.
RETRY_EXCEPTIONS = [
    "scrapy.exceptions.DownloadFailedError",
    "scrapy.exceptions.DownloadTimeoutError",
    "scrapy.exceptions.ResponseDataLossError",
    "twisted.internet.error.ConnectionDone",
    "twisted.internet.error.ConnectionLost",
]
RETRY_GIVE_UP_LOG_LEVEL = "INFO"
CLOSESPIDER_TIMEOUT = 1800
# A worker process that says nothing for so many seconds is killed, and its outlets crawled alone
WORKER_PATIENCE = 120
# … or that takes more megabytes
WORKER_MEMORY = 1024
CONCURRENT_ITEMS = 1
# Bytes of answers that an outlet may have between the network and the store
SCRAPER_SLOT_MAX_ACTIVE_SIZE = 1_000_000
DNS_TIMEOUT = 15

# Safety
DOWNLOAD_HANDLERS = {
    "http": "crawler.polite.PacedHandler",
    "https": "crawler.polite.PacedHandler",
    **dict.fromkeys(("file", "ftp", "data", "s3")),
}
DOWNLOAD_VERIFY_CERTIFICATES = True
TELNETCONSOLE_ENABLED = False
REMOTE_CONTROL_ENABLED = False
# Networks and origins that may be asked beside public ones: 10.0.0.0/8,intranet.example:8080
PRIVATE_ADDRESSES = ""
TWISTED_DNS_RESOLVER = "crawler.guard.GuardResolver"

DOWNLOADER_MIDDLEWARES = {
    "crawler.guard.GuardMiddleware": 50,
    "scrapy.downloadermiddlewares.robotstxt.RobotsTxtMiddleware": None,
    "crawler.polite.PeaceMiddleware": 90,
    "crawler.robots.RobotsMiddleware": 100,
    # Decodes every page anew, to follow what may be a page's wish to be shown afresh each minute.
    "scrapy.downloadermiddlewares.redirect.MetaRefreshMiddleware": None,
    **dict.fromkeys(
        (
            "scrapy.downloadermiddlewares.httpauth.HttpAuthMiddleware",
            "scrapy.downloadermiddlewares.stats.DownloaderStats",
        )
    ),
}
# What they would count and cut, sources and ledger do; each costs every page a turn.
SPIDER_MIDDLEWARES = dict.fromkeys(
    (
        "scrapy.spidermiddlewares.referer.RefererMiddleware",
        "scrapy.spidermiddlewares.urllength.UrlLengthMiddleware",
        "scrapy.spidermiddlewares.depth.DepthMiddleware",
    )
)

# The way of an article, in order
ITEM_PIPELINES = {
    "crawler.bookmark.BookmarkPipeline": 0,
    "pipelines.normalise.NormalisePipeline": 100,
    "pipelines.dedupe.DedupePipeline": 200,
    "pipelines.tag.TagPipeline": 300,
    "pipelines.store.WriterPipeline": 400,
}
EXTENSIONS = {
    "crawler.logs.PrintableLogs": 0,
    "crawler.report.OutletReport": 500,
    "crawler.breakdown.Breakdown": 500,
    # Never made: both would let a process on this machine run code in the crawl.
    "scrapy.extensions.telnet.TelnetConsole": None,
    "scrapy.extensions.remote_control.RemoteControl": None,
}

# What is stored: "all" articles, or "matching" only those that a watch matches
STORE = "all"
# Articles fetched per outlet in one run at most
PAGES_PER_OUTLET = 500
# Seconds between two polls of a source at least, and at most of one that tells nothing new
POLL_SHORTEST = 0
POLL_LONGEST = 6 * 3600
# Whether stored articles are looked at again for 30 days, for edits and deletions
RECHECK = True
# Stored articles looked at again per outlet in one run at most
RECHECKS_PER_OUTLET = 50

# The crawl's clock stands at this instant (ISO 8601), as on the demo's days; None = it goes
NOW = None

# Reads the source of every callback as a crawl starts; mypy finds such returns sooner
WARN_ON_GENERATOR_RETURN_VALUE = False

LOG_LEVEL = "INFO"
LOG_SHORT_NAMES = True
FEED_EXPORT_ENCODING = "utf-8"
# Its cells could be formulas; those of the desk's CSV cannot.
FEED_EXPORTERS = {"csv": None}
