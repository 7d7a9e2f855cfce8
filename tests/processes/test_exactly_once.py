"""Nothing is lost or issued twice, whatever dies: RELIABILITY R1, R2, R7, R8 and R11 on the embedded default.

TOUCHSTONE_KILLS and TOUCHSTONE_KILL_ROWS make the first test as long as one likes: 20 and 2000 are the floor of R1, 100
and 10000 its goal. By default they are small.
"""

import os
import re
import signal
from pathlib import Path

import pytest

from config.supervisor import worker_command
from tests.processes.installation import (
    FAILPOINTS,
    IT_SECURITY,
    ROOT,
    WHERE_A_ROW_FAILS,
    Installation,
    assert_issued_once,
    assert_issued_once_although_workers_are_killed,
    assert_nothing_or_complete_after_each_crash,
    people_file,
    until,
)

KILLS = int(os.environ.get("TOUCHSTONE_KILLS", "3"))
ROWS = int(os.environ.get("TOUCHSTONE_KILL_ROWS", "600"))
pytestmark = [pytest.mark.processes, pytest.mark.timeout(120 + 8 * KILLS + ROWS // 20)]


@pytest.fixture
def command(embedded: Installation) -> list[str]:
    return worker_command(embedded.folder)


@pytest.fixture
def five(tmp_path: Path) -> Path:
    return people_file(tmp_path, 5)


def awarding(path: Path) -> tuple[object, ...]:
    return ("award", *IT_SECURITY, "--csv", path, "--wait", "--json")


def test_workers_killed_again_and_again_issue_every_row_once(
    embedded: Installation, command: list[str], tmp_path: Path
) -> None:
    """R1 and R11."""
    with embedded.worker(command) as worker:
        assert_issued_once_although_workers_are_killed(embedded, worker, folder=tmp_path, rows=ROWS, kills=KILLS)
        assert "database is locked" not in worker.log.read_text()


def test_a_crash_at_any_step_leaves_nothing_or_what_is_completed(embedded: Installation) -> None:
    """R8."""
    assert_nothing_or_complete_after_each_crash(embedded)


def test_every_failpoint_of_the_code_is_tried() -> None:
    found = set()
    for path in (ROOT / "credentials").rglob("*.py"):
        found.update(re.findall(r'failpoint\("(\w+)"', path.read_text(encoding="utf-8")))
    assert found == {*FAILPOINTS, *WHERE_A_ROW_FAILS, "before_wake"}


def test_a_process_killed_between_commit_and_message_loses_no_batch(
    embedded: Installation, command: list[str], five: Path
) -> None:
    """R2: the sweep finds it."""
    dying = Installation(embedded.folder, {"TOUCHSTONE_FAILPOINT": "before_wake"})
    with dying.begin(*awarding(five)) as award:
        assert award.wait(60) == -signal.SIGKILL
    batch = embedded.newest_batch()
    assert embedded.query(f"SELECT state, issued FROM credentials_batch WHERE id = {batch}") == [("running", 0)]
    with embedded.worker(command):
        finished = f"SELECT id FROM credentials_batch WHERE id = {batch} AND state = 'finished'"
        until(lambda: embedded.query(finished), within=60, what="the sweep found it")
    assert_issued_once(embedded, batch, count=5)


@pytest.mark.parametrize(
    ("failpoint", "code"), [("sign_row:4", "row.kills_worker"), ("sign_row:4:raise", "row.raises")]
)
def test_a_poisoned_row_fails_with_its_reason_and_the_others_are_issued(
    embedded: Installation, command: list[str], five: Path, failpoint: str, code: str
) -> None:
    """R7: at most three workers die, `--wait` ends, and the row can be tried again once it is mended."""
    poisoned = Installation(embedded.folder, {"TOUCHSTONE_FAILPOINT": failpoint})
    with poisoned.worker(command) as worker:
        with embedded.begin(*awarding(five)) as award:
            assert award.wait(90) == 1, award.err.read_text()
        assert worker.log.read_text().count("exited with 'signal 9 (SIGKILL)'") <= 3
    facts = award.facts()
    assert (facts["state"], facts["issued"], facts["failed"]) == ("finished", 4, 1)
    batch = embedded.newest_batch()
    [(number, found, message)] = embedded.query(
        f"SELECT number, code, message FROM credentials_batchrow WHERE batch_id = {batch} AND state = 'failed'"
    )
    assert (number, found) == (4, code)
    assert "Try it again" in message
    with embedded.worker(command):
        assert embedded.manage("batch", "retry", facts["batch"], "--wait").returncode == 0
    assert_issued_once(embedded, batch, count=5)
