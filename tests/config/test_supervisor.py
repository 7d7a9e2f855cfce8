"""The supervisor starts again what dies, ends everything in time, and leaves no orphan."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from config import supervisor
from config.supervisor import Child

SLEEP = [sys.executable, "-c", "import time; time.sleep(60)"]
IGNORE_TERM = [
    sys.executable,
    "-c",
    "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('ready', flush=True); time.sleep(60)",
]


@pytest.fixture
def run() -> Iterator[Callable[[list[str]], Child]]:
    children: list[Child] = []

    def start(command: list[str]) -> Child:
        child = Child("sleeper", command)
        child.start()
        children.append(child)
        return child

    yield start
    for child in children:
        child.kill_group()
        if child.process:
            child.process.wait()


def pid_of(child: Child) -> int:
    assert child.process is not None
    return child.process.pid


def until(condition: Callable[[], bool], seconds: float = 5.0) -> bool:
    deadline = time.monotonic() + seconds
    while not (is_met := condition()) and time.monotonic() < deadline:
        time.sleep(0.02)
    return is_met


def is_running(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


def test_a_child_that_was_killed_is_started_again_and_that_is_said(
    run: Callable[[list[str]], Child], capsys: pytest.CaptureFixture[str]
) -> None:
    child = run(SLEEP)
    first = pid_of(child)
    os.kill(first, signal.SIGKILL)

    def is_back() -> bool:
        child.look()
        return child.process is not None and child.process.pid != first

    assert until(is_back)
    assert capsys.readouterr().out == "sleeper ended (signal 9) and is started again\n"


def test_the_pause_grows_while_a_child_dies_at_once(run: Callable[[list[str]], Child]) -> None:
    child = run([sys.executable, "-c", "pass"])
    pauses: list[float] = []

    def died_three_times() -> bool:
        if child.process and child.process.poll() is not None:
            child.look()
            pauses.append(child.pause)
            child.start_again_at = 0.0
        child.look()
        return len(pauses) >= 3

    assert until(died_three_times)
    assert pauses[:3] == [0.5, 1.0, 2.0]


def test_everything_ends_in_time_even_what_ignores_term(
    run: Callable[[list[str]], Child], monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(supervisor, "SECONDS_TO_STOP", 0.5)
    polite, stubborn = run(SLEEP), run(IGNORE_TERM)
    assert until(lambda: "ready" in capfd.readouterr().out)
    started = time.monotonic()
    supervisor.end([polite, stubborn])
    assert time.monotonic() - started < 1.5
    assert polite.process is not None
    assert polite.process.wait(1) == -signal.SIGTERM
    assert stubborn.process is not None
    assert stubborn.process.wait(1) == -signal.SIGKILL


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="Only Linux tells a child that its parent died")
def test_children_end_with_a_supervisor_that_was_killed() -> None:
    code = (
        "import sys, time; from config.supervisor import Child; c = Child('x', sys.argv[1:]); c.start();"
        "print(c.process.pid, flush=True); time.sleep(60)"
    )
    root = Path(supervisor.__file__).resolve().parents[1]
    parent = subprocess.Popen([sys.executable, "-c", code, *SLEEP], cwd=root, stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    child = int(parent.stdout.readline())
    assert is_running(child)
    parent.kill()
    parent.wait()
    parent.stdout.close()
    assert until(lambda: not is_running(child))
