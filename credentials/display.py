"""What the issuer's dashboard shows: typed view-models, so that templates only lay out. Times are aware, in UTC."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

from credentials.models import Batch
from openbadges.json_types import JsonObject

Kind = Literal["valid", "warn", "bad", "unknown", "info", "none"]
FINAL = frozenset((Batch.State.FINISHED, Batch.State.CANCELLED))
# (word, kind, icon in icons.svg)
_STATES: dict[str, tuple[str, Kind, str]] = {
    Batch.State.DRAFT: ("Draft", "none", "v-file"),
    Batch.State.VALIDATED: ("Checked, not started", "none", "v-clock"),
    Batch.State.HELD: ("Waiting to start", "info", "v-clock"),
    Batch.State.RUNNING: ("Running", "info", "v-clock"),
    Batch.State.PAUSED: ("Paused", "warn", "v-pause"),
    Batch.State.FINISHED: ("Finished", "valid", "v-valid"),
    Batch.State.CANCELLED: ("Cancelled", "none", "v-bin"),
}


RowResult = Literal["new", "renewal", "correction", "held", "error"]
_ROW_LOOKS: dict[RowResult, tuple[Kind, str, str]] = {
    "new": ("valid", "v-valid", "New"),
    "renewal": ("info", "v-clock", "Renewal"),
    "correction": ("info", "v-clock", "Correction"),
    "held": ("warn", "v-warn", "Holds it"),
    "error": ("bad", "v-bad", "Error"),
}


@dataclass(frozen=True, slots=True)
class Choice:
    """An achievement that can be awarded, in lists and in the form; `value` is its public id."""

    value: str
    name: str
    image_url: str
    page_url: str


@dataclass(frozen=True, slots=True)
class ChoiceGroup:
    """What one issuer can award."""

    name: str
    page_url: str
    choices: tuple[Choice, ...]
    audit_url: str = ""


@dataclass(frozen=True, slots=True)
class FailedRow:
    """A row that was not awarded: where, who, why and what to do."""

    number: int
    name: str
    column: str
    message: str


@dataclass(frozen=True, slots=True)
class IssuedRow:
    """A row that became a credential: its public page, and the one on which it is suspended, corrected or revoked."""

    number: int
    name: str
    code: str
    url: str
    manage_url: str


@dataclass(frozen=True, slots=True)
class RecallView:
    """How far the recall of a batch is. `total`: awards that it was asked for."""

    reason: str
    public_note: str
    requested_at: datetime
    finished_at: datetime | None
    done: int
    total: int

    @property
    def is_done(self) -> bool:
        return self.finished_at is not None


@dataclass(frozen=True, slots=True)
class BatchView:
    """A batch and how far it has come. The counters cover `total` rows; `waiting` is what is left."""

    public_id: UUID
    file_name: str
    achievement_name: str
    state: str
    total: int
    issued: int
    skipped: int
    failed: int
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    created_by: str
    updated_at: datetime
    cancelled: int = 0
    starts_at: datetime | None = None
    cancelled_at: datetime | None = None
    pause_reason: str = ""
    can_retry: bool = False
    recall: RecallView | None = None
    converted: int = 0
    check: Literal["", "waiting", "working"] = ""
    failed_rows: tuple[FailedRow, ...] = ()
    issued_rows: tuple[IssuedRow, ...] = ()

    @property
    def done(self) -> int:
        return self.issued + self.skipped + self.failed + self.cancelled

    @property
    def waiting(self) -> int:
        return self.total - self.done

    @property
    def percent(self) -> int:
        return 100 * self.done // self.total if self.total else 100

    @property
    def is_final(self) -> bool:
        return self.state in FINAL

    @property
    def is_moving(self) -> bool:
        """Whether the page changes by itself: workers are at it, or it will start."""
        return (
            bool(self.check)
            or self.state in (Batch.State.RUNNING, Batch.State.HELD)
            or bool(self.recall and not self.recall.is_done)
        )

    @property
    def is_stopping(self) -> bool:
        """Cancelled, and a worker completes what it had reserved."""
        return self.cancelled_at is not None and not self.is_final

    @property
    def can_pause(self) -> bool:
        return self.state == Batch.State.RUNNING and not self.is_stopping

    @property
    def can_cancel(self) -> bool:
        return self.state in (Batch.State.RUNNING, Batch.State.PAUSED) and not self.is_stopping

    @property
    def can_recall(self) -> bool:
        return bool(self.issued) and self.recall is None

    @property
    def word(self) -> str:
        if self.is_stopping:
            return "Being cancelled"
        if self.check:
            return "Being checked" if self.check == "working" else "Waiting for a worker"
        return "Recalled" if self.recall and self.recall.is_done else _STATES[self.state][0]

    @property
    def kind(self) -> Kind:
        if self.recall:
            return "bad"
        return "warn" if self.state == Batch.State.FINISHED and self.failed else _STATES[self.state][1]

    @property
    def icon(self) -> str:
        if self.recall:
            return "v-bad"
        return "v-warn" if self.state == Batch.State.FINISHED and self.failed else _STATES[self.state][2]

    @property
    def time_left(self) -> str:
        """ "About 23 seconds left" from the pace so far; "" where there is no pace yet."""
        if self.state != Batch.State.RUNNING or self.started_at is None or not self.done or not self.waiting:
            return ""
        if self.is_stopping:
            return ""
        elapsed = self.updated_at - self.started_at
        return f"About {_rough(elapsed * self.waiting / self.done)} left"

    def to_json(self) -> JsonObject:
        """What static/js/progress.js polls: counters, the state in words, and whether to stop asking."""
        return {
            "state": self.state,
            "word": self.word,
            "total": self.total,
            "done": self.done,
            "issued": self.issued,
            "skipped": self.skipped,
            "failed": self.failed,
            "cancelled": self.cancelled,
            "recalled": self.recall.done if self.recall else 0,
            "waiting": self.waiting,
            "time_left": self.time_left,
            "updated": f"{self.updated_at:%H:%M:%S} UTC",
            "final": not self.is_moving,
        }


def batch_view(
    batch: Batch,
    *,
    now: datetime,
    failed_rows: tuple[FailedRow, ...] = (),
    issued_rows: tuple[IssuedRow, ...] = (),
    can_retry: bool = False,
    recall: RecallView | None = None,
) -> BatchView:
    """A batch as its page shows it; reads `achievement_version` and `created_by`, so select them together."""
    return BatchView(
        public_id=batch.public_id,
        file_name=batch.file_name,
        achievement_name=batch.achievement_version.name,
        state=batch.state,
        total=batch.total,
        issued=batch.issued,
        skipped=batch.skipped,
        failed=batch.failed,
        created_at=batch.created_at,
        started_at=batch.started_at,
        finished_at=batch.finished_at,
        created_by="" if batch.created_by is None else str(batch.created_by),
        updated_at=now,
        cancelled=batch.cancelled,
        starts_at=batch.starts_at,
        cancelled_at=batch.cancelled_at,
        pause_reason=batch.get_pause_reason_display() if batch.pause_reason else "",
        can_retry=can_retry,
        recall=recall,
        converted=batch.converted,
        check="" if batch.check_asked_at is None else "working" if batch.checker else "waiting",
        failed_rows=failed_rows,
        issued_rows=issued_rows,
    )


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of a previewed row; `is_wrong` marks it."""

    value: str
    is_wrong: bool = False


@dataclass(frozen=True, slots=True)
class RowPreview:
    """One row of the file before it is awarded. Errors carry the sentence with row, column and cure."""

    number: int
    name: Cell
    email: Cell
    awarded_on: Cell
    result: RowResult
    sentences: tuple[str, ...] = ()

    @property
    def kind(self) -> Kind:
        return _ROW_LOOKS[self.result][0]

    @property
    def icon(self) -> str:
        return _ROW_LOOKS[self.result][1]

    @property
    def word(self) -> str:
        return _ROW_LOOKS[self.result][2]


@dataclass(frozen=True, slots=True)
class FileFault:
    """What is wrong with the file as a whole, or with a row beyond those shown."""

    message: str
    cure: str = ""


@dataclass(frozen=True, slots=True)
class Tab:
    """A choice of rows, how many they are, and where it leads."""

    word: str
    count: int
    url: str
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class DryRunView:
    """The file as it would be awarded. Rows are one page of them, errors first; counts cover the whole file.

    `ticket` is what the confirming form sends back to name the checked file. `faults`: reasons why the file as a
    whole cannot be read; then nothing can be awarded. `next_page`: the query of the rows that follow, or "".
    """

    file_name: str
    achievement_name: str
    ticket: str
    duplicates: str
    duplicates_words: str
    total: int
    new: int
    renewals: int
    held: int
    errors: int
    rows: tuple[RowPreview, ...]
    faults: tuple[FileFault, ...] = ()
    notes: tuple[str, ...] = ()
    tabs: tuple[Tab, ...] = ()
    is_first_page: bool = True
    next_page: str = ""
    can_match_columns: bool = False
    corrections: int = 0

    @property
    def good(self) -> int:
        """Rows that would be awarded."""
        return self.new + self.renewals + self.corrections

    @property
    def shown(self) -> int:
        return len(self.rows)


def _rough(span: timedelta) -> str:
    seconds = max(1, round(span.total_seconds()))
    if seconds < 90:
        return f"{seconds} second{'' if seconds == 1 else 's'}"
    minutes = round(seconds / 60)
    return f"{minutes} minutes" if minutes < 90 else f"{round(minutes / 60)} hours"
