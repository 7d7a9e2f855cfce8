"""A badge and what was looked up for it, turned into the evidence that `judge` weighs.

Looking up is for others (database, network, a folder); here is only what follows from the answers. So the same case
gives the same report wherever it is weighed, and a case can travel to a process with limits (openbadges.wire).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import lru_cache
from typing import Literal

from openbadges import jose, strict_json
from openbadges.did import DidDocument, did_web_url, parse_did_document, resolve_did_key
from openbadges.errors import OpenBadgesError
from openbadges.facts import Evidence, IssuerFact, KeyFact, RecordFact, StatusFact
from openbadges.inputs import Badge
from openbadges.jose import Token
from openbadges.json_types import JsonObject, JsonValue
from openbadges.judge import judge
from openbadges.keys import PublicKey
from openbadges.report import Report
from openbadges.status_credential import StatusQuestion, read_status_list

MOST_STATUS_ENTRIES = 4  # each costs a look-up; where a document has more, the verdict says that not all were looked up
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
    """One badge with everything that was found out about it. `documents`: by address, what others serve there."""

    badge: Badge
    documents: Mapping[str, Document | Missing] = field(default_factory=dict)
    own: OwnFacts = OwnFacts()
    recipient: str | None = None


def weigh(case: Case, *, now: datetime) -> Report:
    """The verdict on a case as of `now` (aware)."""
    return judge(evidence_of(case, now=now), now=now)


def evidence_of(case: Case, *, now: datetime) -> Evidence:
    """Everything that the verdict rests on; `now` says whether a status list is current."""
    badge = case.badge
    credential = credential_in(badge)
    named = issuer_id(credential)
    found = case.own.issuer or _foreign_issuer(named, case.documents)
    issuer = _with_key_in_header(found, badge.token)
    return Evidence(
        source=badge.source,
        form="ob3-di" if badge.token is None else "ob3-jwt",
        document=badge.document,
        token=badge.token,
        issuer=issuer,
        status=_status_fact(case, credential, issuer=issuer, now=now),
        record=case.own.record,
        recipient=case.recipient,
    )


def credential_in(badge: Badge) -> JsonObject:
    """The credential of a badge; a token's bare payload where the judge will refuse it."""
    if badge.token is None:
        return badge.document or {}
    try:
        return jose.credential_of(badge.token)
    except OpenBadgesError:
        return badge.token.payload


def issuer_id(credential: JsonObject) -> str:
    """The issuer that a credential names, "" where it names none."""
    issuer = credential.get("issuer")
    found = issuer.get("id") if isinstance(issuer, dict) else issuer
    return found if isinstance(found, str) else ""


def status_entries(credential: JsonObject) -> list[JsonValue]:
    """The status entries of a credential, all of them."""
    entry = credential.get("credentialStatus")
    return [item for item in (entry if isinstance(entry, list) else [entry]) if item is not None]


# --- the issuer -------------------------------------------------------------------------------------------------


def _with_key_in_header(issuer: IssuerFact, token: Token | None) -> IssuerFact:
    """A token without `kid` may carry its key (`jwk`): it stands for the issuer's own key of that value, if any."""
    jwk = None if token is None or token.kid is not None else token.header.get("jwk")
    if not isinstance(jwk, dict):
        return issuer
    try:
        key = PublicKey.from_jwk(jwk)
    except OpenBadgesError:
        return issuer
    same = next((fact for fact in issuer.keys.values() if fact.key == key), None)
    return issuer if same is None else replace(issuer, keys={**issuer.keys, "": same})


def _foreign_issuer(named: str, documents: Mapping[str, Document | Missing]) -> IssuerFact:
    """What is known of an issuer elsewhere: did:key from itself, others from what their address serves."""
    try:
        if named.startswith("did:key:"):
            return _resolved(named, resolve_did_key(named), method="did:key")
        if named.startswith("did:web:"):
            document = documents.get(did_web_url(named), "not_held")
            if not isinstance(document, dict):
                return IssuerFact(named, "did:web", resolved=False, problem=_ISSUER_PROBLEMS.get(document, _UNUSABLE))
            return _resolved(named, _did_document(strict_json.dumps(document)), method="did:web")
    except OpenBadgesError:
        return IssuerFact(named, "did:web", resolved=False, problem=_UNUSABLE)
    problem = "issuer.not_held" if named.startswith("https://") else "issuer.unsupported_method"
    return IssuerFact(named, "https", resolved=False, problem=problem)


_UNUSABLE = "issuer.document_invalid"
_ISSUER_PROBLEMS: Mapping[str, str] = {"not_held": "issuer.not_held", "unreachable": "issuer.unreachable"}


@lru_cache(maxsize=256)
def _did_document(text: bytes) -> DidDocument:
    """Reading keys checks that their points lie on the curve; the same document answers for many credentials."""
    return parse_did_document(strict_json.load_object(text))


def _resolved(named: str, document: DidDocument, *, method: Literal["did:web", "did:key"]) -> IssuerFact:
    keys = {
        item.id: KeyFact(
            method=item.id,
            key=item.key,
            controller=item.controller,
            listed=document.id == named and item.id in document.assertion_method,
            revoked_at=item.revoked,
            expires_at=item.expires,
        )
        for item in document.methods
    }
    return IssuerFact(named, method, keys=keys, proven_by=(method,))


# --- its status -------------------------------------------------------------------------------------------------


def _status_fact(case: Case, credential: JsonObject, *, issuer: IssuerFact, now: datetime) -> StatusFact | None:
    """What the status lists say; None where the credential names none."""
    entries = status_entries(credential)[:MOST_STATUS_ENTRIES]
    facts = [
        case.own.status.get(place) or _one_status(entry, case.documents, issuer=issuer, now=now)
        for place, entry in enumerate(entries)
    ]
    if not facts:
        return None
    worst = min(facts, key=lambda fact: (fact.value is not True, fact.value is not None))
    return replace(worst, entries=len(facts))


def _one_status(
    entry: JsonValue, documents: Mapping[str, Document | Missing], *, issuer: IssuerFact, now: datetime
) -> StatusFact:
    question = StatusQuestion.of(entry)
    if question is None:
        return StatusFact(None, code="status.unknown_type")
    document = documents.get(question.address, "not_held")
    if not isinstance(document, dict):
        return StatusFact(None, question.purpose, code=_STATUS_PROBLEMS.get(document, "status.list_invalid"))
    return read_status_list(document, question, issuer=issuer, now=now)


_STATUS_PROBLEMS: Mapping[str, str] = {"not_held": "status.not_held", "unreachable": "status.unreachable"}
