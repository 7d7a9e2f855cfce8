"""Named places at which a test lets this process die, to see what is left of an issuance. Off unless asked for.

`TOUCHSTONE_FAILPOINT=after_sign` ends the process with SIGKILL where `failpoint("after_sign")` stands;
`sign_row:17` only for row 17 of a file, and `sign_row:17:raise` raises there instead. Commas divide several.
config.checks lets no server start with it that others can reach.
"""

from __future__ import annotations

import os
import signal

from django.conf import settings


class FailpointReached(Exception):
    """What a failpoint raises that was asked not to kill."""


def failpoint(name: str, *, row: int | None = None) -> None:
    """Die here, if this is the place that was named. row: the number of a row in its file, where one is at work."""
    if settings.TOUCHSTONE_FAILPOINT:
        for wanted in settings.TOUCHSTONE_FAILPOINT.split(","):
            if wanted.split(":")[0] == name:
                _reached(wanted, row)


def spare_this_process() -> None:
    """Let only failpoints of single rows count from here on: a trial of rows asks what a row does, not what a test."""
    wanted = settings.TOUCHSTONE_FAILPOINT.split(",")
    settings.TOUCHSTONE_FAILPOINT = ",".join(each for each in wanted if ":" in each)


def _reached(wanted: str, row: int | None) -> None:
    _, _, rest = wanted.partition(":")
    number, _, manner = rest.partition(":")
    if number and number != str(row):
        return
    if manner == "raise":
        raise FailpointReached(wanted)
    os.kill(os.getpid(), signal.SIGKILL)
