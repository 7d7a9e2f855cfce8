"""A checked file as its page shows it before anything is awarded: errors first, then some rows of each kind."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from credentials.display import Cell, DryRunView, RowPreview
from credentials.issuing import held_already
from credentials.models import Batch, BatchRow

ERRORS_SHOWN = 100
ROWS_SHOWN = 25


def dry_run_view(batch: Batch, *, now: datetime) -> DryRunView:
    """What starting this batch would do, by the awards in force now."""
    holders = _holders(batch, now)
    held = len(holders)
    good = batch.total - batch.failed
    is_renewal = batch.duplicates == Batch.Duplicates.RENEW
    is_skipped = batch.duplicates == Batch.Duplicates.SKIP
    return DryRunView(
        file_name=batch.file_name,
        achievement_name=batch.achievement_version.name,
        ticket=str(batch.public_id),
        duplicates=batch.duplicates,
        duplicates_words=batch.get_duplicates_display(),
        total=batch.total,
        new=good - (0 if batch.duplicates == Batch.Duplicates.ISSUE else held),
        renewals=held if is_renewal else 0,
        held=held if is_skipped else 0,
        errors=batch.failed,
        rows=(*_errors(batch), *_good_rows(batch, holders)),
    )


def _holders(batch: Batch, now: datetime) -> set[str]:
    """E-mail addresses of this file whose owners hold the achievement version already."""
    rows = batch.rows.filter(state=BatchRow.State.PENDING).values_list("values__email", flat=True)
    return set(rows).intersection(held_already(batch, now).values_list("recipient_email", flat=True))


def _errors(batch: Batch) -> Iterable[RowPreview]:
    for row in batch.rows.filter(state=BatchRow.State.FAILED).order_by("number")[:ERRORS_SHOWN]:
        place = f"Row {row.number}, column {row.column}" if row.column else f"Row {row.number}"
        name, email, awarded_on = (
            Cell(row.values.get(column, ""), is_wrong=row.column == column)
            for column in ("name", "email", "awarded_on")
        )
        yield RowPreview(row.number, name, email, awarded_on, "error", (f"{place}: {row.message}",))


def _good_rows(batch: Batch, holders: set[str]) -> Iterable[RowPreview]:
    for row in batch.rows.filter(state=BatchRow.State.PENDING).order_by("number")[:ROWS_SHOWN]:
        values = row.values
        is_held = values["email"] in holders
        yield RowPreview(
            row.number,
            Cell(values["name"]),
            Cell(values["email"]),
            Cell(values.get("awarded_on", "")),
            ("renewal" if batch.duplicates == Batch.Duplicates.RENEW else "held") if is_held else "new",
        )
