from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.items import RawDate
from pipelines.published import AHEAD, choose_date, choose_dates

NOW = datetime(2026, 3, 8, 18, 0, tzinfo=UTC)
ZONE = "Asia/Damascus"  # UTC+3 all year
BYLINE = "الأحد 8 آذار 2026 - 14:05"

Said = tuple[str, str]


def raw(*said: Said) -> list[RawDate]:
    return [RawDate(text, source) for source, text in said]


def chosen(*said: Said, zone: str | None = ZONE) -> tuple[str, str, str] | None:
    found = choose_date(raw(*said), now=NOW, timezone=zone)
    return (found.value, found.precision, found.raw.source) if found else None


def both(published: list[Said], modified: list[Said]) -> tuple[str | None, str | None]:
    first, last = choose_dates(raw(*published), raw(*modified), now=NOW, timezone=ZONE)
    return (first.value if first else None, last.value if last else None)


@pytest.mark.parametrize(
    ("said", "value", "precision", "source"),
    [
        # The clock that readers see, labelled as UTC.
        (
            [("meta", "2026-03-08T14:05:33Z"), ("byline", BYLINE)],
            "2026-03-08T11:05:00Z",
            "minute",
            "byline",
        ),
        (
            [("jsonld", "2026-03-08T14:05:33+00:00"), ("time", "2026-03-08 14:05:33")],
            "2026-03-08T11:05:33Z",
            "second",
            "time",
        ),
        (
            [("jsonld", "2026-03-08T14:05Z"), ("meta", "2026-03-08T14:05:00Z"), ("byline", BYLINE)],
            "2026-03-08T11:05:00Z",
            "minute",
            "byline",
        ),
        (
            [("feed", "Sun, 08 Mar 2026 14:05:00 GMT"), ("selector", BYLINE)],
            "2026-03-08T11:05:00Z",
            "minute",
            "selector",
        ),
        # They differ by the zone: they agree, and the metadata knows the second.
        (
            [("meta", "2026-03-08T11:05:33Z"), ("byline", BYLINE)],
            "2026-03-08T11:05:33Z",
            "second",
            "meta",
        ),
        (
            [("selector", BYLINE), ("meta", "2026-03-08T11:05:33Z")],
            "2026-03-08T11:05:33Z",
            "second",
            "meta",
        ),
        # Another clock: nothing is known against the metadata.
        (
            [("meta", "2026-03-08T14:10:00Z"), ("byline", BYLINE)],
            "2026-03-08T14:10:00Z",
            "second",
            "meta",
        ),
        # What only programs see, without a zone, is no witness.
        (
            [("meta", "2026-03-08T14:05:00Z"), ("time", "2026-03-08T14:05:00")],
            "2026-03-08T14:05:00Z",
            "second",
            "meta",
        ),
        # One visible clock agrees with the instant, another with the label.
        (
            [("meta", "2026-03-08T14:05:00Z"), ("byline", BYLINE), ("time", "8 آذار 2026 17:05")],
            "2026-03-08T14:05:00Z",
            "second",
            "meta",
        ),
        # Equal to the minute: the finer.
        (
            [("meta", "2026-03-08T14:05+03:00"), ("jsonld", "2026-03-08T14:05:41+03:00")],
            "2026-03-08T11:05:41Z",
            "second",
            "jsonld",
        ),
    ],
)
def test_the_clock_that_readers_see_is_the_outlets(
    said: list[Said], value: str, precision: str, source: str
) -> None:
    assert chosen(*said) == (value, precision, source)


def test_a_midnight_elsewhere_is_none() -> None:
    said = ("meta", "2026-03-08T03:00:00+03:00")
    assert chosen(said, zone=None) == ("2026-03-08T00:00:00Z", "second", "meta")


@pytest.mark.parametrize("zone", [None, "UTC", "Africa/Nouakchott"])
def test_utc_is_believed_where_no_other_zone_is_known(zone: str | None) -> None:
    said = [("meta", "2026-03-08T14:05:33Z"), ("byline", BYLINE)]
    assert chosen(*said, zone=zone) == ("2026-03-08T14:05:33Z", "second", "meta")


@pytest.mark.parametrize(
    ("said", "value", "precision", "source"),
    [
        ([("meta", "2026-03-08T00:00:00+03:00")], "2026-03-08", "day", "meta"),
        ([("meta", "2026-03-08T00:00:00Z")], "2026-03-08", "day", "meta"),
        ([("meta", "2026-03-07T21:00:00Z")], "2026-03-08", "day", "meta"),  # midnight in Damascus
        (
            [("meta", "2026-03-08T00:00:00Z"), ("byline", BYLINE)],
            "2026-03-08T11:05:00Z",
            "minute",
            "byline",
        ),
        (
            [("jsonld", "2026-01-01T00:00:00Z"), ("byline", "6 آذار 2026")],
            "2026-03-06",
            "day",
            "byline",
        ),
        ([("meta", "2026-01-01"), ("url", "2026-03-06")], "2026-03-06", "day", "url"),
        ([("jsonld", "2026-01-01T00:00:00Z")], "2026-01-01", "day", "jsonld"),
        (
            [("jsonld", "2026-01-01T00:00:00Z"), ("byline", "1 كانون الثاني 2026 - 09:30")],
            "2026-01-01T06:30:00Z",
            "minute",
            "byline",
        ),
        # A 1 January that people wrote, or with a time, is one.
        (
            [("byline", "1 كانون الثاني 2026"), ("url", "2026-01-02")],
            "2026-01-01",
            "day",
            "byline",
        ),
        (
            [("meta", "2026-01-01T10:20:00Z"), ("url", "2026-01-02")],
            "2026-01-01T10:20:00Z",
            "second",
            "meta",
        ),
    ],
)
def test_a_midnight_is_only_a_day_and_a_new_year_may_be_none(
    said: list[Said], value: str, precision: str, source: str
) -> None:
    assert chosen(*said) == (value, precision, source)


@pytest.mark.parametrize(
    ("said", "zone", "value"),
    [
        # 01:30 of the 8th in Damascus is still the 7th in UTC.
        ([("url", "2026-03-08"), ("meta", "2026-03-07T22:30:00Z")], ZONE, "2026-03-07T22:30:00Z"),
        ([("url", "2026-03-08"), ("meta", "2026-03-07T22:30:00Z")], None, "2026-03-07T22:30:00Z"),
        ([("url", "2026-03-08"), ("meta", "2026-03-07T10:30:00Z")], None, "2026-03-08"),
        ([("url", "2026-03-08"), ("meta", "2026-03-06T22:30:00Z")], ZONE, "2026-03-08"),
        ([("byline", "7 آذار 2026"), ("feed", "2026-03-08T09:10:00+03:00")], ZONE, "2026-03-08T06"),
        ([("url", "2026-03-06"), ("sitemap", "2026-03-05T09:10:00Z")], ZONE, "2026-03-05T09:10"),
        ([("url", "2026-03-06"), ("feed", "2026-03-08T09:10:00Z")], ZONE, "2026-03-06"),
        ([("url", "2026-03-07"), ("meta", "2026-03-08T09:10:00Z")], ZONE, "2026-03-07"),
    ],
)
def test_a_day_takes_its_time_from_a_candidate_that_agrees(
    said: list[Said], zone: str | None, value: str
) -> None:
    found = chosen(*said, zone=zone)
    assert found is not None
    assert found[0].startswith(value)
    assert ("T" in found[0]) == ("T" in value)


@pytest.mark.parametrize(
    "text",
    ["2026-03-10T18:01:00Z", "2026-03-11", "1447-09-13T10:00:00", "1447-09-13T10:00:00+03:00"],
)
def test_the_future_and_a_hijri_year_for_programs_are_out(text: str) -> None:
    assert chosen(("meta", text)) is None
    assert chosen(("meta", text), ("byline", BYLINE)) == (
        "2026-03-08T11:05:00Z",
        "minute",
        "byline",
    )


def test_arabic_words_are_read_wherever_they_stand() -> None:
    assert chosen(("meta", BYLINE)) == ("2026-03-08T11:05:00Z", "minute", "meta")


@pytest.mark.parametrize(
    ("published", "modified", "expected"),
    [
        # A change before the publication is none.
        (["2026-03-08T10:00:00Z"], ["2026-03-08T09:00:00Z"], ("2026-03-08T10:00:00Z", None)),
        (
            ["2026-03-08T10:00:00Z"],
            ["2026-03-08T10:00:00Z"],
            ("2026-03-08T10:00:00Z", "2026-03-08T10:00:00Z"),
        ),
        # 01:00 of the 8th in Damascus is not before the 8th.
        (["8 آذار 2026"], ["2026-03-07T22:00:00Z"], ("2026-03-08", "2026-03-07T22:00:00Z")),
        (["8 آذار 2026"], ["2026-03-06T22:00:00Z"], ("2026-03-08", None)),
        (["2026-01-01T00:00:00Z"], ["2025-11-03T10:00:00Z"], ("2026-01-01", None)),
        # A wrong label on the publication is one on the change, too.
        (
            ["2026-03-08T14:05:33Z", BYLINE],
            ["2026-03-08T14:25:00Z"],
            ("2026-03-08T11:05:00Z", None),
        ),
    ],
)
def test_a_change_follows_the_publication(
    published: list[str], modified: list[str], expected: tuple[str | None, str | None]
) -> None:
    said = list(zip(("meta", "byline"), published, strict=False))
    assert both(said, [("meta", text) for text in modified]) == expected


def test_a_new_year_after_the_change_that_readers_see_is_no_publication() -> None:
    changed = [("meta", "2025-11-03T10:00:00Z"), ("byline", "آخر تحديث: 3 تشرين الثاني 2025")]
    assert both([("meta", "2026-01-01T00:00:00Z")], changed) == (None, "2025-11-03T10:00:00Z")


@pytest.mark.parametrize(
    ("text", "zone", "value"),
    [
        ("2026-03-08T20:30:00Z", ZONE, "2026-03-08T17:30:00Z"),
        ("2026-03-08T20:30:00+00:00", ZONE, "2026-03-08T17:30:00Z"),
        ("2026-03-08T17:30:00Z", ZONE, "2026-03-08T17:30:00Z"),
        ("2026-03-08T18:05:00Z", ZONE, "2026-03-08T18:05:00Z"),  # clocks differ
        ("2026-03-09T10:00:00Z", ZONE, "2026-03-09T10:00:00Z"),  # nor has it come there
        ("2026-03-08T23:30:00+03:00", ZONE, "2026-03-08T20:30:00Z"),
        ("2026-03-08T20:30:00Z", None, "2026-03-08T20:30:00Z"),
        ("2026-03-08T20:30:00Z", "America/New_York", "2026-03-08T20:30:00Z"),
    ],
)
def test_a_utc_time_yet_to_come_is_the_outlets_clock(
    text: str, zone: str | None, value: str
) -> None:
    assert chosen(("jsonld", text), zone=zone) == (value, "second", "jsonld")


@pytest.mark.parametrize(
    ("text", "value", "precision"),
    [
        ("منذ 3 ساعات", "2026-03-08", "day"),
        ("منذ ساعتين", "2026-03-08", "day"),
        ("منذ 20 ساعة", "2026-03-08", "day"),  # 01:00 in Damascus
        ("منذ 22 ساعة", "2026-03-07", "day"),
        ("منذ 25 دقيقة", "2026-03-08T17:35:00Z", "minute"),
        ("اليوم 14:05", "2026-03-08T11:05:00Z", "minute"),
    ],
)
def test_a_time_told_in_hours_is_a_day(text: str, value: str, precision: str) -> None:
    assert chosen(("byline", text)) == (value, precision, "byline")


def test_a_minute_said_elsewhere_completes_the_hours() -> None:
    said = chosen(("byline", "منذ 3 ساعات"), ("jsonld", "2026-03-08T14:40:10Z"))
    assert said == ("2026-03-08T14:40:10Z", "second", "jsonld")


def test_no_candidate_is_no_date() -> None:
    assert chosen() is None
    assert both([], []) == (None, None)


MOMENTS = st.datetimes(datetime(2020, 1, 1), datetime(2026, 4, 1)).map(  # noqa: DTZ001
    lambda moment: moment.replace(microsecond=0)
)
SOURCES = st.sampled_from(["jsonld", "meta", "time", "byline", "url", "feed", "sitemap"])
FORMS = st.sampled_from(["{:%Y-%m-%dT%H:%M:%SZ}", "{:%Y-%m-%d %H:%M}", "{:%Y-%m-%d}"])
CANDIDATES = st.builds(
    lambda source, form, moment: RawDate(form.format(moment), source), SOURCES, FORMS, MOMENTS
)


@given(st.lists(CANDIDATES, max_size=5), st.sampled_from([None, "UTC", ZONE, "Africa/Cairo"]))
@settings(max_examples=100, deadline=None)
def test_what_is_chosen_was_said_and_is_not_ahead(
    candidates: list[RawDate], zone: str | None
) -> None:
    found = choose_date(candidates, now=NOW, timezone=zone)
    if found is None:
        return
    assert found.raw in candidates
    assert (found.precision == "day") == ("T" not in found.value)
    latest = NOW + AHEAD
    assert found.value[:10] <= latest.date().isoformat()
