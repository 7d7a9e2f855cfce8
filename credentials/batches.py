"""What workers do with a batch: from checked rows to issued awards, once each, whatever dies on the way.

The tables hold the truth. A batch is cut into chunks; a worker leases one chunk, reserves its awards in one
transaction, signs them, and stores them in a second. What will be signed is recorded before it is signed, so a worker
that takes over a dead one's chunk finds either nothing, or reservations that it completes. What people do with a batch
is in credentials.transitions; how rows get into it, in credentials.checked_rows.
"""

from __future__ import annotations

import errno
import logging
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import partial

from celery import current_app
from django.conf import settings
from django.db import DatabaseError, OperationalError, models, transaction
from django.db.models import Count, Exists, F, OuterRef
from django.utils import timezone
from kombu import exceptions as kombu

from credentials import leases, poison
from credentials.errors import NoSigningKey
from credentials.failpoints import failpoint
from credentials.imports import RowValues
from credentials.issuing import abandon, complete, record_again, reserve, set_columns
from credentials.models import Award, Batch, BatchChunk, BatchRow
from credentials.signing import SignedAwards, sign_awards

log = logging.getLogger(__name__)

CHUNK_ROWS = 500
MOST_DEATHS = 3
"""How many workers may die on a chunk before its rows are tried one by one."""
TASK = "credentials.tasks.issue_batch"


def wake_workers(*, batch_id: int) -> None:
    """Tell as many workers as can help that there is work."""
    failpoint("before_wake")
    open_chunks = BatchChunk.objects.filter(batch_id=batch_id, finished_at=None).count()
    for _ in range(min(open_chunks, settings.ISSUING_WORKERS)):
        wake_one_worker(batch_id=batch_id)


def wake_one_worker(*, batch_id: int) -> None:
    """Tell a worker that there is work. A broker that is away costs nothing but time: the sweeper tells again."""
    try:
        current_app.send_task(TASK, args=[batch_id], expires=60)
    except kombu.OperationalError:
        log.warning("The broker is away; batch %s goes on when it is back", batch_id)


def sweep() -> int:
    """Wake workers for each running batch in which nobody works on some open chunk; return how many batches."""
    open_chunks = BatchChunk.objects.filter(batch=OuterRef("pk"), finished_at=None)
    running = Batch.objects.filter(Exists(open_chunks), state=Batch.State.RUNNING)
    woken = 0
    for batch in running:
        owners = batch.chunks.filter(finished_at=None).values_list("owner", flat=True).distinct()
        if any(not owner or not leases.is_alive(owner) for owner in owners):
            wake_workers(batch_id=batch.pk)
            woken += 1
    return woken


def issue_next_chunk(*, batch_id: int) -> bool:
    """Take one free chunk of a batch and issue it. Returns whether the batch may have more to do.

    May run twice, at once or again: a chunk has one owner at a time and each row ends once. A batch is paused, with
    the reason, where the disk is full, the keys are gone, or issuing fails and no single row is to blame.
    """
    try:
        with leases.hold() as owner:
            chunk = _claim(batch_id, owner=owner)
            if chunk is None:
                return False
            failpoint("after_claim")
            _work_on(chunk, owner)
    except (OperationalError, OSError) as error:
        if not _is_disk_full(error):
            raise
        _pause(batch_id, Batch.PauseReason.DISK_FULL)
        return False
    return True


@transaction.atomic
def _claim(batch_id: int, *, owner: str) -> BatchChunk | None:
    """Lease the first open chunk that nobody alive holds."""
    chunks = (
        BatchChunk.objects.select_for_update(skip_locked=True, of=("self",))
        .filter(batch_id=batch_id, batch__state=Batch.State.RUNNING, finished_at=None)
        .order_by("number")
    )
    for chunk in chunks.filter(owner="")[:1] or chunks.exclude(owner=""):
        if chunk.owner and leases.is_alive(chunk.owner):
            continue
        if chunk.owner:
            chunk.deaths += 1
        chunk.owner = owner
        chunk.save(update_fields=["owner", "deaths"])
        return chunk
    return None


def _work_on(chunk: BatchChunk, owner: str) -> None:
    """Issue a chunk that this process holds, having looked for rows that spoil it where there is reason to."""
    if chunk.deaths >= MOST_DEATHS:
        try:
            _leave_out_rows_that_kill(chunk, owner=owner)
        except poison.WorkersDie:
            _give_back(chunk, owner=owner)
            return _pause(chunk.batch_id, Batch.PauseReason.WORKERS_DIE)
    try:
        _issue(chunk, owner=owner)
    except NoSigningKey:
        _give_back(chunk, owner=owner)
        _pause(chunk.batch_id, Batch.PauseReason.NO_SIGNING_KEY)
    except poison.FATAL:
        raise  # not given back: whoever takes it over counts a death
    except (*poison.SYSTEMIC, BatchChunk.DoesNotExist):
        _give_back(chunk, owner=owner)
        raise
    except Exception:
        log.exception("A chunk of batch %s cannot be issued as it is", chunk.batch_id)
        _leave_out_rows_that_raise(chunk, owner=owner)


def _issue(chunk: BatchChunk, *, owner: str) -> None:
    _reserve_rows(chunk, owner=owner, now=timezone.now())
    failpoint("after_reserve")
    signed = _sign_rows(chunk, now=timezone.now())
    failpoint("after_sign")
    _complete_rows(chunk, signed, owner=owner, now=timezone.now())
    failpoint("after_complete")


def _leave_out_rows_that_raise(chunk: BatchChunk, *, owner: str) -> None:
    """Let the rows fail that cannot be issued by themselves, then issue the others."""
    row_ids = _pending_ids(chunk)
    faults = poison.rows_that_raise(row_ids, partial(_try_row, chunk, owner))
    if faults and (len(faults) < len(row_ids) or len(row_ids) == 1):  # where all raise, it is not the rows
        _fail_rows(chunk, owner, {row: ("row.raises", f"an unexpected error ({name})") for row, name in faults.items()})
        try:
            return _issue(chunk, owner=owner)
        except (*poison.SYSTEMIC, *poison.FATAL):
            raise
        except Exception:
            log.exception("A chunk of batch %s fails without the rows that raise", chunk.batch_id)
    _give_back(chunk, owner=owner)
    _pause(chunk.batch_id, Batch.PauseReason.FAILING)


def _leave_out_rows_that_kill(chunk: BatchChunk, *, owner: str) -> None:
    """After several workers died on a chunk: let the rows fail that no process survives. Raises poison.WorkersDie."""
    # From here on deaths count anew: if this one dies, too, it was not of a row.
    BatchChunk.objects.filter(pk=chunk.pk, owner=owner).update(deaths=0)
    deadly = poison.rows_that_kill(_pending_ids(chunk), partial(_try_row, chunk, owner))
    _fail_rows(chunk, owner, dict.fromkeys(deadly, ("row.kills_worker", "it ends every process that works on it")))


def _try_row(chunk: BatchChunk, owner: str, row_id: int) -> None:
    """Issue one row and take it back."""
    with transaction.atomic():
        _reserve_rows(chunk, owner=owner, now=timezone.now(), only=row_id)
        complete(_sign_rows(chunk, now=timezone.now(), only=row_id), now=timezone.now())
        transaction.set_rollback(True)


@transaction.atomic
def _fail_rows(chunk: BatchChunk, owner: str, faults: Mapping[int, tuple[str, str]]) -> None:
    """Let rows fail, and give up what was reserved for them.

    faults: by primary key, the code and the cause in words.
    """
    batch = _owned_batch(chunk, owner)
    rows = BatchRow.objects.filter(pk__in=faults, state=BatchRow.State.PENDING)
    reserved = list(rows.exclude(award=None).values_list("award_id", flat=True))
    for row_id, (code, cause) in faults.items():
        message = f"This row could not be issued: {cause}. Try it again; if it fails again, the log says more."
        BatchRow.objects.filter(pk=row_id, state=BatchRow.State.PENDING).update(
            state=BatchRow.State.FAILED, code=code, message=message, award=None
        )
    abandon(batch=batch, award_ids=reserved, now=timezone.now())
    failpoint("before_fail_commit")


@transaction.atomic
def _reserve_rows(chunk: BatchChunk, *, owner: str, now: datetime, only: int | None = None) -> None:
    """Decide for each waiting row: an award is reserved, or the row ends as skipped or failed."""
    batch = _owned_batch(chunk, owner)
    pending = _pending_rows(chunk, only)
    left_behind = list(pending.exclude(award=None).values_list("award_id", flat=True))
    if left_behind:
        record_again(batch=batch, award_ids=left_behind, now=now)
    waiting = list(pending.filter(award=None).order_by("number"))
    outcomes = reserve(
        batch=batch,
        people=[(row.number, RowValues.from_json(row.values)) for row in waiting],
        now=now,
    )
    for row, outcome in zip(waiting, outcomes, strict=True):
        if isinstance(outcome, Award):
            row.award = outcome
        else:
            row.state, row.code, row.column, row.message = outcome.state, outcome.code, outcome.column, outcome.message
    refused = [row for row in waiting if row.award is None]
    BatchRow.objects.bulk_update(refused, ["state", "code", "column", "message"], batch_size=100)
    set_columns(BatchRow, ("award_id",), ((row.pk, row.award.pk) for row in waiting if row.award is not None))
    failpoint("before_reserve_commit")


def _sign_rows(chunk: BatchChunk, *, now: datetime, only: int | None = None) -> SignedAwards:
    """Sign what was reserved. It takes longest, so it holds no lock: the others sign and the pages write meanwhile."""
    return sign_awards(list(_pending_rows(chunk, only).values_list("award_id", flat=True)), now=now)


@transaction.atomic
def _complete_rows(chunk: BatchChunk, signed: SignedAwards, *, owner: str, now: datetime) -> None:
    """Store what was signed, end the rows, count them, close the chunk: all of it or nothing."""
    batch = _owned_batch(chunk, owner)
    complete(signed, now=now)
    _pending_rows(chunk).update(state=BatchRow.State.ISSUED)
    failpoint("after_rows_issued")
    close_chunks(batch.pk, [chunk.number], now=now, converted=signed.converted)
    failpoint("after_chunk_closed")
    finish_if_done(batch, now=now)
    failpoint("before_complete_commit")


def close_chunks(batch_id: int, numbers: Sequence[int], *, now: datetime, converted: int = 0) -> None:
    """Count the rows of these chunks, none of which waits any more, and close them. In the caller's transaction."""
    rows = BatchRow.objects.filter(batch_id=batch_id, chunk__in=numbers)
    counts = dict(rows.values_list("state").annotate(count=Count("pk")))
    Batch.objects.filter(pk=batch_id).update(
        converted=F("converted") + converted,
        issued=F("issued") + counts.get(BatchRow.State.ISSUED, 0),
        skipped=F("skipped") + counts.get(BatchRow.State.SKIPPED, 0),
        failed=F("failed") + counts.get(BatchRow.State.FAILED, 0),
        cancelled=F("cancelled") + counts.get(BatchRow.State.CANCELLED, 0),
    )
    BatchChunk.objects.filter(batch_id=batch_id, number__in=numbers).update(owner="", finished_at=now)


def _give_back(chunk: BatchChunk, *, owner: str) -> None:
    """Free a chunk that cannot be worked on now, so that nobody takes this for a death. As far as the disk lets us."""
    try:
        BatchChunk.objects.filter(pk=chunk.pk, owner=owner).update(owner="")
    except DatabaseError:
        log.warning("Chunk %s of batch %s could not be given back; its lease ends now", chunk.number, chunk.batch_id)


def _pause(batch_id: int, reason: Batch.PauseReason) -> None:
    """Stop a batch that only a person can help, and say why. A batch that was cancelled is tried on and on."""
    log.error("Batch %s pauses: %s", batch_id, reason.label)
    try:
        Batch.objects.filter(pk=batch_id, state=Batch.State.RUNNING, cancelled_at=None).update(
            state=Batch.State.PAUSED, pause_reason=reason
        )
    except DatabaseError:
        log.warning("Batch %s could not be paused either; the sweep tries it again", batch_id)


def _is_disk_full(error: BaseException) -> bool:
    """SQLite and PostgreSQL (SQLSTATE 53100) say it in words of their own, the system by its number."""
    causes = (error, error.__cause__)
    return any(
        getattr(cause, "errno", None) == errno.ENOSPC or getattr(cause, "pgcode", None) == "53100" for cause in causes
    ) or "disk is full" in str(error)


def _owned_batch(chunk: BatchChunk, owner: str) -> Batch:
    """The batch, with the chunk's lease confirmed and locked: a worker that lost its lease must not write."""
    BatchChunk.objects.select_for_update().get(pk=chunk.pk, owner=owner, finished_at=None)
    return Batch.objects.select_related("achievement_version__achievement", "issuer").get(pk=chunk.batch_id)


def _pending_rows(chunk: BatchChunk, only: int | None = None) -> models.QuerySet[BatchRow]:
    """The rows of a chunk that wait, or the one with this primary key if it does."""
    rows = BatchRow.objects.filter(batch_id=chunk.batch_id, chunk=chunk.number, state=BatchRow.State.PENDING)
    return rows if only is None else rows.filter(pk=only)


def _pending_ids(chunk: BatchChunk) -> list[int]:
    return list(_pending_rows(chunk).order_by("number").values_list("pk", flat=True))


def finish_if_done(batch: Batch, *, now: datetime) -> None:
    """End a batch whose chunks are all closed. In the caller's transaction."""
    # The lock makes the last two chunks, ending at once, see each other.
    locked = Batch.objects.select_for_update(no_key=True).get(pk=batch.pk)
    if not batch.chunks.filter(finished_at=None).exists():
        state = Batch.State.CANCELLED if locked.cancelled_at else Batch.State.FINISHED
        Batch.objects.filter(pk=batch.pk).update(state=state, finished_at=now, pause_reason="")
