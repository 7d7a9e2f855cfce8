"""A badge and what was looked up for it, turned into the evidence that `judge` weighs.

Looking up is for others (database, network, a folder); here is only what follows from the answers. So the same case
gives the same report wherever it is weighed, and a case can travel to a process with limits (openbadges.wire).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Literal

from openbadges import issuer_facts, shapes
from openbadges.endorsements import MOST_ENDORSEMENTS, endorsements_in
from openbadges.errors import OpenBadgesError
from openbadges.facts import EndorsementFact, Evidence, IssuerFact, RecordFact, StatusFact
from openbadges.inputs import Badge
from openbadges.jose import Token
from openbadges.json_types import JsonObject
from openbadges.judge import judge
from openbadges.parts import know
from openbadges.references import Reference, credential_in_token, issuer_references, without_fragment
from openbadges.report import Report
from openbadges.shapes import first_object
from openbadges.status_credential import parse_list, read_status_list
from openbadges.status_entry import StatusQuestion, questions, worst_of
from openbadges.strict_json import dumps

Missing = Literal["not_held", "unreachable", "unusable"]
"""Why there is no document for an address: nobody looked; nobody answered; what came is no document."""
Document = JsonObject | str
"""What an address serves: a JSON object, or the text of a token."""


@dataclass(frozen=True, slots=True)
class OwnFacts:
    """What our own database says: of the issuer, of the award, and of each status entry (by its place) in a list of
    ours. `issuer` None: the badge names an issuer elsewhere."""

    issuer: IssuerFact | None = None
    record: RecordFact | None = None
    status: Mapping[int, StatusFact] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Case:
    """One badge with everything that was found out about it.

    `documents`: by address, what others serve there. `asked`: its status entries, where somebody has read them already.
    """

    badge: Badge
    documents: Mapping[str, Document | Missing] = field(default_factory=dict)
    own: OwnFacts = OwnFacts()
    recipient: str | None = None
    asked: Sequence[StatusQuestion | None] | None = None


def weigh(case: Case, *, now: datetime) -> Report:
    """The verdict on a case as of `now` (aware)."""
    return judge(evidence_of(case, now=now), now=now)


def evidence_of(case: Case, *, now: datetime) -> Evidence:
    """Everything that the verdict rests on; `now` says whether a status list is current."""
    badge, own = case.badge, case.own
    credential = credential_in(badge)
    issuer = own.issuer and issuer_facts.with_key_in_header(own.issuer, badge.token)
    if issuer is None:
        issuer = issuer_fact(issuer_id(credential), credential, badge.token, case.documents)
    return Evidence(
        source=badge.source,
        form="ob3-di" if badge.token is None else "ob3-jwt",
        document=badge.document,
        token=badge.token,
        issuer=issuer,
        status=status_fact(
            questions(credential) if case.asked is None else case.asked, issuer, case.documents, own=own.status, now=now
        ),
        record=own.record,
        recipient=case.recipient,
        endorsements=tuple(_endorsement_facts(credential, case.documents, now)),
    )


def credential_in(badge: Badge) -> JsonObject:
    """The credential of a badge; a token's bare payload where the judge will refuse it."""
    return badge.document or {} if badge.token is None else credential_in_token(badge.token)


def issuer_id(credential: JsonObject) -> str:
    """The issuer that a credential names, "" where it names none."""
    return shapes.issuer_id(credential) or ""


# --- its issuer and its status, and those of its endorsements ----------------------------------------------------

Documents = Mapping[str, Document | Missing]


def issuer_fact(named: str, credential: JsonObject, token: Token | None, documents: Documents) -> IssuerFact:
    """What is known of an issuer elsewhere: did:key and did:jwk from themselves, others from what they serve."""
    found = issuer_facts.from_id(named)
    for reference in () if found is not None else issuer_references(credential, token):
        document = documents.get(reference.url, "not_held")
        if reference.kind == "keys":
            found = found if found is None else issuer_facts.with_keys(found, reference.id, _value(document))
        else:
            found = _looked_up(reference, document)
    return issuer_facts.with_key_in_header(found or issuer_facts.unresolved(named, "issuer.not_held"), token)


def _looked_up(reference: Reference, document: Document | Missing) -> IssuerFact:
    if not isinstance(document, dict):
        return issuer_facts.unresolved(reference.id, _ISSUER_PROBLEMS.get(document, "issuer.document_invalid"))
    read = issuer_facts.from_did_document if reference.kind == "did_document" else issuer_facts.from_profile
    return know(document, (reference.kind, reference.id), partial(read, reference.id, document))


def _value(document: Document | Missing) -> JsonObject | None:
    return document if isinstance(document, dict) else None


def status_fact(
    asked: Sequence[StatusQuestion | None],
    issuer: IssuerFact,
    documents: Documents,
    *,
    own: Mapping[int, StatusFact],
    now: datetime,
) -> StatusFact | None:
    """What the status lists say; None where the credential names none. `own`: entries in lists of ours, by place."""
    return worst_of(
        [
            own.get(place) or _one_status(question, documents, issuer=issuer, now=now)
            for place, question in enumerate(asked)
        ]
    )


def _one_status(
    question: StatusQuestion | None, documents: Documents, *, issuer: IssuerFact, now: datetime
) -> StatusFact:
    if question is None:
        return StatusFact(None, code="status.unknown_type")
    document = documents.get(without_fragment(question.address), "not_held")
    if isinstance(document, str) and document in _STATUS_PROBLEMS:
        return StatusFact(None, question.purpose, code=_STATUS_PROBLEMS[document])
    try:
        found = _list_in(document)
    except OpenBadgesError:
        return StatusFact(None, question.purpose, code="status.list_invalid")
    return read_status_list(found, question, issuer=issuer, now=now)


def _list_in(document: Document | Missing) -> JsonObject | Token:
    """A list as it is, or what its envelope holds. Raises OpenBadgesError."""
    if isinstance(document, str):
        return parse_list(document)
    return (
        parse_list(dumps(document))
        if "encodedList" not in first_object(document.get("credentialSubject"))
        else document
    )


def _endorsement_facts(credential: JsonObject, documents: Documents, now: datetime) -> Iterator[EndorsementFact]:
    for endorsement in endorsements_in(credential)[:MOST_ENDORSEMENTS]:
        named = issuer_id(endorsement.document)
        issuer = issuer_fact(named, endorsement.document, endorsement.token, documents)
        yield EndorsementFact(issuer, status_fact(questions(endorsement.document), issuer, documents, own={}, now=now))


_ISSUER_PROBLEMS: Mapping[str, str] = {"not_held": "issuer.not_held", "unreachable": "issuer.unreachable"}
_STATUS_PROBLEMS: Mapping[str, str] = {"not_held": "status.not_held", "unreachable": "status.unreachable"}
