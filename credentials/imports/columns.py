"""The header: which cell is which column, and every way in which it can be at fault."""

from __future__ import annotations

import difflib
import unicodedata

from credentials.imports.text import TRIMMED, clean_line, shown
from credentials.imports.values import CellError, FieldFault, ImportRefused, Rules

REQUIRED = ("email", "name")
GIVEN_NAME, FAMILY_NAME = "given_name", "family_name"
NAME_PARTS = (GIVEN_NAME, FAMILY_NAME)  # only where somebody said so: put together, they are `name`
OPTIONAL = (
    "external_id", "awarded_on", "valid_from", "valid_until", "narrative", "evidence_url", "evidence_name",
    "licence_number", "language",
)  # fmt: skip
RESULT_PREFIX = "result."
_MAX_COLUMNS = 200
_HEADER_LENGTH = 200


def read_header(row: int, cells: list[str], rules: Rules) -> tuple[tuple[str, ...], list[CellError]]:
    """Column names in our spelling, in the file's order, and the faults; names are usable only without faults.

    Case and outer spaces do not matter (`E-mail` is unknown, `Email ` is `email`), unless two headers then coincide.
    Empty headers at the end are dropped. A header that `rules.meanings` names means what that says; a column that is
    left out is "".
    """
    while cells and not cells[-1].strip():
        cells = cells[:-1]
    if len(cells) > _MAX_COLUMNS:
        raise ImportRefused(
            "file.too_many_columns", f"The header has {len(cells):,} columns.", f"Keep at most {_MAX_COLUMNS}.", row
        )
    known = known_columns(rules)
    names: list[str] = []
    errors: list[CellError] = []
    for position, cell in enumerate(cells, start=1):
        meaning = rules.meanings.get(header_key(cell))
        try:
            names.append(_column(cell, known, rules, names) if meaning is None else _meant(cell, meaning, rules, names))
        except FieldFault as fault:
            label = shown(cell.strip(), 40)[1:-1] or f"number {position}"
            errors.append(fault.at(row, label))
    return tuple(names), errors + _missing(row, names, errors)


def header_key(header: str) -> str:
    """What identifies a header in a saved choice: its text without case and outer spaces."""
    return unicodedata.normalize("NFC", header).strip(TRIMMED).casefold()[:_HEADER_LENGTH]


def known_columns(rules: Rules) -> tuple[str, ...]:
    """Every column that a file may have for this achievement, in our order."""
    return (*REQUIRED, *OPTIONAL, *(RESULT_PREFIX + key for key in rules.result_columns))


def _meant(cell: str, meaning: str, rules: Rules, before: list[str]) -> str:
    """A header that somebody gave a meaning."""
    if meaning and meaning not in (*known_columns(rules), *NAME_PARTS):
        raise FieldFault(
            "header.unknown", f"{shown(meaning)} is not a known column.", f"Choose another meaning for {shown(cell)}."
        )
    is_repeated = meaning in before or (meaning == "name" and not set(NAME_PARTS).isdisjoint(before))
    if meaning and (is_repeated or (meaning in NAME_PARTS and "name" in before)):
        raise FieldFault(
            "header.duplicate", f"Two columns are to be {shown(meaning)}.", "Keep one, leave the other out."
        )
    return meaning


def _column(cell: str, known: tuple[str, ...], rules: Rules, before: list[str]) -> str:
    text = clean_line(cell, _HEADER_LENGTH)
    if not text:
        raise FieldFault("header.empty", "This column has no name.", "Name it, or remove the column.")
    alike = [name for name in known if name.casefold() == text.casefold()]
    if text not in known and len(alike) != 1:
        raise _unknown(text, known, rules)
    name = text if text in known else alike[0]
    if name in before:
        number = before.index(name) + 1
        raise FieldFault(
            "header.duplicate", f"{shown(text)} is the same column as number {number}.", "Keep one, remove the other."
        )
    return name


def _unknown(text: str, known: tuple[str, ...], rules: Rules) -> FieldFault:
    nearest = difflib.get_close_matches(text.casefold()[:60], known, n=1, cutoff=0.6)
    if text.casefold().startswith(RESULT_PREFIX):
        if not rules.result_columns:
            return FieldFault("header.unknown_result", "This achievement describes no results.", "Remove the column.")
        keys = ", ".join(RESULT_PREFIX + key for key in list(rules.result_columns)[:10])
        return FieldFault(
            "header.unknown_result", f"{shown(text)} is not a result of this achievement.", f"It has {keys}."
        )
    if nearest:
        return FieldFault(
            "header.unknown", f"{shown(text)} is not a known column.", f"Did you mean {nearest[0]}? Else remove it."
        )
    return FieldFault(
        "header.unknown", f"{shown(text)} is not a known column.", f"Remove it. Columns are {', '.join(known[:11])}."
    )


def _missing(row: int, names: list[str], errors: list[CellError]) -> list[CellError]:
    return [
        CellError(
            row,
            column,
            "header.missing",
            f"The column {column} is missing.",
            f"Add it: every file needs {' and '.join(REQUIRED)}.",
        )
        for column in REQUIRED
        if column not in names and not (column == "name" and not set(NAME_PARTS).isdisjoint(names))
    ]
