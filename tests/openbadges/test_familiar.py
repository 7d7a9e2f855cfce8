"""A document that is filled in, because one like it was met before, has the bytes of conversion, or is converted."""

from collections.abc import Iterator
from hashlib import sha256
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from openbadges import familiar
from openbadges.canonical import convert, paths, rdfc
from openbadges.contexts import CREDENTIALS_V1, OPEN_BADGES_3_0_2
from openbadges.errors import OpenBadgesError
from openbadges.json_types import JsonObject
from openbadges.parts import Part, with_parts
from tests.openbadges.hostile import ALPHABETS, EXAMPLES, IRIS, badges, spoiled_badges, texts
from tests.openbadges.samples import eu_complete

PROPERTY = settings(
    max_examples=EXAMPLES, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)


@pytest.fixture(autouse=True)
def nothing_met_before() -> Iterator[None]:
    forget()
    yield
    forget()


def forget() -> None:
    familiar._layouts.clear()
    familiar._seen.clear()


def learn(document: JsonObject) -> None:
    for _ in range(2):
        familiar.canonical_text(with_parts(document))


def converted(document: JsonObject) -> bytes | None:
    try:
        return convert(document)
    except OpenBadgesError:
        return None


def with_other_texts(document: JsonObject, draw: st.DrawFn, text: st.SearchStrategy[str]) -> JsonObject:
    """A copy in which some of the texts outside of parts are others; the rest of it is the same."""
    copy = {**document}
    waiting: list[Any] = [copy]  # no recursion: drawing goes deep by itself
    while waiting:
        container = waiting.pop()
        places = container.items() if isinstance(container, dict) else enumerate(container)
        for place, value in list(places):
            if place in ("type", "@context") or isinstance(value, Part):
                continue
            if isinstance(value, str):
                container[place] = draw(st.just(value) | text | IRIS)
            elif isinstance(value, dict | list):
                container[place] = {**value} if isinstance(value, dict) else [*value]
                waiting.append(container[place])
    return copy


@st.composite
def siblings(draw: st.DrawFn) -> tuple[JsonObject, JsonObject]:
    text = texts(draw(ALPHABETS))
    badge = draw(badges(text) | spoiled_badges())
    return badge, with_other_texts(with_parts(badge), draw, text)


@PROPERTY
@given(siblings())
def test_hostile_siblings_have_the_bytes_of_conversion_or_are_converted(pair: tuple[JsonObject, JsonObject]) -> None:
    forget()
    first, second = pair
    learn(first)
    for document in (first, second, first):
        filled = familiar.canonical_text(with_parts(document))
        assert filled is None or filled == converted(document)
        hashed = familiar.canonical_sha256(with_parts(document))
        assert hashed == (None if filled is None else sha256(filled).digest())


def badge(number: int = 1, **members: Any) -> JsonObject:
    return {**eu_complete(credential_id=f"https://a.example/c/{number}", name=f"Ada {number}").to_json(), **members}


def path_of(document: JsonObject) -> str:
    before = paths()
    assert rdfc(with_parts(document)) == convert(document)
    after = paths()
    return "familiar" if after["familiar"] > before["familiar"] else "converted"


def test_the_third_badge_of_a_kind_is_filled_in() -> None:
    assert [path_of(badge(number)) for number in range(4)] == ["converted", "familiar", "familiar", "familiar"]


def test_another_issuer_or_achievement_is_another_kind() -> None:
    learn(badge())
    assert path_of(badge(2, issuer={**badge()["issuer"], "name": "Else (SAMPLE)"})) == "converted"  # type: ignore[dict-item]


@pytest.mark.parametrize(
    "members",
    [
        {"id": "xsd:x"},  # another scheme than the one learnt from
        {"id": "relative"},
        {"id": "urn:uuid:1"},
        {"id": "https://a.example/ b"},
        {"name": None},
        {"colour": "red"},
        {"@context": ["https://www.w3.org/ns/credentials/v2"]},
        {"type": ["VerifiableCredential"]},
        {"evidence": []},
    ],
    ids=str,
)
def test_what_differs_in_more_than_texts_is_converted(members: JsonObject) -> None:
    learn(badge())
    document = badge(2, **members)
    assert familiar.canonical_text(with_parts(document)) is None


def with_results(*results: JsonObject) -> JsonObject:
    document: Any = badge()
    document["credentialSubject"]["result"] = [{"type": ["Result"], **result} for result in results]
    return dict(document)


def test_a_text_that_the_contexts_give_a_meaning_is_converted() -> None:
    proof = {"type": "DataIntegrityProof", "proofPurpose": "assertionMethod"}
    options: JsonObject = {"@context": badge()["@context"], **proof, "issuer": badge()["issuer"]}
    learn(options)
    assert familiar.canonical_text(with_parts(options)) is None


def test_a_word_with_a_prefix_that_a_kind_is_learnt_from_is_no_address() -> None:
    document: JsonObject = {
        "@context": [CREDENTIALS_V1, OPEN_BADGES_3_0_2],  # where `sec` is a prefix inside a credential
        "id": "sec:x",
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "issuer": {"id": "https://a.example/i", "type": ["Profile"]},
        "credentialSubject": {"id": "urn:x:s", "type": ["AchievementSubject"]},
    }
    learn(document)
    assert b"<https://w3id.org/security#x>" in convert(document)
    assert path_of(document) == "converted"


def test_numbers_that_are_equal_to_python_are_told_apart() -> None:
    for value in (1, True, 1.0, 0.0, -0.0, False, 0):
        document = badge(1, **{"credentialSubject": {**badge()["credentialSubject"], "creditsEarned": value}})  # type: ignore[dict-item]
        learn(document)
        assert familiar.canonical_text(with_parts(document)) in (None, converted(document))


def test_texts_that_make_two_objects_alike_are_converted() -> None:
    learn(with_results({"value": "1"}, {"value": "2"}))
    twins = with_results({"value": "1"}, {"value": "1"})
    assert familiar.canonical_text(with_parts(twins)) is None


def test_a_kind_that_cannot_be_filled_is_not_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    twins = with_results({"value": "1"}, {"value": "1"})
    twins["colour"] = "red"
    learn(twins)
    monkeypatch.setattr(familiar, "_Layout", None)  # would raise when called
    assert familiar.canonical_text(with_parts(twins)) is None


def test_a_document_without_parts_is_never_remembered() -> None:
    document = badge()
    for _ in range(3):
        assert familiar.canonical_text(document) is None


def test_what_strangers_send_does_not_fill_the_memory() -> None:
    long = badge(evidence=[{"id": f"urn:x:{number}", "type": ["Evidence"], "name": "x"} for number in range(190)])
    learn(long)
    assert familiar.canonical_text(with_parts(long)) is None
    for number in range(80):
        learn(badge(issuer={"id": f"urn:x:{number}", "type": ["Profile"], "name": "SAMPLE"}))
    assert len(familiar._layouts) == 64
