"""A document as RDF statements, grouped by blank node so that the usual case of RDFC-1.0 needs no search.

RDFC-1.0 names the blank nodes (the objects without an id) _:c14n0, _:c14n1, ... in the order of a hash over the
statements that each one stands in. Where all those hashes differ, sorting them is the whole algorithm; where two are
equal (a tie), openbadges.rdfc10 searches on.
Source: W3C RDF Dataset Canonicalization 1.0, sections 4.4 (algorithm) and 4.6 (hash of the first degree).
"""

from __future__ import annotations

from hashlib import sha256

from openbadges.rdfc10 import Quad


class Tie(Exception):
    """No error: two blank nodes have the same hash of the first degree. Never leaves this library."""


class BlankNode:
    """One object without an id, and the statements that it stands in. Not changed any more once it is complete.

    tails: " <predicate> object .\\n" of statements about it. heads: "<subject> <predicate> " of statements that lead
    to it. links: statements that hold a second blank node, or stand in a graph. digest: kept once it is complete.
    """

    __slots__ = ("digest", "heads", "links", "tails")

    def __init__(self) -> None:
        self.tails: list[str] = []
        self.heads: list[str] = []
        self.links: list[Link] = []
        self.digest: bytes | None = None

    def is_used(self) -> bool:
        return bool(self.tails or self.heads or self.links)

    def complete(self) -> None:
        """Keep the hash: no statement will be added."""
        self.digest = self.first_degree()
        self.tails = sorted(set(self.tails))

    def lines(self) -> list[str]:
        """Return the written parts of its statements, links apart."""
        return self.tails + self.heads

    def first_degree(self) -> bytes:
        """Return the SHA-256 over the node's statements, in which it is called _:a and every other one _:z."""
        if self.digest is not None:
            return self.digest
        lines = [f"{head}_:a .\n" for head in set(self.heads)]
        lines += [f"_:a{tail}" for tail in set(self.tails)]
        lines += [_seen_from(self, link) for link in set(self.links)]
        lines.sort()
        return sha256("".join(lines).encode("utf-8")).digest()


Node = str | BlankNode
"""An IRI or literal as N-Quads writes it, or a blank node."""
Link = tuple[Node, str, Node, BlankNode | None]
"""Subject, " <predicate> ", object, graph."""


class Statements:
    """The statements of one document, or of a part of it.

    ground: whole lines without a blank node. nodes: the blank nodes. links: statements that hold two blank nodes or
    more, or stand in a graph (graphs are named by blank nodes here).
    """

    __slots__ = ("ground", "links", "nodes")

    def __init__(self) -> None:
        self.ground: list[str] = []
        self.nodes: list[BlankNode] = []
        self.links: list[Link] = []

    def blank(self) -> BlankNode:
        node = BlankNode()
        self.nodes.append(node)
        return node

    def add(self, subject: Node, predicate: str, object_: Node, graph: BlankNode | None) -> None:
        """Add a statement; predicate: the IRI in brackets, one space before and after."""
        if graph is not None or (isinstance(subject, BlankNode) and isinstance(object_, BlankNode)):
            link = (subject, predicate, object_, graph)
            self.links.append(link)
            for node in {node for node in (subject, object_, graph) if isinstance(node, BlankNode)}:
                node.links.append(link)
        elif isinstance(subject, BlankNode):
            subject.tails.append(f"{predicate}{object_} .\n")
        elif isinstance(object_, BlankNode):
            object_.heads.append(f"{subject}{predicate}")
        else:
            self.ground.append(f"{subject}{predicate}{object_} .\n")

    def extend(self, part: Statements) -> None:
        """Add the statements of a part, which must stand in no other part of this document."""
        self.ground += part.ground
        self.nodes += part.nodes
        self.links += part.links

    def count(self) -> int:
        """How many statements there are, repeated ones included."""
        return len(self.ground) + len(self.links) + sum(len(node.tails) + len(node.heads) for node in self.nodes)

    def lines(self) -> list[str]:
        """Return the written parts of the statements that belong to no one blank node."""
        return self.ground + [text for link in self.links for text in link if isinstance(text, str)]

    def close(self) -> None:
        """Bring a part that will be shared between documents into the form that is written fastest."""
        self.ground.sort()
        for node in self.nodes:
            node.complete()

    def canonical_text(self) -> str:
        """Return the canonical N-Quads. Raises Tie."""
        names = self._names()
        lines = self.ground.copy()
        about: dict[BlankNode, list[str]] = {}
        for link in self.links:
            subject, line = link[0], _named(link, names)
            if isinstance(subject, BlankNode):
                about.setdefault(subject, []).append(line.removeprefix(names[subject]))
            else:
                lines.append(line)
        blocks = []
        for node, name in names.items():
            lines += [f"{head}{name} .\n" for head in node.heads]
            tails = node.tails + about[node] if node in about else node.tails
            if tails:
                blocks.append((name, tails))
        return "".join(_sorted_once(lines) + [_block(name, tails) for name, tails in sorted(blocks)])

    def _names(self) -> dict[BlankNode, str]:
        hashed = [(node.first_degree(), node) for node in self.nodes if node.is_used()]
        names = dict(hashed)
        if len(names) != len(hashed):
            raise Tie
        return {names[digest]: f"_:c14n{number}" for number, digest in enumerate(sorted(names))}

    def quads(self) -> list[Quad]:
        """Return every statement as four terms, for the search among ties."""
        names = {node: f"_:b{number}" for number, node in enumerate(self.nodes)}
        lines = [*self.ground, *(_named(link, names) for link in self.links if link[3] is None)]
        for node, name in names.items():
            lines += [name + tail for tail in node.tails]
            lines += [f"{head}{name} .\n" for head in node.heads]
        quads = [_quad(line) for line in lines]
        for subject, predicate, object_, graph in self.links:
            if graph is not None:
                line = _named((subject, predicate, object_, None), names)
                quads.append((*_quad(line)[:3], names[graph]))
        return quads


def _named(link: Link, names: dict[BlankNode, str]) -> str:
    subject, predicate, object_, graph = (names[n] if isinstance(n, BlankNode) else n for n in link)
    return f"{subject}{predicate}{object_} {graph} .\n" if graph else f"{subject}{predicate}{object_} .\n"


def _seen_from(node: BlankNode, link: Link) -> str:
    return _named(link, {other: "_:a" if other is node else "_:z" for other in link if isinstance(other, BlankNode)})


def _quad(line: str) -> Quad:
    subject, predicate, object_ = line.removesuffix(" .\n").split(" ", 2)
    return subject, predicate, object_, ""


def _block(name: str, tails: list[str]) -> str:
    """Write all statements about one blank node: its name before each tail."""
    return name + name.join(_sorted_once(tails))


def _sorted_once(lines: list[str]) -> list[str]:
    """Sort lines and drop repeated ones. Code point order of text is byte order of UTF-8, as RDFC-1.0 wants it."""
    return sorted(lines if len(set(lines)) == len(lines) else set(lines))
