"""Reading a published status list: is it the issuer's own, current and whole, and what does it say of one index?

Source: W3C Bitstring Status List v1.0, section 3.2 (validate algorithm).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Self

from openbadges import data_integrity, status
from openbadges.errors import OpenBadgesError
from openbadges.facts import IssuerFact, StatusFact
from openbadges.json_types import JsonObject, JsonValue
from openbadges.times import parse_time

_INDEX = re.compile(r"0|[1-9][0-9]{0,15}")


@dataclass(frozen=True, slots=True)
class StatusQuestion:
    """One entry of a credential: which bit of which list stands for it, and what the bit means."""

    address: str
    index: int
    purpose: str

    @classmethod
    def of(cls, entry: JsonValue) -> Self | None:
        """Read a `credentialStatus` entry; None for a type or shape that is not known here."""
        if not isinstance(entry, dict) or entry.get("type") not in (
            "BitstringStatusListEntry",
            ["BitstringStatusListEntry"],
        ):
            return None
        address, index, purpose = (
            entry.get(name) for name in ("statusListCredential", "statusListIndex", "statusPurpose")
        )
        # The standard wants text; the 1EdTech samples carry a number.
        index = str(index) if isinstance(index, int) and not isinstance(index, bool) else index
        if not isinstance(address, str) or not isinstance(purpose, str):
            return None
        if not isinstance(index, str) or not _INDEX.fullmatch(index):
            return None
        return cls(address, int(index), purpose)


def read_status_list(
    document: JsonObject, question: StatusQuestion, *, issuer: IssuerFact, now: datetime
) -> StatusFact:
    """Answer a question from a list credential that was supplied. A list that cannot be relied on answers nothing."""
    try:
        return _read(document, question, issuer=issuer, now=now)
    except OpenBadgesError:
        return StatusFact(None, question.purpose, code="status.list_invalid")


def _read(document: JsonObject, question: StatusQuestion, *, issuer: IssuerFact, now: datetime) -> StatusFact:
    invalid = StatusFact(None, question.purpose, code="status.list_invalid")
    subject = document.get("credentialSubject")
    valid_from, until = (_time(document, name) for name in ("validFrom", "validUntil"))
    if not isinstance(subject, dict) or document.get("id") != question.address or _issuer(document) != issuer.id:
        return invalid
    if subject.get("type") != "BitstringStatusList" or subject.get("statusPurpose") != question.purpose:
        return invalid
    if (valid_from is not None and now < valid_from) or (until is not None and now >= until):
        return invalid
    encoded = subject.get("encodedList")
    if not isinstance(encoded, str) or not _is_signed_by(document, issuer):
        return invalid
    value = status.get_bit(status.decode_list(encoded), question.index)
    age = None if valid_from is None else int((now - valid_from).total_seconds())
    return StatusFact(value, question.purpose, list_age_seconds=age)


def _time(document: JsonObject, name: str) -> datetime | None:
    return parse_time(document[name]) if name in document else None


def _issuer(document: JsonObject) -> JsonValue:
    issuer = document.get("issuer")
    return issuer.get("id") if isinstance(issuer, dict) else issuer


def _is_signed_by(document: JsonObject, issuer: IssuerFact) -> bool:
    """Whether every proof of the list verifies under a key that the credential's issuer lists. Raises ProofInvalid."""
    proofs = data_integrity.proofs_of(document)
    for proof in proofs:
        fact = issuer.keys.get(str(proof.get("verificationMethod")))
        if fact is None or not fact.listed or fact.controller != issuer.id or fact.revoked_at is not None:
            return False
        data_integrity.verify_proof(document, proof, fact.key)
    return bool(proofs)
