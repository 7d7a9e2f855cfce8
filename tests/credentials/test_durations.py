"""ISO 8601 durations, as validity and workload use them."""

from datetime import UTC, datetime

import pytest

from credentials.durations import add, hours


@pytest.mark.parametrize(
    ("start", "duration", "end"),
    [
        ((2026, 11, 22), "P3Y", (2029, 11, 22)),
        ((2026, 11, 22), "P18M", (2028, 5, 22)),
        ((2024, 2, 29), "P1Y", (2025, 2, 28)),
        ((2024, 2, 29), "P4Y", (2028, 2, 29)),
        ((2026, 1, 31), "P1M", (2026, 2, 28)),
        ((2026, 12, 1), "P1M", (2027, 1, 1)),
        ((2026, 11, 22), "P2W", (2026, 12, 6)),
        ((2026, 12, 31), "P1D", (2027, 1, 1)),
        ((2026, 1, 31), "P1Y1M1W1D", (2027, 3, 8)),
    ],
)
def test_a_calendar_duration_moves_a_date_forward(
    start: tuple[int, int, int], duration: str, end: tuple[int, int, int]
) -> None:
    assert add(datetime(*start, 9, 30, tzinfo=UTC), duration) == datetime(*end, 9, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    "text", ["", "P", "3Y", "P3", "PT60H", "P-3Y", "P3.5Y", "P3Y ", "P3Y\n", "p3y", "P1D1Y", "P٣Y"]
)
def test_anything_else_is_no_calendar_duration(text: str) -> None:
    with pytest.raises(ValueError, match="is not a duration"):
        add(datetime(2026, 11, 22, tzinfo=UTC), text)


def test_a_workload_is_a_number_of_hours() -> None:
    assert hours("PT60H") == 60


@pytest.mark.parametrize("text", ["", "60", "PT", "PTH", "PT60M", "PT1.5H", "P60H", "PT60H\n", "PT٦H"])
def test_anything_else_is_no_workload(text: str) -> None:
    with pytest.raises(ValueError, match="is not a number of hours"):
        hours(text)
