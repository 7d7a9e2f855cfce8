"""JSON-LD to RDF for the documents that pass by every day: one walk over the document, words looked up in dictionaries.

The walk knows the subset of JSON-LD that badges are written in. It never refuses a document and never guesses: at
anything else (an undefined term, null, a keyword, a malformed address) it raises NotCompiled, and the general
processor has the only say on what the document means or why it is refused. See docs/fast-path.md.
"""

from __future__ import annotations

import orjson

from openbadges import jsonld
from openbadges.bounded_cache import BoundedCache
from openbadges.compiled_context import CompiledContext, NotCompiled, Term, start
from openbadges.errors import OpenBadgesError
from openbadges.json_types import JsonObject, JsonValue
from openbadges.rdfc10 import MAX_QUADS
from openbadges.statements import BlankNode, Node, Statements

_RDF_TYPE = f" <{jsonld.RDF}type> "
_RDF_FIRST, _RDF_REST, _RDF_NIL = f" <{jsonld.RDF}first> ", f" <{jsonld.RDF}rest> ", f"<{jsonld.RDF}nil>"
_XSD_BOOLEAN = jsonld.XSD + "boolean"
_SAYS_NOTHING = frozenset({"id", "type", "@context"})

_MAX_SHARED_BYTES, _MAX_SHARED_STATEMENTS = 16 * 2**10, 500
_shared: BoundedCache[tuple[CompiledContext, bytes], tuple[Statements, str]] = BoundedCache(256)
"""Issuers and achievements as met in documents: the same object in the same place has the same statements."""
_AS_WRITTEN = orjson.OPT_PASSTHROUGH_DATACLASS | orjson.OPT_PASSTHROUGH_DATETIME | orjson.OPT_PASSTHROUGH_SUBCLASS


def to_statements(document: JsonObject, *, share: bool = True) -> Statements:
    """Return the statements of a JSON-LD document. Raises NotCompiled for one outside the compiled subset.

    share: whether parts that other documents held too may be taken from them; they must not be changed then.
    """
    walk = _Walk(shares=share)
    try:
        walk.node(document, start(), None)
    except (OpenBadgesError, ArithmeticError, RecursionError) as error:
        raise NotCompiled("The general processor names the error.") from error
    if not 0 < walk.statements.count() <= MAX_QUADS:
        raise NotCompiled("There are no statements, or too many.")
    return walk.statements


class _Walk:
    """One pass over one document. A method takes the place (context) and the graph that its object stands in."""

    __slots__ = ("parts", "shares", "statements")

    def __init__(self, *, shares: bool) -> None:
        self.statements = Statements()
        self.shares = shares
        self.parts: set[Statements] = set()

    def node(self, members: JsonObject, context: CompiledContext, graph: BlankNode | None) -> Node:
        """Write one object with all its members; return its IRI or its blank node."""
        if "@context" in members:
            context = context.with_contexts(members["@context"])
        types = _types(members, context)
        inside = context.for_types(types)
        subject = self._subject(members, inside)
        add = self.statements.add
        for name in types:
            add(subject, _RDF_TYPE, context.iris.get(name) or _iri(name, context), graph)
        terms = inside.terms
        for name, value in members.items():
            term = terms.get(name)
            if term is not None:
                self._member(subject, term, value, inside, context, graph)
            elif name not in ("id", "type", "@context"):
                raise NotCompiled(f"{name} is not compiled here.")
        return subject

    def _subject(self, members: JsonObject, inside: CompiledContext) -> Node:
        if "id" not in members:
            return self.statements.blank()
        if not inside.has_id:
            raise NotCompiled("id is no keyword here.")
        return _iri(members["id"], inside)

    def _member(  # noqa: PLR0917 - named arguments would double its time
        self, subject: Node, term: Term, value: JsonValue, inside: CompiledContext, around: CompiledContext,
        graph: BlankNode | None,
    ) -> None:  # fmt: skip
        """Write one member. Objects in it are read `around` the types of the object it belongs to, texts inside."""
        if term.has_context:
            around = inside.for_object_of(term.name)
            inside = inside.for_text_of(term.name)
        items = value if isinstance(value, list) else [value]
        if term.is_list:
            objects = [self._object(item, term, inside, around, graph) for item in items]
            self.statements.add(subject, term.predicate, self._list(objects, graph), graph)
        elif term.is_graph:
            for item in items:
                self.statements.add(subject, term.predicate, self._graph(item, around), graph)
        else:
            for item in items:
                self.statements.add(subject, term.predicate, self._object(item, term, inside, around, graph), graph)

    def _object(
        self, item: JsonValue, term: Term, inside: CompiledContext, around: CompiledContext, graph: BlankNode | None
    ) -> Node:
        if isinstance(item, dict):
            shared = term.is_shared and self.shares and graph is None
            return self._shared(item, around) if shared else self.node(item, around, graph)
        if term.has_context:
            term = _of(term, inside)
        if isinstance(item, str):
            if term.literal_end is not None:
                return f'"{jsonld.escape(item)}{term.literal_end}'
            word = inside.iris.get(item) if term.is_vocabulary else None
            return word or _iri(item, inside)
        if term.literal_end is None:
            raise NotCompiled("An address is no text.")
        if isinstance(item, bool):
            return jsonld.literal("true" if item else "false", term.datatype or _XSD_BOOLEAN)
        if isinstance(item, (int, float)):
            return jsonld.number_literal(item, term.datatype)
        raise NotCompiled("A value is null or an array in an array.")

    def _list(self, objects: list[Node], graph: BlankNode | None) -> Node:
        """Write an ordered list as RDF does: a chain of cells, each with a first value and the rest."""
        rest: Node = _RDF_NIL
        for object_ in reversed(objects):
            cell = self.statements.blank()
            self.statements.add(cell, _RDF_FIRST, object_, graph)
            self.statements.add(cell, _RDF_REST, rest, graph)
            rest = cell
        return rest

    def _graph(self, item: JsonValue, around: CompiledContext) -> BlankNode:
        """Write an object into a graph of its own (a proof beside another proof's statements)."""
        if not isinstance(item, dict) or (item.keys() <= _SAYS_NOTHING and not item.get("type")):
            raise NotCompiled("A graph holds objects that say something.")
        graph = self.statements.blank()
        self.node(item, around, graph)
        return graph

    def _shared(self, item: JsonObject, around: CompiledContext) -> Node:
        """Write an issuer or an achievement, which the last documents probably held too."""
        try:
            text = orjson.dumps(item, option=_AS_WRITTEN)
        except orjson.JSONEncodeError:  # an integer over 64 bits
            return self.node(item, around, None)
        found = _shared.get((around, text))
        if found is None:
            return self._learn(item, around, text)
        part, subject = found
        if part in self.parts:  # blank nodes are made anew for every object, equal ones too
            return self.node(item, around, None)
        self.parts.add(part)
        self.statements.extend(part)
        return subject

    def _learn(self, item: JsonObject, around: CompiledContext, text: bytes) -> Node:
        walk = _Walk(shares=False)  # a part holds no other part, so that `parts` sees every one
        subject = walk.node(item, around, None)
        part = walk.statements
        # A blank subject gets one statement more from the object around it, so that its hash is not settled yet.
        if isinstance(subject, str) and len(text) <= _MAX_SHARED_BYTES and part.count() <= _MAX_SHARED_STATEMENTS:
            part.close()
            self.parts.add(part)
            _shared.put((around, text), (part, subject))
        self.statements.extend(part)
        return subject


def _of(term: Term, inside: CompiledContext) -> Term:
    """Return what a member with a context of its own means in that context."""
    found = inside.terms.get(term.name)
    if found is None:
        raise NotCompiled("A member's own context takes the member away.")
    return found


def _types(members: JsonObject, context: CompiledContext) -> list[str]:
    found = members.get("type", [])
    types = [found] if isinstance(found, str) else found
    if not isinstance(types, list) or (not context.has_type and "type" in members):
        raise NotCompiled("type is no keyword here, or no text.")
    names = [name for name in types if isinstance(name, str)]
    if len(names) != len(types):
        raise NotCompiled("A type is no text.")
    return names


def _iri(value: JsonValue, context: CompiledContext) -> str:
    if not isinstance(value, str) or not jsonld.is_iri(value):
        raise NotCompiled("An address is not an absolute IRI.")
    if context.prefixes and value.partition(":")[0] in context.prefixes:
        raise NotCompiled("An address is written with a prefix.")
    return f"<{value}>"
