"""Credentials that differ in their texts only are of one kind: what was found out about one holds for all of them.

Whoever verifies meets the badges of one batch one after another. They have the same members in the same places, the
same issuer and the same achievement (openbadges.parts); some twenty texts differ. `loads` sees by the text of a badge
that it is of a kind that was met before, and gives it with its kind and its texts. Who examines it, or makes it
canonical, asks the kind what it knows and looks at nothing but the texts.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Sequence
from itertools import takewhile
from typing import Any, TypeVar

import orjson

from openbadges import strict_json
from openbadges.bounded_cache import BoundedCache
from openbadges.json_types import JsonObject, JsonValue
from openbadges.parts import MARKS, Part, Unchanging, answered, take_out
from openbadges.picker import picker

T = TypeVar("T")

OF_KIND = frozenset({"type", "@context"})
"""Members whose texts belong to the kind: they decide what the other members mean."""
MOST_TEXTS = 200
_TEXT, _OBJECT, _ARRAY, _END = range(4)

Shape = tuple[object, ...]
"""Everything about a document but its texts. Parts count by their numbers."""


def take_apart(document: JsonObject) -> tuple[Shape, list[str], bool]:
    """Return the shape of a document, its texts in the order in which they stand, and whether it holds a part.

    A shape has no hash where something else than words stands for a `type` or a context.
    """
    shape: list[object] = []
    texts: list[str] = []
    has_part = _survey(document, shape, texts)
    return tuple(shape), texts, has_part


def _survey(members: JsonObject, shape: list[object], texts: list[str]) -> bool:
    has_part = False
    for name, value in members.items():
        shape.append(name)
        if value.__class__ is str and name not in OF_KIND:
            shape.append(_TEXT)
            texts.append(value)
        elif name in OF_KIND:
            shape.append(tuple(value) if isinstance(value, list) else value)
        else:
            has_part |= _survey_value(value, shape, texts)
    shape.append(_END)
    return has_part


def _survey_value(value: JsonValue, shape: list[object], texts: list[str]) -> bool:
    if isinstance(value, str):
        shape.append(_TEXT)
        texts.append(value)
        return False
    if isinstance(value, Part):
        shape.append((_OBJECT, value.number))
        return True
    if isinstance(value, dict):
        shape.append(_OBJECT)
        return _survey(value, shape, texts)
    if isinstance(value, list):
        shape.append(_ARRAY)
        found = [_survey_value(item, shape, texts) for item in value]
        shape.append(_END)
        return any(found)
    shape.append((value.__class__, repr(value)))  # 1, 1.0 and true are equal to Python; so are 0.0 and -0.0
    return False


def with_texts(document: JsonObject, texts: Sequence[str]) -> JsonObject:
    """Return a copy with other texts, in the order in which `take_apart` lists them."""
    return _with_texts(document, iter(texts))


def _with_texts(members: JsonObject, texts: Iterator[str]) -> JsonObject:
    return {name: value if name in OF_KIND else _value_with_texts(value, texts) for name, value in members.items()}


def _value_with_texts(value: JsonValue, texts: Iterator[str]) -> JsonValue:
    if isinstance(value, str):
        return next(texts)
    if isinstance(value, dict):
        return value if isinstance(value, Part) else _with_texts(value, texts)
    if isinstance(value, list):
        return [_value_with_texts(item, texts) for item in value]
    return value


class Kind:
    """What credentials have in common that differ in their texts only."""

    def __init__(self, document: JsonObject) -> None:
        self.shape = take_apart(document)[0]
        self._known: dict[Hashable, Any] = {}
        self._unsecured: Kind | None = None
        if "proof" in document:
            self._unsecured = Kind(_but_proof(document))
            before = take_apart(dict(takewhile(lambda member: member[0] != "proof", document.items())))[1]
            of_proof = take_apart({"proof": document["proof"]})[1]
            self._before_proof, self._behind_proof = len(before), len(before) + len(of_proof)

    def know(self, question: Hashable, find_out: Callable[[], T]) -> T:
        """Return the answer to a question about documents of this kind, found out when it is asked first."""
        return answered(self._known, question, find_out)

    def without_proof(self, document: Kindred) -> JsonObject:
        """Return a document of this kind without its proof: of a kind, too."""
        if self._unsecured is None:
            return document
        texts = document.texts[: self._before_proof] + document.texts[self._behind_proof :]
        return Kindred(_but_proof(document), self._unsecured, texts)


class Kindred(Unchanging):
    """A credential of a kind. texts: its texts, in the order in which `take_apart` lists them."""

    __slots__ = ("kind", "texts")

    def __init__(self, document: JsonObject, kind: Kind, texts: tuple[str, ...]) -> None:
        super().__init__(document)
        self.kind, self.texts = kind, texts


def without_proof(document: JsonObject) -> JsonObject:
    """Return a document without the member `proof`."""
    return document.kind.without_proof(document) if isinstance(document, Kindred) else _but_proof(document)


def _but_proof(document: JsonObject) -> JsonObject:
    return {name: value for name, value in document.items() if name != "proof"}


# --- reading ----------------------------------------------------------------------------------------------------

_LONGEST_TEXT = 2 * strict_json.MAX_MEMBERS
"""Of so few letters no text holds more values than strict_json.loads allows: each takes two."""
_LONGEST_REST = 2**14
"""Letters beside the parts. What is kept of longer ones would fill the memory, and takes longer than reading them."""


def loads(text: str) -> JsonValue:
    """Return what strict_json.loads does, with the parts that earlier documents held in their places.

    A part whose text stands there letter for letter is cut out before reading, with a mark in its place, and what is
    left is compared with the kinds that are known. Where anything is in doubt all of the text is read. Raises what
    strict_json.loads raises.
    """
    document = _loads_around(text) if len(text) <= _LONGEST_TEXT else None
    return strict_json.loads(text) if document is None else document


def _loads_around(text: str) -> JsonObject | None:
    """Read a document of two known parts; None for any other."""
    found = take_out(text)
    if found is None:
        return None
    rest, issuer, achievement = found
    if len(rest) > _LONGEST_REST:
        return None
    strings = rest.split('"')
    key = (issuer.number, achievement.number, len(strings), '"'.join(strings[::2]))
    wording = _wordings.get(key)
    if wording is not None and not wording.fits(strings):
        wording = None
    known = None if wording is None else wording.read(rest, strings, issuer, achievement)
    if known is not None:
        return known
    document = _put_in(strict_json.loads_compact(rest.encode("utf-8", "surrogatepass")), issuer, achievement)
    learnt = _learn(document, strings) if document is not None and wording is None and "\\" not in rest else None
    if learnt is not None:
        _wordings.put(key, learnt)
    return document


def _put_in(document: JsonValue, issuer: Part, achievement: Part) -> JsonObject | None:
    """Put two parts in the places of their marks; None where the marks do not stand there.

    In a compact text nothing is written in two ways: what looks like a mark in it is one.
    """
    subject = document.get("credentialSubject") if isinstance(document, dict) else None
    if not isinstance(document, dict) or not isinstance(subject, dict):
        return None
    if document.get("issuer") != MARKS["issuer"] or subject.get("achievement") != MARKS["achievement"]:
        return None
    document["issuer"], subject["achievement"] = issuer, achievement
    return document


class _Wording:
    """How the documents of one kind are written: of what stands between quotation marks, what is always the same.

    What stands outside of them is the same for all that are looked up.
    """

    def __init__(self, kind: Kind, strings: Sequence[str], texts: Sequence[int]) -> None:
        """strings: the text of one, cut at its quotation marks; texts: the places of its texts among them."""
        self._kind = kind
        fixed = sorted(set(range(1, len(strings), 2)) - set(texts))
        self._fixed_of: Callable[[Sequence[str]], tuple[str, ...]] = picker(fixed)
        self._texts_of: Callable[[Sequence[str]], tuple[str, ...]] = picker(texts)
        self._fixed = self._fixed_of(strings)

    def fits(self, strings: Sequence[str]) -> bool:
        """Whether all but the texts is as in the first document of the kind."""
        return self._fixed_of(strings) == self._fixed

    def read(self, text: str, strings: Sequence[str], issuer: Part, achievement: Part) -> JsonObject | None:
        """Return the document with this text, which fits, if its texts stand in it as they are.

        Then it is compact JSON, as the first of its kind was, and cut in the right places: nothing in it is escaped.
        """
        texts = self._texts_of(strings)
        joined = "".join(texts)
        if "\\" in joined or not joined.isprintable():
            return None
        document = orjson.loads(text)
        document["issuer"], document["credentialSubject"]["achievement"] = issuer, achievement
        return Kindred(document, self._kind, texts)


_wordings: BoundedCache[tuple[int, int, int, str], _Wording] = BoundedCache(64)
"""By the numbers of both parts, how often the text is cut, and everything that stands outside of quotation marks."""


def _learn(document: JsonObject, strings: Sequence[str]) -> _Wording | None:
    """Find out how documents like this one are written; None where they have too many texts."""
    texts = take_apart(document)[1]
    if len(texts) > MOST_TEXTS:
        return None
    written = list(_written(document))
    if [text for text, _ in written] != strings[1::2]:
        return None
    places = [2 * number + 1 for number, (_, is_text) in enumerate(written) if is_text]
    return _Wording(Kind(document), strings, places) if [strings[place] for place in places] == texts else None


def _written(members: JsonObject) -> Iterator[tuple[str, bool]]:
    """Yield every string of a document in the order of its JSON, names of members too, and whether it is a text."""
    for name, value in members.items():
        yield name, False
        if isinstance(value, Part):
            yield MARKS["issuer" if name == "issuer" else "achievement"], False
        elif name in OF_KIND:
            yield from ((text, False) for text, _ in _written_in(value))
        else:
            yield from _written_in(value)


def _written_in(value: JsonValue) -> Iterator[tuple[str, bool]]:
    if isinstance(value, str):
        yield value, True
    elif isinstance(value, dict):
        yield from _written(value)
    elif isinstance(value, list):
        for item in value:
            yield from _written_in(item)
