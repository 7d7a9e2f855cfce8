"""Nothing is lost or issued twice on PostgreSQL and Redis: RELIABILITY R1, R2, R3 and R8.

TOUCHSTONE_KILLS and TOUCHSTONE_KILL_ROWS as for tests/processes/test_exactly_once.py.
"""

import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.processes.installation import (
    IT_SECURITY,
    Installation,
    assert_issued_once,
    assert_issued_once_although_workers_are_killed,
    assert_nothing_or_complete_after_each_crash,
    people_file,
    until,
)

KILLS = int(os.environ.get("TOUCHSTONE_KILLS", "3"))
ROWS = int(os.environ.get("TOUCHSTONE_KILL_ROWS", "600"))
pytestmark = [pytest.mark.services, pytest.mark.timeout(120 + 8 * KILLS + ROWS // 20)]


@contextmanager
def beat(production: Installation, compose: dict[str, Sequence[str]]) -> Iterator[None]:
    schedule = production.folder / f"beat-{time.monotonic_ns()}"
    with production.worker([*compose["beat"], f"--schedule={schedule}"], name="beat"):
        yield


def awarding(path: Path) -> tuple[object, ...]:
    return ("award", *IT_SECURITY, "--csv", path, "--wait", "--json")


def test_workers_killed_again_and_again_issue_every_row_once(
    production: Installation, compose: dict[str, Sequence[str]], tmp_path: Path
) -> None:
    with beat(production, compose), production.worker(compose["worker"]) as worker:
        assert_issued_once_although_workers_are_killed(production, worker, folder=tmp_path, rows=ROWS, kills=KILLS)


def test_a_crash_at_any_step_leaves_nothing_or_what_is_completed(production: Installation) -> None:
    assert_nothing_or_complete_after_each_crash(production)


def test_a_process_killed_between_commit_and_message_loses_no_batch(
    production: Installation, compose: dict[str, Sequence[str]], tmp_path: Path
) -> None:
    dying = Installation(production.folder, {**production.services, "TOUCHSTONE_FAILPOINT": "before_wake"})
    with dying.begin(*awarding(people_file(tmp_path, 5, name=f"few-{time.monotonic_ns()}"))) as award:
        assert award.wait(60) == -signal.SIGKILL
    batch = production.newest_batch()
    assert production.query(f"SELECT state, issued FROM credentials_batch WHERE id = {batch}") == [("running", 0)]
    finished = f"SELECT id FROM credentials_batch WHERE id = {batch} AND state = 'finished'"
    with beat(production, compose), production.worker(compose["worker"]):
        until(lambda: production.query(finished), within=60, what="the sweep found it")
    assert_issued_once(production, batch, count=5)


def test_a_redis_that_stops_and_comes_back_empty_loses_nothing(
    production: Installation, compose: dict[str, Sequence[str]], tmp_path: Path
) -> None:
    """R3, on a Redis of this test's own. A batch that is started meanwhile is answered at once, and goes on later."""
    if not shutil.which("redis-server"):
        pytest.skip("redis-server is missing (Debian, Ubuntu: apt-get install redis-server)")
    with socket.socket() as asked:
        asked.bind(("127.0.0.1", 0))
        port = asked.getsockname()[1]
    own = {name: f"redis://127.0.0.1:{port}/{number}" for number, name in enumerate(("BROKER_URL", "CACHE_URL"))}
    installation = Installation(production.folder, {**production.services, **own})
    first = people_file(tmp_path, ROWS, name=f"before-{time.monotonic_ns()}")
    second = people_file(tmp_path, 5, name=f"meanwhile-{time.monotonic_ns()}")
    taken = "SELECT count(*) FROM credentials_batchchunk WHERE owner <> ''"
    meant = "SELECT count(*) FROM credentials_batch WHERE state = 'running' AND file_name LIKE 'meanwhile-%'"
    server = redis_server(tmp_path, port)
    try:
        with (
            beat(installation, compose),
            installation.worker(compose["worker"]),
            installation.begin(*awarding(first)) as award,
        ):
            until(lambda: installation.number(taken), within=60, what="the batch is taken up", during=award)
            stop(server)
            with installation.begin(*awarding(second)) as meanwhile:
                until(lambda: installation.number(meant) == 1, within=60, what="it runs", during=meanwhile)
                time.sleep(2)
                server = redis_server(tmp_path, port)
                assert meanwhile.wait(90) == 0, meanwhile.err.read_text()
            assert award.wait(90) == 0, award.err.read_text()
    finally:
        stop(server)
    for count, command in ((ROWS, award), (5, meanwhile)):
        [(batch,)] = installation.query(
            f"SELECT id FROM credentials_batch WHERE public_id = '{command.facts()['batch']}'"
        )
        assert_issued_once(installation, int(batch), count=count)


def redis_server(folder: Path, port: int) -> "subprocess.Popen[bytes]":
    """An empty Redis that keeps nothing."""
    command = ["redis-server", "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", str(folder)]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def answers() -> bool:
        with socket.socket() as asked:
            return asked.connect_ex(("127.0.0.1", port)) == 0

    until(answers, within=10, what="Redis answers")
    return server


def stop(server: "subprocess.Popen[bytes]") -> None:
    server.kill()
    server.wait(10)
