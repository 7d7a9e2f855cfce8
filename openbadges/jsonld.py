"""JSON-LD to RDF in safe mode: whatever the RDF would not say is an error, contexts come from the pinned set only.

PyLD expands the document; its processed contexts are kept between documents, which saves two thirds of its time.
The walk from the expanded form to quads is ours, because PyLD drops what it cannot express without a word.
"""

from __future__ import annotations

import re
from functools import cache
from math import isfinite
from typing import TYPE_CHECKING, Any

import rfc8785

from openbadges import contexts
from openbadges.errors import ContextNotPinned, UndefinedTerm, WorkLimitExceeded
from openbadges.json_types import JsonObject, JsonValue
from openbadges.rdfc10 import MAX_QUADS, Quad

if TYPE_CHECKING:
    from pyld.jsonld import JsonLdProcessor

XSD = "http://www.w3.org/2001/XMLSchema#"
RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"

_IRI = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*:[^\x00-\x20<>\"{}|^`\\\x7f]*")
_LANGUAGE = re.compile(r"[a-zA-Z]{1,8}(-[a-zA-Z0-9]{1,8})*")
_NEEDS_ESCAPE = re.compile(r'[\x00-\x1f"\\\x7f]')
_DECIMAL = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?", re.ASCII)
_ESCAPES = {code: f"\\u{code:04X}" for code in (*range(0x20), 0x7F)} | {
    8: "\\b", 9: "\\t", 10: "\\n", 12: "\\f", 13: "\\r", 34: '\\"', 92: "\\\\",
}  # fmt: skip
_MAX_EXACT_INTEGER = 2**53
_INTEGER_LIMIT = 1e21
"""From here on JSON-LD writes whole numbers as xsd:double."""

_CLUMSY = (TypeError, ValueError, AttributeError, LookupError, ArithmeticError)
_NODE_KEYWORDS = frozenset({"@id", "@type", "@graph", "@reverse", "@included"})
_MAX_KEPT_CONTEXTS = 2_000
_MAX_CONTEXTS = 20


def to_quads(document: JsonObject) -> list[Quad]:
    """Return the quads of a JSON-LD document, blank nodes named "_:b0" and on.

    Raises ContextNotPinned (context.not_pinned, context.inline, context.missing), UndefinedTerm (an undefined term or
    type, a relative or malformed IRI, a value that JSON-LD would drop, a blank node named from outside, or a document
    that is not JSON-LD), WorkLimitExceeded (over 20,000 quads).
    """
    check_contexts(document)
    writer = _QuadWriter()
    try:
        for node in _expand(document):
            writer.member_of_graph(node, "")
    except _CLUMSY as error:  # PyLD trusts the shape of some keywords
        raise UndefinedTerm("The document is not JSON-LD under its contexts.", code="term.invalid") from error
    return writer.quads


def is_iri(text: str) -> bool:
    """Whether a text is an absolute IRI that N-Quads can hold; blank nodes are none."""
    return _IRI.fullmatch(text) is not None


def literal(value: str, datatype: str = "", language: str = "") -> str:
    """Return an RDF literal as canonical N-Quads writes it; datatype is an IRI without brackets."""
    text = escape(value)
    if language:
        return f'"{text}"@{language}'
    return f'"{text}"^^<{datatype}>' if datatype and datatype != XSD + "string" else f'"{text}"'


def needs_escape(text: str) -> bool:
    if text.isprintable() and '"' not in text and "\\" not in text:  # as nearly all are: sooner than searching
        return False
    return _NEEDS_ESCAPE.search(text) is not None


def escape(text: str) -> str:
    """Return a text as it stands between the quotes of a canonical literal."""
    return text.translate(_ESCAPES) if needs_escape(text) else text


# --- contexts ---------------------------------------------------------------------------------------------------


def check_contexts(document: JsonObject) -> None:
    """Require a top-level @context, and that every @context anywhere consists of pinned addresses.

    Raises ContextNotPinned: context.missing, context.inline (an object, a null), context.not_pinned.
    """
    if not document.get("@context"):
        raise ContextNotPinned("The document names no context.", code="context.missing")
    pending: list[JsonValue] = [document]
    while pending:
        value = pending.pop()
        if isinstance(value, list):
            pending += [item for item in value if isinstance(item, (dict, list))]
        elif isinstance(value, dict):
            if "@context" in value:
                _check_context(value["@context"])
            pending += [item for name, item in value.items() if name != "@context" and isinstance(item, (dict, list))]


def _check_context(context: JsonValue) -> None:
    entries = context if isinstance(context, list) else [context]
    if len(entries) > _MAX_CONTEXTS:
        raise WorkLimitExceeded(f"The document names more than {_MAX_CONTEXTS} contexts in one place.")
    for entry in entries:
        if not isinstance(entry, str):
            raise ContextNotPinned("A context is written out inside the document.", code="context.inline")
        contexts.load(entry)


def _load_pinned(url: str, _options: object = None) -> dict[str, object]:
    return {
        "contextUrl": None,
        "documentUrl": url,
        "document": contexts.load(url),
        "contentType": "application/ld+json",
    }


# --- expansion --------------------------------------------------------------------------------------------------


def _expand(document: JsonObject) -> list[Any]:
    from pyld.jsonld import JsonLdError  # noqa: PLC0415 - PyLD takes a tenth of a second to load

    expander, options = processor()
    try:
        active = expander._get_initial_context(options)
        expanded = expander._expand(active, None, document, options)
    except JsonLdError as error:
        raise UndefinedTerm("The document is not JSON-LD under its contexts.", code="term.invalid") from error
    except RecursionError as error:
        raise WorkLimitExceeded("The document is nested too deeply.") from error
    if isinstance(expanded, dict) and expanded.keys() == {"@graph"}:
        expanded = expanded["@graph"]
    if not expanded:
        raise UndefinedTerm("The document says nothing under its contexts.", code="term.dropped")
    return expanded if isinstance(expanded, list) else [expanded]


@cache
def processor() -> tuple[JsonLdProcessor, dict[str, object]]:
    """Build the one processor (PyLD is imported here, at first use) and the options of every expansion."""
    from pyld.context_resolver import ContextResolver  # noqa: PLC0415
    from pyld.jsonld import JsonLdProcessor  # noqa: PLC0415

    class SafeProcessor(JsonLdProcessor):  # type: ignore[misc]
        """PyLD's expansion, keeping processed contexts, and refusing what it would drop, such as null."""

        def __init__(self) -> None:
            super().__init__(on_property_dropped=_refuse_dropped)
            self.kept: dict[tuple[object, ...], tuple[object, ...]] = {}

        def _process_context(  # noqa: PLR0917 - the signature of PyLD
            self, active_ctx: Any, local_ctx: Any, options: Any, override_protected: bool = False,
            propagate: bool = True, validate_scoped: bool = True, cycles: Any = None,
        ) -> Any:  # fmt: skip
            process = super()._process_context
            if cycles is not None or not validate_scoped:
                return process(active_ctx, local_ctx, options, override_protected, propagate, validate_scoped, cycles)
            # Contexts are told apart by identity; `kept` holds them, so that no identity is given out twice.
            local = _addresses(local_ctx) or id(local_ctx)
            key = (id(active_ctx), local, override_protected, propagate)
            found = self.kept.get(key)
            if found is None:
                made = process(active_ctx, local_ctx, options, override_protected, propagate)
                if len(self.kept) >= _MAX_KEPT_CONTEXTS:
                    self.kept.clear()
                found = self.kept[key] = (made, active_ctx, local_ctx)
            return found[0]

        def _expand(self, active_ctx: Any, active_property: Any, element: Any, *args: Any, **named: Any) -> Any:
            expanded = super()._expand(active_ctx, active_property, element, *args, **named)
            if expanded is None:
                raise UndefinedTerm(f"A value of {active_property} says nothing.", code="term.dropped")
            return expanded

    options = {
        "base": None,
        "documentLoader": _load_pinned,
        "contextResolver": ContextResolver({}, _load_pinned),
        "isFrame": False,
        "keepFreeFloatingNodes": True,
        "processingMode": "json-ld-1.1",
        "extractAllScripts": False,
    }
    return SafeProcessor(), options


def _addresses(local_ctx: object) -> tuple[str, ...] | None:
    """Return the addresses of a context that consists of nothing else, so that equal ones are found again."""
    entries = local_ctx if isinstance(local_ctx, list) else [local_ctx]
    addresses = tuple(entry for entry in entries if isinstance(entry, str))
    return addresses if len(addresses) == len(entries) else None


def _refuse_dropped(name: object) -> None:
    raise UndefinedTerm(f'The term "{str(name)[:80]}" is not defined by the contexts of the document.')


# --- expanded form to quads -------------------------------------------------------------------------------------


class _QuadWriter:
    """Walks expanded JSON-LD. Every node, value and keyword either becomes quads or raises UndefinedTerm."""

    def __init__(self) -> None:
        self.quads: list[Quad] = []
        self.blank_nodes = 0

    def blank(self) -> str:
        self.blank_nodes += 1
        return f"_:b{self.blank_nodes - 1}"

    def add(self, subject: str, predicate: str, object_: str, graph: str) -> None:
        if len(self.quads) >= MAX_QUADS:
            raise WorkLimitExceeded(f"The document holds more than {MAX_QUADS} statements.")
        self.quads.append((subject, predicate, object_, graph))

    def node(self, node: Any, graph: str) -> str:
        """Write one node object into a graph and return its term."""
        if not isinstance(node, dict) or "@value" in node or "@list" in node or "@set" in node:
            raise UndefinedTerm("A value stands where JSON-LD keeps nodes only.", code="term.dropped")
        subject = _iri(node["@id"]) if "@id" in node else self.blank()
        for name, values in node.items():
            if name[0] != "@":
                predicate = _iri(name)
                for value in values:
                    self.add(subject, predicate, self.object(value, graph), graph)
            elif name not in _NODE_KEYWORDS:
                raise UndefinedTerm(f"{name} says nothing here that a signature covers.", code="term.dropped")
            elif name != "@id":
                self.keyword(name, values, subject, graph)
        return subject

    def member_of_graph(self, node: Any, graph: str) -> None:
        """Write a node that no other one leads to, so that it must say something itself."""
        if isinstance(node, dict) and node.keys() <= {"@id"}:
            raise UndefinedTerm("An object says nothing but its address.", code="term.dropped")
        self.node(node, graph)

    def keyword(self, name: str, values: Any, subject: str, graph: str) -> None:
        if name == "@type":
            for value in values:
                self.add(subject, f"<{RDF}type>", _iri(value, "type"), graph)
        elif name == "@graph":
            for inner in values:
                self.member_of_graph(inner, subject)
        elif name == "@included":
            for inner in values:
                self.node(inner, graph)
        else:
            for reverse, nodes in values.items():
                for inner in nodes:
                    self.add(self.node(inner, graph), _iri(reverse), subject, graph)

    def object(self, value: Any, graph: str) -> str:
        if "@value" in value:
            return _value(value)
        if "@list" in value:
            return self.list(value, graph)
        return self.node(value, graph)

    def list(self, value: Any, graph: str) -> str:
        if value.keys() != {"@list"}:
            raise UndefinedTerm("A list carries something that RDF cannot say.", code="term.dropped")
        head = f"<{RDF}nil>"
        terms = [self.object(item, graph) for item in value["@list"]]
        for term in reversed(terms):
            cell = self.blank()
            self.add(cell, f"<{RDF}first>", term, graph)
            self.add(cell, f"<{RDF}rest>", head, graph)
            head = cell
        return head


def _iri(value: Any, what: str = "address") -> str:
    if not isinstance(value, str):
        raise UndefinedTerm(f"An {what} is not text.", code="term.invalid")
    if value.startswith("_:"):
        raise UndefinedTerm("The document names a blank node.", code="term.blank_node")
    if _IRI.fullmatch(value) is None:
        if what == "type":
            raise UndefinedTerm(f'The type "{value[:80]}" is not defined by the contexts of the document.')
        raise UndefinedTerm(f'"{value[:80]}" is not an absolute IRI.', code="term.relative_iri")
    return f"<{value}>"


def _value(value: Any) -> str:
    content, datatype, language = value["@value"], value.get("@type", ""), value.get("@language", "")
    if not value.keys() <= {"@value", "@type", "@language"}:
        raise UndefinedTerm("A text carries a direction or an index, which RDF drops.", code="term.dropped")
    if datatype == "@json":
        return literal(rfc8785.dumps(content).decode("utf-8"), RDF + "JSON")
    if language and _LANGUAGE.fullmatch(language) is None:
        raise UndefinedTerm(f'"{language[:40]}" is not a language tag.', code="term.invalid")
    if datatype:
        _iri(datatype, "type")
    if isinstance(content, bool):
        return literal("true" if content else "false", datatype or XSD + "boolean")
    if isinstance(content, (int, float)):
        return number_literal(content, datatype)
    if not isinstance(content, str):
        raise UndefinedTerm("A value is neither text nor number.", code="term.invalid")
    if datatype == XSD + "double" and _DECIMAL.fullmatch(content):
        return literal(_double(float(content)), datatype)
    return literal(content, datatype, language)


def number_literal(number: int | float, datatype: str = "") -> str:
    """Return a number as JSON-LD writes it; datatype: an IRI without brackets. Raises UndefinedTerm for NaN and INF."""
    if isinstance(number, float) and not isfinite(number):
        raise UndefinedTerm("A value is not a finite number.", code="term.invalid")
    whole = number == int(number) and abs(number) < _INTEGER_LIMIT
    if datatype == XSD + "double" or not whole:
        return literal(_double(float(number)), datatype or XSD + "double")
    # JSON-LD processors hold numbers as 64-bit floating point, so larger integers are rounded as they would be there.
    exact = int(number) if abs(number) <= _MAX_EXACT_INTEGER else int(float(number))
    return literal(str(exact), datatype or XSD + "integer")


def _double(number: float) -> str:
    if not isfinite(number):
        return "INF" if number > 0 else "-INF"
    mantissa, exponent = f"{number:.15E}".split("E")
    mantissa = mantissa.rstrip("0")
    return f"{mantissa}{'0' if mantissa.endswith('.') else ''}E{int(exponent)}"
