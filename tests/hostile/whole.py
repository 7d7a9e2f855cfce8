"""A whole run and what it says: the corpus, the awards of this installation, and the forms of one credential."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import chain
from typing import Self

from django.test import Client

from tests.hostile import forms, ours
from tests.hostile.corpus import is_named, named
from tests.hostile.figures import Figure, figures, table
from tests.hostile.run import Agreement, Found, Runner, own_groups
from tests.hostile.stage import Stage
from tests.hostile.watch import Reach

reach = Reach()  # a hook on the interpreter's events cannot be taken off again


@dataclass(frozen=True, slots=True)
class Whole:
    found: list[Found]
    agreements: list[Agreement]
    figures: list[Figure]

    @classmethod
    def of(cls, only: tuple[str, ...], *, ask_every: int, progress: Callable[[str], None]) -> Self:
        """Run the corpus, or the cases that are named."""
        client = Client(SERVER_NAME="localhost", SERVER_PORT="8000")
        seeds = ours.plant()
        own = (case for case in ours.cases(seeds, client) if not only or is_named(case.name, only))
        with Stage() as stage:
            runner = Runner(stage, reach)
            found = runner.run([*named(only), *own], ask_every=ask_every, progress=progress)
            groups = chain(forms.groups(), own_groups(seeds, client)) if not only else iter(())
            agreements = runner.agreements(groups)
        return cls(found, agreements, figures(found, agreements))

    @property
    def holds(self) -> bool:
        return all(figure.holds for figure in self.figures)

    def table(self) -> str:
        return table(self.figures, self.found)

    def explain(self) -> str:
        """The table, then a line for each case that came out wrong."""
        return "\n".join([self.table(), "", *(_line(one) for one in self.found if _is_wrong(one))])

    def to_json(self) -> dict[str, object]:
        return {
            "holds": self.holds,
            "cases": len(self.found),
            "figures": [figure.to_json() for figure in self.figures],
            "wrong": [_line(one) for one in self.found if _is_wrong(one)],
        }


def _is_wrong(one: Found) -> bool:
    return bool(not one.is_right or one.trouble or one.reached or one.differs or one.alive)


def _line(one: Found) -> str:
    trouble = "; ".join([*one.trouble, *one.reached, *one.differs, *one.alive])[:400]
    wanted = "|".join(sorted(one.case.states)) + (" " + "|".join(one.case.codes) if one.case.codes else "")
    return f"{one.case.name}: {one.state} {'/'.join(one.codes)}, wanted {wanted}. {one.case.why} {trouble}".rstrip()
