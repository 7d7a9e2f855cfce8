"""V1 to V11 of a run: what was found, beside the floor that must hold and the goal."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from tests.hostile.run import Agreement, Found
from tests.hostile.watch import can_measure_memory

_WORST_NAMED = 5


@dataclass(frozen=True, slots=True)
class Figure:
    """One line. holds: whether the floor is kept. worst: names of the cases behind it."""

    name: str
    what: str
    floor: str
    goal: str
    found: str
    holds: bool
    reached_goal: bool
    worst: tuple[str, ...] = ()

    def to_json(self) -> dict[str, object]:
        return {
            "figure": self.name, "what": self.what, "floor": self.floor, "goal": self.goal, "found": self.found,
            "holds": self.holds, "goal_reached": self.reached_goal, "worst": list(self.worst),
        }  # fmt: skip


def figures(found: Sequence[Found], agreements: Sequence[Agreement]) -> list[Figure]:
    wrong = [one for one in found if one.case.kind in ("hostile", "unknown")]
    good = [one for one in found if one.case.kind in ("control", "markup")]
    unknown = [one for one in found if one.case.kind == "unknown"]
    could = [one for one in unknown if one.case.states.issuperset({one.state})]
    return [
        _none("V1", "hostile input shown as valid", [one for one in wrong if one.outcome == "valid"]),
        _none("V2", "valid control refused", [one for one in good if not one.is_right and not one.trouble]),
        _share("V3", "right state and reason", wrong, [one for one in wrong if not one.is_right], floor=95.0),
        _none("V4", "exception or 5xx", [one for one in found if one.trouble]),
        _none("V5", "connection, name question, file", [one for one in found if one.reached]),
        *_times(found),
        _memory(found),
        _none("V8", "text that came alive", [one for one in found if one.alive]),
        _none("V9", "verdict differs by run or way", [one for one in found if one.differs]),
        _forms(agreements),
        _share(
            "V11", "unknown stays 'could not check'", unknown, [one for one in unknown if one not in could], floor=100.0
        ),
    ]


def _none(name: str, what: str, bad: Sequence[Found]) -> Figure:
    return Figure(name, what, "0", "0", str(len(bad)), not bad, not bad, _names(bad))


def _share(name: str, what: str, of: Sequence[Found], bad: Sequence[Found], *, floor: float) -> Figure:
    share = 100.0 * (len(of) - len(bad)) / len(of) if of else 100.0
    return Figure(name, what, f"{floor:g} %", "100 %", f"{share:.1f} %", share >= floor, not bad, _names(bad))


def _times(found: Sequence[Found]) -> list[Figure]:
    slowest = sorted(found, key=lambda one: -one.cost.seconds)
    p95 = slowest[len(slowest) // 20].cost.seconds if slowest else 0.0
    most = slowest[0].cost.seconds if slowest else 0.0
    return [
        Figure("V6", "seconds, 95th percentile", "1", "0.3", f"{p95:.3f}", p95 <= 1, p95 <= 0.3),
        Figure("V6", "seconds, most", "8", "5", f"{most:.2f}", most <= 8, most <= 5, _names(slowest[:1])),
    ]


def _memory(found: Sequence[Found]) -> Figure:
    largest = max(found, key=lambda one: one.cost.mib, default=None)
    most = 0.0 if largest is None else largest.cost.mib
    said = f"{most:.0f}" if can_measure_memory() else "not measured"
    return Figure(
        "V7", "MiB above the ground", "256", "64", said, most <= 256, most <= 64, _names([largest] if largest else [])
    )


def _forms(agreements: Sequence[Agreement]) -> Figure:
    bad = [one for one in agreements if not one.agrees]
    share = 100.0 * (len(agreements) - len(bad)) / len(agreements) if agreements else 100.0
    names = tuple(f"{one.name}: {one.said}" for one in bad)
    return Figure("V10", "one verdict in every form", "100 %", "100 %", f"{share:.0f} %", not bad, not bad, names)


def _names(bad: Sequence[Found]) -> tuple[str, ...]:
    return tuple(one.case.name for one in bad)


def table(lines: Sequence[Figure], found: Sequence[Found]) -> str:
    """For people: a line for each figure, then the names behind what does not reach its goal."""
    kinds = Counter(one.case.kind for one in found)
    head = f"{kinds['hostile'] + kinds['unknown']} hostile inputs, {kinds['control'] + kinds['markup']} valid ones"
    rows = [f"{'':4} {'':34} {'floor':>7} {'goal':>7} {'found':>12}  holds"]
    rows += [
        f"{one.name:4} {one.what:34} {one.floor:>7} {one.goal:>7} {one.found:>12}  {'yes' if one.holds else 'NO'}"
        for one in lines
    ]
    for one in lines:
        if not one.reached_goal and one.worst:
            more = f" and {len(one.worst) - _WORST_NAMED} more" if len(one.worst) > _WORST_NAMED else ""
            rows.append(f"{one.name}: {', '.join(one.worst[:_WORST_NAMED])}{more}")
    return "\n".join([head, *rows])
