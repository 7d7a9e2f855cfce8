"""The verdict as a value: what was checked, what came out, and what may be shown.

`Report.to_json` is the contract that API, page and command line share; its members are only ever added to.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, get_args

from openbadges.json_types import JsonObject
from openbadges.shapes import normalised
from openbadges.times import format_time

CheckId = Literal[
    "read", "structure", "proof", "issuer", "dates", "status", "schema", "recipient", "endorsements", "log"
]
Result = Literal["passed", "failed", "unknown", "skipped", "warning"]
Outcome = Literal["valid", "invalid", "unknown"]
Form = Literal["ob3-di", "ob3-jwt", "ob2-hosted", "ob2-signed", "ob1", "vc"]
State = Literal[
    "unreadable",
    "unclaimed",
    "private",
    "not_found",
    "erased",
    "not_accepted",
    "altered",
    "issuer_unproven",
    "revoked",
    "superseded",
    "suspended",
    "expired",
    "not_yet_valid",
    "unreachable",
    "not_checked",
    "valid",
]

CHECK_IDS: tuple[CheckId, ...] = get_args(CheckId)
# Where several checks object, the first of these that any of them asks for is the state of the report.
PRECEDENCE: tuple[State, ...] = get_args(State)
UNKNOWN_STATES: frozenset[State] = frozenset(
    ("issuer_unproven", "unreachable", "not_checked", "unclaimed", "private", "not_found", "erased")
)


def outcome_of(state: State) -> Outcome:
    """The three-way answer behind a state: what could not be found out is "unknown", never "invalid"."""
    if state == "valid":
        return "valid"
    return "unknown" if state in UNKNOWN_STATES else "invalid"


@dataclass(frozen=True, slots=True)
class Check:
    """One line of a report. `code` is lasting (docs/verification.md); `message` is one plain sentence."""

    id: CheckId
    result: Result
    code: str
    message: str

    def to_json(self) -> JsonObject:
        return {"id": self.id, "result": self.result, "code": self.code, "message": self.message}


@dataclass(frozen=True, slots=True)
class IssuerSummary:
    """Who issued it. `name` is a proven name or None; `claimed_name` is what the document calls its issuer."""

    id: str
    name: str | None
    claimed_name: str | None
    proven_by: tuple[str, ...]

    def to_json(self) -> JsonObject:
        return {
            "id": self.id,
            "name": self.name,
            "claimed_name": self.claimed_name,
            "proven_by": list(self.proven_by),
        }


@dataclass(frozen=True, slots=True)
class CredentialSummary:
    """What a signature that fits says: badge name, holder's name, issuer, validity in UTC, and the form it came in."""

    name: str | None
    recipient: str | None
    issuer: IssuerSummary
    valid_from: datetime | None
    valid_until: datetime | None
    format: Form

    def to_json(self) -> JsonObject:
        return {
            "name": self.name,
            "recipient": self.recipient,
            "issuer": self.issuer.to_json(),
            "valid_from": None if self.valid_from is None else format_time(self.valid_from),
            "valid_until": None if self.valid_until is None else format_time(self.valid_until),
            "format": self.format,
        }


@dataclass(frozen=True, slots=True)
class EndorsementSummary:
    """An endorsement that holds: who made it, and what it says (None where it says nothing)."""

    issuer: IssuerSummary
    comment: str | None


@dataclass(frozen=True, slots=True)
class Report:
    """The whole verdict at `checked_at`.

    `headline` names the state in words, `explanation` is the sentence or two under it (pages and command line).
    `signed` is the credential as its issuer signed it; None unless the proof fits and the structure is sound.
    `endorsements` are those that hold. `status_list_ages`: seconds since each status list that was asked about the
    credential was signed, in the order of its entries; None where a list does not say or could not be read. None of
    these four is part of `to_json`.
    """

    outcome: Outcome
    state: State
    headline: str
    checked_at: datetime
    checks: tuple[Check, ...]
    credential: CredentialSummary | None
    receipt: str | None = None
    explanation: str = ""
    signed: JsonObject | None = None
    endorsements: tuple[EndorsementSummary, ...] = ()
    status_list_ages: tuple[int | None, ...] = ()

    @property
    def document(self) -> JsonObject | None:
        """`signed` in the arrays and objects of `shapes.normalised`, for pages; made when asked for."""
        return None if self.signed is None else normalised(self.signed)

    def check(self, check_id: CheckId) -> Check:
        """The line of one check; every report has all ten."""
        return next(check for check in self.checks if check.id == check_id)

    def to_json(self) -> JsonObject:
        return {
            "outcome": self.outcome,
            "state": self.state,
            "headline": self.headline,
            "checked_at": format_time(self.checked_at),
            "checks": [check.to_json() for check in self.checks],
            "credential": None if self.credential is None else self.credential.to_json(),
            "receipt": self.receipt,
        }
