"""What can be done with an issuer: set one up, rotate its keys, add a course."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import transaction

from issuers.keystore import seal
from issuers.models import Issuer, Member, SigningKey
from openbadges.keys import Algorithm, PrivateKey

if TYPE_CHECKING:
    from learners.models import User


@transaction.atomic
def create_issuer(*, slug: str, name: str, country_code: str, now: datetime, **facts: Any) -> Issuer:
    """Set up an issuer profile together with its two signing keys.

    facts: further fields of Issuer, by name. Raises ValidationError for a value that the model refuses.
    """
    issuer = Issuer(slug=slug, name=name, country_code=country_code, **facts)
    issuer.full_clean()
    issuer.save()
    for purpose in SigningKey.Purpose:
        _create_active_key(issuer=issuer, purpose=purpose, now=now)
    return issuer


@transaction.atomic
def rotate_keys(*, issuer: Issuer, now: datetime) -> list[SigningKey]:
    """Retire the signing keys of an issuer and make new ones. Retired keys stay published and keep verifying."""
    Issuer.objects.select_for_update().get(pk=issuer.pk)
    issuer.keys.filter(state=SigningKey.State.ACTIVE).update(state=SigningKey.State.RETIRED, retired_at=now)
    return [_create_active_key(issuer=issuer, purpose=purpose, now=now) for purpose in SigningKey.Purpose]


def add_member(*, issuer: Issuer, user: User, role: Member.Role) -> Member:
    """Let a person act for an issuer; an existing membership takes the new role."""
    member, _ = Member.objects.update_or_create(issuer=issuer, user=user, defaults={"role": role})
    return member


def _create_active_key(*, issuer: Issuer, purpose: SigningKey.Purpose, now: datetime) -> SigningKey:
    algorithm: Algorithm = "Ed25519" if purpose == SigningKey.Purpose.PROOF else "P-256"
    private = PrivateKey.generate(algorithm)
    key_id = uuid.uuid4()
    return SigningKey.objects.create(
        id=key_id,
        issuer=issuer,
        # The name carries no meaning beyond being unique; the year helps people who read the DID document.
        fragment=f"{purpose.value}-{now:%Y}-{key_id.hex[:8]}",
        algorithm=algorithm,
        purpose=purpose,
        state=SigningKey.State.ACTIVE,
        public_key=private.public.to_jwk(),
        sealed_private_key=seal(private, issuer_id=issuer.pk, key_id=key_id),
        created_at=now,
    )
