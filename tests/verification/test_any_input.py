"""Any bytes into page and API: a verdict or a 4xx, never an error of ours, and nothing valid that we did not sign."""

import json
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from credentials.models import Award
from issuers.keystore import private_key
from openbadges import jose, strict_json
from openbadges.data_integrity import add_proof
from openbadges.json_types import JsonObject
from openbadges.keys import PrivateKey
from openbadges.multiformats import base64url_encode
from verification import evidence
from verification.services import verify

MODEST = settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
SHAPES = st.sampled_from(
    [
        b"{",
        b'{"type":["VerifiableCredential"],"issuer":',
        b"\x89PNG\r\n\x1a\n",
        b"<svg xmlns='http://www.w3.org/2000/svg'>",
        b"<!DOCTYPE svg [<!ENTITY a 'b'>]><svg>",
        b"eyJhbGciOiJFUzI1NiJ9.",
        b"http://localhost:8000/c/",
        b"http://[",
        b"\xef\xbb\xbf",
        b"",
    ]
)
BYTES = st.builds(bytes.__add__, SHAPES, st.binary(max_size=200))
TEXT = st.builds(str.__add__, SHAPES.map(lambda start: start.decode("latin-1")), st.text(max_size=100))
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(max_size=8),
    lambda children: st.lists(children, max_size=3) | st.dictionaries(st.text(max_size=5), children, max_size=3),
    max_leaves=6,
)


def state_of(given: str | bytes) -> str:
    return verify(given, now=timezone.now()).report.state


@MODEST
@given(data=BYTES)
def test_any_file_gets_a_verdict_or_a_refusal(client: Client, db: None, data: bytes) -> None:
    for path in ("/api/v1/verify", "/verify"):
        response = client.post(path, {"file": SimpleUploadedFile("badge", data)})
        assert response.status_code < 500
    assert b"Valid credential" not in response.content


@MODEST
@given(text=TEXT)
def test_any_text_gets_a_verdict_or_a_refusal(client: Client, db: None, text: str) -> None:
    body = json.dumps({"input": text})
    assert client.post("/api/v1/verify", body, content_type="application/json").status_code < 500
    assert client.post("/verify", {"input": text.encode("utf-8", "replace")}).status_code < 500
    assert client.get("/verify", {"url": text.encode("utf-8", "replace")}).status_code < 500


@MODEST
@given(
    body=st.binary(max_size=200), media_type=st.sampled_from(["application/json", "multipart/form-data; boundary=x"])
)
def test_any_request_body_gets_an_answer(client: Client, db: None, body: bytes, media_type: str) -> None:
    response = client.generic("POST", "/api/v1/verify", body, content_type=media_type)
    assert 200 <= response.status_code < 500


MEMBERS = ["@context", "id", "type", "name", "issuer", "validFrom", "validUntil", "credentialSubject"]
MEMBERS += ["credentialStatus", "evidence", "proof"]


@MODEST
@given(member=st.sampled_from(MEMBERS), value=VALUES)
def test_a_badge_of_ours_with_any_member_replaced_is_never_valid(award: Award, member: str, value: Any) -> None:
    document = strict_json.loads(award.document)
    assert isinstance(document, dict)
    assert state_of(award.document) == "valid"
    if document.get(member) != value:
        state = state_of(json.dumps({**document, member: value}))
        assert state != "valid"


@MODEST
@given(data=st.data())
def test_a_token_of_ours_with_one_other_character_is_never_valid(award: Award, data: st.DataObject) -> None:
    token = evidence.token_text(award)
    position = data.draw(st.integers(0, len(token) - 1))
    letter = data.draw(st.sampled_from("AbZ09-_.= {").filter(lambda letter: letter != token[position]))
    assert state_of(token) == "valid"
    assert state_of(token[:position] + letter + token[position + 1 :]) != "valid"


# What an attacker signs himself, with our names in it


ATTACKER = PrivateKey.from_bytes("Ed25519", bytes(range(32)))


def resigned(award: Award, **members: Any) -> str:
    document = strict_json.loads(award.document)
    assert isinstance(document, dict)
    document = {**{name: value for name, value in document.items() if name != "proof"}, **members}
    method = f"{award.issuer.did}#key-1"
    return strict_json.dumps(add_proof(document, ATTACKER, verification_method=method, created=timezone.now())).decode()


def entry(address: str, index: object, **members: Any) -> JsonObject:
    return {
        "id": "urn:uuid:00000000-0000-4000-8000-000000000000",
        "type": "BitstringStatusListEntry",
        "statusPurpose": "revocation",
        "statusListIndex": index,
        "statusListCredential": address,
        **members,
    }


@pytest.mark.parametrize("index", ["131072", "9999999999999999", "-1", "0x1", "", 7, 10**9])
def test_an_index_outside_our_list_is_judged(award: Award, index: object) -> None:
    state = state_of(resigned(award, credentialStatus=entry(award.status_list.address, index)))
    assert state != "valid"


def test_our_own_signature_over_an_index_outside_our_list_is_judged(award: Award) -> None:
    document = strict_json.loads(award.document)
    assert isinstance(document, dict) and award.proof_key is not None
    del document["proof"]
    document["credentialStatus"] = entry(award.status_list.address, "9999999999")
    method = f"{award.issuer.did}#{award.proof_key.fragment}"
    signed = add_proof(document, private_key(award.proof_key), verification_method=method, created=timezone.now())
    assert state_of(strict_json.dumps(signed)) != "valid"


def test_thousands_of_status_entries_cost_a_few_look_ups(award: Award, django_assert_max_num_queries: Any) -> None:
    entries = [entry(award.status_list.address, str(index)) for index in range(1_000)]
    with django_assert_max_num_queries(40):
        state = state_of(json.dumps({**json.loads(award.document), "credentialStatus": entries}))
    assert state != "valid"


@pytest.mark.parametrize(
    "payload",
    [
        {"vp": {}},
        {"vc": 1, "issuer": "x"},
        {"vc": {"issuer": {"id": "did:web:localhost%3A8000:issuers:sample-academy"}}, "iss": "other"},
        {"issuer": {"id": "did:web:localhost%3A8000:issuers:sample-academy"}, "iss": 7},
        {"exp": "soon", "nbf": []},
        {},
    ],
)
def test_a_token_with_claims_that_contradict_each_other_is_judged(db: None, payload: dict[str, Any]) -> None:
    def part(value: object) -> str:
        return base64url_encode(json.dumps(value, separators=(",", ":")).encode())

    token = f"{part({'alg': 'ES256', 'typ': 'JWT'})}.{part(payload)}.{'A' * 86}"
    assert jose.parse_token(token).payload == payload
    assert state_of(token) != "valid"


@pytest.mark.parametrize(
    "issuer",
    [
        "did:web:localhost%3A8000:issuers:sample-academy\x00",
        "did:web:localhost%3A8000:issuers:",
        "did:web:",
        "did:web:127.0.0.1",
        "did:key:z",
        "did:key:" + "z" * 5_000,
        "http://[",
        "https://university.example",
        "",
        7,
        None,
        [],
        {"id": ["x"]},
    ],
)
def test_any_issuer_is_judged(award: Award, issuer: Any) -> None:
    text = json.dumps({**json.loads(award.document), "issuer": issuer})
    assert state_of(text) != "valid"
