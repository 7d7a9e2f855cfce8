"""Do the endorsements that a badge carries hold: each is a credential of its own, judged under its own issuer's key.

An endorsement that does not verify never counts, and never changes the state of the badge.
"""

from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from itertools import chain, repeat
from typing import Literal

from openbadges.checks.finding import Finding, finding
from openbadges.checks.issuer import key_objection
from openbadges.checks.proof import weigh_signatures
from openbadges.checks.validity import weigh_dates, weigh_listed_status
from openbadges.endorsements import MOST_ENDORSEMENTS, Endorsement, endorsed_ids, endorsements_in
from openbadges.facts import EndorsementFact, Evidence
from openbadges.json_types import JsonObject
from openbadges.report import UNKNOWN_STATES, EndorsementSummary, IssuerSummary
from openbadges.shapes import first_object, issuer_id
from openbadges.structure import UNJUDGED_CODES, Examination, examine_endorsement

Standing = Literal["holds", "key_only", "unknown", "fails"]
_NOT_LOOKED_AT = EndorsementFact()


def weigh_endorsements(evidence: Evidence, document: JsonObject, now: datetime) -> Finding:
    """The line of the endorsements check: how many of how many hold. Raises nothing."""
    total = len(endorsements_in(document))
    if not total:
        return finding("endorsements", "skipped", "endorsements.none", "The credential carries no endorsements.")
    if not evidence.endorsements:
        message = "The credential carries endorsements, which were not checked and are not shown."
        return finding("endorsements", "skipped", "endorsements.not_checked", message)
    standings = Counter(standing for _, _, standing in _weighed(evidence, document, now))
    standings["unknown"] += total - standings.total()
    return _line(total, standings)


def _line(total: int, standings: Counter[Standing]) -> Finding:
    holding, failing, unknown = standings["holds"] + standings["key_only"], standings["fails"], standings["unknown"]
    message = f"{holding} of {total} endorsements {'holds' if holding == 1 else 'hold'}."
    if unknown:
        message += f" {unknown} could not be checked."
    if failing:
        message += f" {failing} did not verify, which counts for nothing."
    if holding == total and standings["key_only"]:
        message += " A key is proven and nothing else, where one was signed under a did:key."
        return finding("endorsements", "warning", "endorsements.key_only", message)
    if holding == total:
        return finding("endorsements", "passed", "endorsements.ok", message)
    if holding or failing:
        return finding("endorsements", "warning", "endorsements.some" if holding else "endorsements.failed", message)
    return finding("endorsements", "unknown", "endorsements.not_checked", message)


def endorsements_that_hold(evidence: Evidence, document: JsonObject, now: datetime) -> tuple[EndorsementSummary, ...]:
    """Return what may be shown of the endorsements of a badge whose own signature fits."""
    return tuple(
        _summary(endorsement, fact)
        for endorsement, fact, standing in _weighed(evidence, document, now)
        if standing in ("holds", "key_only")
    )


def _weighed(
    evidence: Evidence, document: JsonObject, now: datetime
) -> Iterator[tuple[Endorsement, EndorsementFact, Standing]]:
    about = endorsed_ids(document)
    facts = chain(evidence.endorsements, repeat(_NOT_LOOKED_AT))
    for endorsement, fact in zip(endorsements_in(document)[:MOST_ENDORSEMENTS], facts, strict=False):
        yield endorsement, fact, _standing(endorsement, fact, about, now)


def _standing(endorsement: Endorsement, fact: EndorsementFact, about: frozenset[str], now: datetime) -> Standing:
    document, token = endorsement.document, endorsement.token
    found = examine_endorsement(document, token)
    if not found.sound:
        return "unknown" if _is_unjudged(found) else "fails"
    if first_object(document.get("credentialSubject")).get("id") not in about:
        return "fails"  # taken from elsewhere: it endorses something that this badge does not name
    if weigh_dates(document, token, now).check.result != "passed":
        return "fails"
    return _standing_of_issuer(endorsement, fact, now)


def _standing_of_issuer(endorsement: Endorsement, fact: EndorsementFact, now: datetime) -> Standing:
    document, issuer = endorsement.document, fact.issuer
    weighed = weigh_signatures(issuer, document, endorsement.token, now)
    if not weighed.passed and not weighed.lacks_key:
        return "unknown" if weighed.finding.state in UNKNOWN_STATES else "fails"
    if issuer is None or issuer.id != issuer_id(document) or not issuer.resolved:
        return "unknown"
    if all(key_objection(issuer, signature, now) is not None for signature in weighed.signatures):
        return "fails"
    listed = weigh_listed_status(fact.status, document)
    if listed is not None and listed.state is not None:
        return "unknown" if listed.state in UNKNOWN_STATES else "fails"
    return "key_only" if issuer.method in ("did:key", "did:jwk") else "holds"


def _is_unjudged(found: Examination) -> bool:
    return all(problem.code in UNJUDGED_CODES for problem in found.problems)


def _summary(endorsement: Endorsement, fact: EndorsementFact) -> EndorsementSummary:
    document, issuer = endorsement.document, fact.issuer
    assert issuer is not None  # what holds has one
    claimed = first_object(document.get("issuer")).get("name")
    comment = first_object(document.get("credentialSubject")).get("endorsementComment")
    return EndorsementSummary(
        IssuerSummary(issuer.id, issuer.name, claimed if isinstance(claimed, str) else None, issuer.proven_by),
        comment if isinstance(comment, str) else None,
    )
