"""The verdict: named checks over facts gathered before, and nothing else. No clock, no network, no database.

`judge` never raises for any `Evidence` whose documents came through `strict_json.loads`. States, their precedence
and outcomes are `report.PRECEDENCE` and `report.outcome_of`; all codes are in `codes` and docs/verification.md.
"""

from collections.abc import Sequence
from datetime import datetime

from openbadges.checks.endorsements import endorsements_that_hold, weigh_endorsements
from openbadges.checks.finding import Finding, finding, from_error, not_reached
from openbadges.checks.holder import weigh_recipient
from openbadges.checks.issuer import weigh_issuer
from openbadges.checks.proof import Weighed, is_forbidden_token, not_checked, weigh_proof
from openbadges.checks.validity import validity, weigh_dates, weigh_status
from openbadges.errors import LinkUnreachable, NotRead, TokenInvalid
from openbadges.facts import Evidence, IssuerFact, KeyFact, LinkState, RecordFact, StatusFact
from openbadges.headlines import Circumstances, explanation, headline
from openbadges.jose import Token, credential_of
from openbadges.json_types import JsonObject, JsonValue
from openbadges.parts import with_parts
from openbadges.report import (
    CHECK_IDS,
    PRECEDENCE,
    CredentialSummary,
    EndorsementSummary,
    IssuerSummary,
    Report,
    State,
    outcome_of,
)
from openbadges.shapes import Problem, as_list, first_object, issuer_id
from openbadges.structure import UNJUDGED_CODES, WARNING_CODES, Examination, examine, is_credential

__all__ = ["Evidence", "IssuerFact", "KeyFact", "RecordFact", "StatusFact", "judge"]

_LINKS: dict[LinkState, str] = {
    "unclaimed": "The link is known, and its credential waits to be claimed.",
    "private": "The link is known, and its holder has not shared it.",
    "not_found": "No credential here has this link or code.",
    "erased": "The link is known, and its credential was removed.",
}


def judge(evidence: Evidence, *, now: datetime) -> Report:
    """Weigh an input as of `now` (aware) and give the report."""
    stopped = _weigh_reading(evidence)
    if stopped is not None:
        return _report(evidence, [stopped], now)
    document = with_parts(_document_of(evidence))
    if not is_credential(document):
        message = "The content is readable, but it is no credential."
        return _report(evidence, [finding("read", "failed", "read.no_credential", message, state="unreadable")], now)
    found = examine(document, evidence.token)
    found = _with_token_problem(found, evidence.token)
    weighed = _weigh_proof(evidence, document, found, now)
    if weighed.uncovered is not None:
        uncovered = Problem("structure.unsigned_term", str(weighed.uncovered))
        found = Examination((uncovered, *found.problems))
    return _report(evidence, _findings(evidence, document, found, weighed, now), now, document, sound=found.sound)


def _weigh_reading(evidence: Evidence) -> Finding | None:
    """The line of an input that holds nothing to judge; None where there is a document."""
    if evidence.link_state is not None:
        code, message = f"read.{evidence.link_state}", _LINKS[evidence.link_state]
        return finding("read", "unknown", code, message, state=evidence.link_state)
    error = evidence.read_error
    if isinstance(error, NotRead):
        state: State = "unreachable" if isinstance(error, LinkUnreachable) else "not_checked"
        return from_error("read", "unknown", error, state)
    if error is not None:
        forbidden = is_forbidden_token(error)
        return from_error(
            "proof" if forbidden else "read", "failed", error, "not_accepted" if forbidden else "unreadable"
        )
    if evidence.document is None and evidence.token is None:
        message = "It is no link or code that is known here, no badge as JSON, and no token."
        return finding("read", "failed", "read.no_badge", message, state="unreadable")
    return None


def _document_of(evidence: Evidence) -> JsonObject:
    if evidence.token is None:
        return evidence.document or {}
    try:
        return credential_of(evidence.token)
    except TokenInvalid:
        return evidence.token.payload  # `_with_token_problem` refuses it; its other faults are worth naming


def _with_token_problem(found: Examination, token: Token | None) -> Examination:
    """Whatever the reader of tokens refuses stays refused, even where our own list sees no fault."""
    if token is None or not found.sound:
        return found
    try:
        credential_of(token)
    except TokenInvalid as error:
        return Examination((Problem(error.code, str(error)), *found.problems))
    return found


def _weigh_proof(evidence: Evidence, document: JsonObject, found: Examination, now: datetime) -> Weighed:
    own = evidence.record is not None and evidence.issuer is not None and evidence.issuer.own
    if found.blocks_proof and not own:
        return Weighed(not_checked("The signature was not checked, because of how the document is written."))
    weighed = weigh_proof(evidence, document, now)
    if found.blocks_proof and weighed.passed:
        return Weighed(not_checked("The signature was not checked, because of how the document is written."))
    return weighed


def _findings(
    evidence: Evidence, document: JsonObject, found: Examination, weighed: Weighed, now: datetime
) -> list[Finding]:
    """All lines, in any order. Nothing that the document claims is told unless its signature fits."""
    findings = [_weigh_structure(found, weighed), weighed.finding]
    if weighed.passed or weighed.lacks_key:
        findings.append(weigh_issuer(evidence, document, weighed, now))
    if not weighed.passed:
        return findings
    return [
        *findings,
        weigh_dates(document, evidence.token, now),
        weigh_status(evidence, document),
        _weigh_schema(document),
        weigh_recipient(document, evidence.recipient),
        weigh_endorsements(evidence, document, now),
        finding("log", "skipped", "log.none", "There is no transparency log to look in."),
    ]


def _weigh_structure(found: Examination, weighed: Weighed) -> Finding:
    """The most important deviation speaks; a document whose signature is known not to fit is altered, not unfit."""
    if not found.problems:
        return finding("structure", "passed", "structure.ok", "It has every part that an Open Badge needs.")
    serious = [problem for problem in found.problems if problem.code not in WARNING_CODES]
    problem = (serious or found.problems)[0]
    more = f" ({len(serious) - 1} more)" if len(serious) > 1 else ""
    message = problem.message.removesuffix(".") + more + "."
    if not serious:
        return finding("structure", "warning", problem.code, message)
    if problem.code in UNJUDGED_CODES:
        return finding("structure", "unknown", problem.code, message, state="not_checked")
    state: State | None = None if weighed.finding.state == "altered" else "not_accepted"
    return finding("structure", "failed", problem.code, message, state=state)


def _weigh_schema(document: JsonObject) -> Finding:
    if as_list(document.get("credentialSchema")):
        message = "The credential names a schema, which was not applied; its structure was checked by our own list."
        return finding("schema", "skipped", "schema.not_applied", message)
    return finding("schema", "skipped", "schema.none", "The credential names no schema.")


def _report(
    evidence: Evidence,
    findings: Sequence[Finding],
    now: datetime,
    document: JsonObject | None = None,
    *,
    sound: bool = False,
) -> Report:
    """Put the lines in order, fill the gaps, and let the first state of the precedence that is asked for decide."""
    lines = {found.check.id: found for found in findings}
    if "read" not in lines:
        lines["read"] = finding("read", "passed", "read.ok", "A credential was found.")
    ordered = [lines.get(check_id) or not_reached(check_id) for check_id in CHECK_IDS]
    fits = any(found.check.id == "proof" and found.check.result == "passed" for found in ordered)
    deciding = _deciding(ordered)
    # Fail closed: nothing is valid without a signature that fits, whatever the checks asked for.
    state = deciding.state if deciding is not None and deciding.state else ("valid" if fits else "not_checked")
    summary = _summary(evidence, document) if document is not None and fits else None
    when = None if deciding is None else deciding.when
    record = evidence.record
    circumstances = Circumstances(
        message="" if deciding is None else deciding.check.message,
        signature_fits=fits,
        when=when,
        credential=summary,
        public_reason="" if record is None else record.public_reason,
        replaced_by=None if record is None else record.replaced_by,
        link_detail=evidence.link_detail,
    )
    return Report(
        outcome=outcome_of(state),
        state=state,
        headline=headline(state, codes=frozenset(found.check.code for found in ordered), when=when),
        checked_at=now,
        checks=tuple(found.check for found in ordered),
        credential=summary,
        explanation=explanation(state, circumstances),
        signed=document if fits and sound else None,
        endorsements=_endorsements(evidence, document if fits else None, now),
        status_list_ages=evidence.status.ages if fits and evidence.status is not None else (),
    )


def _endorsements(evidence: Evidence, document: JsonObject | None, now: datetime) -> tuple[EndorsementSummary, ...]:
    if document is None or not evidence.endorsements:
        return ()
    return endorsements_that_hold(evidence, document, now)


def _deciding(findings: Sequence[Finding]) -> Finding | None:
    """The finding whose state comes first in the precedence; of equals the earlier check."""
    asking = [found for found in findings if found.state is not None]
    return min(asking, key=lambda found: PRECEDENCE.index(found.state or "valid"), default=None)


def _summary(evidence: Evidence, document: JsonObject) -> CredentialSummary:
    """What the signed document says, whatever shape it has."""
    subject = first_object(document.get("credentialSubject"))
    achievement = first_object(subject.get("achievement"))
    valid_from, valid_until = validity(document, evidence.token)
    return CredentialSummary(
        name=_text(achievement.get("name")) or _text(document.get("name")),
        recipient=_holder_name(subject),
        issuer=_issuer_summary(evidence, document),
        valid_from=valid_from,
        valid_until=valid_until,
        format=evidence.form,
    )


def _issuer_summary(evidence: Evidence, document: JsonObject) -> IssuerSummary:
    named = issuer_id(document) or ""
    fact = evidence.issuer if evidence.issuer is not None and evidence.issuer.id == named else None
    claimed = _text(first_object(document.get("issuer")).get("name"))
    return IssuerSummary(named, None if fact is None else fact.name, claimed, () if fact is None else fact.proven_by)


def _holder_name(subject: JsonObject) -> str | None:
    for identifier in as_list(subject.get("identifier")):
        if isinstance(identifier, dict) and identifier.get("identityType") == "name" and not identifier.get("hashed"):
            return _text(identifier.get("identityHash"))
    return None


def _text(value: JsonValue) -> str | None:
    return value if isinstance(value, str) else None
