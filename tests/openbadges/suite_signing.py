"""Proofs of every kind that is verified here, made for tests from the library's own bytes to sign.

Where those bytes come from is held to the published vectors in test_suites.
"""

from openbadges.contexts import ED25519_2020_V1
from openbadges.data_integrity import proofs_of
from openbadges.json_types import JsonObject, JsonValue
from openbadges.keys import PrivateKey
from openbadges.multiformats import multibase_encode
from openbadges.suites import SUITES, previous_proofs

ED25519 = PrivateKey.from_bytes("Ed25519", bytes(range(32)))
P256 = PrivateKey.generate("P-256")
P384 = PrivateKey.generate("P-384")
KEYS = {"Ed25519": ED25519, "P-256": P256, "P-384": P384}
KINDS = [(suite.name, algorithm) for suite in SUITES.values() for algorithm in suite.algorithms]


def with_contexts_of(suite_name: str, document: JsonObject) -> JsonObject:
    """The document, ready for a proof of this kind: the older one needs a context of its own."""
    contexts = document["@context"]
    assert isinstance(contexts, list)
    more: list[JsonValue] = [ED25519_2020_V1] if suite_name == "Ed25519Signature2020" else []
    return {**document, "@context": [*contexts, *(context for context in more if context not in contexts)]}


def add_proof_of(
    suite_name: str, document: JsonObject, key: PrivateKey, *, method: str, **members: JsonValue
) -> JsonObject:
    """The document with one proof more at the end; members: further ones of the proof, or others (None: none)."""
    suite = SUITES[suite_name]
    options: JsonObject = {
        "type": suite.proof_type,
        "created": "2026-03-12T09:30:00Z",
        "verificationMethod": method,
        "proofPurpose": "assertionMethod",
    }
    if suite.proof_type == "DataIntegrityProof":
        options["cryptosuite"] = suite.name
    options = {name: value for name, value in {**options, **members}.items() if value is not None}
    earlier = proofs_of(document)
    unsecured = {name: value for name, value in document.items() if name != "proof"}
    covered = previous_proofs(options, earlier)
    to_hash: JsonObject = {**unsecured, "proof": list(covered)} if covered else unsecured
    signature = key.sign(suite.bytes_to_sign(to_hash, options, key.algorithm))
    return {**unsecured, "proof": [*earlier, {**options, "proofValue": multibase_encode(signature)}]}
