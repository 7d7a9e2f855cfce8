"""What can be done with an issuer: set one up, rotate its keys, add a course."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone

from issuers import audit
from issuers.audit import Actor
from issuers.keystore import seal
from issuers.models import Issuer, Member, SigningKey
from openbadges.json_types import JsonObject
from openbadges.keys import Algorithm, PrivateKey

if TYPE_CHECKING:
    from learners.models import User


SYSTEM = Actor.system("installation")


@transaction.atomic
def create_issuer(
    *, slug: str, name: str, country_code: str, now: datetime, actor: Actor = SYSTEM, **facts: Any
) -> Issuer:
    """Set up an issuer profile together with its two signing keys.

    facts: further fields of Issuer, by name. Raises ValidationError for a value that the model refuses.
    """
    issuer = Issuer(slug=slug, name=name, country_code=country_code, **facts)
    issuer.full_clean()
    issuer.save()
    for purpose in SigningKey.Purpose:
        _create_active_key(issuer=issuer, purpose=purpose, now=now)
    record_change("issuer.created", issuer, actor=actor, now=now)
    return issuer


@transaction.atomic
def rotate_keys(*, issuer: Issuer, now: datetime, actor: Actor = SYSTEM) -> list[SigningKey]:
    """Retire the signing keys of an issuer and make new ones. Retired keys stay published and keep verifying."""
    Issuer.objects.select_for_update().get(pk=issuer.pk)
    issuer.keys.filter(state=SigningKey.State.ACTIVE).update(state=SigningKey.State.RETIRED, retired_at=now)
    keys = [_create_active_key(issuer=issuer, purpose=purpose, now=now) for purpose in SigningKey.Purpose]
    record_change("keys.rotated", issuer, actor=actor, now=now, details={"keys": [key.fragment for key in keys]})
    return keys


@transaction.atomic
def add_member(*, issuer: Issuer, user: User, role: Member.Role, actor: Actor = SYSTEM) -> Member:
    """Let a person act for an issuer; an existing membership takes the new role."""
    before = Member.objects.filter(issuer=issuer, user=user, role=role).first()
    if before is not None:
        return before
    member, _ = Member.objects.update_or_create(issuer=issuer, user=user, defaults={"role": role})
    details: JsonObject = {"user": user.pk, "role": str(role)}
    record_change("member.added", issuer, actor=actor, now=timezone.now(), details=details)
    return member


def record_change(
    action: str, issuer: Issuer, *, actor: Actor, now: datetime, details: JsonObject | None = None
) -> None:
    """Write a change of this issuer to the audit log."""
    audit.record(
        action,
        actor=actor,
        issuer_id=issuer.pk,
        object_kind="issuer",
        object_id=issuer.slug,
        now=now,
        details=details,
    )


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
