"""The benchmark itself, with as little work as it can do: what it prints, and that a gate can fail."""

import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from django.test import override_settings

from tests.bench import ours
from tests.bench.contest import Contest
from tests.bench.measure import Gate, Side, Spread, Subject, Work, measure
from tests.bench.run import Plan, run
from tests.bench.sample import ISSUED_AT, VERIFIED_AT, World
from tests.bench.standards import STANDARDS, Standard, chosen
from tests.bench.theirs import Peer, PeerFailed

ROOT = Path(__file__).resolve().parents[2]
QUICK = tuple(standard for standard in STANDARDS if standard.subject != "awards")
SIGN = Standard("sign", "sign", "peer", must=2, aim=3, what="signed")


def quiet(_: str) -> None:
    pass


@pytest.mark.node
def test_the_result_has_the_agreed_shape(tmp_path: Path) -> None:
    outcome = run(Plan(QUICK, rounds=2, seconds=0.001), tmp_path, progress=quiet)
    result: dict[str, Any] = outcome.to_json()
    assert set(result) == {
        "ran_at", "rounds", "holds", "gates", "figures", "sample", "paths", "machine", "versions",
    }  # fmt: skip
    assert [gate["name"] for gate in result["gates"]] == [standard.name for standard in QUICK]
    for gate, standard in zip(result["gates"], QUICK, strict=True):
        other = f"{standard.against}_per_second"
        assert set(gate) == {"name", "what", "ours_per_second", other, "ratio", "must", "aim", "holds"}
        assert 0 < gate["ratio"]["min"] <= gate["ratio"]["median"] <= gate["ratio"]["max"]
        assert gate["ours_per_second"] > 0 < gate[other]
        assert gate["holds"] is (gate["ratio"]["median"] >= gate["must"])
    assert result["paths"]["compiled"] > 0
    assert result["paths"]["template_filled"] > 0 == result["paths"]["template_converted"]
    assert {"node", "python", "pynacl", "@digitalbazaar/vc", "jose"} <= result["versions"].keys()
    for standard in QUICK:
        assert standard.name in outcome.table()


def test_the_sample_has_every_element() -> None:
    facts = World().facts()
    assert 7_500 < facts.bytes < 9_000
    assert 180 < facts.quads < 220
    assert facts.blank_nodes == 21


def test_every_document_is_another_persons() -> None:
    world = World()
    texts = [*world.signed(3), *world.signed(2)]
    assert len(set(texts)) == 5


def test_what_is_measured_as_issued_is_valid_elsewhere() -> None:
    world = World()
    with override_settings(PUBLIC_URL=ISSUED_AT):
        [texts] = ours.issue(world, world.reserve(2))
    with override_settings(PUBLIC_URL=VERIFIED_AT):
        reports = [ours.verdict(text.encode(), published=world.published, now=world.now) for text in texts]
    assert [report.outcome for report in reports] == ["valid", "valid"]
    assert {check.id for report in reports for check in report.checks if check.result == "passed"} >= {
        "structure", "proof", "issuer", "dates", "status",
    }  # fmt: skip


@pytest.mark.node
def test_the_peer_refuses_what_is_wrong() -> None:
    """A peer that accepted anything would be measured for nothing."""
    with Peer.start() as peer:
        contest = Contest(peer)
        contest.check()
        [text] = contest.world.signed(1)
        with pytest.raises(PeerFailed):
            peer.verify([text.decode().replace("Ada Sample", "Eve Sample")])
        token = ours.sign_token(contest.world.unsigned(1)[0], contest.world.token_key, kid=contest.world.token_method)
        other = World().token_key.public.to_jwk()
        with pytest.raises(PeerFailed, match="signature verification failed"):
            peer.verify_tokens([token], jwk=other, issuer=contest.world.did)


def test_a_gate_fails_below_what_must_be() -> None:
    slow, fast = (Gate.of(SIGN, {"ours": ours, "peer": [10, 10, 10]}) for ours in ([19, 19, 90], [15, 20, 21]))
    assert (slow.holds, slow.ratio) == (False, Spread(1.9, 1.9, 9.0))
    assert (fast.holds, fast.ratio) == (True, Spread(2.0, 1.5, 2.1))


def test_a_limit_in_place_of_a_peer_says_so() -> None:
    gate = Gate.of(replace(SIGN, against="limit", must=0.2), {"ours": [3.0], "peer": [1.0], "limit": [10.0]})
    assert gate.to_json() == {
        "name": "sign",
        "what": "signed",
        "ours_per_second": 3.0,
        "limit_per_second": 10.0,
        "ratio": {"median": 0.3, "min": 0.3, "max": 0.3},
        "must": 0.2,
        "aim": 3,
        "holds": True,
    }


def test_sides_take_turns_on_the_same_fresh_inputs() -> None:
    turns: list[tuple[str, list[int]]] = []
    made = iter(range(10_000))

    def work(name: str, each: float) -> Callable[[Sequence[int]], float]:
        def do(inputs: Sequence[int]) -> float:
            turns.append((name, list(inputs)))
            return len(inputs) * each

        return do

    sides: dict[Side, Work[int]] = {"ours": work("ours", 0.5), "peer": work("peer", 1.0)}
    subject = Subject("work", lambda number: [next(made) for _ in range(number)], sides)
    rates = measure(subject, rounds=2, seconds=2.0, progress=quiet)
    assert rates == {"ours": [2.0, 2.0], "peer": [1.0, 1.0]}
    rounds = turns[-4:]
    assert [name for name, _ in rounds] == ["ours", "peer", "ours", "peer"]
    assert rounds[0][1][:2] == rounds[1][1]
    seen = [number for name, inputs in turns if name == "ours" for number in inputs]
    assert len(seen) == len(set(seen))


def test_gates_are_chosen_by_how_they_begin() -> None:
    assert [standard.name for standard in chosen(["verify"])] == ["verify_vs_npm", "verify_vs_limit"]
    assert chosen([]) == STANDARDS
    with pytest.raises(ValueError, match="No gate begins with 'speed'"):
        chosen(["speed"])


def test_an_unknown_gate_is_answered_with_the_known_ones() -> None:
    command = [sys.executable, "-m", "tests.bench", "speed"]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert result.returncode == 2
    assert "issue_vs_npm" in result.stderr
    assert result.stdout == ""
