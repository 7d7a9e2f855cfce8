"""The kinds of embedded proof that are verified here, and the bytes that a signature of each kind covers.

Source: W3C Data Integrity EdDSA Cryptosuites v1.0 (eddsa-rdfc-2022, eddsa-jcs-2022), ECDSA Cryptosuites v1.0
(ecdsa-rdfc-2019, ecdsa-jcs-2019), Ed25519Signature2020; VC Data Integrity 1.0, section 4.5 (sets and chains).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256, sha384
from typing import Literal

from openbadges.bounded_cache import BoundedCache
from openbadges.canonical import jcs, rdfc_sha256, rdfc_sha384
from openbadges.errors import ProofInvalid
from openbadges.json_types import JsonObject, JsonValue
from openbadges.keys import Algorithm
from openbadges.multiformats import EncodingInvalid, base58btc_decode
from openbadges.strict_json import dumps

DATA_INTEGRITY = "DataIntegrityProof"
_LETTERS_OF_BYTES = {64: 88, 96: 132}  # at most, in base58btc


@dataclass(frozen=True, slots=True)
class Suite:
    """One kind of proof. `algorithms`: kinds of key that may sign. `form`: what is made canonical, RDF or JSON."""

    name: str
    algorithms: tuple[Algorithm, ...]
    form: Literal["rdfc", "jcs"]
    proof_type: str = DATA_INTEGRITY

    def bytes_to_sign(self, document: JsonObject, options: JsonObject, algorithm: Algorithm) -> bytes:
        """Return the hash of the proof options, then that of the document, as a key of this algorithm signs them.

        document: without `proof`, or with the earlier proofs that a chained one covers. options: the proof without
        its value. Hashes are SHA-384 for P-384, else SHA-256. Raises what rdfc raises; JsonInvalid for JSON.
        """
        if self.form == "jcs":
            return self._json_to_sign(document, options, algorithm)
        context = document.get("@context")
        configuration = {**{member: options[member] for member in options if member != "@context"}, "@context": context}
        return rdf_digest(configuration, algorithm) + rdf_digest(document, algorithm)

    def _json_to_sign(self, document: JsonObject, options: JsonObject, algorithm: Algorithm) -> bytes:
        # Signed as text, a term that no context defines would be covered and still mean nothing: refused alike.
        rdf_digest(document)
        hash_of = sha384 if algorithm == "P-384" else sha256
        if "@context" in options:
            document = {**document, "@context": options["@context"]}
        return hash_of(jcs(options)).digest() + hash_of(jcs(document)).digest()


EDDSA_RDFC = Suite("eddsa-rdfc-2022", ("Ed25519",), "rdfc")
SUITES: Mapping[str, Suite] = {
    suite.name: suite
    for suite in (
        EDDSA_RDFC,
        Suite("eddsa-jcs-2022", ("Ed25519",), "jcs"),
        Suite("ecdsa-rdfc-2019", ("P-256", "P-384"), "rdfc"),
        Suite("ecdsa-jcs-2019", ("P-256", "P-384"), "jcs"),
        Suite("Ed25519Signature2020", ("Ed25519",), "rdfc", proof_type="Ed25519Signature2020"),
    )
}


_digests: BoundedCache[tuple[bool, bytes], bytes] = BoundedCache(256)


def rdf_digest(document: JsonObject, algorithm: Algorithm = "Ed25519") -> bytes:
    """Return the hash of the canonical N-Quads as keys of an algorithm have it.

    Kept by the document's JSON: all proofs of a set are over the same document, which may be a slow one by intent.
    Raises what rdfc raises.
    """
    is_long = algorithm == "P-384"
    kept_as = (is_long, sha256(dumps(document)).digest())
    digest = _digests.get(kept_as)
    if digest is None:
        digest = sha384(rdfc_sha384(document)).digest() if is_long else rdfc_sha256(document)
        _digests.put(kept_as, digest)
    return digest


def suite_of(proof: JsonObject) -> Suite | None:
    """Return the kind of a proof; None for one that is not verified here."""
    kind = proof.get("type")
    name = proof.get("cryptosuite") if "cryptosuite" in proof or kind == DATA_INTEGRITY else kind
    suite = SUITES.get(name) if isinstance(name, str) else None
    return suite if suite is not None and suite.proof_type == kind else None


def signature_of(proof: JsonObject, algorithm: Algorithm) -> bytes:
    """Return the signature in a proof for a key of this algorithm. Raises ProofInvalid (proof.malformed)."""
    size = 96 if algorithm == "P-384" else 64
    text = proof.get("proofValue")
    if not isinstance(text, str) or not text.startswith("z") or len(text) > _LETTERS_OF_BYTES[size] + 2:
        raise ProofInvalid("The proof has no value in base58btc.", code="proof.malformed")
    try:
        signature = base58btc_decode(text[1:])
    except EncodingInvalid as error:
        raise ProofInvalid("The proof has no value in base58btc.", code="proof.malformed") from error
    if len(signature) != size:
        raise ProofInvalid(f"A signature of this kind has {size} bytes.", code="proof.malformed")
    return signature


def previous_proofs(proof: JsonObject, proofs: list[JsonObject]) -> list[JsonObject]:
    """Return the proofs that a chained proof follows, which it covers; an empty list for one outside a chain.

    proofs: all proofs of the document. Raises ProofInvalid (proof.chain) when `previousProof` is no text or array of
    texts, names no proof of the document or more than one, the proof itself, or a proof that follows it in turn.
    """
    if "previousProof" not in proof:
        return []
    found = [_only_proof(name, proofs) for name in _names(proof["previousProof"])]
    behind, seen = list(found), 0
    while behind:
        earlier = behind.pop()
        seen += 1
        if earlier is proof or earlier == proof or seen > len(proofs) ** 2:
            raise ProofInvalid("The chain of proofs leads back to where it started.", code="proof.chain")
        if "previousProof" in earlier:
            behind += [_only_proof(name, proofs) for name in _names(earlier["previousProof"])]
    return found


def _names(value: JsonValue) -> list[str]:
    names = value if isinstance(value, list) else [value]
    texts = [name for name in names if isinstance(name, str)]
    if not texts or len(texts) != len(names) or len(set(texts)) != len(texts):
        raise ProofInvalid("The proof does not say which proofs it follows.", code="proof.chain")
    return texts


def _only_proof(name: str, proofs: list[JsonObject]) -> JsonObject:
    found = [proof for proof in proofs if proof.get("id") == name]
    if len(found) != 1:
        raise ProofInvalid("The proof follows one that the document does not carry.", code="proof.chain")
    return found[0]
