"""Reading a published status list: is it the issuer's own, current and whole, and what does it say of one credential?

A list that cannot be relied on answers nothing: neither that a credential is valid nor that it is revoked.
Source: W3C Bitstring Status List v1.0, section 3.2 (validate algorithm); VC Status List 2021, section 3.2; Open Badges
3.0 (1EdTech Revocation List).
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from hashlib import sha256
from urllib.parse import unquote

from openbadges import status
from openbadges.bounded_cache import BoundedCache
from openbadges.checks.issuer import key_objection
from openbadges.checks.proof import Signature, key_for, key_of_token, objections, weigh_signatures
from openbadges.data_integrity import proofs_of
from openbadges.errors import OpenBadgesError, StatusListInvalid
from openbadges.facts import IssuerFact, StatusFact
from openbadges.jose import Token, credential_of, parse_token
from openbadges.json_types import JsonObject, JsonValue
from openbadges.keys import PublicKey
from openbadges.parts import know
from openbadges.shapes import words
from openbadges.status_entry import KNOWN_PURPOSES, StatusQuestion
from openbadges.strict_json import dumps, load_object
from openbadges.suites import suite_of
from openbadges.times import TimeInvalid, parse_time

__all__ = ["StatusQuestion", "parse_list", "read_status_list", "time_to_keep"]

LONGEST_KEPT = timedelta(hours=1)

_TYPES = {
    "bitstring": ("BitstringStatusListCredential", "BitstringStatusList"),
    "2021": ("StatusList2021Credential", "StatusList2021"),
}
_ENVELOPE = "data:application/vc+jwt,"
_MAX_KEPT_BITS = 2**18
_proven: BoundedCache[tuple[bytes, tuple[PublicKey | None, ...]], bool] = BoundedCache(256)
_decoded: BoundedCache[bytes, bytes] = BoundedCache(256)


def parse_list(body: bytes | str) -> JsonObject | Token:
    """Read what the address of a list served: JSON with its own proof, a token, or an enveloped credential.

    Raises JsonInvalid and TokenInvalid, as the readers of both do.
    """
    text = body.decode("utf-8", "replace") if isinstance(body, bytes) else body
    if not text.lstrip("\ufeff \t\r\n").startswith("{"):
        return parse_token(text.strip())
    document = load_object(body)
    address = document.get("id")
    if "EnvelopedVerifiableCredential" not in words(document.get("type")):
        return document
    if not isinstance(address, str) or not address.startswith(_ENVELOPE):
        raise StatusListInvalid("The enveloped list is no token.")
    return parse_token(address.removeprefix(_ENVELOPE))


def read_status_list(
    found: JsonObject | Token, question: StatusQuestion, *, issuer: IssuerFact, now: datetime
) -> StatusFact:
    """Answer a question from a list that was supplied; `issuer`: of the credential, who must have signed the list.

    Anything wrong gives the value None and the code "status.list_invalid". Raises nothing.
    """
    try:
        return _read(found, question, issuer, now)
    except OpenBadgesError:
        return StatusFact(None, question.purpose, code="status.list_invalid")


def time_to_keep(found: JsonObject | Token, now: datetime) -> timedelta:
    """Return for how long a list may answer without being fetched anew: an hour, or less where it says so itself.

    Counts `ttl` (milliseconds) and the end of the list. Raises nothing; what cannot be read is not kept at all.
    """
    try:
        document = credential_of(found) if isinstance(found, Token) else found
        _, until = _window(document, found if isinstance(found, Token) else None)
        ends = [LONGEST_KEPT] if until is None else [LONGEST_KEPT, until - now]
        ttl = _ttl(document)
        return max(timedelta(), min(ends if ttl is None else [*ends, ttl]))
    except OpenBadgesError:
        return timedelta()


class _Encoded:
    """The text of a list. Its bits are kept apart, with a bound of their own."""

    __slots__ = ("_kept_as", "_text")

    def __init__(self, text: str) -> None:
        self._text, self._kept_as = text, sha256(text.encode("utf-8", "surrogatepass")).digest()

    def bits(self) -> bytes:
        """Raises StatusListInvalid."""
        bits = _decoded.get(self._kept_as)
        if bits is None:
            bits = status.decode_list(self._text)
            if len(bits) <= _MAX_KEPT_BITS:
                _decoded.put(self._kept_as, bits)
        return bits


def _read(found: JsonObject | Token, question: StatusQuestion, issuer: IssuerFact, now: datetime) -> StatusFact:
    token = found if isinstance(found, Token) else None
    document = credential_of(found) if isinstance(found, Token) else found
    starts, ends = know(document, "window", lambda: _window(document, token))
    _require((starts is None or starts <= now) and (ends is None or now < ends), "The list is not current.")
    if question.kind == "1edtech":
        return _read_revocations(document, token, question, issuer, now)
    _require(document.get("id") == question.address, "The list calls itself by another address.")
    _require(_issuer(document) == issuer.id, "The list is another issuer's.")
    encoded = know(document, (question.kind, question.purpose), lambda: _Encoded(_encoded_list(document, question)))
    _prove(document, token, issuer, now)
    value = status.get_value(encoded.bits(), question.index, question.size)
    age = None if starts is None else int((now - starts).total_seconds())
    if value and question.purpose not in KNOWN_PURPOSES:
        return StatusFact(None, question.purpose, code="status.unknown_type", list_age_seconds=age)
    message = question.messages.get(value, "") if value else ""
    return StatusFact(value > 0, question.purpose, list_age_seconds=age, message=message)


def _encoded_list(document: JsonObject, question: StatusQuestion) -> str:
    subject, (kind, subject_kind) = document.get("credentialSubject"), _TYPES[question.kind]
    if not isinstance(subject, dict) or kind not in words(document.get("type")):
        raise StatusListInvalid("The document is no list of the kind that the credential names.")
    _require(subject_kind in words(subject.get("type")), "The list holds another kind of subject.")
    _require(question.purpose in words(subject.get("statusPurpose")), "The list serves another purpose.")
    _ttl(document)
    encoded = subject.get("encodedList")
    if not isinstance(encoded, str):
        raise StatusListInvalid("The list holds no bits.")
    if question.kind == "bitstring":
        return encoded
    # The older form has no multibase letter, and some issuers pad it; gzip starts with the letter H.
    return encoded if encoded.startswith("u") else f"u{encoded.rstrip('=')}"


# --- whose list it is -------------------------------------------------------------------------------------------


def _prove(document: JsonObject, token: Token | None, issuer: IssuerFact, now: datetime) -> None:
    """Require a signature that fits, under a key that stands for the issuer now.

    The same list answers for many credentials, so that what was proven of its bytes under these keys is kept; the rules
    of its proofs and the state of the keys are asked each time. Raises StatusListInvalid.
    """
    if token is None:
        proofs = know(document, "proofs", lambda: _supported_proofs(document))
        facts = [key_for(issuer, str(proof.get("verificationMethod"))) for proof in proofs]
    else:
        proofs, facts = (), [key_of_token(issuer, token)]
    _require(not any(True for proof in proofs for _ in objections(proof, now)), "A proof of the list does not hold.")
    keys = tuple([None if fact is None else fact.key for fact in facts])
    know(document, ("signed", keys), lambda: _require_signature(document, token, issuer, keys, now))
    made_at = [_time(proof.get("created")) for proof in proofs] or [_time(document.get("validFrom"))]
    signatures = [Signature(fact, at) for fact, at in zip(facts, made_at, strict=True) if fact is not None]
    by_issuer = any(key_objection(issuer, signature, now) is None for signature in signatures)
    _require(by_issuer, "The list is not signed by the issuer.")


def _supported_proofs(document: JsonObject) -> tuple[JsonObject, ...]:
    return tuple(proof for proof in proofs_of(document) if suite_of(proof) is not None)


def _require_signature(
    document: JsonObject, token: Token | None, issuer: IssuerFact, keys: tuple[PublicKey | None, ...], now: datetime
) -> None:
    kept_as = (_digest(document, token), keys)
    if _proven.get(kept_as) is None:
        _require(weigh_signatures(issuer, document, token, now).passed, "No signature of the list fits.")
        _proven.put(kept_as, True)


def _digest(document: JsonObject, token: Token | None) -> bytes:
    if token is not None:
        return sha256(token.signing_input + b"." + token.signature).digest()
    return sha256(dumps(document)).digest()


def _issuer(document: JsonObject) -> JsonValue:
    issuer = document.get("issuer")
    return issuer.get("id") if isinstance(issuer, dict) else issuer


def _window(document: JsonObject, token: Token | None) -> tuple[datetime | None, datetime | None]:
    """From when until when the list holds, in either data model; a token's claims count where they are narrower."""
    claims = {} if token is None else token.payload
    starts = [_time(document.get("validFrom")), _time(document.get("issuanceDate")), _seconds(claims.get("nbf"))]
    ends = [_time(document.get("validUntil")), _time(document.get("expirationDate")), _seconds(claims.get("exp"))]
    return (
        max((moment for moment in starts if moment is not None), default=None),
        min((moment for moment in ends if moment is not None), default=None),
    )


def _time(value: JsonValue) -> datetime | None:
    """Raises TimeInvalid for what is no point in time."""
    return None if value is None else parse_time(value)


def _seconds(value: JsonValue) -> datetime | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise TimeInvalid("A claim of the list is no time.")
    try:
        return datetime.fromtimestamp(value, UTC)
    except (ValueError, OverflowError, OSError) as error:
        raise TimeInvalid("A claim of the list is no time.") from error


def _ttl(document: JsonObject) -> timedelta | None:
    subject = document.get("credentialSubject")
    ttl = subject.get("ttl") if isinstance(subject, dict) else None
    if ttl is None:
        return None
    if isinstance(ttl, bool) or not isinstance(ttl, int | float) or not 0 <= ttl < 10**12:
        raise StatusListInvalid("The list has no usable ttl.")
    return timedelta(milliseconds=ttl)


def _require(holds: bool, message: str) -> None:
    if not holds:
        raise StatusListInvalid(message)


# --- lists of revoked credentials -------------------------------------------------------------------------------


def _read_revocations(
    document: JsonObject, token: Token | None, question: StatusQuestion, issuer: IssuerFact, now: datetime
) -> StatusFact:
    """The 1EdTech form: ids instead of bits, and no signature; the credential's own signature names its address.

    Its id and issuer must be the right ones where it has them, and so must a signature.
    """
    _require(document.get("id", question.address) == question.address, "The list calls itself by another address.")
    _require("issuer" not in document or _issuer(document) == issuer.id, "The list is another issuer's.")
    if token is not None or "proof" in document:
        _prove(document, token, issuer, now)
    entries = document.get("revokedCredential")
    if not isinstance(entries, list):
        raise StatusListInvalid("The list names no revoked credentials.")
    reasons = [reason for entry in entries if (reason := _revoked(entry, question.credential)) is not None]
    return StatusFact(bool(reasons), question.purpose, message=next(filter(None, reasons), ""))


def _revoked(entry: JsonValue, credential: str) -> str | None:
    """The reason why an entry revokes a credential ("" where it gives none); None where it does not."""
    if not isinstance(entry, dict):
        raise StatusListInvalid("An entry of the list is no object.")
    named, revoked, reason = entry.get("id"), entry.get("revoked", True), entry.get("revocationReason", "")
    if not isinstance(named, str) or not isinstance(revoked, bool) or not isinstance(reason, str):
        raise StatusListInvalid("An entry of the list cannot be read.")
    same = named == credential or unquote(named.strip()) == unquote(credential.strip())
    return reason if revoked and same else None
