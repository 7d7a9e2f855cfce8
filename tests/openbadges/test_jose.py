"""VC-JWT on our own path, held to PyJWT both ways."""

import base64
import json
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from hypothesis import given, settings
from hypothesis import strategies as st

from openbadges.errors import KeyInvalid, OpenBadgesError, TokenInvalid
from openbadges.jose import (
    KEY_OF_ALGORITHM,
    assemble_token,
    claims_for,
    credential_of,
    parse_token,
    sign_token,
    verify_token,
)
from openbadges.json_types import JsonObject
from openbadges.keys import PrivateKey
from tests.openbadges.published import needs_published, published_text
from tests.openbadges.test_jsonld import BADGE

KEYS = {alg: PrivateKey.generate(kind) for alg, kind in KEY_OF_ALGORITHM.items()}
KID = "did:web:issuer.example#token-1"
SUBJECT = "urn:uuid:11111111-2222-4333-8444-555555555555"
DOCUMENT: JsonObject = {
    **BADGE,
    "validUntil": "2029-01-01T00:00:00Z",
    "credentialSubject": {**BADGE["credentialSubject"], "id": SUBJECT},  # type: ignore[dict-item]
}


def token_of(document: JsonObject, alg: str = "ES256") -> str:
    signature = sign_token(document, KEYS[alg], kid=KID, alg=alg)
    return assemble_token(document, kid=KID, alg=alg, signature=signature)


def b64(value: object) -> str:
    data = value if isinstance(value, bytes) else json.dumps(value).encode()
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def made(header: object, payload: object, alg: str = "ES256") -> str:
    text = f"{b64(header)}.{b64(payload)}"
    return f"{text}.{b64(KEYS[alg].sign(text.encode()))}"


def accept(text: str, alg: str = "ES256") -> JsonObject:
    token = parse_token(text)
    verify_token(token, KEYS[alg].public)
    return credential_of(token)


@pytest.mark.parametrize("alg", KEY_OF_ALGORITHM)
def test_a_token_gives_its_credential_back(alg: str) -> None:
    text = token_of(DOCUMENT, alg)
    assert accept(text, alg) == DOCUMENT
    token = parse_token(text)
    assert token.header == {"alg": alg, "kid": KID, "typ": "JWT"}
    assert (token.alg, token.kid) == (alg, KID)
    assert token_of({**DOCUMENT, "proof": [{}]}, alg) == text


def test_the_claims_repeat_the_credential() -> None:
    claims = claims_for(DOCUMENT)
    assert {name: claims[name] for name in ("iss", "sub", "jti", "nbf", "exp")} == {
        "iss": "did:web:issuer.example",
        "sub": SUBJECT,
        "jti": DOCUMENT["id"],
        "nbf": 1_767_225_600,
        "exp": 1_861_920_000,
    }
    assert "exp" not in claims_for({name: value for name, value in DOCUMENT.items() if name != "validUntil"})


@pytest.mark.parametrize("alg", KEY_OF_ALGORITHM)
@settings(max_examples=8, deadline=None)
@given(name=st.text(st.characters(exclude_categories=["Cs"]), max_size=20))
def test_pyjwt_reads_our_tokens_and_we_read_its(alg: str, name: str) -> None:
    document: JsonObject = {**DOCUMENT, "name": name}
    public: Any = jwt.PyJWK({**KEYS[alg].public.to_jwk(), "alg": alg}).key
    options: Any = {"verify_exp": False, "verify_nbf": False, "verify_sub": False}
    assert jwt.decode(token_of(document, alg), public, algorithms=[alg], options=options) == claims_for(document)
    theirs = jwt.encode(claims_for(document), private_of(alg), algorithm=alg, headers={"kid": KID})
    assert accept(theirs, alg) == document


def private_of(alg: str) -> Any:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    data = KEYS[alg].to_bytes()
    if alg == "EdDSA":
        return Ed25519PrivateKey.from_private_bytes(data)
    return serialization.load_der_private_key(data, None)


def test_every_single_changed_character_is_refused() -> None:
    text = token_of({**DOCUMENT, "name": "n"})
    for place, letter in enumerate(text):
        for other in {"A", "B", "_", ".", "=", " ", chr(ord(letter) ^ 1), letter.swapcase()} - {letter}:
            spoiled = text[:place] + other + text[place + 1 :]
            with pytest.raises(OpenBadgesError):
                accept(spoiled)
        with pytest.raises(OpenBadgesError):
            accept(text[:place] + text[place + 1 :])


@pytest.mark.parametrize("alg", ["ES256", "EdDSA", "RS256"])
def test_the_last_letters_have_one_spelling(alg: str) -> None:
    text = token_of(DOCUMENT, alg)
    for letter in "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_":
        for place in (len(text) - 1, text.index("."), text.rindex(".") - 1, text.index(".") - 1):
            spoiled = text[:place] + letter + text[place + 1 :]
            if spoiled != text:
                with pytest.raises(OpenBadgesError):
                    accept(spoiled, alg)


@settings(max_examples=100, deadline=None)
@given(st.text("eyJ.hbGciOiJ=_- é\n0", max_size=40))
def test_any_text_is_refused_without_another_error(text: str) -> None:
    with pytest.raises(OpenBadgesError):
        accept(text)


HEADER = {"alg": "ES256", "kid": KID, "typ": "JWT"}


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"alg": "none"}, "token.algorithm"),
        ({"alg": "HS256"}, "token.algorithm"),
        ({"alg": "es256"}, "token.algorithm"),
        ({"alg": "PS256"}, "token.algorithm"),
        ({"alg": None}, "token.algorithm"),
        ({"alg": ["ES256"]}, "token.algorithm"),
        ({"alg": "ES384"}, "token.key_type"),
        ({"alg": "EdDSA"}, "token.key_type"),
        ({"alg": "RS256"}, "token.key_type"),
        ({"crit": ["exp"]}, "token.header"),
        ({"b64": False}, "token.header"),
        ({"zip": "DEF"}, "token.header"),
        ({"jku": "https://a.example"}, "token.header"),
        ({"x5u": "https://a.example"}, "token.header"),
        ({"x5c": []}, "token.header"),
        ({"kid": 5}, "token.header"),
        ({"typ": ["JWT"]}, "token.header"),
        ({"cty": None}, "token.header"),
        ({"jwk": "x"}, "token.header"),
        ({"jwk": PrivateKey.generate("P-256").public.to_jwk()}, "token.header"),
        ({"typ": "receipt+jwt"}, "token.type"),
        ({"typ": "vp+jwt"}, "token.type"),
        ({"typ": ""}, "token.type"),
    ],
)
def test_a_header_that_tries_something_is_refused(change: dict[str, object], code: str) -> None:
    with pytest.raises(TokenInvalid) as refused:
        accept(made({**HEADER, **change}, claims_for(DOCUMENT)))
    assert refused.value.code == code


def test_a_key_in_the_header_must_be_the_issuers_and_sound() -> None:
    own = KEYS["ES256"].public.to_jwk()
    assert accept(made({"alg": "ES256", "jwk": own}, claims_for(DOCUMENT))) == DOCUMENT
    with pytest.raises(KeyInvalid):
        accept(made({"alg": "ES256", "jwk": {**own, "d": "AAAA"}}, claims_for(DOCUMENT)))


@pytest.mark.parametrize("typ", ["JWT", "vc+jwt", None])
def test_types_of_credentials_are_accepted(typ: str | None) -> None:
    header = {"alg": "ES256", "kid": KID} | ({"typ": typ} if typ else {})
    assert accept(made(header, claims_for(DOCUMENT))) == DOCUMENT


def test_a_public_key_used_as_a_shared_secret_is_refused() -> None:
    import hashlib
    import hmac

    text = f"{b64({'alg': 'HS256', 'typ': 'JWT'})}.{b64(claims_for(DOCUMENT))}"
    mac = hmac.new(json.dumps(KEYS["ES256"].public.to_jwk()).encode(), text.encode(), hashlib.sha256).digest()
    with pytest.raises(TokenInvalid):
        accept(f"{text}.{b64(mac)}")


@pytest.mark.parametrize(
    "change",
    [
        {"iss": "did:web:other.example"},
        {"sub": "urn:uuid:other"},
        {"jti": "urn:uuid:other"},
        {"nbf": 1_767_225_601},
        {"nbf": "1767225600"},
        {"nbf": True},
        {"nbf": None},
        {"exp": 4_000_000_000},
        {"exp": 1e300},
        {"vc": DOCUMENT},
        {"vc": None},
        {"vp": {}},
    ],
)
def test_claims_that_differ_from_the_credential_are_refused(change: dict[str, object]) -> None:
    with pytest.raises(TokenInvalid) as refused:
        accept(made(HEADER, {**claims_for(DOCUMENT), **change}))
    assert refused.value.code == "token.claims"


def test_missing_claims_and_an_audience_are_left_to_the_judge() -> None:
    payload = {name: value for name, value in claims_for(DOCUMENT).items() if name not in ("sub", "exp")}
    assert accept(made(HEADER, {**payload, "aud": "x", "iat": 5})) == DOCUMENT


def test_the_older_form_keeps_its_credential_under_vc() -> None:
    older = {
        "issuer": {"id": "did:web:issuer.example"}, "issuanceDate": "2026-01-01T00:00:00Z",
        "credentialSubject": [{"id": SUBJECT}],
    }  # fmt: skip
    claims = {"iss": "did:web:issuer.example", "sub": SUBJECT, "nbf": 1_767_225_600}
    assert accept(made(HEADER, {**claims, "vc": older})) == older
    with pytest.raises(TokenInvalid):
        accept(made(HEADER, {**claims, "nbf": 5, "vc": older}))


@pytest.mark.parametrize(
    "text", ["", "a", "a.b", "a.b.c.d", "..", "a..c", ".b.c", "a.b.", "e30.e30.AA ", "e30=.e30.AA"]
)
def test_a_text_that_is_not_three_parts_is_refused(text: str) -> None:
    with pytest.raises(TokenInvalid):
        parse_token(text)


@pytest.mark.parametrize("payload", [b"[]", b'{"a":1,"a":2}', b"\xff", b"{", b'{"a":NaN}'])
def test_a_payload_that_is_no_strict_json_is_refused(payload: bytes) -> None:
    with pytest.raises(OpenBadgesError):
        parse_token(made(HEADER, payload))


def test_a_token_over_the_limit_is_refused() -> None:
    with pytest.raises(TokenInvalid) as refused:
        parse_token("a." + "A" * (4 * 2**20) + ".c")
    assert refused.value.code == "token.too_large"


@pytest.mark.parametrize(
    "change",
    [{"iss": "x"}, {"exp": 5}, {"vc": {}}, {"id": None}, {"issuer": None}, {"credentialSubject": [{}, {}]},
     {"validFrom": "2026-01-01"}, {"validFrom": "2026-01-01T00:00:00.5Z"}, {"validUntil": None}],
)  # fmt: skip
def test_a_document_that_a_token_cannot_repeat_is_not_signed(change: Any) -> None:
    with pytest.raises(TokenInvalid):
        token_of({**DOCUMENT, **change})


def test_a_key_of_another_kind_does_not_sign() -> None:
    for alg in ("RS256", "none", "HS256"):
        with pytest.raises(TokenInvalid):
            sign_token(DOCUMENT, KEYS["ES256"], kid=KID, alg=alg)


@needs_published
def test_the_public_validator_s_valid_sample_verifies_under_its_own_key() -> None:
    from openbadges.keys import PublicKey

    token = parse_token(published_text("1edtech-public-validator/ob30/simple-jwt.jws").strip())
    verify_token(token, PublicKey.from_jwk(token.header["jwk"]))  # type: ignore[arg-type]
    assert "OpenBadgeCredential" in credential_of(token)["type"]  # type: ignore[operator]
