"""The life of an award after it was given: suspended, reinstated, revoked, renewed, corrected.

Each verb is one function, and one transaction with its entry in the audit log and its notice in the outbox. A verb that
was done before changes nothing. The rules are those of docs/award-life.md.
"""

from credentials.life.changes import Reason, reinstate, revoke, suspend
from credentials.life.errors import (
    AwardAbandoned,
    AwardEnded,
    AwardNotIssued,
    AwardOver,
    AwardSuspended,
    ExternalIdTaken,
    LifeError,
    NothingToCorrect,
    PublicNoteUnfit,
    ReasonMissing,
)
from credentials.life.successors import correct, renew

__all__ = [
    "AwardAbandoned",
    "AwardEnded",
    "AwardNotIssued",
    "AwardOver",
    "AwardSuspended",
    "ExternalIdTaken",
    "LifeError",
    "NothingToCorrect",
    "PublicNoteUnfit",
    "Reason",
    "ReasonMissing",
    "correct",
    "reinstate",
    "renew",
    "revoke",
    "suspend",
]
