"""JSON-LD contexts as plain dictionaries: PyLD works out each context once, later documents only look words up.

What a member means depends on where it stands: on the contexts named above it, on the types of its object, and on the
member that led to the object. Each such place is one CompiledContext, made at first use and kept. Only what Open
Badges need is compiled; a context, a term or a place outside of that raises NotCompiled, and the general processor
(openbadges.jsonld) takes the document.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from threading import Lock
from typing import Any

from openbadges import contexts, jsonld

_MAX_COMPILED = 256
"""Places kept; a badge needs about 20. Without a bound a hostile sender could ask for endless combinations."""
_MAX_NAMED = 20
_KNOWN_SETTINGS = frozenset(
    {"@id", "@type", "@container", "@context", "reverse", "protected", "_prefix", "_term_has_colon"}
)
_DOES_MORE = ("@language", "@direction", "@vocab", "@base")


class NotCompiled(Exception):
    """No error: the document is outside the compiled subset. Never leaves this library."""


@dataclass(frozen=True, slots=True, eq=False)
class Term:
    """How one member is written.

    predicate: the IRI of the member in brackets, one space before and after. datatype: "" where there is none.
    literal_end: what follows a text value, from the closing quote on; None where a text is an address.
    is_vocabulary: an address may also be a word of the context. is_list, is_graph: the container.
    has_context: values are read in a context of the member's own.
    """

    name: str
    predicate: str
    datatype: str
    literal_end: str | None
    is_vocabulary: bool
    is_list: bool
    is_graph: bool
    has_context: bool


class CompiledContext:
    """What the words of one place mean. Compared by identity; shared between documents and threads.

    terms: the members that are compiled, without `id` and `type`. iris: the IRI, in brackets, of every word.
    prefixes: words that change an address when they stand before its colon. has_id, has_type: whether `id` and
    `type` are the keywords of JSON-LD here.
    """

    __slots__ = ("_below", "_processed", "_scoped_types", "has_id", "has_type", "iris", "prefixes", "terms")

    def __init__(self, processed: Any) -> None:
        if any(processed.get(setting) is not None for setting in _DOES_MORE):
            raise NotCompiled("The context sets a language, a vocabulary or a base.")
        self._processed = processed
        self._below: dict[tuple[str, ...], CompiledContext] = {}
        self._scoped_types: set[str] = set()
        self.terms: dict[str, Term] = {}
        self.iris: dict[str, str] = {}
        self.prefixes: set[str] = set()
        self.has_id = self.has_type = False
        for name, mapping in processed["mappings"].items():
            if mapping is not None:
                self._add(name, mapping)

    def _add(self, name: str, mapping: Any) -> None:
        iri = mapping.get("@id")
        if (name, iri) == ("id", "@id"):
            self.has_id = True
        elif (name, iri) == ("type", "@type"):
            self.has_type = True
        elif not isinstance(iri, str) or iri.startswith("@"):
            raise NotCompiled("The context gives another name to a keyword.")
        elif jsonld.is_iri(iri):
            self.iris[name] = f"<{iri}>"
            term = _term(name, iri, mapping)
            if term is not None:
                self.terms[name] = term
        if mapping["_prefix"]:
            self.prefixes.add(name)
        if mapping.get("@context"):
            self._scoped_types.add(name)

    def with_contexts(self, named: object) -> CompiledContext:
        """The place inside an object that has a @context of its own; named: its value. Raises NotCompiled."""
        urls = _pinned_urls(named)
        key = ("@context", *urls)
        return self._below.get(key) or self._keep(key, partial(self._process, list(urls)))

    def for_types(self, types: Sequence[str]) -> CompiledContext:
        """The place inside an object of these types. Objects below it do not inherit what the types mean."""
        scoped = [name for name in types if name in self._scoped_types]
        if not scoped:
            return self
        key = ("@type", *sorted(set(scoped)))
        return self._below.get(key) or self._keep(key, partial(self._process_types, key[1:]))

    def for_object_of(self, member: str) -> CompiledContext:
        """The place inside an object that a member with a context of its own leads to."""
        key = ("object", member)
        return self._below.get(key) or self._keep(key, partial(self._process_object_of, member))

    def for_text_of(self, member: str) -> CompiledContext:
        """The place of a text that a member with a context of its own holds."""
        key = ("text", member)
        return self._below.get(key) or self._keep(key, partial(self._process_text_of, member))

    def _keep(self, key: tuple[str, ...], process: Callable[[], Any]) -> CompiledContext:
        from pyld.jsonld import JsonLdError  # noqa: PLC0415 - PyLD takes a tenth of a second to load

        try:
            with _LOCK:
                found = self._below[key] = _compile(process())
        except JsonLdError as error:
            raise NotCompiled("These contexts contradict each other.") from error
        return found

    def _process(self, local: object, **options: bool) -> Any:
        processor, settings = jsonld.processor()
        return processor._process_context(self._processed, local, settings, **options)

    def _process_types(self, types: Sequence[str]) -> Any:
        processor, settings = jsonld.processor()
        active = self._processed
        for name in types:
            local = self._processed["mappings"][name]["@context"]
            active = processor._process_context(active, local, settings, propagate=False)
        return active

    def _process_text_of(self, member: str) -> Any:
        return self._process(self._processed["mappings"][member]["@context"], override_protected=True)

    def _process_object_of(self, member: str) -> Any:
        # An object leaves behind what the types around it mean, then takes the context of its member anew.
        processor, settings = jsonld.processor()
        inside = self._process_text_of(member)
        local = (inside["mappings"].get(member) or {}).get("@context")
        left = inside.get("previousContext", inside)
        if local is None:
            return left
        return processor._process_context(left, local, settings, override_protected=True)


def _term(name: str, iri: str, mapping: Any) -> Term | None:
    """Compile one term definition; None for a kind that the general processor has to read."""
    containers = set(mapping.get("@container") or ())
    kind = mapping.get("@type") or ""
    is_datatype = not kind.startswith("@")
    if mapping["reverse"] or not mapping.keys() <= _KNOWN_SETTINGS or not containers <= {"@set", "@list", "@graph"}:
        return None
    if {"@list", "@graph"} <= containers or (not is_datatype and kind not in ("@id", "@vocab")):
        return None
    if kind == jsonld.XSD + "double" or (kind and is_datatype and not jsonld.is_iri(kind)):
        return None
    return Term(
        name=name,
        predicate=f" <{iri}> ",
        datatype=kind if is_datatype else "",
        literal_end=jsonld.literal("", kind)[1:] if is_datatype else None,
        is_vocabulary=kind == "@vocab",
        is_list="@list" in containers,
        is_graph="@graph" in containers,
        has_context="@context" in mapping,
    )


_LOCK = Lock()
"""Held while PyLD works: it writes into the contexts it is given."""
_start: CompiledContext | None = None
"""The place before any @context; every other place hangs below it."""
_compiled = 0


def start() -> CompiledContext:
    """The place outside every @context, where a document begins."""
    global _start  # noqa: PLW0603
    found = _start
    if found is None:
        processor, settings = jsonld.processor()
        found = _start = CompiledContext(processor._get_initial_context(settings))
    return found


def _compile(processed: Any) -> CompiledContext:
    global _start, _compiled  # noqa: PLW0603 - callers hold the lock
    _compiled += 1
    if _compiled > _MAX_COMPILED:
        _start, _compiled = None, 0  # documents under way keep what they hold; the next one starts anew
    return CompiledContext(processed)


def _pinned_urls(named: object) -> tuple[str, ...]:
    urls = tuple(named) if isinstance(named, list) else (named,)
    if not urls or len(urls) > _MAX_NAMED:
        raise NotCompiled("No context, or too many.")
    for url in urls:
        if not isinstance(url, str) or url not in contexts.PINNED:
            raise NotCompiled("A context is not a pinned address.")
    return urls
