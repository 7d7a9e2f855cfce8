"""RDF Dataset Canonicalization 1.0 (W3C RDFC-1.0) over quads as N-Quads terms, with a bound on the work.

A quad is four strings: subject, predicate, object and graph, each written as N-Quads writes it ("" for the default
graph); a term that starts with "_:" is a blank node. Nearly every badge is settled by the hashes of the first degree;
graphs of alike blank nodes can take time that grows with the factorial of their number, hence the bound.

The specification itself leaves some datasets open, in which blank nodes that differ by the blank graph they stand in
alone get one hash (every implementation then goes by the order of its input). No single credential is of that kind.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from itertools import permutations

from openbadges.errors import WorkLimitExceeded

Quad = tuple[str, str, str, str]

MAX_QUADS = 20_000
MAX_STEPS = 500_000
"""Steps of the search among alike blank nodes (a quad read, or a node placed on a path): about a fifth of a second."""


class _Labels:
    """Gives out prefix0, prefix1, ... in the order of asking."""

    __slots__ = ("names", "prefix")

    def __init__(self, prefix: str, names: dict[str, str] | None = None) -> None:
        self.prefix = prefix
        self.names = {} if names is None else names

    def copy(self) -> _Labels:
        return _Labels(self.prefix, dict(self.names))

    def of(self, node: str) -> str:
        name = self.names.get(node)
        if name is None:
            name = self.names[node] = f"{self.prefix}{len(self.names)}"
        return name


def canonical_nquads(quads: Iterable[Quad], *, hash_name: str = "sha256") -> str:
    """Return the canonical N-Quads of a dataset; duplicate quads count once.

    hash_name: "sha256" or "sha384". Raises WorkLimitExceeded over 20,000 quads, and for graphs whose blank nodes are
    too much alike (the poison graphs of the specification's security considerations).
    """
    dataset = list(dict.fromkeys(quads))
    if len(dataset) > MAX_QUADS:
        raise WorkLimitExceeded(f"The document holds more than {MAX_QUADS} statements.")
    try:
        names = _Canonicalizer(dataset, hash_name).run()
    except RecursionError as error:
        raise WorkLimitExceeded("Too many parts of the document look alike to be put in order.") from error
    return "".join(sorted(_line(*(names.get(term, term) for term in quad)) for quad in dataset))


def _line(subject: str, predicate: str, object_: str, graph: str) -> str:
    return f"{subject} {predicate} {object_} {graph} .\n" if graph else f"{subject} {predicate} {object_} .\n"


class _Canonicalizer:
    """The state of one run; method names follow the sections of the specification."""

    def __init__(self, dataset: list[Quad], hash_name: str) -> None:
        self.new_hash: Callable[[bytes], hashlib._Hash] = getattr(hashlib, hash_name)
        self.quads_of: dict[str, list[Quad]] = {}
        for quad in dataset:
            for term in dict.fromkeys((quad[0], quad[2], quad[3])):  # in order: equal input, equal output
                if term[:2] == "_:":
                    self.quads_of.setdefault(term, []).append(quad)
        self.first_degree: dict[str, str] = {}
        self.canonical = _Labels("_:c14n")
        self.steps = 0

    def run(self) -> dict[str, str]:
        nodes_of: dict[str, list[str]] = {}
        for node in self.quads_of:
            found = self.first_degree[node] = self.hash_first_degree(node)
            nodes_of.setdefault(found, []).append(node)
        alike = []
        for _, nodes in sorted(nodes_of.items()):
            if len(nodes) == 1:
                self.canonical.of(nodes[0])
            else:
                alike.append(nodes)
        for nodes in alike:
            self.label_alike(nodes)
        return self.canonical.names

    def label_alike(self, nodes: list[str]) -> None:
        results = []
        for node in nodes:
            if node not in self.canonical.names:
                labels = _Labels("_:b")
                labels.of(node)
                results.append(self.hash_n_degree(node, labels))
        for _, labels in sorted(results, key=lambda result: result[0]):
            for node in labels.names:
                self.canonical.of(node)

    def hash(self, text: str) -> str:
        return self.new_hash(text.encode("utf-8")).hexdigest()

    def count(self, steps: int) -> None:
        self.steps += steps
        if self.steps > MAX_STEPS:
            raise WorkLimitExceeded("Too many parts of the document look alike to be put in order.")

    def hash_first_degree(self, node: str) -> str:
        def seen(term: str) -> str:
            return ("_:a" if term == node else "_:z") if term[:2] == "_:" else term

        lines = (_line(seen(s), p, seen(o), seen(g)) for s, p, o, g in self.quads_of[node])
        return self.hash("".join(sorted(lines)))

    def hash_related(self, related: str, predicate: str, labels: _Labels, position: str) -> str:
        known = self.canonical.names.get(related) or labels.names.get(related) or self.first_degree[related]
        return self.hash(f"{position}{'' if position == 'g' else predicate}{known}")

    def related_by_hash(self, node: str, labels: _Labels) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        self.count(len(self.quads_of[node]))
        for subject, predicate, object_, graph in self.quads_of[node]:
            for related, position in ((subject, "s"), (object_, "o"), (graph, "g")):
                if related[:2] == "_:" and related != node:
                    key = self.hash_related(related, predicate, labels, position)
                    found.setdefault(key, []).append(related)
        return found

    def hash_n_degree(self, node: str, labels: _Labels) -> tuple[str, _Labels]:
        parts: list[str] = []
        for related_hash, nodes in sorted(self.related_by_hash(node, labels).items()):
            path, labels = self.shortest_path(nodes, labels)
            parts += (related_hash, path)
        return self.hash("".join(parts)), labels

    def shortest_path(self, nodes: list[str], labels: _Labels) -> tuple[str, _Labels]:
        best_path, best_labels = "", labels
        for order in permutations(nodes):
            self.count(len(order) + len(labels.names))
            found = self.path_of(order, labels.copy(), best_path)
            if found is not None and (not best_path or found[0] < best_path):
                best_path, best_labels = found
        return best_path, best_labels

    def path_of(self, order: tuple[str, ...], labels: _Labels, best_path: str) -> tuple[str, _Labels] | None:
        """Return the path of one order of nodes and its labels, or None once it cannot be the least."""

        def worse(path: str) -> bool:
            return bool(best_path) and len(path) >= len(best_path) and path > best_path

        path = ""
        unlabelled = []
        for related in order:
            name = self.canonical.names.get(related)
            if name is None:
                if related not in labels.names:
                    unlabelled.append(related)
                name = labels.of(related)
            path += name
            if worse(path):
                return None
        for related in unlabelled:
            digest, deeper = self.hash_n_degree(related, labels)
            path += f"{labels.of(related)}<{digest}>"
            labels = deeper
            if worse(path):
                return None
        return path, labels
