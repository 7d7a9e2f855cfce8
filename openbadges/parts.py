"""The parts that many credentials share, letter for letter: an issuer, an achievement, what answers for both.

Issuer and achievement are most of a badge. A verifier that puts one and the same object in their place finds out about
each part once, and keeps with it what it found: that its structure is sound, which statements it makes, whose keys a
DID document lists. `loads` does not even read the text of a part that earlier documents held.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from itertools import count
from typing import Any, Literal, TypeVar

import orjson

from openbadges import strict_json
from openbadges.bounded_cache import BoundedCache
from openbadges.json_types import JsonObject, JsonValue

T = TypeVar("T")

_MOST_BYTES = 2**14
"""A larger part stays what it is, so that strangers cannot fill the memory with theirs."""
_MOST_KNOWN = 16
_numbers = count(1)


class Part(dict[str, JsonValue]):
    """A JSON object that is never changed, and what was found out about it. `number` tells parts apart."""

    __slots__ = ("_known", "number")

    def __init__(self, value: JsonObject) -> None:
        super().__init__(value)
        self.number = next(_numbers)
        self._known: dict[Hashable, Any] = {}

    def __reduce__(self) -> tuple[type[JsonObject], tuple[JsonObject]]:
        return dict, (dict(self),)  # a copy is a plain object, which may be changed

    def __deepcopy__(self, memo: dict[int, Any]) -> JsonObject:
        copy: JsonObject = orjson.loads(orjson.dumps(self))
        return copy

    def know(self, question: Hashable, find_out: Callable[[], T]) -> T:
        """Return the answer to a question about this part, found out when it is asked for the first time."""
        try:
            answer: T = self._known[question]
        except KeyError:
            answer = find_out()
            if len(self._known) >= _MOST_KNOWN:
                self._known.clear()
            self._known[question] = answer
        return answer


def know(document: JsonObject, question: Hashable, find_out: Callable[[], T]) -> T:
    """Return the answer to a question about a document: kept with it if it is a Part, else found out each time."""
    return document.know(question, find_out) if isinstance(document, Part) else find_out()


_parts: BoundedCache[bytes, Part] = BoundedCache(256)

_Role = Literal["issuer", "achievement"]
_known_texts: BoundedCache[tuple[_Role, bytes], tuple[bytes, Part]] = BoundedCache(256)
"""Parts with their texts, by role and by how the text begins."""
_BEGINNING = 96
_NAMES: Mapping[_Role, bytes] = {"issuer": b'"issuer":{', "achievement": b'"achievement":{'}
_MARKS: Mapping[_Role, bytes] = {"issuer": b'"urn:part:issuer"', "achievement": b'"urn:part:achievement"'}
_LONGEST_TEXT = 2 * strict_json.MAX_MEMBERS
"""Of so few letters no text holds more values than strict_json.loads allows: each takes two."""


def loads(text: str) -> JsonValue:
    """Return what strict_json.loads does, with the parts that earlier documents held in their places.

    A part whose text stands there letter for letter is cut out before reading, with a mark in its place. Where anything
    is in doubt all of the text is read. Raises what strict_json.loads raises.
    """
    document = _loads_around(text.encode("utf-8", "surrogatepass"))
    return strict_json.loads(text) if document is None else document


def _loads_around(data: bytes) -> JsonObject | None:
    """Read a document of two known parts; None for any other."""
    if len(data) > _LONGEST_TEXT or b"urn:part:" in data:
        return None
    issuer, achievement = _text_of("issuer", data), _text_of("achievement", data)
    if issuer is None or achievement is None:
        return None
    (start, end, issuer_part), (place, rest, achievement_part) = issuer, achievement
    if place < end:  # as most write them: first the issuer
        return None
    pieces = (data[:start], _MARKS["issuer"], data[end:place], _MARKS["achievement"], data[rest:])
    # In a compact text nothing is written in two ways: what looks like a mark there is one.
    document = strict_json.loads_compact(b"".join(pieces))
    subject = document.get("credentialSubject") if isinstance(document, dict) else None
    if not isinstance(document, dict) or not isinstance(subject, dict):
        return None
    if document.get("issuer") != "urn:part:issuer" or subject.get("achievement") != "urn:part:achievement":
        return None
    document["issuer"], subject["achievement"] = issuer_part, achievement_part
    return document


def _text_of(role: _Role, data: bytes) -> tuple[int, int, Part] | None:
    """A known part whose text stands where a member of this name begins first: from where to where, and the part."""
    name = _NAMES[role]
    start = data.find(name) + len(name) - 1
    known = _known_texts.get((role, data[start : start + _BEGINNING]))
    if known is None or not data.startswith(known[0], start):
        return None
    return start, start + len(known[0]), known[1]


def with_parts(document: JsonObject) -> JsonObject:
    """Return a credential with its issuer and achievement replaced by the equal Part that earlier documents held."""
    changed: JsonObject = {}
    issuer, subject = document.get("issuer"), document.get("credentialSubject")
    if issuer.__class__ is dict:
        changed["issuer"] = _part_of(issuer, "issuer")
    if isinstance(subject, dict):
        achievement = subject.get("achievement")
        if achievement.__class__ is dict:
            changed["credentialSubject"] = {**subject, "achievement": _part_of(achievement, "achievement")}
    return {**document, **changed}


def _part_of(value: Any, role: _Role) -> JsonObject:
    try:
        text = orjson.dumps(value)
    except orjson.JSONEncodeError:  # an integer over 64 bits
        return dict(value)
    if len(text) > _MOST_BYTES:
        return dict(value)
    part = _parts.get(text)
    if part is None:
        part = Part(orjson.loads(text))  # not what somebody else holds, too, and may change
        _parts.put(text, part)
    _known_texts.put((role, text[:_BEGINNING]), (text, part))
    return part
