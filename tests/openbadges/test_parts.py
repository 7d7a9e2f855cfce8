"""Parts stand for the objects that they were made of, and are kept within bounds."""

import copy
import json
import pickle
from collections.abc import Callable

import orjson
import pytest

from openbadges import parts
from openbadges.json_types import JsonObject
from openbadges.parts import Part, with_parts
from tests.openbadges.samples import eu_complete

BADGE = eu_complete().to_json()


def part_of(document: JsonObject) -> Part:
    issuer = with_parts(document)["issuer"]
    assert isinstance(issuer, Part)
    return issuer


def test_a_document_with_parts_is_the_same_document() -> None:
    document = with_parts(BADGE)
    assert document == BADGE
    assert list(document) == list(BADGE)
    assert orjson.dumps(document) == orjson.dumps(BADGE)
    assert json.dumps(document) == json.dumps(BADGE)
    assert not isinstance(BADGE["issuer"], Part)


def test_a_part_does_not_change_with_the_document_that_it_was_made_of() -> None:
    text = orjson.dumps({"issuer": {"id": "urn:x:mine", "image": {"id": "urn:x:image"}}})
    first = orjson.loads(text)
    with_parts(first)
    first["issuer"]["image"]["id"] = "urn:x:other"
    assert with_parts(orjson.loads(text)) == orjson.loads(text)


def test_equal_issuers_are_one_part_and_others_are_not() -> None:
    assert part_of(BADGE) is part_of(orjson.loads(orjson.dumps(BADGE)))
    issuer = BADGE["issuer"]
    assert isinstance(issuer, dict)
    other = part_of({**BADGE, "issuer": dict(reversed(issuer.items()))})
    assert other == part_of(BADGE)
    assert other is not part_of(BADGE)


def test_what_was_found_out_is_asked_once_and_forgotten_in_bounds() -> None:
    part = Part({"id": "urn:x:1"})
    asked: list[int] = []

    def find_out(number: int) -> int:
        asked.append(number)
        return -number

    assert [part.know(number, lambda n=number: find_out(n)) for number in (1, 1, 2, 1)] == [-1, -1, -2, -1]  # type: ignore[misc]
    assert asked == [1, 2]
    for number in range(100):
        part.know(number, lambda: 0)
    assert len(part._known) <= parts._MOST_KNOWN


def test_a_copy_is_a_plain_object() -> None:
    for copied in (
        copy.deepcopy(part_of(BADGE)),
        copy.copy(part_of(BADGE)),
        pickle.loads(pickle.dumps(part_of(BADGE))),
    ):
        assert copied.__class__ is dict
        assert copied == BADGE["issuer"]
    around = Part({"part": part_of(BADGE), "number": 10**30})
    assert copy.deepcopy(around) == around
    assert copy.deepcopy(around)["part"].__class__ is dict


def test_a_part_is_not_to_be_changed() -> None:
    part = part_of(BADGE)
    changes: list[Callable[[], object]] = [
        lambda: part.__setitem__("name", "Another"),
        lambda: part.__delitem__("name"),
        lambda: part.__ior__({"name": "Another"}),
        lambda: part.update(name="Another"),
        lambda: part.setdefault("x", "y"),
        lambda: part.pop("name"),
        part.popitem,
        part.clear,
    ]
    for change in changes:
        with pytest.raises(TypeError, match="Change a copy"):
            change()
    assert part == BADGE["issuer"]


def test_what_is_no_object_or_too_long_stays() -> None:
    long = {"id": "urn:x:1", "name": "x" * parts._MOST_BYTES}
    wide = {"id": "urn:x:1", "number": 10**30}
    for issuer in ("urn:x:1", None, [BADGE["issuer"]], long, wide):
        document: JsonObject = {**BADGE, "issuer": issuer, "credentialSubject": [BADGE["credentialSubject"]]}  # type: ignore[dict-item]
        assert with_parts(document) == document
        assert not isinstance(with_parts(document)["issuer"], Part)


def test_parts_are_bounded() -> None:
    for number in range(300):
        with_parts({"issuer": {"id": f"urn:x:{number}"}})
    assert len(parts._parts) == 256
