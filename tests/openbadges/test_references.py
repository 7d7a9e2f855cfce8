"""What a credential needs from elsewhere, for each kind of issuer, proof, status entry and endorsement."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from openbadges import jose
from openbadges.endorsements import MOST_ENDORSEMENTS, endorsed_ids, endorsements_in
from openbadges.json_types import JsonObject, JsonValue
from openbadges.references import Reference, needed, same_origin
from openbadges.status_entry import MOST_STATUS_ENTRIES
from tests.openbadges.cases import signed_sample, token_text
from tests.openbadges.samples import ISSUER_DID, eu_complete

LIST = "https://issuer.example/status/1"


def credential(issuer: JsonValue = "did:web:issuer.example", **members: JsonValue) -> JsonObject:
    return {"id": "urn:uuid:1", "issuer": issuer, **members}


def entry(address: JsonValue = LIST, **members: JsonValue) -> JsonObject:
    made: JsonObject = {
        "type": "BitstringStatusListEntry",
        "statusPurpose": "revocation",
        "statusListIndex": "7",
        "statusListCredential": address,
    }
    return {**made, **members}


def test_an_own_sample_needs_its_issuer_and_its_list() -> None:
    document = signed_sample()
    status = document["credentialStatus"]
    assert isinstance(status, dict)
    issuer, *lists = needed(document)
    assert (issuer.kind, issuer.id) == ("did_document", ISSUER_DID)
    assert [(reference.kind, reference.url) for reference in lists] == [("status_list", status["statusListCredential"])]


def test_a_token_needs_what_its_credential_needs() -> None:
    text = token_text(eu_complete().to_json())
    assert needed(jose.parse_token(text)) == needed(eu_complete().to_json())


@pytest.mark.parametrize(
    ("issuer", "expected"),
    [
        ("did:web:issuer.example", [("did_document", "https://issuer.example/.well-known/did.json")]),
        (
            {"id": "did:web:issuer.example%3A8443:a"},
            [("did_document", "https://issuer.example:8443/a/did.json")],
        ),
        ("https://issuer.example/profile#me", [("issuer_profile", "https://issuer.example/profile")]),
        ("did:key:z6MkrJVnaZkeFzdQyMZu1cgjg7k1pZZ6pvBQ7XJPt4swbTQ2", []),
        ("did:jwk:e30", []),
        ("did:web:127.0.0.1", []),
        ("did:web:issuer.example:..", []),
        ("did:example:1", []),
        ("http://issuer.example/profile", []),
        ("https://", []),
        ("https://user@issuer.example/", []),
        ("https://issuer.example:99999/", []),
        ("https://issuer.example/a b", []),
        ("https://[::1", []),
        (None, []),
        (["did:web:issuer.example"], []),
    ],
)
def test_the_issuer_decides_where_keys_are_looked_up(issuer: JsonValue, expected: list[tuple[str, str]]) -> None:
    assert [(reference.kind, reference.url) for reference in needed(credential(issuer))] == expected


@pytest.mark.parametrize(
    ("method", "keys"),
    [
        ("https://issuer.example/keys/1", ["https://issuer.example/keys/1"]),
        ("https://ISSUER.example:443/keys#1", ["https://ISSUER.example:443/keys"]),
        ("https://issuer.example/profile#key-1", []),
        ("https://elsewhere.example/keys/1", []),
        ("https://issuer.example:8443/keys/1", []),
        ("http://issuer.example/keys/1", []),
        ("did:web:issuer.example#key-1", []),
        (7, []),
    ],
)
def test_a_key_with_an_address_counts_on_the_origin_of_an_https_issuer_only(method: JsonValue, keys: list[str]) -> None:
    issuer = "https://issuer.example/profile"
    proof: JsonObject = {"type": "DataIntegrityProof", "verificationMethod": method}
    found = needed(credential(issuer, proof=[proof]))
    assert [reference.url for reference in found if reference.kind == "keys"] == keys
    found = needed(credential("did:web:issuer.example", proof=proof))
    assert [reference.url for reference in found if reference.kind == "keys"] == []


def test_a_token_of_an_https_issuer_needs_the_key_that_its_header_names() -> None:
    token = jose.parse_token(token_text(eu_complete().to_json()))
    payload = {**token.payload, "issuer": "https://issuer.example/profile", "iss": "https://issuer.example/profile"}
    found = needed(replace(token, payload=payload, kid="https://issuer.example/keys/1#a"))
    assert Reference("keys", "https://issuer.example/keys/1", "https://issuer.example/keys/1#a") in found


@pytest.mark.parametrize(
    ("status", "lists"),
    [
        (entry(), [LIST]),
        ([entry(), entry(statusPurpose="suspension")], [LIST]),
        ([entry(), entry(f"{LIST}0")], [LIST, f"{LIST}0"]),
        (entry(type="StatusList2021Entry"), [LIST]),
        ({"id": f"{LIST}9", "type": "1EdTechRevocationList"}, [f"{LIST}9"]),
        ([entry(f"{LIST}{number}") for number in range(9)], [f"{LIST}{number}" for number in range(4)]),
        (entry(type="OtherStatus2030"), []),
        (entry("http://issuer.example/status"), []),
        (entry(7), []),
        ("https://issuer.example/status/1", []),
    ],
)
def test_each_list_is_asked_for_once(status: JsonValue, lists: list[str]) -> None:
    found = needed(credential("did:key:z6Mk", credentialStatus=status))
    assert [reference.url for reference in found] == lists
    assert len(lists) <= MOST_STATUS_ENTRIES


def test_endorsements_come_after_what_the_badge_itself_needs() -> None:
    by_other: JsonObject = {"id": "urn:uuid:2", "issuer": "did:web:endorser.example", "credentialStatus": entry()}
    creator: JsonObject = {"id": "https://creator.example/", "endorsement": [by_other]}
    subject: JsonObject = {"achievement": {"id": "urn:uuid:3", "creator": creator}}
    document = credential(credentialSubject=subject, endorsement=by_other, endorsementJwt=["a.b", 7])
    assert [found.document for found in endorsements_in(document)] == [by_other, {}, {}]
    urls = [reference.url for reference in needed(document)]
    assert urls == [
        "https://issuer.example/.well-known/did.json",
        "https://endorser.example/.well-known/did.json",
        LIST,
    ]
    assert endorsed_ids(document) == {
        "urn:uuid:1",
        "urn:uuid:3",
        "https://creator.example/",
        "did:web:issuer.example",
    }


def test_no_badge_asks_for_more_than_the_first_endorsements() -> None:
    many: list[JsonValue] = [{"issuer": f"did:web:e{number}.example"} for number in range(100)]
    assert len(needed(credential("did:key:z6Mk", endorsement=many))) == MOST_ENDORSEMENTS


def test_an_endorsement_in_a_token_is_read() -> None:
    text = token_text(eu_complete().to_json())
    (found,) = endorsements_in(credential(endorsementJwt=text))
    assert found.token is not None and found.document["id"] == eu_complete().to_json()["id"]


def test_origins_are_compared_as_addresses() -> None:
    assert same_origin("https://a.example/x", "https://A.EXAMPLE:443/y#z")
    assert not same_origin("https://a.example", "https://a.example.evil.example")
    assert not same_origin("https://a.example@evil.example/", "https://a.example/")
    assert not same_origin("urn:uuid:1", "urn:uuid:1")


ANYTHING: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20) | st.sampled_from([LIST, "did:web:a.example"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["id", "type", "issuer", "proof", "credentialStatus", "credentialSubject", "achievement", "endorsement"]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=20,
)


@settings(max_examples=200, deadline=None)
@given(document=st.dictionaries(st.sampled_from(["issuer", "credentialStatus", "endorsement", "proof"]), ANYTHING))
def test_any_document_gets_an_answer(document: JsonObject) -> None:
    assert all(reference.url.startswith(("https://", "http://localhost")) for reference in needed(document))
