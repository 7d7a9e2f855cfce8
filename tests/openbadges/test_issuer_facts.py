"""Whose key is it: DIDs, profiles and key addresses, and every way in which a key does not count."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from openbadges import jose
from openbadges.checks.issuer import key_objection
from openbadges.checks.proof import Signature
from openbadges.did import did_key, resolve_did_jwk
from openbadges.errors import DidInvalid, KeyInvalid, OpenBadgesError
from openbadges.facts import IssuerFact
from openbadges.issuer_facts import (
    from_did_document,
    from_id,
    from_profile,
    key_in_header,
    key_in_method,
    unresolved,
    with_key_in_header,
    with_keys,
)
from openbadges.json_types import JsonObject, JsonValue
from openbadges.keys import PrivateKey
from openbadges.multiformats import base64url_encode
from openbadges.strict_json import dumps
from tests.openbadges.cases import NOW, token_text
from tests.openbadges.samples import eu_complete
from tests.openbadges.suite_signing import ED25519, P256, P384

RSA = PrivateKey.generate("RSA")
PROFILE = "https://issuer.example/profile"
DID = "did:web:issuer.example"
ID = "https://id.example"
KEY_URL = "https://issuer.example/keys/1"
WEAK = base64url_encode(bytes([1]) + bytes(31))


def did_jwk(jwk: JsonValue) -> str:
    return f"did:jwk:{base64url_encode(dumps(jwk))}"


def multikey(of: str, name: str = "#key-1", **members: JsonValue) -> JsonObject:
    made: JsonObject = {
        "id": f"{of}{name}",
        "type": "Multikey",
        "controller": of,
        "publicKeyMultibase": ED25519.public.to_multikey(),
    }
    return {**made, **members}


def objection(fact: IssuerFact, method: str, made_at: datetime | None = None) -> str | None:
    return key_objection(fact, Signature(fact.keys[method], made_at), NOW)


# --- did:key and did:jwk ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("key", [ED25519, P256, P384, RSA], ids=lambda key: key.algorithm)
def test_a_did_key_or_did_jwk_is_its_own_document(key: PrivateKey) -> None:
    did = did_key(key.public)
    for issuer, method in ((did, f"{did}#{did[8:]}"), ((own := did_jwk(key.public.to_jwk())), f"{own}#0")):
        fact = from_id(issuer)
        assert fact is not None and fact.resolved and fact.method == issuer[:7]
        assert fact.keys[method].key == key.public
        assert objection(fact, method) is None
        carried = key_in_method(method)
        assert carried is not None and carried.key == key.public and not carried.listed


def test_a_bare_did_names_its_only_key() -> None:
    for did in (did_key(ED25519.public), did_jwk(P256.public.to_jwk())):
        carried = key_in_method(did)
        assert carried is not None and carried.controller == did
        assert key_in_method(f"{did}#another") is None


@pytest.mark.parametrize(
    ("did", "error"),
    [
        ("did:key:z6Mk", DidInvalid),
        ("did:jwk:!!", DidInvalid),
        ("did:jwk:" + "A" * 3000, DidInvalid),
        (did_jwk({"kty": "OKP", "crv": "Ed25519", "x": WEAK}), KeyInvalid),
        (did_jwk({**P256.public.to_jwk(), "use": "enc"}), KeyInvalid),
        (did_jwk({**P256.public.to_jwk(), "d": "AAAA"}), KeyInvalid),
        (did_jwk({"kty": "RSA", "n": base64url_encode(b"\xff" * 256), "e": "AQ"}), KeyInvalid),
        (did_jwk([1]), OpenBadgesError),
        ("did:jwk:" + base64url_encode(b'{"kty":"OKP","kty":"EC"}'), OpenBadgesError),
    ],
)
def test_a_did_jwk_that_holds_no_key_is_refused(did: str, error: type[OpenBadgesError]) -> None:
    with pytest.raises(error):
        resolve_did_jwk(did)
    if did.startswith("did:jwk:"):
        assert from_id(did) == unresolved(did, "issuer.document_invalid")


def test_other_ids_are_looked_up_or_not_known() -> None:
    assert from_id(DID) is None
    assert from_id(PROFILE) is None
    for other in ("did:example:1", "http://issuer.example/", "", "urn:uuid:1"):
        assert from_id(other) == unresolved(other, "issuer.unsupported_method")


@pytest.mark.parametrize(
    "method",
    ["", "#", "#z", f"#z6Mk{'1' * 40}", "did:key:", "did:key:#", "did:jwk:e30", f"{PROFILE}#key-1", "#uAAAA"],
)
def test_a_method_without_a_key_in_it_carries_none(method: str) -> None:
    assert key_in_method(method) is None


def test_a_key_in_a_fragment_proves_no_issuer() -> None:
    carried = key_in_method(f"{PROFILE}#{ED25519.public.to_multikey()}")
    assert carried is not None and carried.controller == PROFILE
    fact = IssuerFact(PROFILE, "https", keys={carried.method: carried})
    assert objection(fact, carried.method) == "issuer.key_not_listed"


# --- documents --------------------------------------------------------------------------------------------------


def document(of: str, **members: JsonValue) -> JsonObject:
    return {"id": of, "verificationMethod": [multikey(of)], "assertionMethod": ["#key-1"], **members}


@pytest.mark.parametrize("read", [from_did_document, from_profile])
@pytest.mark.parametrize(
    ("members", "expected"),
    [
        ({}, None),
        ({"assertionMethod": [f"{ID}#key-1"]}, None),
        ({"assertionMethod": f"{ID}#key-1"}, None),
        ({"verificationMethod": [], "assertionMethod": [multikey(ID)]}, None),
        ({"assertionMethod": []}, "issuer.key_not_listed"),
        ({"assertionMethod": ["#key-2"]}, "issuer.key_not_listed"),
        ({"assertionMethod": [], "authentication": ["#key-1"]}, "issuer.key_not_listed"),
        ({"verificationMethod": [multikey(ID, controller="did:web:b")]}, "issuer.key_of_another"),
        ({"verificationMethod": [multikey(ID, revoked="2026-11-22T10:00:00Z")]}, "issuer.key_revoked"),
        ({"verificationMethod": [multikey(ID, revoked="2026-11-22T10:00:01Z")]}, None),
        ({"verificationMethod": [multikey(ID, expires="2026-01-01T00:00:00Z")]}, "issuer.key_expired"),
        ({"verificationMethod": [multikey(ID, expires="2026-06-01T00:00:00Z")]}, None),
    ],
)  # fmt: skip
def test_a_key_counts_while_its_document_stands_behind_it(read: Any, members: JsonObject, expected: str | None) -> None:
    fact = read(ID, document(ID, **members))
    assert fact.resolved
    assert objection(fact, f"{ID}#key-1", datetime(2026, 3, 1, tzinfo=UTC)) == expected


@pytest.mark.parametrize("read", [from_did_document, from_profile])
@pytest.mark.parametrize(
    "served",
    [
        None,
        [],
        "text",
        {},
        document("https://other.example"),
        document(ID, verificationMethod=[multikey(ID)] * 2),
        document(ID, verificationMethod=[multikey(ID, revoked="yesterday")]),
        document(ID, assertionMethod=[multikey(ID, f"#{n}") for n in range(101)]),
    ],
)
def test_a_document_that_is_not_the_issuers_proves_nothing(read: Any, served: JsonValue) -> None:
    fact = read(ID, served)
    assert (fact.resolved, fact.problem, dict(fact.keys)) == (False, "issuer.document_invalid", {})


@pytest.mark.parametrize(
    "entry",
    [
        multikey(DID, publicKeyMultibase="z6MkUnreadable"),
        multikey(DID, type="Ed25519VerificationKey2018"),
        multikey(DID, publicKeyJwk=P256.public.to_jwk()),
        {"id": f"{DID}#key-1", "type": "JsonWebKey", "publicKeyJwk": {"kty": "OKP", "crv": "Ed25519", "x": WEAK}},
        {"id": f"{DID}#key-1", "type": "JsonWebKey", "publicKeyJwk": {**P256.public.to_jwk(), "d": "AAAA"}},
    ],
)
def test_a_weak_or_unknown_key_is_left_out(entry: JsonObject) -> None:
    fact = from_did_document(DID, document(DID, verificationMethod=[entry]))
    assert fact.resolved and not fact.keys


# --- https profiles and key addresses ---------------------------------------------------------------------------


def older_key(owner: str) -> JsonObject:
    entry = {name: value for name, value in multikey(PROFILE).items() if name != "controller"}
    return {**entry, "owner": owner}


@pytest.mark.parametrize(
    "keys",
    [
        {"verificationMethod": multikey(PROFILE)},
        {"publicKey": [multikey(PROFILE)]},
        {"publicKey": older_key(PROFILE)},
    ],
)
def test_a_profile_without_assertion_methods_lets_all_its_keys_sign(keys: JsonObject) -> None:
    assert objection(from_profile(PROFILE, {"id": PROFILE, **keys}), f"{PROFILE}#key-1") is None


def test_an_older_key_of_somebody_else_is_not_the_issuers() -> None:
    fact = from_profile(PROFILE, {"id": PROFILE, "publicKey": older_key("https://other.example/")})
    assert objection(fact, f"{PROFILE}#key-1") == "issuer.key_of_another"


JWK = P256.public.to_jwk()


@pytest.mark.parametrize(
    ("method", "served"),
    [
        (KEY_URL, JWK),
        (KEY_URL, {"keys": [JWK]}),
        (f"{KEY_URL}#a", {"keys": [{**JWK, "kid": "b"}, {**P384.public.to_jwk(), "kid": "c"}, {**JWK, "kid": "a"}]}),
        (f"{KEY_URL}#a", {"keys": [{**JWK, "kid": f"{KEY_URL}#a"}]}),
        (KEY_URL, {"id": KEY_URL, "type": "JsonWebKey", "controller": PROFILE, "publicKeyJwk": JWK}),
        (f"{KEY_URL}#a", {"id": f"{KEY_URL}#a", "type": "JsonWebKey", "controller": PROFILE, "publicKeyJwk": JWK}),
    ],
)
def test_a_key_with_an_address_on_the_issuers_origin_counts(method: str, served: JsonObject) -> None:
    silent = from_profile(PROFILE, {"id": PROFILE, "name": "Sample (SAMPLE)"})
    fact = with_keys(silent, method, served)
    assert fact.keys[method].key == P256.public
    assert objection(fact, method) is None
    listing = from_profile(PROFILE, {"id": PROFILE, "assertionMethod": [method]})
    assert objection(with_keys(listing, method, served), method) is None


@pytest.mark.parametrize(
    "profile",
    [
        {"id": PROFILE, "verificationMethod": [multikey(PROFILE)]},
        {"id": PROFILE, "assertionMethod": []},
        {"id": PROFILE, "verificationMethod": [KEY_URL], "assertionMethod": []},
        {"id": PROFILE, "publicKey": "https://issuer.example/keys/2"},
    ],
)
def test_a_profile_that_lists_keys_means_no_others(profile: JsonObject) -> None:
    fact = with_keys(from_profile(PROFILE, profile), KEY_URL, JWK)
    assert objection(fact, KEY_URL) == "issuer.key_not_listed"


@pytest.mark.parametrize(
    ("method", "served"),
    [
        ("https://elsewhere.example/keys/1", JWK),
        ("https://issuer.example:8443/keys/1", JWK),
        ("http://issuer.example/keys/1", JWK),
        (KEY_URL, None),
        (KEY_URL, []),
        (KEY_URL, {}),
        (KEY_URL, {"keys": []}),
        (KEY_URL, {"keys": [JWK, JWK]}),
        (f"{KEY_URL}#a", {"keys": [{**JWK, "kid": "a"}, {**JWK, "kid": "a"}]}),
        (f"{KEY_URL}#a", {"keys": [{**JWK, "kid": "b"}]}),
        (KEY_URL, {**JWK, "revoked": {"revoked_at": 1}}),
        (KEY_URL, {**JWK, "d": "AAAA"}),
        (KEY_URL, {"id": KEY_URL, "type": "JsonWebKey", "publicKeyJwk": JWK}),
        (KEY_URL, {"id": KEY_URL, "type": "JsonWebKey", "controller": DID, "publicKeyJwk": JWK}),
        (KEY_URL, {"id": f"{KEY_URL}0", "type": "JsonWebKey", "controller": PROFILE, "publicKeyJwk": JWK}),
    ],
)
def test_any_other_address_or_content_gives_no_key(method: str, served: JsonValue) -> None:
    silent = from_profile(PROFILE, {"id": PROFILE})
    assert with_keys(silent, method, served) == silent


def test_only_https_issuers_have_keys_with_addresses() -> None:
    for fact in (from_did_document(DID, document(DID)), unresolved(PROFILE, "issuer.unreachable")):
        assert with_keys(fact, KEY_URL, JWK) == fact


# --- keys in tokens ---------------------------------------------------------------------------------------------


def token_with(**header: JsonValue) -> jose.Token:
    token = jose.parse_token(token_text(eu_complete().to_json()))
    return replace(token, header={"alg": "ES256", **header}, kid=None)


def test_a_key_in_a_header_stands_for_the_same_key_of_the_issuer() -> None:
    fact = from_profile(PROFILE, {"id": PROFILE, "verificationMethod": [multikey(PROFILE)]})
    found = with_key_in_header(fact, token_with(jwk=ED25519.public.to_jwk()))
    assert found.keys[""] == fact.keys[f"{PROFILE}#key-1"]
    for other in (token_with(jwk=JWK), token_with(), token_with(jwk={"kty": "oct", "k": "AAAA"}), None):
        assert with_key_in_header(fact, other) == fact
    assert key_in_header(token_with(jwk={**JWK, "alg": "RS256"})) is None


VALUES: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.text(max_size=8) | st.sampled_from([PROFILE, KEY_URL, "#key-1", "Multikey"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["id", "type", "controller", "owner", "keys", "kty", "publicKeyJwk", "revoked", "kid"]),
            inner,
            max_size=4,
        )
    ),
    max_leaves=15,
)


@settings(max_examples=200, deadline=None)
@given(
    served=st.dictionaries(
        st.sampled_from(["id", "verificationMethod", "assertionMethod", "publicKey", "keys", "publicKeyJwk"]), VALUES
    )
)
def test_whatever_an_address_serves_gets_an_answer(served: JsonObject) -> None:
    for fact in (from_profile(PROFILE, {**served, "id": PROFILE}), from_did_document(DID, {**served, "id": DID})):
        assert isinstance(with_keys(fact, KEY_URL, served), IssuerFact)
