"""Public and private keys: Ed25519, P-256, P-384 and RSA, read strictly, so that a key that exists is safe to use.

Ed25519 runs on libsodium (PyNaCl), which is twice as fast as OpenSSL here and refuses keys and signature halves of
small order; the others run on `cryptography`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache, lru_cache
from typing import Literal, cast, get_args

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature
from nacl.bindings import crypto_core_ed25519_is_valid_point, crypto_sign, crypto_sign_open
from nacl.exceptions import CryptoError
from nacl.signing import SigningKey

from openbadges.errors import KeyInvalid
from openbadges.json_types import JsonObject
from openbadges.multiformats import (
    EncodingInvalid,
    base64url_decode,
    base64url_encode,
    multibase_decode,
    multibase_encode,
    multicodec_split,
    varint_encode,
)

Algorithm = Literal["Ed25519", "P-256", "P-384", "RSA"]

_MULTICODEC: dict[Algorithm, int] = {"Ed25519": 0xED, "P-256": 0x1200, "P-384": 0x1201, "RSA": 0x1205}
_ALGORITHM_OF_CODE: dict[int, Algorithm] = {code: name for name, code in _MULTICODEC.items()}
_CURVE_BYTES = {"P-256": 32, "P-384": 48}
_CURVE_ORDER = {
    "P-256": 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551,
    "P-384": 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFC7634D81F4372DDF581A0DB248B0A77AECEC196ACCC52973,
}
_PRIVATE_JWK_MEMBERS = frozenset({"d", "p", "q", "dp", "dq", "qi", "oth", "k"})
_JWK_ALG: dict[Algorithm, tuple[str, ...]] = {
    "Ed25519": ("EdDSA", "Ed25519"),
    "P-256": ("ES256",),
    "P-384": ("ES384",),
    "RSA": ("RS256",),
}
_MIN_RSA_BITS, _MAX_RSA_BITS = 2048, 4096
_MIN_RSA_EXPONENT, _MAX_RSA_EXPONENT = 65_537, 2**64


@dataclass(frozen=True, slots=True)
class PublicKey:
    """A checked public key; two keys are equal when they are the same key.

    data: Ed25519: 32 bytes; P-256 and P-384: the compressed point (33, 49 bytes); RSA: PKCS#1 RSAPublicKey in DER.
    Raises KeyInvalid when built from anything weak: key.length, key.off_curve, key.weak (small order; RSA under 2048
    or over 4096 bits, an even or small exponent), key.unsupported.
    """

    algorithm: Algorithm
    data: bytes

    def __post_init__(self) -> None:
        _check_public(self.algorithm, self.data)

    @classmethod
    def from_multikey(cls, text: str) -> PublicKey:
        """Read a Multikey such as "z6Mk..." (W3C Controlled Identifiers). Raises KeyInvalid."""
        try:
            code, data = multicodec_split(multibase_decode(text))
        except EncodingInvalid as error:
            raise KeyInvalid("The key is not a Multikey.", code="key.encoding") from error
        algorithm = _ALGORITHM_OF_CODE.get(code)
        if algorithm is None:
            raise KeyInvalid("The key is of a kind that is not supported.", code="key.unsupported")
        return cls(algorithm, data)

    def to_multikey(self) -> str:
        """Return the key as "z" + base58btc(multicodec code + key)."""
        return multibase_encode(varint_encode(_MULTICODEC[self.algorithm]) + self.data)

    @classmethod
    def from_jwk(cls, jwk: JsonObject) -> PublicKey:
        """Read a JSON Web Key (RFC 7517, 7518, 8037).

        Raises KeyInvalid also for private members, another use than "sig", and an `alg` of another kind of key.
        """
        if not _PRIVATE_JWK_MEMBERS.isdisjoint(jwk):
            raise KeyInvalid("The key publishes its private part.", code="key.private")
        if jwk.get("use", "sig") != "sig":
            raise KeyInvalid("The key is not for signatures.", code="key.unsupported")
        key = cls(*_jwk_parts(jwk))
        if "alg" in jwk and jwk["alg"] not in _JWK_ALG[key.algorithm]:
            raise KeyInvalid("The algorithm named in the key is not one of its kind.", code="key.unsupported")
        return key

    def to_jwk(self) -> JsonObject:
        """Return the key as a JSON Web Key with the members of its kind only (no `kid`, no `alg`)."""
        if self.algorithm == "Ed25519":
            return {"kty": "OKP", "crv": "Ed25519", "x": base64url_encode(self.data)}
        if self.algorithm == "RSA":
            numbers = _load_rsa(self.data).public_numbers()
            return {"kty": "RSA", "n": _base64url_uint(numbers.n), "e": _base64url_uint(numbers.e)}
        point = _load_point(self.algorithm, self.data).public_numbers()
        size = _CURVE_BYTES[self.algorithm]
        x, y = (base64url_encode(number.to_bytes(size)) for number in (point.x, point.y))
        return {"kty": "EC", "crv": self.algorithm, "x": x, "y": y}

    def verify(self, signature: bytes, data: bytes) -> bool:
        """Return whether the signature over data is this key's.

        Ed25519 (RFC 8032, 64 bytes); P-256 with SHA-256 and P-384 with SHA-384 (r and s, 64 or 96 bytes, high s
        accepted); RSA: PKCS#1 v1.5 with SHA-256.
        """
        if self.algorithm == "Ed25519":
            return _verify_ed25519(self.data, signature, data)
        if self.algorithm == "RSA":
            return _verify_rsa(self.data, signature, data)
        return _verify_ecdsa(self.algorithm, self.data, signature, data)


@dataclass(frozen=True, slots=True, eq=False)
class PrivateKey:
    """A private key; its repr shows the public part only.

    secret: Ed25519: the 32-byte seed; else PKCS#8 in DER. Built by generate and from_bytes.
    """

    algorithm: Algorithm
    public: PublicKey
    secret: bytes = field(repr=False)

    @classmethod
    def generate(cls, algorithm: Algorithm, *, rsa_bits: int = 2048) -> PrivateKey:
        """Make a new key from the operating system's random source (the only draw in this library)."""
        if algorithm == "Ed25519":
            return cls.from_bytes(algorithm, bytes(SigningKey.generate()))

        made: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey
        if algorithm == "RSA":
            made = rsa.generate_private_key(public_exponent=65_537, key_size=rsa_bits)
        else:
            made = ec.generate_private_key(_curve(algorithm))
        der = made.private_bytes(
            serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        return cls.from_bytes(algorithm, der)

    @classmethod
    def from_bytes(cls, algorithm: Algorithm, data: bytes) -> PrivateKey:
        """Read what to_bytes gave. Raises KeyInvalid when it is no private key of this algorithm."""
        if algorithm not in get_args(Algorithm):
            raise KeyInvalid("This kind of key is not supported.", code="key.unsupported")
        return cls(algorithm, _public_of(algorithm, data), data)

    def to_bytes(self) -> bytes:
        """Return the secret: the 32-byte seed for Ed25519, else PKCS#8 in DER. Seal it before it is stored."""
        return self.secret

    def sign(self, data: bytes) -> bytes:
        """Return the signature in the form that PublicKey.verify takes; equal data give an equal signature.

        ECDSA is deterministic (RFC 6979) and in low-s form.
        """
        if self.algorithm == "Ed25519":
            return _sign_ed25519(self.secret, self.public.data, data)
        if self.algorithm == "RSA":
            return _sign_rsa(self.secret, data)
        return _sign_ecdsa(self.algorithm, self.secret, data)


# --- checks -----------------------------------------------------------------------------------------------------


@lru_cache(maxsize=4096)
def _check_public(algorithm: Algorithm, data: bytes) -> None:
    if algorithm == "Ed25519":
        _check_ed25519(data)
    elif algorithm == "RSA":
        _load_rsa(data)
    elif algorithm in _CURVE_BYTES:
        _load_point(algorithm, data)
    else:
        raise KeyInvalid("This kind of key is not supported.", code="key.unsupported")


def _check_ed25519(data: bytes) -> None:
    if len(data) != 32:
        raise KeyInvalid("An Ed25519 key has 32 bytes.", code="key.length")

    # Canonical, on the curve, in the prime-order group: the 8 points of small order fit signatures over anything.
    if not crypto_core_ed25519_is_valid_point(data):
        raise KeyInvalid("The Ed25519 key is no point of the prime-order group.", code="key.weak")


@lru_cache(maxsize=1024)
def _load_point(algorithm: Algorithm, data: bytes) -> ec.EllipticCurvePublicKey:

    if len(data) != 1 + _CURVE_BYTES[algorithm]:
        raise KeyInvalid(f"A compressed {algorithm} key has {1 + _CURVE_BYTES[algorithm]} bytes.", code="key.length")
    try:
        return ec.EllipticCurvePublicKey.from_encoded_point(_curve(algorithm), data)
    except ValueError as error:
        raise KeyInvalid(f"The key is no point of {algorithm}.", code="key.off_curve") from error


@lru_cache(maxsize=1024)
def _load_rsa(data: bytes) -> rsa.RSAPublicKey:

    if len(data) > 1024:
        raise KeyInvalid("The RSA key is too long.", code="key.length")
    try:
        key = serialization.load_der_public_key(data)
    except (ValueError, UnsupportedAlgorithm) as error:
        raise KeyInvalid("The key is not an RSA key.") from error
    if not isinstance(key, rsa.RSAPublicKey):
        raise KeyInvalid("The key is not an RSA key.")
    _check_rsa_numbers(key.public_numbers().n, key.public_numbers().e)
    if _rsa_der(key) != data:
        raise KeyInvalid("The RSA key is not in its one DER form.", code="key.encoding")
    return key


def _check_rsa_numbers(modulus: int, exponent: int) -> None:
    if not _MIN_RSA_BITS <= modulus.bit_length() <= _MAX_RSA_BITS:
        raise KeyInvalid("An RSA key has 2048 to 4096 bits.", code="key.weak")
    if modulus % 2 == 0 or exponent % 2 == 0 or not _MIN_RSA_EXPONENT <= exponent <= _MAX_RSA_EXPONENT:
        raise KeyInvalid("The RSA key has an unsafe modulus or exponent.", code="key.weak")


# --- JSON Web Keys ----------------------------------------------------------------------------------------------


def _jwk_parts(jwk: JsonObject) -> tuple[Algorithm, bytes]:
    kind, curve = jwk.get("kty"), jwk.get("crv")
    if kind == "OKP" and curve == "Ed25519":
        return "Ed25519", _jwk_bytes(jwk, "x")
    if kind == "EC" and isinstance(curve, str) and curve in _CURVE_BYTES:
        algorithm = cast(Algorithm, curve)
        x, y = _jwk_bytes(jwk, "x"), _jwk_bytes(jwk, "y")
        if {len(x), len(y)} != {_CURVE_BYTES[algorithm]}:
            raise KeyInvalid("The coordinates of the key have the wrong length.", code="key.length")
        return algorithm, _compressed_point(algorithm, x, y)
    if kind == "RSA":
        return "RSA", _rsa_from_numbers(int.from_bytes(_jwk_bytes(jwk, "n")), int.from_bytes(_jwk_bytes(jwk, "e")))
    raise KeyInvalid("The key is of a kind that is not supported.", code="key.unsupported")


def _jwk_bytes(jwk: JsonObject, member: str) -> bytes:
    text = jwk.get(member)
    if not isinstance(text, str) or not 0 < len(text) <= 1024:
        raise KeyInvalid(f'The key needs a member "{member}".')
    try:
        return base64url_decode(text)
    except EncodingInvalid as error:
        raise KeyInvalid(f'The member "{member}" of the key is not base64url.', code="key.encoding") from error


def _compressed_point(algorithm: Algorithm, x: bytes, y: bytes) -> bytes:

    try:  # OpenSSL checks that the point lies on the curve
        ec.EllipticCurvePublicKey.from_encoded_point(_curve(algorithm), b"\x04" + x + y)
    except ValueError as error:
        raise KeyInvalid(f"The key is no point of {algorithm}.", code="key.off_curve") from error
    return bytes([2 + (y[-1] & 1)]) + x


def _rsa_from_numbers(modulus: int, exponent: int) -> bytes:

    _check_rsa_numbers(modulus, exponent)
    return _rsa_der(rsa.RSAPublicNumbers(exponent, modulus).public_key())


def _rsa_der(key: rsa.RSAPublicKey) -> bytes:

    return key.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.PKCS1)


def _base64url_uint(number: int) -> str:
    return base64url_encode(number.to_bytes((number.bit_length() + 7) // 8))


def _curve(algorithm: Algorithm) -> ec.EllipticCurve:

    return ec.SECP256R1() if algorithm == "P-256" else ec.SECP384R1()


# --- signing and verifying --------------------------------------------------------------------------------------


def _public_of(algorithm: Algorithm, secret: bytes) -> PublicKey:
    if algorithm == "Ed25519":
        if len(secret) != 32:
            raise KeyInvalid("An Ed25519 seed has 32 bytes.", code="key.length")

        return PublicKey(algorithm, bytes(SigningKey(secret).verify_key))

    key = _load_private(secret)
    if algorithm == "RSA" and isinstance(key, rsa.RSAPrivateKey):
        return PublicKey(algorithm, _rsa_der(key.public_key()))
    if isinstance(key, ec.EllipticCurvePrivateKey) and key.curve.name == _curve(algorithm).name:
        point = key.public_key().public_bytes(serialization.Encoding.X962, serialization.PublicFormat.CompressedPoint)
        return PublicKey(algorithm, point)
    raise KeyInvalid(f"This is not a private {algorithm} key.")


@lru_cache(maxsize=256)
def _load_private(secret: bytes) -> object:

    try:
        return serialization.load_der_private_key(secret, password=None)
    except (ValueError, TypeError):
        # No cause is kept: its text may quote the secret.
        raise KeyInvalid("This is not a private key in PKCS#8.") from None


def _sign_ed25519(seed: bytes, public: bytes, data: bytes) -> bytes:

    return crypto_sign(data, seed + public)[:64]


def _verify_ed25519(public: bytes, signature: bytes, data: bytes) -> bool:

    if len(signature) != 64:
        return False
    try:
        crypto_sign_open(signature + data, public)
    except CryptoError:
        return False
    return True


def _sign_rsa(secret: bytes, data: bytes) -> bytes:

    return cast(rsa.RSAPrivateKey, _load_private(secret)).sign(data, padding.PKCS1v15(), hashes.SHA256())


def _verify_rsa(public: bytes, signature: bytes, data: bytes) -> bool:

    try:
        _load_rsa(public).verify(signature, data, padding.PKCS1v15(), hashes.SHA256())
    except InvalidSignature:
        return False
    return True


def _sign_ecdsa(algorithm: Algorithm, secret: bytes, data: bytes) -> bytes:

    key = cast(ec.EllipticCurvePrivateKey, _load_private(secret))
    r, s = decode_dss_signature(key.sign(data, _ecdsa(algorithm, deterministic=True)))
    order, size = _CURVE_ORDER[algorithm], _CURVE_BYTES[algorithm]
    return r.to_bytes(size) + min(s, order - s).to_bytes(size)


def _verify_ecdsa(algorithm: Algorithm, public: bytes, signature: bytes, data: bytes) -> bool:

    size = _CURVE_BYTES[algorithm]
    if len(signature) != 2 * size:
        return False
    r, s = int.from_bytes(signature[:size]), int.from_bytes(signature[size:])
    try:
        _load_point(algorithm, public).verify(encode_dss_signature(r, s), data, _ecdsa(algorithm))
    except InvalidSignature:
        return False
    return True


@cache
def _ecdsa(algorithm: Algorithm, *, deterministic: bool = False) -> ec.ECDSA:

    digest = hashes.SHA256() if algorithm == "P-256" else hashes.SHA384()
    return ec.ECDSA(digest, deterministic_signing=deterministic)
