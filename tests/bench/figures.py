"""Rates beside the gates. The gates measure badges of one issuer; these measure what is least and most at home."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterator, Sequence
from itertools import count, cycle, islice
from typing import TypeVar

from django.test import override_settings

from credentials.models import Award
from openbadges.json_types import JsonObject
from tests.bench import ours
from tests.bench.batches import Course
from tests.bench.contest import Clock, Unsound
from tests.bench.measure import Figure, Spread, Subject, measure
from tests.bench.sample import ISSUED_AT, VERIFIED_AT, Reserved, World
from verification.services import verify

T = TypeVar("T")
WORKER_PROCESSES = 2
_ROUNDS, _SECONDS = 3, 0.3


def strangers(progress: Callable[[str], None]) -> Figure:
    """Each badge from an issuer, of an achievement and with a status list that were never seen before."""
    numbers = count(2)

    def make(number: int) -> list[tuple[World, bytes]]:
        worlds = [World(number=next(numbers)) for _ in range(number)]
        return [(world, world.signed(1)[0]) for world in worlds]

    def work(badges: Sequence[tuple[World, bytes]]) -> float:
        given: list[tuple[World, bytes, dict[str, JsonObject]]] = [(w, text, w.published) for w, text in badges]
        clock = Clock()
        with override_settings(PUBLIC_URL=VERIFIED_AT), clock.running():
            outcomes = {ours.verdict(text, published=held, now=world.now).outcome for world, text, held in given}
        _check(outcomes)
        return clock.seconds

    what = "whole verdicts, each on an issuer, achievement and status list seen for the first time"
    return _figure("verify_strangers", what, Subject("verify_strangers", make, {"ours": work}), progress)


def own(progress: Callable[[str], None]) -> Figure:
    """Our own badges from the database of this process: issuer, keys, record and status list are looked up in it."""
    issued = Award.objects.filter(state=Award.State.ISSUED).exclude(issued_at=None).order_by("-pk")
    badges: Iterator[tuple[str, Award]] = cycle([(award.document, award) for award in issued[:3_000]])

    def make(number: int) -> list[tuple[str, Award]]:
        return list(islice(badges, number))

    def work(given: Sequence[tuple[str, Award]]) -> float:
        clock = Clock()
        now = max(award.issued_at for _, award in given if award.issued_at is not None)
        with clock.running():
            outcomes = {verify(text.encode(), now=now).report.outcome for text, _ in given}
        _check(outcomes)
        return clock.seconds

    what = "whole verdicts on badges of our own, with the look-ups in SQLite"
    return _figure("verify_own", what, Subject("verify_own", make, {"ours": work}), progress)


def signing(progress: Callable[[str], None]) -> Figure:
    """Awards signed in both secured forms by one process that does nothing else."""
    world = World()

    def work(reserved: Sequence[Reserved]) -> float:
        with override_settings(PUBLIC_URL=ISSUED_AT):
            documents = [world.builder.unsigned(one.award) for one in reserved]
            clock = Clock()
            with clock.running():
                signed = sum(len(chunk) for chunk in ours.issue(world, reserved))
                for document in documents:
                    ours.sign_token(document, world.token_key, kid=world.token_method)
        assert signed == len(reserved)
        return clock.seconds

    what = "awards signed in both forms by one process that does nothing else"
    return _figure("signing", what, Subject("signing", world.reserve, {"ours": work}), progress)


def of_course(database: str, course: Course, *, signing: Figure) -> tuple[Figure, ...]:
    """What a long batch shows beside its gate: rate, share of the signing rate of as many processes, memory."""
    most = signing.value.median * min(WORKER_PROCESSES, os.cpu_count() or 1)
    return (
        Figure(f"awards_{database}", f"{course.rows:,} awards by the worker", Spread.of([course.per_second])),
        Figure(
            f"awards_share_{database}",
            "the same, of what its processes could sign",
            Spread.of([course.per_second / most]),
            "share",
        ),
        Figure(
            f"steady_cpu_{database}",
            "awards late / early in the file, per second of CPU time",
            Spread.of([course.cpu_ratio()]),
            "share",
        ),
        Figure(
            f"memory_{database}",
            f"at the end of what it was after a tenth; then {course.most_megabytes} MB in the largest process",
            Spread.of([course.growth()]),
            "share",
        ),
    )


def _figure(name: str, what: str, subject: Subject[T], progress: Callable[[str], None]) -> Figure:
    rates = measure(subject, rounds=_ROUNDS, seconds=_SECONDS, progress=progress)
    return Figure(name, what, Spread.of(rates["ours"]))


def _check(outcomes: Collection[str]) -> None:
    if set(outcomes) != {"valid"}:
        raise Unsound(f"A verdict is not valid: {outcomes}")
