"""The installation's own identity: `did:web:{host}`, its keys, and the DID document at `/.well-known/did.json`.

Its keys sign receipts and nothing else. The first one is made when it is first needed; the database lets only one key
be active, so of two processes that make one at the same time one finds the other's.
"""

from __future__ import annotations

import uuid
from datetime import datetime

from django.conf import settings
from django.db import IntegrityError, transaction

from issuers import audit
from issuers.audit import Actor
from issuers.keystore import seal_for_installation
from issuers.models import InstallationKey
from openbadges.did import VerificationMethod, build_did_document, did_web
from openbadges.json_types import JsonObject
from openbadges.keys import PrivateKey, PublicKey

SYSTEM = Actor.system("installation")
_State = InstallationKey.State


def did() -> str:
    """The installation's DID, such as did:web:badges.example.org or did:web:localhost%3A8000."""
    return did_web(settings.PUBLIC_URL)


def dids() -> tuple[str, ...]:
    """The present DID, then those that it had at earlier addresses."""
    return tuple(did_web(origin) for origin in (settings.PUBLIC_URL, *settings.PREVIOUS_URLS))


def method_id(key: InstallationKey) -> str:
    """The DID URL of a key, which receipts name."""
    return f"{did()}#{key.fragment}"


def signing_key(*, now: datetime) -> InstallationKey:
    """The key that signs now; made here where there is none yet."""
    return _active_key() or _first_key(now)


def rotate_installation_key(*, now: datetime, actor: Actor = SYSTEM, compromised: bool = False) -> InstallationKey:
    """Replace the signing key. The old one stays listed and earlier receipts verify, unless it was compromised."""
    with transaction.atomic():
        # Whoever rotates at the same time waits for these rows, and then finds the new key active.
        list(InstallationKey.objects.select_for_update())
        old = InstallationKey.objects.filter(state=_State.ACTIVE)
        fragments = [key.fragment for key in old]
        old.update(state=_State.COMPROMISED if compromised else _State.RETIRED, replaced_at=now)
        key = _create_active_key(now)
        details: JsonObject = {"replaced": [*fragments], "compromised": compromised}
        _record("installation_key.rotated", key, actor=actor, now=now, details=details)
    return key


def did_document(named: str | None = None) -> JsonObject:
    """The DID document, under the present DID or (`named`) one of `dids`. Compromised keys are not in it."""
    own = dids()
    subject = own[0] if named is None else named
    keys = InstallationKey.objects.exclude(state=_State.COMPROMISED).order_by("state", "-created_at")
    methods = [
        VerificationMethod(f"{subject}#{key.fragment}", subject, PublicKey.from_jwk(key.public_key)) for key in keys
    ]
    others = [settings.PUBLIC_URL, *(other for other in own if other != subject)]
    return build_did_document(subject, methods, also_known_as=others)


def _active_key() -> InstallationKey | None:
    return InstallationKey.objects.filter(state=_State.ACTIVE).first()


def _first_key(now: datetime) -> InstallationKey:
    try:
        with transaction.atomic():
            key = _create_active_key(now)
            _record("installation_key.made", key, actor=SYSTEM, now=now, details={})
            return key
    except IntegrityError:
        return InstallationKey.objects.get(state=_State.ACTIVE)


def _create_active_key(now: datetime) -> InstallationKey:
    private, key_id = PrivateKey.generate("P-256"), uuid.uuid4()
    return InstallationKey.objects.create(
        id=key_id,
        fragment=f"receipt-{now:%Y}-{key_id.hex[:8]}",
        state=_State.ACTIVE,
        public_key=private.public.to_jwk(),
        sealed_private_key=seal_for_installation(private, key_id=key_id),
        created_at=now,
    )


def _record(action: str, key: InstallationKey, *, actor: Actor, now: datetime, details: JsonObject) -> None:
    audit.record(
        action,
        actor=actor,
        issuer_id=None,
        object_kind="installation",
        object_id=key.fragment,
        now=now,
        details=details,
    )
