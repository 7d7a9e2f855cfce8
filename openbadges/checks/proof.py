"""Does a signature fit the document: embedded proofs, proof sets and tokens.

Only the mathematics and the proof's own rules are weighed here; whose key it is comes in `issuer`.
Source: VC Data Integrity 1.0, section 4.4 (verify proof) and 4.5 (proof sets and chains); Open Badges 3.0, section 8.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import chain

from openbadges.canonical import digest
from openbadges.checks.finding import Finding, finding, from_error
from openbadges.contexts import CREDENTIALS_V2, OPEN_BADGES_3_0_0, OPEN_BADGES_3_0_1
from openbadges.data_integrity import proofs_of, verify_proof
from openbadges.errors import (
    ContextNotPinned,
    OpenBadgesError,
    TokenInvalid,
    UndefinedTerm,
)
from openbadges.facts import Evidence, IssuerFact, KeyFact, RecordFact
from openbadges.issuer_facts import key_in_header, key_in_method
from openbadges.jose import Token, verify_token
from openbadges.json_types import JsonObject, JsonValue
from openbadges.shapes import as_list, words
from openbadges.suites import DATA_INTEGRITY, suite_of
from openbadges.times import TimeInvalid, parse_time

MOST_PROOFS = 8
MOST_CHAINED = 3  # each covers a document of its own, which costs a canonicalisation
CLOCK_TOLERANCE = timedelta(minutes=5)

CONTRADICT_DATA_MODEL_2 = frozenset((OPEN_BADGES_3_0_0, OPEN_BADGES_3_0_1))
"""Made for the data model 1.1: they redefine terms that 2.0 protects, so that JSON-LD refuses both together."""

_MEMBERS = frozenset(("type", "cryptosuite", "created", "verificationMethod", "proofPurpose", "proofValue"))
_REQUIRED_MEMBERS = _MEMBERS - {"created"}
_OPTIONAL_MEMBERS = frozenset(("id", "created", "@context", "expires", "domain", "challenge", "nonce", "previousProof"))
_DOES_NOT_FIT = frozenset(("proof.invalid", "proof.malformed", "token.signature"))


@dataclass(frozen=True, slots=True)
class Signature:
    """A signature that fits. `made_at` is what the signer says; a thief may say anything."""

    key: KeyFact
    made_at: datetime | None


@dataclass(frozen=True, slots=True)
class Weighed:
    """The line of the proof check, the signatures that fit, and what the canonical form could not cover."""

    finding: Finding
    signatures: tuple[Signature, ...] = ()
    uncovered: UndefinedTerm | None = None

    @property
    def passed(self) -> bool:
        return self.finding.check.result == "passed"

    @property
    def lacks_key(self) -> bool:
        return self.finding.check.code == "proof.no_key"


def weigh_proof(evidence: Evidence, document: JsonObject, now: datetime) -> Weighed:
    """Check what secures a document: the token that it came in, else its embedded proofs."""
    if evidence.record is not None and evidence.issuer is not None and evidence.issuer.own:
        changed = _not_as_recorded(evidence, evidence.record, document)
        if changed is not None:
            return Weighed(changed)
    return weigh_signatures(evidence.issuer, document, evidence.token, now)


def weigh_signatures(issuer: IssuerFact | None, document: JsonObject, token: Token | None, now: datetime) -> Weighed:
    """Check the token that a document came in, else its embedded proofs, under the keys that are known.

    Of a set, each supported proof whose key is known must fit; a key that only the proof itself names proves integrity.
    """
    try:
        return _weigh_proofs(issuer, document, now) if token is None else _weigh_token(issuer, token, now)
    except OpenBadgesError as error:
        return _weigh_refusal(error)


def _weigh_refusal(error: OpenBadgesError) -> Weighed:
    if isinstance(error, UndefinedTerm):
        return Weighed(not_checked("The signature does not cover every part of the document."), uncovered=error)
    if isinstance(error, ContextNotPinned):
        return Weighed(from_error("proof", "unknown", error, "not_checked"))
    return Weighed(from_error("proof", "failed", error, "altered" if error.code in _DOES_NOT_FIT else "not_accepted"))


def not_checked(message: str) -> Finding:
    """The proof line where something else makes the signature meaningless."""
    return finding("proof", "skipped", "proof.not_checked", message)


def _not_as_recorded(evidence: Evidence, record: RecordFact, document: JsonObject) -> Finding | None:
    """Our own documents are compared with what was recorded: canonical forms forgive aliases, nulls and order."""
    try:
        as_recorded = digest(document) in record.digests
    except OpenBadgesError:
        as_recorded = False
    if as_recorded and (evidence.token is not None or not has_proof(document) or _is_our_proof(document["proof"])):
        return None
    message = "The document is not the one that was recorded here when it was issued."
    return finding("proof", "failed", "proof.not_as_recorded", message, state="altered")


def has_proof(document: JsonObject) -> bool:
    """Whether anything stands where a proof does. JSON-LD drops null: such a document is unsigned, not damaged."""
    return bool(as_list(document.get("proof")))


def _is_our_proof(proof: JsonValue) -> bool:
    if not isinstance(proof, list) or len(proof) != 1 or not isinstance(proof[0], dict):
        return False
    return proof[0].keys() == _MEMBERS and all(isinstance(value, str) for value in proof[0].values())


def _weigh_token(issuer: IssuerFact | None, token: Token, now: datetime) -> Weighed:
    made_at = _issued_at(token.payload)
    if made_at is not None and made_at > now + CLOCK_TOLERANCE:
        return Weighed(_refused("proof.created_later", "The signature says that it was made in the future."))
    key = key_of_token(issuer, token) or _key_carried(issuer, token)
    if key is None:
        return _without_key()
    verify_token(token, key.key)
    return Weighed(_fits(), (Signature(key, made_at or _time(token.payload.get("validFrom"))),))


def key_of_token(issuer: IssuerFact | None, token: Token) -> KeyFact | None:
    """The key of the issuer that a token names by `kid`, or carries as `jwk` where the issuer publishes the same."""
    named = key_for(issuer, token.kid or "")
    carried = key_in_header(token) if named is None and issuer is not None else None
    if issuer is None or carried is None:
        return named
    same = [fact for fact in issuer.keys.values() if fact.key == carried]
    return next((fact for fact in same if fact.listed), same[0] if same else None)


def _key_carried(issuer: IssuerFact | None, token: Token) -> KeyFact | None:
    """A key that the token brings along (`jwk`, a did:key as `kid`): it proves integrity and no issuer."""
    key = key_in_header(token)
    if key is not None:
        return KeyFact(token.kid or "", key, "" if issuer is None else issuer.id, listed=False)
    return key_in_method(token.kid) if token.kid is not None else None


def _issued_at(payload: JsonObject) -> datetime | None:
    """When a token says it was made; a number that no calendar holds is the end of time."""
    seconds = payload.get("iat")
    if isinstance(seconds, bool) or not isinstance(seconds, int | float):
        return None
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (ValueError, OverflowError, OSError):
        return datetime.max.replace(tzinfo=UTC)


def _weigh_proofs(issuer: IssuerFact | None, document: JsonObject, now: datetime) -> Weighed:
    """A proof set holds when at least one supported proof fits and no supported one fails."""
    proofs = proofs_of(document) if has_proof(document) else []
    supported = [proof for proof in proofs if suite_of(proof) is not None]
    whole = chain(_set_objections(proofs, supported), _context_objections(document))
    for objection in chain(whole, *(objections(proof, now) for proof in supported)):
        return Weighed(objection)
    signatures = tuple(_signatures(issuer, document, supported))
    if not signatures:
        return _without_key()
    return Weighed(_fits(others=len(proofs) - len(signatures)), signatures)


def _set_objections(proofs: list[JsonObject], supported: list[JsonObject]) -> Iterator[Finding]:
    """What keeps the proofs of a document from being weighed one by one."""
    if not proofs:
        yield _refused("proof.missing", "The document carries no signature: anybody could have written it.")
    elif len(proofs) > MOST_PROOFS:
        yield _refused("proof.too_many", f"The document carries more than {MOST_PROOFS} signatures.")
    elif sum("previousProof" in proof for proof in proofs) > MOST_CHAINED:
        yield _refused("proof.too_many", f"More than {MOST_CHAINED} signatures of the document follow others.")
    elif not supported:
        yield _refused("proof.unsupported", "The signature is of a kind that is not accepted here.")


def _context_objections(document: JsonObject) -> Iterator[Finding]:
    contexts = as_list(document.get("@context"))
    if CREDENTIALS_V2 in contexts and not CONTRADICT_DATA_MODEL_2.isdisjoint(words(contexts)):
        message = "Its Open Badges context is an early one, which contradicts the data model 2.0 named beside it"
        yield _refused("proof.contexts", f"{message}: no program can check a signature over both.")


def _signatures(issuer: IssuerFact | None, document: JsonObject, proofs: list[JsonObject]) -> Iterator[Signature]:
    for proof in proofs:
        method = str(proof["verificationMethod"])
        key = key_for(issuer, method) or key_in_method(method)
        if key is not None:
            verify_proof(document, proof, key.key)
            yield Signature(key, _time(proof.get("created")))


def objections(proof: JsonObject, now: datetime) -> Iterator[Finding]:
    """The rules of a proof apart from its signature. Forms first, so that what follows may trust them."""
    if not _is_well_formed(proof):
        yield _refused("proof.malformed", "The proof has missing or unexpected members.")
    elif proof["proofPurpose"] != "assertionMethod":
        yield _refused("proof.purpose", "The signature was made for another purpose than issuing.")
    elif "domain" in proof:
        yield _refused("proof.domain", "The signature was made for use in another place only.")
    else:
        yield from _time_objections(proof, now)


def _is_well_formed(proof: JsonObject) -> bool:
    is_data_integrity = proof.get("type") == DATA_INTEGRITY
    if is_data_integrity and proof.keys() == _MEMBERS and {value.__class__ for value in proof.values()} == {str}:
        return True  # as nearly all proofs are
    required = _REQUIRED_MEMBERS if is_data_integrity else _REQUIRED_MEMBERS - {"cryptosuite"}
    unknown = proof.keys() - required - _OPTIONAL_MEMBERS
    texts = [value for name, value in proof.items() if name not in ("@context", "previousProof")]
    return not unknown and required <= proof.keys() and all(isinstance(text, str) for text in texts)


def _time_objections(proof: JsonObject, now: datetime) -> Iterator[Finding]:
    made_at, ends_at = _time(proof.get("created")), _time(proof.get("expires"))
    if ("created" in proof and made_at is None) or ("expires" in proof and ends_at is None):
        yield _refused("proof.malformed", "A date of the proof is not a date and time with a time zone.")
    elif made_at is not None and made_at > now + CLOCK_TOLERANCE:
        yield _refused("proof.created_later", "The signature says that it was made in the future.")
    elif ends_at is not None and ends_at <= now:
        message = "The signature has passed the end that its maker gave it."
        yield finding("proof", "failed", "proof.expired", message, state="expired", when=ends_at)


def _refused(code: str, message: str) -> Finding:
    return finding("proof", "failed", code, message, state="not_accepted")


def key_for(issuer: IssuerFact | None, method: str) -> KeyFact | None:
    """The key of the issuer that a verification method names. Some write a did:key without fragment, or only "#…"."""
    if issuer is None:
        return None
    if method in issuer.keys:
        return issuer.keys[method]
    spellings = []
    if method.startswith("did:key:") and "#" not in method:
        spellings.append(f"{method}#{method.removeprefix('did:key:')}")
    if method.startswith("did:jwk:") and "#" not in method:
        spellings.append(f"{method}#0")
    if method.startswith("#"):
        spellings.append(issuer.id + method)
    return next((issuer.keys[spelling] for spelling in spellings if spelling in issuer.keys), None)


def _time(text: JsonValue) -> datetime | None:
    try:
        return parse_time(text)
    except TimeInvalid:
        return None


def _without_key() -> Weighed:
    message = "The signature could not be checked, because its key is not known."
    return Weighed(finding("proof", "unknown", "proof.no_key", message))


def _fits(*, others: int = 0) -> Finding:
    message = "The signature fits: nothing was changed since it was signed."
    if others:
        message = "The signature fits: nothing was changed since it was signed; further signatures were not checked."
    return finding("proof", "passed", "proof.ok", message)


# Errors that parse_token raises about a token that was read but must not be trusted, whatever its signature.
FORBIDDEN_TOKEN_CODES = frozenset(("token.algorithm", "token.header", "token.type", "token.key_type", "token.claims"))


def is_forbidden_token(error: OpenBadgesError) -> bool:
    return isinstance(error, TokenInvalid) and error.code in FORBIDDEN_TOKEN_CODES
