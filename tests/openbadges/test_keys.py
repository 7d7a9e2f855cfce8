import base64
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from hypothesis import given, settings
from hypothesis import strategies as st

from openbadges.errors import KeyInvalid
from openbadges.keys import Algorithm, PrivateKey, PublicKey
from openbadges.multiformats import multibase_encode
from tests.openbadges.published import needs_published, published_json

ALGORITHMS: tuple[Algorithm, ...] = ("Ed25519", "P-256", "P-384", "RSA")
KEYS = {algorithm: PrivateKey.generate(algorithm) for algorithm in ALGORITHMS}
P256_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
FIELD = 2**255 - 19

# y coordinates of the points of order 1, 2, 4 and 8 (RFC 7748 and 8032 arithmetic), and their second spellings
ORDER_8 = (
    0x7A03AC9277FDC74EC6CC392CFA53202A0F67100D760B3CBA4FD83D3D706A17C7,
    0x05FC536D880238B13933C6D305ACDFD5F098EFF289F4C345B027B2C28F95E826,
)
SMALL_ORDER = [
    (y | sign << 255).to_bytes(32, "little")
    for y in (0, 1, FIELD - 1, *ORDER_8, FIELD, FIELD + 1)
    for sign in (0, 1)
]  # fmt: skip


def b64(number: int, size: int = 0) -> str:
    data = number.to_bytes(size or (number.bit_length() + 7) // 8)
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


@pytest.mark.parametrize("algorithm", ALGORITHMS)
@settings(max_examples=15, deadline=None)
@given(data=st.binary(max_size=200), place=st.integers(min_value=0), flip=st.integers(1, 255))
def test_a_signature_fits_its_data_and_key_only(algorithm: Algorithm, data: bytes, place: int, flip: int) -> None:
    key = KEYS[algorithm]
    signature = key.sign(data)
    assert key.public.verify(signature, data)
    assert key.sign(data) == signature
    spoiled = bytearray(signature)
    spoiled[place % len(spoiled)] ^= flip
    assert not key.public.verify(bytes(spoiled), data)
    assert not key.public.verify(signature, data + b"x")
    assert not key.public.verify(signature + b"\0", data)
    assert not key.public.verify(b"", data)


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_a_key_reads_back_from_every_form(algorithm: Algorithm) -> None:
    key = KEYS[algorithm]
    assert PrivateKey.from_bytes(algorithm, key.to_bytes()).public == key.public
    assert PublicKey.from_multikey(key.public.to_multikey()) == key.public
    assert PublicKey.from_jwk(key.public.to_jwk()) == key.public
    assert PublicKey.from_jwk({**key.public.to_jwk(), "kid": "k", "use": "sig"}) == key.public


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_a_private_key_never_shows_itself(algorithm: Algorithm) -> None:
    key = KEYS[algorithm]
    shown = repr(key) + str(key)
    assert repr(key.to_bytes()) not in shown
    assert key.to_bytes().hex() not in shown
    assert "secret" not in shown


@pytest.mark.parametrize("algorithm", ALGORITHMS)
@pytest.mark.parametrize("data", [b"", b"\0" * 31, b"\0" * 33, b"not a key at all, but long enough for one"])
def test_bytes_that_are_no_private_key_are_refused(algorithm: Algorithm, data: bytes) -> None:
    with pytest.raises(KeyInvalid):
        PrivateKey.from_bytes(algorithm, data)


def test_a_private_key_of_another_curve_is_refused() -> None:
    with pytest.raises(KeyInvalid):
        PrivateKey.from_bytes("P-256", KEYS["P-384"].to_bytes())


@pytest.mark.parametrize("data", SMALL_ORDER, ids=bytes.hex)
def test_a_point_of_small_order_is_no_key(data: bytes) -> None:
    with pytest.raises(KeyInvalid) as refused:
        PublicKey("Ed25519", data)
    assert refused.value.code == "key.weak"


def test_an_ecdsa_signature_is_issued_low_and_accepted_high() -> None:
    key = KEYS["P-256"]
    for number in range(20):
        data = bytes([number])
        signature = key.sign(data)
        s = int.from_bytes(signature[32:])
        assert s <= P256_ORDER // 2
        high = signature[:32] + (P256_ORDER - s).to_bytes(32)
        assert key.public.verify(high, data)
    for r, s in ((0, 0), (0, 1), (1, 0), (P256_ORDER, 1), (1, P256_ORDER), (2**256 - 1, 2**256 - 1)):
        assert not key.public.verify(r.to_bytes(32) + s.to_bytes(32), b"")


GOOD_EC: Any = KEYS["P-256"].public.to_jwk()
GOOD_RSA: Any = KEYS["RSA"].public.to_jwk()
GOOD_OKP: Any = KEYS["Ed25519"].public.to_jwk()
SMALL_RSA = rsa.generate_private_key(public_exponent=65_537, key_size=1024).public_key().public_numbers().n


@pytest.mark.parametrize(
    ("jwk", "code"),
    [
        ({}, "key.unsupported"),
        ({"kty": "oct", "k": "AAAA"}, "key.private"),
        ({**GOOD_OKP, "d": "AAAA"}, "key.private"),
        ({**GOOD_OKP, "crv": "X25519"}, "key.unsupported"),
        ({**GOOD_OKP, "x": b64(5, 31)}, "key.length"),
        ({**GOOD_OKP, "x": GOOD_OKP["x"] + "="}, "key.encoding"),
        ({**GOOD_OKP, "x": 5}, "key.invalid"),
        ({**GOOD_OKP, "alg": "ES256"}, "key.unsupported"),
        ({**GOOD_EC, "use": "enc"}, "key.unsupported"),
        ({**GOOD_EC, "crv": "secp256k1"}, "key.unsupported"),
        ({**GOOD_EC, "crv": "P-384"}, "key.length"),
        ({**GOOD_EC, "crv": ["P-256"]}, "key.unsupported"),
        ({**GOOD_EC, "kty": {"EC": 1}}, "key.unsupported"),
        ({**GOOD_EC, "y": b64(5, 32)}, "key.off_curve"),
        ({**GOOD_EC, "x": b64(0, 32), "y": b64(0, 32)}, "key.off_curve"),
        ({**GOOD_EC, "x": b64(5, 31)}, "key.length"),
        ({"kty": "RSA", "n": b64(SMALL_RSA), "e": "AQAB"}, "key.weak"),
        ({"kty": "RSA", "n": b64(2**4100 + 1), "e": "AQAB"}, "key.weak"),
        ({**GOOD_RSA, "e": b64(1)}, "key.weak"),
        ({**GOOD_RSA, "e": b64(3)}, "key.weak"),
        ({**GOOD_RSA, "e": b64(65_536)}, "key.weak"),
        ({**GOOD_RSA, "e": b64(2**65 + 1)}, "key.weak"),
        ({"kty": "RSA", "n": b64(2**2047), "e": "AQAB"}, "key.weak"),
        ({**GOOD_RSA, "n": ""}, "key.invalid"),
        ({**GOOD_RSA, "n": "A" * 2000}, "key.invalid"),
    ],
)
def test_a_weak_or_malformed_jwk_is_refused(jwk: Any, code: str) -> None:
    with pytest.raises(KeyInvalid) as refused:
        PublicKey.from_jwk(jwk)
    assert refused.value.code == code


@pytest.mark.parametrize(
    "text",
    [
        "", "z", "z6Mk", "u", "f00", multibase_encode(b"\xed\x01" + bytes(31)),
        multibase_encode(b"\xec\x01" + bytes(32)),
        multibase_encode(b"\x80\x24" + bytes(33)), multibase_encode(b"\x80\x24\x02" + b"\xff" * 32),
        multibase_encode(b"\x85\x24" + bytes(270)), multibase_encode(b"\xed\x01" + b"\x01" + bytes(31)),
    ],
)  # fmt: skip
def test_a_multikey_that_is_no_key_is_refused(text: str) -> None:
    with pytest.raises(KeyInvalid):
        PublicKey.from_multikey(text)


def test_an_unknown_algorithm_is_refused() -> None:
    with pytest.raises(KeyInvalid):
        PublicKey("HS256", bytes(32))  # type: ignore[arg-type]
    with pytest.raises(KeyInvalid):
        PrivateKey.from_bytes("HS256", bytes(32))  # type: ignore[arg-type]


@settings(deadline=None)
@given(st.binary(min_size=32, max_size=32))
def test_any_32_bytes_are_a_key_or_refused_and_never_verify_nonsense(data: bytes) -> None:
    try:
        key = PublicKey("Ed25519", data)
    except KeyInvalid:
        return
    assert not key.verify(bytes(64), b"anything")


@needs_published
def test_the_published_key_pair_belongs_together() -> None:
    from openbadges.multiformats import multibase_decode

    pair = published_json("w3c/vc-di-eddsa/TestVectors/keyPair.json")
    seed = multibase_decode(pair["privateKeyMultibase"])[2:]
    assert PrivateKey.from_bytes("Ed25519", seed).public.to_multikey() == pair["publicKeyMultibase"]
