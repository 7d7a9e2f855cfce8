"""Dates and moments in a cell: year-month-day only, because 03/12/2026 names two days.

Every fault says how to write what was probably meant.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta

from credentials.imports.text import clean_line, shown
from credentials.imports.values import FieldFault, Rules

_FURTHEST_START = 10  # years ahead that valid_from may lie
_FURTHEST_END = 100  # years ahead that valid_until may lie

_ISO = re.compile(r"(\d{4})-(\d{2})-(\d{2})", re.ASCII)
_MOMENT = re.compile(
    r"(\d{4}-\d{2}-\d{2})[Tt ](\d{2}):(\d{2})(?::(\d{2})(?:[.,]\d{1,9})?)? ?(Z|z|[+-]\d{2}:?\d{2})?", re.ASCII
)
_YEAR_FIRST = re.compile(r"(\d{4})[./ -](\d{1,2})[./ -](\d{1,2})\.?", re.ASCII)
_YEAR_LAST = re.compile(r"(\d{1,2})[./ -]\s?(\d{1,2})[./ -]\s?(\d{4})", re.ASCII)
_SHORT_YEAR = re.compile(r"\d{1,2}[./ -]\d{1,2}[./ -]\d{2}", re.ASCII)
_SERIAL = re.compile(r"[1-9]\d{4}(?:\.\d+)?", re.ASCII)
_SERIAL_ZERO = date(1899, 12, 30)  # day 0 of spreadsheets, their leap year 1900 allowed for
_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip


def parse_day(value: str, rules: Rules) -> date:
    """`awarded_on`: a day not after today (UTC) and not before `rules.earliest`; FieldFault `date.*` or `text.*`."""
    text = clean_line(value, 100)
    if _MOMENT.fullmatch(text):
        raise FieldFault("date.format", f"{shown(text)} has a time of day.", f"Write only the day: {text[:10]}.")
    day = _day(text)
    if day > rules.today:
        raise FieldFault(
            "date.future",
            f"{_long(day)} is after today, {_long(rules.today)} (UTC).",
            "Write the day of the award, or leave the cell empty for today.",
        )
    return _not_too_early(day, rules)


def parse_start(value: str, rules: Rules) -> datetime:
    """`valid_from`: a date (from 00:00 UTC) or a date-time with offset, at most ten years ahead; UTC, whole seconds."""
    moment = _moment(value, time.min, rules)
    if moment.date() > rules.latest(_FURTHEST_START):
        raise FieldFault(
            "date.too_late", f"{_long(moment.date())} is more than {_FURTHEST_START} years ahead.", "Check the year."
        )
    return moment


def parse_end(value: str, rules: Rules) -> datetime:
    """`valid_until`: a date (to 23:59:59 UTC that day) or a date-time with offset; UTC, whole seconds."""
    moment = _moment(value, time(23, 59, 59), rules)
    if moment.date() > rules.latest(_FURTHEST_END):
        raise FieldFault(
            "date.too_late",
            f"{_long(moment.date())} is more than {_FURTHEST_END} years ahead.",
            "Leave the cell empty if the award does not end.",
        )
    return moment


def check_order(awarded_on: date | None, valid_from: datetime | None, valid_until: datetime, rules: Rules) -> None:
    """Raises FieldFault where the end is not after the start: `valid_from`, else `awarded_on`, else today."""
    if valid_from is not None:
        start, name = valid_from, "valid_from"
    else:
        start = datetime.combine(awarded_on or rules.today, time.min, UTC)
        name = "awarded_on" if awarded_on else "today"
    if valid_until <= start:
        raise FieldFault(
            "date.until_before_from",
            f"The award would end on {_long(valid_until.date())}, not after it starts ({name}, {_long(start.date())}).",
            "Write an end after the start, or leave the cell empty if the award does not end.",
        )


def _moment(value: str, default: time, rules: Rules) -> datetime:
    text = clean_line(value, 100)
    parts = _MOMENT.fullmatch(text)
    if not parts:
        return datetime.combine(_not_too_early(_day(text), rules), default, UTC)
    if not parts[5]:
        raise FieldFault(
            "date.no_offset",
            f"{shown(text)} does not say in which time zone.",
            f"Write {parts[1]}T{parts[2]}:{parts[3]}:{parts[4] or '00'}Z for UTC, or only the day: {parts[1]}.",
        )
    day = _not_too_early(_day(parts[1]), rules)
    try:
        clock = time(int(parts[2]), int(parts[3]), int(parts[4] or 0))
        return datetime.combine(day, clock, UTC) - _offset(parts[5])
    except (ValueError, OverflowError):
        raise FieldFault(
            "date.no_such_time", f"{shown(text)} is no time of day.", f"Write it as {parts[1]}T14:30:00Z."
        ) from None


def _offset(text: str) -> timedelta:
    if text in ("Z", "z"):
        return timedelta(0)
    hours, minutes = int(text[1:3]), int(text[-2:])
    if hours > 14 or minutes > 59:
        raise ValueError(text)
    size = timedelta(hours=hours, minutes=minutes)
    return -size if text[0] == "-" else size


def _day(text: str) -> date:
    """The day an ISO date names; every other way of writing is a fault whose cure shows the ISO date."""
    if match := _ISO.fullmatch(text):
        return _existing(int(match[1]), int(match[2]), int(match[3]))
    if match := _YEAR_FIRST.fullmatch(text):
        day = _existing(int(match[1]), int(match[2]), int(match[3]))
        raise FieldFault("date.format", f"{shown(text)} is not written as year-month-day.", f"Write {day}.")
    if match := _YEAR_LAST.fullmatch(text):
        raise _year_last(text, int(match[1]), int(match[2]), int(match[3]))
    if _SHORT_YEAR.fullmatch(text):
        raise FieldFault(
            "date.two_digit_year",
            f"{shown(text)} has a year of two digits.",
            "Write the year with four digits and first, as in 2026-12-03.",
        )
    if _SERIAL.fullmatch(text):
        day = _SERIAL_ZERO + timedelta(days=int(text.partition(".")[0]))
        raise FieldFault(
            "date.serial",
            f"{shown(text)} is a spreadsheet's number for {_long(day)}.",
            f"Write {day}, or format the column as text before you save.",
        )
    raise FieldFault("date.format", f"{shown(text)} is not a date.", "Write it as 2026-12-03: year, month, day.")


def _year_last(text: str, first: int, second: int, year: int) -> FieldFault:
    """Day and month in unknown order: names both readings, or the one that can be meant."""
    readings = [day for day in (_try(year, second, first), _try(year, first, second)) if day]
    if not readings:
        if 1 <= second <= 12 and first <= 31:
            return _impossible(year, second, first)
        return FieldFault(
            "date.impossible", f"{shown(text)} names no day.", "Write it as 2026-12-03: year, month, day."
        )
    if len(set(readings)) == 2:
        return FieldFault(
            "date.ambiguous",
            f"{shown(text)} can mean {_long(readings[0])} or {_long(readings[1])}.",
            f"Write {readings[0]} or {readings[1]}.",
        )
    return FieldFault("date.format", f"{shown(text)} is not written as year-month-day.", f"Write {readings[0]}.")


def _try(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _existing(year: int, month: int, day: int) -> date:
    found = _try(year, month, day)
    if found is None:
        raise _impossible(year, month, day)
    return found


def _impossible(year: int, month: int, day: int) -> FieldFault:
    if not 1 <= month <= 12:
        swapped = _try(year, day, month)
        cure = f"Write {swapped}, if that is the day you mean." if swapped else "Write it as 2026-12-03."
        return FieldFault("date.impossible", f"There is no month {month}.", cure)
    last = next((found for end in (31, 30, 29, 28) if (found := _try(year, month, end))), None)
    if last is None or day < 1:
        return FieldFault("date.impossible", f"{year:04}-{month:02}-{day:02} names no day.", "Write it as 2026-12-03.")
    return FieldFault(
        "date.impossible", f"{day} {_MONTHS[month - 1]} {year} does not exist.", f"Write {last}, or the day you mean."
    )


def _not_too_early(day: date, rules: Rules) -> date:
    if day < rules.earliest:
        raise FieldFault("date.too_early", f"{_long(day)} lies before {_long(rules.earliest)}.", "Check the year.")
    return day


def _long(day: date) -> str:
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"
