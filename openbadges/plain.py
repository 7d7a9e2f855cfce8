"""Whether a document is plain: known members only, each written as the standard writes it. Nearly all badges are.

Quick, and right where it says yes: `shapes.problems` finds nothing in a plain document, and it has no member that a
signature would not cover or that JSON-LD would read differently (openbadges.structure).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import Literal

from openbadges.json_types import JsonObject, JsonValue
from openbadges.kinds import Kindred
from openbadges.parts import Part
from openbadges.picker import picker
from openbadges.shapes import ABSOLUTE_IRI, SHAPES, SINGLE_IN_ARRAY, Member, as_list, is_instant

_Rule = Literal["text", "instant", "iri"]
_CLASSES: Mapping[str, tuple[type, ...]] = {"number": (int, float), "boolean": (bool,)}


class _NotPlain(Exception):
    """Whatever its texts say, the document is not plain."""


def is_plain(document: JsonObject, shape_name: str = "Credential") -> bool:
    """Return whether a document, its proof included, is plain. Contexts are not looked at."""
    if isinstance(document, Kindred) and shape_name == "Credential":
        rules = document.kind.know("rules of its texts", partial(_Rules.of, document))
        return rules is not None and rules.hold(document.texts)
    try:
        return all(_HOLDS[rule](text) for rule, text in _texts(document, shape_name))
    except _NotPlain:
        return False


class _Rules:
    """What each text of documents of one kind must be, for them to be plain."""

    def __init__(self, rules: Sequence[_Rule]) -> None:
        self._texts_of, self._instants_of, self._iris_of = (
            picker([number for number, one in enumerate(rules) if one == rule]) for rule in _HOLDS
        )

    @classmethod
    def of(cls, document: Kindred) -> _Rules | None:
        """None where no document of its kind is plain."""
        try:
            found = list(_texts(document, "Credential"))
        except _NotPlain:
            return None
        if [text for _, text in found] != list(document.texts):  # a rule would be asked of another text
            return None
        return cls([rule for rule, _ in found])

    def hold(self, texts: Sequence[str]) -> bool:
        plain = self._texts_of(texts)
        return (
            ("_:" not in "".join(plain) or all(map(_is_text, plain)))  # hardly any holds that, not even inside
            and all(map(is_instant, self._instants_of(texts)))
            and all(map(ABSOLUTE_IRI.fullmatch, self._iris_of(texts)))
        )


def _is_text(text: str) -> bool:
    return text[:2] != "_:"  # which may name a node of the graph


_HOLDS: Mapping[_Rule, Callable[[str], bool]] = {
    "text": _is_text,
    "instant": is_instant,
    "iri": lambda text: ABSOLUTE_IRI.fullmatch(text) is not None,
}


_RULES: Mapping[str, _Rule] = {rule: rule for rule in _HOLDS}
"""By the kind of a member (shapes.Member): those that are texts say so in the same words."""


def _texts(document: JsonObject, shape_name: str) -> Iterator[tuple[_Rule, str]]:
    """Yield each text outside of parts and types, in the order of openbadges.kinds, and its rule. Raises _NotPlain."""
    shape = SHAPES[shape_name]
    if not shape.required <= document.keys() or not _has_type(document.get("type"), shape.type_name):
        raise _NotPlain
    for name, value in document.items():
        member = shape.members.get(name)
        if name == "type":  # belongs to the kind
            if member is not None and not value:
                raise _NotPlain
        elif member is None:
            yield from _texts_apart(name, value, shape.further, shape.apart)
        elif value.__class__ is list and (member.many or (name in SINGLE_IN_ARRAY and len(value) == 1)):
            if member.required and not value:
                raise _NotPlain
            for item in value:
                yield from _texts_of_member(item, member)
        else:
            yield from _texts_of_member(value, member)


def _texts_apart(
    name: str, value: JsonValue, further: frozenset[str], apart: frozenset[str]
) -> Iterator[tuple[_Rule, str]]:
    if name in further and isinstance(value, str):
        yield "text", value
    elif name == "proof" and name in apart:
        for proof in as_list(value):
            if not isinstance(proof, dict):
                raise _NotPlain
            yield from _texts(proof, "Proof")
    elif name not in apart:
        raise _NotPlain


def _texts_of_member(value: JsonValue, member: Member) -> Iterator[tuple[_Rule, str]]:
    kind = member.kind
    if isinstance(value, str):
        rule = _RULES.get(kind, "iri" if member.or_iri else None)
        if rule is None:
            raise _NotPlain
        yield rule, value
    elif isinstance(value, Part):
        if kind not in SHAPES or not value.know(("plain", kind), partial(is_plain, value, kind)):
            raise _NotPlain
    elif isinstance(value, dict) and kind in SHAPES:
        yield from _texts(value, kind)
    elif value.__class__ not in _CLASSES.get(kind, ()):
        raise _NotPlain


def _has_type(types: JsonValue, wanted: str) -> bool:
    if isinstance(types, list):
        return all(isinstance(one, str) and _is_text(one) for one in types) and (not wanted or wanted in types)
    return types == wanted or (not wanted and (types is None or (isinstance(types, str) and _is_text(types))))
