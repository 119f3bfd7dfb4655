"""The schema's steps, applied once each; never edit a step that was released, add one.

``docs/database.md`` explains the tables to their readers.
"""

from __future__ import annotations

import sqlite_utils
from sqlite_utils.migrations import Migrations

from database import unusual
from database.schema import FULL_TEXT, TABLES, TRIGGERS
from database.urls import generic_key
from database.views import COMPLETENESS, HEALTH, INDEXES, REJECTIONS

migrations = Migrations("rasid")


@migrations()
def initial(db: sqlite_utils.Database) -> None:
    """All tables of the first version."""
    for statement in (*TABLES, *FULL_TEXT, *TRIGGERS):
        db.execute(statement)


@migrations()
def agency(db: sqlite_utils.Database) -> None:
    """The news agency that an article credits."""
    db.execute("alter table articles add column agency text")
    db.execute("create index articles_agency on articles(agency) where agency not null")


@migrations()
def paragraphs(db: sqlite_utils.Database) -> None:
    """How many articles of an outlet begin or end with a line: ``database/recurring.py``."""
    db.execute(
        """
        create table paragraphs (
            outlet text not null references outlets(outlet),
            hash integer not null,
            articles integer not null,
            since integer not null,
            primary key (outlet, hash)
        ) without rowid
        """
    )


@migrations()
def caption(db: sqlite_utils.Database) -> None:
    """What is written under the lead picture."""
    db.execute("alter table articles add column caption text")


@migrations()
def retags(db: sqlite_utils.Database) -> None:
    """Retagging the archive after an edit of the watchlist: ``database/retag.py``.

    No watch is known to be followed by all articles yet, so ``tagged`` stays null.
    """
    db.execute("alter table watches add column tagged text")
    db.execute(
        """
        create table retags (
            id integer primary key,
            started_at text not null,
            finished_at text,
            status text not null check (status in ('unfinished', 'finished', 'superseded')),
            every_article integer not null,
            next_article integer not null,
            last_article integer not null
        )
        """
    )
    db.execute(
        """
        create table retag_watches (
            retag integer not null references retags(id) on delete cascade,
            watch text not null references watches(watch),
            fingerprint text not null,
            gained integer not null default 0,
            lost integer not null default 0,
            changed integer not null default 0,
            primary key (retag, watch)
        ) without rowid
        """
    )
    db.execute("alter table matches add column retag integer references retags(id)")


@migrations()
def unusual_articles(db: sqlite_utils.Database) -> None:
    """Articles that the full-text index cannot rule out for a watch: ``database/unusual.py``."""
    db.execute(
        """
        create table unusual_articles (
            article integer primary key references articles(id) on delete cascade
        )
        """
    )
    noted = (
        "insert or ignore into unusual_articles select new.{article} where ar_unusual(new.{text})"
    )
    body = noted.format(article="article", text="body")
    titles = "".join(noted.format(article="id", text=text) + ";" for text in ("title", "subtitle"))
    for name, event, statements in (
        ("article_text_ai", "after insert on article_text", f"{body};"),
        ("article_text_au", "after update of body on article_text", f"{body};"),
        ("articles_ai", "after insert on articles", titles),
        ("articles_au", "after update of title, subtitle on articles", titles),
    ):
        db.execute(f"create trigger unusual_{name} {event} begin {statements} end")
    unusual.note(db.conn)


@migrations()
def near_duplicates(db: sqlite_utils.Database) -> None:
    """The index of texts, the agency of a story, and which articles are grouped by their likeness.

    Articles stored before have no ``grouping``: ``scrapy regroup`` enters them in the index.
    """
    db.execute(
        """
        create table postings (
            hash integer not null,
            entry integer not null,
            primary key (hash, entry)
        ) without rowid
        """
    )
    db.execute("alter table articles add column grouping integer")
    db.execute("create index articles_ungrouped on articles(id) where grouping is null")
    db.execute("create index links_article_b on links(article_b)")
    db.execute("alter table stories add column agency text")


@migrations()
def rechecks(db: sqlite_utils.Database) -> None:
    """Stored pages are looked at again: ``database/rechecks.py``; weak keys: ``identity.py``.

    What was stored before is looked at again once a run reads it anew.
    """
    for column in ("etag text", "last_modified text", "recheck_at text"):
        db.execute(f"alter table pages add column {column}")
    db.execute("alter table pages add column missed integer not null default 0")
    db.execute("create index pages_recheck on pages(outlet, recheck_at) where recheck_at not null")
    db.execute("alter table articles add column gone_at text")
    db.execute(
        "alter table articles add column replaced_by integer"
        " references articles(id) on delete set null"
    )
    db.execute("create index articles_replaced on articles(replaced_by) where replaced_by not null")
    db.execute("alter table articles add column weak_key text")
    db.conn.create_function("generic_key", 1, generic_key)
    db.execute("update articles set weak_key = generic_key(url) where article_key is null")
    db.execute(
        "create index articles_weak_key on articles(outlet, weak_key) where weak_key not null"
    )
    db.execute("alter table revisions add column replaced_at text")


@migrations()
def polling(db: sqlite_utils.Database) -> None:
    """When a source last told news: ``database/sources.py`` polls a sleeping one less often."""
    db.execute("alter table sources add column news_at text")


@migrations()
def leads(db: sqlite_utils.Database) -> None:
    """Without this index each article that is deleted costs a look at every story."""
    db.execute("create index stories_lead_article on stories(lead_article)")


@migrations()
def peace(db: sqlite_utils.Database) -> None:
    """Until when a source's host asked not to be asked."""
    db.execute("alter table sources add column peace_until text")


@migrations()
def accounts(db: sqlite_utils.Database) -> None:
    """Which kinds of source announced a page, and the views that give account of the outlets.

    Of pages seen before, the kind that announced them first is known.
    """
    db.execute("alter table pages add column announced_by integer not null default 0")
    db.execute(
        "update pages set announced_by = case published_source when 'feed' then 1"
        " when 'sitemap' then 2 when 'section' then 4 else 0 end"
    )
    for statement in (*INDEXES, HEALTH, COMPLETENESS, REJECTIONS):
        db.execute(statement)


@migrations()
def source_keys(db: sqlite_utils.Database) -> None:
    """A source is known of each outlet that names it: the key is outlet and URL, no more URL alone.

    The table is made anew under its own name: a renamed one would take the view ``health`` along.
    """
    columns = (
        "id, outlet, kind, url, etag, last_modified, polled_at, next_poll_at, status, failures,"
        " news_at, peace_until"
    )
    db.execute(f"create temp table kept as select {columns} from sources")
    db.execute("drop table sources")
    db.execute(
        """
        create table sources (
            id integer primary key,
            outlet text not null references outlets(outlet),
            kind text not null,
            url text not null,
            etag text,
            last_modified text,
            polled_at text,
            next_poll_at text,
            status text,
            failures integer not null default 0,
            news_at text,
            peace_until text,
            unique (outlet, url)
        )
        """
    )
    db.execute(f"insert into sources ({columns}) select {columns} from temp.kept")
    db.execute("drop table temp.kept")
