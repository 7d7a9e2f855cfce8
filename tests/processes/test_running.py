"""`dev.py run`, all but its installing: the page, the worker, what happens when one of them dies, and the end."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection, HTTPException
from pathlib import Path

import pytest

import dev
from tests.processes.installation import IT_SECURITY, LEARNERS_25, ROOT, Installation, children_of, read_report, until

pytestmark = [pytest.mark.processes, pytest.mark.timeout(120)]
# Everything is installed already where tests run; the rest of the command is the real one.
RUN = (
    "import sys, pathlib, dev; dev.install = lambda _: None; dev.PYTHON = pathlib.Path(sys.executable);"
    "sys.argv = ['dev.py', 'run']; dev.main()"
)


class Instance:
    """A folder that `dev.py run` sets up, and the port that is chosen for it at the first start."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.port = folder, dev.free_ports(1)[0]
        self.said = folder.with_name("said.txt")

    @property
    def environment(self) -> dict[str, str]:
        """Only the folder: the rest comes from what `dev.py run` keeps there."""
        chosen = Installation(self.folder).environment
        return {name: value for name, value in chosen.items() if name not in {"SECRET_KEY", "MASTER_KEYS"}}

    @contextmanager
    def run(self, **chosen: str) -> Iterator[subprocess.Popen[bytes]]:
        with self.said.open("w") as out:
            process = subprocess.Popen(
                [sys.executable, "-c", RUN],
                cwd=ROOT,
                env={**self.environment, **chosen},
                stdout=out,
                stderr=out,
                start_new_session=True,
            )
        with process:
            try:
                yield process
            finally:
                for child in children_of(process.pid):
                    os.killpg(child, signal.SIGKILL)  # each is the leader of its group
                process.kill()

    def answers(self, path: str = "/") -> bool:
        connection = HTTPConnection("127.0.0.1", self.port, timeout=2)
        try:
            connection.request("GET", path, headers={"Host": f"localhost:{self.port}"})
            return connection.getresponse().status == 200
        except (OSError, HTTPException):
            return False
        finally:
            connection.close()

    def has_said(self, words: str) -> bool:
        return words in self.said.read_text()


@pytest.fixture
def instance(tmp_path: Path) -> Instance:
    return Instance(tmp_path / "var")


def child_called(word: str, of: subprocess.Popen[bytes]) -> int:
    [pid] = [pid for pid, words in children_of(of.pid).items() if word in words]
    return pid


def test_run_serves_and_awards_survives_deaths_ends_in_time_and_comes_back_at_once(
    instance: Instance, tmp_path: Path
) -> None:
    with instance.run(PORT=str(instance.port)) as supervisor:
        until(instance.answers, within=60, what="the page")
        until(lambda: instance.has_said(f"http://localhost:{instance.port}"), within=5, what="the address is told")
        assert instance.has_said("Demo sign-in: demo@touchstone.example, password ")

        for name, word in (("web server", "granian"), ("worker", "celery")):
            os.kill(child_called(word, supervisor), signal.SIGKILL)
            until(lambda: instance.has_said(f"{name} ended (signal 9)"), within=5, what=f"the {name}'s death is told")  # noqa: B023
        until(instance.answers, within=15, what="the page again")

        award_with_a_bare_command(instance, tmp_path / "report.csv")

        left = [pid for child in children_of(supervisor.pid) for pid in (child, *children_of(child))]
        assert len(left) >= 6, "web server, worker, and the children of each"
        started = time.monotonic()
        supervisor.send_signal(signal.SIGTERM)
        assert supervisor.wait(10) == 0
        assert time.monotonic() - started < 5
        assert running(left) == []

    started, limit = time.monotonic(), 5 * others_at_work()
    with instance.run() as supervisor:  # the port is remembered
        until(instance.answers, within=2 * limit, what="the page after a second start")
        seconds = time.monotonic() - started
        print(f"Second start, until the page is there: {seconds:.1f} s")
        supervisor.send_signal(signal.SIGINT)
        assert supervisor.wait(5) == 0
    assert seconds < limit
    with socket.create_server(("127.0.0.1", instance.port)):
        pass  # the port is free again


def others_at_work() -> float:
    """By how much longer everything takes because more programs want to run than there are processors; 1 if not."""
    return max(1.0, os.getloadavg()[0] / (os.cpu_count() or 1))


def award_with_a_bare_command(instance: Instance, report: Path) -> None:
    """No variable but the folder: manage.py agrees with the running servers on address, secrets and database."""
    words = ("award", *IT_SECURITY, "--csv", LEARNERS_25, "--wait", "--report", report)
    result = subprocess.run(
        [sys.executable, "manage.py", *map(str, words)],
        cwd=ROOT,
        env=instance.environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert result.returncode == 0, result.stderr
    links = [line["link"] for line in read_report(report)]
    assert len(links) == 25
    for link in links[:3]:
        assert link.startswith(f"http://localhost:{instance.port}/c/")
        path = link.removeprefix(f"http://localhost:{instance.port}")
        until(lambda: instance.answers(path), within=10, what=link)  # noqa: B023


def running(pids: list[int]) -> list[str]:
    """Those that still do something; a dead one may wait for its parent to notice."""
    listed = subprocess.run(["ps", "-A", "-o", "pid=,stat=,comm="], capture_output=True, text=True, check=True).stdout
    states = [line.split(None, 2) for line in listed.splitlines()]
    return [f"{pid} {name}" for pid, state, name in states if int(pid) in pids and not state.startswith("Z")]
