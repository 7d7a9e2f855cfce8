"""The canonical text of a document with slots: what is ready stays ready, the rest is filled in and put in its place.

Sorted N-Quads have an order that mostly does not depend on the texts in the slots:
- lines about one subject stand together, and so do its lines with one predicate;
- the lines about blank nodes come last, each node's together, in the order of the names as text;
- only a blank node with a slot gets another hash. The others keep their order, and each can move up by no more than
  the number of nodes with slots, so that their text is kept ready for each of these places.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from hashlib import sha256
from operator import itemgetter

from openbadges.statements import BlankNode, Statements


class NotFillable(Exception):
    """No error: such documents, or these texts, are converted one by one. Never leaves this library."""


class Pattern:
    """A text with slots: a format of the % operator, and which value goes into each slot."""

    __slots__ = ("_values_of", "format", "slots")

    def __init__(self, format_: str, slots: tuple[int, ...]) -> None:
        self.format = format_
        self.slots = slots
        self._values_of = itemgetter(*slots) if slots else None

    def fill(self, values: Sequence[str]) -> str:
        return self.format % (self._values_of(values) if self._values_of else ())


class Marks:
    """Texts that stand for the ones to fill in. They have the form of addresses, which may stand for any text, too.

    seed: 16 random bytes or more, drawn after every text of the document was chosen.
    """

    def __init__(self, seed: bytes, count: int) -> None:
        if len(seed) < 16:
            raise ValueError("Marks need 16 random bytes.")
        self.start = f"urn:mark:{seed.hex()}:"
        self.texts = [f"{self.start}{number}." for number in range(count)]
        self._mark = re.compile(rf"{self.start}([0-9]+)\.")
        self._in_nquads = re.compile(rf'([<"]){self.start}([0-9]+)\.[>"]')

    def are_in(self, text: str) -> bool:
        return self.start in text

    def pattern(self, text: str) -> Pattern:
        slots = tuple(int(number) for number in self._mark.findall(text))
        return Pattern(self._mark.sub("%s", text.replace("%", "%%")), slots)

    def stand_for_iris(self, lines: Iterable[str]) -> list[bool]:
        """Return for each mark whether it stands for an IRI; else for the text of a literal. Raises NotFillable."""
        found: dict[int, bool] = {}
        for start, number in self._in_nquads.findall("".join(lines)):
            if found.setdefault(int(number), start == "<") != (start == "<"):
                raise NotFillable("A text is an address in one place and not in another.")
        if len(found) != len(self.texts):
            raise NotFillable("A text that changes is not signed.")
        return [found[number] for number in range(len(self.texts))]


class _Run:
    """Lines with one subject and one predicate: several that change, or some with blank nodes as objects."""

    def __init__(self, head: Pattern, lines: Sequence[Pattern], nodes: Sequence[int]) -> None:
        """head: what every line begins with. lines: whole lines. nodes: the numbers of the blank nodes."""
        self._head = head
        self._ready_head = "" if head.slots else head.fill(())
        self._ready = [line.fill(()) for line in lines if not line.slots]
        self._changing = [line for line in lines if line.slots]
        self._nodes = nodes

    def text(self, terms: Sequence[str], names: Mapping[int, str]) -> str:
        head = self._ready_head or self._head.fill(terms)
        # Blank nodes sort after IRIs and literals; with one head before them, lines sort as the names do.
        to_nodes = "".join([f"{head}{name} .\n" for name in sorted([names[node] for node in self._nodes])])
        if not self._changing:
            return "".join(self._ready) + to_nodes
        return "".join(sorted({*self._ready, *[line.fill(terms) for line in self._changing]})) + to_nodes


class _SettledNode:
    """A blank node without slots. `ready`: its lines for each number in the canonical order that it may get."""

    def __init__(self, node: BlankNode, numbers: Mapping[BlankNode, int], places: Iterable[int]) -> None:
        self.digest = node.first_degree()
        self._tails = sorted(set(node.tails))
        self.links = [
            (predicate, numbers[object_])
            for subject, predicate, object_, _ in set(node.links)
            if subject is node and isinstance(object_, BlankNode)
        ]
        self.ready = {number: self.block(_name(number), {}) for number in places} if not self.links else {}

    def block(self, name: str, names: Mapping[int, str]) -> str:
        """All lines about the node; those that lead on to other nodes need the names of all nodes."""
        links = [f"{predicate}{names[object_]} .\n" for predicate, object_ in self.links]
        tails = sorted(self._tails + links)
        return name + name.join(tails) if tails else ""


class _ChangingNode:
    """A blank node with slots. Its statements have predicates of their own, so that they keep their order."""

    def __init__(self, node: BlankNode, marks: Marks) -> None:
        predicates = {tail.split(" ", 2)[1] for tail in node.tails}
        if node.links or len(set(node.heads)) > 1 or len(predicates) != len(set(node.tails)):
            raise NotFillable("A text that changes stands in an object without an id that is more than plain.")
        tails = sorted(set(node.tails))
        # "<" of the line that leads here sorts before "_" of the lines about the node.
        hashed = [f"{head}_:a .\n" for head in set(node.heads)] + [f"_:a{tail}" for tail in tails]
        self._hashed = marks.pattern("".join(hashed))
        # The place of the name is marked by a character that no text that may be signed holds.
        self._block = marks.pattern("".join(f"\0{tail}" for tail in tails))

    def digest(self, terms: Sequence[str]) -> bytes:
        """The hash of the first degree."""
        return sha256(self._hashed.fill(terms).encode("utf-8")).digest()

    def block(self, name: str, terms: Sequence[str]) -> str:
        """All lines about the node."""
        return self._block.fill(terms).replace("\0", name)


def _name(number: int) -> str:
    return f"_:c14n{number}"


class CanonicalLayout:
    """The statements of a document with marks, laid out for filling. Immutable once made."""

    def __init__(self, statements: Statements, marks: Marks) -> None:
        """Raises NotFillable where a mark stands in a chain of objects without ids, and where there are graphs."""
        if any(graph is not None for *_, graph in statements.links):
            raise NotFillable("The document has graphs.")
        used = [node for node in statements.nodes if node.is_used()]
        changing = [node for node in used if any(map(marks.are_in, (*node.tails, *node.heads)))]
        settled = sorted(set(used) - set(changing), key=BlankNode.first_degree)
        numbers = {node: number for number, node in enumerate([*settled, *changing])}
        self._settled = [
            _SettledNode(node, numbers, range(number, number + len(changing) + 1))
            for number, node in enumerate(settled)
        ]
        self._changing = [_ChangingNode(node, marks) for node in changing]
        self._digests = [node.digest for node in self._settled]
        self._linked = [number for number, node in enumerate(self._settled) if node.links]
        self._ready: list[dict[int, str]] = [node.ready for node in self._settled] + [{} for _ in changing]
        self._names = [_name(number) for number in range(len(used))]
        self._by_name = sorted(range(len(used)), key=str)
        self._runs: list[_Run] = []
        self._lay_out_subjects(statements.ground, numbers, marks)

    def _lay_out_subjects(self, ground: Iterable[str], numbers: Mapping[BlankNode, int], marks: Marks) -> None:
        lines_of: dict[str, dict[str, list[str]]] = {}
        nodes_of: dict[str, dict[str, list[int]]] = {}
        for line in sorted(set(ground)):
            subject, predicate, _ = line.split(" ", 2)
            lines_of.setdefault(subject, {}).setdefault(predicate, []).append(line)
        for node, number in numbers.items():
            for head in set(node.heads):
                subject, predicate, _ = head.split(" ", 2)
                lines_of.setdefault(subject, {}).setdefault(predicate, [])
                nodes_of.setdefault(subject, {}).setdefault(predicate, []).append(number)
        patterns = [
            self._subject(subject, lines, nodes_of.get(subject, {}), marks) for subject, lines in lines_of.items()
        ]
        self._ready_subjects = sorted(pattern.fill(()) for pattern in patterns if not pattern.slots)
        self._changing_subjects = [pattern for pattern in patterns if pattern.slots]
        self._fixed_addresses = {subject[1:-1] for subject in lines_of if not marks.are_in(subject)}
        self._address_slots = [marks.pattern(subject).slots[0] for subject in lines_of if marks.are_in(subject)]

    def _subject(
        self, subject: str, lines: Mapping[str, list[str]], nodes: Mapping[str, list[int]], marks: Marks
    ) -> Pattern:
        """Lay out all lines about one IRI. A run that must be sorted when filled is a value itself, after the terms."""
        parts = []
        for predicate in sorted(lines):
            patterns = [marks.pattern(line) for line in lines[predicate]]
            if predicate in nodes or (len(patterns) > 1 and any(pattern.slots for pattern in patterns)):
                parts.append(Pattern("%s", (len(marks.texts) + len(self._runs),)))
                head = marks.pattern(f"{subject} {predicate} ")
                self._runs.append(_Run(head, patterns, nodes.get(predicate, [])))
            else:
                parts += patterns
        return Pattern("".join(part.format for part in parts), tuple(slot for part in parts for slot in part.slots))

    def text(self, terms: Sequence[str]) -> str:
        """Return the canonical N-Quads with these terms in the slots (IRIs without brackets, escaped texts).

        Raises NotFillable when two blank nodes have the same hash, or two subjects that were apart are one.
        """
        addresses = {terms[slot] for slot in self._address_slots}
        if len(addresses) != len(self._address_slots) or not self._fixed_addresses.isdisjoint(addresses):
            raise NotFillable("Two objects have the same address.")
        blocks, names = self._blocks(terms)
        values = [*terms, *[run.text(terms, names) for run in self._runs]]
        subjects = self._ready_subjects + [subject.fill(values) for subject in self._changing_subjects]
        subjects.sort()
        return "".join(subjects + [blocks[number] for number in self._by_name])

    def _blocks(self, terms: Sequence[str]) -> tuple[list[str], dict[int, str]]:
        """Return the lines about each blank node, in canonical order, and the names of the nodes."""
        order = self._order([node.digest(terms) for node in self._changing])
        names = dict(zip(order, self._names, strict=True))
        blocks = [self._ready[node].get(number, "") for number, node in enumerate(order)]
        for number, changing in enumerate(self._changing, len(self._settled)):
            blocks[order.index(number)] = changing.block(names[number], terms)
        for node in self._linked:
            blocks[order.index(node)] = self._settled[node].block(names[node], names)
        return blocks, names

    def _order(self, digests: Sequence[bytes]) -> list[int]:
        """Return all nodes in the canonical order; digests: those of the nodes that change."""
        order = list(range(len(self._settled)))
        changing = sorted(zip(digests, range(len(order), len(self._names)), strict=True), reverse=True)
        last = None
        for digest, node in changing:  # from the end, so that the places before stay what they are
            place = bisect_left(self._digests, digest)
            if digest == last or self._digests[place : place + 1] == [digest]:
                raise NotFillable("Two objects without ids have the same hash.")
            order.insert(place, node)
            last = digest
        return order
