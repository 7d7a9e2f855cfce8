"""Status lists of every form, and each way in which one cannot be relied on: never valid, never revoked."""

import base64
import gzip
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from openbadges import jose, status
from openbadges.contexts import CREDENTIALS_V1, CREDENTIALS_V2, DATA_INTEGRITY_V2, STATUS_LIST_2021_V1
from openbadges.errors import OpenBadgesError, StatusListInvalid
from openbadges.facts import IssuerFact, KeyFact, StatusFact
from openbadges.json_types import JsonObject, JsonValue
from openbadges.multiformats import base64url_encode
from openbadges.status_credential import parse_list, read_status_list, time_to_keep
from openbadges.status_entry import StatusQuestion, questions, worst_of
from openbadges.strict_json import dumps
from tests.openbadges.cases import NOW
from tests.openbadges.published import needs_published, published_json
from tests.openbadges.suite_signing import ED25519, KEYS, KINDS, P256, P384, add_proof_of, with_contexts_of

ISSUER = "did:web:issuer.example"
METHODS = {name: f"{ISSUER}#{name}" for name in KEYS}
KEY_FACTS = {METHODS[name]: KeyFact(METHODS[name], key.public, ISSUER) for name, key in KEYS.items()}
FACT = IssuerFact(ISSUER, "did:web", keys=KEY_FACTS)
ADDRESS = "https://issuer.example/status/1"
INDEX = 94_567


def entry(**members: JsonValue) -> JsonObject:
    made: JsonObject = {
        "id": f"{ADDRESS}#{INDEX}",
        "type": "BitstringStatusListEntry",
        "statusPurpose": "revocation",
        "statusListIndex": str(INDEX),
        "statusListCredential": ADDRESS,
    }
    return {**made, **members}


def question(**members: JsonValue) -> StatusQuestion:
    found = StatusQuestion.of(entry(**members), "urn:uuid:1")
    assert found is not None
    return found


def bits(*indexes: int) -> bytes:
    data = status.empty()
    for index in indexes:
        data = status.set_bit(data, index)
    return data


def subject(data: bytes = status.empty(), **members: JsonValue) -> JsonObject:
    made: JsonObject = {
        "type": "BitstringStatusList",
        "statusPurpose": "revocation",
        "encodedList": status.encode_list(data),
    }
    return {**made, **members}


def unsigned(of: JsonObject | None = None, **members: JsonValue) -> JsonObject:
    made: JsonObject = {
        "@context": [CREDENTIALS_V2],
        "id": ADDRESS,
        "type": ["VerifiableCredential", "BitstringStatusListCredential"],
        "issuer": ISSUER,
        "validFrom": "2026-11-22T09:00:00Z",
        "validUntil": "2026-11-29T09:00:00Z",
        "credentialSubject": subject() if of is None else of,
    }
    return {name: value for name, value in {**made, **members}.items() if value is not None}


def signed(document: JsonObject, kind: str = "eddsa-rdfc-2022", algorithm: str = "Ed25519", **proof: Any) -> JsonObject:
    method = proof.pop("method", METHODS[algorithm])
    return add_proof_of(kind, with_contexts_of(kind, document), KEYS[algorithm], method=method, **proof)


def token(document: JsonObject, alg: str = "ES256", *, kid: str | None = None, **header: JsonValue) -> jose.Token:
    key = {"ES256": P256, "ES384": P384, "EdDSA": ED25519}[alg]
    named = METHODS[key.algorithm] if kid is None else kid
    head: JsonObject = {"alg": alg, "kid": named, "typ": "vc+jwt", **header}
    signing_input = f"{base64url_encode(dumps(head))}.{base64url_encode(dumps(document))}"
    return jose.parse_token(f"{signing_input}.{base64url_encode(key.sign(signing_input.encode()))}")


def ask(found: JsonObject | jose.Token, issuer: IssuerFact = FACT, **members: Any) -> StatusFact:
    return read_status_list(found, question(**members), issuer=issuer, now=NOW)


def is_unreliable(fact: StatusFact) -> bool:
    return fact.value is None and fact.code == "status.list_invalid"


@pytest.mark.parametrize(("kind", "algorithm"), KINDS)
def test_a_list_under_any_proof_answers_for_its_index(kind: str, algorithm: str) -> None:
    document = signed(unsigned(subject(bits(INDEX))), kind, algorithm)
    fact = ask(document)
    assert (fact.value, fact.purpose, fact.list_age_seconds) == (True, "revocation", 3600)
    assert ask(document, statusListIndex=str(INDEX + 1)).value is False
    assert ask(document, statusListIndex=INDEX).value is True  # some issuers write a number


@pytest.mark.parametrize("alg", ["ES256", "ES384", "EdDSA"])
def test_a_list_may_come_as_a_token(alg: str) -> None:
    found = token(unsigned(subject(bits(INDEX))), alg)
    assert ask(found).value is True
    assert ask(found, statusListIndex="0").value is False
    wrapped = token({"vc": unsigned(subject(bits(INDEX))), "iss": ISSUER, "exp": NOW.timestamp() + 60}, alg)
    assert is_unreliable(ask(wrapped))  # its end differs from the one inside
    assert ask(token({"vc": unsigned(subject(bits(INDEX))), "iss": ISSUER}, alg)).value is True
    key = {"ES256": P256, "ES384": P384, "EdDSA": ED25519}[alg].public
    assert ask(token(unsigned(subject(bits(INDEX))), alg, kid="", jwk=key.to_jwk())).value is True
    assert is_unreliable(ask(token(unsigned(), alg, kid="", jwk=key.to_jwk()), replace(FACT, keys={})))


def test_the_answer_is_the_same_when_asked_again() -> None:
    document = signed(unsigned(subject(bits(INDEX))))
    assert ask(document) == ask(document)
    revoked = {METHODS["Ed25519"]: replace(KEY_FACTS[METHODS["Ed25519"]], revoked_at=NOW)}
    assert is_unreliable(ask(document, replace(FACT, keys=revoked)))
    assert is_unreliable(read_status_list(document, question(), issuer=FACT, now=NOW + timedelta(days=7)))


def changed(document: JsonObject, **members: Any) -> JsonObject:
    return {name: value for name, value in {**document, **members}.items() if value is not None}


def pack(data: bytes) -> str:
    return "u" + base64url_encode(gzip.compress(data))


SHORT, HUGE = pack(bytes(16_383)), pack(bytes(3 * 2**20))
REFUSED: list[JsonObject] = [
    # another list, another issuer, another purpose
    signed(unsigned(id="https://issuer.example/status/2")),
    signed(unsigned(id=None)),
    signed(unsigned(issuer="did:web:other.example")),
    signed(unsigned(issuer={"id": "did:web:other.example"})),
    signed(unsigned(subject(statusPurpose="suspension"))),
    signed(unsigned(subject(statusPurpose=["suspension", "message"]))),
    # not current
    signed(unsigned(validUntil="2026-11-22T10:00:00Z")),
    signed(unsigned(validFrom="2026-11-22T10:00:01Z")),
    signed(unsigned(validUntil="2026-11-29")),
    # no list
    signed(unsigned(type=["VerifiableCredential"])),
    signed(unsigned({"type": "BitstringStatusList", "statusPurpose": "revocation"})),
    signed(unsigned(subject(encodedList=SHORT))),
    signed(unsigned(subject(encodedList=HUGE))),
    signed(unsigned(subject(encodedList="u!"))),
    signed(unsigned(subject(encodedList=status.encode_list(bits())[1:]))),
    signed(unsigned(subject(ttl=-1))),
    # not signed by the issuer, or not signed for this
    unsigned(),
    changed(unsigned(), proof=[]),
    changed(unsigned(), proof="x"),
    changed(signed(unsigned()), proof={"type": "DataIntegrityProof", "cryptosuite": "bbs-2023"}),
    signed(unsigned(), method=f"{ISSUER}#unlisted"),
    signed(unsigned(), method=f"{ISSUER}#{ED25519.public.to_multikey()}"),
    signed(unsigned(), proofPurpose="authentication"),
    signed(unsigned(), domain="elsewhere.example"),
    signed(unsigned(), expires="2026-11-22T10:00:00Z"),
    signed(unsigned(), created="2026-11-22T10:05:01Z"),
    signed(unsigned(), method=METHODS["P-256"]),
    # changed after it was signed
    changed(signed(unsigned(subject(bits(INDEX)))), credentialSubject=subject()),
    changed(signed(unsigned()), validUntil="2026-11-30T09:00:00Z"),
    changed(signed(unsigned()), validUntil=None),
    changed(signed(unsigned()), note="x"),
    changed(signed(unsigned()), **{"@context": [CREDENTIALS_V2, "https://elsewhere.example/"]}),
]


@pytest.mark.parametrize("number", range(len(REFUSED)))
def test_a_list_that_cannot_be_relied_on_answers_nothing(number: int) -> None:
    assert is_unreliable(ask(REFUSED[number]))


@pytest.mark.parametrize(
    "changes",
    [
        {"controller": "did:web:other.example"},
        {"listed": False},
        {"revoked_at": NOW},
        {"compromised_at": NOW},
        {"expires_at": NOW - timedelta(days=365)},
        {"key": P256.public},
    ],
)
def test_the_key_must_stand_for_the_issuer(changes: dict[str, Any]) -> None:
    method = METHODS["Ed25519"]
    fact = replace(FACT, keys={method: replace(KEY_FACTS[method], **changes)})
    assert is_unreliable(ask(signed(unsigned()), fact))


def test_a_token_is_held_to_the_same_rules() -> None:
    good = unsigned()
    assert ask(token(good)).value is False
    for found in (
        token(good, kid=f"{ISSUER}#unlisted"),
        token(good, kid=""),
        token(good, jwk=P384.public.to_jwk()),
        replace(token(good), signature=bytes(64)),
        token({**good, "exp": NOW.timestamp()}),
        token({**good, "nbf": NOW.timestamp() + 1}),
        token({**good, "nbf": "now"}),
        token({**good, "iss": "did:web:other.example"}),
        token({**good, "vc": good}),
        token({"vp": good}),
        token(unsigned(issuer="did:web:other.example")),
        token(unsigned(validUntil="2026-11-22T10:00:00Z")),
    ):
        assert is_unreliable(ask(found))


def test_in_a_set_one_proof_by_the_issuer_must_fit_and_none_may_fail() -> None:
    document = signed(signed(unsigned()), "ecdsa-rdfc-2019", "P-256")
    assert ask(document).value is False
    proofs = document["proof"]
    assert isinstance(proofs, list) and isinstance(proofs[1], dict)
    broken: JsonObject = {**proofs[1], "created": "2026-03-12T09:30:01Z"}
    assert is_unreliable(ask({**document, "proof": [proofs[0], broken]}))
    without_second = replace(FACT, keys={METHODS["Ed25519"]: KEY_FACTS[METHODS["Ed25519"]]})
    assert ask(document, without_second).value is False


@pytest.mark.parametrize("index", ["131072", "9999999999", str(10**15)])
def test_an_index_outside_of_the_list_is_not_clear(index: str) -> None:
    assert is_unreliable(ask(signed(unsigned()), statusListIndex=index))


@pytest.mark.parametrize(
    "members",
    [
        {"type": "OtherEntry"},
        {"type": ["BitstringStatusListEntry", "StatusList2021Entry"]},
        {"statusListIndex": "-1"},
        {"statusListIndex": "01"},
        {"statusListIndex": "1.0"},
        {"statusListIndex": "１"},
        {"statusListIndex": True},
        {"statusListIndex": None},
        {"statusListIndex": "9" * 40},
        {"statusPurpose": 7},
        {"statusPurpose": ["revocation"]},
        {"statusListCredential": None},
        {"statusSize": 0},
        {"statusSize": "2"},
        {"statusSize": True},
        {"statusSize": 64},
        {"statusSize": 2},
        {"statusSize": 2, "statusMessage": [{"status": "0x0", "message": "a"}]},
        {"statusMessage": "text"},
        {"statusMessage": [{"status": "0", "message": "a"}]},
        {"statusMessage": [{"status": "0x1", "message": "a"}, {"status": "0x01", "message": "b"}]},
    ],
)
def test_an_entry_of_another_shape_asks_nothing(members: JsonObject) -> None:
    assert StatusQuestion.of(entry(**members), "urn:uuid:1") is None
    assert StatusQuestion.of({"type": "1EdTechRevocationList", "id": ADDRESS}) is None
    assert StatusQuestion.of([entry()]) is None


# --- several values, messages, purposes -------------------------------------------------------------------------

MESSAGES: list[JsonValue] = [
    {"status": "0x0", "message": "pending"},
    {"status": "0x1", "message": "accepted"},
    {"status": "0x2", "message": "rejected"},
    {"status": "0x3", "message": "under review"},
]


def test_an_entry_of_two_bits_has_four_values() -> None:
    data = bits(2 * INDEX % 131_072, 2 * 3, 2 * 3 + 1, 2 * 4 + 1)
    document = signed(unsigned(subject(data, statusPurpose="message")))
    asked: dict[str, Any] = {"statusSize": 2, "statusMessage": MESSAGES, "statusPurpose": "message"}
    expected = {0: (False, ""), 3: (True, "under review"), 4: (True, "accepted"), 5: (False, "")}
    for index, (value, message) in expected.items():
        fact = ask(document, statusListIndex=str(index), **asked)
        assert (fact.value, fact.message) == (value, message)
    assert ask(document, statusListIndex="65535", **asked).value is False
    assert is_unreliable(ask(document, statusListIndex="65536", **asked))


@settings(max_examples=40, deadline=None)
@given(size=st.integers(1, 8), index=st.integers(0, 16_383), value=st.integers(0, 255))
def test_a_value_is_read_as_it_was_written(size: int, index: int, value: int) -> None:
    value &= (1 << size) - 1
    data = bits(*(index * size + place for place in range(size) if value >> (size - 1 - place) & 1))
    assert status.get_value(data, index, size) == value
    for outside in (-1, 131_072 // size):
        with pytest.raises(StatusListInvalid):
            status.get_value(data, outside, size)


@pytest.mark.parametrize(
    ("purpose", "value", "code"),
    [
        ("revocation", True, "status.ok"),
        ("suspension", True, "status.ok"),
        ("message", True, "status.ok"),
        ("refresh", True, "status.ok"),
        ("somethingElse", None, "status.unknown_type"),
    ],
)
def test_the_purpose_says_what_a_set_bit_means(purpose: str, value: bool | None, code: str) -> None:
    document = signed(unsigned(subject(bits(INDEX), statusPurpose=[purpose, "other"])))
    fact = ask(document, statusPurpose=purpose)
    assert (fact.value, fact.code, fact.purpose) == (value, code, purpose)
    assert ask(document, statusPurpose=purpose, statusListIndex="0").value is False


def test_the_worst_of_several_answers_is_reported() -> None:
    order = [
        StatusFact(True, "revocation"),
        StatusFact(True, "suspension"),
        StatusFact(None, "revocation", code="status.unreachable"),
        StatusFact(True, "message"),
        StatusFact(False, "revocation"),
    ]
    for worse, fact in enumerate(order):
        for better in order[worse:]:
            assert worst_of([better, fact]) == replace(fact, entries=2, list_ages=(None, None))
    assert worst_of([]) is None


def test_the_entries_of_a_credential_are_asked_in_their_order() -> None:
    document: JsonObject = {
        "id": "urn:uuid:1",
        "credentialStatus": [
            entry(),
            {"type": "Unknown"},
            {"id": "https://issuer.example/revoked", "type": "1EdTechRevocationList"},
        ],
    }
    first, second, third = questions(document)
    assert first == question() and second is None
    assert third is not None and (third.address, third.credential) == ("https://issuer.example/revoked", "urn:uuid:1")


# --- StatusList2021 ---------------------------------------------------------------------------------------------


def list_2021(data: bytes = status.empty(), **members: JsonValue) -> JsonObject:
    encoded = base64.urlsafe_b64encode(gzip.compress(data, mtime=0)).decode()
    made: JsonObject = {
        "@context": [CREDENTIALS_V1, STATUS_LIST_2021_V1, DATA_INTEGRITY_V2],
        "id": ADDRESS,
        "type": ["VerifiableCredential", "StatusList2021Credential"],
        "issuer": ISSUER,
        "issuanceDate": "2026-11-22T09:00:00Z",
        "expirationDate": "2026-11-29T09:00:00Z",
        "credentialSubject": {
            "id": f"{ADDRESS}#list",
            "type": "StatusList2021",
            "statusPurpose": "revocation",
            "encodedList": encoded,
        },
    }
    return {name: value for name, value in {**made, **members}.items() if value is not None}


def test_the_older_list_of_the_data_model_1_1_is_read() -> None:
    for document in (
        signed(list_2021(bits(INDEX))),
        signed(list_2021(bits(INDEX)), "Ed25519Signature2020"),
        token({"vc": list_2021(bits(INDEX)), "iss": ISSUER, "jti": ADDRESS}),
    ):
        assert ask(document, type="StatusList2021Entry").value is True
        assert ask(document, type="StatusList2021Entry", statusListIndex="0").value is False
        assert is_unreliable(ask(document))  # the newer entry means the newer list


@pytest.mark.parametrize(
    "document",
    [
        signed(list_2021(expirationDate="2026-11-22T10:00:00Z")),
        signed(list_2021(issuanceDate="2026-11-22T10:00:01Z")),
        signed(list_2021(issuer="did:web:other.example")),
        signed(list_2021(id=None)),
        list_2021(),
        signed(list_2021(bytes(16_000))),
        changed(signed(list_2021(bits(INDEX))), credentialSubject=list_2021()["credentialSubject"]),
    ],
)
def test_an_older_list_is_held_to_the_same_rules(document: JsonObject) -> None:
    assert is_unreliable(ask(document, type="StatusList2021Entry"))


# --- 1EdTechRevocationList --------------------------------------------------------------------------------------

REVOKED = "https://issuer.example/revoked"
ITSELF: JsonObject = {"id": "urn:uuid:1"}


def revocations(*entries: JsonValue, **members: JsonValue) -> JsonObject:
    made: JsonObject = {"id": REVOKED, "issuer": ISSUER, "revokedCredential": list(entries)}
    return {name: value for name, value in {**made, **members}.items() if value is not None}


def ask_revoked(found: Any, credential: str = "urn:uuid:1") -> StatusFact:
    asked = StatusQuestion.of({"id": REVOKED, "type": ["1EdTechRevocationList"]}, credential)
    assert asked is not None
    return read_status_list(found, asked, issuer=FACT, now=NOW)


@pytest.mark.parametrize(
    ("found", "value", "message"),
    [
        (revocations(), False, ""),
        (revocations({"id": "urn:uuid:2"}), False, ""),
        (revocations({"id": "urn:uuid:2"}, ITSELF), True, ""),
        (revocations({**ITSELF, "revoked": True, "revocationReason": "By mistake"}), True, "By mistake"),
        (revocations({**ITSELF, "revoked": False}), False, ""),
        (revocations({**ITSELF, "revoked": False}, ITSELF), True, ""),
        (revocations({"id": " urn%3Auuid:1"}), True, ""),
        (revocations(ITSELF, id=None, issuer=None), True, ""),
        (revocations(ITSELF, issuer={"id": ISSUER, "type": "Profile"}), True, ""),
        (token(revocations(ITSELF)), True, ""),
    ],
)
def test_a_list_of_revoked_credentials_names_them(found: Any, value: bool, message: str) -> None:
    fact = ask_revoked(found)
    assert (fact.value, fact.message, fact.purpose) == (value, message, "revocation")


@pytest.mark.parametrize(
    "found",
    [
        {},
        {"error": "not found"},
        revocations(id="https://issuer.example/other"),
        revocations(issuer="did:web:other.example"),
        revocations(issuer=["did:web:issuer.example"]),
        revocations(revokedCredential=None),
        revocations(revokedCredential={"id": "urn:uuid:2"}),
        revocations("urn:uuid:1"),
        revocations({"id": 7}),
        revocations({}),
        revocations({"id": "urn:uuid:2", "revoked": "no"}),
        revocations({"id": "urn:uuid:2", "revocationReason": 7}),
        revocations(validUntil="2026-11-22T10:00:00Z"),
        revocations(proof={"type": "DataIntegrityProof"}),
        token(revocations(), kid=f"{ISSUER}#unlisted"),
        replace(token(revocations()), signature=bytes(64)),
    ],
)
def test_a_list_of_revoked_credentials_that_is_not_one_answers_nothing(found: Any) -> None:
    assert is_unreliable(ask_revoked(found))


# --- what an address serves, and for how long it may answer -----------------------------------------------------


def text_of(found: jose.Token) -> str:
    return f"{found.signing_input.decode()}.{base64url_encode(found.signature)}"


def test_a_list_is_read_in_each_form_that_is_served() -> None:
    document, as_token = signed(unsigned()), token(unsigned())
    envelope: JsonObject = {
        "@context": CREDENTIALS_V2,
        "type": "EnvelopedVerifiableCredential",
        "id": f"data:application/vc+jwt,{text_of(as_token)}",
    }
    assert parse_list(dumps(document)) == document
    assert parse_list(b"\xef\xbb\xbf \n" + dumps({"a": 1})) == {"a": 1}
    for body in (text_of(as_token), f" {text_of(as_token)}\n".encode(), dumps(envelope)):
        assert parse_list(body) == as_token
    for served in (b"", b"<html>", b"[1]", b"{", b"\xff\xfe", dumps({**envelope, "id": "data:text/plain,x"}), b"a.b.c"):
        with pytest.raises(OpenBadgesError):
            parse_list(served)


@pytest.mark.parametrize(
    ("found", "seconds"),
    [
        (unsigned(), 3600),
        (unsigned(validUntil=None), 3600),
        (unsigned(validUntil="2026-11-22T10:10:00Z"), 600),
        (unsigned(validUntil="2026-11-22T09:10:00Z"), 0),
        (unsigned(subject(ttl=300_000)), 300),
        (unsigned(subject(ttl=10**11)), 3600),
        (unsigned(subject(ttl="300000")), 0),
        (unsigned(validUntil="soon"), 0),
        (token({**unsigned(validUntil=None), "exp": NOW.timestamp() + 60}), 60),
        (token({"vp": {}}), 0),
        ({}, 3600),
    ],
)
def test_a_list_answers_an_hour_at_most(found: Any, seconds: int) -> None:
    assert time_to_keep(found, NOW) == timedelta(seconds=seconds)


@needs_published
def test_the_published_examples_are_read() -> None:
    example = published_json("w3c/vc-bitstring-status-list/examples/example-2.json")
    made = {**example, "issuer": ISSUER, "validFrom": "2026-11-22T09:00:00Z"}
    made = {name: value for name, value in made.items() if name not in ("proof", "validUntil")}
    asked = StatusQuestion.of(entry(statusListCredential=made["id"]))
    assert asked is not None
    assert read_status_list(signed(made), asked, issuer=FACT, now=NOW).value is False


@settings(max_examples=150, deadline=None)
@given(
    place=st.sampled_from(["encodedList", "statusPurpose", "type", "ttl"]),
    value=st.none() | st.integers() | st.text(max_size=12) | st.lists(st.text(max_size=3), max_size=2) | st.floats(),
)
def test_a_changed_list_is_never_believed(place: str, value: Any) -> None:
    document = signed(unsigned(subject(bits(INDEX))))
    original = document["credentialSubject"]
    assert isinstance(original, dict)
    mutant: JsonObject = {**document, "credentialSubject": {**original, place: value}}
    if mutant["credentialSubject"] != original:
        assert is_unreliable(ask(mutant))
