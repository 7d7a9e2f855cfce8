"""What a presented credential must be, and what it must not hide."""

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from openbadges import jose
from openbadges.contexts import CREDENTIALS_V1, CREDENTIALS_V2, OPEN_BADGES_3_0_0, OPEN_BADGES_3_0_3
from openbadges.json_types import JsonObject, JsonValue
from openbadges.parts import with_parts
from openbadges.plain import is_plain
from openbadges.shapes import SHAPES, normalised, problems
from openbadges.structure import _covered_problems, examine
from tests.conftest import FIXTURES
from tests.openbadges.hostile import EXAMPLES, HOSTILE_BADGES, spoiled_badges
from tests.openbadges.samples import eu_complete

PUBLISHED = FIXTURES / "1edtech-openbadges-specification" / "examples"
SUBJECT = "credentialSubject"


def changed(path: str, value: object) -> JsonObject:
    """The sample with one member set, or removed (...). The path goes by spaces: members' names and list positions."""
    document: Any = json.loads(json.dumps(eu_complete().to_json()))
    *way, last = [int(step) if step.isdecimal() else step for step in path.split(" ")]
    at = document
    for step in way:
        at = at[step]
    if value is ...:
        del at[last]
    else:
        at[last] = value
    result: JsonObject = document
    return result


def codes(document: JsonObject) -> list[str]:
    return [problem.code for problem in examine(document).problems]


def test_the_sample_has_no_fault() -> None:
    assert codes(eu_complete().to_json()) == []


@pytest.mark.skipif(not PUBLISHED.is_dir(), reason=f"The published examples are not in {PUBLISHED}")
@pytest.mark.parametrize("name", ["basicOpenBadgeCredential-1", "skillAssertionCase-1", "skillAssertionCtdl-1"])
def test_published_examples_have_no_fault(name: str) -> None:
    assert codes(json.loads((PUBLISHED / f"{name}.json").read_text("utf-8"))) == []


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("evidence", {"type": "Evidence"}),
        ("type", ["OpenBadgeCredential", "VerifiableCredential"]),
        ("type", ["VerifiableCredential", "AchievementCredential", "Other"]),
        ("@context", [CREDENTIALS_V2, OPEN_BADGES_3_0_0]),
        (f"{SUBJECT} type", "AchievementSubject"),
        (f"{SUBJECT} achievement tag", "one"),
        (f"{SUBJECT} achievement image", "https://example.org/image.png"),
        (f"{SUBJECT} achievement criteria", "https://example.org/criteria"),
        (f"{SUBJECT} id", ...),
        ("issuer", "https://example.org/issuer"),
        ("validFrom", "2010-01-01T00:00:00.5-08:00"),
        ("credentialStatus", {"type": "1EdTechRevocationList", "id": "https://example.org/list"}),
        ("credentialStatus statusListIndex", 42),
        ("validUntil", None),
        ("endorsement", [{"@context": [CREDENTIALS_V2, OPEN_BADGES_3_0_3], "type": ["VerifiableCredential"]}]),
    ],
)
def test_other_spellings_of_a_badge_are_accepted(path: str, value: object) -> None:
    assert codes(changed(path, value)) == []


@pytest.mark.parametrize(
    ("path", "value", "code"),
    [
        ("type", ["VerifiableCredential"], "structure.not_open_badge"),
        ("type", ["VerifiableCredential", "EndorsementCredential"], "structure.not_open_badge"),
        ("type", "OpenBadgeCredential", "structure.not_open_badge"),
        ("type", ["VerifiablePresentation"], "structure.not_open_badge"),
        ("@context", [CREDENTIALS_V1, OPEN_BADGES_3_0_3], "structure.vcdm_1_1"),
        ("@context", "https://w3id.org/openbadges/v2", "structure.older_badge"),
        ("@context", CREDENTIALS_V2, "structure.context"),
        ("@context", [OPEN_BADGES_3_0_3, CREDENTIALS_V2], "structure.context"),
        ("@context", [], "structure.context"),
        ("@context", [CREDENTIALS_V2, OPEN_BADGES_3_0_3, {"name": None}], "structure.inline_context"),
        ("@context", [CREDENTIALS_V2, OPEN_BADGES_3_0_3, "https://a.example/c"], "structure.context_not_pinned"),
        (f"{SUBJECT} @context", CREDENTIALS_V2, "structure.nested_context"),
        (f"{SUBJECT} achievement creator @context", {"@vocab": "x"}, "structure.nested_context"),
        ("endorsement", [{"@context": [CREDENTIALS_V2, {}]}], "structure.nested_context"),
        ("endorsement", [{"issuer": {"@context": CREDENTIALS_V2}}], "structure.nested_context"),
        ("@id", "urn:uuid:1", "structure.keyword"),
        (f"{SUBJECT} @type", "AchievementSubject", "structure.keyword"),
        (f"{SUBJECT} achievement name", {"@value": "a"}, "structure.keyword"),
        ("evidence 0 @graph", [], "structure.keyword"),
        (f"{SUBJECT} achievement https://schema.org/name", "Other", "structure.term_alias"),
        ("https://www.w3.org/2018/credentials#credentialStatus", {"id": "urn:x:y"}, "structure.term_alias"),
        (f"{SUBJECT} id", "_:b0", "structure.blank_node"),
        ("evidence 0 id", "_:b0", "structure.blank_node"),
        (f"{SUBJECT} achievement endorsementJwt", ["a.b.c"], "structure.unsigned_term"),
        ("id", ..., "structure.missing_member"),
        ("id", "3527", "structure.address_invalid"),
        ("issuer", ..., "structure.missing_member"),
        ("issuer type", "Person", "structure.node_type"),
        ("issuer parentOrg type", ..., "structure.node_type"),
        ("issuer otherIdentifier 0 type", "IdentityObject", "structure.node_type"),
        ("issuer name", ["a"], "structure.member_type"),
        ("validFrom", ..., "structure.missing_member"),
        ("validFrom", "2026-03-12", "structure.date_invalid"),
        ("validFrom", "2026-03-12T09:30:00", "structure.date_invalid"),
        ("validFrom", "2016-12-31T23:59:60Z", "structure.date_invalid"),
        ("validUntil", "2026-02-30T00:00:00Z", "structure.date_invalid"),
        ("validUntil", "2026-03-12T09:29:59Z", "structure.date_order"),
        ("awardedDate", "last week", "structure.date_invalid"),
        (SUBJECT, ..., "structure.missing_member"),
        (SUBJECT, [], "structure.member_type"),
        (SUBJECT, "did:example:1", "structure.member_type"),
        (SUBJECT, [{}, {}], "structure.subject_count"),
        (f"{SUBJECT} achievement", ..., "structure.missing_member"),
        (f"{SUBJECT} achievement name", ..., "structure.missing_member"),
        (f"{SUBJECT} achievement description", 7, "structure.member_type"),
        (f"{SUBJECT} achievement criteria", ..., "structure.missing_member"),
        (f"{SUBJECT} achievement alignment 0 targetUrl", ..., "structure.missing_member"),
        (f"{SUBJECT} achievement resultDescription 0 type", [], "structure.node_type"),
        (f"{SUBJECT} result 0 type", "Score", "structure.node_type"),
        (f"{SUBJECT} identifier 0 hashed", "false", "structure.member_type"),
        (f"{SUBJECT} creditsEarned", True, "structure.member_type"),
        ("evidence 0 type", ..., "structure.node_type"),
        ("evidence 0", "https://example.org/evidence", "structure.member_type"),
        ("credentialStatus type", ..., "structure.missing_member"),
        ("credentialStatus statusListIndex", "one", "structure.status_entry"),
        ("credentialStatus statusListIndex", -1, "structure.status_entry"),
        ("credentialStatus statusPurpose", ..., "structure.status_entry"),
    ],
)
def test_each_fault_has_its_code(path: str, value: object, code: str) -> None:
    assert code in codes(changed(path, value))


def test_a_holder_needs_an_id_or_an_identifier() -> None:
    document = changed(f"{SUBJECT} id", ...)
    subject = document[SUBJECT]
    assert isinstance(subject, dict)
    subject["identifier"] = []
    assert codes(document) == ["structure.missing_member"]


def test_a_token_may_carry_what_an_embedded_proof_may_not() -> None:
    document: JsonObject = {**eu_complete().to_json(), "https://example.org/claim": "1", "endorsementJwt": ["a.b.c"]}
    token = jose.Token({"alg": "ES256"}, jose.claims_for(document), b"", b"", "ES256", None)
    assert examine(document, token).problems == ()
    assert {"structure.term_alias", "structure.unsigned_term"} <= set(codes(document))


def test_normalised_is_one_shape_for_pages() -> None:
    document = changed("evidence", {"type": "Evidence", "name": "Plan", "genre": None})
    document["issuer"] = "https://example.org/issuer"
    document["endorsement"] = [{"type": "EndorsementCredential"}]
    shown = normalised(document)
    assert shown["evidence"] == [{"type": "Evidence", "name": "Plan"}]
    assert shown["issuer"] == {"id": "https://example.org/issuer"}
    assert "endorsement" not in shown


def test_normalising_twice_changes_nothing() -> None:
    document = eu_complete().to_json()
    once = normalised(document)
    assert normalised(once) == once
    del once["credentialStatus"], document["credentialStatus"]  # several are possible, so pages get an array
    assert once == document


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
)


@given(name=st.sampled_from(sorted(SHAPES)), data=st.data())
def test_any_object_is_examined_without_an_error(name: str, data: st.DataObject) -> None:
    members = st.sampled_from([*SHAPES[name].members, "type"])
    document: JsonObject = data.draw(st.dictionaries(members, anything, max_size=6))
    assert all(problem.code.startswith("structure.") for problem in problems(document, name))
    full: JsonObject = {**eu_complete().to_json(), **document}
    assert isinstance(examine(full).sound, bool)


@settings(max_examples=EXAMPLES * 3, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(HOSTILE_BADGES | spoiled_badges(), st.booleans())
def test_what_is_plain_at_a_glance_has_no_problems(badge: JsonObject, with_kept_parts: bool) -> None:
    document = with_parts(badge) if with_kept_parts else badge
    if is_plain(document):
        assert not list(problems(document))
        assert not list(_covered_problems(document, embedded=True))


def test_the_first_of_several_faults_is_the_same_with_parts() -> None:
    image: JsonObject = {"id": "urn:x:1", "type": "Image", "@id": "urn:x:2"}
    document: JsonObject = {**changed("issuer a:b", "c"), "image": image}
    assert set(codes(document)) == {"structure.keyword", "structure.term_alias"}
    assert codes(with_parts(document)) == codes(document)


@pytest.mark.parametrize(
    "member", [("colour", "red"), ("@id", "urn:x:1"), ("urn:x:y", "1"), ("endorsementJwt", "e.y.j")]
)
def test_a_member_that_is_not_known_is_never_plain(member: tuple[str, str]) -> None:
    name, value = member
    document = eu_complete().to_json()
    assert is_plain(document)
    assert not is_plain({**document, name: value})
    assert not is_plain({**document, "evidence": [{"id": "urn:x:1", "type": ["Evidence"], name: value}]})


@pytest.mark.parametrize("name", ["id", "name", "issuer", "credentialSubject", "validFrom", "type", "evidence"])
@pytest.mark.parametrize("value", ["_:b0", None, 1, True, [], {}, [[]], ["_:b0"], {"@context": []}], ids=repr)
def test_an_odd_value_is_plain_only_if_it_has_no_problems(name: str, value: JsonValue) -> None:
    document = {**eu_complete().to_json(), name: value}
    assert not is_plain(document) or not [*problems(document), *_covered_problems(document, embedded=True)]
