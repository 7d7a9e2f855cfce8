"""Embedded proofs: eddsa-rdfc-2022 is made and verified, the further kinds of `openbadges.suites` are verified."""

from __future__ import annotations

from datetime import datetime

from openbadges.bounded_cache import BoundedCache
from openbadges.canonical import rdfc_sha256
from openbadges.errors import ProofInvalid
from openbadges.json_types import JsonObject, JsonValue
from openbadges.keys import PrivateKey, PublicKey
from openbadges.kinds import without_proof
from openbadges.multiformats import multibase_encode
from openbadges.strict_json import dumps
from openbadges.suites import EDDSA_RDFC, Suite, previous_proofs, signature_of, suite_of
from openbadges.times import TimeInvalid, format_time, parse_time

CRYPTOSUITE = EDDSA_RDFC.name


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
    return {**document, "proof": [maker.proof(rdfc_sha256(document), context=document.get("@context"))]}


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

    def proof(self, hashed: bytes, *, context: JsonValue) -> JsonObject:
        """Return the proof of a document that is given by the SHA-256 of its canonical N-Quads and its @context.

        Raises what rdfc raises for the context.
        """
        return {**self._options, "proofValue": self._value(hashed, context)}

    def proof_json(self, hashed: bytes, *, context: JsonValue) -> bytes:
        """Return dumps(proof(...))."""
        return b'%b%b"}' % (self._start, self._value(hashed, context).encode("ascii"))

    def _value(self, hashed: bytes, context: JsonValue) -> str:
        if not self._digest or context != self._context:
            self._context, self._digest = context, _options_digest(self._options, context)
        return multibase_encode(self._key.sign(self._digest + hashed))


def bytes_to_sign(document: JsonObject, options: JsonObject) -> bytes:
    """Return the 64 bytes that are signed: SHA-256 of the canonical proof options, then of the canonical document.

    options: the proof without proofValue; the contexts of the document apply to it. Raises what rdfc raises.
    """
    return _options_digest(options, document.get("@context")) + rdfc_sha256(without_proof(document))


_MAX_KEPT_OPTIONS = 2**11
_digests: BoundedCache[bytes, bytes] = BoundedCache(4_096)
"""SHA-256 of proof options by their JSON: a batch has one, and verifiers meet the same batch again and again."""


def _options_digest(options: JsonObject, context: JsonValue) -> bytes:
    configuration = {**options, "@context": context}
    text = dumps(configuration)
    digest = _digests.get(text)
    if digest is None:
        digest = rdfc_sha256(configuration)
        if len(text) <= _MAX_KEPT_OPTIONS:
            _digests.put(text, digest)
    return digest


def verify_proof(document: JsonObject, proof: JsonObject, key: PublicKey) -> None:
    """Check one proof of a document under a key; see openbadges.suites for the kinds.

    A proof of a chain covers the proofs that it follows, which stand in the document too; each is checked by itself.
    Only the signature and the form of the proof are checked: whose key it is, when the proof was made and until when
    it holds is for the caller to judge.
    Raises ProofInvalid: proof.unsupported (another type or cryptosuite), proof.purpose, proof.malformed, proof.chain
    (what it follows is not there), proof.key_type, proof.invalid (the signature does not fit); and what rdfc raises.
    """
    suite = _check_form(document, proof)
    if key.algorithm not in suite.algorithms:
        raise ProofInvalid("The issuer's key is not of the kind that this proof needs.", code="proof.key_type")
    signature = signature_of(proof, key.algorithm)
    options = {member: value for member, value in proof.items() if member != "proofValue"}
    proofs = document.get("proof")
    is_one_of_many = isinstance(proofs, list) and len(proofs) > 1
    if "previousProof" in proof:
        document = {**document, "proof": list(previous_proofs(proof, proofs_of(document)))}
    else:
        document = without_proof(document)
    if suite is EDDSA_RDFC and not is_one_of_many:  # met most: it is its options that are the same again and again
        options.pop("@context", None)
        data = _options_digest(options, document.get("@context")) + rdfc_sha256(document)
    else:
        data = suite.bytes_to_sign(document, options, key.algorithm)
    if not key.verify(signature, data):
        raise ProofInvalid("The document is not what the issuer signed.")


def _check_form(document: JsonObject, proof: JsonObject) -> Suite:
    suite = suite_of(proof)
    if suite is None:
        raise ProofInvalid("A proof of this kind is not supported.", code="proof.unsupported")
    if proof.get("proofPurpose") != "assertionMethod":
        raise ProofInvalid("The proof was made for another purpose than an assertion.", code="proof.purpose")
    if not isinstance(proof.get("verificationMethod"), str):
        raise ProofInvalid("The proof names no verification method.", code="proof.malformed")
    for member in ("created", "expires"):
        if member in proof:
            _check_time(member, proof[member])
    if "@context" in proof and not _starts_with(document.get("@context"), proof["@context"]):
        raise ProofInvalid("The proof has other contexts than the document.", code="proof.malformed")
    return suite


def _check_time(member: str, text: JsonValue) -> None:
    try:
        parse_time(text)
    except TimeInvalid as error:
        raise ProofInvalid(f'"{member}" of the proof is no date and time.', code="proof.malformed") from error


def _starts_with(context: JsonValue, first: JsonValue) -> bool:
    whole = context if isinstance(context, list) else [context]
    start = first if isinstance(first, list) else [first]
    return whole[: len(start)] == start
