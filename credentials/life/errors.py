"""Why a change of an award is refused. Each class has a lasting `code`."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from credentials.models import Award
from openbadges.headlines import long_date


class LifeError(Exception):
    code: ClassVar[str] = "award_change_refused"
    title: ClassVar[str] = "This award cannot be changed so"


class AwardNotIssued(LifeError):
    code = "award_not_issued"
    title = "This award is not issued yet"

    def __init__(self) -> None:
        super().__init__("The award is being signed at this moment. Try again in a few seconds.")


class AwardAbandoned(LifeError):
    code = "award_abandoned"
    title = "This award was never issued"

    def __init__(self) -> None:
        super().__init__("The row that it was meant for failed. Try the row again on the page of its batch.")


class AwardEnded(LifeError):
    """It was revoked or replaced, which is final."""

    code = "award_ended"
    title = "This award has ended"

    def __init__(self, award: Award) -> None:
        words = "revoked" if award.state == Award.State.REVOKED else "replaced by a newer one"
        super().__init__(f"The award was {words} on {long_date(award.state_since)}. That is final.")


class AwardSuspended(LifeError):
    code = "award_suspended"
    title = "This award is suspended"

    def __init__(self) -> None:
        super().__init__("A suspended award is not corrected or renewed: reinstate or revoke it first.")


class AwardOver(LifeError):
    code = "award_over"
    title = "This award has expired"

    def __init__(self, end: datetime) -> None:
        super().__init__(f"The award ended on {long_date(end)}. Renew it instead.")


class NothingToCorrect(LifeError):
    code = "nothing_to_correct"
    title = "Nothing was corrected"

    def __init__(self) -> None:
        super().__init__("The new values are those of the award. Change what is wrong in it.")


class ExternalIdTaken(LifeError):
    code = "external_id_taken"
    title = "This external id is taken"

    def __init__(self, external_id: str) -> None:
        super().__init__(f"“{external_id}” names another award of this issuer. Use an id of its own for this one.")


class ReasonMissing(LifeError):
    code = "reason_missing"
    title = "A reason is missing"

    def __init__(self) -> None:
        super().__init__("Choose a reason.")


class PublicNoteUnfit(LifeError):
    code = "public_note_unfit"
    title = "The public note cannot be shown"
