"""The values an award file is read into, the facts it is held against, and the two ways it can be at fault.

A fault of one cell is a `CellError`: it names the row as a spreadsheet numbers it, the column, what is wrong and the
cure. A fault of the file as a whole is an `ImportRefused`: nothing may be issued from such a file.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, Self

MAX_ROWS = 200_000
MAX_BYTES = 100 * 2**20
MAX_ERRORS = 1_000


@dataclass(frozen=True, slots=True)
class CellError:
    """One fault: `row` counts from 1 (the header, as a spreadsheet shows it); `column` may be empty for a whole row."""

    row: int
    column: str
    code: str
    message: str
    cure: str

    def __str__(self) -> str:
        place = f"Row {self.row}, column {self.column}" if self.column else f"Row {self.row}"
        return f"{place}: {self.message} {self.cure}"


class ImportRefused(Exception):
    """The file as a whole cannot be read; `code` lasts, `message` and `cure` are each one or two plain sentences."""

    def __init__(self, code: str, message: str, cure: str, row: int = 1) -> None:
        super().__init__(f"{message} {cure}")
        self.code = code
        self.message = message
        self.cure = cure
        self.row = row

    @property
    def error(self) -> CellError:
        """The same fault as a row of an error table."""
        return CellError(self.row, "", self.code, self.message, self.cure)


class FieldFault(Exception):
    """What a parser of one cell raises; the reader adds row and column and makes it a `CellError`."""

    def __init__(self, code: str, message: str, cure: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.cure = cure

    def at(self, row: int, column: str) -> CellError:
        return CellError(row, column, self.code, self.message, self.cure)


class FaultyCell(str):
    """A cell of a workbook that holds no value but a fault; as text it is not empty."""

    fault: FieldFault

    @classmethod
    def of(cls, code: str, message: str, cure: str) -> Self:
        cell = cls("#")
        cell.fault = FieldFault(code, message, cure)
        return cell


@dataclass(frozen=True, slots=True)
class EvidenceLink:
    """One piece of evidence: an absolute public http(s) address in ASCII, and a name that may be empty."""

    url: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class RowValues:
    """One row that can be awarded. Empty text and None mean that the cell was empty or the column absent.

    `email` is lower-case ASCII (IDN domains as A-labels); date-times are UTC with whole seconds; a `valid_until`
    written as a date is the last second of that day; `results` are (key without "result.", value as written).
    """

    email: str
    name: str
    external_id: str = ""
    awarded_on: date | None = None
    valid_from: datetime | None = None
    valid_until: datetime | None = None
    narrative: str = ""
    evidence: tuple[EvidenceLink, ...] = ()
    results: tuple[tuple[str, str], ...] = ()
    licence_number: str = ""
    language: str = ""

    def to_json(self) -> dict[str, Any]:
        """Members that are empty are left out; dates as 2026-11-22, date-times as 2026-11-22T10:00:00Z."""
        members: dict[str, Any] = {
            "email": self.email,
            "name": self.name,
            "external_id": self.external_id,
            "awarded_on": self.awarded_on.isoformat() if self.awarded_on else None,
            "valid_from": _moment_text(self.valid_from),
            "valid_until": _moment_text(self.valid_until),
            "narrative": self.narrative,
            "evidence": [{"url": item.url, "name": item.name} for item in self.evidence],
            "results": dict(self.results),
            "licence_number": self.licence_number,
            "language": self.language,
        }
        return {name: value for name, value in members.items() if value}

    @classmethod
    def from_json(cls, members: Mapping[str, Any]) -> Self:
        """The inverse of `to_json`; trusts its input (it comes from our own database)."""
        awarded_on = members.get("awarded_on")
        return cls(
            email=members["email"],
            name=members["name"],
            external_id=members.get("external_id", ""),
            awarded_on=date.fromisoformat(awarded_on) if awarded_on else None,
            valid_from=_moment(members.get("valid_from")),
            valid_until=_moment(members.get("valid_until")),
            narrative=members.get("narrative", ""),
            evidence=tuple(EvidenceLink(item["url"], item["name"]) for item in members.get("evidence", ())),
            results=tuple(members.get("results", {}).items()),
            licence_number=members.get("licence_number", ""),
            language=members.get("language", ""),
        )


def _moment_text(moment: datetime | None) -> str | None:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ") if moment else None


def _moment(text: str | None) -> datetime | None:
    return datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC) if text else None


# Open Badges 3.0 ResultType: those whose values are numbers, and the words of ResultStatusType.
_NUMBER_TYPES = frozenset({"GradePointAverage", "Percent", "PredictedScore", "RawScore", "ScaledScore"})
_STATUS_WORDS = ("Completed", "Enrolled", "Failed", "InProgress", "OnHold", "Withdrew")


@dataclass(frozen=True, slots=True)
class ResultRule:
    """What one `result.<key>` column may hold: one of `allowed` where given, else a number, else a line of text."""

    allowed: tuple[str, ...] = ()
    minimum: Decimal | None = None
    maximum: Decimal | None = None
    result_type: str = "Result"

    @property
    def is_number(self) -> bool:
        bounded = self.minimum is not None or self.maximum is not None
        return not self.allowed and (bounded or self.result_type in _NUMBER_TYPES)

    @classmethod
    def from_description(cls, description: Mapping[str, Any]) -> Self:
        """From a member of `AchievementVersion.result_descriptions` (key, name, result_type, allowed_values ...)."""
        result_type = str(description.get("result_type") or "Result")
        allowed = tuple(str(value) for value in description.get("allowed_values") or ())
        if result_type == "Status" and not allowed:
            allowed = _STATUS_WORDS
        return cls(allowed, _bound(description.get("value_min")), _bound(description.get("value_max")), result_type)


def _bound(value: object) -> Decimal | None:
    return None if value is None or value == "" else Decimal(str(value))


@dataclass(frozen=True, slots=True)
class Rules:
    """The facts a file is held against. `today` is the date in UTC; `earliest` the oldest day any date may name.

    `meanings` says what headers mean that are not our own names, by `columns.header_key`; "" leaves a column out.
    """

    today: date
    meanings: Mapping[str, str] = field(default_factory=dict)
    result_columns: Mapping[str, ResultRule] = field(default_factory=dict)
    allow_repeats: bool = False  # True where the same person may be awarded twice (duplicates = issue)
    earliest: date = date(1950, 1, 1)
    max_rows: int = MAX_ROWS
    max_bytes: int = MAX_BYTES
    max_errors: int = MAX_ERRORS

    @classmethod
    def for_achievement(
        cls, result_descriptions: Sequence[Mapping[str, Any]], *, today: date, allow_repeats: bool = False
    ) -> Self:
        """The rules of one achievement version, from its `result_descriptions`."""
        columns = {str(item["key"]): ResultRule.from_description(item) for item in result_descriptions}
        return cls(today=today, result_columns=columns, allow_repeats=allow_repeats)

    def latest(self, years: int) -> date:
        """The last day of the year that lies `years` after today."""
        return date(min(self.today.year + years, 9999), 12, 31)
