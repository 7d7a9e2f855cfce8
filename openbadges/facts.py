"""Everything a verdict rests on, gathered before `judge` is asked: values only, no look-ups.

Whoever gathers (the verification service, `--offline --evidence DIR`, a test) fills these in.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from openbadges.errors import OpenBadgesError
from openbadges.jose import Token
from openbadges.json_types import JsonObject
from openbadges.keys import PublicKey
from openbadges.report import Form

Source = Literal["json", "token", "png", "svg", "link", "code"]
LinkState = Literal["unclaimed", "private", "not_found", "erased"]
AwardState = Literal["issued", "suspended", "revoked", "superseded"]
IssuerMethod = Literal["did:web", "did:key", "did:jwk", "https"]


@dataclass(frozen=True, slots=True)
class KeyFact:
    """One verification method that the credential may name.

    `listed`: the controller's document lists it for assertions. A key known only from the document that it signed
    (a key in a fragment, a `jwk` header) is given with `listed=False`: it proves integrity and no issuer.
    """

    method: str
    key: PublicKey
    controller: str
    listed: bool = True
    revoked_at: datetime | None = None
    expires_at: datetime | None = None
    compromised_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class IssuerFact:
    """What is known of the issuer that the credential names.

    `keys` by verification method id; a token without `kid` finds its key under "". `resolved` False: the issuer's
    keys could not be looked up, `problem` says why as a check code: "issuer.unreachable" (tried, in vain),
    "issuer.not_held" (nobody looked), "issuer.unsupported_method", "issuer.document_invalid".
    `name` is a PROVEN name only. `own`: this installation issues under that id.
    `authorised`: ids of the methods that the issuer's document lets sign; None where it says nothing of keys.
    """

    id: str
    method: IssuerMethod
    resolved: bool = True
    keys: Mapping[str, KeyFact] = field(default_factory=dict)
    name: str | None = None
    proven_by: tuple[str, ...] = ()
    own: bool = False
    problem: str = ""
    authorised: frozenset[str] | None = None


@dataclass(frozen=True, slots=True)
class StatusFact:
    """What the issuer's status list says of this document.

    `value`: True where the bit is set, False where clear, None where nobody could tell; `code` says why then
    ("status.unreachable", "status.not_held", "status.unknown_type", "status.list_invalid").
    `entries`: how many of the document's status entries this covers; the worst of them is reported.
    `message`: what the issuer says about the value that is set ("" where nothing). `list_age_seconds`: since the list
    was signed, None where it does not say or was not read; `list_ages`: of each list, where several are covered.
    """

    value: bool | None
    purpose: str = "revocation"
    code: str = "status.ok"
    list_age_seconds: int | None = None
    entries: int = 1
    message: str = ""
    list_ages: tuple[int | None, ...] = ()

    @property
    def ages(self) -> tuple[int | None, ...]:
        """The age of each list that was asked."""
        return self.list_ages or (self.list_age_seconds,)


@dataclass(frozen=True, slots=True)
class RecordFact:
    """This installation's own record of the award that the presented credential names.

    `digests`: `canonical.digest` of every document recorded for the award. `recorded_at`: when each was recorded;
    needed only for documents under a key that was compromised later. `since`: when the award came into `state`.
    """

    state: AwardState
    digests: frozenset[bytes]
    since: datetime | None = None
    public_reason: str = ""
    replaced_by: str | None = None
    is_sample: bool = False
    recorded_at: Mapping[bytes, datetime] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class EndorsementFact:
    """What is known about one endorsement of the credential: who its issuer is, and what its status lists say."""

    issuer: IssuerFact | None = None
    status: StatusFact | None = None


@dataclass(frozen=True, slots=True)
class Evidence:
    """One input to judge. Exactly one of `document`, `token`, `read_error`, `link_state` leads; None of them is
    "nothing readable was found". Of a token the document is read from the token itself.

    `recipient`: the e-mail address to compare with the holder's, None when not asked.
    `link_detail`: what was asked for (not_found) or a day in words (erased), for the explanation.
    `endorsements`: facts for `endorsements.endorsements_in(document)`, in that order; where it is shorter, nobody
    looked.
    """

    source: Source
    form: Form = "ob3-di"
    document: JsonObject | None = None
    token: Token | None = None
    read_error: OpenBadgesError | None = None
    link_state: LinkState | None = None
    link_detail: str = ""
    issuer: IssuerFact | None = None
    status: StatusFact | None = None
    record: RecordFact | None = None
    recipient: str | None = None
    endorsements: tuple[EndorsementFact, ...] = ()
