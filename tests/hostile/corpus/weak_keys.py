"""Keys that fit signatures which anybody can make; their issuers publish them, by mistake or on purpose."""

from __future__ import annotations

import hashlib
from functools import cache

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from openbadges.jose import claims_for
from openbadges.multiformats import base64url_encode, multibase_encode
from tests.hostile.case import ALTERED, BROKEN, COULD_NOT, UNPROVEN, Series
from tests.hostile.maker import (
    ACADEMY,
    Forged,
    b64,
    credential,
    header_of,
    jws,
    private_key,
    proof,
    token,
)

ED25519_ORDER = 2**252 + 27742317777372353535851937790883648493
_FIELD = 2**255 - 19
IDENTITY = (1).to_bytes(32, "little")
# The points of order 1, 2, 4 and 8, and spellings of them that are not canonical.
SMALL_ORDER = (
    IDENTITY,
    bytes(32),
    bytes(31) + b"\x80",
    (_FIELD - 1).to_bytes(32, "little"),
    bytes.fromhex("c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a"),
    bytes.fromhex("c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa"),
    bytes.fromhex("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05"),
    bytes.fromhex("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85"),
    _FIELD.to_bytes(32, "little"),
    (_FIELD + 1).to_bytes(32, "little"),
    b"\xff" * 32,
)
_SHA256_INFO = bytes.fromhex("3031300d060960864801650304020105000420")


def weak_key_cases(series: Series) -> None:
    _small_order(series)
    _malleable(series)
    _rsa_keys(series)
    _rsa_padding(series)


def multikey_of(data: bytes) -> str:
    return multibase_encode(b"\xed\x01" + data)


def listing(entry: Forged) -> Forged:
    """The academy's DID document with this one key."""
    method: Forged = {"id": f"{ACADEMY.did}#weak", "controller": ACADEMY.did, **entry}
    return ACADEMY.did_document(verificationMethod=[method], assertionMethod=[f"{ACADEMY.did}#weak"])


def _small_order(series: Series) -> None:
    why = "A key of small order fits a signature over anything."
    for point in SMALL_ORDER:
        listed = [
            listing({"type": "Multikey", "publicKeyMultibase": multikey_of(point)}),
            listing(
                {"type": "JsonWebKey", "publicKeyJwk": {"kty": "OKP", "crv": "Ed25519", "x": base64url_encode(point)}}
            ),
        ]
        for document in listed:
            text = jws(
                header_of(ACADEMY, "EdDSA", kid=f"{ACADEMY.did}#weak"),
                claims_for(credential()),
                lambda data, point=point: point + bytes(32),  # type: ignore[misc]
            )
            states = UNPROVEN | BROKEN | COULD_NOT
            series.hostile("small-order", text, states, ("issuer.", "proof.", "token."), why, ACADEMY.world(**document))


def _malleable(series: Series) -> None:
    head, body, _ = token(credential(), signing="EdDSA").split(".")
    signature = ACADEMY.key().sign(f"{head}.{body}".encode())
    for times in (1, 2, 7):
        s = int.from_bytes(signature[32:], "little") + times * ED25519_ORDER
        text = f"{head}.{body}.{base64url_encode(signature[:32] + s.to_bytes(32, 'little'))}"
        why = "A signature has one spelling: S is below the order of the group."
        series.hostile("s-too-large", text, ALTERED, "token.signature", why, ACADEMY.world())


@cache
def weak_rsa(bits: int, exponent: int = 65_537) -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=exponent, key_size=bits)


def _jwk(modulus: int, exponent: int) -> Forged:
    n, e = (base64url_encode(number.to_bytes((number.bit_length() + 7) // 8)) for number in (modulus, exponent))
    return {"kty": "RSA", "n": n, "e": e}


def _rsa_keys(series: Series) -> None:
    head = header_of(ACADEMY, "RS256", kid=f"{ACADEMY.did}#weak")
    claims = claims_for(credential())
    for key, why in (
        (weak_rsa(1024), "An RSA key of 1,024 bits can be broken."),
        (weak_rsa(2048, 3), "An exponent of 3 lets careless verifiers accept forgeries."),
    ):
        numbers = key.public_key().public_numbers()
        text = jws(head, claims, lambda data, key=key: key.sign(data, padding.PKCS1v15(), hashes.SHA256()))  # type: ignore[misc]
        world = ACADEMY.world(**listing({"type": "JsonWebKey", "publicKeyJwk": _jwk(numbers.n, numbers.e)}))
        series.hostile("rsa-weak", text, UNPROVEN | BROKEN, ("issuer.", "token.", "proof."), why, world)
    modulus = weak_rsa(2048).public_key().public_numbers().n
    text = jws(head, claims, lambda data: _padded(data, 256))
    for number, exponent in (
        (modulus, 1), (modulus, 2), (modulus, 0), (modulus - 1, 65_537), (0, 65_537), (1, 65_537),
        (2**4200 + 1, 65_537),
        (modulus, 2**70 + 1),
    ):  # fmt: skip
        entry: Forged = {"type": "JsonWebKey", "publicKeyJwk": _jwk(number, exponent)}
        why = "With such numbers anybody can write the signature."
        series.hostile("rsa-weak", text, UNPROVEN | BROKEN, (), why, ACADEMY.world(**listing(entry)))


def _padded(data: bytes, size: int) -> bytes:
    """What an RSA signature opens to; with the exponent 1 it is the signature."""
    info = _SHA256_INFO + hashlib.sha256(data).digest()
    return b"\0\1" + b"\xff" * (size - len(info) - 3) + b"\0" + info


def _rsa_padding(series: Series) -> None:
    from cryptography.hazmat.primitives.serialization import load_der_private_key

    key = load_der_private_key(ACADEMY.key("RSA").to_bytes(), password=None)
    assert isinstance(key, rsa.RSAPrivateKey)
    head, body, _ = token(credential(), signing="RS256").split(".")
    data = f"{head}.{body}".encode()
    pss = padding.PSS(padding.MGF1(hashes.SHA256()), 0)  # no salt: the same bytes in every run
    good = key.sign(data, padding.PKCS1v15(), hashes.SHA256())
    modulus = key.public_key().public_numbers().n
    for value, why in (
        (key.sign(data, pss, hashes.SHA256()), "PSS is not what RS256 says."),
        (key.sign(data, padding.PKCS1v15(), hashes.SHA512()), "SHA-512 is not what RS256 says."),
        (b"\0" + good, "A leading zero is another spelling."),
        (good[:-1], "A byte is missing."),
        ((int.from_bytes(good) + modulus).to_bytes(257), "The signature is larger than the modulus."),
        (bytes(255) + b"\1", "The number 1 is no signature."),
        (modulus.to_bytes(256), "The modulus itself is no signature."),
    ):
        text = f"{head}.{body}.{base64url_encode(value)}"
        series.hostile("rsa-padding", text, ALTERED, "token.signature", why, ACADEMY.world())


def weak_proof_cases(series: Series) -> None:
    """The same keys and signatures in embedded proofs."""
    for point in SMALL_ORDER:
        did = f"did:key:{multikey_of(point)}"
        document = credential(issuer={"id": did, "type": ["Profile"]})
        options = proof(document, key=private_key("nobody"), verificationMethod=f"{did}#{multikey_of(point)}")
        forged = {**document, "proof": [{**options, "proofValue": multibase_encode(point + bytes(32))}]}
        why = "A key of small order fits a signature over anything."
        series.hostile("small-order", b64_json(forged), UNPROVEN | BROKEN | COULD_NOT, ("issuer.", "proof."), why)
    document = credential()
    good = proof(document)
    from openbadges.multiformats import base58btc_decode

    signature = base58btc_decode(str(good["proofValue"])[1:])
    for times in (1, 3):
        s = int.from_bytes(signature[32:], "little") + times * ED25519_ORDER
        value = multibase_encode(signature[:32] + s.to_bytes(32, "little"))
        text = b64_json({**document, "proof": [{**good, "proofValue": value}]})
        series.hostile("s-too-large", text, ALTERED, "proof.invalid", "S is below the group's order.", ACADEMY.world())


def b64_json(document: Forged) -> str:
    from openbadges.strict_json import dumps

    return dumps(document).decode()


__all__ = ["b64", "b64_json", "weak_key_cases", "weak_proof_cases"]
