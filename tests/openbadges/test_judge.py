"""States, precedence, headlines and codes of the verdict."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openbadges import jose
from openbadges.errors import JsonInvalid, TokenInvalid
from openbadges.facts import LinkState
from openbadges.judge import Evidence, StatusFact, judge
from openbadges.report import CHECK_IDS, PRECEDENCE, State, outcome_of
from openbadges.times import format_time
from tests.openbadges.cases import (
    NOW,
    Presented,
    code,
    days,
    did_key_evidence,
    issuer,
    key_fact,
    record,
    resigned,
    signed_sample,
    token_evidence,
    token_text,
)
from tests.openbadges.samples import AWARDED, ISSUER_DID, VALID_UNTIL, eu_complete


def test_a_sound_badge_is_valid_and_says_what_it_says() -> None:
    report = judge(Presented(signed_sample()).elsewhere(), now=NOW)
    assert (report.state, report.outcome, report.headline) == ("valid", "valid", "Valid credential")
    assert [check.id for check in report.checks] == list(CHECK_IDS)
    assert report.explanation == (
        'Ada Sample holds "Networking basics (SAMPLE)" from Sample IT Academy (SAMPLE), since 12 March 2026. '
        "Ends 12 March 2029."
    )
    assert report.to_json()["credential"] == {
        "name": "Networking basics (SAMPLE)",
        "recipient": "Ada Sample",
        "issuer": {
            "id": ISSUER_DID,
            "name": "Sample IT Academy (SAMPLE)",
            "claimed_name": "Sample IT Academy (SAMPLE)",
            "proven_by": ["operator"],
        },
        "valid_from": "2026-03-12T09:30:00Z",
        "valid_until": "2029-03-12T09:30:00Z",
        "format": "ob3-di",
    }


def test_the_report_has_exactly_the_members_of_the_contract() -> None:
    report = judge(Presented(signed_sample()).elsewhere(), now=NOW).to_json()
    assert list(report) == ["outcome", "state", "headline", "checked_at", "checks", "credential", "receipt"]
    assert report["checked_at"] == "2026-11-22T10:00:00Z"
    checks = report["checks"]
    assert isinstance(checks, list)
    assert all(isinstance(check, dict) and list(check) == ["id", "result", "code", "message"] for check in checks)


def test_our_own_badge_is_valid_in_both_forms_with_the_same_facts() -> None:
    document = signed_sample()
    own = issuer(own=True)
    as_json = judge(Presented(document).ours(), now=NOW)
    token = jose.parse_token(token_text(document))
    as_token = judge(token_evidence(token, issuer=own, record=record(document)), now=NOW)
    assert as_json.state == as_token.state == "valid"
    assert as_json.credential is not None and as_token.credential is not None
    assert replace(as_json.credential, format="ob3-jwt") == as_token.credential
    assert {name: value for name, value in (as_json.document or {}).items() if name != "proof"} == as_token.document


def revoked() -> Evidence:
    document = signed_sample()
    return Presented(document).ours(
        record=record(document, state="revoked", since=NOW, public_reason="Issued in error")
    )


def suspended_elsewhere() -> Evidence:
    return Presented(signed_sample()).elsewhere(status=StatusFact(value=True, purpose="suspension"))


def link(state: LinkState, detail: str = "") -> Evidence:
    return Evidence("link", link_state=state, link_detail=detail)


def superseded() -> Evidence:
    document = signed_sample()
    return Presented(document).ours(record=record(document, state="superseded", replaced_by="https://example.org/c/2"))


def suspended() -> Evidence:
    document = signed_sample()
    return Presented(document).ours(record=record(document, state="suspended", since=NOW))


EACH_STATE: list[tuple[State, Callable[[], Evidence], str, str, str]] = [
    ("unreadable", lambda: Evidence("json"), "No badge found in this", "read", "read.no_badge"),
    (
        "unreadable",
        lambda: Evidence("json", read_error=JsonInvalid("The text is not JSON.", code="json.invalid")),
        "No badge found in this",
        "read",
        "json.invalid",
    ),
    ("unclaimed", lambda: link("unclaimed"), "Issued, not yet claimed", "read", "read.unclaimed"),
    ("private", lambda: link("private"), "This credential is private", "read", "read.private"),
    ("not_found", lambda: link("not_found", "ABC"), "No credential with this link or code", "read", "read.not_found"),
    ("erased", lambda: link("erased", "1 May 2026"), "No longer available", "read", "read.erased"),
    (
        "not_accepted",
        lambda: Presented(resigned(validFrom=None)).elsewhere(),
        "Signed, but not a valid badge",
        "structure",
        "structure.missing_member",
    ),
    (
        "not_accepted",
        lambda: Evidence("token", read_error=TokenInvalid("The algorithm is not accepted.", code="token.algorithm")),
        "Signed, but not a valid badge",
        "proof",
        "token.algorithm",
    ),
    (
        "not_accepted",
        lambda: Presented(eu_complete().to_json()).elsewhere(),
        "Not signed, so not a valid badge",
        "proof",
        "proof.missing",
    ),
    (
        "altered",
        lambda: Presented({**signed_sample(), "name": "Other"}).elsewhere(),
        "Could not be confirmed: content was changed",
        "proof",
        "proof.invalid",
    ),
    (
        "issuer_unproven",
        lambda: Presented(signed_sample()).elsewhere(issuer=issuer(keys=key_fact(listed=False))),
        "Signature fits, issuer not proven",
        "issuer",
        "issuer.key_not_listed",
    ),
    (
        "issuer_unproven",
        lambda: Presented(signed_sample()).elsewhere(issuer=issuer(keys={})),
        "Signature not checked, issuer not proven",
        "issuer",
        "issuer.key_not_listed",
    ),
    ("revoked", revoked, "Revoked on 22 November 2026", "status", "status.revoked"),
    (
        "revoked",
        lambda: Presented(signed_sample()).elsewhere(status=StatusFact(value=True)),
        "Revoked by the issuer",
        "status",
        "status.revoked",
    ),
    ("superseded", superseded, "Replaced by a newer credential", "status", "status.superseded"),
    (
        "superseded",
        lambda: Presented(signed_sample()).ours(status=StatusFact(value=True)),
        "Replaced by a newer credential",
        "status",
        "status.older_copy",
    ),
    ("suspended", suspended, "Suspended by the issuer", "status", "status.suspended"),
    ("suspended", suspended_elsewhere, "Suspended by the issuer", "status", "status.suspended"),
    (
        "expired",
        lambda: Presented(resigned(validUntil="2026-11-22T10:00:00Z")).elsewhere(),
        "Expired on 22 November 2026",
        "dates",
        "dates.expired",
    ),
    (
        "not_yet_valid",
        lambda: Presented(resigned(validFrom="2026-11-22T10:00:01Z")).elsewhere(),
        "Not valid yet",
        "dates",
        "dates.not_yet_valid",
    ),
    (
        "unreachable",
        lambda: Presented(signed_sample()).elsewhere(issuer=issuer(resolved=False, problem="issuer.unreachable")),
        "Could not reach the issuer",
        "issuer",
        "issuer.unreachable",
    ),
    (
        "unreachable",
        lambda: Presented(signed_sample()).elsewhere(status=StatusFact(value=None, code="status.unreachable")),
        "Could not reach the issuer",
        "status",
        "status.unreachable",
    ),
    (
        "not_checked",
        lambda: Presented(signed_sample()).elsewhere(status=StatusFact(value=None, code="status.unknown_type")),
        "Could not be checked here",
        "status",
        "status.unknown_type",
    ),
    (
        "not_checked",
        lambda: Presented(signed_sample()).elsewhere(issuer=None),
        "Could not be checked here",
        "issuer",
        "issuer.not_held",
    ),
    ("valid", did_key_evidence, "Valid signature; issuer not identified", "issuer", "issuer.key_only"),
]


@pytest.mark.parametrize(("state", "make", "headline", "check_id", "expected"), EACH_STATE)
def test_each_state_is_reached_with_its_words(
    state: State, make: Callable[[], Evidence], headline: str, check_id: str, expected: str
) -> None:
    report = judge(make(), now=NOW)
    assert (report.state, report.headline, code(report, check_id)) == (state, headline, expected)
    assert report.outcome == outcome_of(state)
    assert report.explanation and "None" not in report.explanation


def test_every_state_of_the_contract_is_among_the_cases() -> None:
    assert {state for state, *_ in EACH_STATE} == set(PRECEDENCE)


@dataclass(frozen=True)
class Objections:
    """What may speak against a badge, each apart from the others."""

    private: bool
    unsound: bool
    altered: bool
    listed: bool
    bit: bool | None
    purpose: str
    now: datetime


STARTS = AWARDED + days(10)


@given(
    st.builds(
        Objections,
        private=st.booleans(),
        unsound=st.booleans(),
        altered=st.booleans(),
        listed=st.booleans(),
        bit=st.sampled_from([None, False, True]),
        purpose=st.sampled_from(["revocation", "suspension"]),
        now=st.sampled_from([STARTS - days(1), NOW, VALID_UNTIL]),
    )
)
def test_the_first_objection_of_the_precedence_decides(case: Objections) -> None:
    document = resigned(
        validFrom=format_time(STARTS), awardedDate="yesterday" if case.unsound else format_time(AWARDED)
    )
    if case.altered:
        document["name"] = "Other"
    evidence = Presented(document).elsewhere(
        issuer=issuer(keys=key_fact(listed=case.listed)),
        status=StatusFact(value=case.bit, purpose=case.purpose, code="status.unreachable"),
        link_state="private" if case.private else None,
    )
    asked: dict[State, bool] = {
        "private": case.private,
        "not_accepted": case.unsound and not case.altered,
        "altered": case.altered,
        "issuer_unproven": not case.listed,
        "revoked": case.bit is True and case.purpose == "revocation",
        "suspended": case.bit is True and case.purpose == "suspension",
        "expired": case.now == VALID_UNTIL,
        "not_yet_valid": case.now < STARTS,
        "unreachable": case.bit is None,
        "valid": True,
    }
    assert judge(evidence, now=case.now).state == next(state for state in PRECEDENCE if asked.get(state))
