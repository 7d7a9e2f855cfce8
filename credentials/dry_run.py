"""A checked file as its page shows it before anything is awarded: counts for the whole file, rows page by page.

What would come of each row was found when the file was checked, so that a page of a file of 200,000 rows costs as much
as one of a short file. It is decided anew when the row is issued.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from urllib.parse import urlencode

from credentials.display import Cell, DryRunView, RowPreview, RowResult, Tab
from credentials.issuing import held_already
from credentials.models import Award, Batch, BatchRow

ROWS_SHOWN = 50
KINDS = ("", *BatchRow.Foreseen.values)
_PLACE = re.compile(r"([er])(\d{1,9})", re.ASCII)
_FIRST = "e0"
_HELD_RESULTS: Mapping[Batch.Duplicates, RowResult] = {
    Batch.Duplicates.RENEW: "renewal",
    Batch.Duplicates.CORRECT: "correction",
}
"""What comes of a row whose person holds it already, other than that it is skipped."""


def dry_run_view(batch: Batch, *, now: datetime, kind: str = "", after: str = "") -> DryRunView:
    """What starting this batch would do. kind: only rows foreseen as this; after: `next_page` of the page before.

    Where nothing else was asked for, rows with errors come first. What makes no sense is taken as not said.
    """
    kind = kind if kind in KINDS else ""
    rows, place = _page(batch, kind, after)
    held, duplicates = batch.foreseen_held, batch.duplicates
    return DryRunView(
        file_name=batch.file_name,
        achievement_name=batch.achievement_version.name,
        ticket=str(batch.public_id),
        duplicates=batch.duplicates,
        duplicates_words=batch.get_duplicates_display(),
        total=batch.total,
        new=batch.foreseen_new + (held if duplicates == Batch.Duplicates.ISSUE else 0),
        renewals=held if duplicates == Batch.Duplicates.RENEW else 0,
        corrections=held if duplicates == Batch.Duplicates.CORRECT else 0,
        held=held if duplicates == Batch.Duplicates.SKIP else 0,
        errors=batch.failed,
        rows=tuple(_previews(batch, rows, now)),
        notes=tuple(batch.notes),
        tabs=_tabs(batch, kind),
        is_first_page=not after,
        next_page="?" + urlencode({"kind": kind, "after": place}) if place else "",
        can_match_columns=batch.file_pieces.exists(),
    )


def _tabs(batch: Batch, chosen: str) -> tuple[Tab, ...]:
    """One for each kind of row that the file has."""
    held = {"renew": "Renewals", "issue": "Issued again", "correct": "Corrections"}.get(
        batch.duplicates, "Already held"
    )
    found = (
        ("", "All", batch.total),
        (BatchRow.Foreseen.ERROR, "Errors", batch.failed),
        (BatchRow.Foreseen.HELD, held, batch.foreseen_held),
        (BatchRow.Foreseen.NEW, "New", batch.foreseen_new),
    )
    return tuple(
        Tab(word, count, f"?kind={kind}" if kind else "?", kind == chosen) for kind, word, count in found if count
    )


def _page(batch: Batch, kind: str, after: str) -> tuple[Sequence[BatchRow], str]:
    """The rows after a place, and the place of the next page or "". A place is e17 or r17: errors come first."""
    match = _PLACE.fullmatch(after)
    phase, number = (match[1], int(match[2])) if match else ("e", 0)
    rows: list[BatchRow] = []
    if kind:
        rows = list(batch.rows.filter(foreseen=kind, number__gt=number).order_by("number")[: ROWS_SHOWN + 1])
    else:
        if phase == "e":
            errors = batch.rows.filter(foreseen=BatchRow.Foreseen.ERROR, number__gt=number)
            rows, number = list(errors.order_by("number")[: ROWS_SHOWN + 1]), 0
        good = batch.rows.filter(number__gt=number).exclude(foreseen=BatchRow.Foreseen.ERROR)
        rows += good.order_by("number")[: ROWS_SHOWN + 1 - len(rows)]
    if len(rows) <= ROWS_SHOWN:
        return rows, ""
    last = rows[ROWS_SHOWN - 1]
    is_error = last.foreseen == BatchRow.Foreseen.ERROR and not kind
    return rows[:ROWS_SHOWN], f"{'e' if is_error else 'r'}{last.number}"


def _previews(batch: Batch, rows: Sequence[BatchRow], now: datetime) -> list[RowPreview]:
    emails = [row.values["email"] for row in rows if row.foreseen == BatchRow.Foreseen.HELD]
    held = {
        award.recipient_email: award
        for award in held_already(batch, now).filter(recipient_email__in=emails).only("recipient_email", "valid_until")
    }
    return [_preview(batch, row, held) for row in rows]


def _preview(batch: Batch, row: BatchRow, held: Mapping[str, Award]) -> RowPreview:
    values = row.values
    if row.foreseen == BatchRow.Foreseen.ERROR:
        place = f"Row {row.number}, column {row.column}" if row.column else f"Row {row.number}"
        name, email, awarded_on = (
            Cell(values.get(column, ""), is_wrong=row.column == column) for column in ("name", "email", "awarded_on")
        )
        return RowPreview(row.number, name, email, awarded_on, "error", (f"{place}: {row.message}",))
    cells = (Cell(values["name"]), Cell(values["email"]), Cell(values.get("awarded_on", "")))
    if row.foreseen == BatchRow.Foreseen.NEW or batch.duplicates == Batch.Duplicates.ISSUE:
        return RowPreview(row.number, *cells, "new")
    result = _HELD_RESULTS.get(Batch.Duplicates(batch.duplicates), "held")
    return RowPreview(row.number, *cells, result, _held(held.get(values["email"])))


def _held(award: Award | None) -> tuple[str, ...]:
    if award is None:
        return ()
    until = f"until {award.valid_until:%-d %B %Y}" if award.valid_until else "without an end date"
    return (f"Held {until}.",)
