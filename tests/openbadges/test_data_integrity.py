"""eddsa-rdfc-2022 against the W3C vectors and the 1EdTech implementation guide, byte for byte."""

import re
from copy import deepcopy
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from openbadges.canonical import rdfc
from openbadges.data_integrity import add_proof, bytes_to_sign, proofs_of, verify_proof
from openbadges.errors import OpenBadgesError, ProofInvalid, UndefinedTerm
from openbadges.json_types import JsonObject
from openbadges.keys import PrivateKey, PublicKey
from openbadges.multiformats import base58btc_decode, multibase_decode
from tests.openbadges.published import needs_published, published_bytes, published_json, published_text
from tests.openbadges.test_jsonld import BADGE, changed

KEY = PrivateKey.from_bytes("Ed25519", bytes(range(32)))
METHOD = "did:web:issuer.example#key-1"
CREATED = datetime(2026, 1, 1, tzinfo=UTC)
SIGNED = add_proof(BADGE, KEY, verification_method=METHOD, created=CREATED)
PROOF = proofs_of(SIGNED)[0]
W3C = "w3c/vc-di-eddsa/TestVectors/"


def test_a_signed_document_verifies_and_its_proof_is_an_array_of_one() -> None:
    assert SIGNED["proof"] == [PROOF]
    assert PROOF["created"] == "2026-01-01T00:00:00Z"
    assert set(PROOF) == {"type", "created", "verificationMethod", "cryptosuite", "proofPurpose", "proofValue"}
    verify_proof(SIGNED, PROOF, KEY.public)
    assert add_proof(BADGE, KEY, verification_method=METHOD, created=CREATED) == SIGNED


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Paths of all texts of a document but its contexts."""
    if isinstance(value, str):
        return [path]
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [found for name, inner in items if name != "@context" for found in places(inner, (*path, name))]


@settings(max_examples=60, deadline=None)
@given(path=st.sampled_from(places(SIGNED)), addition=st.sampled_from(["x", "1", " ", "é", "\u200b"]))
def test_a_change_anywhere_is_refused(path: tuple[Any, ...], addition: str) -> None:
    document: Any = deepcopy(SIGNED)
    place = document
    for name in path[:-1]:
        place = place[name]
    place[path[-1]] += addition
    with pytest.raises(OpenBadgesError):
        verify_proof(document, document["proof"][0], KEY.public)


@pytest.mark.parametrize("extra", [{"evidence": [{"type": ["Evidence"]}]}, {"validUntil": "2027-01-01T00:00:00Z"}])
def test_an_added_member_is_refused(extra: JsonObject) -> None:
    with pytest.raises(ProofInvalid):
        verify_proof({**SIGNED, **extra}, PROOF, KEY.public)


def test_an_added_term_that_the_signature_cannot_cover_is_refused() -> None:
    with pytest.raises(UndefinedTerm):
        verify_proof({**SIGNED, "endorsementJwt": ["a.b.c"]}, PROOF, KEY.public)
    with pytest.raises(UndefinedTerm):
        verify_proof(SIGNED, {**PROOF, "note": "x"}, KEY.public)


def test_another_key_is_refused() -> None:
    with pytest.raises(ProofInvalid) as refused:
        verify_proof(SIGNED, PROOF, PrivateKey.generate("Ed25519").public)
    assert refused.value.code == "proof.invalid"
    with pytest.raises(ProofInvalid) as refused:
        verify_proof(SIGNED, PROOF, PrivateKey.generate("P-256").public)
    assert refused.value.code == "proof.key_type"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"type": "Ed25519Signature2020"}, "proof.unsupported"),
        ({"cryptosuite": "eddsa-2022"}, "proof.unsupported"),
        ({"cryptosuite": ["eddsa-rdfc-2022"]}, "proof.unsupported"),
        ({"previousProof": "urn:x"}, "proof.chain"),
        ({"proofPurpose": "authentication"}, "proof.purpose"),
        ({"verificationMethod": {"id": "x"}}, "proof.malformed"),
        ({"created": "yesterday"}, "proof.malformed"),
        ({"expires": None}, "proof.malformed"),
        ({"proofValue": None}, "proof.malformed"),
        ({"proofValue": "u" + "A" * 86}, "proof.malformed"),
        ({"proofValue": "z1"}, "proof.malformed"),
        ({"proofValue": "z0"}, "proof.malformed"),
        ({"proofValue": "z" + "2" * 3000}, "proof.malformed"),
        ({"@context": "https://www.w3.org/2018/credentials/v1"}, "proof.malformed"),
        ({"created": "2026-01-01T00:00:01Z"}, "proof.invalid"),
        ({"expires": "2030-01-01T00:00:00Z"}, "proof.invalid"),
        ({"verificationMethod": METHOD + "1"}, "proof.invalid"),
    ],
)
def test_a_proof_of_another_form_is_refused(change: JsonObject, code: str) -> None:
    with pytest.raises(ProofInvalid) as refused:
        verify_proof(SIGNED, {**PROOF, **change}, KEY.public)
    assert refused.value.code == code


def test_a_proof_that_repeats_the_contexts_of_its_document_verifies() -> None:
    verify_proof(SIGNED, {**PROOF, "@context": BADGE["@context"]}, KEY.public)


def test_proofs_are_listed_and_nothing_else() -> None:
    assert proofs_of(BADGE) == []
    assert proofs_of({"proof": PROOF}) == [PROOF]
    for broken in (None, "x", [PROOF, "x"]):
        with pytest.raises(ProofInvalid):
            proofs_of({"proof": broken})  # type: ignore[dict-item]


def test_only_an_unsigned_document_and_an_ed25519_key_make_a_proof() -> None:
    for document, key in ((SIGNED, KEY), (BADGE, PrivateKey.generate("P-256"))):
        with pytest.raises(ProofInvalid):
            add_proof(document, key, verification_method=METHOD, created=CREATED)
    with pytest.raises(UndefinedTerm):
        add_proof(changed("colour", "red"), KEY, verification_method=METHOD, created=CREATED)


# --- published vectors ------------------------------------------------------------------------------------------


def w3c_key() -> PrivateKey:
    return PrivateKey.from_bytes(
        "Ed25519", multibase_decode(published_json(W3C + "keyPair.json")["privateKeyMultibase"])[2:]
    )


@needs_published
def test_the_w3c_vector_is_reproduced_byte_for_byte() -> None:
    folder = W3C + "eddsa-rdfc-2022/"
    signed = published_json(folder + "signedDataInt.json")
    unsigned = {name: value for name, value in signed.items() if name != "proof"}
    options = {name: value for name, value in signed["proof"].items() if name != "proofValue"}
    assert rdfc(unsigned) == published_bytes(folder + "canonDocDataInt.txt")
    assert rdfc({**options, "@context": signed["@context"]}) == published_bytes(folder + "proofCanonDataInt.txt")
    combined = bytes_to_sign(signed, options)
    assert combined.hex() == published_text(folder + "combinedHashDataInt.txt")
    assert combined[:32].hex() == published_text(folder + "proofHashDataInt.txt")
    assert combined[32:].hex() == published_text(folder + "docHashDataInt.txt")
    assert w3c_key().sign(combined).hex() == published_text(folder + "sigHexDataInt.txt")
    verify_proof(signed, signed["proof"], w3c_key().public)


@needs_published
def test_the_w3c_employment_vector_is_signed_and_verified_from_its_canonical_text() -> None:
    # Its document uses a citizenship context that no package carries, so the published text stands in for it.
    folder = W3C + "eddsa-rdfc-2022/employ/"
    document, options = (
        published_bytes(f"{folder}{name}CanonDataInt.txt".replace("docCanon", "canonDoc")) for name in ("doc", "proof")
    )
    combined = sha256(options).digest() + sha256(document).digest()
    signature = base58btc_decode(published_text(folder + "sigBTC58DataInt.txt").removeprefix("z"))
    assert combined.hex() == published_text(folder + "combinedHashDataInt.txt")
    assert signature.hex() == published_text(folder + "sigHexDataInt.txt")
    assert PublicKey.from_multikey(published_json(W3C + "keyPair.json")["publicKeyMultibase"]).verify(
        signature, combined
    )


@needs_published
def test_the_open_badges_implementation_guide_vector() -> None:
    folder = "1edtech-openbadges-specification/"
    page = published_text(folder + "impl-linked-data-proof-ob.html")
    document = published_bytes(folder + "test-vectors/obv3p0/document-canon.txt")
    options = published_bytes(folder + "test-vectors/obv3p0/proof-canon.txt")
    combined = sha256(options).hexdigest() + sha256(document).hexdigest()
    assert combined in page
    method = re.findall(r"z6Mk[1-9A-HJ-NP-Za-km-z]{44}", page)
    values = re.findall(r'"proofValue":\s*"(z[1-9A-HJ-NP-Za-km-z]{80,90})"', page)
    key = PublicKey.from_multikey(method[0])
    assert values
    assert any(key.verify(base58btc_decode(value[1:]), bytes.fromhex(combined)) for value in values)


@needs_published
@pytest.mark.parametrize("name", ["simple.json", "endorsement-valid.json"])
def test_the_public_validator_s_valid_samples_verify(name: str) -> None:
    document = published_json("1edtech-public-validator/ob30/" + name)
    for proof in proofs_of(document):
        key = PublicKey.from_multikey(str(proof["verificationMethod"]).rpartition("#")[2])
        verify_proof(document, proof, key)
