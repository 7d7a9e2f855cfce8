"""Credentials stay good while their issuer's keys change, for us and for others."""

import uuid

import pytest
from openbadgeslib.ob3 import OB3LdpVerifier, OB3Verifier

from credentials.models import Achievement, AchievementVersion
from credentials.samples.load import load_samples
from issuers.keystore import seal
from issuers.models import Issuer, SigningKey
from issuers.services import rotate_keys
from openbadges import strict_json
from openbadges.keys import PrivateKey
from tests.interop.peer import Peer
from tests.interop.world import LATER, NOW, SMALL_ISSUER, Credential, Published, award, learner, published
from verification.services import verify

pytestmark = [pytest.mark.django_db, pytest.mark.node]


@pytest.fixture
def version() -> AchievementVersion:
    load_samples(now=NOW, issuers=[SMALL_ISSUER])
    return Achievement.objects.get(issuer__slug=SMALL_ISSUER.slug).current


def accept(world: Published, item: Credential, peer: Peer) -> None:
    """Everybody accepts both forms of this credential."""
    peer.hold(world.documents)
    assert peer.verify(item.document) == peer.verify_token(item.token) == ""
    issuer = item.document["issuer"]
    assert isinstance(issuer, dict)
    OB3LdpVerifier.for_issuer_did(str(issuer["id"])).verify(item.document, download=world.download)
    OB3Verifier.for_issuer_did(str(issuer["id"]), world.download).verify(item.token)
    for form in (strict_json.dumps(item.document), item.token):
        assert verify(form, now=LATER).report.state == "valid"


def test_retired_keys_go_on_verifying(version: AchievementVersion, peer: Peer) -> None:
    first = award(version, [learner(1, version)])
    rotate_keys(issuer=version.achievement.issuer, now=NOW)
    second = award(version, [learner(2, version)])
    world = published([*first.awards.all(), *second.awards.all()])
    before, after = world.credentials
    accept(world, before, peer)
    accept(world, after, peer)
    assert before.token.split(".")[0] != after.token.split(".")[0]


def test_tokens_under_an_rsa_key(version: AchievementVersion, peer: Peer) -> None:
    sign_tokens_with_rsa(version.achievement.issuer)
    batch = award(version, [learner(1, version)])
    world = published(batch.awards.all())
    accept(world, world.credentials[0], peer)


def sign_tokens_with_rsa(issuer: Issuer) -> None:
    """What an issuer that must serve RS256 readers has in place of its P-256 key."""
    issuer.keys.filter(purpose=SigningKey.Purpose.TOKEN).update(state=SigningKey.State.RETIRED, retired_at=NOW)
    key, key_id = PrivateKey.generate("RSA"), uuid.uuid4()
    SigningKey.objects.create(
        id=key_id,
        issuer=issuer,
        fragment="token-rsa",
        algorithm=SigningKey.Algorithm.RSA,
        purpose=SigningKey.Purpose.TOKEN,
        state=SigningKey.State.ACTIVE,
        public_key=key.public.to_jwk(),
        sealed_private_key=seal(key, issuer_id=issuer.pk, key_id=key_id),
        created_at=NOW,
    )
