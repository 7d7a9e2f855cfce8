"""The documents that an issuer publishes: one JSON that is both its profile and its DID document."""

from __future__ import annotations

from collections.abc import Iterable

from issuers.models import Issuer, SigningKey
from openbadges.did import VerificationMethod, build_did_document
from openbadges.documents import Address, Identifier, Image, Profile
from openbadges.json_types import JsonObject
from openbadges.keys import PublicKey


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
    keys = issuer.keys.order_by("created_at", "purpose")
    document = build_did_document(issuer.did, published_methods(issuer, keys), also_known_as=[issuer.address])
    profile = {name: value for name, value in profile_of(issuer).to_json().items() if name not in document}
    return {**document, **profile}
