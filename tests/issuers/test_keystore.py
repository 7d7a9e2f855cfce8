"""Private keys at rest: what is sealed opens for its own row and master key, and for nothing else."""

import os

import pytest
from pytest_django import Settings

from issuers import keystore
from issuers.keystore import KeyUnavailable, private_key, seal
from issuers.models import SigningKey
from openbadges.keys import PublicKey
from tests.factories import make_issuer

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _no_key_stays_open() -> None:
    keystore._opened.cache_clear()


@pytest.fixture
def key() -> SigningKey:
    return make_issuer().keys.get(purpose=SigningKey.Purpose.PROOF)


def test_a_sealed_key_opens_and_fits_its_public_half(key: SigningKey) -> None:
    signature = private_key(key).sign(b"some bytes")
    assert PublicKey.from_jwk(key.public_key).verify(signature, b"some bytes")


def test_the_private_half_is_not_readable_in_the_row(key: SigningKey) -> None:
    assert private_key(key).to_bytes() not in bytes(key.sealed_private_key)


def test_sealing_twice_gives_different_bytes(key: SigningKey) -> None:
    private = private_key(key)
    assert seal(private, issuer_id=1, key_id="a") != seal(private, issuer_id=1, key_id="a")


def test_a_sealed_key_moved_to_another_row_is_refused(key: SigningKey) -> None:
    other = make_issuer("another-academy").keys.get(purpose=SigningKey.Purpose.PROOF)
    other.sealed_private_key = key.sealed_private_key
    with pytest.raises(KeyUnavailable, match="changed or belongs to another"):
        private_key(other)


def test_a_sealed_key_moved_to_another_issuer_is_refused(key: SigningKey) -> None:
    key.issuer = make_issuer("another-academy")
    with pytest.raises(KeyUnavailable, match="changed or belongs to another"):
        private_key(key)


@pytest.mark.parametrize("position", [0, 3, 12, 30, -1], ids=["version", "master", "nonce", "ciphertext", "tag"])
def test_one_changed_bit_is_refused(key: SigningKey, position: int) -> None:
    changed = bytearray(key.sealed_private_key)
    changed[position] ^= 1
    key.sealed_private_key = bytes(changed)
    with pytest.raises(KeyUnavailable):
        private_key(key)


@pytest.mark.parametrize("length", [0, 1, 9, 21, 40])
def test_a_sealed_key_cut_short_is_refused(key: SigningKey, length: int) -> None:
    key.sealed_private_key = bytes(key.sealed_private_key)[:length]
    with pytest.raises(KeyUnavailable):
        private_key(key)


def test_another_master_key_opens_nothing(key: SigningKey, settings: Settings) -> None:
    settings.MASTER_KEYS = [os.urandom(32)]
    with pytest.raises(KeyUnavailable, match="MASTER_KEYS"):
        private_key(key)


def test_a_new_master_key_in_front_seals_while_the_old_one_opens(key: SigningKey, settings: Settings) -> None:
    new = os.urandom(32)
    settings.MASTER_KEYS = [new, *settings.MASTER_KEYS]
    private = private_key(key)
    resealed = SigningKey(
        pk=key.pk,
        issuer=key.issuer,
        algorithm=key.algorithm,
        sealed_private_key=seal(private, issuer_id=key.issuer_id, key_id=key.pk),
    )
    settings.MASTER_KEYS = [new]
    keystore._opened.cache_clear()
    assert private_key(resealed).to_bytes() == private.to_bytes()
    with pytest.raises(KeyUnavailable):
        private_key(key)


def test_an_open_key_does_not_show_its_secret(key: SigningKey) -> None:
    private = private_key(key)
    assert private.to_bytes().hex() not in repr(private) and repr(private.to_bytes()) not in repr(private)


def test_a_failure_to_open_carries_no_secret(key: SigningKey, settings: Settings) -> None:
    sealed, master = bytes(key.sealed_private_key), settings.MASTER_KEYS[0]
    key.sealed_private_key = sealed[:-1] + bytes([sealed[-1] ^ 1])
    with pytest.raises(KeyUnavailable) as refusal:
        private_key(key)
    assert refusal.value.__cause__ is None
    assert master.hex() not in str(refusal.value)
