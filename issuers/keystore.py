"""Private keys at rest: sealed with AES-256-GCM under a master key that the database does not hold.

Sealed form: one version byte, eight bytes naming the master key, a 12-byte nonce, the ciphertext with its tag.
The additional data binds the ciphertext to one issuer and one key row, so a sealed key cannot be moved to another.
"""

from __future__ import annotations

import os
from functools import lru_cache
from hashlib import sha256

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

from issuers.models import SigningKey
from openbadges.keys import Algorithm, PrivateKey

_VERSION = b"\x01"
_NAME_LENGTH = 8
_NONCE_LENGTH = 12


class KeyUnavailable(Exception):
    """A private key cannot be opened: its master key is not configured, or the sealed bytes were changed."""

    code = "key_unavailable"


def seal(key: PrivateKey, *, issuer_id: int, key_id: object) -> bytes:
    """Return the sealed form of a private key under the first configured master key."""
    master = settings.MASTER_KEYS[0]
    nonce = os.urandom(_NONCE_LENGTH)
    ciphertext = AESGCM(master).encrypt(nonce, key.to_bytes(), _bound_to(issuer_id, key_id))
    return _VERSION + _name_of(master) + nonce + ciphertext


def private_key(row: SigningKey) -> PrivateKey:
    """Open the private half of a key. Raises KeyUnavailable. Only credentials.signing calls this."""
    return _opened(bytes(row.sealed_private_key), row.issuer_id, str(row.pk), row.algorithm)


@lru_cache(maxsize=64)
def _opened(sealed: bytes, issuer_id: int, key_id: str, algorithm: Algorithm) -> PrivateKey:
    name = sealed[1 : 1 + _NAME_LENGTH]
    nonce = sealed[1 + _NAME_LENGTH : 1 + _NAME_LENGTH + _NONCE_LENGTH]
    master = next((key for key in settings.MASTER_KEYS if _name_of(key) == name), None)
    if sealed[:1] != _VERSION or master is None:
        raise KeyUnavailable("None of the configured master keys sealed this signing key. Check MASTER_KEYS.")
    try:
        plain = AESGCM(master).decrypt(nonce, sealed[1 + _NAME_LENGTH + _NONCE_LENGTH :], _bound_to(issuer_id, key_id))
    except (InvalidTag, ValueError):  # ValueError: cut short
        raise KeyUnavailable("The sealed signing key was changed or belongs to another issuer.") from None
    return PrivateKey.from_bytes(algorithm, plain)


def _name_of(master: bytes) -> bytes:
    return sha256(b"touchstone master key name" + master).digest()[:_NAME_LENGTH]


def _bound_to(issuer_id: int, key_id: object) -> bytes:
    return f"issuer {issuer_id} key {key_id}".encode()
