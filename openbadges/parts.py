"""The parts that many credentials share, letter for letter: an issuer, an achievement, what answers for both.

Issuer and achievement are most of a badge. A verifier that puts one and the same object in their place finds out about
each part once, and keeps with it what it found: that its structure is sound, which statements it makes, whose keys a
DID document lists. Who reads a badge (openbadges.kinds) does not even read the text of a part that is known.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from itertools import count
from typing import Any, Literal, NoReturn, TypeVar

import orjson

from openbadges.bounded_cache import BoundedCache
from openbadges.json_types import JsonObject, JsonValue

T = TypeVar("T")

_MOST_BYTES = 2**14
"""A larger part stays what it is, so that strangers cannot fill the memory with theirs."""
_MOST_KNOWN = 16
_numbers = count(1)


class Unchanging(dict[str, JsonValue]):
    """A JSON object that is never changed, because something else was made of it. A copy is a plain object."""

    __slots__ = ()

    def _refuse(self, *_: object, **__: object) -> NoReturn:
        raise TypeError("This object is not to be changed. Change a copy.")

    __setitem__ = __delitem__ = __ior__ = clear = pop = popitem = setdefault = update = _refuse

    def __reduce__(self) -> tuple[type[JsonObject], tuple[JsonObject]]:
        return dict, (dict(self),)


class Part(Unchanging):
    """An object inside of a document, and what was found out about it. `number` tells parts apart."""

    __slots__ = ("_known", "number")

    def __init__(self, value: JsonObject) -> None:
        super().__init__(value)
        self.number = next(_numbers)
        self._known: dict[Hashable, Any] = {}

    def know(self, question: Hashable, find_out: Callable[[], T]) -> T:
        """Return the answer to a question about this part, found out when it is asked for the first time."""
        return answered(self._known, question, find_out)


def answered(known: dict[Hashable, Any], question: Hashable, find_out: Callable[[], T]) -> T:
    """Return an answer that is kept among a few others, found out when it is asked for the first time."""
    try:
        answer: T = known[question]
    except KeyError:
        answer = find_out()
        if len(known) >= _MOST_KNOWN:
            known.clear()
        known[question] = answer
    return answer


def know(document: JsonObject, question: Hashable, find_out: Callable[[], T]) -> T:
    """Return the answer to a question about a document: kept with it if it is a Part, else found out each time."""
    return document.know(question, find_out) if isinstance(document, Part) else find_out()


_parts: BoundedCache[bytes, Part] = BoundedCache(256)

_Role = Literal["issuer", "achievement"]
_known_texts: BoundedCache[tuple[_Role, str], tuple[str, Part]] = BoundedCache(256)
"""Parts with their texts, by role and by how the text begins."""
_BEGINNING = 96
_NAMES: Mapping[_Role, str] = {"issuer": '"issuer":{', "achievement": '"achievement":{'}
MARKS: Mapping[_Role, str] = {"issuer": "urn:part:issuer", "achievement": "urn:part:achievement"}


def take_out(text: str) -> tuple[str, Part, Part] | None:
    """Return the compact JSON of a credential with MARKS in the places of its issuer and achievement, and these two.

    None where the texts of both are not known letter for letter, or stand in another order than most write them:
    first the issuer.
    """
    issuer, achievement = _known_at("issuer", text), _known_at("achievement", text)
    if issuer is None or achievement is None:
        return None
    (start, end, issuer_part), (place, rest, achievement_part) = issuer, achievement
    if place < end:
        return None
    marked = f'{text[:start]}"{MARKS["issuer"]}"{text[end:place]}"{MARKS["achievement"]}"{text[rest:]}'
    return (marked, issuer_part, achievement_part) if marked.count("urn:part:") == len(MARKS) else None


def _known_at(role: _Role, text: str) -> tuple[int, int, Part] | None:
    """A known part whose text stands where a member of this name begins first: from where to where, and the part."""
    name = _NAMES[role]
    place = text.find(name)
    start = place + len(name) - 1
    known = None if place < 0 else _known_texts.get((role, text[start : start + _BEGINNING]))
    if known is None or not text.startswith(known[0], start):
        return None
    return start, start + len(known[0]), known[1]


def with_parts(document: JsonObject) -> JsonObject:
    """Return a credential with its issuer and achievement replaced by the equal Part that earlier documents held.

    Itself, where it holds them already.
    """
    changed: JsonObject = {}
    issuer, subject = document.get("issuer"), document.get("credentialSubject")
    if issuer.__class__ is dict:
        changed["issuer"] = _part_of(issuer, "issuer")
    if isinstance(subject, dict):
        achievement = subject.get("achievement")
        if achievement.__class__ is dict:
            changed["credentialSubject"] = {**subject, "achievement": _part_of(achievement, "achievement")}
    return {**document, **changed} if changed else document


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
    written = text.decode("utf-8")
    _known_texts.put((role, written[:_BEGINNING]), (written, part))
    return part
