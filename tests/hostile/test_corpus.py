"""A part of the hostile corpus in every run of the tests; the whole of it is `python3 dev.py hostile`."""

from __future__ import annotations

import _socket
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from django.test import Client

from openbadges.keys import PublicKey
from openbadges.report import Report
from tests.hostile import forms, ours, watch
from tests.hostile.case import Case
from tests.hostile.corpus import CLASSES, named
from tests.hostile.corpus.render import MARK
from tests.hostile.figures import Figure, figures
from tests.hostile.markup import live_markup
from tests.hostile.run import Agreement, Found, Runner, own_groups
from tests.hostile.stage import Stage
from tests.hostile.whole import reach

pytestmark = pytest.mark.loopback
EACH = 4
"""One of so many hostile inputs is judged here, and every control."""
ASKED = 25
FAMILIES = [*CLASSES]


@pytest.fixture(scope="module")
def cases() -> list[Case]:
    return list(named())


@pytest.fixture
def runner(db: None) -> Iterator[Runner]:
    with Stage() as stage:
        yield Runner(stage, reach)


def assert_holds(found: list[Found], agreements: list[Agreement] | None = None) -> None:
    failed = [
        f"{line.name}: {line.what}: {line.found}: {line.worst}"
        for line in figures(found, agreements or [])
        if not line.holds and line.name != "V6"  # how fast a busy machine is says nothing about a change
    ]
    assert not failed


@pytest.mark.parametrize("family", FAMILIES)
def test_a_part_of_each_class_keeps_every_floor(family: str, cases: list[Case], runner: Runner) -> None:
    of_class = [case for case in cases if case.family == family]
    part = [case for number, case in enumerate(of_class) if case.kind in ("control", "unknown") or number % EACH == 0]
    assert_holds(runner.run(part, ask_every=ASKED, progress=lambda _: None))


def test_badges_of_our_own_and_forgeries_in_our_name(runner: Runner) -> None:
    client = Client(SERVER_NAME="localhost", SERVER_PORT="8000")
    seeds = ours.plant()
    found = runner.run(list(ours.cases(seeds, client)), ask_every=3, progress=lambda _: None)
    assert_holds(found, runner.agreements(own_groups(seeds, client)))


def test_one_credential_gets_one_verdict_in_every_form(runner: Runner) -> None:
    agreements = runner.agreements(forms.groups())
    assert len(agreements) >= 9
    assert [one for one in agreements if not one.agrees] == []


# The corpus itself.


def test_every_class_has_hostile_inputs_and_controls(cases: list[Case]) -> None:
    kinds = Counter((case.family, case.kind) for case in cases)
    assert all(kinds[family, "control"] and kinds[family, "hostile"] for family in FAMILIES)
    wrong = sum(count for (_, kind), count in kinds.items() if kind in ("hostile", "unknown"))
    assert wrong >= 2_000
    assert sum(kinds[family, "control"] for family in FAMILIES) >= 120


def test_a_name_means_the_same_case_in_every_run(cases: list[Case]) -> None:
    names = [case.name for case in cases]
    assert len(names) == len(set(names))
    again = {case.name: case for case in named()}
    differing = [case.name for case in cases if again[case.name].given != case.given]
    assert differing == []
    [one] = named((names[17],))
    assert one.name == names[17]


# The instruments: each of them tells what it is there for.


def found_of(case: Case, **changes: object) -> Found:
    return replace(Found(case, "not_accepted", "invalid", is_right=True), **changes)  # type: ignore[arg-type]


def line(found: list[Found], name: str, agreements: list[Agreement] | None = None) -> Figure:
    return next(one for one in figures(found, agreements or []) if one.name == name)


@pytest.mark.parametrize(
    ("name", "changes"),
    [
        ("V1", {"outcome": "valid"}),
        ("V3", {"is_right": False}),
        ("V4", {"trouble": ["ValueError"]}),
        ("V5", {"reached": ["socket.connect"]}),
        ("V6", {"cost": watch.Cost(9.0, 0)}),
        ("V7", {"cost": watch.Cost(0, 300.0)}),
        ("V8", {"alive": ["tag script"]}),
        ("V9", {"differs": ["judged again"]}),
    ],
)
def test_a_figure_fails_for_what_it_counts(name: str, changes: dict[str, object], cases: list[Case]) -> None:
    hostile = next(case for case in cases if case.kind == "hostile")
    assert line([found_of(hostile)], name).holds
    bad = line([found_of(hostile, **changes)], name)
    assert not bad.holds
    assert bad.name == name


def test_refused_controls_and_guessed_unknowns_fail_their_figures(cases: list[Case]) -> None:
    control = next(case for case in cases if case.kind == "control")
    unknown = next(case for case in cases if case.kind == "unknown")
    assert not line([found_of(control, is_right=False)], "V2").holds
    for state in ("valid", "revoked"):
        assert not line([found_of(unknown, state=state)], "V11").holds
    assert line([found_of(unknown, state="not_checked")], "V11").holds
    assert not line([], "V10", [Agreement("x", False, {"json": "valid"})]).holds


@pytest.mark.parametrize(
    "page",
    [
        f"<p><script>{MARK}()</script>",
        f"<p><{MARK}>x</p>",
        f"<img src=x onerror={MARK}()>",
        "<a href=' javascript:x()'>x</a>",
        "<p style='color:red'>",
        "<meta http-equiv=refresh>",
        "<base href=//x>",
        f"<p>\u202e{MARK}",
    ],
)
def test_markup_that_came_alive_is_found(page: str) -> None:
    assert live_markup(page)
    assert not live_markup("<p>&lt;script&gt;</p><a href='/verify'>x</a><script src='/static/js/x.js'></script>")


def test_connections_questions_and_files_are_noted() -> None:
    reach.found.clear()
    with reach.noted():
        _socket.getaddrinfo("localhost", 443)  # not by way of pytest-socket, which would stop it before it is heard
        Path("/etc/passwd").open().close()
    assert any("localhost" in one for one in reach.found)
    assert any("/etc/passwd" in one for one in reach.found)
    reach.found.clear()
    _socket.getaddrinfo("localhost", 443)
    assert reach.found == []


@pytest.mark.skipif(not watch.can_measure_memory(), reason="Only Linux tells the peak of resident memory")
def test_memory_and_time_of_an_input_are_measured() -> None:
    watch.give_back_memory()
    cost = watch.Cost()
    with watch.costing(cost):
        block = bytearray(80 * 2**20)
        block[::4096] = b"x" * len(block[::4096])
        del block
    assert cost.mib > 60
    assert cost.seconds > 0


def test_a_verifier_that_believes_every_signature_is_found_out(
    cases: list[Case], runner: Runner, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(PublicKey, "verify", lambda *_: True)
    tampered = [case for case in cases if case.name.startswith("jwt/tampered-")]
    found = runner.run(tampered, ask_every=100, progress=lambda _: None)
    assert not line(found, "V1").holds
    assert not line(found, "V3").holds


def test_a_case_that_wants_a_state_that_no_report_has_is_refused() -> None:
    from tests.hostile.case import Series

    with pytest.raises(AssertionError, match="no report"):
        Series("jwt").hostile("x", "x", {"forged"}, (), "x")


def test_the_reason_counts_with_the_state(cases: list[Case], runner: Runner) -> None:
    case = next(case for case in cases if case.name == "time/ended-1")
    with Stage() as stage, stage.within(case):
        report: Report = stage.judge(case)
    assert case.has_reason(report)
    assert not replace(case, codes=("proof.",)).has_reason(report)
    assert not replace(case, states=frozenset({"altered"})).has_reason(report)
