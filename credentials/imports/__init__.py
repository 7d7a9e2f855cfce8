"""Award files in, checked rows out: pure functions over bytes and facts, without Django, clock or database."""

from credentials.imports.rows import (
    AwardFile,
    FileReading,
    RowOutcome,
    check_table,
    open_awards,
    open_table,
    read_awards,
)
from credentials.imports.values import CellError, EvidenceLink, ImportRefused, ResultRule, RowValues, Rules

__all__ = [
    "AwardFile",
    "CellError",
    "EvidenceLink",
    "FileReading",
    "ImportRefused",
    "ResultRule",
    "RowOutcome",
    "RowValues",
    "Rules",
    "check_table",
    "open_awards",
    "open_table",
    "read_awards",
]
