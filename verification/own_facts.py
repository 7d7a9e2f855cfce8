"""What our own database knows of an issuer, an award and a status list, as facts for a verdict."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from functools import lru_cache

from credentials.models import Award, StatusEntry, StatusList
from issuers.models import Issuer, SigningKey
from openbadges import status, strict_json
from openbadges.errors import OpenBadgesError
from openbadges.facts import AwardState, IssuerFact, KeyFact, RecordFact, StatusFact
from openbadges.json_types import JsonObject
from openbadges.keys import PublicKey
from openbadges.status_credential import StatusQuestion
from verification import own

RECORD_STATES: Mapping[Award.State, AwardState] = {
    Award.State.ISSUED: "issued",
    Award.State.SUSPENDED: "suspended",
    Award.State.REVOKED: "revoked",
    Award.State.SUPERSEDED: "superseded",
}


def issuer_fact(issuer: Issuer, *, did: str) -> IssuerFact:
    """An issuer of ours. `did` may carry an earlier origin of ours; the keys are the same."""
    approved = issuer.approved_at is not None
    keys = (_key_fact(key, did=did) for key in issuer.keys.defer("sealed_private_key"))
    return IssuerFact(
        did,
        "did:web",
        keys={fact.method: fact for fact in keys},
        name=issuer.name if approved else None,
        proven_by=("did:web", "operator") if approved else ("did:web",),
        own=True,
    )


def record_fact(credential: JsonObject, *, issuer: Issuer) -> RecordFact | None:
    """Our own record of the award that the credential names, where it is this issuer's."""
    address = credential.get("id")
    public_id = own.award_id(address) if isinstance(address, str) else None
    if public_id is None:
        return None
    award = (
        Award.objects.select_related("replaced_by")
        .only("state", "state_since", "public_reason", "replaced_by__public_id", "replaced_by__state")
        .filter(public_id=public_id, issuer=issuer)
        .exclude(state=Award.State.RESERVED)
        .first()
    )
    if award is None:
        return None
    recorded = {
        bytes(digest): recorded_at
        for digest, recorded_at in StatusEntry.objects.filter(award=award).values_list("digest", "recorded_at")
    }
    return RecordFact(
        state=RECORD_STATES[Award.State(award.state)],
        digests=frozenset(recorded),
        since=award.state_since,
        public_reason=award.public_reason,
        replaced_by=award.successor.address if award.successor else None,
        is_sample=issuer.is_sample,
        recorded_at=recorded,
    )


def status_fact(list_id: uuid.UUID, question: StatusQuestion, *, issuer: Issuer | None) -> StatusFact:
    """What a list of ours says now; nothing where the list is another issuer's."""
    lists = StatusList.objects.filter(public_id=list_id, issuer=issuer).values_list("bits", flat=True)
    bits = None if issuer is None else lists.first()
    try:
        if bits is not None:
            return StatusFact(status.get_bit(bytes(bits), question.index), question.purpose, list_age_seconds=0)
    except OpenBadgesError:
        pass  # the index lies outside of the list
    return StatusFact(None, question.purpose, code="status.list_invalid")


def _key_fact(key: SigningKey, *, did: str) -> KeyFact:
    return KeyFact(
        method=f"{did}#{key.fragment}",
        key=_public_key(strict_json.dumps(key.public_key)),
        controller=did,
        listed=key.state != SigningKey.State.COMPROMISED,
        compromised_at=key.compromised_at,
    )


@lru_cache(maxsize=1024)
def _public_key(jwk: bytes) -> PublicKey:
    """Reading a key checks that its point lies on the curve, which is worth doing once."""
    value = strict_json.loads(jwk)
    assert isinstance(value, dict)  # it comes from our own column
    return PublicKey.from_jwk(value)
