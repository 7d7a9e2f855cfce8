"""Rows of a checked file into the database, part by part: a file of 200,000 rows is never in memory at once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import islice
from types import MappingProxyType
from typing import TYPE_CHECKING, TypeVar

from django.db import models, transaction
from django.db.models import F

from credentials import batches
from credentials.errors import AchievementArchived, FileTakenAway
from credentials.imports import CellError, RowOutcome, RowValues
from credentials.imports.text import visible
from credentials.issuing import NOBODY_HOLDS_IT, held_already
from credentials.models import AchievementVersion, Batch, BatchChunk, BatchRow

if TYPE_CHECKING:
    from learners.models import User

T = TypeVar("T")
PART_ROWS = 2_000
_MESSAGE_LENGTH = 1000


def create_batch(
    *,
    version: AchievementVersion,
    rows: Iterable[tuple[int, RowValues]],
    errors: Iterable[CellError] = (),
    failed_cells: Mapping[int, Mapping[str, str]] = MappingProxyType({}),
    file_name: str,
    file_digest: str,
    duplicates: Batch.Duplicates,
    created_by: User | None,
    now: datetime,
) -> Batch:
    """Record rows that were checked elsewhere as a batch that waits to be started.

    rows: (row number, values) of what can be awarded; errors: of the rows that cannot; failed_cells: what those say,
    by row number and column. Raises AchievementArchived.
    """
    by_row: dict[int, list[CellError]] = defaultdict(list)
    for error in errors:
        by_row[error.row].append(error)
    good = (RowOutcome(number, values) for number, values in rows)
    bad = (RowOutcome(number, None, tuple(of_row), failed_cells.get(number, {})) for number, of_row in by_row.items())
    batch = new_draft(
        version=version,
        file_name=file_name,
        file_digest=file_digest,
        duplicates=duplicates,
        created_by=created_by,
        now=now,
    )
    store_rows(batch, [*good, *bad], now=now)
    mark_validated(batch)
    return batch


def new_draft(
    *,
    version: AchievementVersion,
    file_name: str,
    file_digest: str,
    duplicates: Batch.Duplicates,
    created_by: User | None,
    now: datetime,
) -> Batch:
    """A batch without rows, whose file is still to be checked. Raises AchievementArchived."""
    if version.achievement.archived_at is not None:
        raise AchievementArchived(version.name)
    return Batch.objects.create(
        issuer=version.achievement.issuer,
        achievement_version=version,
        file_name=file_name[:255],
        file_digest=file_digest,
        duplicates=duplicates,
        state=Batch.State.DRAFT,
        total=0,
        created_by=created_by,
        created_at=now,
    )


def store_rows(batch: Batch, outcomes: Iterable[RowOutcome], *, now: datetime) -> None:
    """Store each row of a draft with what would come of it, and count them; a transaction for every part.

    Raises FileTakenAway.
    """
    good = batch.total - batch.failed
    for part in _parts(iter(outcomes), PART_ROWS):
        good = _store_part(batch, part, good=good, now=now)


@transaction.atomic
def clear_rows(batch: Batch) -> None:
    """Forget the rows of a batch that is to be checked anew."""
    batch.rows.all().delete()
    batch.chunks.all().delete()
    batch.state = Batch.State.DRAFT
    batch.total = batch.failed = batch.foreseen_new = batch.foreseen_held = 0
    batch.save(update_fields=["state", "total", "failed", "foreseen_new", "foreseen_held"])


def mark_validated(batch: Batch) -> None:
    """End the check of a draft whose rows are stored. Raises FileTakenAway."""
    columns = {"state": Batch.State.VALIDATED, "checker": "", "check_asked_at": None}
    if not _held_by_us(batch).update(**columns, notes=batch.notes, columns=batch.columns):
        raise FileTakenAway
    batch.refresh_from_db(fields=columns)


def let_go(batch: Batch) -> None:
    """Forget the rows of a draft whose check failed, unless it is somebody else's by now."""
    with transaction.atomic():
        if _held_by_us(batch).select_for_update().first():
            clear_rows(batch)
            Batch.objects.filter(pk=batch.pk).update(checker="")


def _held_by_us(batch: Batch) -> models.QuerySet[Batch]:
    """The draft, if it was neither dropped nor taken over since this process took it."""
    return Batch.objects.filter(pk=batch.pk, state=Batch.State.DRAFT, checker=batch.checker)


@transaction.atomic
def _store_part(batch: Batch, part: Sequence[RowOutcome], *, good: int, now: datetime) -> int:
    """Store these rows; good: how many good ones came before. Returns how many there are now."""
    if not _held_by_us(batch).select_for_update(no_key=True).first():
        raise FileTakenAway
    is_held = _held(batch, part, now=now)
    rows, first_chunk = [], -(-good // batches.CHUNK_ROWS)
    counts: dict[str, int] = defaultdict(int)
    for outcome in part:
        if outcome.values is None:
            row = _failed_row(batch, outcome)
        elif batch.duplicates == Batch.Duplicates.CORRECT and not is_held(outcome.values):
            row = _failed_row(batch, _nothing_to_correct(outcome.number, outcome.values))
        else:
            foreseen = BatchRow.Foreseen.HELD if is_held(outcome.values) else BatchRow.Foreseen.NEW
            values = outcome.values.to_json()
            row = BatchRow(
                batch=batch, number=outcome.number, chunk=good // batches.CHUNK_ROWS, values=values, foreseen=foreseen
            )
            good += 1
        counts[row.foreseen] += 1
        rows.append(row)
    BatchRow.objects.bulk_create(rows, batch_size=batches.CHUNK_ROWS)
    BatchChunk.objects.bulk_create(
        BatchChunk(batch=batch, number=number) for number in range(first_chunk, -(-good // batches.CHUNK_ROWS))
    )
    Batch.objects.filter(pk=batch.pk).update(
        total=F("total") + len(part),
        failed=F("failed") + counts[BatchRow.Foreseen.ERROR],
        foreseen_new=F("foreseen_new") + counts[BatchRow.Foreseen.NEW],
        foreseen_held=F("foreseen_held") + counts[BatchRow.Foreseen.HELD],
    )
    batch.refresh_from_db(fields=["total", "failed", "foreseen_new", "foreseen_held"])
    return good


def _held(batch: Batch, part: Sequence[RowOutcome], *, now: datetime) -> Callable[[RowValues], bool]:
    """Return what tells whether the people of these rows hold it already; a correction may name them by their id."""
    people = [outcome.values for outcome in part if outcome.values]
    awards = held_already(batch, now)
    by_email = awards.filter(recipient_email__in={values.email for values in people})
    emails = set(by_email.values_list("recipient_email", flat=True))
    if batch.duplicates != Batch.Duplicates.CORRECT:
        return lambda values: values.email in emails
    by_id = awards.filter(external_id__in={values.external_id for values in people if values.external_id})
    ids = set(by_id.values_list("external_id", flat=True))
    return lambda values: values.email in emails or values.external_id in ids


def _nothing_to_correct(number: int, values: RowValues) -> RowOutcome:
    error = CellError(number, NOBODY_HOLDS_IT.column, NOBODY_HOLDS_IT.code, NOBODY_HOLDS_IT.message, "")
    return RowOutcome(number, None, (error,), {"name": values.name, "email": values.email})


def _failed_row(batch: Batch, outcome: RowOutcome) -> BatchRow:
    first = outcome.errors[0]
    return BatchRow(
        batch=batch,
        number=outcome.number,
        values={name: visible(cell) for name, cell in outcome.cells.items() if name},
        foreseen=BatchRow.Foreseen.ERROR,
        state=BatchRow.State.FAILED,
        code=first.code,
        column=first.column,
        message=" ".join(f"{error.message} {error.cure}".strip() for error in outcome.errors)[:_MESSAGE_LENGTH],
    )


def _parts(items: Iterator[T], size: int) -> Iterator[Sequence[T]]:
    while part := list(islice(items, size)):
        yield part
