"""The check of a long file, which a worker does: a request would be cut off before it ends. It may die at any point.

Whoever takes the check over begins it anew: rows that were stored before are forgotten, so that none is there twice.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import partial

from django.db import InterfaceError, OperationalError, transaction

from credentials import leases, uploads, wake
from credentials.checked_rows import clear_rows
from credentials.errors import IssuingError
from credentials.imports import ImportRefused
from credentials.imports.columns import header_key
from credentials.models import Batch
from issuers.audit import Actor

log = logging.getLogger(__name__)

LONG_ROWS = 5_000
"""Files of more rows than this are left to a worker."""
MOST_DEATHS = 3
"""How many workers may die of a file before it is refused."""
TASK = "credentials.tasks.check_file"
Fault = tuple[str, str]
"""What is wrong with a file as a whole, and the cure."""
KILLS: Fault = ("The check of this file ended every worker that did it.", "Split it, or save it anew as “CSV UTF-8”.")
UNEXPECTED: Fault = ("The check of this file failed by a fault of ours.", "The log says more. Try it again later.")
_WORKER = Actor.system("worker")


def check(batch: Batch, *, meanings: Mapping[str, str] | None, actor: Actor, now: datetime) -> None:
    """Check a kept file at once, or ask a worker for it where it is long. meanings: as for `uploads.check`.

    Raises HeaderRefused, ImportRefused, BatchIsBusy, BatchStateRefuses.
    """
    columns = {header_key(header): column for header, column in (meanings or {}).items()}
    if uploads.has_more_rows_than(LONG_ROWS, batch, columns=columns, now=now):
        _ask(batch.pk, columns=columns, actor=actor, now=now)
    else:
        uploads.check(batch.pk, meanings=meanings, actor=actor, now=now)


def check_asked(*, batch_id: int, now: datetime) -> None:
    """Do the check that a batch waits for. May run twice, or at once: one worker does it at a time."""
    with leases.hold() as owner:
        batch = _take(batch_id, owner=owner)
        if batch is None:
            return
        if batch.check_deaths >= MOST_DEATHS:
            return _refuse(batch, [KILLS])
        try:
            uploads.check_taken(batch, actor=_WORKER, now=now)
        except uploads.HeaderRefused as refused:
            _refuse(batch, [(error.message, error.cure) for error in refused.errors])
        except ImportRefused as refused:
            _refuse(batch, [(refused.message, refused.cure)])
        except IssuingError as error:
            _refuse(batch, [(str(error), "")])
        except (OperationalError, InterfaceError, OSError):
            raise  # the database or the disk is away: the sweep asks again
        except Exception:
            log.exception("The file of batch %s cannot be checked", batch_id)
            _refuse(batch, [UNEXPECTED])


def sweep() -> int:
    """Wake a worker for every check that was asked for and that nobody does; return how many."""
    asked = Batch.objects.filter(check_asked_at__isnull=False).only("checker")
    idle = [batch for batch in asked if not batch.checker or not leases.is_alive(batch.checker)]
    for batch in idle:
        wake.send(TASK, batch.pk)
    return len(idle)


@transaction.atomic
def _ask(batch_id: int, *, columns: Mapping[str, str], actor: Actor, now: datetime) -> None:
    batch = uploads.lock_checkable(batch_id)
    clear_rows(batch)
    batch.columns, batch.check_asked_at, batch.check_deaths, batch.check_faults = dict(columns), now, 0, []
    batch.save(update_fields=["columns", "check_asked_at", "check_deaths", "check_faults"])
    uploads.record("batch.check_asked", batch, actor=actor, now=now)
    transaction.on_commit(partial(wake.send, TASK, batch.pk))


@transaction.atomic
def _take(batch_id: int, *, owner: str) -> Batch | None:
    """The batch, marked as being checked by this lease, without the rows that a dead worker left."""
    batch = Batch.objects.select_for_update().filter(pk=batch_id, check_asked_at__isnull=False).first()
    if batch is None or (batch.checker and leases.is_alive(batch.checker)):
        return None
    batch.check_deaths += bool(batch.checker)
    batch.checker = owner
    batch.save(update_fields=["checker", "check_deaths"])
    clear_rows(batch)
    return batch


def _refuse(batch: Batch, faults: Sequence[Fault]) -> None:
    """End the check with what is wrong, unless somebody dropped the batch or took it over meanwhile."""
    ours = Batch.objects.filter(pk=batch.pk, check_asked_at__isnull=False, checker__in=("", batch.checker))
    ours.update(check_asked_at=None, checker="", check_faults=[list(fault) for fault in faults])
