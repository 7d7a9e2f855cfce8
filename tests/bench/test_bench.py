"""The benchmark itself, with as little work as it can do: what it prints, and that a gate can fail."""

import json
import os
import socket
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.test import override_settings

from tests.bench import batches, client, figures, ours, processes
from tests.bench.awards import AwardingFailed
from tests.bench.batches import Course, Look
from tests.bench.contest import Contest
from tests.bench.measure import Figure, Gate, Side, Spread, Subject, Work, measure
from tests.bench.run import BESIDE_THE_PEER, Plan, run
from tests.bench.sample import ISSUED_AT, VERIFIED_AT, World
from tests.bench.standards import POSTGRESQL, STANDARDS, Standard, chosen
from tests.bench.theirs import Peer, PeerFailed
from tests.processes.installation import Installation

ROOT = Path(__file__).resolve().parents[2]
QUICK = tuple(standard for standard in STANDARDS if standard.subject in BESIDE_THE_PEER - {"endpoint"})
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
    subject = Subject("work", lambda number: [next(made) for _ in range(number)], sides, lambda n: n / 4, turns=2)
    rates = measure(subject, rounds=2, seconds=4.0, progress=quiet)
    assert rates == {"ours": [2.0, 2.0], "peer": [1.0, 1.0], "limit": [4.0, 4.0]}
    in_rounds = turns[-8:]
    assert [name for name, _ in in_rounds] == ["ours", "peer"] * 4
    assert in_rounds[0][1][:2] == in_rounds[1][1]
    seen = [number for name, inputs in turns if name == "ours" for number in inputs]
    assert len(seen) == len(set(seen))


def test_gates_are_chosen_by_how_they_begin() -> None:
    assert [standard.name for standard in chosen(["verify"])] == ["verify_vs_npm", "verify_vs_limit"]
    with pytest.raises(ValueError, match="No gate begins with 'speed'"):
        chosen(["speed"])


def test_heavy_gates_are_measured_only_by_their_whole_name() -> None:
    assert chosen([]) == tuple(standard for standard in STANDARDS if not standard.heavy)
    assert [standard.name for standard in chosen(["awards"])] == ["awards_1000"]
    assert [standard.name for standard in chosen(["awards_steady"])] == ["awards_steady"]
    with pytest.raises(ValueError, match="No gate begins with 'awards_st'"):
        chosen(["awards_st"])


def test_a_gate_that_lacks_its_server_says_how_to_get_one() -> None:
    result = measure_by_command(POSTGRESQL, DATABASE_URL="sqlite:///x.sqlite3")
    assert result.returncode == 2
    assert "python3 dev.py services python3 dev.py bench awards_steady_postgresql" in result.stderr


def course(*, late_seconds: float, megabytes: int = 90) -> Course:
    """A batch of 5,500 rows in chunks of 100 at one a second, the last 1,000 rows at one each `late_seconds`."""
    at, looks = 0.0, [Look(0.0, 0.0, 0, {1: 90, 2: 50})]
    for chunk in range(1, 56):
        at += late_seconds if chunk > 45 else 1.0
        looks += [Look(at, at / 2, chunk * 100, {1: 90 if chunk < 30 else megabytes, 2: 50})] * 2
    return Course(5_500, looks)


def test_a_batch_that_slows_down_fails() -> None:
    standard = next(standard for standard in STANDARDS if standard.name == "awards_steady")
    steady, slow = (Gate.of(standard, course(late_seconds=each).rates()) for each in (1.0, 1.25))
    assert (steady.holds, steady.ours, steady.other) == (True, 100.0, 100.0)
    assert (slow.holds, slow.ratio.median) == (False, 0.8)
    assert course(late_seconds=1.25).cpu_ratio() == 0.8


def test_the_figures_of_a_batch() -> None:
    signing = Figure("signing", "signed", Spread.of([400.0]))
    found = figures.of_course("sqlite", course(late_seconds=1.0, megabytes=135), signing=signing)
    most = 400 * min(2, os.cpu_count() or 1)
    assert {figure.name: figure.value.median for figure in found} == {
        "awards_sqlite": 100.0,
        "awards_share_sqlite": 100 / most,
        "steady_cpu_sqlite": 1.0,
        "memory_sqlite": 1.5,
    }
    assert found[1].to_json()["share"] == {"median": 100 / most, "min": 100 / most, "max": 100 / most}
    assert "135 MB in the largest process" in found[-1].line()


def test_a_batch_that_was_not_watched_to_its_end_has_no_rate() -> None:
    with pytest.raises(AwardingFailed, match=r"Row 5,500 of 5,500 was never reached"):
        Course(5_500, course(late_seconds=1.0).looks[:-20]).rates()


@pytest.mark.skipif(sys.platform != "linux", reason="/proc is of Linux")
def test_what_children_cost_counts() -> None:
    busy = "import time\nwhile time.process_time() < 0.2: pass"
    parent = "import subprocess, sys\nsubprocess.run([sys.executable, '-c', sys.argv[1]])\nprint(flush=True)\ninput()"
    command = [sys.executable, "-c", parent, busy]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.read(1)
        assert processes.cpu_seconds(process.pid) >= 0.2
        assert processes.megabytes(process.pid)[process.pid] > 1
        assert len(processes.commands(process.pid)) == 1
        process.communicate(b"\n")


@pytest.mark.loopback
@pytest.mark.parametrize(
    ("answer", "says"),
    [
        (b"HTTP/1.1 429 Slow\r\ncontent-length: 2\r\n\r\nno", "429"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nno", "no"),
        (b"HTTP/1.1 200 OK\r\n\r\nyes", "without a length"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nyes", "closed"),
    ],
)
def test_a_wrong_answer_is_no_rate(answer: bytes, says: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = Thread(target=answer_once, args=(server, answer))
        thread.start()
        port = server.getsockname()[1]
        with pytest.raises(client.WrongAnswer, match=says):
            client.send_all(port, [client.request("GET", "/", host="x")], is_right=lambda got: b"yes" in got)
        thread.join()


def answer_once(server: socket.socket, answer: bytes) -> None:
    connection, _ = server.accept()
    with connection:
        connection.recv(1_000)
        connection.sendall(answer)


@pytest.mark.node
@pytest.mark.processes
def test_the_endpoint_is_measured_beside_both_servers() -> None:
    result = measure_by_command("endpoint", "--rounds", "1", "--json")
    assert result.returncode in (0, 1), result.stderr
    gates = json.loads(result.stdout)["gates"]
    assert [gate["name"] for gate in gates] == ["endpoint_vs_node", "endpoint_vs_model"]
    assert all(gate["ratio"]["median"] > 0 for gate in gates)


@pytest.mark.node
@pytest.mark.processes
def test_a_long_file_is_checked_awarded_and_measured() -> None:
    result = measure_by_command("dry_run", "awards_steady", "--rows", "5500", "--json")
    assert result.returncode in (0, 1), result.stderr
    found = json.loads(result.stdout)
    assert [gate["name"] for gate in found["gates"]] == ["dry_run_10000", "awards_steady"]
    assert [figure["name"] for figure in found["figures"]] == [
        "awards_sqlite", "awards_share_sqlite", "steady_cpu_sqlite", "memory_sqlite",
    ]  # fmt: skip
    assert 0 < found["figures"][1]["share"]["median"] < 1


@pytest.mark.services
def test_a_database_is_made_for_a_run_and_dropped(tmp_path: Path) -> None:
    url = os.environ["DATABASE_URL"]
    with batches.postgresql(tmp_path / "postgresql", url) as installation:
        made = installation.query("SELECT current_database()")
        assert made == [(urlsplit(installation.services["DATABASE_URL"]).path[1:],)]
    left = Installation(tmp_path, {"DATABASE_URL": url}).query("SELECT datname FROM pg_database")
    assert made[0] not in left


def measure_by_command(*words: str, **settings: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "tests.bench", *words]
    environment = {**os.environ, **settings}
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)


def test_an_unknown_gate_is_answered_with_the_known_ones() -> None:
    result = measure_by_command("speed")
    assert result.returncode == 2
    assert "issue_vs_npm" in result.stderr
    assert result.stdout == ""
