from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openbadges.times import TimeInvalid, format_time, parse_time


@given(st.datetimes(timezones=st.just(UTC)))
def test_a_written_time_reads_back_to_the_second(moment: datetime) -> None:
    assert parse_time(format_time(moment)) == moment.replace(microsecond=0)


def test_offsets_and_fractions_are_read_as_utc() -> None:
    assert parse_time("2010-01-01T00:00:00.5-08:00") == datetime(2010, 1, 1, 8, 0, 0, 500_000, UTC)
    assert format_time(datetime(2026, 11, 22, 12, tzinfo=timezone(timedelta(hours=2)))) == "2026-11-22T10:00:00Z"


@pytest.mark.parametrize(
    "text",
    [
        "2026-11-22", "2026-11-22T10:00:00", "2026-11-22 10:00:00Z", "2026-11-22T10:00Z", "2026-02-30T10:00:00Z",
        "2026-11-22T24:00:00Z", "2016-12-31T23:59:60Z", "2026-11-22T10:00:00+15:00", "2026-11-22T10:00:00z", "",
        "٢٠٢٦-11-22T10:00:00Z", "2026-11-22T10:00:00Z\n", "0001-01-01T00:00:00+14:00", None, 1_700_000_000,
    ],
)  # fmt: skip
def test_anything_without_day_time_and_zone_is_refused(text: object) -> None:
    with pytest.raises(TimeInvalid):
        parse_time(text)


def test_a_time_without_zone_is_not_written() -> None:
    with pytest.raises(TimeInvalid):
        format_time(datetime(2026, 11, 22))  # noqa: DTZ001 - the mistake under test
