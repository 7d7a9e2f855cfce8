"""A credential of ours with anything changed is refused: any member or value of the JSON, any letter of the token."""

from collections.abc import Iterator

import pytest

from openbadges import jose
from openbadges.errors import OpenBadgesError
from openbadges.json_types import JsonObject, JsonValue
from openbadges.judge import Evidence, judge
from tests.openbadges.cases import (
    CLEAR,
    NOW,
    Presented,
    issuer,
    record,
    sign,
    signed_sample,
    token_evidence,
    token_text,
)
from tests.openbadges.samples import eu_complete

ALIASES = {"id": "@id", "type": "@type", "name": "https://schema.org/name", "proof": "https://w3id.org/security#proof"}


def mutations(value: JsonValue) -> Iterator[JsonValue]:
    """Every way to change one thing in a JSON value: values, members, names, order, nesting."""
    yield None
    if isinstance(value, dict):
        yield from _object_mutations(value)
    elif isinstance(value, list):
        yield from _array_mutations(value)
    elif isinstance(value, bool):
        yield not value
    elif isinstance(value, int | float):
        yield value + 1
        yield str(value)
    elif isinstance(value, str):
        yield from (value + "x", value + " ", value[1:])
        yield [value]
        if value.swapcase() != value:
            yield value.swapcase()


def _object_mutations(value: JsonObject) -> Iterator[JsonValue]:
    yield {**value, "added": None}
    yield {**value, "name": "added"} if "name" not in value else {**value, "narrative": "added"}
    yield [value]
    for name, inner in value.items():
        others = {other: kept for other, kept in value.items() if other != name}
        yield others
        yield {**others, ALIASES.get(name, f"@{name}"): inner}
        yield {**others, f"{name}s": inner}
        for changed in mutations(inner):
            yield {**others, name: changed}


def _array_mutations(value: list[JsonValue]) -> Iterator[JsonValue]:
    yield [*value, None]
    yield [*value, value[0]]
    yield value[0] if len(value) == 1 else value[::-1]
    for position, inner in enumerate(value):
        yield value[:position] + value[position + 1 :]
        for changed in mutations(inner):
            yield [*value[:position], changed, *value[position + 1 :]]


def small_sample() -> JsonObject:
    """The sample without most of its repeated parts, so that every single change can be tried."""
    document = eu_complete().to_json()
    subject = document["credentialSubject"]
    assert isinstance(subject, dict)
    achievement = subject["achievement"]
    assert isinstance(achievement, dict)
    for member in ("alignment", "resultDescription"):
        listed = achievement[member]
        assert isinstance(listed, list)
        achievement[member] = listed[:2]
    return document


def test_any_change_of_our_json_is_refused() -> None:
    original = sign(small_sample())
    assert judge(Presented(original).ours(), now=NOW).state == "valid"
    tried = 0
    for changed in mutations(original):
        if not isinstance(changed, dict):
            continue
        report = judge(Presented(changed).ours(original), now=NOW)
        assert report.outcome != "valid", changed
        assert report.credential is None or report.state in ("not_accepted", "issuer_unproven")
        tried += 1
    assert tried > 1_000


def test_what_canonical_forms_forgive_is_refused_as_not_recorded() -> None:
    original = signed_sample()
    forgiven: list[JsonObject] = [
        {**original, "evidence": [*_list(original, "evidence"), None]},
        {**original, "refreshService": None},
        {**original, "type": list(reversed(_list(original, "type")))},
        {**original, "proof": _list(original, "proof")[0]},
    ]
    for changed in forgiven:
        report = judge(Presented(changed).ours(original), now=NOW)
        assert (report.state, report.check("proof").code) == ("altered", "proof.not_as_recorded")


def _list(document: JsonObject, member: str) -> list[JsonValue]:
    value = document[member]
    assert isinstance(value, list)
    return value


def test_the_order_of_members_is_no_change() -> None:
    original = signed_sample()
    reordered = dict(reversed(original.items()))
    assert judge(Presented(reordered).ours(original), now=NOW).state == "valid"


def presented_token(text: str, original: JsonObject) -> Evidence:
    try:
        token = jose.parse_token(text)
    except OpenBadgesError as error:
        return Evidence("token", form="ob3-jwt", read_error=error)
    return token_evidence(token, issuer=issuer(own=True), record=record(original), status=CLEAR)


@pytest.mark.parametrize("start", range(7))
def test_any_changed_letter_of_our_token_is_refused(start: int) -> None:
    original = small_sample()
    text = token_text(original)
    assert judge(presented_token(text, original), now=NOW).state == "valid"
    last = len(text) - 120  # the signature and what is before it letter by letter, the rest in steps
    for position in [*range(start, last, 7 * 5), *range(last + start, len(text), 7)]:
        letter = text[position]
        changed = text[:position] + ("A" if letter != "A" else "B") + text[position + 1 :]
        report = judge(presented_token(changed, original), now=NOW)
        assert report.outcome != "valid", position
        assert report.credential is None
