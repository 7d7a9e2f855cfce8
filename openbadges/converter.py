"""JSON-LD to RDF for the documents that pass by every day: one walk over the document, words looked up in dictionaries.

The walk knows the subset of JSON-LD that badges are written in. It never refuses a document and never guesses: at
anything else (an undefined term, null, a keyword, a malformed address) it raises NotCompiled, and the general
processor has the only say on what the document means or why it is refused. See docs/fast-path.md.
"""

from __future__ import annotations

from functools import partial

from openbadges import jsonld
from openbadges.compiled_context import CompiledContext, NotCompiled, Term, start
from openbadges.errors import OpenBadgesError
from openbadges.json_types import JsonObject, JsonValue
from openbadges.parts import Part
from openbadges.rdfc10 import MAX_QUADS
from openbadges.statements import BlankNode, Node, Statements

_RDF_TYPE = f" <{jsonld.RDF}type> "
_RDF_FIRST, _RDF_REST, _RDF_NIL = f" <{jsonld.RDF}first> ", f" <{jsonld.RDF}rest> ", f"<{jsonld.RDF}nil>"
_XSD_BOOLEAN = jsonld.XSD + "boolean"
_SAYS_NOTHING = frozenset({"id", "type", "@context"})

_MAX_SHARED_STATEMENTS = 500


def to_statements(document: JsonObject) -> Statements:
    """Return the statements of a JSON-LD document. Raises NotCompiled for one outside the compiled subset.

    Those of a Part are taken from it, and must not be changed.
    """
    walk = _walked(document)
    if not 0 < walk.statements.count() <= MAX_QUADS:
        raise NotCompiled("There are no statements, or too many.")
    return walk.statements


def has_words(document: JsonObject) -> bool:
    """Whether there are texts, outside of parts, that the contexts may give a meaning. Raises NotCompiled."""
    return _walked(document).has_words


def _walked(document: JsonObject) -> _Walk:
    walk = _Walk()
    try:
        walk.node(document, start(), None)
    except (OpenBadgesError, ArithmeticError, RecursionError) as error:
        raise NotCompiled("The general processor names the error.") from error
    return walk


class _Walk:
    """One pass over one document. A method takes the place (context) and the graph that its object stands in."""

    __slots__ = ("_taken", "has_words", "statements")

    def __init__(self) -> None:
        self.statements = Statements()
        self.has_words = False
        self._taken: set[Statements] = set()

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
            if isinstance(item, Part) and graph is None:
                return self._part(item, around)
            return self.node(item, around, graph)
        if term.has_context:
            term = _of(term, inside)
        if isinstance(item, str):
            if term.literal_end is not None:
                return f'"{jsonld.escape(item)}{term.literal_end}'
            self.has_words |= term.is_vocabulary
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

    def _part(self, part: Part, around: CompiledContext) -> Node:
        """Write an issuer or an achievement, which the last documents probably held, too."""
        statements, subject = part.know(("statements", around), partial(_statements_of, part, around))
        # Blank nodes are made anew for every object, equal ones too; and a blank subject gets one statement more from
        # the object around it, so that its hash is not settled.
        if statements in self._taken or not isinstance(subject, str) or statements.count() > _MAX_SHARED_STATEMENTS:
            return self.node(part, around, None)
        self._taken.add(statements)
        self.statements.extend(statements)
        return subject


def _statements_of(part: Part, around: CompiledContext) -> tuple[Statements, Node]:
    walk = _Walk()
    subject = walk.node(part, around, None)
    walk.statements.close()
    return walk.statements, subject


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
