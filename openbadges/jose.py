"""Credentials as compact JSON Web Signatures (VC-JWT of Open Badges 3.0), on our own strict path.

The algorithm follows the key, never the token alone; every text that is accepted has exactly one spelling, so that
a token with any changed character is refused.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import TypeGuard

from openbadges.errors import TokenInvalid
from openbadges.json_types import JsonObject, JsonValue
from openbadges.keys import Algorithm, PrivateKey, PublicKey
from openbadges.multiformats import EncodingInvalid, base64url_decode, base64url_encode
from openbadges.strict_json import dumps, load_object
from openbadges.times import TimeInvalid, parse_time

KEY_OF_ALGORITHM: dict[str, Algorithm] = {"ES256": "P-256", "RS256": "RSA", "EdDSA": "Ed25519", "ES384": "P-384"}
CREDENTIAL_TYPES = frozenset({"JWT", "jwt", "vc+jwt", "vc+ld+jwt", "vc+ld+json+jwt"})
"""Values of `typ` that a credential may carry; none is allowed too. Receipts and others have types of their own."""

_HEADER_MEMBERS = frozenset({"alg", "kid", "typ", "cty", "jwk"})
_CLAIMS = frozenset({"iss", "sub", "jti", "nbf", "exp", "iat", "aud"})
_MAX_LETTERS = 4 * 2**20


@dataclass(frozen=True, slots=True)
class Token:
    """A token as read, its signature not yet checked. signing_input: the ASCII bytes that were signed."""

    header: JsonObject
    payload: JsonObject
    signing_input: bytes
    signature: bytes
    alg: str
    kid: str | None


def parse_token(text: str) -> Token:
    """Read a compact JWS of a credential.

    Raises what parse_jws raises, and TokenInvalid (token.type) for the `typ` of something else.
    """
    token = parse_jws(text)
    if "typ" in token.header and token.header["typ"] not in CREDENTIAL_TYPES:
        raise TokenInvalid("The token says that it is something other than a credential.", code="token.type")
    return token


def parse_jws(text: str) -> Token:
    """Read a compact JWS of any `typ`, which is for the caller to judge.

    Raises TokenInvalid: token.malformed (not three parts), token.encoding (not canonical base64url), token.algorithm
    (not ES256, RS256, EdDSA or ES384), token.header (a member other than alg, kid, typ, cty, jwk, or of a wrong kind);
    JsonInvalid when header or payload is not strict JSON.
    """
    if len(text) > _MAX_LETTERS:
        raise TokenInvalid("The token is too long.", code="token.too_large")
    parts = text.split(".")
    if len(parts) != 3 or not all(parts):
        raise TokenInvalid("A token has three parts.")
    head, body, signature = parts
    header, alg, kid = (_known_header if len(head) <= _MOST_KNOWN_LETTERS else _read_header)(head)
    payload = load_object(_decode(body))
    return Token(header, payload, text[: -len(signature) - 1].encode("ascii"), _decode(signature), alg, kid)


def _decode(part: str) -> bytes:
    try:
        return base64url_decode(part)
    except EncodingInvalid as error:
        raise TokenInvalid("A part of the token is not canonical base64url.", code="token.encoding") from error


def _read_header(head: str) -> tuple[JsonObject, str, str | None]:
    header = load_object(_decode(head), max_bytes=16 * 2**10)
    return header, *_check_header(header)


_MOST_KNOWN_LETTERS = 1_000
_known_header = lru_cache(maxsize=256)(_read_header)
"""All tokens of one key have the same header. It is never changed."""


def _check_header(header: JsonObject) -> tuple[str, str | None]:
    alg, kid = header.get("alg"), header.get("kid")
    if not isinstance(alg, str) or alg not in KEY_OF_ALGORITHM:
        raise TokenInvalid("The token's signature algorithm is not accepted.", code="token.algorithm")
    if not header.keys() <= _HEADER_MEMBERS:
        raise TokenInvalid("The token's header holds a member that is not accepted.", code="token.header")
    if not all(isinstance(header.get(member, ""), str) for member in ("kid", "typ", "cty")):
        raise TokenInvalid("The token's header has a member of a wrong kind.", code="token.header")
    if "jwk" in header and not isinstance(header["jwk"], dict):
        raise TokenInvalid("The token's header has a member of a wrong kind.", code="token.header")
    return alg, kid if isinstance(kid, str) else None


def verify_token(token: Token, key: PublicKey) -> None:
    """Check the signature under the issuer's key.

    A key inside the token (`jwk`) counts for nothing, but must be the issuer's key where it is given.
    Raises TokenInvalid: token.key_type (`alg` does not belong to the key), token.header (another `jwk`),
    token.signature; KeyInvalid when `jwk` is no acceptable key.
    """
    if KEY_OF_ALGORITHM[token.alg] != key.algorithm:
        raise TokenInvalid("The token's algorithm does not belong to the issuer's key.", code="token.key_type")
    inner = token.header.get("jwk")
    if isinstance(inner, dict) and PublicKey.from_jwk(inner) != key:
        raise TokenInvalid("The token carries another key than the issuer's.", code="token.header")
    if not key.verify(token.signature, token.signing_input):
        raise TokenInvalid("The signature does not fit the token.", code="token.signature")


def credential_of(token: Token) -> JsonObject:
    """Return the credential inside a token, without the JWT claims (Open Badges 3.0 form, or VCDM 1.1 under `vc`).

    Claims that are present must say what the credential says. Raises TokenInvalid (token.claims) where they differ,
    and when a `vc` member stands beside another credential.
    """
    if "vp" in token.payload:
        raise TokenInvalid("The token holds a presentation, not a credential.", code="token.claims")
    outer = {member: value for member, value in token.payload.items() if member not in _CLAIMS}
    inner = outer.get("vc")
    if "vc" not in outer:
        credential = outer
    elif isinstance(inner, dict) and len(outer) == 1:
        credential = inner
    else:
        raise TokenInvalid("The token holds more than one credential.", code="token.claims")
    _check_claims(token.payload, credential)
    return credential


def _check_claims(claims: JsonObject, credential: JsonObject) -> None:
    pairs: list[tuple[str, JsonValue]] = [
        ("iss", _id_of(credential.get("issuer"))),
        ("jti", credential.get("id")),
        ("sub", _id_of(credential.get("credentialSubject"))),
    ]
    for claim, said in pairs:
        if claim in claims and said is not None and claims[claim] != said:
            raise TokenInvalid(f"The claim {claim} differs from the credential.", code="token.claims")
    for claim, member, older in (("nbf", "validFrom", "issuanceDate"), ("exp", "validUntil", "expirationDate")):
        if claim in claims:
            _check_time_claim(claim, claims[claim], credential.get(member, credential.get(older)))


def _check_time_claim(claim: str, seconds: JsonValue, text: JsonValue) -> None:
    if not _is_number(seconds):
        raise TokenInvalid(f"The claim {claim} is not a number.", code="token.claims")
    if text is None:
        return
    try:
        # Fractions of a second are dropped by many issuers when they write the claim.
        same = int(parse_time(text).timestamp()) == int(seconds)
    except (TimeInvalid, OverflowError):
        return  # the dates themselves are judged with the document
    if not same:
        raise TokenInvalid(f"The claim {claim} differs from the credential.", code="token.claims")


def _is_number(value: JsonValue) -> TypeGuard[int | float]:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _id_of(value: JsonValue) -> JsonValue:
    if isinstance(value, list) and len(value) == 1:
        value = value[0]
    return value.get("id") if isinstance(value, dict) else value


# --- issuing ----------------------------------------------------------------------------------------------------


def claims_for(document: JsonObject) -> JsonObject:
    """Return the payload of the token of a credential: the document without `proof`, then iss, sub, jti, nbf, exp.

    Raises TokenInvalid (token.claims) when the document lacks issuer, subject, id or a validFrom in whole seconds.
    """
    payload = {member: value for member, value in document.items() if member != "proof"}
    if not _CLAIMS.isdisjoint(payload) or "vc" in payload:
        raise TokenInvalid("The document has a member that a token needs for itself.", code="token.claims")
    for claim, value in (
        ("iss", _id_of(document.get("issuer"))),
        ("sub", _id_of(document.get("credentialSubject"))),
        ("jti", document.get("id")),
    ):
        if not isinstance(value, str):
            raise TokenInvalid(f"The document has nothing for the claim {claim}.", code="token.claims")
        payload[claim] = value
    payload["nbf"] = _whole_seconds(document.get("validFrom"))
    if "validUntil" in document:
        payload["exp"] = _whole_seconds(document["validUntil"])
    return payload


def _whole_seconds(text: JsonValue) -> int:
    try:
        moment: datetime = parse_time(text)
    except TimeInvalid as error:
        raise TokenInvalid("The document has no usable date for a claim.", code="token.claims") from error
    if moment.microsecond:
        raise TokenInvalid("Dates in a token are in whole seconds.", code="token.claims")
    return int(moment.timestamp())


def _signing_input(payload: bytes, kid: str, alg: str, typ: str = "JWT") -> str:
    header: JsonObject = {"alg": alg, "kid": kid, "typ": typ}
    return f"{base64url_encode(dumps(header))}.{base64url_encode(payload)}"


def sign_token(document: JsonObject, key: PrivateKey, *, kid: str, alg: str) -> bytes:
    """Return the signature over the token of a document (64 bytes for ES256 and EdDSA, low s).

    kid: the verification method, a URL whose document lists the key. Raises TokenInvalid (token.key_type) when alg
    is not one of the key, (token.claims) as claims_for does.
    """
    return sign_payload(dumps(claims_for(document)), key, kid=kid, alg=alg)


def sign_payload(payload: bytes, key: PrivateKey, *, kid: str, alg: str) -> bytes:
    """Like sign_token, for a payload that is written already: exactly dumps(claims_for(document))."""
    if KEY_OF_ALGORITHM.get(alg) != key.algorithm:
        raise TokenInvalid("The algorithm does not belong to the key.", code="token.key_type")
    return key.sign(_signing_input(payload, kid, alg).encode("ascii"))


def sign_claims(claims: JsonObject, key: PrivateKey, *, kid: str, alg: str, typ: str) -> str:
    """Return a compact JWS that is no credential: `typ` tells what it is. Raises TokenInvalid (token.key_type)."""
    if KEY_OF_ALGORITHM.get(alg) != key.algorithm:
        raise TokenInvalid("The algorithm does not belong to the key.", code="token.key_type")
    signing_input = _signing_input(dumps(claims), kid, alg, typ)
    return f"{signing_input}.{base64url_encode(key.sign(signing_input.encode('ascii')))}"


def assemble_token(document: JsonObject, *, kid: str, alg: str, signature: bytes) -> str:
    """Return the compact token of a stored document (with or without `proof`) and its stored signature.

    The serialisation is fixed: header alg, kid, typ; the members of the document in their order; then the claims.
    """
    return f"{_signing_input(dumps(claims_for(document)), kid, alg)}.{base64url_encode(signature)}"
