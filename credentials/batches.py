"""Batches: from a checked file to issued awards, once each, whatever dies on the way.

The tables hold the truth. A batch is cut into chunks; a worker leases one chunk, reserves its awards in one
transaction, signs them, and stores them in a second. What will be signed is recorded before it is signed, so a worker
that takes over a dead one's chunk finds either nothing, or reservations that it completes.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from functools import partial
from itertools import groupby
from types import MappingProxyType
from typing import TYPE_CHECKING

from celery import current_app
from django.conf import settings
from django.db import models, transaction
from django.db.models import Count, Exists, F, OuterRef
from django.utils import timezone
from kombu.exceptions import OperationalError

from credentials import leases
from credentials.errors import AchievementArchived, BatchHasErrors, BatchNotStartable
from credentials.imports import CellError, RowValues
from credentials.issuing import complete, record_again, reserve, set_columns
from credentials.models import AchievementVersion, Award, Batch, BatchChunk, BatchRow
from credentials.signing import SignedAwards, active_keys, sign_awards

if TYPE_CHECKING:
    from learners.models import User

log = logging.getLogger(__name__)

CHUNK_ROWS = 500
TASK = "credentials.tasks.issue_batch"


@transaction.atomic
def create_batch(
    *,
    version: AchievementVersion,
    rows: Iterable[tuple[int, RowValues]],
    errors: Iterable[CellError] = (),
    failed_cells: Mapping[int, Mapping[str, str]] = MappingProxyType({}),
    failed_rows: int = 0,
    file_name: str,
    file_digest: str,
    duplicates: Batch.Duplicates,
    created_by: User | None,
    now: datetime,
) -> Batch:
    """Record a checked file as a batch that waits to be started.

    rows: (row number in the file, values) of what can be awarded; errors: of the rows that cannot; failed_cells: what
    those say, by row number and column, to show; failed_rows: how many they are (a long list of errors may have been
    cut). Raises AchievementArchived.
    """
    if version.achievement.archived_at is not None:
        raise AchievementArchived(version.name)
    numbered = list(rows)
    batch = Batch.objects.create(
        issuer=version.achievement.issuer,
        achievement_version=version,
        file_name=file_name[:255],
        file_digest=file_digest,
        duplicates=duplicates,
        total=len(numbered) + failed_rows,
        failed=failed_rows,
        created_by=created_by,
        created_at=now,
    )
    chunk_count = -(-len(numbered) // CHUNK_ROWS)
    BatchChunk.objects.bulk_create(BatchChunk(batch=batch, number=number) for number in range(chunk_count))
    BatchRow.objects.bulk_create(
        (
            BatchRow(batch=batch, number=number, chunk=position // CHUNK_ROWS, values=values.to_json())
            for position, (number, values) in enumerate(numbered)
        ),
        batch_size=CHUNK_ROWS,
    )
    BatchRow.objects.bulk_create(
        _failed_row(batch, number, list(of_row), cells=failed_cells.get(number, {}))
        for number, of_row in groupby(errors, key=lambda error: error.row)
    )
    return batch


@transaction.atomic
def start_batch(*, batch_id: int, now: datetime, accept_errors: bool = False) -> Batch:
    """Let workers begin. A second start of the same batch changes nothing.

    accept_errors: award the good rows of a file that has bad ones too.
    Raises BatchNotStartable, BatchHasErrors, AchievementArchived, NoSigningKey.
    """
    batch = Batch.objects.select_for_update().get(pk=batch_id)
    if batch.started_at is not None:
        return batch
    if batch.state != Batch.State.VALIDATED:
        raise BatchNotStartable(batch.get_state_display())
    if batch.failed and not accept_errors:
        raise BatchHasErrors(batch.failed)
    if batch.achievement_version.achievement.archived_at is not None:
        raise AchievementArchived(batch.achievement_version.name)
    active_keys(batch.issuer)  # without them no chunk could ever be signed
    batch.state = Batch.State.RUNNING
    batch.started_at = now
    batch.save(update_fields=["state", "started_at"])
    _finish_if_done(batch, now=now)
    transaction.on_commit(partial(wake_workers, batch_id=batch.pk))
    return batch


@transaction.atomic
def cancel_batch(*, batch_id: int, now: datetime) -> Batch:
    """Drop a batch that was checked but not started. Raises BatchNotStartable when it was started."""
    batch = Batch.objects.select_for_update().get(pk=batch_id)
    if batch.state != Batch.State.VALIDATED:
        raise BatchNotStartable(batch.get_state_display())
    batch.rows.update(state=BatchRow.State.CANCELLED)
    batch.state = Batch.State.CANCELLED
    batch.finished_at = now
    batch.save(update_fields=["state", "finished_at"])
    return batch


def wake_workers(*, batch_id: int) -> None:
    """Tell as many workers as can help that there is work."""
    open_chunks = BatchChunk.objects.filter(batch_id=batch_id, finished_at=None).count()
    for _ in range(min(open_chunks, settings.ISSUING_WORKERS)):
        wake_one_worker(batch_id=batch_id)


def wake_one_worker(*, batch_id: int) -> None:
    """Tell a worker that there is work. A broker that is away costs nothing but time: the sweeper tells again."""
    try:
        current_app.send_task(TASK, args=[batch_id], expires=60)
    except OperationalError:
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

    May run twice, at once or again: a chunk has one owner at a time and each row ends once.
    """
    with leases.hold() as owner:
        chunk = _claim(batch_id, owner=owner)
        if chunk is None:
            return False
        _reserve_rows(chunk, owner=owner, now=timezone.now())
        signed = _sign_rows(chunk, now=timezone.now())
        _complete_rows(chunk, signed, owner=owner, now=timezone.now())
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
        chunk.owner = owner
        chunk.save(update_fields=["owner"])
        return chunk
    return None


@transaction.atomic
def _reserve_rows(chunk: BatchChunk, *, owner: str, now: datetime) -> None:
    """Decide for each waiting row: an award is reserved, or the row ends as skipped or failed."""
    batch = _owned_batch(chunk, owner)
    pending = _rows_of(chunk).filter(state=BatchRow.State.PENDING)
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


def _sign_rows(chunk: BatchChunk, *, now: datetime) -> SignedAwards:
    """Sign what was reserved. It takes longest, so it holds no lock: the others sign and the pages write meanwhile."""
    reserved = _rows_of(chunk).filter(state=BatchRow.State.PENDING)
    return sign_awards(list(reserved.values_list("award_id", flat=True)), now=now)


@transaction.atomic
def _complete_rows(chunk: BatchChunk, signed: SignedAwards, *, owner: str, now: datetime) -> None:
    """Store what was signed, end the rows, count them, close the chunk: all of it or nothing."""
    batch = _owned_batch(chunk, owner)
    complete(signed, now=now)
    _rows_of(chunk).filter(state=BatchRow.State.PENDING).update(state=BatchRow.State.ISSUED)
    counts = dict(_rows_of(chunk).values_list("state").annotate(count=Count("pk")))
    Batch.objects.filter(pk=batch.pk).update(
        converted=F("converted") + signed.converted,
        issued=F("issued") + counts.get(BatchRow.State.ISSUED, 0),
        skipped=F("skipped") + counts.get(BatchRow.State.SKIPPED, 0),
        failed=F("failed") + counts.get(BatchRow.State.FAILED, 0),
    )
    BatchChunk.objects.filter(pk=chunk.pk).update(owner="", finished_at=now)
    _finish_if_done(batch, now=now)


def _owned_batch(chunk: BatchChunk, owner: str) -> Batch:
    """The batch, with the chunk's lease confirmed and locked: a worker that lost its lease must not write."""
    BatchChunk.objects.select_for_update().get(pk=chunk.pk, owner=owner, finished_at=None)
    return Batch.objects.select_related("achievement_version__achievement", "issuer").get(pk=chunk.batch_id)


def _failed_row(batch: Batch, number: int, errors: Sequence[CellError], *, cells: Mapping[str, str]) -> BatchRow:
    return BatchRow(
        batch=batch,
        number=number,
        values=dict(cells),
        state=BatchRow.State.FAILED,
        code=errors[0].code,
        column=errors[0].column,
        message=" ".join(f"{error.message} {error.cure}" for error in errors)[:1000],
    )


def _rows_of(chunk: BatchChunk) -> models.QuerySet[BatchRow]:
    return BatchRow.objects.filter(batch_id=chunk.batch_id, chunk=chunk.number)


def _finish_if_done(batch: Batch, *, now: datetime) -> None:
    # The lock makes the last two chunks, ending at once, see each other.
    Batch.objects.select_for_update(no_key=True).get(pk=batch.pk)
    if not batch.chunks.filter(finished_at=None).exists():
        Batch.objects.filter(pk=batch.pk).update(state=Batch.State.FINISHED, finished_at=now)
