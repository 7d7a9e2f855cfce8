from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openbadges.did import (
    VerificationMethod,
    build_did_document,
    did_key,
    did_web,
    did_web_url,
    parse_did_document,
    resolve_did_key,
)
from openbadges.errors import DidInvalid, KeyInvalid, OpenBadgesError
from openbadges.keys import PrivateKey

ED25519 = PrivateKey.from_bytes("Ed25519", bytes(range(32))).public
P256 = PrivateKey.generate("P-256").public
DID = "did:web:localhost%3A8000:issuers:sample"


@pytest.mark.parametrize(
    ("origin", "segments", "did", "url"),
    [
        ("http://localhost:8000", ("issuers", "sample"), DID, "http://localhost:8000/issuers/sample/did.json"),
        ("https://badges.example", (), "did:web:badges.example", "https://badges.example/.well-known/did.json"),
        ("https://Badges.Example:443/", ("a",), "did:web:badges.example:a", "https://badges.example/a/did.json"),
        ("https://b.example:8443", (), "did:web:b.example%3A8443", "https://b.example:8443/.well-known/did.json"),
    ],
)
def test_an_origin_has_one_did_and_the_did_one_address(
    origin: str, segments: tuple[str, ...], did: str, url: str
) -> None:
    assert did_web(origin, *segments) == did
    assert did_web_url(did) == url


@pytest.mark.parametrize(
    "origin",
    ["https://127.0.0.1", "https://[::1]", "ftp://a.example", "a.example", "https://a.example/path",
     "https://a b.example",
     "https://u@a.example", "https://a.example?x", "https://a.example:99999", "https://2130706433", "https://ü.example"],
)  # fmt: skip
def test_an_origin_that_is_no_domain_has_no_did(origin: str) -> None:
    with pytest.raises(DidInvalid):
        did_web(origin)


@pytest.mark.parametrize("segment", ["", ".", "..", "a/b", "a:b", "a%2Fb", "ü", "a b"])
def test_a_segment_that_could_change_the_path_is_refused(segment: str) -> None:
    with pytest.raises(DidInvalid):
        did_web("https://a.example", segment)


@pytest.mark.parametrize(
    "did",
    ["did:web:", "did:key:z6Mk", "did:web:127.0.0.1", "did:web:%5B%3A%3A1%5D", "did:web:0x7f000001.1",
     "did:web:a.example:..", "did:web:a.example:%2e%2e", "did:web:a.example:x%2Fy", "did:web:a.example::x",
     "did:web:a.example:x#key", "did:web:a.example?x", "did:web:a.example%3A0", "did:web:a.example%3A70000",
     "did:web:u%40a.example", "did:web:a.example/x", "did:web:a.example:%00", "did:web:" + "a" * 3000, "web:a.example",
     "did:web:a..example", "did:web:-a.example", "did:web:169.254.169.254"],
)  # fmt: skip
def test_a_did_web_that_is_unsafe_to_look_up_has_no_address(did: str) -> None:
    with pytest.raises(DidInvalid):
        did_web_url(did)


@given(st.text(max_size=30))
def test_any_text_is_looked_up_at_its_own_host_or_refused(text: str) -> None:
    try:
        url = did_web_url("did:web:" + text)
    except DidInvalid:
        return
    assert url.startswith(("https://", "http://localhost"))
    assert url.endswith("/did.json")
    assert ".." not in url.split("/")


def test_a_did_key_is_its_own_document() -> None:
    did = did_key(ED25519)
    document = resolve_did_key(did)
    method = document.method(did + "#" + did.removeprefix("did:key:"))
    assert method is not None
    assert (document.id, method.key, method.controller) == (did, ED25519, did)
    assert document.assertion_method == {method.id}
    assert document.method(did) is None


@pytest.mark.parametrize(
    "did", ["did:web:a.example", "did:key:", "did:key:z6Mk", "did:key:z6LSnjagzhe8Df6gZmroW3wjDd7XQLwAuYfwa4ZeTBCGFoYt"]
)
def test_a_did_key_without_a_usable_key_is_refused(did: str) -> None:
    with pytest.raises((DidInvalid, KeyInvalid)):
        resolve_did_key(did)


def test_a_second_spelling_of_a_did_key_is_refused() -> None:
    import base64

    data = b"\xed\x01" + ED25519.data
    with pytest.raises(KeyInvalid):
        resolve_did_key("did:key:u" + base64.urlsafe_b64encode(data).rstrip(b"=").decode())


def test_a_document_reads_back_as_it_was_built() -> None:
    revoked = datetime(2026, 1, 1, tzinfo=UTC)
    methods = (
        VerificationMethod(f"{DID}#key-1", DID, ED25519),
        VerificationMethod(f"{DID}#token-1", DID, P256, expires=datetime(2030, 1, 1, tzinfo=UTC)),
        VerificationMethod(f"{DID}#key-0", DID, PrivateKey.generate("Ed25519").public, revoked=revoked),
    )
    document = parse_did_document(build_did_document(DID, methods, also_known_as=["https://localhost/issuers/sample"]))
    assert document.methods == methods
    assert document.assertion_method == {f"{DID}#key-1", f"{DID}#token-1"}
    assert document.also_known_as == ("https://localhost/issuers/sample",)


def method(**changes: Any) -> dict[str, Any]:
    entry = {"id": "#k", "type": "Multikey", "controller": DID, "publicKeyMultibase": ED25519.to_multikey()}
    return {name: value for name, value in {**entry, **changes}.items() if value is not None}


def document_with(*entries: Any, **members: Any) -> Any:
    return {"id": DID, "verificationMethod": list(entries), "assertionMethod": ["#k"], **members}


def test_relative_names_and_embedded_methods_are_understood() -> None:
    document = parse_did_document({"id": DID, "assertionMethod": [method(), f"{DID}#other"]})
    assert [found.id for found in document.methods] == [f"{DID}#k"]
    assert document.assertion_method == {f"{DID}#k", f"{DID}#other"}


@pytest.mark.parametrize(
    "entry",
    [
        method(type="X25519KeyAgreementKey2020"), method(publicKeyMultibase="z6Mk"), method(publicKeyMultibase=None),
        method(publicKeyJwk=P256.to_jwk()), method(type="JsonWebKey"), method(controller=5), method(type=["Multikey"]),
        method(publicKeyMultibase=None, type="JsonWebKey", publicKeyJwk={**P256.to_jwk(), "d": "AAAA"}), "text", 5,
    ],
)  # fmt: skip
def test_a_method_that_cannot_be_used_is_left_out(entry: Any) -> None:
    assert parse_did_document(document_with(entry)).methods == ()


@pytest.mark.parametrize(
    "document",
    [
        {}, {"id": 5}, document_with(method(), method()), document_with(method(), method(id=f"{DID}#k")),
        document_with(method(revoked="yesterday")), document_with(method(expires=5)),
        document_with(*(method(id=f"#{n}") for n in range(101))),
    ],
)  # fmt: skip
def test_a_document_that_could_be_read_in_two_ways_is_refused(document: Any) -> None:
    with pytest.raises(DidInvalid):
        parse_did_document(document)


JSON = st.recursive(
    st.none() | st.integers() | st.sampled_from([DID, "#k", "Multikey", ED25519.to_multikey()]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["id", "type", "controller", "publicKeyMultibase", "publicKeyJwk", "kty"]), inner
        )
    ),
    max_leaves=6,
)


@given(JSON, JSON, JSON)
def test_any_shape_of_document_is_read_or_refused(methods: Any, allowed: Any, known: Any) -> None:
    try:
        document = parse_did_document(
            {"id": DID, "verificationMethod": methods, "assertionMethod": allowed, "alsoKnownAs": known}
        )
    except OpenBadgesError:
        return
    assert all(found.key == ED25519 for found in document.methods)
