"""Is the key that signed one of the issuer that the document names, and what is proven about that issuer."""

from datetime import datetime

from openbadges.canonical import digest
from openbadges.checks.finding import Finding, finding, not_reached
from openbadges.checks.proof import Signature, Weighed
from openbadges.errors import OpenBadgesError
from openbadges.facts import Evidence, IssuerFact
from openbadges.json_types import JsonObject
from openbadges.names import imitation
from openbadges.report import State
from openbadges.shapes import first_object, issuer_id

# Why an issuer's keys could not be looked up -> the state and the sentence.
_UNRESOLVED: dict[str, tuple[State, str]] = {
    "issuer.unreachable": ("unreachable", "The issuer's address could not be reached to ask for its keys."),
    "issuer.not_held": ("not_checked", "The issuer's keys were not looked up."),
    "issuer.unsupported_method": ("not_checked", "The issuer uses a kind of identifier that is not known here."),
    "issuer.document_invalid": ("issuer_unproven", "What the issuer's address serves is not a usable list of keys."),
}


_KEY_OBJECTIONS = {
    "issuer.key_of_another": "The key that signed belongs to somebody else than the issuer.",
    "issuer.no_record": "The key was stolen, and no record shows that the issuer signed this.",
    "issuer.key_not_listed": "The issuer does not list the key that signed.",
    "issuer.key_revoked": "The issuer has withdrawn the key that signed.",
    "issuer.key_expired": "The signature was made after the end of its key.",
}


def weigh_issuer(evidence: Evidence, document: JsonObject, weighed: Weighed, now: datetime) -> Finding:
    """The line of the issuer check. Raises nothing."""
    issuer = evidence.issuer
    if issuer is None or issuer.id != issuer_id(document):
        return _unresolved("issuer.not_held")
    if issuer.own and evidence.record is None:
        return _unproven("issuer.no_record", "This installation has no record of issuing this credential.")
    if not issuer.resolved:
        return _unresolved(issuer.problem)
    if weighed.lacks_key:
        return _unproven("issuer.key_not_listed", "The issuer does not list the key that is named in the document.")
    if not weighed.signatures:
        return not_reached("issuer")
    findings = [_weigh_signature(evidence, document, signature, now) for signature in weighed.signatures]
    return next((found for found in findings if found.state is None), findings[0])


def _unresolved(problem: str) -> Finding:
    code = problem if problem in _UNRESOLVED else "issuer.not_held"
    state, message = _UNRESOLVED[code]
    return finding("issuer", "unknown", code, message, state=state)


def _unproven(code: str, message: str) -> Finding:
    return finding("issuer", "failed", code, message, state="issuer_unproven")


def _weigh_signature(evidence: Evidence, document: JsonObject, signature: Signature, now: datetime) -> Finding:
    issuer, key = evidence.issuer, signature.key
    assert issuer is not None  # weigh_issuer has seen to it
    recorded = key.compromised_at is not None and _recorded_before(evidence, document, key.compromised_at)
    objection = key_objection(issuer, signature, now, recorded=recorded)
    return _proven(issuer, document) if objection is None else _unproven(objection, _KEY_OBJECTIONS[objection])


def key_objection(issuer: IssuerFact, signature: Signature, now: datetime, *, recorded: bool = False) -> str | None:
    """Return the code of what speaks against the key of a signature as the issuer's; None where nothing does.

    `recorded`: whether the signed document is known from before the key was compromised.
    """
    key = signature.key
    if key.controller != issuer.id:
        return "issuer.key_of_another"
    if key.compromised_at is not None and not recorded:
        return "issuer.no_record"
    if not key.listed and key.compromised_at is None:
        return "issuer.key_not_listed"
    if key.revoked_at is not None and key.revoked_at <= now:
        return "issuer.key_revoked"
    if key.expires_at is not None and (signature.made_at or now) > key.expires_at:
        return "issuer.key_expired"
    return None


def _recorded_before(evidence: Evidence, document: JsonObject, moment: datetime) -> bool:
    if evidence.record is None:
        return False
    try:
        recorded_at = evidence.record.recorded_at.get(digest(document))
    except OpenBadgesError:
        return False
    return recorded_at is not None and recorded_at < moment


def _proven(issuer: IssuerFact, document: JsonObject) -> Finding:
    creator = _creator_id(document)
    differs = creator is not None and creator != issuer.id
    if issuer.method in ("did:key", "did:jwk"):
        message = "The signature proves a key, but nothing proves who stands behind it"
        message += "; another organisation is named as the one that defined this badge." if differs else "."
        return finding("issuer", "warning", "issuer.key_only", message)
    if differs:
        message = "The issuer signed this, but another organisation is named as the one that defined this badge."
        return finding("issuer", "warning", "issuer.creator_differs", message)
    disguise = imitation(_claimed_name(document))
    if disguise:
        message = f"The issuer's key is proven; the name that it gives itself {disguise}."
        return finding("issuer", "warning", "issuer.name_imitates", message)
    if issuer.name is not None:
        return finding("issuer", "passed", "issuer.ok", "The key belongs to the issuer, whose name is proven.")
    return finding(
        "issuer",
        "passed",
        "issuer.name_unproven",
        "The key belongs to the issuer's address; the name that it gives itself is not proven.",
    )


def _creator_id(document: JsonObject) -> str | None:
    """Who the achievement says defined it, in whatever form."""
    subject = first_object(document.get("credentialSubject"))
    achievement = first_object(subject.get("achievement"))
    creator = achievement.get("creator")
    named = creator.get("id") if isinstance(creator, dict) else creator
    return named if isinstance(named, str) else None


def _claimed_name(document: JsonObject) -> str:
    issuer = document.get("issuer")
    name = issuer.get("name") if isinstance(issuer, dict) else None
    return name if isinstance(name, str) else ""
