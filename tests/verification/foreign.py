"""A badge of another platform with all that its site serves: an issuer's keys and a status list. All invented."""

from datetime import UTC, datetime, timedelta
from typing import Any

from django.utils import timezone

from openbadges import status, strict_json
from openbadges.data_integrity import add_proof
from openbadges.did import VerificationMethod, build_did_document
from openbadges.documents import OpenBadgeCredential, StatusEntry, status_list_credential
from openbadges.json_types import JsonObject
from openbadges.keys import PrivateKey
from tests.openbadges.samples import eu_complete

DID = "did:web:university.example:badges"
METHOD = f"{DID}#key-1"
KEY = PrivateKey.from_bytes("Ed25519", bytes(range(32)))
LIST = "https://university.example/status/1"
DID_URL = "https://university.example/badges/did.json"
BADGE = "https://university.example/badges/1"


def foreign_badge(**changes: Any) -> JsonObject:
    sample = eu_complete(valid_until=None)
    document: JsonObject = {
        **OpenBadgeCredential(
            id=BADGE,
            name=sample.name,
            issuer=sample.issuer,
            valid_from=sample.valid_from,
            awarded_date=sample.awarded_date,
            credential_subject=sample.credential_subject,
            credential_status=StatusEntry(status_list_credential=LIST, index=7),
        ).to_json(),
        **changes,
    }
    text = strict_json.dumps(document).decode().replace("did:web:localhost%3A8000:issuers:sample-it-academy", DID)
    unsigned = strict_json.loads(text)
    assert isinstance(unsigned, dict)
    return add_proof(unsigned, KEY, verification_method=METHOD, created=datetime(2026, 3, 12, tzinfo=UTC))


def did_document(key: PrivateKey = KEY) -> JsonObject:
    return build_did_document(DID, (VerificationMethod(METHOD, DID, key.public),))


def status_list(
    bits: bytes = status.empty(), *, signed_by: PrivateKey = KEY, age: timedelta = timedelta(hours=1)
) -> JsonObject:
    since = timezone.now().replace(microsecond=0) - age
    unsigned = status_list_credential(
        list_url=LIST,
        issuer=DID,
        encoded_list=status.encode_list(bits),
        valid_from=since,
        valid_until=since + timedelta(days=7),
    ).to_json()
    return add_proof(unsigned, signed_by, verification_method=METHOD, created=since)
