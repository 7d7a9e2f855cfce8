"""How pages say dates, spans, amounts and names."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from verification import wording

MARCH = datetime(2026, 3, 31, 9, 30, tzinfo=UTC)


def test_days_and_moments_are_in_utc_and_in_words() -> None:
    late_in_new_york = datetime(2026, 11, 22, 22, 0, tzinfo=timezone(timedelta(hours=-5)))
    assert wording.day(late_in_new_york) == "23 November 2026"
    assert wording.moment(late_in_new_york) == "23 November 2026, 03:00 UTC"


@pytest.mark.parametrize(
    ("duration", "words"),
    [
        ("PT60H", "60 hours"),
        ("PT1H30M", "1 hour, 30 minutes"),
        ("P3Y", "3 years"),
        ("P1M2D", "1 month, 2 days"),
        ("P2W", "2 weeks"),
        ("about a week", "about a week"),
        ("P", "P"),
    ],
)
def test_durations_are_words_and_other_text_stays(duration: str, words: str) -> None:
    assert wording.duration_words(duration) == words


@pytest.mark.parametrize(
    ("end", "words"),
    [
        (datetime(2028, 6, 30, 9, 30, tzinfo=UTC), "2 years, 2 months"),
        (datetime(2028, 4, 1, 9, 30, tzinfo=UTC), "2 years"),
        (datetime(2026, 5, 31, 9, 30, tzinfo=UTC), "2 months"),
        (datetime(2026, 5, 31, 9, 29, tzinfo=UTC), "1 month"),
        (datetime(2026, 4, 12, 9, 30, tzinfo=UTC), "12 days"),
        (datetime(2026, 3, 31, 20, 0, tzinfo=UTC), "less than a day"),
    ],
)
def test_spans_are_coarse_and_never_too_long(end: datetime, words: str) -> None:
    assert wording.time_between(MARCH, end) == words


@pytest.mark.parametrize(
    ("seconds", "words"), [(1, "1 second"), (119, "119 seconds"), (120, "2 minutes"), (121, "3 minutes")]
)
def test_a_wait_is_never_said_to_be_shorter(seconds: int, words: str) -> None:
    assert wording.wait_words(seconds) == words


def test_thousands_are_grouped_with_a_space_that_does_not_break() -> None:
    assert wording.amount(1240) == "1\u202f240"
    assert wording.counted(1, "month") == "1 month"


def test_languages_have_names_and_unknown_tags_stay() -> None:
    assert wording.language_name("pt-BR") == "Brazilian Portuguese"
    assert wording.language_name("de-AT") == "German"
    assert wording.language_name("tlh") == "tlh"
