"""What our own database knows of an issuer, an award and a status list, as facts for a verdict."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from itertools import starmap
from typing import Any, NamedTuple

from django.db.models import CharField, FilteredRelation, IntegerField, Q, QuerySet, Subquery, TextField, UUIDField
from django.db.models.functions import Cast, Substr

from credentials.models import Award, StatusList
from issuers.models import Issuer, SigningKey
from openbadges import strict_json
from openbadges.case import OwnFacts, issuer_id
from openbadges.facts import AwardState, IssuerFact, KeyFact, RecordFact, StatusFact
from openbadges.json_types import JsonObject
from openbadges.keys import PublicKey
from openbadges.status import LIST_LENGTH, get_bit
from openbadges.status_entry import StatusQuestion
from verification import own
from verification.prepared import Given, Question

RECORD_STATES: Mapping[Award.State, AwardState] = {
    Award.State.ISSUED: "issued",
    Award.State.SUSPENDED: "suspended",
    Award.State.REVOKED: "revoked",
    Award.State.SUPERSEDED: "superseded",
}


class _Row(NamedTuple):
    """A key of an issuer beside a document recorded for an award (None where there is none), and a byte of a list."""

    name: str
    is_sample: bool
    approved_at: datetime | None
    fragment: str | None
    key_state: str
    public_key: str
    compromised_at: datetime | None
    state: str | None
    since: datetime | None
    public_reason: str
    newer: uuid.UUID | None
    state_of_newer: str | None
    digest: bytes | None
    recorded_at: datetime
    byte: bytes | None


def _rows() -> QuerySet[Issuer, tuple[object, ...]]:
    """Everything at once: what takes time is to ask, and so a verdict sees one moment."""
    slug = Given("slug", CharField())
    lists = StatusList.objects.filter(issuer__slug=slug, public_id=Given("status_list", UUIDField()))
    the_award = Q(awards__public_id=Given("award", UUIDField())) & Q(awards__state__in=list(RECORD_STATES))
    return (
        Issuer.objects.filter(slug=slug)
        .annotate(
            award=FilteredRelation("awards", condition=the_award),
            # Of 16 KB the one byte that counts.
            byte=Subquery(lists.values(byte=Substr("bits", Given("position", IntegerField()), 1))),
        )
        .values_list(
            "name",
            "is_sample",
            "approved_at",
            "keys__fragment",
            "keys__state",
            Cast("keys__public_key", TextField()),
            "keys__compromised_at",
            "award__state",
            "award__state_since",
            "award__public_reason",
            "award__replaced_by__public_id",
            "award__replaced_by__state",
            "award__status_entries__digest",
            "award__status_entries__recorded_at",
            "byte",
        )
    )


_ask = Question(_rows)


def own_facts(credential: JsonObject, asked: Sequence[StatusQuestion | None]) -> OwnFacts:
    """What our own database says now about the issuer, the award and the lists that a credential names."""
    did, address = issuer_id(credential), credential.get("id")
    slug = own.issuer_slug(did)
    award = own.award_id(address) if slug is not None and isinstance(address, str) else None
    rows, status = None, {}
    for place, question in enumerate(asked):
        list_id = None if question is None else own.status_list_id(question.address)
        if question is not None and list_id is not None:
            rows = _rows_for(slug, award, list_id, question.index)
            status[place] = _status_fact(question, rows)
    rows = _rows_for(slug, award) if rows is None else rows
    if not rows:
        return OwnFacts(status=status)
    keys = dict.fromkeys((row.fragment, row.key_state, row.public_key, row.compromised_at) for row in rows)
    name = None if rows[0].approved_at is None else rows[0].name
    return OwnFacts(_issuer_fact(did, name, tuple(keys)), _record_fact(rows), status)


def _rows_for(
    slug: str | None, award: uuid.UUID | None, status_list: uuid.UUID | None = None, index: int = 0
) -> list[_Row]:
    if slug is None:
        return []
    position = index // 8 + 1 if 0 <= index < LIST_LENGTH else 1
    return list(starmap(_Row, _ask(slug=slug, award=award, status_list=status_list, position=position)))


def _status_fact(question: StatusQuestion, rows: Sequence[_Row]) -> StatusFact:
    """What a list of ours says; nothing where the list is another issuer's, or the index outside of it."""
    byte = bytes(rows[0].byte or b"") if rows and 0 <= question.index < LIST_LENGTH else b""
    if not byte:
        return StatusFact(None, question.purpose, code="status.list_invalid")
    return StatusFact(get_bit(byte, question.index % 8), question.purpose, list_age_seconds=0)


@lru_cache(maxsize=256)
def _issuer_fact(did: str, name: str | None, keys: tuple[tuple[Any, ...], ...]) -> IssuerFact:
    """An issuer of ours. `did` may carry an earlier origin of ours; the keys are the same. name: where it is approved.

    Kept by everything that it is made of: reading a key checks that its point lies on the curve.
    """
    facts = [_key_fact(did, *key) for key in keys if key[0] is not None]
    return IssuerFact(
        did,
        "did:web",
        keys={fact.method: fact for fact in facts},
        name=name,
        proven_by=("did:web",) if name is None else ("did:web", "operator"),
        own=True,
    )


def _key_fact(did: str, fragment: str, state: str, public_key: str, compromised_at: datetime | None) -> KeyFact:
    return KeyFact(
        method=f"{did}#{fragment}",
        key=PublicKey.from_jwk(strict_json.load_object(public_key)),
        controller=did,
        listed=state != SigningKey.State.COMPROMISED,
        compromised_at=compromised_at,
    )


def _record_fact(rows: Sequence[_Row]) -> RecordFact | None:
    """Our own record of the award that the credential names, where it is this issuer's."""
    award = rows[0]
    if award.state is None:
        return None
    recorded = {bytes(row.digest): row.recorded_at for row in rows if row.digest is not None}
    newer = None if award.state_of_newer == Award.State.RESERVED else award.newer
    return RecordFact(
        state=RECORD_STATES[Award.State(award.state)],
        digests=frozenset(recorded),
        since=award.since,
        public_reason=award.public_reason,
        replaced_by=None if newer is None else Award(public_id=newer).address,
        is_sample=award.is_sample,
        recorded_at=recorded,
    )


def status_document(list_id: uuid.UUID) -> JsonObject | None:
    """A status list of ours as it is published."""
    text = StatusList.objects.filter(public_id=list_id).values_list("document", flat=True).first()
    return strict_json.load_object(text) if text else None
