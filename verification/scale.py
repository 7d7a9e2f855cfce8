"""The validity scale: a rule from start to end with a needle at today, and the same in words."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from verification.claims import Claims
from verification.wording import day, months_between, time_between

LENGTH = 1000
"""Units along the scale; the page draws it in a box of that width."""


@dataclass(frozen=True, slots=True)
class Scale:
    """Positions in units from 0 to LENGTH. Ticks are true calendar steps: days, months or years by the span."""

    ticks: tuple[int, ...]
    long_ticks: tuple[int, ...]
    today: int

    @property
    def percent(self) -> str:
        return f"{self.today / LENGTH:.1%}"


@dataclass(frozen=True, slots=True)
class When:
    """`words`: the dates; `note`: what is left and when it was assessed; no scale without an end."""

    words: str
    note: str
    start: str
    end: str
    scale: Scale | None


def when_view(claims: Claims, now: datetime, *, is_valid: bool) -> When | None:
    """The dates of a credential; None where it has none."""
    start, end = claims.valid_from, claims.valid_until
    if start is None:
        return None
    notes = [_left(start, end, now)] if is_valid and end is not None else []
    if claims.awarded_at is not None:
        notes.append(f"Awarded {day(claims.awarded_at)}")
    return When(
        words=f"{day(start)} to {day(end)}" if end else f"Since {day(start)}, no end date",
        note=". ".join(notes) + "." if notes else "",
        start=day(start),
        end=day(end) if end else "",
        scale=scale_between(start, end, now) if end else None,
    )


def example_when(now: datetime) -> When:
    """The dates of the invented example on the start page, always in the middle of its time."""
    start, end = _months_later(now, -14), _months_later(now, 10)
    return When(f"{day(start)} to {day(end)}", "", day(start), day(end), scale_between(start, end, now))


def scale_between(start: datetime, end: datetime, now: datetime) -> Scale | None:
    """The scale of a span; None where end is not after start."""
    length = (end - start).total_seconds()
    if length <= 0:
        return None

    def place(moment: datetime) -> int:
        return round(min(max((moment - start).total_seconds() / length, 0), 1) * LENGTH)

    steps, group = _steps(start, end)
    places = [place(step) for step in steps]
    long_ticks = {0, LENGTH, *places[::group]}
    return Scale(tuple(sorted(set(places) - long_ticks)), tuple(sorted(long_ticks)), place(now))


def _steps(start: datetime, end: datetime) -> tuple[list[datetime], int]:
    """Calendar steps from start and how many of them a long tick spans: days, months, or years; at most 72."""
    months = months_between(start, end)
    if months < 2:
        return [start + timedelta(days=number) for number in range((end - start).days + 1)], 7
    if months <= 72:
        return [_months_later(start, number) for number in range(months + 1)], 12
    years = min(months // 12, 72)
    return [_months_later(start, 12 * number) for number in range(years + 1)], 5


def _months_later(start: datetime, months: int) -> datetime:
    """The same day so many months on, or the month's last day; year 9999 is the end of time."""
    start = start.astimezone(UTC)
    year, month = divmod(start.year * 12 + start.month - 1 + months, 12)
    for last_day in (start.day, 30, 29, 28):
        try:
            return start.replace(year=min(year, 9999), month=month + 1, day=last_day)
        except ValueError:
            continue
    return start


def _left(start: datetime, end: datetime, now: datetime) -> str:
    return f"{time_between(now, end)} left" if start <= now < end else ""
