"""Canonical text of documents that are built like an earlier one: fill in what differs, convert nothing.

Whoever verifies meets the badges of one batch one after another. They have the same members in the same places, the
same issuer and the same achievement (openbadges.parts); some twenty texts differ. The second document of a kind is
converted with marks in place of its texts, as a template is (openbadges.template, docs/fast-path.md); from then on
such documents are filled in. Wherever anything is in doubt the answer is None, and the converter has the say.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from hashlib import sha256
from typing import Literal

import orjson

from openbadges import jsonld
from openbadges.bounded_cache import BoundedCache
from openbadges.compiled_context import NotCompiled
from openbadges.converter import has_words, to_statements
from openbadges.json_types import JsonObject, JsonValue
from openbadges.layout import CanonicalLayout, Marks, NotFillable
from openbadges.parts import Part
from openbadges.statements import Tie

_MOST_TEXTS, _MOST_LETTERS = 200, 2**16

_OF_SHAPE = frozenset({"type", "@context"})
_Shape = tuple[object, ...]
_Fill = Callable[[CanonicalLayout, Sequence[bytes]], bytes]
_TEXT, _OBJECT, _ARRAY, _END = range(4)


def canonical_text(document: JsonObject) -> bytes | None:
    """Return the canonical N-Quads of a document of a kind that was met before, and None of any other."""
    return _filled(document, CanonicalLayout.text)


def canonical_sha256(document: JsonObject) -> bytes | None:
    """Return the SHA-256 of `canonical_text`."""
    return _filled(document, CanonicalLayout.sha256)


def _filled(document: JsonObject, fill: _Fill) -> bytes | None:
    texts: list[str] = []
    shape: list[object] = []
    try:
        if not _survey(document, shape, texts) or len(texts) > _MOST_TEXTS:
            return None
        layout = _layout_for(document, tuple(shape), texts)
        return None if layout is None else layout.fill(texts, fill)
    except (NotFillable, NotCompiled, Tie, UnicodeEncodeError, RecursionError, TypeError):
        return None


def _survey(members: JsonObject, shape: list[object], texts: list[str]) -> bool:
    """Take a document apart into its shape and its texts; return whether it holds a part that others hold, too.

    What `type` and `@context` say belongs to the shape: it decides what the other members mean.
    """
    has_part = False
    for name, value in members.items():
        shape.append(name)
        if value.__class__ is str and name not in _OF_SHAPE:
            shape.append(_TEXT)
            texts.append(value)
        elif name in _OF_SHAPE:
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


class _Layout:
    """How the documents of one shape are written."""

    def __init__(self, document: JsonObject, texts: Sequence[str]) -> None:
        """Raises NotFillable, NotCompiled, Tie."""
        # A document cannot hold the hash of itself, so that its sender cannot write marks into it.
        text = orjson.dumps(document)
        marks = Marks(sha256(text).digest(), len(texts))
        marked = _with_texts(document, iter(marks.texts))
        statements = to_statements(marked)
        example = statements.canonical_text()
        if len(example) > _MOST_LETTERS or marks.are_in(text.decode("utf-8")):
            raise NotFillable("The document is too long to be remembered, or holds the marks.")
        if has_words(marked):
            raise NotFillable("The contexts give a meaning to a text.")
        # The scheme of an address stays: some are no scheme to a context, but the start of a word.
        self._schemes = [
            (number, texts[number].partition(":")[0] + ":")
            for number, is_iri in enumerate(marks.stand_for_iris([example]))
            if is_iri
        ]
        self._layout = CanonicalLayout(statements, marks)
        # With a mark in its place a word with a prefix (xsd:string, in older contexts) looks like any address.
        if self.fill(texts, CanonicalLayout.text) != to_statements(document).canonical_text().encode("utf-8"):
            raise NotFillable("What is filled in is not what the document says.")

    def fill(self, texts: Sequence[str], fill: _Fill) -> bytes:
        """Return the canonical N-Quads (or their hash, as `fill` says) of the document with these texts.

        Raises NotFillable, UnicodeEncodeError.
        """
        for number, scheme in self._schemes:
            if not texts[number].startswith(scheme) or not jsonld.is_iri(texts[number]):
                raise NotFillable("An address is not as it was.")
        if jsonld.needs_escape("".join(texts)):
            texts = [jsonld.escape(text) for text in texts]
        return fill(self._layout, list(map(str.encode, texts)))


_layouts: BoundedCache[_Shape, _Layout] = BoundedCache(64)
_seen: BoundedCache[int, Literal["once", "unfit"]] = BoundedCache(4_096)
"""By the hash of the shape: a document that comes alone must not cost the making of a layout."""


def _layout_for(document: JsonObject, shape: _Shape, texts: Sequence[str]) -> _Layout | None:
    layout = _layouts.get(shape)
    if layout is None:
        key = hash(shape)
        before = _seen.get(key)
        _seen.put(key, "once" if before is None else "unfit")
        if before != "once":
            return None
        layout = _Layout(document, texts)  # where this raises, the shape stays unfit
        _layouts.put(shape, layout)
        _seen.put(key, "once")
    return layout


def _with_texts(members: JsonObject, texts: Iterator[str]) -> JsonObject:
    """Return a copy with other texts, in the order in which _survey lists them."""
    return {name: value if name in _OF_SHAPE else _value_with_texts(value, texts) for name, value in members.items()}


def _value_with_texts(value: JsonValue, texts: Iterator[str]) -> JsonValue:
    if isinstance(value, str):
        return next(texts)
    if isinstance(value, dict):
        return value if isinstance(value, Part) else _with_texts(value, texts)
    if isinstance(value, list):
        return [_value_with_texts(item, texts) for item in value]
    return value
