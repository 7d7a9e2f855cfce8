"""A whole file held against the rules of one achievement: an outcome for every row.

`read_awards` gathers everything; `open_awards` streams, for files that should not be held in memory.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import IO, Any

from credentials.imports import addresses, dates, fields, links
from credentials.imports.columns import NAME_PARTS, REQUIRED, RESULT_PREFIX, read_header
from credentials.imports.table import Table, read_table
from credentials.imports.text import TRIMMED, clean_block, clean_line, shown, visible
from credentials.imports.values import (
    CellError,
    EvidenceLink,
    FaultyCell,
    FieldFault,
    ImportRefused,
    RowValues,
    Rules,
)
from credentials.imports.workbook import is_workbook, read_workbook

Parser = Callable[[str], Any]

_BLANK = TRIMMED + "\r\n"
_ADDRESS = re.compile(r'"?[^\s@"]+@[^\s@"]+\.[^\s@"]+"?')
_FAMILY_FIRST = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_GUESSED_ENCODING = (
    "The file is not UTF-8 and was read as Windows-1252. Check that accented letters in names look right."
)


@dataclass(frozen=True, slots=True)
class RowOutcome:
    """One row: values that can be awarded, or else at least one error and the cells as read, by column.

    Such cells may hold anything: show them through `text.shown`.
    """

    number: int
    values: RowValues | None
    errors: tuple[CellError, ...] = ()
    cells: Mapping[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class AwardFile:
    """A file whose header is read. `outcomes` is consumed once, and empty where `header_errors` is not.

    While it is consumed it may raise ImportRefused, at any row: then nothing of the file may be issued.
    """

    encoding: str
    delimiter: str
    header: tuple[str, ...]
    header_errors: list[CellError]
    notes: tuple[str, ...]
    outcomes: Iterator[RowOutcome]


@dataclass(slots=True)
class FileReading:
    """A file read to its end: rows that can be awarded, and the first `rules.max_errors` of its errors."""

    encoding: str
    delimiter: str
    header: tuple[str, ...]
    notes: tuple[str, ...]  # plain sentences to show beside the result, not faults
    header_errors: int = 0  # above 0: no row was read
    rows: list[tuple[int, RowValues]] = field(default_factory=list)
    errors: list[CellError] = field(default_factory=list)
    error_count: int = 0  # all of them, also those that `errors` has no room for
    failed_rows: int = 0
    failed_cells: dict[int, dict[str, str]] = field(default_factory=dict)  # of the rows in `errors`, safe to show


def read_awards(source: IO[bytes] | bytes, *, rules: Rules) -> FileReading:
    """Reads a CSV or XLSX file completely. `source`: bytes, or a seekable binary stream, which stays open.

    Raises ImportRefused where the file as a whole is at fault; faults of header and cells are in `errors`.
    """
    opened = open_awards(source, rules=rules)
    reading = FileReading(opened.encoding, opened.delimiter, opened.header, opened.notes)
    reading.errors = opened.header_errors[: rules.max_errors]
    reading.header_errors = reading.error_count = len(opened.header_errors)
    for outcome in opened.outcomes:
        if outcome.values is not None:
            reading.rows.append((outcome.number, outcome.values))
            continue
        reading.failed_rows += 1
        reading.error_count += len(outcome.errors)
        if len(reading.errors) < rules.max_errors:
            reading.failed_cells[outcome.number] = {name: visible(cell) for name, cell in outcome.cells.items()}
        reading.errors.extend(outcome.errors[: rules.max_errors - len(reading.errors)])
    return reading


def open_awards(source: IO[bytes] | bytes, *, rules: Rules) -> AwardFile:
    """The same, row by row: holds one row at a time and what is needed to find duplicates."""
    return check_table(open_table(source, rules=rules), rules=rules)


def open_table(source: IO[bytes] | bytes, *, rules: Rules) -> Table:
    """The cells of a CSV or XLSX file, the header first. Raises ImportRefused."""
    stream = io.BytesIO(source) if isinstance(source, bytes) else source
    return read_workbook(stream, rules) if is_workbook(stream) else read_table(stream, rules)


def check_table(table: Table, *, rules: Rules) -> AwardFile:
    """For rows from anywhere, such as a workbook: the first is the header. Raises ImportRefused."""
    number, cells = next(table.rows, (0, []))
    if not number:
        raise ImportRefused("file.empty", "The file is empty.", "Upload a file with a header and one row per person.")
    header, errors = read_header(number, cells, rules)
    notes = (*table.notes, *((_GUESSED_ENCODING,) if table.encoding == "windows-1252" else ()))
    outcomes = iter(()) if errors else _outcomes(table, header, rules)
    return AwardFile(table.encoding, table.delimiter, header, errors, notes, outcomes)


def _outcomes(table: Table, header: tuple[str, ...], rules: Rules) -> Iterator[RowOutcome]:
    checker = _Checker(header, rules)
    for number, cells in table.rows:
        yield checker.check(number, cells)
    if not checker.checked:
        raise ImportRefused("file.no_rows", "The file has a header and no rows.", "Add one row for each person.")


class _Checker:
    """Checks one row after the other; remembers who came before."""

    def __init__(self, header: tuple[str, ...], rules: Rules) -> None:
        self.checked = 0
        self._in_file = header
        self._header, self._sources = _wanted(header)
        self._rules = rules
        self._parsers = [_parser(column, rules) for column in self._header]
        self._emails: dict[str, int] = {}
        self._external_ids: dict[str, int] = {}

    def check(self, number: int, cells: list[str]) -> RowOutcome:
        self.checked += 1
        if shape := _shape_fault(number, self._in_file, cells):
            return RowOutcome(number, None, (shape,), dict(zip(self._in_file, cells, strict=False)))
        if self._header != self._in_file:
            cells = [_joined([cells[position] for position in source]) for source in self._sources]
        values: dict[str, Any] = {}
        errors: list[CellError] = []
        for column, parse, cell in zip(self._header, self._parsers, cells, strict=False):
            if not cell or not cell.strip(_BLANK):
                if column in REQUIRED:
                    errors.append(_needed(number, column))
                continue
            if isinstance(cell, FaultyCell):
                errors.append(cell.fault.at(number, column))
                continue
            try:
                values[column] = parse(cell)
            except FieldFault as fault:
                errors.append(fault.at(number, column))
        errors += self._repeats(number, values)
        errors += _crossed(number, values, cells, self._header, self._rules)
        if errors:
            return RowOutcome(number, None, tuple(errors), self._named(cells))
        return RowOutcome(number, _row_values(values))

    def _named(self, cells: list[str]) -> dict[str, str]:
        return dict(zip(self._header, cells, strict=False))

    def _repeats(self, number: int, values: dict[str, Any]) -> Iterator[CellError]:
        email = values.get("email")
        if email is not None and not self._rules.allow_repeats:
            first = self._emails.setdefault(email, number)
            if first != number:
                yield CellError(
                    number, "email", "email.duplicate", f"{shown(email)} is in row {first} too.",
                    "Keep one row for each person, or choose to issue duplicates.",
                )  # fmt: skip
        external_id = values.get("external_id")
        if external_id is not None:
            first = self._external_ids.setdefault(external_id, number)
            if first != number:
                yield CellError(
                    number, "external_id", "external_id.duplicate", f"{shown(external_id)} is in row {first} too.",
                    "Give every award an identifier of its own.",
                )  # fmt: skip


def _wanted(header: tuple[str, ...]) -> tuple[tuple[str, ...], list[list[int]]]:
    """The columns that are read, and where each comes from: what is left out is gone, parts of a name are one."""
    parts = [header.index(part) for part in NAME_PARTS if part in header]
    columns, sources = [], []
    for position, column in enumerate(header):
        if column in NAME_PARTS:
            if position == min(parts):
                columns.append("name")
                sources.append(parts)
        elif column:
            columns.append(column)
            sources.append([position])
    return tuple(columns), sources


def _joined(cells: list[str]) -> str:
    """One cell as it is; given and family name put together, the family's first in Chinese, Japanese and Korean."""
    if len(cells) == 1:
        return cells[0]
    faulty = next((cell for cell in cells if isinstance(cell, FaultyCell)), None)
    if faulty is not None:
        return faulty
    filled = [cell.strip(_BLANK) for cell in cells]
    ordered = reversed(filled) if all(map(_FAMILY_FIRST.match, filled)) else filled
    return " ".join(filter(None, ordered))


def _parser(column: str, rules: Rules) -> Parser:
    """The parser of one column; its argument is a cell that is not blank."""
    if column.startswith(RESULT_PREFIX):
        rule = rules.result_columns[column.removeprefix(RESULT_PREFIX)]
        return lambda cell: fields.parse_result(cell, rule)
    parsers: dict[str, Parser] = {
        "email": addresses.parse_email,
        "name": fields.parse_name,
        "external_id": lambda cell: clean_line(cell, fields.EXTERNAL_ID_LENGTH),
        "awarded_on": lambda cell: dates.parse_day(cell, rules),
        "valid_from": lambda cell: dates.parse_start(cell, rules),
        "valid_until": lambda cell: dates.parse_end(cell, rules),
        "narrative": lambda cell: clean_block(cell, fields.NARRATIVE_LENGTH),
        "evidence_url": links.parse_link,
        "evidence_name": lambda cell: clean_line(cell, fields.LINE_LENGTH),
        "licence_number": lambda cell: clean_line(cell, fields.LICENCE_LENGTH),
        "language": fields.parse_language,
    }
    return parsers[column]


def _shape_fault(number: int, header: tuple[str, ...], cells: list[str]) -> CellError | None:
    """Too few or too many cells: what stands in which column is then a guess, so no cell is read."""
    width = len(header)
    if len(cells) < width:
        return CellError(
            number, header[len(cells)] or f"number {len(cells) + 1}", "row.too_few_cells",
            f"The row has {len(cells)} of {width} cells.",
            "Give the row a cell for every column, empty ones too.",
        )  # fmt: skip
    if len(cells) > width and any(cell.strip(_BLANK) for cell in cells[width:]):
        return CellError(
            number, f"number {width + 1}", "row.too_many_cells", f"The row has {len(cells)} cells, the header {width}.",
            "Put quotation marks around a cell that has the separator in it, or remove what is too much.",
        )  # fmt: skip
    if any("\n" in cell or "\r" in cell for cell in cells):
        return _swallowed(number, header, cells)
    return None


def _swallowed(number: int, header: tuple[str, ...], cells: list[str]) -> CellError | None:
    """A cell with a line that looks like a row, with an address where `email` would be: a lost quotation mark."""
    position = header.index("email")
    for column, cell in zip(header, cells, strict=False):
        for line in cell.splitlines()[1:]:
            parts = re.split(r"[,;\t|]", line, maxsplit=len(header))
            if len(parts) == len(header) and _ADDRESS.fullmatch(parts[position].strip()):
                return CellError(
                    number, column, "row.swallowed_rows", "This cell holds lines that look like further rows.",
                    "Look for a quotation mark that is opened and not closed.",
                )  # fmt: skip
    return None


def _needed(number: int, column: str) -> CellError:
    what = {"email": "An e-mail address is needed.", "name": "A name is needed."}[column]
    return CellError(number, column, f"{column}.missing", what, "Fill in the cell, or remove the row.")


def _crossed(
    number: int, values: dict[str, Any], cells: list[str], header: tuple[str, ...], rules: Rules
) -> Iterator[CellError]:
    """Faults between cells."""
    filled = {column for column, cell in zip(header, cells, strict=False) if cell.strip(_BLANK)}
    if "evidence_name" in filled and "evidence_url" not in filled:
        yield CellError(
            number, "evidence_name", "evidence.name_without_url", "Evidence has a name and no address.",
            "Write its address in evidence_url, or empty the cell.",
        )  # fmt: skip
    starts_readable = all(column in values for column in ("valid_from", "awarded_on") if column in filled)
    if (valid_until := values.get("valid_until")) and starts_readable:
        try:
            dates.check_order(values.get("awarded_on"), values.get("valid_from"), valid_until, rules)
        except FieldFault as fault:
            yield fault.at(number, "valid_until")


def _row_values(values: dict[str, Any]) -> RowValues:
    url = values.pop("evidence_url", "")
    evidence_name = values.pop("evidence_name", "")
    results = tuple(
        (column.removeprefix(RESULT_PREFIX), values.pop(column))
        for column in [column for column in values if column.startswith(RESULT_PREFIX)]
    )
    return RowValues(**values, evidence=(EvidenceLink(url, evidence_name),) if url else (), results=results)
