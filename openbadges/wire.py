"""Cases, reports and errors as JSON, so that a badge can be weighed in another process (verification.limited).

Both ends are ours and of one version, so that the form is free to change; what travels inside is never trusted.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from openbadges import strict_json
from openbadges.case import Case, OwnFacts, credential_in
from openbadges.errors import OpenBadgesError, TokenInvalid
from openbadges.facts import IssuerFact, KeyFact, RecordFact, StatusFact
from openbadges.inputs import Badge, read_badge
from openbadges.jose import Token
from openbadges.json_types import JsonObject, JsonValue
from openbadges.keys import PublicKey
from openbadges.multiformats import base64url_encode
from openbadges.report import Check, CredentialSummary, EndorsementSummary, IssuerSummary, Report

# Only what was written by this module is read by it: the values are of the kinds that were written.
Read = Any


def case_to_json(case: Case, *, now: datetime) -> JsonObject:
    """The whole case, with the time to weigh it at."""
    own = case.own
    return {
        "badge": _badge_text(case.badge),
        "source": case.badge.source,
        "documents": [[url, document] for url, document in case.documents.items()],
        "issuer": None if own.issuer is None else _issuer_to_json(own.issuer),
        "record": None if own.record is None else _record_to_json(own.record),
        "status": [[place, _status_to_json(fact)] for place, fact in own.status.items()],
        "recipient": case.recipient,
        "now": now.isoformat(),
    }


def case_from_json(value: Read) -> tuple[Case, datetime]:
    badge = read_badge(value["badge"], value["source"])
    assert isinstance(badge, Badge)  # it was read before it was written
    own = OwnFacts(
        None if value["issuer"] is None else _issuer_from_json(value["issuer"]),
        None if value["record"] is None else _record_from_json(value["record"]),
        {place: StatusFact(**fact) for place, fact in value["status"]},
    )
    return Case(badge, dict(value["documents"]), own, value["recipient"]), datetime.fromisoformat(value["now"])


def error_to_json(error: OpenBadgesError) -> JsonObject:
    return {"code": error.code, "message": str(error)}


def error_from_json(value: Read) -> OpenBadgesError:
    """An error that says the same. Of the classes only TokenInvalid is told apart, as the judge does."""
    kind = TokenInvalid if value["code"].startswith("token.") else OpenBadgesError
    return kind(value["message"], code=value["code"])


def report_to_json(report: Report) -> JsonObject:
    """The report; of the signed document only whether it may be shown, since the asker has it."""
    summary = report.credential
    return {
        "outcome": report.outcome,
        "state": report.state,
        "headline": report.headline,
        "checked_at": report.checked_at.isoformat(),
        "checks": [check.to_json() for check in report.checks],
        "credential": None if summary is None else _summary_to_json(summary),
        "explanation": report.explanation,
        "shows_document": report.signed is not None,
        "endorsements": [{"issuer": one.issuer.to_json(), "comment": one.comment} for one in report.endorsements],
        "status_list_ages": list(report.status_list_ages),
    }


def report_from_json(value: Read, badge: Badge) -> Report:
    """The report about a badge that was sent."""
    return Report(
        outcome=value["outcome"],
        state=value["state"],
        headline=value["headline"],
        checked_at=datetime.fromisoformat(value["checked_at"]),
        checks=tuple(Check(**check) for check in value["checks"]),
        credential=None if value["credential"] is None else _summary_from_json(value["credential"]),
        explanation=value["explanation"],
        signed=credential_in(badge) if value["shows_document"] else None,
        endorsements=tuple(
            EndorsementSummary(_issuer_summary(one["issuer"]), one["comment"]) for one in value["endorsements"]
        ),
        status_list_ages=tuple(value["status_list_ages"]),
    )


def _badge_text(badge: Badge) -> str:
    return strict_json.dumps(badge.document).decode() if badge.token is None else _token_text(badge.token)


def _token_text(token: Token) -> str:
    return f"{token.signing_input.decode('ascii')}.{base64url_encode(token.signature)}"


def _time_to_json(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()


def _time_from_json(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)


def _summary_to_json(summary: CredentialSummary) -> JsonObject:
    # Not its own to_json, which cuts off fractions of a second.
    times = {"valid_from": _time_to_json(summary.valid_from), "valid_until": _time_to_json(summary.valid_until)}
    return {**summary.to_json(), **times}


def _summary_from_json(value: Read) -> CredentialSummary:
    times = {name: _time_from_json(value[name]) for name in ("valid_from", "valid_until")}
    return CredentialSummary(**{**value, **times, "issuer": _issuer_summary(value["issuer"])})


def _issuer_summary(value: Read) -> IssuerSummary:
    return IssuerSummary(**{**value, "proven_by": tuple(value["proven_by"])})


# --- facts of our own database ----------------------------------------------------------------------------------


def _issuer_to_json(fact: IssuerFact) -> JsonObject:
    return {
        "id": fact.id,
        "method": fact.method,
        "resolved": fact.resolved,
        "keys": [[name, _key_to_json(key)] for name, key in fact.keys.items()],
        "name": fact.name,
        "proven_by": list(fact.proven_by),
        "own": fact.own,
        "problem": fact.problem,
        "authorised": None if fact.authorised is None else [*sorted(fact.authorised)],
    }


def _issuer_from_json(value: Read) -> IssuerFact:
    keys = {name: _key_from_json(key) for name, key in value["keys"]}
    authorised = None if value["authorised"] is None else frozenset(value["authorised"])
    proven_by = tuple(value["proven_by"])
    return IssuerFact(**{**value, "keys": keys, "proven_by": proven_by, "authorised": authorised})


_KEY_TIMES = ("revoked_at", "expires_at", "compromised_at")


def _key_to_json(fact: KeyFact) -> JsonObject:
    times: Mapping[str, JsonValue] = {name: _time_to_json(getattr(fact, name)) for name in _KEY_TIMES}
    key = fact.key.to_jwk()
    return {"method": fact.method, "key": key, "controller": fact.controller, "listed": fact.listed, **times}


def _key_from_json(value: Read) -> KeyFact:
    times = {name: _time_from_json(value[name]) for name in _KEY_TIMES}
    return KeyFact(**{**value, **times, "key": PublicKey.from_jwk(value["key"])})


def _status_to_json(fact: StatusFact) -> JsonObject:
    members = ("value", "purpose", "code", "list_age_seconds", "entries", "message")
    return {name: getattr(fact, name) for name in members}


def _record_to_json(fact: RecordFact) -> JsonObject:
    return {
        "state": fact.state,
        "digests": [digest.hex() for digest in fact.digests],
        "since": _time_to_json(fact.since),
        "public_reason": fact.public_reason,
        "replaced_by": fact.replaced_by,
        "is_sample": fact.is_sample,
        "recorded_at": {digest.hex(): moment.isoformat() for digest, moment in fact.recorded_at.items()},
    }


def _record_from_json(value: Read) -> RecordFact:
    recorded = {bytes.fromhex(digest): datetime.fromisoformat(at) for digest, at in value["recorded_at"].items()}
    digests = frozenset(bytes.fromhex(digest) for digest in value["digests"])
    since = _time_from_json(value["since"])
    return RecordFact(**{**value, "digests": digests, "since": since, "recorded_at": recorded})
