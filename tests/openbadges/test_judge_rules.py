"""The rules behind the verdict: proofs, keys, holders, status, claims, and what no input may do."""

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openbadges import jose
from openbadges.canonical import digest
from openbadges.documents import IdentityObject
from openbadges.json_types import JsonObject, JsonValue
from openbadges.judge import Evidence, IssuerFact, KeyFact, judge
from openbadges.keys import PublicKey
from openbadges.report import State
from tests.conftest import FIXTURES
from tests.openbadges.cases import (
    CLEAR,
    NOW,
    OTHER,
    P256_METHOD,
    Presented,
    code,
    days,
    issuer,
    key_fact,
    p256,
    proofs_of,
    record,
    resigned,
    result,
    sign,
    signed_sample,
    token_evidence,
    with_proof,
)
from tests.openbadges.samples import AWARDED, EMAIL, STATUS_LIST, eu_complete


def test_a_failed_proof_hides_every_claim() -> None:
    changed = {**signed_sample(), "validUntil": "2020-01-01T00:00:00Z"}
    report = judge(Presented(changed).elsewhere(recipient=EMAIL), now=NOW)
    assert report.state == "altered"
    assert (report.credential, report.document) == (None, None)
    told = " ".join([report.headline, report.explanation, *(check.message for check in report.checks)])
    assert not any(claim in told for claim in ("Ada", "Networking", "2020", "Academy", EMAIL))
    assert code(report, "dates") == "dates.not_reached"


@pytest.mark.parametrize(
    ("proof", "expected", "state"),
    [
        ({"proofPurpose": "authentication"}, "proof.purpose", "not_accepted"),
        ({"previousProof": "urn:uuid:1"}, "proof.chain", "not_accepted"),
        ({"domain": "elsewhere.example"}, "proof.domain", "not_accepted"),
        ({"created": "2026-11-22T10:05:01Z"}, "proof.created_later", "not_accepted"),
        ({"created": "yesterday"}, "proof.malformed", "not_accepted"),
        ({"expires": "2026-11-22T10:00:00Z"}, "proof.expired", "expired"),
        ({"proofValue": None}, "proof.malformed", "not_accepted"),
        ({"nonce": {}}, "proof.malformed", "not_accepted"),
        ({"cryptosuite": "ecdsa-sd-2023"}, "proof.unsupported", "not_accepted"),
        ({"created": "2026-03-12T09:30:01Z"}, "proof.invalid", "altered"),
        ({"verificationMethod": P256_METHOD}, "proof.key_type", "not_accepted"),
    ],
)
def test_the_rules_of_a_proof(proof: JsonObject, expected: str, state: State) -> None:
    report = judge(Presented(with_proof(**proof)).elsewhere(), now=NOW)
    assert (report.state, code(report, "proof"), report.credential) == (state, expected, None)


def test_in_a_proof_set_one_by_the_issuer_must_fit_and_none_may_fail() -> None:
    document = signed_sample()
    unsigned = eu_complete().to_json()
    second = proofs_of(sign(unsigned, OTHER, "did:example:other#1"))
    unsupported: JsonObject = {"type": "DataIntegrityProof", "cryptosuite": "bbs-2023"}
    witness = KeyFact("did:example:other#1", OTHER.public, "did:example:other")
    with_witness = issuer(keys={**issuer().keys, "did:example:other#1": witness})

    def state(proofs: list[JsonValue], fact: IssuerFact) -> str:
        return judge(Presented({**document, "proof": proofs}).elsewhere(issuer=fact), now=NOW).state

    good = proofs_of(document)
    assert state([*good, unsupported], issuer()) == "valid"
    assert state([*second, *good], with_witness) == "valid"
    assert state(second, with_witness) == "issuer_unproven"
    wrong = proofs_of(with_proof(created="2026-03-13T09:30:00Z"))
    assert state([*good, *wrong], issuer()) == "altered"
    assert state(good * 9, issuer()) == "not_accepted"


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"controller": "did:web:else.example"}, "issuer.key_of_another"),
        ({"revoked_at": NOW}, "issuer.key_revoked"),
        ({"expires_at": AWARDED - days(1)}, "issuer.key_expired"),
        ({"compromised_at": NOW}, "issuer.no_record"),
    ],
)
def test_a_key_counts_only_while_its_issuer_stands_behind_it(changes: dict[str, object], expected: str) -> None:
    evidence = Presented(signed_sample()).elsewhere(issuer=issuer(keys=key_fact(**changes)))
    report = judge(evidence, now=NOW)
    assert (report.state, code(report, "issuer")) == ("issuer_unproven", expected)


def test_a_key_to_be_revoked_or_expired_later_still_counts() -> None:
    keys = key_fact(revoked_at=NOW + days(1), expires_at=AWARDED + days(1))
    assert judge(Presented(signed_sample()).elsewhere(issuer=issuer(keys=keys)), now=NOW).state == "valid"


def test_a_stolen_key_counts_only_for_what_was_recorded_before() -> None:
    document = signed_sample()
    own = issuer(own=True, keys=key_fact(compromised_at=NOW - days(1), listed=False))

    def state(recorded_at: dict[bytes, object]) -> str:
        known = record(document, recorded_at=recorded_at)
        return judge(Presented(document).ours(issuer=own, record=known), now=NOW).state

    assert state({digest(document): AWARDED}) == "valid"
    assert state({digest(document): NOW}) == "issuer_unproven"
    assert state({}) == "issuer_unproven"


def test_our_own_issuer_without_a_record_is_not_believed() -> None:
    report = judge(Presented(signed_sample()).elsewhere(issuer=issuer(own=True)), now=NOW)
    assert (report.state, code(report, "issuer")) == ("issuer_unproven", "issuer.no_record")


def test_facts_about_another_issuer_are_not_used() -> None:
    report = judge(Presented(signed_sample()).elsewhere(issuer=issuer(id="did:web:else.example")), now=NOW)
    assert report.state == "not_checked"
    assert report.credential is None or report.credential.issuer.name is None


def test_another_creator_is_a_warning_in_words_and_the_state_stays() -> None:
    unsigned = eu_complete().to_json()
    subject = unsigned["credentialSubject"]
    assert isinstance(subject, dict) and isinstance(subject["achievement"], dict)
    creator: JsonObject = {"id": "https://famous.example", "type": ["Profile"], "name": "Famous (SAMPLE)"}
    changed: JsonObject = {**subject, "achievement": {**subject["achievement"], "creator": creator}}
    report = judge(Presented(resigned(credentialSubject=changed)).elsewhere(), now=NOW)
    assert (report.state, code(report, "issuer")) == ("valid", "issuer.creator_differs")
    assert result(report, "issuer") == "warning"


def test_an_unproven_name_stays_a_claim() -> None:
    report = judge(Presented(signed_sample()).elsewhere(issuer=issuer(name=None, proven_by=("did:web",))), now=NOW)
    assert report.credential is not None
    assert report.credential.issuer.name is None
    assert report.credential.issuer.claimed_name == "Sample IT Academy (SAMPLE)"
    assert code(report, "issuer") == "issuer.name_unproven"


@pytest.mark.parametrize(
    ("identifier", "typed", "expected"),
    [
        (IdentityObject.of_email(EMAIL, "salt"), "  ADA.sample@Example.org ", "recipient.match"),
        (IdentityObject.of_email(EMAIL, "salt"), "bob@example.org", "recipient.no_match"),
        (
            IdentityObject(hashed=False, identity_hash=EMAIL.upper(), identity_type="emailAddress"),
            EMAIL,
            "recipient.match",
        ),
        (
            IdentityObject(
                hashed=True, identity_hash="md5$0c17bf66e649070167701d2d3cd71711", identity_type="emailAddress"
            ),
            "test@example.org",
            "recipient.match",
        ),
        (IdentityObject.of_name("Ada Sample"), EMAIL, "recipient.nothing_to_compare"),
        (IdentityObject.of_email(EMAIL, "salt"), None, "recipient.not_asked"),
    ],
)
def test_the_holder_is_compared_without_changing_the_state(
    identifier: IdentityObject, typed: str | None, expected: str
) -> None:
    subject = eu_complete().to_json()["credentialSubject"]
    assert isinstance(subject, dict)
    document = resigned(credentialSubject={**subject, "identifier": [identifier.to_json()]})
    report = judge(Presented(document).elsewhere(recipient=typed), now=NOW)
    assert (report.state, code(report, "recipient")) == ("valid", expected)


def test_a_list_that_covers_fewer_entries_than_the_document_names_is_no_answer() -> None:
    entry: JsonObject = {
        "type": "BitstringStatusListEntry",
        "statusPurpose": "suspension",
        "statusListIndex": "7",
        "statusListCredential": STATUS_LIST,
    }
    document = resigned(credentialStatus=[entry, {**entry, "statusPurpose": "revocation"}])
    assert judge(Presented(document).elsewhere(), now=NOW).state == "not_checked"
    assert judge(Presented(document).elsewhere(status=replace(CLEAR, entries=2)), now=NOW).state == "valid"


def test_a_badge_without_status_is_valid_and_says_so() -> None:
    report = judge(Presented(resigned(credentialStatus=None)).elsewhere(status=None), now=NOW)
    assert (report.state, code(report, "status"), result(report, "status")) == ("valid", "status.none", "skipped")


def claims_token(**claims: JsonValue) -> jose.Token:
    """The sample's token with claims replaced (None: removed), signed by its issuer all the same."""
    payload = jose.claims_for(eu_complete().to_json())
    payload = {name: value for name, value in {**payload, **claims}.items() if value is not None}
    text = b"header." + repr(sorted(payload.items())).encode()
    header: JsonObject = {"alg": "ES256", "kid": P256_METHOD, "typ": "JWT"}
    return jose.Token(header, payload, text, p256().sign(text), "ES256", P256_METHOD)


@pytest.mark.parametrize(
    ("claims", "state", "expected"),
    [
        ({}, "valid", "structure.ok"),
        ({"sub": None}, "valid", "structure.claim_missing"),
        ({"aud": "did:example:1", "iat": 1}, "valid", "structure.ok"),
        ({"iss": "did:web:else.example"}, "not_accepted", "structure.claims_differ"),
        ({"sub": "urn:uuid:other"}, "not_accepted", "structure.claims_differ"),
        ({"jti": "urn:uuid:other"}, "not_accepted", "structure.claims_differ"),
        ({"nbf": 0}, "not_accepted", "structure.claims_differ"),
        ({"nbf": "soon"}, "not_accepted", "structure.claims_differ"),
        ({"exp": 4_102_444_800}, "not_accepted", "structure.claims_differ"),
        ({"validUntil": None, "exp": 1_700_000_000}, "expired", "structure.ok"),
        ({"vc": {"@context": []}}, "not_accepted", "structure.two_credentials"),
        ({"vp": {}}, "not_accepted", "structure.two_credentials"),
    ],
)
def test_the_claims_of_a_token_repeat_its_credential(claims: JsonObject, state: State, expected: str) -> None:
    report = judge(token_evidence(claims_token(**claims)), now=NOW)
    assert (report.state, code(report, "structure")) == (state, expected)


def test_a_token_whose_signature_does_not_fit_is_altered() -> None:
    token = claims_token()
    report = judge(token_evidence(replace(token, signing_input=token.signing_input + b"x")), now=NOW)
    assert (report.state, code(report, "proof")) == ("altered", "token.signature")


def test_pages_get_one_shape_and_no_unchecked_endorsement() -> None:
    unsigned = eu_complete().to_json()
    evidence = unsigned["evidence"]
    assert isinstance(evidence, list)
    document = resigned(evidence=evidence[0], credentialSubject=[unsigned["credentialSubject"]])
    report = judge(Presented({**document, "validUntil": document["validUntil"]}).elsewhere(), now=NOW)
    assert report.state == "valid" and report.document is not None
    assert report.document["evidence"] == evidence
    assert report.document["credentialSubject"] == unsigned["credentialSubject"]


def test_a_term_that_no_context_defines_is_not_accepted() -> None:
    report = judge(Presented({**signed_sample(), "superpower": "flying"}).elsewhere(), now=NOW)
    assert (report.state, code(report, "structure")) == ("not_accepted", "structure.unsigned_term")
    assert report.credential is None


json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**6), 10**6) | st.text(max_size=8) | st.just("_:b0"),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=8,
)
member_names = st.sampled_from([*eu_complete().to_json(), "proof", "@graph", "endorsement"])


@given(changes=st.dictionaries(member_names, json_values, min_size=1, max_size=3))
def test_no_document_raises_and_none_that_was_changed_is_valid(changes: JsonObject) -> None:
    document = {**signed_sample(), **changes}
    if document == signed_sample():
        return
    assert judge(Presented(document).ours(signed_sample()), now=NOW).outcome != "valid"
    judge(Presented(document).elsewhere(), now=NOW)


@given(payload=st.dictionaries(member_names | st.sampled_from(["vc", "vp", "iss", "exp", "nbf"]), json_values))
def test_no_token_raises(payload: JsonObject) -> None:
    token = jose.Token({"alg": "ES256"}, payload, b"", b"", "ES256", P256_METHOD)
    assert judge(token_evidence(token), now=NOW).outcome != "valid"


VALIDATOR_SAMPLES = FIXTURES / "1edtech-public-validator" / "ob30"


@pytest.mark.skipif(not VALIDATOR_SAMPLES.is_dir(), reason=f"The published samples are not in {VALIDATOR_SAMPLES}")
def test_a_key_that_only_the_document_names_proves_integrity_and_no_issuer() -> None:
    document = json.loads((VALIDATOR_SAMPLES / "simple.json").read_text("utf-8"))
    method = document["proof"][0]["verificationMethod"]
    issuer_url, _, multikey = method.partition("#")
    keys = {method: KeyFact(method, PublicKey.from_multikey(multikey), issuer_url, listed=False)}
    fact = IssuerFact(issuer_url, "https", keys=keys)
    report = judge(Evidence("json", document=document, issuer=fact), now=NOW)
    assert (report.state, code(report, "proof")) == ("issuer_unproven", "proof.ok")
    assert report.credential is not None and report.credential.name == "Teamwork"


def test_a_status_hidden_behind_its_full_address_is_found_out() -> None:
    document = signed_sample()
    document["https://www.w3.org/2018/credentials#credentialStatus"] = document.pop("credentialStatus")
    report = judge(Presented(document).elsewhere(status=None), now=NOW)
    assert (report.state, code(report, "structure")) == ("not_accepted", "structure.term_alias")


def test_an_unknown_context_is_not_a_forgery() -> None:
    contexts = eu_complete().to_json()["@context"]
    assert isinstance(contexts, list)
    document = {**signed_sample(), "@context": [*contexts, "https://vendor.example/context.json"]}
    report = judge(Presented(document).elsewhere(), now=NOW)
    assert (report.state, code(report, "structure")) == ("not_checked", "structure.context_not_pinned")
