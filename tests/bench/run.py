"""One run: measures what the chosen gates need and gives one report."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from tests.bench import awards, batches, endpoint, figures, ours, surroundings
from tests.bench.contest import Contest
from tests.bench.measure import Figure, Gate, Rates, measure
from tests.bench.sample import Facts, World
from tests.bench.standards import AWARD_SECONDS, AWARDS, CHECK_SECONDS, CHECKED_ROWS, Standard
from tests.bench.theirs import Peer
from tests.processes.installation import Installation

Progress = Callable[[str], None]
BESIDE_THE_PEER = frozenset({"issue", "verify", "token_sign", "token_verify", "endpoint"})


@dataclass(frozen=True, slots=True)
class Plan:
    """seconds: CPU time of each side in each round. people, award_runs: of the gate on awards, which waits for all.

    checked: rows of the dry run; rows: of the long batches; postgresql: address of a server, "" where there is none.
    """

    standards: Sequence[Standard]
    rounds: int = 7
    seconds: float = 1.0
    people: int = AWARDS
    award_runs: int = 3
    checked: int = CHECKED_ROWS
    rows: int = 55_000
    postgresql: str = ""

    @property
    def subjects(self) -> frozenset[str]:
        return frozenset(standard.subject for standard in self.standards)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a run found. paths: documents of this process by the path they took. load before the run, versions."""

    ran_at: datetime
    rounds: int
    gates: Sequence[Gate]
    figures: Sequence[Figure]
    sample: Facts
    paths: Mapping[str, int]
    machine: Mapping[str, object]
    versions: Mapping[str, str]

    @property
    def holds(self) -> bool:
        return all(gate.holds for gate in self.gates)

    def to_json(self) -> dict[str, object]:
        return {
            "ran_at": f"{self.ran_at:%Y-%m-%dT%H:%M:%SZ}",
            "rounds": self.rounds,
            "holds": self.holds,
            "gates": [gate.to_json() for gate in self.gates],
            "figures": [figure.to_json() for figure in self.figures],
            "sample": asdict(self.sample),
            "paths": dict(self.paths),
            "machine": dict(self.machine),
            "versions": dict(self.versions),
        }

    def table(self) -> str:
        """For people: a line per gate."""
        lines = [f"{'gate':26}{'ours /s':>10}{'other /s':>10}{'ratio':>9}  {'range':17}{'must':>6}{'aim':>6}"]
        for gate in self.gates:
            spread, standard = gate.ratio, gate.standard
            spans = f"{spread.min:.2f} to {spread.max:.2f}"
            lines.append(
                f"{standard.name:26}{gate.ours:10,.0f}{gate.other:10,.0f}{spread.median:9.2f}  {spans:17}"
                f"{standard.must:6g}{standard.aim:6g}  {'holds' if gate.holds else 'DOES NOT HOLD'}"
            )
        lines += [figure.line() for figure in self.figures]
        facts = self.sample
        lines.append(f"Sample: {facts.bytes:,} bytes, {facts.quads} statements, {facts.blank_nodes} without an id.")
        lines.append("Documents by path: " + ", ".join(f"{name} {number:,}" for name, number in self.paths.items()))
        return "\n".join(lines)


def run(plan: Plan, folder: Path, *, progress: Progress) -> Outcome:
    """Measure. folder: INSTANCE_DIR of the scratch installation whose database Django has open, still empty."""
    ran_at, machine = datetime.now(UTC), surroundings.machine()
    rates: dict[str, Rates] = {}
    found: list[Figure] = []
    with ExitStack() as stack:
        if plan.subjects & BESIDE_THE_PEER:
            peer = stack.enter_context(Peer.start())
            contest = Contest(peer)
            contest.check()
            for subject in contest.subjects():
                if subject.name in plan.subjects:
                    rates[subject.name] = measure(subject, rounds=plan.rounds, seconds=plan.seconds, progress=progress)
        if "endpoint" in plan.subjects:
            subject = stack.enter_context(endpoint.running(folder, peer)).subject()
            rates["endpoint"] = measure(subject, rounds=plan.rounds, seconds=plan.seconds, progress=progress)
    if "verify" in plan.subjects:
        found.append(figures.strangers(progress))
    if "awards" in plan.subjects:
        rates["awards"] = _award_rates(plan, folder, progress)
        if "verify" in plan.subjects:
            found.append(figures.own(progress))
    if "dry_run" in plan.subjects:
        rates["dry_run"] = _dry_run_rates(plan, folder, progress)
    for database in ("sqlite", "postgresql"):
        if f"batch_{database}" in plan.subjects:
            course = _course(plan, folder / database, progress)
            rates[f"batch_{database}"] = course.rates()
            found += figures.of_course(database, course, signing=figures.signing(progress))
    return Outcome(
        ran_at=ran_at,
        rounds=plan.rounds,
        gates=[Gate.of(standard, rates[standard.subject]) for standard in plan.standards],
        figures=found,
        sample=World().facts(),
        paths=ours.paths(),
        machine=machine,
        versions=surroundings.versions(),
    )


def _dry_run_rates(plan: Plan, folder: Path, progress: Progress) -> Rates:
    installation = Installation(folder)
    installation.prepare()
    rates = []
    for run in range(1, plan.award_runs + 1):
        progress(f"dry run: {run} of {plan.award_runs}")
        rates.append(plan.checked / batches.check_seconds(installation, rows=plan.checked))
    return {"ours": rates, "limit": [CHECKED_ROWS / CHECK_SECONDS] * len(rates)}


def _course(plan: Plan, folder: Path, progress: Progress) -> batches.Course:
    """folder: a new one, named as its database."""
    if folder.name == "postgresql":
        with batches.postgresql(folder, plan.postgresql) as installation:
            return batches.award(installation, rows=plan.rows, progress=progress)
    folder.mkdir()
    return batches.award(Installation(folder), rows=plan.rows, progress=progress)


def _award_rates(plan: Plan, folder: Path, progress: Progress) -> Rates:
    with awards.running(folder) as installation:
        seconds = awards.seconds_per_run(installation, people=plan.people, runs=plan.award_runs, progress=progress)
    return {"ours": [plan.people / each for each in seconds], "limit": [AWARDS / AWARD_SECONDS] * len(seconds)}
