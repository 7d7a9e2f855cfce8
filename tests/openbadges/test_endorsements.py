"""Endorsements inside a badge: each judged under its own issuer's key, and none counted that does not hold."""

from dataclasses import replace
from typing import Any

import pytest

from openbadges import jose
from openbadges.checks.endorsements import endorsements_that_hold
from openbadges.contexts import CREDENTIALS_V2, OPEN_BADGES_3_0_3
from openbadges.did import did_key
from openbadges.endorsements import MOST_ENDORSEMENTS
from openbadges.facts import EndorsementFact, Evidence, IssuerFact, KeyFact, StatusFact
from openbadges.issuer_facts import from_id, unresolved
from openbadges.json_types import JsonObject, JsonValue
from openbadges.judge import judge
from openbadges.keys import PrivateKey
from openbadges.multiformats import base64url_encode
from openbadges.report import Report
from openbadges.strict_json import dumps
from tests.openbadges.cases import NOW, Presented, code, result, sign, token_evidence, token_text
from tests.openbadges.samples import ISSUER_DID, eu_complete
from tests.openbadges.suite_signing import KEYS, KINDS, add_proof_of, with_contexts_of

ENDORSER = "did:web:endorser.example"
METHODS = {name: f"{ENDORSER}#{name}" for name in KEYS}
FACT = IssuerFact(
    ENDORSER,
    "did:web",
    keys={METHODS[name]: KeyFact(METHODS[name], key.public, ENDORSER) for name, key in KEYS.items()},
    proven_by=("did:web",),
)
KNOWN = EndorsementFact(FACT)
BADGE = eu_complete().to_json()
BADGE_ID = str(BADGE["id"])
LIST = "https://endorser.example/status/1"


def unsigned(**members: JsonValue) -> JsonObject:
    made: JsonObject = {
        "@context": [CREDENTIALS_V2, OPEN_BADGES_3_0_3],
        "id": "urn:uuid:11111111-1111-4111-8111-111111111111",
        "type": ["VerifiableCredential", "EndorsementCredential"],
        "issuer": {"id": ENDORSER, "type": ["Profile"], "name": "Sample Employer (SAMPLE)"},
        "validFrom": "2026-03-01T00:00:00Z",
        "credentialSubject": {"id": BADGE_ID, "type": ["EndorsementSubject"], "endorsementComment": "We rely on it."},
    }
    return {name: value for name, value in {**made, **members}.items() if value is not None}


def endorsement(kind: str = "eddsa-rdfc-2022", algorithm: str = "Ed25519", **members: JsonValue) -> JsonObject:
    document = with_contexts_of(kind, unsigned(**members))
    return add_proof_of(kind, document, KEYS[algorithm], method=METHODS[algorithm])


def endorsement_token(document: JsonObject, *, kid: str = METHODS["P-256"]) -> str:
    header: JsonObject = {"alg": "ES256", "kid": kid, "typ": "JWT"}
    signing_input = f"{base64url_encode(dumps(header))}.{base64url_encode(dumps(jose.claims_for(document)))}"
    return f"{signing_input}.{base64url_encode(KEYS['P-256'].sign(signing_input.encode()))}"


def badge(*endorsements: JsonValue) -> JsonObject:
    return sign({**BADGE, "endorsement": list(endorsements)})


def judged(document: JsonObject, *facts: EndorsementFact) -> Report:
    return judge(Presented(document).elsewhere(endorsements=facts), now=NOW)


def told(report: Report) -> tuple[str, str, str]:
    line = report.check("endorsements")
    return line.result, line.code, line.message


@pytest.mark.parametrize(("kind", "algorithm"), KINDS)
def test_an_endorsement_under_any_proof_counts(kind: str, algorithm: str) -> None:
    report = judged(badge(endorsement(kind, algorithm)), KNOWN)
    assert report.state == "valid"
    assert told(report) == ("passed", "endorsements.ok", "1 of 1 endorsements holds.")


def test_endorsements_in_tokens_count_in_a_badge_that_is_a_token() -> None:
    text = token_text({**BADGE, "endorsementJwt": [endorsement_token(unsigned())], "endorsement": [endorsement()]})
    evidence = token_evidence(jose.parse_token(text), endorsements=(KNOWN, KNOWN))
    report = judge(evidence, now=NOW)
    assert told(report) == ("passed", "endorsements.ok", "2 of 2 endorsements hold.")
    assert report.state == "valid"
    wrong: JsonObject = {**BADGE, "endorsementJwt": [endorsement_token(unsigned())[:-4] + "AAAA"]}
    report = judge(token_evidence(jose.parse_token(token_text(wrong)), endorsements=(KNOWN,)), now=NOW)
    assert (report.state, code(report, "endorsements")) == ("valid", "endorsements.failed")


def test_an_endorsement_that_a_signature_cannot_cover_makes_the_badge_unfit() -> None:
    report = judged({**badge(), "endorsementJwt": [endorsement_token(unsigned())]}, KNOWN)
    assert (report.state, code(report, "structure")) == ("not_accepted", "structure.unsigned_term")


def test_what_holds_may_be_shown_and_nothing_else() -> None:
    document = badge(endorsement(), {**endorsement(), "name": "Changed"}, endorsement(name="Second"))
    evidence = Presented(document).elsewhere(endorsements=(KNOWN,) * 3)
    assert told(judge(evidence, now=NOW)) == (
        "warning",
        "endorsements.some",
        "2 of 3 endorsements hold. 1 did not verify, which counts for nothing.",
    )
    shown = endorsements_that_hold(evidence, document, NOW)
    assert [(summary.issuer.id, summary.issuer.name, summary.comment) for summary in shown] == [
        (ENDORSER, None, "We rely on it.")
    ] * 2
    assert shown[0].issuer.claimed_name == "Sample Employer (SAMPLE)"


def test_an_endorsement_stands_for_one_however_often_it_is_repeated() -> None:
    report = judged(badge(endorsement(), endorsement(), endorsement()), KNOWN, KNOWN, KNOWN)
    assert told(report)[2] == "1 of 1 endorsements holds."


def test_nobody_looked() -> None:
    report = judged(badge(endorsement()))
    assert told(report)[:2] == ("skipped", "endorsements.not_checked")
    report = judged(badge(endorsement(), endorsement(name="Second")), KNOWN)
    assert told(report) == (
        "warning",
        "endorsements.some",
        "1 of 2 endorsements holds. 1 could not be checked.",
    )


def test_more_than_the_first_few_are_not_looked_at() -> None:
    many = [endorsement(name=f"Number {number}") for number in range(MOST_ENDORSEMENTS + 3)]
    report = judged(badge(*many), *[KNOWN] * len(many))
    assert told(report)[2] == "8 of 11 endorsements hold. 3 could not be checked."


def test_a_key_alone_is_said_to_be_one() -> None:
    key = PrivateKey.generate("Ed25519")
    did = did_key(key.public)
    unsigned_by_key = unsigned(issuer=did)
    made = add_proof_of("eddsa-rdfc-2022", unsigned_by_key, key, method=f"{did}#{did[8:]}")
    report = judged(badge(made), EndorsementFact(from_id(did)))
    assert (report.state, *told(report)[:2]) == ("valid", "warning", "endorsements.key_only")


OTHER_KEY = PrivateKey.generate("Ed25519")
CHANGED: list[JsonValue] = [
    {**endorsement(), "name": "Another"},
    {**endorsement(), "validUntil": "2030-01-01T00:00:00Z"},
    {**endorsement(), "credentialSubject": {"id": BADGE_ID, "type": ["EndorsementSubject"]}},
    add_proof_of("eddsa-rdfc-2022", unsigned(), OTHER_KEY, method=METHODS["Ed25519"]),
    add_proof_of("eddsa-rdfc-2022", unsigned(), OTHER_KEY, method=f"{ENDORSER}#{OTHER_KEY.public.to_multikey()}"),
    add_proof_of("eddsa-rdfc-2022", unsigned(), KEYS["Ed25519"], method=f"{ENDORSER}#unlisted"),
    add_proof_of("eddsa-rdfc-2022", unsigned(), KEYS["Ed25519"], method=METHODS["Ed25519"], domain="a.example"),
    add_proof_of(
        "eddsa-rdfc-2022", unsigned(), KEYS["Ed25519"], method=METHODS["Ed25519"], proofPurpose="authentication"
    ),
    unsigned(),
    endorsement(validUntil="2026-11-22T10:00:00Z"),
    endorsement(validFrom="2026-11-22T10:00:01Z"),
    endorsement(validFrom=None),
    endorsement(type=["VerifiableCredential", "OpenBadgeCredential"]),
    endorsement(type=["VerifiableCredential"]),
    # taken from another badge
    endorsement(credentialSubject={"id": "urn:uuid:2", "type": ["EndorsementSubject"]}),
    endorsement(credentialSubject={"type": ["EndorsementSubject"]}),
    endorsement(credentialStatus={"type": "BitstringStatusListEntry"}),
]


@pytest.mark.parametrize("number", range(len(CHANGED)))
def test_an_endorsement_that_does_not_hold_never_counts(number: int) -> None:
    document = badge(CHANGED[number])
    evidence = Presented(document).elsewhere(endorsements=(KNOWN,))
    report = judge(evidence, now=NOW)
    assert (report.state, *told(report)[:2]) == ("valid", "warning", "endorsements.failed")
    assert told(report)[2].startswith("0 of 1 endorsements hold.")
    assert endorsements_that_hold(evidence, document, NOW) == ()


@pytest.mark.parametrize(
    ("fact", "expected"),
    [
        (EndorsementFact(), "endorsements.not_checked"),
        (EndorsementFact(unresolved(ENDORSER, "issuer.unreachable")), "endorsements.not_checked"),
        (EndorsementFact(replace(FACT, id=ISSUER_DID)), "endorsements.not_checked"),
        (EndorsementFact(replace(FACT, keys={})), "endorsements.failed"),
    ],
)  # fmt: skip
def test_who_endorses_must_be_known(fact: EndorsementFact, expected: str) -> None:
    report = judged(badge(endorsement()), fact)
    assert (report.state, code(report, "endorsements")) == ("valid", expected)
    assert told(report)[2].startswith("0 of 1")


@pytest.mark.parametrize(
    "changes",
    [{"controller": ISSUER_DID}, {"listed": False}, {"revoked_at": NOW}, {"compromised_at": NOW}],
)
def test_the_key_must_be_the_endorsers_own(changes: dict[str, Any]) -> None:
    keys = {name: replace(key, **changes) for name, key in FACT.keys.items()}
    report = judged(badge(endorsement()), EndorsementFact(replace(FACT, keys=keys)))
    assert (report.state, code(report, "endorsements")) == ("valid", "endorsements.failed")


STATUS: JsonObject = {
    "type": "BitstringStatusListEntry",
    "statusPurpose": "revocation",
    "statusListIndex": "1",
    "statusListCredential": LIST,
}


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        (StatusFact(False), "endorsements.ok"),
        (StatusFact(True), "endorsements.failed"),
        (StatusFact(True, "suspension"), "endorsements.failed"),
        (StatusFact(True, "message"), "endorsements.ok"),
        (StatusFact(None, code="status.unreachable"), "endorsements.not_checked"),
        (StatusFact(None, code="status.list_invalid"), "endorsements.not_checked"),
        (None, "endorsements.not_checked"),
    ],
)
def test_an_endorsement_that_was_withdrawn_does_not_count(status: StatusFact | None, expected: str) -> None:
    report = judged(badge(endorsement(credentialStatus=STATUS)), EndorsementFact(FACT, status))
    assert (report.state, code(report, "endorsements")) == ("valid", expected)


@pytest.mark.parametrize("junk", ["x", 7, None, [], {}, {"a": "b"}, [[]], True])
def test_junk_where_endorsements_stand_counts_for_nothing(junk: JsonValue) -> None:
    text = token_text({**BADGE, "endorsement": [junk], "endorsementJwt": [junk]})
    evidence: Evidence = token_evidence(jose.parse_token(text), endorsements=(KNOWN,) * 4)
    report = judge(evidence, now=NOW)
    assert result(report, "endorsements") in {"warning", "skipped"}
    assert endorsements_that_hold(evidence, BADGE, NOW) == ()


def test_a_badge_whose_own_signature_fails_says_nothing_of_endorsements() -> None:
    report = judged({**badge(endorsement()), "name": "Changed"}, KNOWN)
    assert (report.state, code(report, "endorsements")) == ("altered", "endorsements.not_reached")
