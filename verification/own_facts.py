"""What our own database knows of an issuer, an award and a status list, as facts for a verdict."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache

from credentials.models import Award, StatusList
from issuers.models import Issuer, SigningKey
from openbadges import status, strict_json
from openbadges.errors import OpenBadgesError
from openbadges.facts import AwardState, IssuerFact, KeyFact, RecordFact, StatusFact
from openbadges.json_types import JsonObject
from openbadges.keys import PublicKey
from openbadges.status_entry import StatusQuestion
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
    columns = issuer.keys.values_list("fragment", "state", "public_key", "compromised_at")
    keys = [_key_fact(*key, did=did) for key in columns]
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
    # Award, successor and recorded documents in one question: composing one costs more than its answer.
    rows = list(
        Award.objects.filter(public_id=public_id, issuer=issuer)
        .given()
        .values_list(
            "state",
            "state_since",
            "public_reason",
            "replaced_by__public_id",
            "replaced_by__state",
            "status_entries__digest",
            "status_entries__recorded_at",
        )
    )
    if not rows:
        return None
    state, since, public_reason, newer, state_of_newer, *_ = rows[0]
    recorded = {bytes(digest): recorded_at for *_, digest, recorded_at in rows if digest is not None}
    is_replaced = newer is not None and state_of_newer != Award.State.RESERVED
    return RecordFact(
        state=RECORD_STATES[Award.State(state)],
        digests=frozenset(recorded),
        since=since,
        public_reason=public_reason,
        replaced_by=Award(public_id=newer).address if is_replaced else None,
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


def status_document(list_id: uuid.UUID) -> JsonObject | None:
    """A status list of ours as it is published."""
    text = StatusList.objects.filter(public_id=list_id).values_list("document", flat=True).first()
    return strict_json.load_object(text) if text else None


def _key_fact(
    fragment: str, state: str, public_key: JsonObject, compromised_at: datetime | None, *, did: str
) -> KeyFact:
    return KeyFact(
        method=f"{did}#{fragment}",
        key=_public_key(strict_json.dumps(public_key)),
        controller=did,
        listed=state != SigningKey.State.COMPROMISED,
        compromised_at=compromised_at,
    )


@lru_cache(maxsize=1024)
def _public_key(jwk: bytes) -> PublicKey:
    """Reading a key checks that its point lies on the curve, which is worth doing once."""
    value = strict_json.loads(jwk)
    assert isinstance(value, dict)  # it comes from our own column
    return PublicKey.from_jwk(value)
