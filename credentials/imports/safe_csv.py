"""CSV that is handed out: no cell that a spreadsheet would take for a formula."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import IO

# At the start of a cell, and where a spreadsheet with another separator would start one.
_FORMULA = re.compile(r'(^[ \u00a0\u3000"]*|[;\t\r\n][ \u00a0\u3000"]*)(?=[=+\-@\t\r\n＝＋－＠])')
_CHUNK = 64 * 1024


def encode_rows(rows: Iterable[Sequence[object]]) -> Iterator[bytes]:
    """UTF-8 with BOM (or else Excel mistakes the encoding), every cell quoted, CR LF; in pieces of about 64 KB.

    Text that could be read as a formula gets an apostrophe before the sign; None is an empty cell. Rows are taken as
    needed, so a long download can be streamed.
    """
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, quoting=csv.QUOTE_ALL)
    buffer.write("\ufeff")
    for row in rows:
        writer.writerow([safe_cell(value) for value in row])
        if buffer.tell() >= _CHUNK:
            yield _taken(buffer)
    yield _taken(buffer)


def write_rows(out: IO[bytes], rows: Iterable[Sequence[object]]) -> None:
    """The same into a binary file."""
    out.writelines(encode_rows(rows))


def safe_cell(value: object) -> str:
    """The text of one cell; numbers stay numbers, since a negative one is no formula."""
    if value is None:
        return ""
    if isinstance(value, int | float):
        return str(value)
    return _FORMULA.sub(r"\1'", str(value).replace("\x00", "\ufffd"))


def _taken(buffer: io.StringIO) -> bytes:
    text = buffer.getvalue()
    buffer.seek(0)
    buffer.truncate()
    return text.encode("utf-8", "backslashreplace")
