"""What one check found: its line in the report and the state that it asks for."""

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from openbadges.errors import OpenBadgesError
from openbadges.names import visible
from openbadges.report import Check, CheckId, Result, State


@dataclass(frozen=True, slots=True)
class Finding:
    """One check's line. `state` None: nothing against "valid". `when`: the day that the headline names."""

    check: Check
    state: State | None = None
    when: datetime | None = None


@lru_cache(maxsize=512)  # most verdicts say the same sentences
def finding(
    check_id: CheckId,
    result: Result,
    code: str,
    message: str,
    *,
    state: State | None = None,
    when: datetime | None = None,
) -> Finding:
    # A message may quote what others wrote.
    return Finding(Check(check_id, result, code, visible(message)), state, when)


def from_error(check_id: CheckId, result: Result, error: OpenBadgesError, state: State) -> Finding:
    """A line that says what an error of this library says."""
    return finding(check_id, result, error.code, str(error), state=state)


def not_reached(check_id: CheckId) -> Finding:
    """The line of a check that an earlier one made pointless."""
    return finding(check_id, "skipped", f"{check_id}.not_reached", "Not looked at, because an earlier check decided.")
