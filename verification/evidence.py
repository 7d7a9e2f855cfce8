"""Gathers every fact that a verdict rests on, before anything is judged (openbadges.judge fetches nothing).

Own issuers, lists and awards are read from the database. Of other platforms' documents only those are known that the
caller holds (`Held`); whatever is not known is left open, and the verdict says so.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import lru_cache
from typing import Literal

from django.db.models import Q

from credentials.codes import read_code
from credentials.models import Award
from credentials.publishing import token_of
from issuers.models import Issuer
from openbadges import jose, strict_json
from openbadges.did import DidDocument, did_web_url, parse_did_document, resolve_did_key
from openbadges.errors import LinkNotFollowed, OpenBadgesError
from openbadges.facts import Evidence, IssuerFact, KeyFact, LinkState, Source, StatusFact
from openbadges.headlines import long_date
from openbadges.jose import Token
from openbadges.json_types import JsonObject, JsonValue
from openbadges.keys import PublicKey
from openbadges.status_credential import StatusQuestion, read_status_list
from verification import own, own_facts
from verification.reading import Badge, Code, Link, Presented, Unreadable


@dataclass(frozen=True, slots=True)
class Held:
    """Documents of others by address, supplied by the caller: DID documents and status lists."""

    documents: Mapping[str, JsonObject] = field(default_factory=dict)


NOTHING_HELD = Held()
MOST_STATUS_ENTRIES = 4  # each costs a look-up; where a document has more, the verdict says that not all were looked up


@dataclass(frozen=True, slots=True)
class Gathered:
    """What to judge and, where the input is an award of ours that may be shown, that award."""

    evidence: Evidence
    award: Award | None = None


def gather(presented: Presented, *, recipient: str | None, held: Held, now: datetime) -> Gathered:
    """Collect the evidence about one input."""
    match presented:
        case Unreadable(source, error):
            return Gathered(Evidence(source=source, read_error=error, recipient=recipient))
        case Code(code):
            return _of_own_link(own.OwnLink("code", code), "code", recipient=recipient, now=now)
        case Link(address):
            link = own.link(address)
            if link is None:
                return Gathered(Evidence(source="link", read_error=_not_ours(address), recipient=recipient))
            return _of_own_link(link, "link", recipient=recipient, now=now)
        case Badge():
            return _of_badge(presented, recipient=recipient, held=held, now=now)


def find_award(link: own.OwnLink) -> Award | None:
    """The issued award that a link or code of ours names."""
    awards = Award.objects.select_related("achievement_version__achievement", "issuer", "token_key").defer(
        "achievement_version__image_svg", "achievement_version__image_png", "token_key__sealed_private_key"
    )
    by_id = link.kind == "id"
    wanted = Q(public_id=uuid.UUID(link.value)) if by_id else Q(code=read_code(link.value) or "")
    return awards.filter(wanted).exclude(state=Award.State.RESERVED).first()


def link_state(award: Award | None) -> LinkState | None:
    """Why a link to this award shows no credential; None when it may be shown."""
    if award is None:
        return "not_found"
    if award.erased_at is not None:
        return "erased"
    if award.delivery == Award.Delivery.CLAIM and award.claimed_at is None:
        return "unclaimed"
    return "private" if award.visibility == Award.Visibility.PRIVATE else None


def token_text(award: Award) -> str:
    """The award's credential as a token. The issuer's DID is the one that was signed, whatever our address is now."""
    document = document_of(award)
    assert award.token_key is not None  # an issued award has its keys
    return token_of(document, key=award.token_key, did=_issuer_id(document), signature=bytes(award.token_signature))


def document_of(award: Award) -> JsonObject:
    """The award's credential as JSON with its proof."""
    document = strict_json.loads(award.document)
    assert isinstance(document, dict)
    return document


def _not_ours(address: str) -> LinkNotFollowed:
    host = own.host_of(address) or "another site"
    return LinkNotFollowed(
        f"This link goes to {host}, which this installation does not open. Paste the badge's text or choose its file."
    )


def _of_own_link(
    link: own.OwnLink, source: Literal["link", "code"], *, recipient: str | None, now: datetime
) -> Gathered:
    award = find_award(link)
    state = link_state(award)
    if award is None or state is not None:
        detail = link.value if award is None or award.erased_at is None else long_date(award.erased_at)
        return Gathered(Evidence(source=source, link_state=state, link_detail=detail, recipient=recipient))
    evidence = _evidence(
        source, document=document_of(award), token=None, recipient=recipient, held=NOTHING_HELD, now=now
    )
    return Gathered(evidence, award)


def _of_badge(badge: Badge, *, recipient: str | None, held: Held, now: datetime) -> Gathered:
    evidence = _evidence(
        badge.source, document=badge.document, token=badge.token, recipient=recipient, held=held, now=now
    )
    return Gathered(evidence)


def _evidence(
    source: Source,
    *,
    document: JsonObject | None,
    token: Token | None,
    recipient: str | None,
    held: Held,
    now: datetime,
) -> Evidence:
    credential = _credential_in(token) if token is not None else document or {}
    issuer_id = _issuer_id(credential)
    ours = own.issuer(issuer_id)
    fact = _foreign_issuer(issuer_id, held) if ours is None else own_facts.issuer_fact(ours, did=issuer_id)
    issuer = _with_key_in_header(fact, token)
    return Evidence(
        source=source,
        form="ob3-jwt" if token is not None else "ob3-di",
        document=document,
        token=token,
        issuer=issuer,
        status=_status_fact(credential, issuer=issuer, ours=ours, held=held, now=now),
        record=None if ours is None else own_facts.record_fact(credential, issuer=ours),
        recipient=recipient,
    )


def _credential_in(token: Token) -> JsonObject:
    """The credential that a token carries; its bare payload where the judge will refuse it."""
    try:
        return jose.credential_of(token)
    except OpenBadgesError:
        return token.payload


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


def _issuer_id(credential: JsonObject) -> str:
    issuer = credential.get("issuer")
    found = issuer.get("id") if isinstance(issuer, dict) else issuer
    return found if isinstance(found, str) else ""


def _foreign_issuer(issuer_id: str, held: Held) -> IssuerFact:
    """What is known of an issuer elsewhere: did:key from itself, others from what is held."""
    try:
        if issuer_id.startswith("did:key:"):
            return _resolved(issuer_id, resolve_did_key(issuer_id), method="did:key")
        if issuer_id.startswith("did:web:"):
            document = held.documents.get(issuer_id) or held.documents.get(did_web_url(issuer_id))
            if document is None:
                return IssuerFact(issuer_id, "did:web", resolved=False, problem="issuer.not_held")
            return _resolved(issuer_id, _did_document(strict_json.dumps(document)), method="did:web")
    except OpenBadgesError:
        return IssuerFact(issuer_id, "did:web", resolved=False, problem="issuer.document_invalid")
    problem = "issuer.not_held" if issuer_id.startswith("https://") else "issuer.unsupported_method"
    return IssuerFact(issuer_id, "https", resolved=False, problem=problem)


@lru_cache(maxsize=256)
def _did_document(text: bytes) -> DidDocument:
    """Reading keys checks that their points lie on the curve; the same document answers for many credentials."""
    return parse_did_document(strict_json.load_object(text))


def _resolved(issuer_id: str, document: DidDocument, *, method: Literal["did:web", "did:key"]) -> IssuerFact:
    keys = {
        item.id: KeyFact(
            method=item.id,
            key=item.key,
            controller=item.controller,
            listed=document.id == issuer_id and item.id in document.assertion_method,
            revoked_at=item.revoked,
            expires_at=item.expires,
        )
        for item in document.methods
    }
    return IssuerFact(issuer_id, method, keys=keys, proven_by=(method,))


def _status_fact(
    credential: JsonObject, *, issuer: IssuerFact, ours: Issuer | None, held: Held, now: datetime
) -> StatusFact | None:
    """What the status list says; None where the credential names none."""
    entry = credential.get("credentialStatus")
    entries = [item for item in (entry if isinstance(entry, list) else [entry]) if item is not None]
    facts = [_one_status(item, issuer=issuer, ours=ours, held=held, now=now) for item in entries[:MOST_STATUS_ENTRIES]]
    if not facts:
        return None
    worst = min(facts, key=lambda fact: (fact.value is not True, fact.value is not None))
    return replace(worst, entries=len(facts))


def _one_status(entry: JsonValue, *, issuer: IssuerFact, ours: Issuer | None, held: Held, now: datetime) -> StatusFact:
    question = StatusQuestion.of(entry)
    if question is None:
        return StatusFact(None, code="status.unknown_type")
    list_id = own.status_list_id(question.address)
    if list_id is not None:
        return own_facts.status_fact(list_id, question, issuer=ours)
    document = held.documents.get(question.address)
    if document is None:
        return StatusFact(None, question.purpose, code="status.not_held")
    return read_status_list(document, question, issuer=issuer, now=now)
