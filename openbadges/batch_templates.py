"""The templates of one batch: chosen by the shape of each document, made at first use, checked by conversion.

Documents of one batch differ in shape: one has evidence, another has no end date. Each shape has a template of its
own. The first document of each shape, one in 500 and the last are built and converted in full as well.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from hashlib import sha256
from typing import TypeVar

import orjson

from openbadges.bounded_cache import BoundedCache
from openbadges.canonical import digest
from openbadges.errors import OpenBadgesError
from openbadges.json_types import JsonObject
from openbadges.layout import NotFillable
from openbadges.template import Path, PreparedDocument, Template, replace_texts

CHECK_EVERY = 500

_templates: BoundedCache[bytes, Template] = BoundedCache(64)
"""By a hash of everything that a template is made of; the next batch of the same achievement finds its own again."""

T = TypeVar("T")
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
        self._digests, self._documents = _Watch(), _Watch()

    def digest(self, texts: Mapping[Path, str], build: Build) -> bytes:
        """Return the record key (canonical.digest) of the document that `build` would build; else as prepare."""
        template, values = self._template(texts, build), tuple(texts.values())
        if template is None:
            return digest(build())
        return self._digests.checked(tuple(texts), template.digest(values), lambda: digest(build()))

    def prepare(self, texts: Mapping[Path, str], build: Build) -> PreparedDocument:
        """Return the document that `build` would build, in every form that signing needs.

        texts: every text in which this document may differ from others of the batch, by its place. Documents with the
        same places must not differ in anything else. Raises TemplateMismatch, DocumentInvalid for a text that must
        not be signed, and what building and converting raise.
        """
        template, values = self._template(texts, build), tuple(texts.values())
        try:
            prepared = template.prepare(values) if template else None
        except NotFillable:
            prepared = None
        if prepared is None:
            self.converted += 1
            return PreparedDocument.of(build())
        self.filled += 1
        return self._documents.checked(tuple(texts), prepared, lambda: PreparedDocument.of(build()))

    def finish(self) -> None:
        """Check the last filled document. Raises TemplateMismatch."""
        self._digests.finish()
        self._documents.finish()

    def _template(self, texts: Mapping[Path, str], build: Build) -> Template | None:
        shape = tuple(texts)
        if shape not in self._templates:
            self._templates[shape] = _find_or_make(build(), shape, self._seed)
        return self._templates[shape]


class _Watch:
    """Compares the first value of each shape, one in 500 and the last with what the slow way gives."""

    def __init__(self) -> None:
        self._count = 0
        self._shapes: set[Shape] = set()
        self._check_last: Callable[[], None] | None = None

    def checked(self, shape: Shape, made: T, make_slowly: Callable[[], T]) -> T:
        def check() -> None:
            if made != make_slowly():
                raise TemplateMismatch("A document made from a template differs from the one built and converted.")

        if self._count % CHECK_EVERY == 0 or shape not in self._shapes:
            check()
        self._count += 1
        self._shapes.add(shape)
        self._check_last = check
        return made

    def finish(self) -> None:
        if self._check_last is not None:
            self._check_last()


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
