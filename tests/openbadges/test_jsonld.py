"""Safe mode: what the signed text would not say is an error."""

from copy import deepcopy
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyld import jsonld as pyld

from openbadges import contexts, jsonld
from openbadges.canonical import digest, jcs, rdfc
from openbadges.contexts import CREDENTIALS_V2, OPEN_BADGES_3_0_3
from openbadges.errors import ContextNotPinned, JsonInvalid, OpenBadgesError, UndefinedTerm, WorkLimitExceeded
from openbadges.json_types import JsonObject
from tests.openbadges.published import needs_published, published_json, published_text

BADGE: JsonObject = {
    "@context": [CREDENTIALS_V2, OPEN_BADGES_3_0_3],
    "id": "urn:uuid:0f1e2d3c-4b5a-4678-9abc-def012345678",
    "type": ["VerifiableCredential", "OpenBadgeCredential"],
    "name": "SAMPLE badge",
    "issuer": {"id": "did:web:issuer.example", "type": ["Profile"], "name": "SAMPLE issuer"},
    "validFrom": "2026-01-01T00:00:00Z",
    "credentialSubject": {
        "type": ["AchievementSubject"],
        "achievement": {
            "id": "https://issuer.example/a/1",
            "type": ["Achievement"],
            "name": "SAMPLE achievement",
            "description": "For tests",
            "criteria": {"narrative": "Be there"},
            "creditsAvailable": 2.5,
            "tag": ["b", "a"],
        },
    },
}


def changed(path: str, value: Any) -> JsonObject:
    document = deepcopy(BADGE)
    *parents, last = path.split("/")
    place: Any = document
    for parent in parents:
        place = place[parent]
    place[last] = value
    return document


def test_the_canonical_text_says_every_value_once() -> None:
    text = rdfc(BADGE).decode()
    for value in ("SAMPLE badge", "SAMPLE issuer", "SAMPLE achievement", "For tests", "Be there", '"a"', '"b"'):
        assert text.count(value) == 1
    assert '"2.5E0"^^<https://www.w3.org/2001/XMLSchema#float>' in text
    assert text == "".join(sorted(text.splitlines(keepends=True)))


TEXTS = st.text(st.characters(exclude_categories=["Cs"], include_characters='\x00\x1f\x7f"\\\r\n\t\ufffe'), max_size=8)


@settings(max_examples=40, deadline=None)
@given(TEXTS, TEXTS, st.randoms(use_true_random=False))
def test_order_of_members_and_tags_does_not_change_the_canonical_form(name: str, tag: str, random: Any) -> None:
    def shuffled(value: Any) -> Any:
        if not isinstance(value, dict):
            return value
        members = list(value.items())
        random.shuffle(members)
        return {member: shuffled(inner) for member, inner in members}

    badge = changed("credentialSubject/achievement/tag", [name, tag])
    other = changed("credentialSubject/achievement/tag", [tag, name, tag])
    assert rdfc(shuffled(other)) == rdfc(badge)
    assert digest(shuffled(badge)) == digest(badge)


@settings(max_examples=40, deadline=None)
@given(
    st.text(st.characters(min_codepoint=32, max_codepoint=0xD7FF, exclude_characters="\x7f"), max_size=12),
    st.integers(),
)
def test_quads_agree_with_a_general_processor(text: str, credits_: int) -> None:
    badge = changed("credentialSubject/achievement/description", text)
    badge["credentialSubject"]["achievement"]["creditsAvailable"] = credits_ % 2**53  # type: ignore[call-overload, index]
    options = {"algorithm": "URDNA2015", "format": "application/n-quads", "documentLoader": jsonld._load_pinned}
    assert rdfc(badge).decode() == pyld.normalize(badge, options)


@pytest.mark.parametrize(
    ("path", "value", "code"),
    [
        ("colour", "red", "term.undefined"),
        ("credentialSubject/achievement/colour", "red", "term.undefined"),
        ("credentialSubject/achievement/colour", None, "term.undefined"),
        ("type", ["VerifiableCredential", "Invented"], "term.undefined"),
        ("credentialSubject/type", ["AchievementSubject", "Invented"], "term.undefined"),
        ("credentialSchema", {"id": "https://a.example", "type": "1EdTechJsonSchemaValidator2019"}, "term.undefined"),
        ("id", "not-absolute", "term.relative_iri"),
        ("id", "https://a.example/ /b", "term.relative_iri"),
        ("id", "https://a.example/<>", "term.relative_iri"),
        ("issuer", "issuer.example", "term.relative_iri"),
        ("id", "_:b0", "term.blank_node"),
        ("issuer/id", "_:b0", "term.blank_node"),
        ("_:p", "x", "term.blank_node"),
        ("name", None, "term.dropped"),
        ("validUntil", None, "term.dropped"),
        ("credentialSubject/achievement/tag", ["a", None], "term.dropped"),
        ("name", {"@value": None}, "term.dropped"),
        ("name", {"@value": "x", "@language": "en", "@direction": "ltr"}, "term.dropped"),
        ("name", {"@value": "x", "@index": "i"}, "term.dropped"),
        ("@index", "x", "term.dropped"),
        ("name", {"@value": "x", "@language": "not a language"}, "term.invalid"),
        ("name", {"@value": "x", "@type": "relative"}, "term.invalid"),
        ("@id", "https://a.example/", "term.invalid"),
        ("type", 5, "term.undefined"),
        ("@reverse", 5, "term.invalid"),
    ],
)
def test_what_would_be_dropped_or_guessed_is_refused(path: str, value: object, code: str) -> None:
    with pytest.raises(UndefinedTerm) as refused:
        rdfc(changed(path, value))
    assert refused.value.code == code


@pytest.mark.parametrize(
    ("path", "value", "code"),
    [
        ("@context", [CREDENTIALS_V2, "https://a.example/context"], "context.not_pinned"),
        ("@context", [CREDENTIALS_V2, {"name": "https://a.example/other"}], "context.inline"),
        ("@context", [CREDENTIALS_V2, None], "context.inline"),
        ("@context", None, "context.missing"),
        ("@context", [], "context.missing"),
        ("credentialSubject/@context", {"name": "urn:x"}, "context.inline"),
        ("credentialSubject/achievement/@context", "https://a.example/context", "context.not_pinned"),
        ("issuer/@context", None, "context.inline"),
    ],
)
def test_contexts_come_from_the_pinned_set_only(path: str, value: object, code: str) -> None:
    with pytest.raises(ContextNotPinned) as refused:
        rdfc(changed(path, value))
    assert refused.value.code == code


def test_a_document_that_says_nothing_is_refused() -> None:
    with pytest.raises(UndefinedTerm):
        rdfc({"@context": CREDENTIALS_V2})


def test_an_endless_list_of_contexts_is_refused() -> None:
    with pytest.raises(WorkLimitExceeded):
        rdfc(changed("@context", [CREDENTIALS_V2] * 10_000))


def test_contexts_kept_from_one_document_do_not_reach_another() -> None:
    before = rdfc(BADGE)
    with pytest.raises(UndefinedTerm):
        rdfc({**BADGE, "@context": CREDENTIALS_V2})
    with pytest.raises(UndefinedTerm):
        rdfc({**BADGE, "@context": [CREDENTIALS_V2, contexts.OPEN_BADGES_3_0_1]})  # made for the older data model
    assert rdfc(BADGE) == before


@pytest.mark.parametrize(
    ("number", "written"),
    [
        (5, '"5"^^<http://www.w3.org/2001/XMLSchema#integer>'),
        (5.0, '"5"^^<http://www.w3.org/2001/XMLSchema#integer>'),
        (-0.5, '"-5.0E-1"^^<http://www.w3.org/2001/XMLSchema#double>'),
        (1e-7, '"1.0E-7"^^<http://www.w3.org/2001/XMLSchema#double>'),
        (1 / 3, '"3.333333333333333E-1"^^<http://www.w3.org/2001/XMLSchema#double>'),
        (10**21, '"1.0E21"^^<http://www.w3.org/2001/XMLSchema#double>'),
        (2**53 + 1, '"9007199254740992"^^<http://www.w3.org/2001/XMLSchema#integer>'),
        (True, '"true"^^<http://www.w3.org/2001/XMLSchema#boolean>'),
    ],
)
def test_numbers_are_written_as_json_ld_writes_them(number: float, written: str) -> None:
    # `name` has no datatype of its own, so the value chooses one.
    assert written in rdfc(changed("name", number)).decode()


KEYWORDS = st.sampled_from(
    ["@id", "@type", "@value", "@language", "@graph", "@list", "@set", "@included", "@reverse", "@nest", "@index",
     "@json", "@context", "@direction", "@vocab", "id", "type", "name", "achievement", "urn:p", "evidence"]
)  # fmt: skip
HOSTILE = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | KEYWORDS | st.just("https://a.example/"),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYWORDS, inner, max_size=3),
    max_leaves=8,
)


@settings(max_examples=300, deadline=None)
@given(st.dictionaries(KEYWORDS, HOSTILE, max_size=4))
def test_any_shape_of_document_is_converted_or_refused(members: dict[str, Any]) -> None:
    try:
        text = rdfc({"@context": CREDENTIALS_V2, "type": "VerifiableCredential", **members}).decode()
    except OpenBadgesError:
        return
    assert not text or text.endswith(" .\n")  # empty arrays say nothing


@needs_published
def test_the_implementation_guide_vector_has_its_canonical_form() -> None:
    folder = "w3c/vc-di-eddsa/TestVectors/eddsa-rdfc-2022/"
    document = published_json(folder + "signedDataInt.json")
    del document["proof"]
    assert rdfc(document).decode() == published_text(folder + "canonDocDataInt.txt")


@needs_published
@pytest.mark.parametrize("name", ["basicOpenBadgeCredential-1", "fullOpenBadge-1", "skillAssertionCase-1"])
def test_published_badges_are_read_or_their_undefined_term_is_named(name: str) -> None:
    document = published_json(f"1edtech-openbadges-specification/examples/{name}.json")
    document.pop("proof", None)
    if OPEN_BADGES_3_0_3 in document["@context"]:
        document["@context"].append(contexts.OPEN_BADGES_EXTENSIONS)
    assert rdfc(document).count(b"\n") > 10


def test_the_digest_sees_what_rdf_does_not() -> None:
    digests = {
        digest(BADGE),
        digest(changed("validUntil", None)),
        digest(changed("evidence", [])),
        digest(changed("credentialSubject/achievement/tag", ["a", "b"])),
        digest(changed("@context", [CREDENTIALS_V2, contexts.OPEN_BADGES_3_0_2])),
    }
    assert len(digests) == 5
    assert digest({**BADGE, "proof": [{}]}) == digest(BADGE)
    assert digest({"n": 10**25}) != digest({"n": 10**25 + 1})


def test_jcs_follows_the_rfc() -> None:
    assert jcs({"\u20ac": 1, "\r": 1e30, "1": [333333333.33333329, None, "\x0f"]}) == (
        '{"\\r":1e+30,"1":[333333333.3333333,null,"\\u000f"],"\u20ac":1}'.encode()
    )
    with pytest.raises(JsonInvalid):
        jcs(2**60)
