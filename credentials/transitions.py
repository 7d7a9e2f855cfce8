"""What people do with a batch: start, undo, pause, resume, cancel, try again. One function for each.

Every function locks the batch and looks at its state under that lock, so that two people, or one who clicks twice,
have one effect: who comes second finds the state that they wanted and changes nothing.

    draft -> validated -> held -> running <-> paused -> finished
             (undo: held -> validated)        any of them but the last -> cancelled
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial, wraps
from typing import Any, ParamSpec

from django.db import transaction
from django.db.models import F

from credentials import batches
from credentials.batches import close_chunks, finish_if_done, wake_workers
from credentials.errors import (
    AchievementArchived,
    BatchHasErrors,
    BatchNotStartable,
    BatchStateRefuses,
    IssuingError,
    NoSigningKey,
    NothingToRetry,
)
from credentials.models import Batch, BatchChunk, BatchRow, Recall
from credentials.signing import active_keys
from issuers import audit
from issuers.audit import Actor
from openbadges.json_types import JsonValue

P = ParamSpec("P")
WORKER = Actor.system("worker")
UNDO_WINDOW = timedelta(minutes=10)
"""How long a batch waits that was started from the dashboard."""
LATEST_START = timedelta(days=365)


def _change(action: str) -> Callable[[Callable[P, Batch]], Callable[P, Batch]]:
    """Make a function a change of a batch: one transaction, whose refusal is written to the audit log after it."""

    def decorate(function: Callable[P, Batch]) -> Callable[P, Batch]:
        @wraps(function)
        def change(*arguments: P.args, **named: P.kwargs) -> Batch:
            try:
                with transaction.atomic():
                    return function(*arguments, **named)
            except IssuingError as error:
                facts: dict[str, Any] = dict(named)
                batch = Batch.objects.only("public_id", "issuer_id").get(pk=facts["batch_id"])
                _record(action, batch, actor=facts.get("actor", WORKER), now=facts["now"], refused=error.code)
                raise

        return change

    return decorate


def _record(action: str, batch: Batch, *, actor: Actor, now: datetime, refused: str = "", **details: JsonValue) -> None:
    audit.record(
        action,
        actor=actor,
        issuer_id=batch.issuer_id,
        object_kind="batch",
        object_id=batch.public_id,
        now=now,
        refused=refused,
        details=details,
    )


@_change("batch.started")
def start_batch(
    *,
    batch_id: int,
    now: datetime,
    accept_errors: bool = False,
    starts_at: datetime | None = None,
    actor: Actor = WORKER,
) -> Batch:
    """Let workers begin: at once, or at `starts_at`, until when `undo_batch` takes it back.

    accept_errors: award the good rows of a file that has bad ones too.
    Raises BatchNotStartable, BatchHasErrors, AchievementArchived, NoSigningKey.
    """
    batch = _locked(batch_id)
    if batch.state in (Batch.State.HELD, Batch.State.RUNNING, Batch.State.PAUSED, Batch.State.FINISHED):
        return batch
    if batch.state != Batch.State.VALIDATED:
        raise BatchNotStartable(batch.get_state_display())
    if batch.failed and not accept_errors:
        raise BatchHasErrors(batch.failed)
    _refuse_archived(batch)
    active_keys(batch.issuer)  # without them no chunk could ever be signed
    if starts_at is not None and starts_at > now + LATEST_START:
        raise BatchStateRefuses(batch.get_state_display(), "It can be started within one year, not later.")
    _record("batch.started", batch, actor=actor, now=now, rows=batch.total - batch.failed, left_out=batch.failed)
    if starts_at is None or starts_at <= now:
        return _begin(batch, now=now)
    batch.state, batch.starts_at = Batch.State.HELD, starts_at
    batch.save(update_fields=["state", "starts_at"])
    return batch


@_change("batch.begun")
def start_held(*, batch_id: int, now: datetime, actor: Actor = WORKER) -> Batch:
    """End the waiting of a held batch. Raises BatchStateRefuses where it never waited or was taken back."""
    batch = _locked(batch_id)
    if batch.state == Batch.State.HELD:
        _record("batch.begun", batch, actor=actor, now=now)
        return _begin(batch, now=now)
    if batch.started_at is None:
        raise BatchStateRefuses(batch.get_state_display(), "Only a batch that waits to start can be begun early.")
    return batch


def start_due(*, now: datetime) -> int:
    """Begin every held batch whose time has come; return how many were due."""
    due = list(Batch.objects.filter(state=Batch.State.HELD, starts_at__lte=now).values_list("pk", flat=True))
    for batch_id in due:
        _start_if_due(batch_id, now=now)
    return len(due)


@transaction.atomic
def _start_if_due(batch_id: int, *, now: datetime) -> None:
    batch = _locked(batch_id)
    if batch.state != Batch.State.HELD or batch.starts_at is None or batch.starts_at > now:
        return  # undone or begun since
    try:
        _refuse_archived(batch)
        active_keys(batch.issuer)
    except AchievementArchived:
        _begin_paused(batch, Batch.PauseReason.ARCHIVED, now=now)
    except NoSigningKey:
        _begin_paused(batch, Batch.PauseReason.NO_SIGNING_KEY, now=now)
    else:
        _record("batch.begun", batch, actor=WORKER, now=now)
        _begin(batch, now=now)


@_change("batch.undone")
def undo_batch(*, batch_id: int, now: datetime, actor: Actor = WORKER) -> Batch:
    """Take back a start before anything was signed. Raises BatchStateRefuses once work has begun."""
    batch = _locked(batch_id)
    if batch.state == Batch.State.VALIDATED:
        return batch
    if batch.state != Batch.State.HELD:
        rule = "Only a batch that waits to start can be undone. Cancel the rest of it, or recall what was awarded."
        raise BatchStateRefuses(batch.get_state_display(), rule)
    _record("batch.undone", batch, actor=actor, now=now)
    batch.state, batch.starts_at = Batch.State.VALIDATED, None
    batch.save(update_fields=["state", "starts_at"])
    return batch


@_change("batch.paused")
def pause_batch(*, batch_id: int, now: datetime, actor: Actor = WORKER) -> Batch:
    """Begin no further chunk; one that a worker is at is completed. Raises BatchStateRefuses."""
    batch = _locked(batch_id)
    if batch.state == Batch.State.PAUSED:
        return batch
    if batch.state != Batch.State.RUNNING or batch.cancelled_at is not None:
        raise BatchStateRefuses(batch.get_state_display(), "Only a running batch can be paused.")
    _record("batch.paused", batch, actor=actor, now=now)
    batch.state = Batch.State.PAUSED
    batch.save(update_fields=["state"])
    return batch


@_change("batch.resumed")
def resume_batch(*, batch_id: int, now: datetime, actor: Actor = WORKER) -> Batch:
    """Go on with a paused batch. Raises BatchStateRefuses, AchievementArchived, NoSigningKey."""
    batch = _locked(batch_id)
    if batch.state == Batch.State.RUNNING:
        return batch
    if batch.state != Batch.State.PAUSED:
        raise BatchStateRefuses(batch.get_state_display(), "Only a paused batch can be resumed.")
    _refuse_archived(batch)
    active_keys(batch.issuer)
    _record("batch.resumed", batch, actor=actor, now=now)
    _run(batch, now=now)
    return batch


@_change("batch.cancelled")
def cancel_batch(*, batch_id: int, now: datetime, actor: Actor = WORKER) -> Batch:
    """Drop a batch, or the rest of one that is at work: rows that nothing was reserved for become cancelled.

    A worker may be signing what it reserved, and that was recorded: such rows are completed, so that every recorded
    document exists. Until then the batch stays running with `cancelled_at` set. Raises BatchStateRefuses when final.
    """
    batch = lock_with_chunks(batch_id)
    if batch.cancelled_at is not None:
        return batch
    if batch.state == Batch.State.FINISHED:
        rule = "It is too late to cancel it. Recall it to revoke what was awarded."
        raise BatchStateRefuses(batch.get_state_display(), rule)
    pending = batch.rows.filter(state=BatchRow.State.PENDING)
    # A chunk that a worker holds, or in which something was reserved, ends as every chunk does.
    reserved = set(pending.exclude(award=None).values_list("chunk", flat=True).distinct())
    idle = batch.chunks.filter(finished_at=None, owner="").values_list("number", flat=True)
    rows = pending.filter(award=None).update(state=BatchRow.State.CANCELLED)
    _record("batch.cancelled", batch, actor=actor, now=now, rows=rows)
    close_chunks(batch.pk, [number for number in idle if number not in reserved], now=now)
    batch.cancelled_at, batch.pause_reason, batch.check_asked_at = now, "", None
    batch.state = Batch.State.RUNNING if batch.started_at else batch.state
    batch.save(update_fields=["cancelled_at", "pause_reason", "check_asked_at", "state"])
    finish_if_done(batch, now=now)
    transaction.on_commit(partial(wake_workers, batch_id=batch.pk))
    batch.file_pieces.all().delete()
    batch.refresh_from_db()
    return batch


@_change("batch.retried")
def retry_failed_rows(*, batch_id: int, now: datetime, actor: Actor = WORKER) -> Batch:
    """Try rows again that failed while they were issued, such as after a disk was full or a fault was mended.

    In a paused batch they wait with the others until it is resumed.
    Rows that failed the check of the file cannot become right by themselves. Raises BatchStateRefuses, NothingToRetry,
    AchievementArchived, NoSigningKey.
    """
    batch = _locked(batch_id)
    if batch.cancelled_at is not None or batch.started_at is None:
        raise BatchStateRefuses(batch.get_state_display(), "Only a batch that was awarded can have rows tried again.")
    if Recall.objects.filter(batch=batch).exists():  # it may be over, and would not come to what is awarded now
        raise BatchStateRefuses(batch.get_state_display(), "It was recalled, so no row of it is tried again.")
    done = batch.chunks.exclude(finished_at=None).values_list("number", flat=True)
    failed = list(
        batch.rows.filter(state=BatchRow.State.FAILED, chunk__in=done).order_by("number").values_list("pk", flat=True)
    )
    if not failed:
        raise NothingToRetry
    _refuse_archived(batch)
    active_keys(batch.issuer)
    _record("batch.retried", batch, actor=actor, now=now, rows=len(failed))
    first = batch.chunks.count()
    for part, start in enumerate(range(0, len(failed), batches.CHUNK_ROWS)):
        chunk = BatchChunk.objects.create(batch=batch, number=first + part)
        BatchRow.objects.filter(pk__in=failed[start : start + batches.CHUNK_ROWS]).update(
            state=BatchRow.State.PENDING, code="", column="", message="", chunk=chunk.number
        )
    batch.failed = F("failed") - len(failed)
    batch.save(update_fields=["failed"])
    if batch.state != Batch.State.PAUSED:
        _run(batch, now=now)
    batch.refresh_from_db()
    return batch


def lock_with_chunks(batch_id: int) -> Batch:
    """The batch, locked with its open chunks in the order of workers: nobody reserves rows, starts it or retries."""
    list(BatchChunk.objects.select_for_update().filter(batch_id=batch_id, finished_at=None).order_by("pk"))
    return _locked(batch_id)


def _locked(batch_id: int) -> Batch:
    return Batch.objects.select_for_update().get(pk=batch_id)


def _refuse_archived(batch: Batch) -> None:
    if batch.achievement_version.achievement.archived_at is not None:
        raise AchievementArchived(batch.achievement_version.name)


def _begin(batch: Batch, *, now: datetime) -> Batch:
    batch.started_at = now
    batch.save(update_fields=["started_at"])
    batch.file_pieces.all().delete()  # the rows hold all that is needed from here on
    _run(batch, now=now)
    return batch


def _begin_paused(batch: Batch, reason: Batch.PauseReason, *, now: datetime) -> None:
    batch.started_at, batch.state, batch.pause_reason = now, Batch.State.PAUSED, reason
    batch.save(update_fields=["started_at", "state", "pause_reason"])


def _run(batch: Batch, *, now: datetime) -> None:
    batch.state, batch.pause_reason, batch.finished_at = Batch.State.RUNNING, "", None
    batch.save(update_fields=["state", "pause_reason", "finished_at"])
    finish_if_done(batch, now=now)
    transaction.on_commit(partial(wake_workers, batch_id=batch.pk))
