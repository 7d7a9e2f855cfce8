"""One run over the corpus: every case is judged twice, some are asked in every way, and ten figures come out."""

from __future__ import annotations

import html
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from django.test import Client

from openbadges.report import Report
from tests.hostile import forms, ours
from tests.hostile.case import Case, codes
from tests.hostile.markup import live_markup
from tests.hostile.stage import Answered, Stage
from tests.hostile.watch import Cost, Reach, costing, give_back_memory

Progress = Callable[[str], None]
_TRIM_AFTER_MIB = 4.0


@dataclass(slots=True)
class Found:
    """What came of one case. trouble: exceptions and 5xx. reached: forbidden places. differs: ways that disagree."""

    case: Case
    state: str = ""
    outcome: str = ""
    codes: tuple[str, ...] = ()
    is_right: bool = False
    cost: Cost = field(default_factory=Cost)
    trouble: list[str] = field(default_factory=list)
    reached: list[str] = field(default_factory=list)
    differs: list[str] = field(default_factory=list)
    alive: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Agreement:
    """Whether one credential in several forms got one verdict; `said` by form where it did not."""

    name: str
    agrees: bool
    said: dict[str, str]


class Runner:
    def __init__(self, stage: Stage, reach: Reach) -> None:
        self._stage = stage
        self._reach = reach
        self._reach.web_ports = {stage.port}

    def run(self, cases: Sequence[Case], *, ask_every: int, progress: Progress) -> list[Found]:
        """Judge all; ask page, API (one and several) and command about each n-th and about all that is shown."""
        found = []
        for number, case in enumerate(cases):
            progress(f"{number + 1}/{len(cases)} {case.name}")
            asks = case.kind == "markup" or number % ask_every == 0
            found.append(self._one(case, asks=asks))
        for number, one in enumerate(reversed(found)):
            progress(f"again {number + 1}/{len(found)} {one.case.name}")
            self._again(one)
        return found

    def agreements(self, groups: Iterator[forms.Group]) -> list[Agreement]:
        result = []
        for group in groups:
            told: dict[str, tuple[object, str]] = {}
            for case in group.cases:
                with self._stage.within(case):
                    report = self._stage.judge(case)
                told[case.name] = (forms.facts(report), f"{report.state} {', '.join(codes(report))}")
            first = next(iter(told.values()))[0]
            agrees = all(facts == first for facts, _ in told.values())
            result.append(
                Agreement(group.name, agrees, {} if agrees else {name: said for name, (_, said) in told.items()})
            )
        return result

    def _one(self, case: Case, *, asks: bool) -> Found:
        found = Found(case)
        self._reach.found.clear()
        try:
            with self._stage.within(case), self._reach.noted():
                with costing(found.cost):
                    report = self._stage.judge(case)
                _note(found, report)
                if asks:
                    self._ask(found, report)
        except Exception as error:  # that is what is measured
            found.trouble.append(f"{type(error).__name__}: {error}"[:300])
        found.reached = [*self._reach.found, *self._stage.forbidden()]
        if found.cost.mib > _TRIM_AFTER_MIB:
            give_back_memory()
        return found

    def _again(self, found: Found) -> None:
        if found.trouble:
            return
        try:
            with self._stage.within(found.case):
                report = self._stage.judge(found.case)
        except Exception as error:
            found.trouble.append(f"again: {type(error).__name__}: {error}"[:300])
            return
        if (report.state, codes(report)) != (found.state, found.codes):
            found.differs.append(f"judged again: {report.state} {codes(report)}")

    def _ask(self, found: Found, report: Report) -> None:
        case = found.case
        cost = Cost()
        with costing(cost):
            page = self._stage.page(case)
        found.cost = Cost(max(cost.seconds, found.cost.seconds), max(cost.mib, found.cost.mib))
        api = self._stage.api(case)
        for name, answer in (("page", page), ("API", api)):
            if answer.status >= 500:
                found.trouble.append(f"{name} answered {answer.status}")
        if page.has_verdict and html.escape(report.headline) not in page.text and report.headline not in page.text:
            found.differs.append(f"the page does not say {report.headline!r}")
        if page.media_type.startswith("text/html"):
            found.alive += live_markup(page.text)
        else:
            found.alive.append(f"the page is {page.media_type}")
        self._ask_api(found, report, api)
        several = self._stage.batch(case)
        if several is not None and {**report.to_json(), "input": case.given} != several:
            found.differs.append(f"the API, asked about several, says {several['state']}")
        said = self._stage.command(case)
        said.pop("input")
        if said != report.to_json() and not _is_other_text(case):
            found.differs.append(f"the command says {said['state']}")

    @staticmethod
    def _ask_api(found: Found, report: Report, api: Answered) -> None:
        if not api.media_type.startswith(("application/json", "application/problem+json")):
            found.alive.append(f"the API answers {api.media_type}")
        if api.status == 200 and json.loads(api.text) != report.to_json():
            found.differs.append(f"the API says {json.loads(api.text)['state']}")


def _is_other_text(case: Case) -> bool:
    """A text that cannot be an argument is given to the command as a file, which is read as one."""
    return isinstance(case.given, str) and not case.given.startswith(("{", "ey", "https://"))


def _note(found: Found, report: Report) -> None:
    found.state, found.outcome, found.codes = report.state, report.outcome, codes(report)
    found.is_right = found.case.has_reason(report)


def own_groups(seeds: ours.Seeds, client: Client) -> Iterator[forms.Group]:
    """The forms of an award of this installation, its link and code among them."""
    for name, award in (("our own", seeds.valid), ("our own, revoked", seeds.revoked)):
        given = ours.forms(award, client)
        made = (
            Case(f"forms/{name}-{form}", "control", data, frozenset({"valid"}), (), "") for form, data in given.items()
        )
        yield forms.Group(name, tuple(made))
