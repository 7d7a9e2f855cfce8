"""Reading a published status list: is it the issuer's own, current and whole, and what does it say of one index?

Source: W3C Bitstring Status List v1.0, section 3.2 (validate algorithm).
"""

from __future__ import annotations

from datetime import datetime
from hashlib import sha256

from openbadges import data_integrity, status, strict_json
from openbadges.bounded_cache import BoundedCache
from openbadges.errors import OpenBadgesError
from openbadges.facts import IssuerFact, KeyFact, StatusFact
from openbadges.json_types import JsonObject, JsonValue
from openbadges.keys import PublicKey
from openbadges.status_entry import StatusQuestion
from openbadges.times import parse_time

__all__ = ["StatusQuestion", "read_status_list"]

_proven: BoundedCache[tuple[bytes, tuple[PublicKey, ...]], bytes] = BoundedCache(256)


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
    bits = _proven_bits(document, encoded, issuer) if isinstance(encoded, str) else None
    if bits is None:
        return invalid
    value = status.get_bit(bits, question.index)
    age = None if valid_from is None else int((now - valid_from).total_seconds())
    return StatusFact(value, question.purpose, list_age_seconds=age)


def _time(document: JsonObject, name: str) -> datetime | None:
    return parse_time(document[name]) if name in document else None


def _issuer(document: JsonObject) -> JsonValue:
    issuer = document.get("issuer")
    return issuer.get("id") if isinstance(issuer, dict) else issuer


def _proven_bits(document: JsonObject, encoded: str, issuer: IssuerFact) -> bytes | None:
    """The bits of a list whose every proof verifies under a key that the issuer lists; None for a key that it does not.

    The same list answers for many credentials, so that what was proven of its bytes under these keys is kept; whether
    the keys are listed and the list is current is asked each time. Raises ProofInvalid, StatusListInvalid.
    """
    proofs = data_integrity.proofs_of(document)
    facts = [issuer.keys.get(str(proof.get("verificationMethod"))) for proof in proofs]
    keys = tuple(fact.key for fact in facts if fact is not None and _is_listed(fact, issuer))
    if not proofs or len(keys) != len(proofs):
        return None
    kept_as = (sha256(strict_json.dumps(document)).digest(), keys)
    bits = _proven.get(kept_as)
    if bits is None:
        for proof, key in zip(proofs, keys, strict=True):
            data_integrity.verify_proof(document, proof, key)
        bits = status.decode_list(encoded)
        _proven.put(kept_as, bits)
    return bits


def _is_listed(fact: KeyFact, issuer: IssuerFact) -> bool:
    return fact.listed and fact.controller == issuer.id and fact.revoked_at is None
