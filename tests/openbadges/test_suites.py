"""Every kind of embedded proof: published vectors, sets, chains, and mutants by the hundred."""

from copy import deepcopy
from random import Random
from typing import Any

import pytest

from openbadges.data_integrity import proofs_of, verify_proof
from openbadges.errors import JsonInvalid, OpenBadgesError, UndefinedTerm
from openbadges.json_types import JsonObject, JsonValue
from openbadges.keys import PrivateKey, PublicKey
from openbadges.multiformats import base58btc_decode, multibase_encode
from openbadges.suites import SUITES, suite_of
from tests.openbadges.published import needs_published, published_json
from tests.openbadges.suite_signing import ED25519, KEYS, KINDS, P256, P384, add_proof_of, with_contexts_of
from tests.openbadges.test_data_integrity import places
from tests.openbadges.test_jsonld import BADGE

W3C = "w3c/vc-di-eddsa/TestVectors/"
METHOD = "did:web:issuer.example#key-1"


def key_in(method: str) -> PublicKey:
    return PublicKey.from_multikey(method.rpartition("#")[2])


def signed(suite_name: str, algorithm: str, **members: JsonValue) -> JsonObject:
    document = with_contexts_of(suite_name, BADGE)
    return add_proof_of(suite_name, document, KEYS[algorithm], method=METHOD, **members)


def refusal(document: JsonObject, proof: JsonObject, key: PublicKey) -> str:
    with pytest.raises(OpenBadgesError) as refused:
        verify_proof(document, proof, key)
    return refused.value.code


@needs_published
@pytest.mark.parametrize(
    "path",
    [
        "Ed25519Signature2020/signedEdSig.json",
        "eddsa-jcs-2022/signedJCS.json",
        "eddsa-rdfc-2022/signedDataInt.json",
        "proof-set-chain/signedProofSet1.json",
        "proof-set-chain/signedProofSet2.json",
        "proof-set-chain/signedProofChain1.json",
        "proof-set-chain/signedProofChain2.json",
    ],
)
def test_each_proof_of_the_published_documents_fits(path: str) -> None:
    document = published_json(W3C + path)
    for proof in proofs_of(document):
        key = key_in(str(proof["verificationMethod"]))
        verify_proof(document, proof, key)
        verify_proof(document, {**proof, "proofValue": proof["proofValue"]}, key)
        assert refusal({**document, "name": "Another"}, proof, key) == "proof.invalid"
        assert refusal(document, {**proof, "created": "2023-02-24T23:36:39Z"}, key) == "proof.invalid"


# Keys and signatures of the published ECDSA vectors (W3C Data Integrity ECDSA Cryptosuites v1.0, test vectors), which
# sign the same sample document as the EdDSA ones.
P256_KEY = "zDnaepBuvsQ8cpsWrVKw8fbpGpvPeNSjVPTWoq6cRqaYzBKVP"
P384_KEY = "z82LkuBieyGShVBhvtE2zoiD6Kma4tJGFtkAhxR5pfkp5QPw4LutoYWhvQCnGjdVn14kujQ"


@needs_published
@pytest.mark.parametrize(
    ("suite_name", "key", "value"),
    [
        (
            "ecdsa-rdfc-2019",
            P256_KEY,
            "zaHXrr7AQdydBk3ahpCDpWbxfLokDqmCToYm2dyWvpcFVyWooC2he63w1f7UNQoAMKdhaRtcnaE2KTo5o5vTCcfw",
        ),
        (
            "ecdsa-rdfc-2019",
            P384_KEY,
            "z967Mvv5bxtmLNqTzPZ8KmJjFmFXaAKeQNzq7GWnQkMcLtaGSSmuozE5WtJ8PipMe178B1tE28K1vsJur9bGVJhz6jgSJsRHFSQeqg"
            "H8hhjcg8gZDFJC1b9FsR5ggNmDBqHv",
        ),
        (
            "ecdsa-jcs-2019",
            P256_KEY,
            "zq6PrUMCtqY5obCSsrQxuFJdGffCDxvFuopdZiBPUBRTFEs1VVsBZi8YiEwVWgHYrXxoV93gBHqGDBtQLPFxpZxz",
        ),
        (
            "ecdsa-jcs-2019",
            P384_KEY,
            "zR3krc7pt9Dpn1PY2u8HWPePggtzAG2SuH2ZGNrzw8Ku3QrFLWgDTjS5mCWy65ShixJEtpMwfviAFfh5xTgd5FGN1sSbpPJ5djqSZQLqQ"
            "kY8KLBPNswuqKtq3bS8f9vEHm8w",
        ),
    ],
)
def test_the_published_ecdsa_signatures_fit(suite_name: str, key: str, value: str) -> None:
    proof: JsonObject = {
        "type": "DataIntegrityProof",
        "cryptosuite": suite_name,
        "created": "2023-02-24T23:36:38Z",
        "verificationMethod": f"did:key:{key}#{key}",
        "proofPurpose": "assertionMethod",
        "proofValue": value,
    }
    document = {**published_json(W3C + "unsigned.json"), "proof": proof}
    verify_proof(document, proof, key_in(f"#{key}"))
    assert refusal({**document, "validFrom": "2023-01-01T00:00:01Z"}, proof, key_in(f"#{key}")) == "proof.invalid"


@pytest.mark.parametrize(("suite_name", "algorithm"), KINDS)
def test_what_was_signed_fits_and_only_under_its_key(suite_name: str, algorithm: str) -> None:
    document = signed(suite_name, algorithm)
    (proof,) = proofs_of(document)
    key = KEYS[algorithm].public
    verify_proof(document, proof, key)
    other = PrivateKey.generate(key.algorithm).public
    assert refusal(document, proof, other) == "proof.invalid"
    for unfit in {"Ed25519": ED25519, "P-256": P256, "P-384": P384}.values():
        if unfit.algorithm not in SUITES[suite_name].algorithms:
            assert refusal(document, proof, unfit.public) == "proof.key_type"


@pytest.mark.parametrize(("suite_name", "algorithm"), KINDS)
def test_mutants_by_the_hundred_are_refused(suite_name: str, algorithm: str) -> None:
    """Each text, each removed member, each flipped bit of the signature; every refusal has a code of its family."""
    document = signed(suite_name, algorithm)
    key = KEYS[algorithm].public
    random = Random(f"{suite_name} {algorithm}")
    codes = [refusal(mutant, proofs_of(mutant)[0], key) for mutant in mutants(document, random)]
    assert len(codes) > 100
    assert {code.split(".")[0] for code in codes} <= {"proof", "term", "context"}
    assert codes.count("proof.invalid") > len(codes) / 2


def mutants(document: Any, random: Random) -> list[JsonObject]:
    found: list[Any] = []
    for path in places(document):
        for addition in ("x", "\u200b"):
            mutant = deepcopy(document)
            place = mutant
            for name in path[:-1]:
                place = place[name]
            place[path[-1]] += addition
            found.append(mutant)
    for name in [name for name in document if name != "proof"]:
        found.append({member: value for member, value in document.items() if member != name})
    for name in [name for name in document["proof"][0] if name not in ("created", "type")]:
        found.append({**document, "proof": [{m: v for m, v in document["proof"][0].items() if m != name}]})
    signature = bytearray(base58btc_decode(document["proof"][0]["proofValue"][1:]))
    for _ in range(80):
        bit = random.randrange(8 * len(signature))
        changed = signature.copy()
        changed[bit // 8] ^= 1 << bit % 8
        found.append({**document, "proof": [{**document["proof"][0], "proofValue": multibase_encode(bytes(changed))}]})
    return found


@pytest.mark.parametrize(("suite_name", "algorithm"), KINDS)
@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"proofPurpose": "authentication"}, "proof.purpose"),
        ({"proofPurpose": None}, "proof.purpose"),
        ({"created": "2026-03-12"}, "proof.malformed"),
        ({"verificationMethod": 7}, "proof.malformed"),
        ({"proofValue": "z" + "1" * 64}, "proof.malformed"),
        ({"proofValue": "u" + "A" * 86}, "proof.malformed"),
        ({"proofValue": "z" + "2" * 3000}, "proof.malformed"),
        ({"@context": "https://www.w3.org/2018/credentials/v1"}, "proof.malformed"),
        ({"previousProof": "urn:uuid:absent"}, "proof.chain"),
        ({"previousProof": 7}, "proof.chain"),
        ({"previousProof": []}, "proof.chain"),
        ({"type": "Ed25519Signature2018"}, "proof.unsupported"),
        ({"cryptosuite": "eddsa-2022"}, "proof.unsupported"),
        ({"cryptosuite": ["eddsa-rdfc-2022"]}, "proof.unsupported"),
    ],
)
def test_a_proof_of_another_form_is_refused(suite_name: str, algorithm: str, change: JsonObject, code: str) -> None:
    document = signed(suite_name, algorithm)
    proof = {**proofs_of(document)[0], **change}
    if change == {"proofValue": "z" + "1" * 64} and algorithm != "P-384":  # a signature of zeros has the right length
        code = "proof.invalid"
    assert refusal(document, proof, KEYS[algorithm].public) == code


def test_a_signature_of_one_kind_is_none_of_another() -> None:
    """The bytes that are signed differ, or the key does."""
    for suite_name, algorithm in KINDS:
        document = signed(suite_name, algorithm)
        for other_name, other in SUITES.items():
            if other_name == suite_name:
                continue
            options = {m: v for m, v in proofs_of(document)[0].items() if m != "cryptosuite"} | {
                "type": other.proof_type
            }
            if other.proof_type == "DataIntegrityProof":
                options["cryptosuite"] = other_name
            code = refusal({**document, "proof": [options]}, options, KEYS[algorithm].public)
            assert code in {"proof.invalid", "proof.key_type", "term.undefined"}


@pytest.mark.parametrize("suite_name", ["eddsa-jcs-2022", "ecdsa-jcs-2019"])
def test_signed_text_that_no_context_defines_is_refused(suite_name: str) -> None:
    key = KEYS[SUITES[suite_name].algorithms[0]]
    extras: list[JsonObject] = [{"endorsementJwt": ["a.b.c"]}, {"note": "x"}, {"description": None}]
    for extra in extras:
        unsigned: JsonObject = {**BADGE, **extra}
        with pytest.raises(UndefinedTerm):
            add_proof_of(suite_name, unsigned, key, method=METHOD)
    with pytest.raises((UndefinedTerm, JsonInvalid)):
        add_proof_of(suite_name, {**BADGE, "creditsEarned": 2**60}, key, method=METHOD)


def test_a_json_proof_keeps_its_contexts_where_one_is_appended_later() -> None:
    contexts = BADGE["@context"]
    document = add_proof_of("eddsa-jcs-2022", BADGE, ED25519, method=METHOD, **{"@context": contexts})
    extended = with_contexts_of("Ed25519Signature2020", document)
    both = add_proof_of("Ed25519Signature2020", extended, ED25519, method=METHOD)
    for proof in proofs_of(both):
        verify_proof(both, proof, ED25519.public)
    assert (
        refusal(
            with_contexts_of("Ed25519Signature2020", signed("eddsa-jcs-2022", "Ed25519")),
            proofs_of(signed("eddsa-jcs-2022", "Ed25519"))[0],
            ED25519.public,
        )
        == "proof.invalid"
    )


# --- sets and chains --------------------------------------------------------------------------------------------


def chain(*kinds: str) -> JsonObject:
    """A proof of each kind, each after all before it."""
    document = BADGE
    for kind in kinds:
        document = with_contexts_of(kind, document)
    for number, kind in enumerate(kinds):
        earlier: list[JsonValue] = [f"urn:uuid:{before}" for before in range(number)]
        key = KEYS[SUITES[kind].algorithms[0]]
        members: JsonObject = {"id": f"urn:uuid:{number}", "previousProof": earlier or None}
        document = add_proof_of(kind, document, key, method=METHOD, **members)
    return document


def test_a_chain_of_all_kinds_fits_link_by_link() -> None:
    others = [name for name in SUITES if name != "Ed25519Signature2020"]
    document = chain("Ed25519Signature2020", *others)  # its context knows no previousProof, so it can only come first
    assert len(proofs_of(document)) == len(SUITES)
    for proof in proofs_of(document):
        suite = suite_of(proof)
        assert suite is not None
        verify_proof(document, proof, KEYS[suite.algorithms[0]].public)


def test_a_chained_proof_covers_what_it_follows() -> None:
    document = chain("eddsa-rdfc-2022", "ecdsa-rdfc-2019", "eddsa-jcs-2022")
    proofs = proofs_of(document)
    for position in range(2):
        earlier = {**proofs[position], "created": "2026-03-12T09:30:01Z"}
        changed = [*proofs[:position], earlier, *proofs[position + 1 :]]
        mutant: JsonObject = {**document, "proof": list(changed)}
        assert refusal(mutant, proofs[2], ED25519.public) == "proof.invalid"
    assert refusal({**document, "proof": list(proofs[1:])}, proofs[2], ED25519.public) == "proof.chain"
    # An earlier proof knows nothing of later ones.
    verify_proof({**document, "proof": list(proofs[:1])}, proofs[0], ED25519.public)


@pytest.mark.parametrize(
    "previous",
    ["urn:uuid:9", "", 7, None, {}, [], [7], ["urn:uuid:0", 7], ["urn:uuid:0", "urn:uuid:0"], ["urn:uuid:0", "urn:x"]],
)
def test_a_reference_that_leads_nowhere_is_refused(previous: JsonValue) -> None:
    document = chain("eddsa-rdfc-2022", "eddsa-rdfc-2022")
    first, second = proofs_of(document)
    broken = {**second, "previousProof": previous}
    assert refusal({**document, "proof": [first, broken]}, broken, ED25519.public) == "proof.chain"


def test_a_chain_in_a_circle_or_over_two_proofs_of_one_name_is_refused() -> None:
    document = chain("eddsa-rdfc-2022", "eddsa-rdfc-2022")
    first, second = proofs_of(document)
    itself = {**second, "previousProof": "urn:uuid:1"}
    assert refusal({**document, "proof": [first, itself]}, itself, ED25519.public) == "proof.chain"
    circle = {**first, "previousProof": "urn:uuid:1"}
    assert refusal({**document, "proof": [circle, second]}, second, ED25519.public) == "proof.chain"
    third: JsonObject = {**second, "id": "urn:uuid:2", "previousProof": "urn:uuid:1"}
    assert refusal({**document, "proof": [circle, second, third]}, third, ED25519.public) == "proof.chain"
    assert refusal({**document, "proof": [first, first, second]}, second, ED25519.public) == "proof.chain"
