"""`manage.py award` with a real worker beside it: the embedded default on SQLite, as `dev.py run` starts it."""

import os
import signal
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from config.supervisor import worker_command
from tests.processes.installation import (
    IT_SECURITY,
    LEARNERS_25,
    LEARNERS_1000,
    Command,
    Installation,
    assert_issued_once,
    read_report,
    until,
)

pytestmark = [pytest.mark.processes, pytest.mark.timeout(120)]
AWARD_25 = ("award", *IT_SECURITY, "--csv", LEARNERS_25)
AWARD_1000 = ("award", *IT_SECURITY, "--csv", LEARNERS_1000)


@pytest.fixture
def command(embedded: Installation) -> list[str]:
    """What the supervisor starts as the worker."""
    return worker_command(embedded.folder)


@pytest.fixture
def _ctrl_c_is_heard() -> Iterator[None]:
    """A test run in the background may ignore Ctrl-C, and what it starts would inherit that."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def test_a_file_of_25_becomes_25_credentials_that_verify(
    embedded: Installation, command: list[str], tmp_path: Path
) -> None:
    with (
        embedded.worker(command),
        embedded.begin(*AWARD_25, "--wait", "--json", "--report", tmp_path / "r.csv") as award,
    ):
        assert award.wait(60) == 0, award.err.read_text()
    facts = award.facts()
    assert (facts["state"], facts["total"], facts["issued"], facts["failed"]) == ("finished", 25, 25, 0)
    report = read_report(tmp_path / "r.csv")
    assert [line["state"] for line in report] == ["issued"] * 25
    assert embedded.verify([line["link"] for line in report]) == ["valid"] * 25
    assert embedded.verify([line["code"] for line in report[:3]]) == ["valid"] * 3
    assert_issued_once(embedded, embedded.newest_batch(), count=25)


def test_a_thousand_awards_take_less_than_30_seconds_and_the_same_file_again_awards_nobody(
    embedded: Installation, command: list[str], record_property: Callable[[str, object], None]
) -> None:
    started = time.monotonic()
    with embedded.worker(command):
        with embedded.begin(*AWARD_1000, "--wait", "--json") as award:
            assert award.wait(90) == 0, award.err.read_text()
        seconds = time.monotonic() - started
        assert_issued_once(embedded, embedded.newest_batch(), count=1000)
        with embedded.begin(*AWARD_1000, "--wait", "--json") as again:
            assert again.wait(30) == 0, again.err.read_text()
    record_property("seconds", round(seconds, 1))
    print(f"1,000 awards on SQLite, worker and command started together: {seconds:.1f} s")
    assert (again.facts()["issued"], again.facts()["skipped"]) == (0, 1000)
    assert seconds < 30


def test_the_worker_killed_twice_in_the_middle_ends_with_exactly_a_thousand(
    embedded: Installation, command: list[str]
) -> None:
    def states(batch: int) -> dict[str, int]:
        found = embedded.query(f"SELECT state, count(*) FROM credentials_award WHERE batch_id = {batch} GROUP BY 1")
        return {str(state): int(count) for state, count in found}

    with embedded.worker(command) as worker, embedded.begin(*AWARD_1000, "--wait", "--json") as award:
        batch = started_batch(embedded, award)
        until(lambda: states(batch).get("reserved"), within=60, what="awards are reserved")
        worker.kill_group()
        assert states(batch).get("issued", 0) < 1000, "the worker was killed too late to prove anything"
        worker.start()
        until(lambda: 0 < states(batch).get("issued", 0) < 1000, within=60, what="one chunk is issued", during=award)
        worker.kill_group()
        assert states(batch)["issued"] < 1000, "the worker was killed too late to prove anything"
        worker.start()
        assert award.wait(60) == 0, award.err.read_text()
    assert award.facts()["issued"] == 1000
    assert_issued_once(embedded, batch, count=1000)
    assert embedded.verify(embedded.links(batch, every=50)) == ["valid"] * 20


def test_a_killed_pool_child_costs_nothing(embedded: Installation, command: list[str]) -> None:
    """Without beat: the message of the dead child goes to another, no sweep is needed."""
    alone = [word for word in command if word != "-B"]
    with embedded.worker(alone) as worker, embedded.begin(*AWARD_1000, "--wait", "--json") as award:
        batch = started_batch(embedded, award)
        open_chunks = f"SELECT count(*) FROM credentials_batchchunk WHERE owner <> '' AND batch_id = {batch}"
        until(lambda: embedded.number(open_chunks) == 2, within=60, what="both children have a chunk", during=award)
        children = set(worker.children())
        assert len(children) == 2
        os.kill(min(children), signal.SIGKILL)
        until(lambda: len(set(worker.children()) - children) == 1, within=20, what="another child takes its place")
        assert award.wait(60) == 0, award.err.read_text()
    assert_issued_once(embedded, batch, count=1000)


def test_pages_can_write_while_workers_sign(embedded: Installation, command: list[str]) -> None:
    """SQLite has one writer at a time and is unfair to those who wait; nobody may hold the lock for a whole chunk."""
    longest = 0.0
    with embedded.worker(command), embedded.begin(*AWARD_1000, "--wait", "--json") as award:
        started_batch(embedded, award)
        with closing(sqlite3.connect(embedded.folder / "touchstone.sqlite3", timeout=20, isolation_level=None)) as page:
            while award.process.poll() is None:
                started = time.monotonic()
                page.execute("BEGIN IMMEDIATE")
                page.execute("ROLLBACK")
                longest = max(longest, time.monotonic() - started)
                time.sleep(0.05)
    assert award.wait(1) == 0, award.err.read_text()
    print(f"The longest wait for the write lock beside 1,000 awards: {longest:.2f} s")
    assert longest < 5


def test_one_file_from_two_terminals_at_once_awards_each_person_once(
    embedded: Installation, command: list[str]
) -> None:
    """Both batches wait before the worker starts, so that its two children take them up in the same moment."""
    before = embedded.newest_batch()
    with (
        embedded.begin(*AWARD_1000, "--wait", "--json") as one,
        embedded.begin(*AWARD_1000, "--wait", "--json") as other,
    ):
        running = f"SELECT count(*) FROM credentials_batch WHERE state = 'running' AND id > {before}"
        until(lambda: embedded.number(running) == 2, within=30, what="both batches wait")
        with embedded.worker(command):
            assert [one.wait(60), other.wait(60)] == [0, 0], one.err.read_text() + other.err.read_text()
    both = [one.facts(), other.facts()]
    assert sum(facts["issued"] for facts in both) == 1000
    assert [facts["issued"] + facts["skipped"] for facts in both] == [1000, 1000]
    people = "SELECT count(*), count(DISTINCT recipient_email) FROM credentials_award WHERE batch_id > "
    assert embedded.query(f"{people}{before} AND state = 'issued'") == [(1000, 1000)]
    assert not embedded.query("SELECT id FROM credentials_award WHERE state = 'reserved'")


def test_without_a_worker_it_says_so_and_goes_on_when_one_starts(embedded: Installation, command: list[str]) -> None:
    with embedded.begin(*AWARD_25, "--wait", "--json") as award:
        # Starting up takes a second, or several on a machine that does much else; after that the clock is its own.
        started_batch(embedded, award)
        until(lambda: "No worker has taken this up yet" in award.err.read_text(), within=4, what="it says so")
        assert award.process.poll() is None
        with embedded.worker(command):
            assert award.wait(60) == 0
    assert award.facts()["issued"] == 25


@pytest.mark.usefixtures("_ctrl_c_is_heard")
def test_ctrl_c_ends_the_watching_and_the_batch_goes_on(embedded: Installation, command: list[str]) -> None:
    with embedded.begin(*AWARD_25, "--wait") as award:
        batch = started_batch(embedded, award)
        until(lambda: "No worker" in award.err.read_text(), within=20, what="it watches")
        award.process.send_signal(signal.SIGINT)
        assert award.wait(10) == 130
    assert "The batch goes on" in award.err.read_text()
    assert "Traceback" not in award.err.read_text()
    with embedded.worker(command):
        finished = f"SELECT id FROM credentials_batch WHERE id = {batch} AND state = 'finished'"
        until(lambda: embedded.query(finished), within=60, what="the batch is finished")
    assert_issued_once(embedded, batch, count=25)


def started_batch(installation: Installation, command: Command) -> int:
    """The id of the batch that a command which was just begun starts; the sample data's batches are finished."""
    running = "SELECT id FROM credentials_batch WHERE state = 'running'"
    [(batch,)] = until(lambda: installation.query(running), within=30, what="the batch is running", during=command)
    return int(batch)
