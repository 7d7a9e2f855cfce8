"""ISO 8601 durations as achievements use them: `P3Y` for validity, `PT60H` for workload."""

from __future__ import annotations

import calendar
import re
from datetime import datetime, timedelta

_COUNT = r"[0-9]{1,4}"  # \d would take the digits of other scripts, too
CALENDAR = re.compile(rf"P(?=[0-9])(?:([0-9]{{1,2}})Y)?(?:([0-9]{{1,3}})M)?(?:({_COUNT})W)?(?:({_COUNT})D)?\Z")
HOURS = re.compile(rf"PT({_COUNT})H\Z")


def add(start: datetime, duration: str) -> datetime:
    """Return `start` moved forward by a calendar duration; 29 February becomes 28 where the year has no 29th.

    Raises ValueError for anything but years, months, weeks and days.
    """
    match = CALENDAR.match(duration)
    if match is None:
        raise ValueError(f"{duration!r} is not a duration such as P3Y or P18M.")
    years, months, weeks, days = (int(part or 0) for part in match.groups())
    month = start.month - 1 + months
    year = start.year + years + month // 12
    day = min(start.day, calendar.monthrange(year, month % 12 + 1)[1])
    return start.replace(year=year, month=month % 12 + 1, day=day) + timedelta(weeks=weeks, days=days)


def hours(duration: str) -> int:
    """Return the hours of a workload such as `PT60H`. Raises ValueError."""
    match = HOURS.match(duration)
    if match is None:
        raise ValueError(f"{duration!r} is not a number of hours such as PT60H.")
    return int(match[1])
