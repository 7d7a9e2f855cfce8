"""What a hostile case is: an input, the world around it, and what must come out of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from openbadges.report import PRECEDENCE, Report

Kind = Literal["hostile", "control", "unknown", "markup"]
"""hostile: must never be valid. control: nothing is wrong with it. unknown: something could not be looked up, which is
neither valid nor revoked. markup: properly signed, with a payload in what is shown."""

UNREADABLE: frozenset[str] = frozenset({"unreadable"})
REFUSED: frozenset[str] = frozenset({"not_accepted"})
ALTERED: frozenset[str] = frozenset({"altered"})
UNPROVEN: frozenset[str] = frozenset({"issuer_unproven"})
VALID: frozenset[str] = frozenset({"valid"})
COULD_NOT: frozenset[str] = frozenset({"not_checked", "unreachable"})
"""Where nothing may be fetched the state is not_checked, where it was tried unreachable."""
BROKEN: frozenset[str] = UNREADABLE | REFUSED | ALTERED
"""It is wrong, and how far it can be read decides which of the three is said."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server of the world says, where it is not one JSON document with status 200."""

    body: bytes = b""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class World:
    """What exists beside the input.

    documents: JSON by address; answers: anything else that a server says; names: what DNS says of hosts, where that
    is not an address of the public internet.
    """

    documents: Mapping[str, dict[str, Any]] = field(default_factory=dict)
    answers: Mapping[str, Answer] = field(default_factory=dict)
    names: Mapping[str, list[str]] = field(default_factory=dict)

    def __or__(self, other: World) -> World:
        documents, answers = {**self.documents, **other.documents}, {**self.answers, **other.answers}
        return World(documents, answers, {**self.names, **other.names})


NOTHING = World()


@dataclass(frozen=True, slots=True)
class Case:
    """name: class/group-number. codes: how the code of an objecting check may begin; empty where any will do."""

    name: str
    kind: Kind
    given: bytes | str = field(repr=False)
    states: frozenset[str]
    codes: tuple[str, ...]
    why: str
    world: World = field(default=NOTHING, repr=False)

    @property
    def family(self) -> str:
        return self.name.partition("/")[0]

    def has_state(self, report: Report) -> bool:
        return report.state in self.states

    def has_reason(self, report: Report) -> bool:
        """Whether state and, where the case names one, code are right."""
        return self.has_state(report) and (not self.codes or any(code.startswith(self.codes) for code in codes(report)))


def codes(report: Report) -> tuple[str, ...]:
    """The codes of the checks that object."""
    return tuple(check.code for check in report.checks if check.result not in ("passed", "skipped"))


class Series:
    """The cases of one class; numbers them within their group."""

    def __init__(self, family: str) -> None:
        self.family = family
        self.cases: list[Case] = []
        self._numbers: Counter[str] = Counter()

    def hostile(  # noqa: PLR0917 - these stand in long rows, always in this order
        self,
        group: str,
        given: bytes | str,
        states: Iterable[str],
        codes: str | tuple[str, ...],
        why: str,
        world: World = NOTHING,
    ) -> None:
        self._add(group, "hostile", given, states, codes, why, world)

    def control(
        self, group: str, given: bytes | str, why: str, world: World = NOTHING, *, codes: tuple[str, ...] = ()
    ) -> None:
        """codes: of a check that objects all the same."""
        self._add(group, "control", given, VALID, codes, why, world)

    def unknown(
        self, group: str, given: bytes | str, codes: str | tuple[str, ...], why: str, world: World = NOTHING
    ) -> None:
        self._add(group, "unknown", given, COULD_NOT, codes, why, world)

    def markup(self, group: str, given: bytes | str, why: str, world: World = NOTHING) -> None:
        self._add(group, "markup", given, VALID, (), why, world)

    def _add(  # noqa: PLR0917
        self,
        group: str,
        kind: Kind,
        given: bytes | str,
        states: Iterable[str],
        codes: str | tuple[str, ...],
        why: str,
        world: World,
    ) -> None:
        self._numbers[group] += 1
        name = f"{self.family}/{group}-{self._numbers[group]}"
        unknown = frozenset(states).difference(PRECEDENCE)
        assert not unknown, f"{name} wants states that no report has: {unknown}"
        prefixes = (codes,) if isinstance(codes, str) else codes
        self.cases.append(Case(name, kind, given, frozenset(states), prefixes, why, world))
