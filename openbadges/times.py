"""Points in time as credentials write them (xsd:dateTimeStamp): always with a zone, never a guess."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from functools import lru_cache

from openbadges.errors import OpenBadgesError

_PATTERN = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.\d{1,12})?(?:Z|[+-](?:0\d|1[0-4]):[0-5]\d)", re.ASCII
)

_MOST_LETTERS = 40
_NEEDED = "A date and time such as 2026-11-22T10:00:00Z is needed."


class TimeInvalid(OpenBadgesError):
    """Not a date-time with seconds and a zone."""

    code = "time.invalid"
    title = "This date and time cannot be read"


def parse_time(text: object) -> datetime:
    """Return an aware datetime in UTC from e.g. "2026-11-22T10:00:00Z" or "2026-11-22T10:00:00.5-08:00".

    Raises TimeInvalid for anything else: no zone, a date alone, 24:00, a leap second, no such day.
    """
    if not isinstance(text, str) or len(text) > _MOST_LETTERS:
        raise TimeInvalid(_NEEDED)
    return _parse(text)


@lru_cache(maxsize=1024)  # each check of a verdict reads the same few times
def _parse(text: str) -> datetime:
    if _PATTERN.fullmatch(text) is None:
        raise TimeInvalid(_NEEDED)
    try:
        return datetime.fromisoformat(text).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise TimeInvalid("This date and time does not exist.") from error


@lru_cache(maxsize=1024)  # the awards of a batch share most of their times
def format_time(moment: datetime) -> str:
    """Return "2026-11-22T10:00:00Z": UTC, whole seconds (a fraction is cut off). Raises TimeInvalid without a zone."""
    if moment.tzinfo is None:
        raise TimeInvalid("A time without a zone cannot be signed.")
    return moment.astimezone(UTC).replace(microsecond=0, tzinfo=None).isoformat() + "Z"
