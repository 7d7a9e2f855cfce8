"""The documents that an issuer publishes: one JSON that is both its profile and its DID document."""

from __future__ import annotations

from collections.abc import Iterable

from django.conf import settings

from issuers.models import Issuer, SigningKey
from openbadges.contexts import OPEN_BADGES_3_0_3
from openbadges.did import VerificationMethod, build_did_document, did_web
from openbadges.documents import Address, Identifier, Image, Profile
from openbadges.json_types import JsonObject
from openbadges.keys import PublicKey
from openbadges.shapes import as_list


def profile_of(issuer: Issuer) -> Profile:
    """The issuer profile as it stands in every credential."""
    return Profile(
        id=issuer.did,
        name=issuer.name,
        url=issuer.url or issuer.address,
        description=issuer.description or None,
        email=issuer.email or None,
        image=Image(id=f"{issuer.address}/logo.png", caption=f"Logo of {issuer.name}") if issuer.logo_svg else None,
        address=Address(address_country_code=issuer.country_code, address_region=issuer.region or None),
        other_identifier=(
            (Identifier(identifier=issuer.legal_id, identifier_type=issuer.legal_id_type),) if issuer.legal_id else ()
        ),
        parent_org=(
            Profile(id=f"{issuer.address}#institution", name=issuer.parent_name) if issuer.parent_name else None
        ),
    )


def method_id(key: SigningKey, did: str) -> str:
    """The verification method's DID URL, which proofs and tokens name."""
    return f"{did}#{key.fragment}"


def published_methods(issuer: Issuer, keys: Iterable[SigningKey]) -> tuple[VerificationMethod, ...]:
    """Keys that verifiers may rely on: a compromised key leaves the document at once, a retired one stays."""
    return tuple(
        VerificationMethod(id=method_id(key, issuer.did), controller=issuer.did, key=PublicKey.from_jwk(key.public_key))
        for key in keys
        if key.state != SigningKey.State.COMPROMISED
    )


def did_document(issuer: Issuer) -> JsonObject:
    """Profile and DID document in one, served at `/issuers/{slug}` and `/issuers/{slug}/did.json`."""
    # Active keys first, and of these the one for tokens: some verifiers of tokens look no further than the first key.
    keys = issuer.keys.order_by("state", "-purpose", "-created_at")
    document = build_did_document(issuer.did, published_methods(issuer, keys), also_known_as=_also_known_as(issuer))
    profile = {name: value for name, value in profile_of(issuer).to_json().items() if name not in document}
    # The DID contexts give meaning to the keys, that of Open Badges to the profile.
    return {**document, "@context": [*as_list(document["@context"]), OPEN_BADGES_3_0_3], **profile}


def _also_known_as(issuer: Issuer) -> list[str]:
    """The profile's address, and the DIDs that the issuer had before the installation moved."""
    return [issuer.address, *(did_web(origin, "issuers", issuer.slug) for origin in settings.PREVIOUS_URLS)]
