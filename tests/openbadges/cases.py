"""Signed samples and the facts around them, for tests of the verdict."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cache

from openbadges import jose
from openbadges.canonical import digest
from openbadges.data_integrity import add_proof
from openbadges.did import did_key
from openbadges.json_types import JsonObject, JsonValue
from openbadges.judge import Evidence, IssuerFact, KeyFact, RecordFact, StatusFact
from openbadges.keys import PrivateKey
from openbadges.report import Report
from tests.openbadges.samples import AWARDED, ISSUER_DID, eu_complete

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
ED25519_METHOD = f"{ISSUER_DID}#key-1"
P256_METHOD = f"{ISSUER_DID}#token-1"
ED25519 = PrivateKey.from_bytes("Ed25519", bytes(range(32)))
OTHER = PrivateKey.from_bytes("Ed25519", bytes(range(32, 64)))
CLEAR = StatusFact(value=False, list_age_seconds=60)


@cache
def p256() -> PrivateKey:
    return PrivateKey.generate("P-256")


def issuer(**changes: object) -> IssuerFact:
    keys = {
        ED25519_METHOD: KeyFact(ED25519_METHOD, ED25519.public, ISSUER_DID),
        P256_METHOD: KeyFact(P256_METHOD, p256().public, ISSUER_DID),
    }
    fact = IssuerFact(ISSUER_DID, "did:web", keys=keys, name="Sample IT Academy (SAMPLE)", proven_by=("operator",))
    return replace(fact, **changes)  # type: ignore[arg-type]


def key_fact(**changes: object) -> dict[str, KeyFact]:
    fact = KeyFact(ED25519_METHOD, ED25519.public, ISSUER_DID)
    return {ED25519_METHOD: replace(fact, **changes)}  # type: ignore[arg-type]


def sign(document: JsonObject, key: PrivateKey = ED25519, method: str = ED25519_METHOD) -> JsonObject:
    return add_proof(document, key, verification_method=method, created=AWARDED)


@cache
def _signed_sample() -> JsonObject:
    return sign(eu_complete().to_json())


def signed_sample() -> JsonObject:
    return dict(_signed_sample())


def record(document: JsonObject, **changes: object) -> RecordFact:
    fact = RecordFact("issued", frozenset((digest(document),)))
    return replace(fact, **changes)  # type: ignore[arg-type]


@dataclass(frozen=True)
class Presented:
    """Evidence about a JSON document, from an issuer elsewhere or from our own."""

    document: JsonObject

    def elsewhere(self, **changes: object) -> Evidence:
        base = Evidence("json", document=self.document, issuer=issuer(), status=CLEAR)
        return replace(base, **changes)  # type: ignore[arg-type]

    def ours(self, original: JsonObject | None = None, **changes: object) -> Evidence:
        known = record(self.document if original is None else original)
        base = Evidence("json", document=self.document, issuer=issuer(own=True), status=CLEAR, record=known)
        return replace(base, **changes)  # type: ignore[arg-type]


def token_text(document: JsonObject) -> str:
    signature = jose.sign_token(document, p256(), kid=P256_METHOD, alg="ES256")
    return jose.assemble_token(document, kid=P256_METHOD, alg="ES256", signature=signature)


def token_evidence(token: jose.Token, **changes: object) -> Evidence:
    base = Evidence("token", form="ob3-jwt", token=token, issuer=issuer(), status=CLEAR)
    return replace(base, **changes)  # type: ignore[arg-type]


def did_key_evidence() -> Evidence:
    did = did_key(OTHER.public)
    method = f"{did}#{did.removeprefix('did:key:')}"
    unsigned = eu_complete().to_json()
    profile: JsonObject = {"id": did, "type": ["Profile"], "name": "Sample Nobody (SAMPLE)"}
    subject = unsigned["credentialSubject"]
    assert isinstance(subject, dict) and isinstance(subject["achievement"], dict)
    achievement = {name: value for name, value in subject["achievement"].items() if name != "creator"}
    unsigned = {**unsigned, "issuer": profile, "credentialSubject": {**subject, "achievement": achievement}}
    keys = {method: KeyFact(method, OTHER.public, did)}
    fact = IssuerFact(did, "did:key", keys=keys, proven_by=("did:key",))
    return Evidence("json", document=sign(unsigned, OTHER, method), issuer=fact, status=CLEAR)


def days(number: int) -> timedelta:
    return timedelta(days=number)


def code(report: Report, check_id: str) -> str:
    return next(check.code for check in report.checks if check.id == check_id)


def result(report: Report, check_id: str) -> str:
    return next(check.result for check in report.checks if check.id == check_id)


def resigned(**members: JsonValue) -> JsonObject:
    """The sample with members replaced (None: removed), signed again by its issuer."""
    changed = {**eu_complete().to_json(), **members}
    document: JsonObject = {name: value for name, value in changed.items() if value is not None}
    return sign(document)


def with_proof(**members: JsonValue) -> JsonObject:
    """The signed sample with members of its proof replaced after signing."""
    document = signed_sample()
    proofs = document["proof"]
    assert isinstance(proofs, list) and isinstance(proofs[0], dict)
    proof: JsonObject = {name: value for name, value in {**proofs[0], **members}.items() if value is not None}
    return {**document, "proof": [proof]}


def proofs_of(document: JsonObject) -> list[JsonValue]:
    proofs = document["proof"]
    assert isinstance(proofs, list)
    return proofs
