"""Private keys at rest: sealed with AES-256-GCM under a master key that the database does not hold.

Sealed form: one version byte, eight bytes naming the master key, a 12-byte nonce, the ciphertext with its tag.
The additional data binds the ciphertext to one owner (an issuer, or the installation) and one key row, so a sealed key
cannot be moved to another.
"""

from __future__ import annotations

import os
from functools import lru_cache
from hashlib import sha256

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

from issuers.models import InstallationKey, SigningKey
from openbadges.keys import Algorithm, PrivateKey

_VERSION = b"\x01"
_NAME_LENGTH = 8
_NONCE_LENGTH = 12


class KeyUnavailable(Exception):
    """A private key cannot be opened: its master key is not configured, or the sealed bytes were changed."""

    code = "key_unavailable"


def seal(key: PrivateKey, *, issuer_id: int, key_id: object) -> bytes:
    """Return the sealed form of an issuer's private key under the first configured master key."""
    return _sealed(key, _of_issuer(issuer_id, key_id))


def seal_for_installation(key: PrivateKey, *, key_id: object) -> bytes:
    """Return the sealed form of a private key of the installation under the first configured master key."""
    return _sealed(key, _of_installation(key_id))


def _sealed(key: PrivateKey, bound_to: bytes) -> bytes:
    master = settings.MASTER_KEYS[0]
    nonce = os.urandom(_NONCE_LENGTH)
    return _VERSION + _name_of(master) + nonce + AESGCM(master).encrypt(nonce, key.to_bytes(), bound_to)


def private_key(row: SigningKey) -> PrivateKey:
    """Open the private half of an issuer's key. Raises KeyUnavailable. Only credentials.signing calls this."""
    return _opened(bytes(row.sealed_private_key), _of_issuer(row.issuer_id, row.pk), row.algorithm)


def installation_private_key(row: InstallationKey) -> PrivateKey:
    """Open the private half of an installation key. Raises KeyUnavailable. Only verification.receipts calls this."""
    return _opened(bytes(row.sealed_private_key), _of_installation(row.pk), "P-256")


@lru_cache(maxsize=64)
def _opened(sealed: bytes, bound_to: bytes, algorithm: Algorithm) -> PrivateKey:
    name = sealed[1 : 1 + _NAME_LENGTH]
    nonce = sealed[1 + _NAME_LENGTH : 1 + _NAME_LENGTH + _NONCE_LENGTH]
    master = next((key for key in settings.MASTER_KEYS if _name_of(key) == name), None)
    if sealed[:1] != _VERSION or master is None:
        raise KeyUnavailable("None of the configured master keys sealed this signing key. Check MASTER_KEYS.")
    try:
        plain = AESGCM(master).decrypt(nonce, sealed[1 + _NAME_LENGTH + _NONCE_LENGTH :], bound_to)
    except (InvalidTag, ValueError):  # ValueError: cut short
        raise KeyUnavailable("The sealed signing key was changed or belongs to another owner.") from None
    return PrivateKey.from_bytes(algorithm, plain)


def _name_of(master: bytes) -> bytes:
    return sha256(b"touchstone master key name" + master).digest()[:_NAME_LENGTH]


def _of_issuer(issuer_id: int, key_id: object) -> bytes:
    return f"issuer {issuer_id} key {key_id}".encode()


def _of_installation(key_id: object) -> bytes:
    return f"installation key {key_id}".encode()
