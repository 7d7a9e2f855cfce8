"""The canonical text of a document with slots: what is ready stays ready, the rest is filled in and put in its place.

Sorted N-Quads have an order that mostly does not depend on the texts in the slots:
- lines about one subject stand together, and so do its lines with one predicate;
- the lines about blank nodes come last, each node's together, in the order of the names as text;
- only a blank node with a slot gets another hash. The others keep their order, and each can move up by no more than
  the number of nodes with slots, so that their text is kept ready for each of these places.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Mapping, Sequence
from hashlib import sha256
from typing import TYPE_CHECKING

from openbadges.picker import picker
from openbadges.statements import BlankNode, Statements

if TYPE_CHECKING:
    from hashlib import _Hash as HASH

_MOST_ARRANGEMENTS = 16
_MOST_LINKED = 64  # a node and what it leads to move up by a few places
_MOST_SLOTS_IN_HEAD, _MOST_HEADS, _MOST_LETTERS = 4, 32, 256


class NotFillable(Exception):
    """No error: such documents, or these texts, are converted one by one. Never leaves this library."""


class Pattern:
    """A text with slots, as UTF-8: the pieces around the slots, and which value goes into each slot."""

    __slots__ = ("_pieces", "_values_of", "slots")

    def __init__(self, pieces: Sequence[bytes], slots: tuple[int, ...]) -> None:
        """pieces: one more than slots."""
        self._pieces = [b""] * (2 * len(slots) + 1)
        self._pieces[::2] = pieces
        self._values_of: Callable[[Sequence[bytes]], Sequence[bytes]] = picker(slots)
        self.slots = slots

    @classmethod
    def joined(cls, patterns: Iterable[Pattern]) -> Pattern:
        """Return several patterns as one."""
        pieces: list[bytes] = [b""]
        slots: list[int] = []
        for pattern in patterns:
            first, *rest = pattern._pieces[::2]
            pieces[-1] += first
            pieces += rest
            slots += pattern.slots
        return cls(pieces, tuple(slots))

    def lengths(self) -> list[int]:
        """Return how long each piece is, of which there is one more than slots."""
        return list(map(len, self._pieces[::2]))

    def cut(self, slots: int) -> tuple[Pattern, Pattern]:
        """Return the text with the first so many slots, and the rest, which begins with a slot."""
        pieces = self._pieces[::2]
        head, rest = pieces[: slots + 1], [b"", *pieces[slots + 1 :]]
        return Pattern(head, self.slots[:slots]), Pattern(rest, self.slots[slots:])

    def fill(self, values: Sequence[bytes]) -> bytes:
        pieces = self._pieces.copy()
        # Joining copies long pieces as a block; the % operator looks at every letter of them.
        pieces[1::2] = self._values_of(values)
        return b"".join(pieces)


class HashedPattern:
    """A pattern whose text is only hashed.

    A long piece near its start, and what stands before it, is its head. It is filled with few values, mostly names of
    nodes that change their place by a little, so that its hash is kept for each of them.
    """

    def __init__(self, pattern: Pattern) -> None:
        self.pattern = pattern
        lengths = pattern.lengths()[: _MOST_SLOTS_IN_HEAD + 1]
        slots = lengths.index(max(lengths))
        self._head, self._rest = pattern.cut(slots)
        self._values_of_head: Callable[[Sequence[bytes]], tuple[bytes, ...]] = picker(pattern.slots[:slots])
        self._begun: dict[tuple[bytes, ...], HASH] = {}

    def sha256(self, values: Sequence[bytes]) -> bytes:
        """Return the SHA-256 of the pattern filled with these values."""
        in_head = self._values_of_head(values)
        begun = self._begun.get(in_head)
        if begun is None:
            begun = sha256(self._head.fill(values))
            if len(self._begun) < _MOST_HEADS and sum(map(len, in_head)) <= _MOST_LETTERS:
                self._begun[in_head] = begun
        whole = begun.copy()
        whole.update(self._rest.fill(values))
        return whole.digest()


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
        pieces = self._mark.split(text)
        return Pattern([piece.encode("utf-8") for piece in pieces[::2]], tuple(map(int, pieces[1::2])))

    def stand_for_iris(self, lines: Iterable[str]) -> list[bool]:
        """Return for each mark whether it stands for an IRI; else for the text of a literal. Raises NotFillable."""
        found: dict[int, bool] = {}
        for start, number in self._in_nquads.findall("".join(lines)):
            if found.setdefault(int(number), start == "<") != (start == "<"):
                raise NotFillable("A text is an address in one place and not in another.")
        if len(found) != len(self.texts):
            raise NotFillable("A text that changes is not signed.")
        return [found[number] for number in range(len(self.texts))]


def _sorted_lines(lines: Sequence[Pattern]) -> Callable[[Sequence[bytes], Sequence[bytes]], Sequence[bytes]]:
    """Return what makes one value of lines with one subject and one predicate and with slots in their objects."""
    ready = [line.fill(()) for line in lines if not line.slots]
    changing = [line for line in lines if line.slots]
    return lambda terms, names: [b"".join(sorted({*ready, *[line.fill(terms) for line in changing]}))]


def _sorted_names(nodes: Sequence[int]) -> Callable[[Sequence[bytes], Sequence[bytes]], Sequence[bytes]]:
    """Return what gives the names of these nodes in their order."""
    names_of: Callable[[Sequence[bytes]], Sequence[bytes]] = picker(nodes)
    return lambda terms, names: sorted(names_of(names))


class _SettledNode:
    """A blank node without slots. links: to other blank nodes, by their numbers."""

    def __init__(self, node: BlankNode, numbers: Mapping[BlankNode, int]) -> None:
        self.digest = node.first_degree()
        self._tails = sorted(tail.encode("utf-8") for tail in set(node.tails))
        self.links = [
            (predicate.encode("utf-8"), numbers[object_])
            for subject, predicate, object_, _ in set(node.links)
            if subject is node and isinstance(object_, BlankNode)
        ]
        self._linked: dict[tuple[bytes, ...], bytes] = {}

    def block(self, name: bytes) -> bytes:
        """All lines about the node but its links to others."""
        return name + name.join(self._tails) if self._tails else b""

    def linked_block(self, name: bytes, names: Sequence[bytes]) -> bytes:
        """All lines about the node. names: of all nodes."""
        named = (name, *[names[object_] for _, object_ in self.links])
        block = self._linked.get(named)
        if block is None:
            links = [b"%b%b .\n" % (predicate, names[object_]) for predicate, object_ in self.links]
            block = name + name.join(sorted(self._tails + links))
            if len(self._linked) < _MOST_LINKED:
                self._linked[named] = block
        return block


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

    def digest(self, terms: Sequence[bytes]) -> bytes:
        """The hash of the first degree."""
        return sha256(self._hashed.fill(terms)).digest()

    def block(self, name: bytes, terms: Sequence[bytes]) -> bytes:
        """All lines about the node."""
        return self._block.fill(terms).replace(b"\0", name)


class CanonicalLayout:
    """The statements of a document with marks, laid out for filling: one pattern of the whole text.

    Its slots take, in this order: the terms; the names of the nodes; the lines about each node, by its number; and what
    is sorted when it is filled in: names of nodes that are objects of one subject and predicate, and lines.
    """

    def __init__(self, statements: Statements, marks: Marks) -> None:
        """Raises NotFillable where a mark stands in a chain of objects without ids, and where there are graphs."""
        if any(graph is not None for *_, graph in statements.links):
            raise NotFillable("The document has graphs.")
        used = [node for node in statements.nodes if node.is_used()]
        changing = [node for node in used if any(map(marks.are_in, (*node.tails, *node.heads)))]
        settled = sorted(set(used) - set(changing), key=BlankNode.first_degree)
        numbers = {node: number for number, node in enumerate([*settled, *changing])}
        self._settled = [_SettledNode(node, numbers) for node in settled]
        self._changing = [_ChangingNode(node, marks) for node in changing]
        self._digests = [node.digest for node in self._settled]
        self._settled_digests = set(self._digests)
        self._linked = [number for number, node in enumerate(self._settled) if node.links]
        self._names = [b"_:c14n%d" % number for number in range(len(used))]
        self._ready = [
            [node.block(self._names[number + moved]) for number, node in enumerate(self._settled)]
            for moved in range(len(changing) + 1)
        ]
        """The lines about each settled node for each number of places that it may have moved up."""
        self._sorted: list[Callable[[Sequence[bytes], Sequence[bytes]], Sequence[bytes]]] = []
        self._first_name = len(marks.texts)
        self._first_block = self._first_name + len(used)
        self._next_slot = self._first_block + len(used)
        self._lay_out_subjects(statements.ground, numbers, marks)
        by_name = sorted(range(len(used)), key=str)
        self._blocks = Pattern([b""] * (len(used) + 1), tuple(self._first_block + number for number in by_name))
        self._arranged: dict[tuple[int, ...], HashedPattern] = {}
        """By how many fixed subjects stand before each whose address changes, and by the order of these."""

    def _lay_out_subjects(self, ground: Iterable[str], numbers: Mapping[BlankNode, int], marks: Marks) -> None:
        """Make a pattern of all lines about each IRI, apart for those whose own address changes."""
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
        subjects = {
            subject: self._subject(subject, lines, nodes_of.get(subject, {}), marks)
            for subject, lines in sorted(lines_of.items())
        }
        fixed = [subject for subject in subjects if not marks.are_in(subject)]
        self._fixed = [subject[1:].encode("utf-8") for subject in fixed]
        self._fixed_addresses = set(self._fixed)
        self._fixed_subjects = [subjects[subject] for subject in fixed]
        self._moving = [marks.pattern(subject).slots[0] for subject in subjects if marks.are_in(subject)]
        self._moving_subjects = [pattern for subject, pattern in subjects.items() if marks.are_in(subject)]

    def _subject(
        self, subject: str, lines: Mapping[str, list[str]], nodes: Mapping[str, list[int]], marks: Marks
    ) -> Pattern:
        parts = []
        for predicate in sorted(lines):
            patterns = [marks.pattern(line) for line in lines[predicate]]
            if len(patterns) > 1 and any(marks.are_in(line.split(" ", 2)[2]) for line in lines[predicate]):
                parts.append(Pattern((b"", b""), tuple(self._new_slots(1))))
                self._sorted.append(_sorted_lines(patterns))
            else:
                parts += patterns
            # Blank nodes sort after IRIs and literals; with one head before them, lines sort as the names do.
            head, objects = marks.pattern(f"{subject} {predicate} "), nodes.get(predicate, [])
            slots = [self._first_name + number for number in objects]
            if len(objects) > 1:
                slots = self._new_slots(len(objects))
                self._sorted.append(_sorted_names(objects))
            for slot in slots:
                parts += [head, Pattern((b"", b" .\n"), (slot,))]
        return Pattern.joined(parts)

    def _new_slots(self, count: int) -> list[int]:
        self._next_slot += count
        return list(range(self._next_slot - count, self._next_slot))

    def text(self, terms: Sequence[bytes]) -> bytes:
        """Return the canonical N-Quads with these terms in the slots (IRIs without brackets, escaped texts, UTF-8).

        Raises NotFillable when two blank nodes have the same hash, or two subjects that were apart are one.
        """
        return self._arrange(terms).pattern.fill(self._values(terms))

    def sha256(self, terms: Sequence[bytes]) -> bytes:
        """Return the SHA-256 of `text`, sooner than hashing all of it takes. Raises what that raises."""
        return self._arrange(terms).sha256(self._values(terms))

    def _values(self, terms: Sequence[bytes]) -> list[bytes]:
        """Return what goes into each slot of the whole text."""
        names, blocks = self._name_nodes(terms)
        values = [*terms, *names, *blocks]
        for sorted_of in self._sorted:
            values += sorted_of(terms, names)
        return values

    def _name_nodes(self, terms: Sequence[bytes]) -> tuple[list[bytes], list[bytes]]:
        """Return the name of each node, and the lines about the nodes in the order of their hashes.

        Between two nodes that change, all settled ones move up by the same number of places.
        """
        names = self._names.copy()
        names_of_changing = names[: len(self._changing)]
        blocks: list[bytes] = []
        start, last = 0, b""
        places = []
        for moved, (digest, node) in enumerate(sorted([(n.digest(terms), i) for i, n in enumerate(self._changing)])):
            place = bisect_left(self._digests, digest)
            if digest == last or digest in self._settled_digests:
                raise NotFillable("Two objects without ids have the same hash.")
            # Names that were taken before stood before this one, so that it has moved to where it belongs.
            name = names_of_changing[node] = names.pop(place)
            blocks += self._ready[moved][start:place]
            blocks.append(self._changing[node].block(name, terms))
            start, last = place, digest
            places.append(place)
        names += names_of_changing
        blocks += self._ready[len(places)][start:]
        for linked in self._linked:
            blocks[linked + bisect_right(places, linked)] = self._settled[linked].linked_block(names[linked], names)
        return names, blocks

    def _arrange(self, terms: Sequence[bytes]) -> HashedPattern:
        """Return the whole text with its subjects in their order, which is the same for nearly every document."""
        # With its closing bracket an address sorts as its lines do: "a>" comes after "a#1>".
        addresses = [terms[slot] + b">" for slot in self._moving]
        different = set(addresses)
        if len(different) != len(addresses) or not self._fixed_addresses.isdisjoint(different):
            raise NotFillable("Two objects have the same address.")
        places = [bisect_left(self._fixed, address) for address in addresses]
        in_order = sorted(range(len(addresses)), key=addresses.__getitem__)
        arrangement = (*places, *in_order)
        arranged = self._arranged.get(arrangement)
        if arranged is None:
            subjects = self._fixed_subjects.copy()
            for number in reversed(in_order):
                subjects.insert(places[number], self._moving_subjects[number])
            arranged = HashedPattern(Pattern.joined([*subjects, self._blocks]))
            if len(self._arranged) < _MOST_ARRANGEMENTS:
                self._arranged[arrangement] = arranged
        return arranged
