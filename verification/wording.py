"""How pages say dates, spans, amounts and names. Pure functions over values."""

import re
from datetime import UTC, date, datetime

from django.conf.locale import LANG_INFO
from django.utils.dates import MONTHS

_DURATION = re.compile(
    r"P(?:(\d{1,5})Y)?(?:(\d{1,5})M)?(?:(\d{1,5})W)?(?:(\d{1,5})D)?(?:T(?:(\d{1,5})H)?(?:(\d{1,5})M)?(?:\d{1,5}S)?)?",
    re.ASCII,
)
_DURATION_UNITS = ("year", "month", "week", "day", "hour", "minute")


def day(instant: datetime) -> str:
    """The UTC day in words: "22 November 2026"."""
    return day_of(instant.astimezone(UTC))


def day_of(day: date) -> str:
    """A calendar day in words: "22 November 2026"."""
    return f"{day.day} {MONTHS[day.month]} {day.year}"


def in_utc(instant: datetime) -> datetime:
    return instant.astimezone(UTC)


def clock(instant: datetime) -> str:
    """The UTC time: "10:00 UTC"."""
    return f"{instant.astimezone(UTC):%H:%M} UTC"


def moment(instant: datetime) -> str:
    """Day and time: "22 November 2026, 10:00 UTC"."""
    return f"{day(instant)}, {clock(instant)}"


def amount(number: int) -> str:
    """A whole number with a narrow no-break space between thousands: "1 240"."""
    return f"{number:,}".replace(",", "\u202f")


def counted(number: int, noun: str) -> str:
    """ "1 month", "3 months"."""
    return f"{amount(number)} {noun}" if number == 1 else f"{amount(number)} {noun}s"


def duration_words(duration: str) -> str:
    """An ISO 8601 duration in words, "PT60H" as "60 hours"; the text itself where it is none."""
    matched = _DURATION.fullmatch(duration)
    parts = [] if matched is None else zip(matched.groups(), _DURATION_UNITS, strict=True)
    words = [counted(int(value), unit) for value, unit in parts if value is not None]
    return ", ".join(words) if words else duration


def months_between(start: datetime, end: datetime) -> int:
    """Whole calendar months from start to end, both aware; 0 where end is not a month later."""
    start, end = start.astimezone(UTC), end.astimezone(UTC)
    months = (end.year - start.year) * 12 + end.month - start.month
    if (end.day, end.timetz()) < (start.day, start.timetz()):
        months -= 1
    return max(months, 0)


def time_between(start: datetime, end: datetime) -> str:
    """A span in words, coarse enough to be read: "2 years, 3 months", "12 days", "less than a day"."""
    months = months_between(start, end)
    if months >= 12:
        years, rest = divmod(months, 12)
        return counted(years, "year") + (f", {counted(rest, 'month')}" if rest else "")
    if months:
        return counted(months, "month")
    days = (end - start).days
    return counted(days, "day") if days > 0 else "less than a day"


def wait_words(seconds: int) -> str:
    """How long somebody has to wait, never less than it is: "12 seconds", "10 minutes"."""
    return counted(seconds, "second") if seconds < 120 else counted(-(-seconds // 60), "minute")


def language_name(tag: str) -> str:
    """The English name of a language tag, "pt-BR" as "Brazilian Portuguese"; the tag itself where unknown."""
    known = LANG_INFO.get(tag.lower()) or LANG_INFO.get(tag.lower().partition("-")[0], {})
    return str(known.get("name", tag))
