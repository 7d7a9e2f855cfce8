"""Embedded proofs: DataIntegrityProof with the cryptosuite eddsa-rdfc-2022 (W3C Data Integrity EdDSA v1.0)."""

from __future__ import annotations

from datetime import datetime
from hashlib import sha256

from openbadges.bounded_cache import BoundedCache
from openbadges.canonical import rdfc
from openbadges.errors import ProofInvalid
from openbadges.json_types import JsonObject, JsonValue
from openbadges.keys import PrivateKey, PublicKey
from openbadges.multiformats import EncodingInvalid, base58btc_decode, multibase_encode
from openbadges.strict_json import dumps
from openbadges.times import TimeInvalid, format_time, parse_time

CRYPTOSUITE = "eddsa-rdfc-2022"
_SIGNATURE_BYTES = 64
_MAX_PROOF_VALUE_LETTERS = 90  # 64 bytes in base58btc are at most 88 letters, after the prefix


def proofs_of(document: JsonObject) -> list[JsonObject]:
    """Return the proofs of a document, of whatever kind; an empty list where there is none.

    Raises ProofInvalid (proof.malformed) when `proof` is not one object or an array of objects.
    """
    proof = document.get("proof", [])
    proofs = proof if isinstance(proof, list) else [proof]
    found = [entry for entry in proofs if isinstance(entry, dict)]
    if len(found) != len(proofs):
        raise ProofInvalid("A proof is not an object.", code="proof.malformed")
    return found


def add_proof(document: JsonObject, key: PrivateKey, *, verification_method: str, created: datetime) -> JsonObject:
    """Return the document with a member `proof`: an array of one DataIntegrityProof, eddsa-rdfc-2022.

    verification_method: the DID URL of the key, e.g. "did:web:localhost%3A8000:issuers:demo#key-1".
    Raises ProofInvalid for a key that is not Ed25519 or a document that has a proof; what rdfc raises.
    """
    if "proof" in document:
        raise ProofInvalid("The document has a proof already.", code="proof.malformed")
    maker = ProofMaker(key, verification_method=verification_method, created=created)
    return {**document, "proof": [maker.proof(rdfc(document), context=document.get("@context"))]}


class ProofMaker:
    """Makes the proofs of one key at one time. Their options are the same for every document with the same @context."""

    def __init__(self, key: PrivateKey, *, verification_method: str, created: datetime) -> None:
        """Raises ProofInvalid for a key that is not Ed25519."""
        if key.algorithm != "Ed25519":
            raise ProofInvalid("This proof needs an Ed25519 key.", code="proof.key_type")
        self._key = key
        self._options: JsonObject = {
            "type": "DataIntegrityProof",
            "created": format_time(created),
            "verificationMethod": verification_method,
            "cryptosuite": CRYPTOSUITE,
            "proofPurpose": "assertionMethod",
        }
        self._start = dumps({**self._options, "proofValue": ""})[:-2]
        self._context: JsonValue = None
        self._digest = b""

    def proof(self, canonical: bytes, *, context: JsonValue) -> JsonObject:
        """Return the proof of a document that is given by its canonical N-Quads and its @context.

        Raises what rdfc raises for the context.
        """
        return {**self._options, "proofValue": self._value(canonical, context)}

    def proof_json(self, canonical: bytes, *, context: JsonValue) -> bytes:
        """Return dumps(proof(...))."""
        return b'%b%b"}' % (self._start, self._value(canonical, context).encode("ascii"))

    def _value(self, canonical: bytes, context: JsonValue) -> str:
        if not self._digest or context != self._context:
            self._context, self._digest = context, _options_digest(self._options, context)
        return multibase_encode(self._key.sign(self._digest + sha256(canonical).digest()))


def bytes_to_sign(document: JsonObject, options: JsonObject) -> bytes:
    """Return the 64 bytes that are signed: SHA-256 of the canonical proof options, then of the canonical document.

    options: the proof without proofValue; the contexts of the document apply to it. Raises what rdfc raises.
    """
    unsecured = {member: value for member, value in document.items() if member != "proof"}
    return _options_digest(options, document.get("@context")) + sha256(rdfc(unsecured)).digest()


_MAX_KEPT_OPTIONS = 2**11
_digests: BoundedCache[bytes, bytes] = BoundedCache(4_096)
"""SHA-256 of proof options by their JSON: a batch has one, and verifiers meet the same batch again and again."""


def _options_digest(options: JsonObject, context: JsonValue) -> bytes:
    configuration = {**options, "@context": context}
    text = dumps(configuration)
    digest = _digests.get(text)
    if digest is None:
        digest = sha256(rdfc(configuration)).digest()
        if len(text) <= _MAX_KEPT_OPTIONS:
            _digests.put(text, digest)
    return digest


def verify_proof(document: JsonObject, proof: JsonObject, key: PublicKey) -> None:
    """Check one eddsa-rdfc-2022 proof of a document under a key.

    Only the signature and the form of the proof are checked: whose key it is, when the proof was made and until when
    it holds is for the caller to judge.
    Raises ProofInvalid: proof.unsupported (another type or cryptosuite, a proof chain), proof.purpose,
    proof.malformed, proof.key_type, proof.invalid (the signature does not fit); and what rdfc raises.
    """
    signature = _check_form(document, proof)
    if key.algorithm != "Ed25519":
        raise ProofInvalid("The issuer's key is not of the kind that this proof needs.", code="proof.key_type")
    options = {member: value for member, value in proof.items() if member not in ("proofValue", "@context")}
    if not key.verify(signature, bytes_to_sign(document, options)):
        raise ProofInvalid("The document is not what the issuer signed.")


def _check_form(document: JsonObject, proof: JsonObject) -> bytes:
    if proof.get("type") != "DataIntegrityProof" or proof.get("cryptosuite") != CRYPTOSUITE:
        raise ProofInvalid("A proof of this kind is not supported.", code="proof.unsupported")
    if "previousProof" in proof:
        raise ProofInvalid("Chains of proofs are not supported.", code="proof.unsupported")
    if proof.get("proofPurpose") != "assertionMethod":
        raise ProofInvalid("The proof was made for another purpose than an assertion.", code="proof.purpose")
    if not isinstance(proof.get("verificationMethod"), str):
        raise ProofInvalid("The proof names no verification method.", code="proof.malformed")
    for member in ("created", "expires"):
        if member in proof:
            _check_time(member, proof[member])
    if "@context" in proof and not _starts_with(document.get("@context"), proof["@context"]):
        raise ProofInvalid("The proof has other contexts than the document.", code="proof.malformed")
    return _signature_of(proof)


def _check_time(member: str, text: JsonValue) -> None:
    try:
        parse_time(text)
    except TimeInvalid as error:
        raise ProofInvalid(f'"{member}" of the proof is no date and time.', code="proof.malformed") from error


def _starts_with(context: JsonValue, first: JsonValue) -> bool:
    whole = context if isinstance(context, list) else [context]
    start = first if isinstance(first, list) else [first]
    return whole[: len(start)] == start


def _signature_of(proof: JsonObject) -> bytes:
    text = proof.get("proofValue")
    if not isinstance(text, str) or not text.startswith("z") or len(text) > _MAX_PROOF_VALUE_LETTERS:
        raise ProofInvalid("The proof has no value in base58btc.", code="proof.malformed")
    try:
        signature = base58btc_decode(text[1:])
    except EncodingInvalid as error:
        raise ProofInvalid("The proof has no value in base58btc.", code="proof.malformed") from error
    if len(signature) != _SIGNATURE_BYTES:
        raise ProofInvalid("A signature has 64 bytes.", code="proof.malformed")
    return signature
