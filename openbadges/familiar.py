"""Canonical text of documents that are built like an earlier one: fill in what differs, convert nothing.

The second document of a kind (openbadges.kinds) is converted with marks in place of its texts, as a template is
(openbadges.template, docs/fast-path.md); from then on such documents are filled in. Wherever anything is in doubt the
answer is None, and the converter has the say.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from hashlib import sha256
from typing import Literal

import orjson

from openbadges import jsonld
from openbadges.bounded_cache import BoundedCache
from openbadges.compiled_context import NotCompiled
from openbadges.converter import has_words, to_statements
from openbadges.json_types import JsonObject
from openbadges.kinds import MOST_TEXTS, Kindred, Shape, take_apart, with_texts
from openbadges.layout import CanonicalLayout, Marks, NotFillable
from openbadges.statements import Tie

_MOST_LETTERS = 2**16
_Fill = Callable[[CanonicalLayout, Sequence[bytes]], bytes]


def canonical_text(document: JsonObject) -> bytes | None:
    """Return the canonical N-Quads of a document of a kind that was met before, and None of any other."""
    return _filled(document, CanonicalLayout.text)


def canonical_sha256(document: JsonObject) -> bytes | None:
    """Return the SHA-256 of `canonical_text`."""
    return _filled(document, CanonicalLayout.sha256)


def _filled(document: JsonObject, fill: _Fill) -> bytes | None:
    try:
        if isinstance(document, Kindred):
            return document.kind.know("layout", partial(_layout_of_kind, document)).fill(document.texts, fill)
        shape, texts, has_part = take_apart(document)
        layout = _layout_for(document, shape, texts) if has_part and len(texts) <= MOST_TEXTS else None
        return None if layout is None else layout.fill(texts, fill)
    except (NotFillable, NotCompiled, Tie, UnicodeEncodeError, RecursionError, TypeError):
        return None


class _Layout:
    """How the documents of one shape are written."""

    def __init__(self, document: JsonObject, texts: Sequence[str]) -> None:
        """Raises NotFillable, NotCompiled, Tie."""
        # A document cannot hold the hash of itself, so that its sender cannot write marks into it.
        text = orjson.dumps(document)
        marks = Marks(sha256(text).digest(), len(texts))
        marked = with_texts(document, marks.texts)
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


_layouts: BoundedCache[Shape, _Layout] = BoundedCache(64)
_seen: BoundedCache[int, Literal["once", "unfit"]] = BoundedCache(4_096)
"""By the hash of the shape: a document that comes alone must not cost the making of a layout."""


def _layout_of_kind(document: Kindred) -> _Layout:
    """Raises NotFillable where there is none, or none yet, so that the kind asks again."""
    layout = _layout_for(document, document.kind.shape, document.texts)
    if layout is None:
        raise NotFillable("Documents of this kind are converted.")
    return layout


def _layout_for(document: JsonObject, shape: Shape, texts: Sequence[str]) -> _Layout | None:
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
