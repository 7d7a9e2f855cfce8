"""The documents that this project signs, as typed values: Open Badges 3.0 credentials and status lists.

Every constructor refuses what must not be signed (DocumentInvalid names the member): control characters, numbers in
exponent form or over 15 digits, dates that are not whole seconds in UTC, addresses of other forms, words outside the
standard's lists. `to_json` writes arrays where the standard has arrays, `from_json` reads exactly that back.
Source: 1EdTech Open Badges 3.0, data model; W3C VC Data Model 2.0; W3C Bitstring Status List v1.0.
"""

import hashlib
import re
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import ClassVar, Self

from openbadges.contexts import CREDENTIALS_V2, OPEN_BADGES_3_0_3
from openbadges.json_types import JsonObject, JsonValue
from openbadges.members import DocumentInvalid, Iri, LanguageTag, Value, WebUrl
from openbadges.status import LIST_LENGTH
from openbadges.vocabulary import ACHIEVEMENT_TYPES, IDENTIFIER_TYPES, RESULT_STATUSES, RESULT_TYPES, TARGET_TYPES

__all__ = [
    "Achievement",
    "AchievementSubject",
    "Address",
    "Alignment",
    "BitstringStatusListCredential",
    "Criteria",
    "DocumentInvalid",
    "Evidence",
    "Identifier",
    "IdentityObject",
    "Image",
    "OpenBadgeCredential",
    "Profile",
    "Related",
    "Result",
    "ResultDescription",
    "StatusEntry",
    "StatusListSubject",
    "status_list_credential",
]

_EXTENSION = re.compile(r"ext:[A-Za-z0-9._-]+")


def _one_of(member: str, word: str | None, words: frozenset[str], *, extensible: bool = True) -> None:
    if word is None or word in words or (extensible and _EXTENSION.fullmatch(word)):
        return
    raise DocumentInvalid(member, f"does not know the word {word!r}")


def _ends_after_start(member: str, start: datetime | None, end: datetime | None) -> None:
    if start is not None and end is not None and end <= start:
        raise DocumentInvalid(member, "must be later than the start")


@dataclass(frozen=True, slots=True, kw_only=True)
class Image(Value):
    TYPE: ClassVar[str] = "Image"
    id: WebUrl
    caption: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Address(Value):
    """Where an issuer is; `address_country_code` is ISO 3166-1 alpha-2."""

    TYPE: ClassVar[tuple[str, ...]] = ("Address",)
    address_country: str | None = None
    address_country_code: str | None = None
    address_region: str | None = None
    address_locality: str | None = None
    street_address: str | None = None
    postal_code: str | None = None

    def check(self) -> None:
        if self.address_country_code is not None and not re.fullmatch(r"[A-Z]{2}", self.address_country_code):
            raise DocumentInvalid("addressCountryCode", "must be two capital letters")


@dataclass(frozen=True, slots=True, kw_only=True)
class Identifier(Value):
    """A further identifier of an organisation or achievement: IdentifierEntry of the standard."""

    TYPE: ClassVar[str] = "IdentifierEntry"
    identifier: str
    identifier_type: str

    def check(self) -> None:
        _one_of("identifierType", self.identifier_type, IDENTIFIER_TYPES)


@dataclass(frozen=True, slots=True, kw_only=True)
class IdentityObject(Value):
    """Who the holder is: in plain text, or as the hash of an identifier and a salt."""

    TYPE: ClassVar[str] = "IdentityObject"
    hashed: bool
    identity_hash: str
    identity_type: str
    salt: str | None = None

    def check(self) -> None:
        _one_of("identityType", self.identity_type, IDENTIFIER_TYPES)

    @classmethod
    def of_name(cls, name: str) -> Self:
        """The holder's name in plain text."""
        return cls(hashed=False, identity_hash=name, identity_type="name")

    @classmethod
    def of_email(cls, email: str, salt: str) -> Self:
        """A holder's address, hashed. `salt` must be random for each award."""
        return cls(hashed=True, identity_hash=hash_email(email, salt), identity_type="emailAddress", salt=salt)


def hash_email(email: str, salt: str) -> str:
    """Return "sha256$" and the hex SHA-256 of an address, trimmed and lower-cased, and a salt.

    Whoever holds both can still test a guessed address.
    """
    return f"sha256${hashlib.sha256((email.strip().lower() + salt).encode()).hexdigest()}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile(Value):
    """An organisation: the issuer, its parent, an achievement's creator (which repeats id and name only)."""

    TYPE: ClassVar[tuple[str, ...]] = ("Profile",)
    id: Iri
    name: str
    url: WebUrl | None = None
    email: str | None = None
    description: str | None = None
    image: Image | None = None
    address: Address | None = None
    other_identifier: tuple[Identifier, ...] = ()
    official: str | None = None
    parent_org: "Profile | None" = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Alignment(Value):
    """One link to a framework: a skill, a level, or an EU element (`target_type` "ext:workload" and so on)."""

    TYPE: ClassVar[tuple[str, ...]] = ("Alignment",)
    target_name: str
    target_url: WebUrl
    target_code: str | None = None
    target_description: str | None = None
    target_framework: str | None = None
    target_type: str | None = None

    def check(self) -> None:
        _one_of("targetType", self.target_type, TARGET_TYPES)


@dataclass(frozen=True, slots=True, kw_only=True)
class ResultDescription(Value):
    """What may be reached: a learning outcome (`result_type` "Status") or a grade with its scale."""

    TYPE: ClassVar[tuple[str, ...]] = ("ResultDescription",)
    id: Iri
    name: str
    result_type: str
    allowed_value: tuple[str, ...] = ()
    required_value: str | None = None
    required_level: Iri | None = None
    value_min: str | None = None
    value_max: str | None = None
    alignment: tuple[Alignment, ...] = ()

    def check(self) -> None:
        _one_of("resultType", self.result_type, RESULT_TYPES)


@dataclass(frozen=True, slots=True, kw_only=True)
class Result(Value):
    """What was reached; `result_description` is the id of a ResultDescription of the achievement."""

    TYPE: ClassVar[tuple[str, ...]] = ("Result",)
    result_description: Iri | None = None
    status: str | None = None
    value: str | None = None
    achieved_level: Iri | None = None
    alignment: tuple[Alignment, ...] = ()

    def check(self) -> None:
        _one_of("status", self.status, RESULT_STATUSES, extensible=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence(Value):
    """What the holder made or did. `digest_sri` ("sha256-…" or "sha384-…", base64) where it has bytes."""

    TYPE: ClassVar[tuple[str, ...]] = ("Evidence",)
    id: Iri | None = None
    name: str | None = None
    narrative: str | None = None
    description: str | None = None
    genre: str | None = None
    audience: str | None = None
    digest_sri: str | None = None
    media_type: str | None = None

    def check(self) -> None:
        if self.digest_sri is not None and not re.fullmatch(r"sha(256|384|512)-[A-Za-z0-9+/]+={0,2}", self.digest_sri):
            raise DocumentInvalid("digestSRI", "must be a subresource integrity digest such as sha256-…")


@dataclass(frozen=True, slots=True, kw_only=True)
class Criteria(Value):
    TYPE: ClassVar[str] = ""
    id: Iri | None = None
    narrative: str | None = None

    def check(self) -> None:
        if self.id is None and self.narrative is None:
            raise DocumentInvalid("criteria", "must have an id or a narrative")


@dataclass(frozen=True, slots=True, kw_only=True)
class Related(Value):
    """Another edition of an achievement, for example in another language."""

    TYPE: ClassVar[tuple[str, ...]] = ("Related",)
    id: Iri
    in_language: LanguageTag | None = None
    version: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Achievement(Value):
    """What can be earned. `id` is the versioned address, `version` its last part."""

    TYPE: ClassVar[tuple[str, ...]] = ("Achievement",)
    id: Iri
    name: str
    description: str
    criteria: Criteria
    achievement_type: str | None = None
    creator: Profile | None = None
    image: Image | None = None
    alignment: tuple[Alignment, ...] = ()
    result_description: tuple[ResultDescription, ...] = ()
    credits_available: Decimal | None = None
    field_of_study: str | None = None
    specialization: str | None = None
    human_code: str | None = None
    in_language: LanguageTag | None = None
    tag: tuple[str, ...] = ()
    other_identifier: tuple[Identifier, ...] = ()
    related: tuple[Related, ...] = ()
    version: str | None = None

    def check(self) -> None:
        _one_of("achievementType", self.achievement_type, ACHIEVEMENT_TYPES)


@dataclass(frozen=True, slots=True, kw_only=True)
class AchievementSubject(Value):
    """Who earned what. `id` is the holder's DID or a random urn:uuid."""

    TYPE: ClassVar[tuple[str, ...]] = ("AchievementSubject",)
    id: Iri
    identifier: tuple[IdentityObject, ...] = ()
    achievement: Achievement
    activity_start_date: datetime | None = None
    activity_end_date: datetime | None = None
    credits_earned: Decimal | None = None
    license_number: str | None = None
    narrative: str | None = None
    result: tuple[Result, ...] = ()
    role: str | None = None
    source: Profile | None = None
    term: str | None = None

    def check(self) -> None:
        if self.activity_start_date != self.activity_end_date:  # a course of one day has one date
            _ends_after_start("activityEndDate", self.activity_start_date, self.activity_end_date)


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusEntry(Value):
    """One bit of a published status list; `index` counts from 0, left-most bit first."""

    TYPE: ClassVar[str] = "BitstringStatusListEntry"
    status_list_credential: WebUrl
    index: int
    status_purpose: str = "revocation"

    def check(self) -> None:
        if isinstance(self.index, bool) or not 0 <= self.index < LIST_LENGTH:
            raise DocumentInvalid("statusListIndex", f"must be from 0 to {LIST_LENGTH - 1}")

    def to_json(self) -> JsonObject:
        return {
            "id": f"{self.status_list_credential}#{self.index}",
            "type": self.TYPE,
            "statusPurpose": self.status_purpose,
            "statusListIndex": str(self.index),
            "statusListCredential": self.status_list_credential,
        }

    @classmethod
    def from_json(cls, document: JsonValue) -> Self:
        if not isinstance(document, dict):
            raise DocumentInvalid("credentialStatus", "must be an object")
        index = document.get("statusListIndex")
        if not isinstance(index, str) or not re.fullmatch(r"0|[1-9][0-9]{0,6}", index, re.ASCII):
            raise DocumentInvalid("statusListIndex", "must be a number without leading zeros, written as text")
        address, purpose = document.get("statusListCredential"), document.get("statusPurpose")
        if not isinstance(address, str) or not isinstance(purpose, str):
            raise DocumentInvalid("credentialStatus", "must have statusListCredential and statusPurpose as text")
        entry = cls(status_list_credential=address, index=int(index), status_purpose=purpose)
        if entry.to_json() != document:
            raise DocumentInvalid("credentialStatus", "must be a BitstringStatusListEntry and nothing more")
        return entry


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenBadgeCredential(Value):
    """The credential of one award, without its proof: `from_json` leaves a `proof` aside.

    `awarded_date` stays as it was when a newer document of the same award is issued.
    """

    CONTEXT: ClassVar[tuple[str, ...]] = (CREDENTIALS_V2, OPEN_BADGES_3_0_3)
    TYPE: ClassVar[tuple[str, ...]] = ("VerifiableCredential", "OpenBadgeCredential")
    id: Iri
    name: str
    description: str | None = None
    issuer: Profile
    valid_from: datetime
    valid_until: datetime | None = None
    awarded_date: datetime
    credential_subject: AchievementSubject
    evidence: tuple[Evidence, ...] = ()
    credential_status: StatusEntry

    def check(self) -> None:
        _ends_after_start("validUntil", self.valid_from, self.valid_until)


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusListSubject(Value):
    """The list itself, inside its credential."""

    TYPE: ClassVar[str] = "BitstringStatusList"
    id: Iri
    status_purpose: str
    encoded_list: str

    def check(self) -> None:
        if not re.fullmatch(r"u[A-Za-z0-9_-]+", self.encoded_list):
            raise DocumentInvalid("encodedList", "must be multibase base64url: u and the encoded list")


@dataclass(frozen=True, slots=True, kw_only=True)
class BitstringStatusListCredential(Value):
    """A published status list without its proof."""

    CONTEXT: ClassVar[tuple[str, ...]] = (CREDENTIALS_V2,)
    TYPE: ClassVar[tuple[str, ...]] = ("VerifiableCredential", "BitstringStatusListCredential")
    id: WebUrl
    issuer: Iri
    valid_from: datetime
    valid_until: datetime
    credential_subject: StatusListSubject

    def check(self) -> None:
        _ends_after_start("validUntil", self.valid_from, self.valid_until)


def status_list_credential(
    *,
    list_url: str,
    issuer: str,
    encoded_list: str,
    valid_from: datetime,
    valid_until: datetime,
    status_purpose: str = "revocation",
) -> BitstringStatusListCredential:
    """Build the credential that publishes a list.

    list_url: the address that serves it, which is its id. encoded_list: from `status.encode_list`.
    """
    subject = StatusListSubject(id=f"{list_url}#list", status_purpose=status_purpose, encoded_list=encoded_list)
    return BitstringStatusListCredential(
        id=list_url, issuer=issuer, valid_from=valid_from, valid_until=valid_until, credential_subject=subject
    )
