"""What can be wrong with a request to issue. Each class has a lasting `code`."""

from __future__ import annotations

from typing import ClassVar


class IssuingError(Exception):
    code: ClassVar[str] = "issuing_error"
    title: ClassVar[str] = "This could not be awarded"


class AchievementArchived(IssuingError):
    code = "achievement_archived"
    title = "This achievement is archived"

    def __init__(self, name: str) -> None:
        super().__init__(f"“{name}” is archived: nothing can be awarded for it. Choose another achievement.")


class BatchNotStartable(IssuingError):
    code = "batch_not_startable"
    title = "This batch cannot be started"

    def __init__(self, state: str) -> None:
        super().__init__(
            f"The batch is “{state}”. Only a checked batch that was not started can be started or dropped."
        )


class BatchStateRefuses(IssuingError):
    code = "batch_state_refuses"
    title = "The batch is in another state"

    def __init__(self, state: str, rule: str) -> None:
        super().__init__(f"The batch is “{state}”. {rule}")


class BatchIsBusy(IssuingError):
    code = "batch_is_busy"
    title = "This file is being checked"

    def __init__(self) -> None:
        super().__init__("Somebody is having this file checked at this moment. Load the page again in a minute.")


class FileTakenAway(IssuingError):
    code = "file_taken_away"
    title = "The file was dropped while it was checked"

    def __init__(self) -> None:
        super().__init__("Somebody dropped this file, or had it checked anew, while it was checked.")


class NothingToRetry(IssuingError):
    code = "nothing_to_retry"
    title = "No row can be tried again"

    def __init__(self) -> None:
        super().__init__(
            "No row failed while it was issued. Rows that failed the check need a corrected file in a new batch."
        )


class NothingToRecall(IssuingError):
    code = "nothing_to_recall"
    title = "There is nothing to recall"

    def __init__(self) -> None:
        super().__init__("No award of this batch stands. Drop or cancel the batch instead.")


class BatchHasErrors(IssuingError):
    code = "batch_has_errors"
    title = "Some rows of this file cannot be awarded"

    def __init__(self, failed: int) -> None:
        rows = "1 row has" if failed == 1 else f"{failed} rows have"
        super().__init__(f"{rows} errors. Correct the file, or say that only the good rows are to be awarded.")


class RecordMismatch(IssuingError):
    """The document rebuilt for signing is not the one recorded before: something changed in between."""

    code = "record_mismatch"
    title = "The document to sign differs from the one recorded"


class NoSigningKey(IssuingError):
    code = "no_signing_key"
    title = "The issuer has no active signing key"


class ValuesRefused(IssuingError):
    code = "values_refused"
    title = "These values cannot be awarded"
