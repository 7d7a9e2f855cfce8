"""Badges as others write them, unsigned, and where their documents are."""

from datetime import timedelta
from typing import Any

from openbadges import status
from openbadges.contexts import CREDENTIALS_V2, OPEN_BADGES_3_0_3
from tests.interop.world import NOW

DID_WEB = "did:web:badges.example.org:issuers:peer"
LIST_URL = "https://badges.example.org/status/1"


def moment(days: int) -> str:
    """A time so many days from now, as others write it."""
    return (NOW + timedelta(days=days)).strftime("%Y-%m-%dT%H:%M:%SZ")


def badge(issuer: str = "", **changes: Any) -> dict[str, Any]:
    """A plain badge. Single values stand where arrays are meant, as many issuers write them."""
    return {
        "@context": [CREDENTIALS_V2, OPEN_BADGES_3_0_3],
        "id": "urn:uuid:6a1c6f0e-0d2b-4b52-9d3c-2f4a9c1d7e11",
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "name": "Peer \"badge\" 🦊 (SAMPLE)",
        "issuer": {"id": issuer, "type": "Profile", "name": "Peer Institute (SAMPLE)"},
        "validFrom": moment(-30),
        "credentialSubject": {
            "id": "did:example:holder",
            "type": "AchievementSubject",
            "identifier": {
                "type": "IdentityObject", "hashed": False, "identityHash": "Ada Sample", "identityType": "name",
            },
            "achievement": {
                "id": "https://badges.example.org/achievements/1",
                "type": "Achievement",
                "name": "Peering",
                "description": "Fictional, SAMPLE.",
                "criteria": {"narrative": "Peer with others."},
                "tag": "sample",
            },
        },
    } | changes  # fmt: skip


def status_entry(index: int = 7) -> dict[str, str]:
    return {
        "id": f"{LIST_URL}#{index}",
        "type": "BitstringStatusListEntry",
        "statusPurpose": "revocation",
        "statusListIndex": str(index),
        "statusListCredential": LIST_URL,
    }


def status_list(*indexes: int) -> dict[str, Any]:
    """An unsigned list in which these bits are set."""
    bits = status.empty()
    for index in indexes:
        bits = status.set_bit(bits, index)
    return {
        "@context": [CREDENTIALS_V2],
        "id": LIST_URL,
        "type": ["VerifiableCredential", "BitstringStatusListCredential"],
        "issuer": DID_WEB,
        "validFrom": moment(-1),
        "credentialSubject": {
            "id": f"{LIST_URL}#list",
            "type": "BitstringStatusList",
            "statusPurpose": "revocation",
            "encodedList": status.encode_list(bits),
        },
    }


def claims(credential: dict[str, Any]) -> dict[str, Any]:
    """The payload of a token as Open Badges 3.0 wants it."""
    start = int((NOW - timedelta(days=30)).timestamp())
    return credential | {
        "iss": credential["issuer"]["id"],
        "sub": credential["credentialSubject"]["id"],
        "jti": credential["id"],
        "nbf": start,
    }
