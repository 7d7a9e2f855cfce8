"""The parts that many credentials share, letter for letter: an issuer, an achievement, what answers for both.

Issuer and achievement are most of a badge. A verifier that puts one and the same object in their place finds out about
each part once, and keeps with it what it found: that its structure is sound, which statements it makes, whose keys a
DID document lists.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from itertools import count
from typing import Any, TypeVar

import orjson

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


def with_parts(document: JsonObject) -> JsonObject:
    """Return a credential with its issuer and achievement replaced by the equal Part that earlier documents held."""
    changed: JsonObject = {}
    issuer, subject = document.get("issuer"), document.get("credentialSubject")
    if issuer.__class__ is dict:
        changed["issuer"] = _part_of(issuer)
    if isinstance(subject, dict):
        achievement = subject.get("achievement")
        if achievement.__class__ is dict:
            changed["credentialSubject"] = {**subject, "achievement": _part_of(achievement)}
    return {**document, **changed}


def _part_of(value: Any) -> JsonObject:
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
    return part
