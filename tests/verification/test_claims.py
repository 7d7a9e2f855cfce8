"""What pages read from a document, ours or anybody's."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openbadges.json_types import JsonObject, JsonValue
from tests.openbadges import samples
from verification.claims import Fact, Skill, read_achievement, read_claims, web_address

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=20,
)


def _sample() -> JsonObject:
    return samples.eu_complete().to_json()


def test_a_complete_credential_is_read_completely() -> None:
    claims = read_claims(_sample())
    assert (claims.holder, claims.issuer_name) == ("Ada Sample", "Sample IT Academy (SAMPLE)")
    assert (claims.issuer_place, claims.issuer_country) == ("Utrecht, Netherlands", "Netherlands")
    assert claims.has_email
    assert claims.achievement.outcomes == samples.OUTCOMES
    assert [skill.name for skill in claims.achievement.skills] == ["troubleshoot networks", "maintain routers"]
    assert claims.achievement.skills[0].framework == "ESCO"
    assert claims.achievement.credits == "2 ECTS"
    assert claims.achievement.achievement_type == "Micro-credential"
    assert claims.valid_until == samples.VALID_UNTIL
    assert claims.results == (Fact("Final grade", "87\u00a0%"),)


def test_eu_elements_lose_their_label_and_gain_words() -> None:
    elements = read_claims(_sample()).achievement.elements
    assert elements["workload"] == "60 hours"
    assert elements["EQFLevel"] == "EQF 5: specialised, self-managed work"
    assert elements["assessmentType"] == "Practical task"
    assert elements["supervision"] == "Supervised online, identity checked"


def test_a_hashed_name_is_not_shown_as_a_name() -> None:
    identity: JsonObject = {"identityType": "name", "hashed": True, "identityHash": "sha256$abc"}
    claims = read_claims({"credentialSubject": {"identifier": [identity]}})
    assert claims.holder == ""


def test_the_email_is_known_to_be_there_and_never_read() -> None:
    claims = read_claims(_sample())
    assert samples.EMAIL not in repr(claims) and "sha256$" not in repr(claims)


def test_an_alignment_that_is_no_eu_element_is_a_skill() -> None:
    alignment: JsonValue = [{"targetName": "Welding", "targetUrl": "javascript:alert(1)", "targetType": "CFItem"}]
    assert read_achievement({"alignment": alignment}).skills == (Skill("Welding"),)


def test_criteria_without_a_list_stay_one_text() -> None:
    achievement = read_achievement({"criteria": {"narrative": "Pass the exam."}})
    assert (achievement.outcomes, achievement.criteria_text) == ((), "Pass the exam.")


@pytest.mark.parametrize(
    "address",
    ["javascript:alert(1)", "data:text/html,x", "//evil.example", "https://", "http://[", "https://a\u202e.example", 5],
)
def test_only_web_addresses_become_links(address: JsonValue) -> None:
    assert web_address(address) == ""


def test_evidence_with_another_address_is_named_without_a_link() -> None:
    evidence = read_claims({"evidence": [{"name": "Log", "id": "urn:uuid:1"}]}).evidence
    assert [(link.label, link.url) for link in evidence] == [("Log", "")]


@given(st.dictionaries(st.sampled_from(sorted(_sample())), json_values), json_values)
def test_any_document_can_be_read(document: JsonObject, subject: JsonValue) -> None:
    claims = read_claims({**document, "credentialSubject": subject})
    assert isinstance(claims.holder, str)


@given(json_values, json_values, json_values)
def test_any_achievement_can_be_read(alignment: JsonValue, results: JsonValue, criteria: JsonValue) -> None:
    achievement: JsonObject = {"alignment": alignment, "resultDescription": results, "criteria": criteria}
    assert read_achievement(achievement).version == ""
