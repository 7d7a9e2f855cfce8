"""A badge that is recognised by its text is what reading all of it gives, and nothing else is recognised."""

from collections.abc import Iterator
from typing import Any

import orjson
import pytest

from openbadges import kinds, parts
from openbadges.errors import JsonInvalid
from openbadges.json_types import JsonObject, JsonValue
from openbadges.kinds import Kindred, take_apart, without_proof
from openbadges.parts import Part, with_parts
from openbadges.strict_json import loads
from tests.openbadges.cases import signed_sample

BADGE = signed_sample()
PROOF: Any = BADGE["proof"]
NESTED: Any = [["a", ["b"]], {"type": ["c", "d"]}, "e"]


@pytest.fixture(autouse=True)
def nothing_met_before() -> Iterator[None]:
    forget()
    yield
    forget()


def forget() -> None:
    parts._known_texts.clear()
    kinds._wordings.clear()


def written(document: JsonObject) -> str:
    return orjson.dumps(document).decode()


def meet(document: JsonObject) -> None:
    """Let a badge be judged once, and read once more."""
    with_parts(document)
    kinds.loads(written(document))


def is_recognised(text: str) -> bool:
    """Whether a badge with this text is of a known kind. It is what a reader of all of it finds, in either case."""
    try:
        expected = repr(loads(text))
    except JsonInvalid as error:
        with pytest.raises(JsonInvalid) as refused:
            kinds.loads(text)
        assert refused.value.code == error.code
        return False
    found = kinds.loads(text)
    assert repr(found) == expected
    return isinstance(found, Kindred)


def test_the_third_badge_of_a_kind_is_recognised() -> None:
    with_parts(BADGE)
    texts = [written({**BADGE, "id": f"urn:x:{number}"}) for number in range(3)]
    assert [is_recognised(text) for text in texts] == [False, True, True]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('"id":', '"\\u0069d":'),
        ('"name":"Networking', '"name":"\\u004eetworking'),
        ('"name":"Networking', '"name":"\\"Networking'),
        ('"name":"Networking', '"name":"\n'),
        ('"name":"Networking', '"name":"\ud800'),
        ('"name":"Networking', '"name":"\u00a0'),
        ('"name":"Networking', '"name":"urn:part:issuer'),
        ('"name":', '"description":'),
        ('"name":', '"id":"urn:x:2","name":'),
        ('"issuer":', '"issuer": '),
        ('"issuer":', '"a\\"issuer":'),
        ('"issuer":', '"x":{"issuer":{}},"issuer":'),
        ('"issuer":', '"issuer":"urn:part:issuer","issuer":'),
        ('"creditsEarned":2', '"creditsEarned":2.0'),
        ('"hashed":false', '"hashed":0'),
        ("}]}", "}]} "),
        ("}]}", "}],}"),
        ('{"@context"', '\ufeff{"@context"'),
        ('"OpenBadgeCredential"', '"OpenBadgeCredentials"'),
    ],
    ids=ascii,
)
def test_what_is_written_in_another_way_is_not_recognised(old: str, new: str) -> None:
    meet(BADGE)
    text = written(BADGE)
    assert is_recognised(text)
    assert old in text
    assert not is_recognised(new.join(text.rsplit(old, 1) if old == "}]}" else text.split(old, 1)))


@pytest.mark.parametrize(
    "badge",
    [
        BADGE,
        {"proof": PROOF, **BADGE},
        {**BADGE, "proof": PROOF[0], "termsOfUse": {"id": "urn:x:t", "proof": PROOF}},
        {**BADGE, "proof": [*PROOF, {**PROOF[0], "id": "urn:x:p"}], "image": "urn:x:i"},
        {**BADGE, "proof": None},
        {**BADGE, "proof": "none", "type": {"a": "b"}},
        {**BADGE, "evidence": NESTED},
    ],
    ids=range(7),
)
def test_the_texts_of_a_badge_are_where_its_kind_has_them(badge: JsonObject) -> None:
    meet(badge)
    found = kinds.loads(written(badge).replace("2026", "2027"))
    assert isinstance(found, Kindred)
    unsecured = without_proof(found)
    assert unsecured == {name: value for name, value in found.items() if name != "proof"}
    for document in (found, unsecured):
        assert isinstance(document, Kindred)
        assert (document.kind.shape, list(document.texts)) == take_apart(document)[:2]


@pytest.mark.parametrize(
    "evidence",
    [
        ["x"] * (kinds.MOST_TEXTS + 1),
        [1] * kinds._LONGEST_REST,
        "x" * kinds._LONGEST_REST,
    ],
    ids=["texts", "numbers", "letters"],
)
def test_what_is_long_is_read_and_not_remembered(evidence: JsonValue) -> None:
    long = {**BADGE, "evidence": evidence}
    meet(long)
    assert not is_recognised(written(long))
    assert len(kinds._wordings) == 0


def test_a_text_that_is_escaped_or_invisible_changes_nothing_about_its_kind() -> None:
    meet(BADGE)
    [kept] = kinds._wordings._values.values()
    for name in ("a\nb", 'a"b', "a\\b", "a\u00a0b"):
        assert not is_recognised(written({**BADGE, "name": name}))
    assert [*kinds._wordings._values.values()] == [kept]
    assert is_recognised(written({**BADGE, "name": "a b"}))


def test_a_part_counts_in_its_own_place_only() -> None:
    meet(BADGE)
    subject: Any = BADGE["credentialSubject"]
    inside = {**BADGE, "issuer": subject["achievement"], "credentialSubject": {"achievement": BADGE["issuer"]}}
    behind = {name: value for name, value in BADGE.items() if name != "issuer"} | {"issuer": BADGE["issuer"]}
    for document in (inside, behind, {**BADGE, "credentialSubject": [subject]}, {"other": BADGE["issuer"], **subject}):
        assert not is_recognised(written(document))
        read = kinds.loads(written(document))
        assert isinstance(read, dict)
        assert not any(isinstance(value, Part) for value in read.values())
