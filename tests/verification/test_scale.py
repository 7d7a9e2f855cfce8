"""The validity scale measures what its words say."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from tests.openbadges import samples
from verification.claims import Claims, read_claims
from verification.scale import LENGTH, example_when, scale_between, when_view

START = datetime(2026, 3, 3, tzinfo=UTC)
END = datetime(2029, 3, 3, tzinfo=UTC)


def _claims(**changes: object) -> Claims:
    claims = read_claims(samples.eu_complete(valid_from=START, valid_until=END).to_json())
    return replace(claims, **changes)  # type: ignore[arg-type]


def test_three_years_have_a_tick_for_each_month_and_a_long_one_for_each_year() -> None:
    scale = scale_between(START, END, START + (END - START) / 2)
    assert scale is not None
    assert (len(scale.ticks), len(scale.long_ticks)) == (33, 4)
    assert scale.long_ticks[0] == 0 and scale.long_ticks[-1] == LENGTH
    assert (scale.today, scale.percent) == (500, "50.0%")


def test_the_needle_stays_on_the_scale() -> None:
    before, after = scale_between(START, END, START - timedelta(9)), scale_between(START, END, END + timedelta(9))
    assert before is not None and before.today == 0
    assert after is not None and after.today == LENGTH


@given(
    st.integers(0, 2_958_000).map(lambda days: datetime(1900, 1, 1, tzinfo=UTC) + timedelta(days=days)),
    st.timedeltas(min_value=timedelta(seconds=1), max_value=timedelta(days=2_000_000)),
)
def test_any_span_has_few_ticks_in_order(start: datetime, length: timedelta) -> None:
    end = start + min(length, datetime(9999, 12, 31, tzinfo=UTC) - start)
    scale = scale_between(start, end, start)
    assert scale is not None
    ticks = (*scale.ticks, *scale.long_ticks)
    assert len(ticks) == len(set(ticks)) <= 75
    assert all(0 <= tick <= LENGTH for tick in ticks)


def test_an_end_before_the_start_has_no_scale() -> None:
    assert scale_between(END, START, START) is None


def test_words_say_both_dates_and_what_is_left() -> None:
    when = when_view(_claims(awarded_at=START), datetime(2026, 11, 22, 10, tzinfo=UTC), is_valid=True)
    assert when is not None
    assert when.words == "3 March 2026 to 3 March 2029"
    assert when.note == "2 years, 3 months left. Awarded 3 March 2026."


def test_without_an_end_there_are_words_and_no_scale() -> None:
    when = when_view(_claims(valid_until=None, awarded_at=None), END, is_valid=True)
    assert when is not None
    assert (when.words, when.note, when.scale) == ("Since 3 March 2026, no end date", "", None)


def test_what_is_left_is_not_said_of_a_badge_that_is_not_valid() -> None:
    when = when_view(_claims(awarded_at=None), START + timedelta(1), is_valid=False)
    assert when is not None and when.note == ""


def test_without_dates_there_is_nothing_to_say() -> None:
    assert when_view(_claims(valid_from=None), START, is_valid=True) is None


def test_the_example_is_always_in_its_time() -> None:
    for day in (datetime(2024, 2, 29, tzinfo=UTC), datetime(2031, 12, 31, tzinfo=UTC)):
        scale = example_when(day).scale
        assert scale is not None and 0 < scale.today < LENGTH
