"""The views of the schema, in plain SQL for every reader of the file; released, so fixed.

``docs/database.md`` explains their columns.
"""

from __future__ import annotations

INDEXES = (
    "create index articles_undated on articles(outlet, first_seen_at) where published_at is null",
    "create index articles_seen on articles(outlet, first_seen_at)",
    "create index outlet_runs_outlet on outlet_runs(outlet, run, status)",
    "create index sources_outlet on sources(outlet)",
    "create index pages_day on pages(substr(first_seen_at, 1, 10), outlet) where announced_by > 0",
)

_GOOD = "('ok', 'quiet', 'degraded', 'drifted')"
_SINCE = "strftime('%Y-%m-%dT%H:%M:%SZ', 'now', '-{} days')"


def _published(days: int) -> str:
    since = _SINCE.format(days)
    return (
        f"(select count(*) from articles where outlet = last.outlet and published_at >= {since})"
        " + (select count(*) from articles where outlet = last.outlet and published_at is null"
        f" and first_seen_at >= {since})"
    )


HEALTH = f"""
    create view health as
    with last as (
        select outlet, title,
            (select max(run) from outlet_runs where outlet_runs.outlet = outlets.outlet) as run,
            (select run from outlet_runs where outlet_runs.outlet = outlets.outlet
                and status in {_GOOD} order by run desc limit 1) as good
        from outlets
    )
    select last.outlet, last.title, outlet_runs.status, outlet_runs.note,
        (select started_at from runs where id = last.run) as last_run_at,
        (select started_at from runs where id = last.good) as last_good_at,
        (select count(*) from outlet_runs as bad where bad.outlet = last.outlet
            and bad.run > coalesce(last.good, 0)) as bad_runs,
        {_published(1)} as articles_day,
        {_published(7)} as articles_week,
        (select max(published_at) from articles where outlet = last.outlet) as newest_article,
        (select count(*) from sources where outlet = last.outlet) as sources,
        (select count(*) from sources where outlet = last.outlet and failures > 0)
            as failing_sources,
        (select count(*) from pages where outlet = last.outlet and status = 'queued')
            + (select count(*) from pages where outlet = last.outlet and status = 'failed'
                and next_try_at <= {_SINCE.format(0)}) as waiting_pages,
        (select count(*) from pages where outlet = last.outlet and status = 'failed')
            as failed_pages
    from last left join outlet_runs
        on outlet_runs.run = last.run and outlet_runs.outlet = last.outlet
"""

# One article may have several pages: addresses that redirect to it, or that carry its key. Of those
# the first seen stands for it, and one that is stored for those that only carry the same key; what
# a further source announces is noted at all of them.
_EARLIER = "(other.first_seen_at, other.url) < (pages.first_seen_at, pages.url)"
_ONCE = f"""
    pages.announced_by > 0
    and not exists (
        select 1 from pages as other
        where other.article = pages.article and other.url <> pages.url and other.announced_by > 0
            and {_EARLIER}
    )
    and not (pages.article is null and exists (
        select 1 from pages as other
        where other.outlet = pages.outlet and other.article_key = pages.article_key
            and other.url <> pages.url and other.announced_by > 0
            and (other.article not null or {_EARLIER})
    ))
"""
# What became of it: the article is kept although its page may be gone since.
_STATE = "case when pages.article not null then 'stored' else pages.status end"

COMPLETENESS = f"""
    create view completeness as
    select outlet, substr(first_seen_at, 1, 10) as day, count(*) as discovered,
        sum({_STATE} = 'stored') as stored,
        sum({_STATE} = 'queued') as waiting,
        sum({_STATE} = 'failed') as failed,
        sum({_STATE} = 'rejected') as rejected,
        sum({_STATE} = 'gone') as gone,
        sum(announced_by & 1 > 0) as in_feed,
        sum(announced_by & 2 > 0) as in_sitemap,
        sum(announced_by & 4 > 0) as in_section,
        sum(announced_by not in (1, 2, 4)) as in_several,
        sum(announced_by = 1) as feed_only,
        sum(announced_by = 2) as sitemap_only,
        sum(announced_by = 4) as section_only
    from pages where {_ONCE}
    group by substr(first_seen_at, 1, 10), outlet
"""

REJECTIONS = f"""
    create view rejections as
    select outlet, substr(first_seen_at, 1, 10) as day, status, reason, count(*) as pages
    from pages
    where {_ONCE} and article is null and status in ('failed', 'rejected', 'gone')
    group by outlet, substr(first_seen_at, 1, 10), status, reason
"""
