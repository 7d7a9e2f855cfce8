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
