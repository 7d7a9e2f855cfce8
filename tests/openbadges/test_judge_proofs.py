"""Verdicts over every kind of proof and key: what fits and is the issuer's is valid, all else has its own reason."""

from copy import deepcopy
from dataclasses import replace
from datetime import timedelta
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from openbadges import jose
from openbadges.canonical import paths
from openbadges.contexts import (
    CREDENTIALS_V2,
    OPEN_BADGES_3_0_0,
    OPEN_BADGES_3_0_1,
    OPEN_BADGES_3_0_2,
    OPEN_BADGES_3_0_3,
    OPEN_BADGES_EXTENSIONS,
    STATUS_LIST_2021_V1,
)
from openbadges.did import did_key
from openbadges.facts import EndorsementFact, Evidence, IssuerFact, KeyFact, StatusFact
from openbadges.issuer_facts import from_id, from_profile, unresolved
from openbadges.json_types import JsonObject, JsonValue
from openbadges.judge import judge
from openbadges.keys import PrivateKey, PublicKey
from openbadges.multiformats import base64url_encode
from openbadges.strict_json import dumps
from openbadges.structure import OPEN_BADGES_CONTEXTS
from tests.openbadges.cases import NOW, Presented, code, issuer, proofs_of, resigned, signed_sample, token_evidence
from tests.openbadges.published import needs_published, published_json
from tests.openbadges.samples import ISSUER_DID, eu_complete
from tests.openbadges.suite_signing import KEYS, KINDS, P256, P384, add_proof_of, with_contexts_of
from tests.openbadges.test_data_integrity import places

METHODS = {name: f"{ISSUER_DID}#{name}" for name in KEYS}
FACT = IssuerFact(
    ISSUER_DID,
    "did:web",
    keys={METHODS[name]: KeyFact(METHODS[name], key.public, ISSUER_DID) for name, key in KEYS.items()},
    proven_by=("did:web",),
)
OTHER = PrivateKey.generate("Ed25519")
OTHER_DID = did_key(OTHER.public)
OTHER_METHOD = f"{OTHER_DID}#{OTHER_DID[8:]}"
FINAL_STATES = {"altered", "not_accepted", "issuer_unproven"}


def signed(kind: str, algorithm: str, **members: JsonValue) -> JsonObject:
    document = with_contexts_of(kind, eu_complete().to_json())
    return add_proof_of(kind, document, KEYS[algorithm], method=METHODS[algorithm], **members)


def state(document: JsonObject, fact: IssuerFact = FACT, **changes: Any) -> tuple[str, str, str]:
    report = judge(Presented(document).elsewhere(issuer=fact, **changes), now=NOW)
    return report.state, code(report, "proof"), code(report, "issuer")


@pytest.mark.parametrize(("kind", "algorithm"), KINDS)
def test_a_badge_under_any_proof_is_valid(kind: str, algorithm: str) -> None:
    assert state(signed(kind, algorithm)) == ("valid", "proof.ok", "issuer.name_unproven")


@pytest.mark.parametrize(("kind", "algorithm"), KINDS)
def test_no_changed_badge_is_valid_under_any_proof(kind: str, algorithm: str) -> None:
    document: Any = signed(kind, algorithm)
    random = Random(kind)
    for path in random.sample(places(document), 30):
        mutant = deepcopy(document)
        place = mutant
        for name in path[:-1]:
            place = place[name]
        place[path[-1]] = place[path[-1]][:-1] if random.random() < 0.3 else place[path[-1]] + "x"
        found, proof, _ = state(mutant)
        assert found in FINAL_STATES | {"not_checked"}, path
        assert proof != "proof.ok" or found == "issuer_unproven"


@pytest.mark.parametrize(("kind", "algorithm"), KINDS)
@pytest.mark.parametrize(
    ("members", "expected"),
    [
        ({"proofPurpose": "authentication"}, ("not_accepted", "proof.purpose")),
        ({"domain": "elsewhere.example"}, ("not_accepted", "proof.domain")),
        ({"created": "2026-11-22T10:05:01Z"}, ("not_accepted", "proof.created_later")),
        ({"expires": "2026-11-22T10:00:00Z"}, ("expired", "proof.expired")),
        ({"expires": "2026-11-22T10:00:01Z"}, ("valid", "proof.ok")),
        ({"created": None}, ("valid", "proof.ok")),
    ],
)
def test_the_rules_hold_for_every_kind(
    kind: str, algorithm: str, members: JsonObject, expected: tuple[str, str]
) -> None:
    assert state(signed(kind, algorithm, **members))[:2] == expected


def test_a_kind_that_is_named_wrongly_is_not_supported() -> None:
    proof = proofs_of(signed("Ed25519Signature2020", "Ed25519"))[0]
    assert isinstance(proof, dict)
    for change in ({"cryptosuite": "eddsa-rdfc-2022"}, {"type": "Ed25519Signature2018"}, {"type": 7}):
        mutant: JsonObject = {**signed_sample(), "proof": [{**proof, **change}]}
        assert state(mutant)[:2] == ("not_accepted", "proof.unsupported")


# --- sets, chains and keys that are not the issuer's -------------------------------------------------------------


@pytest.mark.parametrize("proof", [None, []])
def test_a_proof_of_null_is_no_proof_and_no_change(proof: JsonValue) -> None:
    unsigned = {**signed_sample(), "proof": proof}
    for evidence in (Presented(unsigned).elsewhere(), Presented(unsigned).ours()):
        report = judge(evidence, now=NOW)
        assert (report.state, code(report, "proof")) == ("not_accepted", "proof.missing")
        assert report.headline == "Not signed, so not a valid badge"
    assert state({**signed_sample(), "proof": [None]})[:2] == ("altered", "proof.malformed")


def test_another_ones_proof_beside_the_issuers_must_fit_too() -> None:
    first = signed("eddsa-rdfc-2022", "Ed25519")
    both = add_proof_of("eddsa-rdfc-2022", first, OTHER, method=OTHER_METHOD)
    assert state(both)[0] == "valid"
    good, witness = proofs_of(both)
    assert isinstance(witness, dict)
    broken = {**witness, "created": "2026-03-12T09:30:01Z"}
    assert state({**both, "proof": [good, broken]})[:2] == ("altered", "proof.invalid")
    assert state({**both, "proof": [witness]}) == ("issuer_unproven", "proof.ok", "issuer.key_of_another")


def test_a_chain_counts_where_each_link_fits_and_one_is_the_issuers() -> None:
    first = add_proof_of("eddsa-rdfc-2022", eu_complete().to_json(), OTHER, method=OTHER_METHOD, id="urn:uuid:1")
    whole = add_proof_of(
        "ecdsa-rdfc-2019", first, P256, method=METHODS["P-256"], previousProof="urn:uuid:1", id="urn:uuid:2"
    )
    assert state(whole)[0] == "valid"
    earlier, later = proofs_of(whole)
    assert isinstance(earlier, dict) and isinstance(later, dict)
    assert state({**whole, "proof": [later]})[:2] == ("not_accepted", "proof.chain")
    assert state({**whole, "proof": [later, earlier]})[0] == "valid"
    replaced = add_proof_of("eddsa-rdfc-2022", eu_complete().to_json(), OTHER, method=OTHER_METHOD, id="urn:uuid:1")
    other = proofs_of(replaced)[0]
    assert isinstance(other, dict)
    changed = {**other, "created": "2026-03-12T09:30:02Z"}
    assert state({**whole, "proof": [changed, later]})[:2] == ("altered", "proof.invalid")
    assert state({**whole, "proof": [earlier, {**later, "previousProof": None}]})[0] in {"altered", "not_accepted"}


def test_a_long_chain_costs_too_much_to_be_followed() -> None:
    document = eu_complete().to_json()
    for number in range(5):
        members: JsonObject = {
            "id": f"urn:uuid:{number}",
            "previousProof": f"urn:uuid:{number - 1}" if number else None,
        }
        document = add_proof_of("eddsa-rdfc-2022", document, KEYS["Ed25519"], method=METHODS["Ed25519"], **members)
        assert state(document)[:2] == (("valid", "proof.ok") if number <= 3 else ("not_accepted", "proof.too_many"))


def test_a_slow_document_is_made_canonical_once_for_all_its_proofs() -> None:
    alike: JsonObject = {"type": ["Alignment"], "targetName": "Sample", "targetUrl": "https://a.example/"}
    document: JsonObject = minimal(OPEN_BADGES_3_0_3)
    subject: Any = document["credentialSubject"]
    achievement = {**subject["achievement"], "alignment": [alike] * 50}
    document = {**document, "credentialSubject": {**subject, "achievement": achievement}}
    for kind, algorithm in KINDS:
        if kind != "Ed25519Signature2020":
            document = add_proof_of(kind, document, KEYS[algorithm], method=METHODS[algorithm])
    before = sum(paths().values())
    assert state(document, status=None)[0] == "valid"
    assert sum(paths().values()) - before <= 1


def test_a_proof_taken_from_another_badge_does_not_fit() -> None:
    other = resigned(name="Another badge")
    replayed = {**signed_sample(), "proof": other["proof"]}
    assert state(replayed, issuer())[:2] == ("altered", "proof.invalid")


@pytest.mark.parametrize(
    ("fact", "expected"),
    [
        (FACT, ("issuer_unproven", "issuer.key_not_listed")),
        (unresolved(ISSUER_DID, "issuer.unreachable"), ("unreachable", "issuer.unreachable")),
        (unresolved(ISSUER_DID, "issuer.not_held"), ("not_checked", "issuer.not_held")),
        (unresolved(ISSUER_DID, "issuer.document_invalid"), ("issuer_unproven", "issuer.document_invalid")),
    ],
)
def test_a_key_in_the_method_itself_proves_integrity_only(fact: IssuerFact, expected: tuple[str, str]) -> None:
    method = f"{ISSUER_DID}#{OTHER.public.to_multikey()}"
    document = add_proof_of("eddsa-rdfc-2022", eu_complete().to_json(), OTHER, method=method)
    found = state(document, fact)
    assert (found[0], found[2]) == expected
    assert found[1] == "proof.ok"
    assert state({**document, "name": "Changed"}, fact)[:2] == ("altered", "proof.invalid")


def by(issuer_id: str, document: JsonObject | None = None) -> JsonObject:
    """The sample as another issuer's, its achievement too."""
    made = eu_complete().to_json() if document is None else document
    subject: Any = made["credentialSubject"]
    achievement = {name: value for name, value in subject["achievement"].items() if name != "creator"}
    profile: JsonObject = {"id": issuer_id, "type": ["Profile"], "name": "Sample Nobody (SAMPLE)"}
    return {**made, "issuer": profile, "credentialSubject": {**subject, "achievement": achievement}}


@pytest.mark.parametrize("algorithm", ["Ed25519", "P-256", "P-384"])
def test_issuers_that_are_keys_are_told_as_keys(algorithm: str) -> None:
    key = KEYS[algorithm]
    kind = "eddsa-rdfc-2022" if algorithm == "Ed25519" else "ecdsa-rdfc-2019"
    did_jwk = f"did:jwk:{base64url_encode(dumps(key.public.to_jwk()))}"
    methods = {f"{did_key(key.public)}#{did_key(key.public)[8:]}": did_key(key.public), did_jwk: did_jwk}
    for method, did in methods.items():
        fact = from_id(did)
        assert fact is not None
        document = add_proof_of(kind, by(did), key, method=method)
        assert state(document, fact) == ("valid", "proof.ok", "issuer.key_only")


def test_an_https_issuer_signs_with_a_key_of_its_profile() -> None:
    profile = "https://issuer.example/profile"
    method: JsonObject = {
        "id": f"{profile}#key-1",
        "type": "Multikey",
        "controller": profile,
        "publicKeyMultibase": P256.public.to_multikey(),
    }
    fact = from_profile(profile, {"id": profile, "verificationMethod": method, "assertionMethod": f"{profile}#key-1"})
    document = add_proof_of("ecdsa-rdfc-2019", by(profile), P256, method=f"{profile}#key-1")
    assert state(document, fact) == ("valid", "proof.ok", "issuer.name_unproven")
    not_listed = from_profile(profile, {"id": profile, "verificationMethod": method, "assertionMethod": []})
    assert state(document, not_listed) == ("issuer_unproven", "proof.ok", "issuer.key_not_listed")


# --- tokens -----------------------------------------------------------------------------------------------------


def token(
    key: PrivateKey,
    alg: str,
    *,
    kid: str | None = None,
    document: JsonObject | None = None,
    claims: JsonObject | None = None,
    **header: JsonValue,
) -> jose.Token:
    head: JsonObject = {"alg": alg, **({} if kid is None else {"kid": kid}), **header}
    payload = {**jose.claims_for(document or eu_complete().to_json()), **(claims or {})}
    signing_input = f"{base64url_encode(dumps(head))}.{base64url_encode(dumps(payload))}"
    return jose.parse_token(f"{signing_input}.{base64url_encode(key.sign(signing_input.encode()))}")


RSA = PrivateKey.generate("RSA")
ALGORITHMS = [("RS256", RSA), ("ES256", P256), ("ES384", P384), ("EdDSA", KEYS["Ed25519"])]


def listing(key: PublicKey, method: str) -> IssuerFact:
    return replace(FACT, keys={method: KeyFact(method, key, ISSUER_DID)})


def judged(found: jose.Token, fact: IssuerFact) -> tuple[str, str, str]:
    report = judge(token_evidence(found, issuer=fact), now=NOW)
    return report.state, code(report, "proof"), code(report, "issuer")


@pytest.mark.parametrize(("alg", "key"), ALGORITHMS)
def test_a_token_of_each_algorithm_is_valid_under_the_issuers_key_only(alg: str, key: PrivateKey) -> None:
    method = f"{ISSUER_DID}#token"
    found = token(key, alg, kid=method)
    assert judged(found, listing(key.public, method)) == ("valid", "proof.ok", "issuer.name_unproven")
    another = PrivateKey.generate(key.algorithm)
    assert judged(found, listing(another.public, method))[:2] == ("altered", "token.signature")
    for other_alg, other in ALGORITHMS:
        if other_alg != alg:
            assert judged(found, listing(other.public, method))[:2] == ("not_accepted", "token.key_type")
    assert judged(token(another, alg, kid=method, jwk=another.public.to_jwk()), listing(key.public, method))[:2] in {
        ("not_accepted", "token.header"),
        ("altered", "token.signature"),
    }


@pytest.mark.parametrize(("alg", "key"), ALGORITHMS)
def test_a_key_that_a_token_brings_along_proves_integrity_only(alg: str, key: PrivateKey) -> None:
    found = token(key, alg, jwk=key.public.to_jwk())
    nobodys = replace(FACT, keys={})
    assert judged(found, nobodys) == ("issuer_unproven", "proof.ok", "issuer.key_not_listed")
    assert judged(found, listing(key.public, METHODS["P-256"])) == ("valid", "proof.ok", "issuer.name_unproven")
    changed = replace(found, signature=bytes(len(found.signature)))
    assert judged(changed, nobodys)[:2] == ("altered", "token.signature")
    did = did_key(key.public)
    by_did = token(key, alg, kid=f"{did}#{did[8:]}")
    assert judged(by_did, nobodys) == ("issuer_unproven", "proof.ok", "issuer.key_of_another")


@pytest.mark.parametrize(
    ("issued_at", "expected"),
    [
        (NOW.timestamp() + 300, ("valid", "proof.ok", "issuer.name_unproven")),
        (NOW.timestamp() + 301, ("not_accepted", "proof.created_later", "issuer.not_reached")),
        (NOW.timestamp() - 60, ("valid", "proof.ok", "issuer.name_unproven")),
        (10**25, ("not_accepted", "proof.created_later", "issuer.not_reached")),
        ("2026-11-22T10:10:00Z", ("valid", "proof.ok", "issuer.name_unproven")),
    ],
)
def test_a_token_from_the_future_is_refused(issued_at: JsonValue, expected: tuple[str, str, str]) -> None:
    found = token(P256, "ES256", kid=METHODS["P-256"], claims={"iat": issued_at})
    assert judged(found, FACT) == expected


def test_a_token_made_after_the_end_of_its_key_is_not_the_issuers() -> None:
    method = METHODS["P-256"]
    for issued_at, expected in ((NOW.timestamp() - 61, "valid"), (NOW.timestamp() - 59, "issuer_unproven")):
        found = token(P256, "ES256", kid=method, claims={"iat": issued_at})
        fact = listing(P256.public, method)
        ends = replace(fact.keys[method], expires_at=NOW - timedelta(seconds=60))
        assert judged(found, replace(fact, keys={method: ends}))[0] == expected


# --- what the lists say -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fact", "expected"),
    [
        (StatusFact(True), ("revoked", "status.revoked")),
        (StatusFact(True, "suspension"), ("suspended", "status.suspended")),
        (StatusFact(True, "refresh"), ("valid", "status.refresh")),
        (StatusFact(True, "message"), ("valid", "status.message")),
        (StatusFact(False, "message"), ("valid", "status.ok")),
        (StatusFact(None, code="status.unknown_type"), ("not_checked", "status.unknown_type")),
        (StatusFact(None, code="status.list_invalid"), ("not_checked", "status.list_invalid")),
        (StatusFact(None, code="status.unreachable"), ("unreachable", "status.unreachable")),
    ],
)
def test_what_a_list_says_decides(fact: StatusFact, expected: tuple[str, str]) -> None:
    report = judge(Presented(signed_sample()).elsewhere(status=fact), now=NOW)
    assert (report.state, code(report, "status")) == expected


def test_a_revocation_counts_also_where_not_every_list_was_looked_at() -> None:
    entry = signed_sample()["credentialStatus"]
    document = resigned(credentialStatus=[entry, entry, entry])
    for fact, expected in (
        (StatusFact(True, entries=1), "revoked"),
        (StatusFact(True, "suspension", entries=2), "suspended"),
        (StatusFact(True, "message", entries=2), "not_checked"),
        (StatusFact(False, entries=2), "not_checked"),
        (StatusFact(False, entries=3), "valid"),
    ):
        assert judge(Presented(document).elsewhere(status=fact), now=NOW).state == expected


def test_what_the_issuer_says_is_told_in_one_plain_line() -> None:
    said = StatusFact(True, message=f"Copied\n\u202eexam\u0000 {'x' * 500}")
    line = judge(Presented(signed_sample()).elsewhere(status=said), now=NOW).check("status").message
    assert line.startswith("The issuer revoked it. The issuer says: Copied exam xxx")
    assert len(line) < 300 and line.isprintable()


@needs_published
def test_the_published_endorsement_and_badges_are_whole_but_of_an_unknown_issuer() -> None:
    for name in ("simple.json", "endorsement-valid.json"):
        document = published_json(f"1edtech-public-validator/ob30/{name}")
        evidence = Evidence("json", document=document, issuer=unresolved("x", "issuer.not_held"))
        report = judge(evidence, now=NOW)
        assert report.outcome != "valid"
        assert code(report, "proof") in {"proof.ok", "proof.not_checked"}


# --- contexts ---------------------------------------------------------------------------------------------------


def minimal(*contexts: str, **members: JsonValue) -> JsonObject:
    achievement: JsonObject = {
        "id": "urn:uuid:22222222-2222-4222-8222-222222222222",
        "type": ["Achievement"],
        "name": "Networking (SAMPLE)",
        "description": "A sample.",
        "criteria": {"narrative": "Pass the sample exam."},
    }
    made: JsonObject = {
        "@context": [CREDENTIALS_V2, *contexts],
        "id": "urn:uuid:33333333-3333-4333-8333-333333333333",
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "issuer": {"id": ISSUER_DID, "type": ["Profile"], "name": "Sample IT Academy (SAMPLE)"},
        "validFrom": "2026-03-12T09:30:00Z",
        "credentialSubject": {"id": "urn:uuid:4", "type": ["AchievementSubject"], "achievement": achievement},
    }
    return {**made, **members}


@pytest.mark.parametrize("context", [OPEN_BADGES_3_0_2, OPEN_BADGES_3_0_3])
@pytest.mark.parametrize(("kind", "algorithm"), KINDS)
def test_an_embedded_proof_may_be_over_the_contexts_that_fit_the_data_model(
    context: str, kind: str, algorithm: str
) -> None:
    document = with_contexts_of(kind, minimal(context))
    made = add_proof_of(kind, document, KEYS[algorithm], method=METHODS[algorithm])
    assert state(made, status=None) == ("valid", "proof.ok", "issuer.name_unproven")


@pytest.mark.parametrize("context", [OPEN_BADGES_3_0_0, OPEN_BADGES_3_0_1])
def test_contexts_that_contradict_the_data_model_can_be_in_no_embedded_proof(context: str) -> None:
    """Both redefine protected terms of VC Data Model 2.0, so that no processor of JSON-LD reads them together."""
    signed_elsewhere: JsonObject = {**minimal(context), "proof": signed_sample()["proof"]}
    report = judge(Presented(signed_elsewhere).elsewhere(status=None), now=NOW)
    found = (report.state, code(report, "structure"), code(report, "proof"))
    assert found == ("not_accepted", "structure.ok", "proof.contexts")
    assert "contradicts the data model 2.0" in report.explanation


@pytest.mark.parametrize("context", sorted(OPEN_BADGES_CONTEXTS))
@pytest.mark.parametrize(("alg", "key"), ALGORITHMS)
def test_a_token_may_name_each_published_context(context: str, alg: str, key: PrivateKey) -> None:
    method = f"{ISSUER_DID}#token"
    found = token(key, alg, kid=method, document=minimal(context))
    report = judge(token_evidence(found, issuer=listing(key.public, method), status=None), now=NOW)
    assert report.state == "valid"


@pytest.mark.parametrize(
    ("context", "entry"),
    [
        (OPEN_BADGES_EXTENSIONS, {"id": "https://issuer.example/revoked", "type": "1EdTechRevocationList"}),
        (
            STATUS_LIST_2021_V1,
            {
                "type": "StatusList2021Entry",
                "statusPurpose": "revocation",
                "statusListIndex": "7",
                "statusListCredential": "https://issuer.example/status/1",
            },
        ),
    ],
)
def test_an_older_kind_of_status_needs_the_context_that_defines_it(context: str, entry: JsonObject) -> None:
    unsigned = minimal(OPEN_BADGES_3_0_3, context, credentialStatus=entry)
    document = add_proof_of("eddsa-rdfc-2022", unsigned, KEYS["Ed25519"], method=METHODS["Ed25519"])
    assert state(document, status=StatusFact(False))[0] == "valid"
    assert state(document, status=StatusFact(True))[0] == "revoked"
    assert state(document, status=None)[0] == "not_checked"
    without: JsonObject = {**document, "@context": [CREDENTIALS_V2, OPEN_BADGES_3_0_3]}
    report = judge(Presented(without).elsewhere(issuer=FACT, status=StatusFact(False)), now=NOW)
    assert (report.state, code(report, "structure")) == ("not_accepted", "structure.unsigned_term")


# --- anything at all --------------------------------------------------------------------------------------------

KNOWN_VALUES: list[Any] = [
    *KEYS,
    *METHODS.values(),
    OTHER_METHOD,
    "DataIntegrityProof",
    "Ed25519Signature2020",
    *(kind for kind, _ in KINDS),
    "assertionMethod",
    "2026-03-12T09:30:00Z",
    "urn:uuid:1",
    CREDENTIALS_V2,
    OPEN_BADGES_3_0_3,
    "z" + "2" * 86,
    "EndorsementCredential",
    "VerifiableCredential",
    ISSUER_DID,
    10**25,
]
MEMBERS = (
    *("@context", "id", "type", "cryptosuite", "proofPurpose", "proofValue", "previousProof", "created", "expires"),
    *("verificationMethod", "domain", "issuer", "credentialSubject", "proof", "endorsement"),
)
ANYTHING: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.floats(allow_nan=False, allow_infinity=False) | st.sampled_from(KNOWN_VALUES),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(MEMBERS),
            inner,
            max_size=8,
        )
    ),
    max_leaves=25,
)


@settings(max_examples=300, deadline=None)
@given(proof=ANYTHING, endorsement=ANYTHING)
def test_any_proof_and_any_endorsement_get_a_verdict(proof: Any, endorsement: Any) -> None:
    known = (EndorsementFact(FACT, StatusFact(False)),)
    document: JsonObject = {**signed_sample(), "proof": proof}
    report = judge(Presented(document).elsewhere(issuer=FACT, endorsements=known), now=NOW)
    assert report.outcome != "valid"
    endorsed = token(
        P256, "ES256", kid=METHODS["P-256"], document={**minimal(OPEN_BADGES_3_0_3), **{"endorsement": endorsement}}
    )
    report = judge(token_evidence(endorsed, issuer=FACT, endorsements=known, status=None), now=NOW)
    assert code(report, "endorsements") not in {"endorsements.ok", "endorsements.some", "endorsements.key_only"}
