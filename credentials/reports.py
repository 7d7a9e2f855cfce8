"""The report of a batch: one line per row with what became of it, the link and the code."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from credentials.codes import shown
from credentials.models import Batch, BatchRow

HEADER = ("row", "email", "name", "state", "link", "code", "problem_column", "problem")


def report_rows(batch: Batch) -> Iterator[Sequence[object]]:
    """The header, then each row of the file in order."""
    yield HEADER
    rows = batch.rows.select_related("award").defer("award__document").order_by("number")
    for row in rows.iterator(chunk_size=500):
        yield _line(row)


def _line(row: BatchRow) -> Sequence[object]:
    issued = row.award if row.state == BatchRow.State.ISSUED else None
    return (
        row.number,
        row.values.get("email", ""),
        row.values.get("name", ""),
        row.state,
        issued.address if issued else "",
        shown(issued.code) if issued else "",
        row.column,
        row.message,
    )
