"""The schema of the first version: tables, indexes and the full-text index; released, so fixed.

``docs/database.md`` explains the tables to their readers. The full-text index is external content
over ``articles_search``; its triggers index ``ar_norm(text)``, so searching folds Arabic spelling
while ``snippet()`` and ``highlight()`` show the original words. Never run FTS5's own ``rebuild``
on it: that would index the text unfolded.
"""

from __future__ import annotations

TABLES = (
    """
    create table outlets (
        outlet text primary key,
        title text,
        country text,
        timezone text,
        home_url text,
        language text,
        domains text,
        sources text
    )
    """,
    """
    create table sources (
        id integer primary key,
        outlet text not null references outlets(outlet),
        kind text not null,
        url text not null unique,
        etag text,
        last_modified text,
        polled_at text,
        next_poll_at text,
        status text,
        failures integer not null default 0
    )
    """,
    """
    create table stories (
        id integer primary key,
        lead_article integer references articles(id) deferrable initially deferred,
        articles integer not null default 0,
        outlets integer not null default 0,
        first_published_at text,
        last_published_at text
    )
    """,
    """
    create table articles (
        id integer primary key,
        outlet text not null references outlets(outlet),
        article_key text,
        url text not null,
        title text,
        subtitle text,
        excerpt text,
        author text,
        section text,
        tags text,
        image_url text,
        language text,
        published_at text,
        published_precision text check (published_precision in ('second', 'minute', 'day')),
        published_source text,
        published_text text,
        modified_at text,
        first_seen_at text not null,
        checked_at text not null,
        word_count integer not null default 0,
        text_hash text,
        revision integer not null default 1,
        story integer references stories(id),
        provenance text
    )
    """,
    """
    create table article_text (
        article integer primary key references articles(id) on delete cascade,
        body text
    )
    """,
    """
    create table article_urls (
        url text primary key,
        article integer not null references articles(id) on delete cascade,
        how text not null
    ) without rowid
    """,
    """
    create table pages (
        url text primary key,
        fetch_url text not null,
        outlet text not null references outlets(outlet),
        article_key text,
        status text not null check (status in ('queued', 'stored', 'rejected', 'failed', 'gone')),
        reason text,
        attempts integer not null default 0,
        first_seen_at text not null,
        tried_at text,
        next_try_at text,
        modified_at text,
        published text,
        published_source text,
        article integer references articles(id) on delete set null
    ) without rowid
    """,
    """
    create table revisions (
        id integer primary key,
        article integer not null references articles(id) on delete cascade,
        revision integer not null,
        seen_at text not null,
        title text,
        text_hash text,
        changed text not null check (changed in ('title', 'body', 'both')),
        patch text not null,
        unique (article, revision)
    )
    """,
    """
    create table links (
        article_a integer not null references articles(id) on delete cascade,
        article_b integer not null references articles(id) on delete cascade,
        score real,
        kind text not null check (kind in ('duplicate', 'version', 'related')),
        primary key (article_a, article_b)
    ) without rowid
    """,
    """
    create table watches (
        watch text primary key,
        query text,
        category text,
        note text,
        fingerprint text not null,
        active integer not null default 1,
        updated_at text not null
    )
    """,
    """
    create table matches (
        article integer not null references articles(id) on delete cascade,
        watch text not null references watches(watch),
        hits integer not null,
        in_title integer not null,
        snippet text,
        first_matched_at text not null,
        primary key (article, watch)
    ) without rowid
    """,
    """
    create table hits (
        article integer not null references articles(id) on delete cascade,
        watch text not null references watches(watch),
        term text not null,
        field text not null check (field in ('title', 'subtitle', 'body')),
        start integer not null,
        end integer not null
    )
    """,
    """
    create table runs (
        id integer primary key,
        started_at text not null,
        finished_at text,
        status text not null,
        exit_code integer,
        command text not null
    )
    """,
    """
    create table outlet_runs (
        run integer not null references runs(id) on delete cascade,
        outlet text not null,
        discovered integer not null default 0,
        known integer not null default 0,
        fetched integer not null default 0,
        stored integer not null default 0,
        revised integer not null default 0,
        duplicates integer not null default 0,
        matched integer not null default 0,
        rejected integer not null default 0,
        failed integer not null default 0,
        seconds real not null default 0,
        status text not null,
        note text,
        primary key (run, outlet)
    ) without rowid
    """,
    """
    create table alerts (
        id integer primary key,
        watch text not null references watches(watch),
        story integer references stories(id),
        article integer references articles(id) on delete cascade,
        channel text not null,
        status text not null,
        attempts integer not null default 0,
        created_at text not null,
        sent_at text,
        error text
    )
    """,
    "create unique index articles_key on articles(outlet, article_key) where article_key not null",
    "create index articles_url on articles(url)",
    "create index articles_published on articles(published_at)",
    "create index articles_outlet on articles(outlet, published_at)",
    "create index articles_text_hash on articles(text_hash) where text_hash not null",
    "create index articles_story on articles(story)",
    "create index article_urls_article on article_urls(article)",
    "create index pages_due on pages(outlet, status, next_try_at)",
    "create index pages_key on pages(outlet, article_key) where article_key not null",
    "create index pages_article on pages(article)",
    "create index matches_watch on matches(watch, article)",
    "create index hits_article on hits(article, watch)",
    "create index hits_watch on hits(watch, article)",
)

# unicode61 treats tashkeel as separators unless Mn counts as letters, and lets characters that
# Unicode 6.1 had not assigned (U+061C, U+061D, U+2066–2069) glue to the word beside them.
FULL_TEXT = (
    """
    create view articles_search as
        select articles.id, articles.title, articles.subtitle, article_text.body
        from articles join article_text on article_text.article = articles.id
    """,
    """
    create virtual table articles_fts using fts5(
        title, subtitle, body,
        content='articles_search', content_rowid='id',
        tokenize="unicode61 remove_diacritics 2 categories 'L* N* Mn' separators '@'"
    )
    """.replace("@", "\u061c\u061d\u2066\u2067\u2068\u2069"),
)

_INDEX = """
    insert into articles_fts(rowid, title, subtitle, body)
    select articles.id, ar_norm(articles.title), ar_norm(articles.subtitle), ar_norm({body})
    from articles {join} where articles.id = {article};
"""
_UNINDEX = """
    insert into articles_fts(articles_fts, rowid, title, subtitle, body)
    select 'delete', articles.id, ar_norm({title}), ar_norm({subtitle}), ar_norm({body})
    from articles {join} where articles.id = {article};
"""
_JOIN = "join article_text on article_text.article = articles.id"
_TITLES = {"title": "articles.title", "subtitle": "articles.subtitle"}
_BODY = {"body": "article_text.body", "join": _JOIN}

TRIGGERS = (
    "create trigger article_text_ai after insert on article_text begin"
    + _INDEX.format(body="new.body", join="", article="new.article")
    + "end",
    "create trigger article_text_bd before delete on article_text begin"
    + _UNINDEX.format(**_TITLES, body="old.body", join="", article="old.article")
    + "end",
    "create trigger article_text_au after update of body on article_text begin"
    + _UNINDEX.format(**_TITLES, body="old.body", join="", article="old.article")
    + _INDEX.format(body="new.body", join="", article="new.article")
    + "end",
    "create trigger articles_au after update of title, subtitle on articles begin"
    + _UNINDEX.format(title="old.title", subtitle="old.subtitle", **_BODY, article="old.id")
    + _INDEX.format(**_BODY, article="new.id")
    + "end",
    # The text goes first: a cascade would run after the article's title is gone.
    "create trigger articles_bd before delete on articles begin"
    " delete from article_text where article = old.id; end",
)
