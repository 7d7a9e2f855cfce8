"""Rates beside the gates. The gates measure badges of one issuer; these measure what is least and most at home."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from itertools import count, cycle, islice
from typing import TypeVar

from django.test import override_settings

from credentials.models import Award
from openbadges.json_types import JsonObject
from tests.bench import ours
from tests.bench.contest import Clock, Unsound
from tests.bench.measure import Figure, Spread, Subject, measure
from tests.bench.sample import VERIFIED_AT, World
from verification.services import verify

T = TypeVar("T")
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


def _figure(name: str, what: str, subject: Subject[T], progress: Callable[[str], None]) -> Figure:
    rates = measure(subject, rounds=_ROUNDS, seconds=_SECONDS, progress=progress)
    return Figure(name, what, Spread.of(rates["ours"]))


def _check(outcomes: Collection[str]) -> None:
    if set(outcomes) != {"valid"}:
        raise Unsound(f"A verdict is not valid: {outcomes}")
