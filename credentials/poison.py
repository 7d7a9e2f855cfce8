"""Which rows of a chunk spoil it: those that raise, and those that kill the process that works on them.

A trial issues one row and takes it back. For rows that raise it runs here; for rows that kill, in a forked process,
so that no further worker dies of them. One that was killed from outside is no proof, so a row is blamed only when two
trials of it died, and only of a death between its beginning and its end: before the first row and between two, the
process is at no row.
"""

from __future__ import annotations

import logging
import os
import signal
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from celery.exceptions import SoftTimeLimitExceeded
from django.db import InterfaceError, OperationalError, connection, connections

from credentials import failpoints, leases
from credentials.errors import NoSigningKey

log = logging.getLogger(__name__)

Trial = Callable[[int], None]
"""Issues the row with this primary key and takes it back; raises what is wrong with it."""

SYSTEMIC = (OperationalError, InterfaceError, OSError, NoSigningKey)
"""What says nothing about a row: the database, the disk or the keys are away."""
FATAL = (MemoryError, SoftTimeLimitExceeded)
"""What ends a worker's work on a chunk without naming a row; it counts as a death."""
TRIAL_DEATHS = 2
MOST_DEADLY_IN_A_ROW = 5
_SECONDS_PER_ROW = 60
_kept_alive: list[object] = []


class WorkersDie(Exception):
    """Row after row kills, or no row is at work: it is not the rows."""


def rows_that_raise(row_ids: Sequence[int], trial: Trial) -> dict[int, str]:
    """The rows whose trial raises, with the name of the exception. Raises what is SYSTEMIC or FATAL."""
    faults = {}
    for row_id in row_ids:
        try:
            trial(row_id)
        except (*SYSTEMIC, *FATAL):
            raise
        except Exception as error:  # whatever it is, it is this row that raises it
            log.exception("Row %s cannot be issued", row_id)
            faults[row_id] = type(error).__name__
    return faults


@dataclass(frozen=True, slots=True)
class _Death:
    """Where a trial's process died: the first row that it had not ended, and whether it had begun that one."""

    position: int
    is_of_row: bool


def rows_that_kill(row_ids: Sequence[int], trial: Trial) -> set[int]:
    """The rows whose trial ends its process, twice. A trial that raises is no death.

    Raises WorkersDie where row after row kills, or the process dies twice at a place where it is at no row.
    """
    deadly: set[int] = set()
    deaths: Counter[_Death] = Counter()
    in_a_row, position = 0, 0
    while position < len(row_ids):
        death = _try_from(row_ids, position, trial)
        if death is None:
            break
        if death.position != position:
            in_a_row = 0
        position = death.position
        deaths[death] += 1
        if deaths[death] < TRIAL_DEATHS:
            continue
        if not death.is_of_row:
            raise WorkersDie
        log.error("Row %s kills the process that issues it", row_ids[position])
        deadly.add(row_ids[position])
        in_a_row, position = in_a_row + 1, position + 1
        if in_a_row >= MOST_DEADLY_IN_A_ROW:
            raise WorkersDie
    return deadly


def _try_from(row_ids: Sequence[int], first: int, trial: Trial) -> _Death | None:
    """Try rows in a forked process, from this position on; return where it died, or None."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.close(reader)
            _be_a_trial(row_ids[first:], trial, writer)
        finally:
            os._exit(1)
    os.close(writer)
    with os.fdopen(reader, "rb") as marks:
        begun_and_ended = len(marks.read())
    _, status = os.waitpid(child, 0)
    if status == 0:
        return None
    ended, is_of_row = divmod(begun_and_ended, 2)
    return _Death(first + ended, bool(is_of_row))


def _be_a_trial(row_ids: Sequence[int], trial: Trial, writer: int) -> None:
    """The forked process: one byte before each row and one after it, so that the other side knows where it died."""
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    leases.forget()
    _leave_connections()
    failpoints.spare_this_process()
    for row_id in row_ids:
        os.write(writer, b".")  # raises where the other side is gone, which ends this process, too
        signal.alarm(_SECONDS_PER_ROW)
        try:
            trial(row_id)
        except MemoryError:
            os._exit(1)  # this row, alone, needs more than there is
        except Exception:  # noqa: BLE001  # what raises is found without a fork
            log.debug("The trial of row %s raised", row_id)
        signal.alarm(0)
        os.write(writer, b".")
    os._exit(0)


def _leave_connections() -> None:
    """Let go of the other side's connections without saying goodbye, which would end its session."""
    for each in connections.all(initialized_only=True):
        _kept_alive.append(each.connection)  # or else its destructor would say it
        each.connection = None
    connection.savepoint_ids, connection.in_atomic_block = [], False
