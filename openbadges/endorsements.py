"""The endorsements that a credential carries: credentials of others about it, its achievement or its issuer.

Source: Open Badges 3.0, EndorsementCredential (members `endorsement` and `endorsementJwt`).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from openbadges.errors import OpenBadgesError
from openbadges.jose import Token, credential_of, parse_token
from openbadges.json_types import JsonObject, JsonValue
from openbadges.shapes import as_list, first_object
from openbadges.strict_json import dumps

MOST_ENDORSEMENTS = 8
"""So many are looked at, in the order of the document; each may cost look-ups and a canonicalisation."""


@dataclass(frozen=True, slots=True)
class Endorsement:
    """One endorsement as it was found. `token`: what it was read from, None for one with an embedded proof.

    `document` is empty where nothing could be read; such an endorsement never counts.
    """

    document: JsonObject
    token: Token | None = None


def endorsements_in(document: JsonObject) -> tuple[Endorsement, ...]:
    """Return all endorsements of a credential: its own, its issuer's, its achievement's and their creator's.

    Tokens come after embedded ones of the same holder; one that stands in several places is given once. Raises
    nothing; nothing is verified.
    """
    found: dict[object, Endorsement] = {}
    for holder in _holders(document):
        if "endorsement" in holder or "endorsementJwt" in holder:  # as hardly ever
            for endorsement in _of_holder(holder):
                found.setdefault(_identity(endorsement), endorsement)
    return tuple(found.values())


def endorsed_ids(document: JsonObject) -> frozenset[str]:
    """Return the ids that an endorsement inside a credential may be about: the badge and what it names."""
    subject = first_object(document.get("credentialSubject"))
    ids = [holder.get("id") for holder in (*_holders(document), subject)] + [document.get("issuer")]
    return frozenset(text for text in ids if isinstance(text, str))


def _holders(document: JsonObject) -> tuple[JsonObject, ...]:
    achievement = first_object(first_object(document.get("credentialSubject")).get("achievement"))
    return document, first_object(document.get("issuer")), achievement, first_object(achievement.get("creator"))


def _identity(endorsement: Endorsement) -> object:
    """Equal for equal endorsements; what cannot be read or written equals nothing."""
    if endorsement.token is not None:
        return endorsement.token.signing_input, endorsement.token.signature
    try:
        return dumps(endorsement.document) if endorsement.document else object()
    except OpenBadgesError:
        return object()


def _of_holder(holder: JsonObject) -> Iterator[Endorsement]:
    for entry in as_list(holder.get("endorsement")):
        yield Endorsement(entry if isinstance(entry, dict) else {})
    for text in as_list(holder.get("endorsementJwt")):
        yield _of_token(text)


def _of_token(text: JsonValue) -> Endorsement:
    if not isinstance(text, str):
        return Endorsement({})
    try:
        token = parse_token(text)
        return Endorsement(credential_of(token), token)
    except OpenBadgesError:
        return Endorsement({})
