"""The templates of one batch: chosen by the shape of each document, made at first use, checked by conversion.

Documents of one batch differ in shape: one has evidence, another has no end date. Each shape has a template of its
own. The first document of each shape, one in 500 and the last are built and converted in full as well.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from hashlib import sha256

import orjson

from openbadges.bounded_cache import BoundedCache
from openbadges.errors import OpenBadgesError
from openbadges.json_types import JsonObject
from openbadges.layout import NotFillable
from openbadges.template import Path, PreparedDocument, Template, replace_texts

CHECK_EVERY = 500

_templates: BoundedCache[bytes, Template] = BoundedCache(64)
"""By a hash of everything that a template is made of; the next batch of the same achievement finds its own again."""

Shape = tuple[Path, ...]
Build = Callable[[], JsonObject]


class TemplateMismatch(OpenBadgesError):
    """A filled template is not what conversion gives. Nothing of the batch may be published."""

    code = "template.mismatch"
    title = "A prepared document is not what it should be"


class BatchTemplates:
    """Prepares the documents of one batch, one after another.

    `filled` and `converted` count the documents that were prepared the fast and the slow way. Whoever publishes calls
    `finish` first. Not for several threads at once.
    """

    def __init__(self, *, seed: bytes) -> None:
        """seed: 16 random bytes or more, drawn for this batch."""
        self.filled = self.converted = 0
        self._seed = seed
        self._templates: dict[Shape, Template | None] = {}
        self._last: tuple[PreparedDocument, Build] | None = None

    def prepare(self, texts: Mapping[Path, str], build: Build) -> PreparedDocument:
        """Return the document that `build` would build, in every form that signing needs.

        texts: every text in which this document may differ from others of the batch, by its place. Documents with the
        same places must not differ in anything else. Raises TemplateMismatch, DocumentInvalid for a text that must
        not be signed, and what building and converting raise.
        """
        shape = tuple(texts)
        first: JsonObject | None = None
        try:
            template = self._templates[shape]
        except KeyError:
            first = build()
            template = self._templates[shape] = _find_or_make(first, shape, self._seed)
        try:
            prepared = template.prepare(tuple(texts.values())) if template else None
        except NotFillable:
            prepared = None
        if prepared is None:
            self.converted += 1
            return PreparedDocument.of(first or build())
        if first or self.filled % CHECK_EVERY == 0:
            _check(prepared, first or build())
        self.filled += 1
        self._last = prepared, build
        return prepared

    def finish(self) -> None:
        """Check the last filled document. Raises TemplateMismatch."""
        if self._last is not None:
            prepared, build = self._last
            _check(prepared, build())


def _check(prepared: PreparedDocument, document: JsonObject) -> None:
    if prepared != PreparedDocument.of(document):
        raise TemplateMismatch("A document made from a template differs from the one built and converted.")


def _find_or_make(document: JsonObject, shape: Shape, seed: bytes) -> Template | None:
    blank = replace_texts(document, dict.fromkeys(shape, ""))
    key = sha256(orjson.dumps([shape, blank])).digest()
    template = _templates.get(key)
    if template is None:
        try:
            template = Template(document, shape, seed=seed)
        except NotFillable:
            return None
        _templates.put(key, template)
    return template
