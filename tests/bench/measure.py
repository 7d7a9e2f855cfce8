"""Rates and ratios: those who are compared take turns in one run, because the machine is never equally fast twice."""

from __future__ import annotations

import gc
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Generic, Literal, TypeVar

from tests.bench.standards import Standard

T = TypeVar("T")
Side = Literal["ours", "peer"]
Who = Literal["ours", "peer", "limit"]
Work = Callable[[Sequence[T]], float]
"""Does the work for every input and returns the seconds that it took."""

_WARM_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class Subject(Generic[T]):
    """One kind of work.

    make: fresh inputs, as many as asked for; never the same twice, and outside of the clock.
    work: by who does it. All get the same inputs; slower ones get fewer of them.
    limit: does the bare operation so many times, on the same few bytes, and returns the seconds.
    turns: in how many pieces each does its work of one round. A machine changes its speed within a second.
    """

    name: str
    make: Callable[[int], Sequence[T]]
    work: Mapping[Side, Work[T]]
    limit: Callable[[int], float] | None = None
    turns: int = 1


Rates = Mapping[Who, Sequence[float]]
"""Pieces of work per second, one figure per round."""


def measure(subject: Subject[T], *, rounds: int, seconds: float, progress: Callable[[str], None]) -> Rates:
    """Warm all up, then let them take turns; in each round everyone works for about `seconds`, in several turns."""
    progress(f"{subject.name}: warming up")
    share = seconds / subject.turns
    counts: dict[Side, int] = {who: _count(_made_for(subject, work), share) for who, work in subject.work.items()}
    bare = _count(subject.limit, share) if subject.limit else 0
    rates: dict[Who, list[float]] = {}
    for number in range(1, rounds + 1):
        progress(f"{subject.name}: round {number} of {rounds}")
        took: dict[Who, list[float]] = {}
        for _ in range(subject.turns):
            inputs = subject.make(max(counts.values()))
            for who, work in subject.work.items():
                gc.collect()
                took.setdefault(who, []).append(work(inputs[: counts[who]]))
            if subject.limit:
                took.setdefault("limit", []).append(subject.limit(bare))
        for each, times in took.items():
            count = bare if each == "limit" else counts[each]
            rates.setdefault(each, []).append(_rate(count * len(times), sum(times)))
    return rates


def _made_for(subject: Subject[T], work: Work[T]) -> Callable[[int], float]:
    return lambda number: work(subject.make(number))


def _count(work: Callable[[int], float], seconds: float) -> int:
    """Work until warm; return how many pieces fit into `seconds`."""
    count = 1
    while (took := work(count)) < min(seconds, _WARM_SECONDS):
        count *= 4
    return max(1, round(count * seconds / took))


def _rate(count: int, seconds: float) -> float:
    return count / max(seconds, 1e-9)


@dataclass(frozen=True, slots=True)
class Spread:
    median: float
    min: float
    max: float

    @classmethod
    def of(cls, values: Sequence[float]) -> Spread:
        return cls(median(values), min(values), max(values))

    def rounded(self, digits: int) -> dict[str, float]:
        return {"median": round(self.median, digits), "min": round(self.min, digits), "max": round(self.max, digits)}


@dataclass(frozen=True, slots=True)
class Gate:
    """A standard, measured. The ratio is taken in each round; its median decides."""

    standard: Standard
    ours: float
    other: float
    ratio: Spread

    @classmethod
    def of(cls, standard: Standard, rates: Rates) -> Gate:
        ours, others = rates["ours"], rates[standard.against]
        ratios = [mine / other for mine, other in zip(ours, others, strict=True)]
        return cls(standard, median(ours), median(others), Spread.of(ratios))

    @property
    def holds(self) -> bool:
        return self.ratio.median >= self.standard.must

    def to_json(self) -> dict[str, object]:
        return {
            "name": self.standard.name,
            "what": self.standard.what,
            "ours_per_second": round(self.ours, 1),
            f"{self.standard.against}_per_second": round(self.other, 1),
            "ratio": self.ratio.rounded(3),
            "must": self.standard.must,
            "aim": self.standard.aim,
            "holds": self.holds,
        }


@dataclass(frozen=True, slots=True)
class Figure:
    """A value of ours that nothing is asked of: it shows what a gate hides. unit: per_second, or share (of one)."""

    name: str
    what: str
    value: Spread
    unit: Literal["per_second", "share"] = "per_second"

    def to_json(self) -> dict[str, object]:
        digits = 1 if self.unit == "per_second" else 3
        return {"name": self.name, "what": self.what, self.unit: self.value.rounded(digits)}

    def line(self) -> str:
        """For people."""
        shown = f"{self.value.median:,.0f}" if self.unit == "per_second" else f"{self.value.median:.2f}"
        return f"{self.name:26}{shown:>10}  {self.what}"
