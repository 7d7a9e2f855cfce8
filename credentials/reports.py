"""The report of a batch: one line per row with what became of it, the link and the code."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from credentials.codes import shown
from credentials.models import Batch, BatchRow

_ROWS_LOOKED_AT = 200  # to see which columns a file has
HEADER = ("row", "email", "name", "state", "link", "code", "problem_column", "problem")


def report_rows(batch: Batch) -> Iterator[Sequence[object]]:
    """The header, then each row of the file in order."""
    yield HEADER
    rows = batch.rows.select_related("award").defer("award__document").order_by("number")
    for row in rows.iterator(chunk_size=500):
        yield _line(row)


def failed_rows(batch: Batch) -> Iterator[Sequence[object]]:
    """The rows that failed, with the cells of the file as they were read, so that they can be corrected there.

    A cell that holds a problem is not taken for it by our own check: columns row and problem are to be left out.
    """
    rows = batch.rows.filter(state=BatchRow.State.FAILED).order_by("number")
    columns = [
        *dict.fromkeys(name for values in rows.values_list("values", flat=True)[:_ROWS_LOOKED_AT] for name in values)
    ]
    yield ("row", "problem", *columns)
    for row in rows.iterator(chunk_size=500):
        yield (row.number, row.message, *(row.values.get(name, "") for name in columns))


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
