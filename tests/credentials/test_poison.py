"""Rows that spoil a chunk, and what says nothing about a row: the disk, the keys, the database."""

import os
import signal
from collections.abc import Callable, Sequence

import pytest
from celery.exceptions import SoftTimeLimitExceeded
from django.conf import settings
from django.db import OperationalError, connection
from pytest_django import Settings

from credentials import batches, leases, poison
from credentials.batches import MOST_DEATHS, issue_next_chunk
from credentials.failpoints import FailpointReached, failpoint
from credentials.models import Award, Batch, BatchChunk, BatchRow
from credentials.transitions import resume_batch, retry_failed_rows
from tests.factories import NOW, make_batch, make_version, people, started, work_off

ROWS = [11, 12, 13, 14, 15, 16]


@pytest.fixture
def of_five() -> Batch:
    return started(make_batch(make_version(), *people(5)))


# A row that raises


@pytest.mark.django_db
@pytest.mark.parametrize("place", ["reserve_row", "sign_row"])
def test_a_row_that_raises_fails_alone_and_can_be_tried_again(
    of_five: Batch, place: str, settings: Settings, woken: object
) -> None:
    settings.TOUCHSTONE_FAILPOINT = f"{place}:3:raise"
    batch = work_off(of_five)
    assert (batch.state, batch.issued, batch.failed) == ("finished", 4, 1)
    row = batch.rows.get(state=BatchRow.State.FAILED)
    assert (row.number, row.code) == (3, "row.raises")
    assert "FailpointReached" in row.message
    settings.TOUCHSTONE_FAILPOINT = ""
    retry_failed_rows(batch_id=batch.pk, now=NOW)
    batch = work_off(batch)
    assert (batch.state, batch.issued, batch.failed) == ("finished", 5, 0)
    assert Award.objects.filter(state=Award.State.ISSUED).count() == 5


@pytest.mark.django_db
def test_where_every_row_raises_it_is_not_the_rows(of_five: Batch, settings: Settings) -> None:
    settings.TOUCHSTONE_FAILPOINT = "after_sign::raise"
    assert work_off(of_five).state == "paused"
    assert (of_five.pause_reason, of_five.failed) == ("failing", 0)
    assert of_five.chunks.get().owner == ""
    settings.TOUCHSTONE_FAILPOINT = ""
    resume_batch(batch_id=of_five.pk, now=NOW)
    assert (work_off(of_five).state, of_five.issued) == ("finished", 5)


# A row that kills. The processes' tests do it to real workers.


def dying_at(*deadly: int) -> Callable[[int], None]:
    def trial(row_id: int) -> None:
        if row_id in deadly:
            os.kill(os.getpid(), signal.SIGSEGV)

    return trial


@pytest.mark.django_db
@pytest.mark.parametrize("deadly", [(), (11,), (13,), (16,), (11, 16), (12, 13, 14)])
def test_rows_that_kill_are_found_and_no_others(deadly: Sequence[int]) -> None:
    assert poison.rows_that_kill(ROWS, dying_at(*deadly)) == set(deadly)


@pytest.mark.django_db
def test_one_death_is_no_proof(tmp_path_factory: pytest.TempPathFactory) -> None:
    marker = tmp_path_factory.mktemp("once") / "died"

    def trial(row_id: int) -> None:
        if row_id == 13 and not marker.exists():
            marker.touch()
            os.kill(os.getpid(), signal.SIGKILL)

    assert poison.rows_that_kill(ROWS, trial) == set()


@pytest.mark.django_db
def test_a_trial_that_dies_before_it_begins_a_row_blames_none(monkeypatch: pytest.MonkeyPatch) -> None:
    def die() -> None:
        os.kill(os.getpid(), signal.SIGKILL)

    monkeypatch.setattr(poison, "_leave_connections", die)
    with pytest.raises(poison.WorkersDie):
        poison.rows_that_kill(ROWS[:3], dying_at())


@pytest.mark.django_db
@pytest.mark.parametrize("ended", range(1, 7))
def test_a_trial_that_dies_between_two_rows_blames_neither(ended: int, monkeypatch: pytest.MonkeyPatch) -> None:
    write, written = os.write, 0

    def die_after(writer: int, mark: bytes) -> int:
        nonlocal written
        written += write(writer, mark)
        if written == 2 * ended:
            os.kill(os.getpid(), signal.SIGKILL)
        return 1

    monkeypatch.setattr(os, "write", die_after)
    deadly = dying_at(ROWS[-1])
    if ended == len(ROWS):
        assert poison.rows_that_kill(ROWS, dying_at()) == set()
    else:
        assert poison.rows_that_kill(ROWS, deadly) == {ROWS[-1]}


@pytest.mark.django_db
def test_deaths_beside_the_rows_do_not_hide_the_one_that_kills(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Now and then killed from outside, at other places, while row 14 kills each time."""
    folder = tmp_path_factory.mktemp("deaths")

    def trial(row_id: int) -> None:
        marker = folder / str(row_id)
        if row_id == 14 or (row_id in (11, 12, 16) and not marker.exists()):
            marker.touch()
            os.kill(os.getpid(), signal.SIGKILL)

    assert poison.rows_that_kill(ROWS, trial) == {14}


@pytest.mark.django_db
def test_where_row_after_row_kills_it_is_not_the_rows() -> None:
    with pytest.raises(poison.WorkersDie):
        poison.rows_that_kill(ROWS, dying_at(*ROWS))


@pytest.mark.django_db
def test_a_trial_that_raises_is_no_death() -> None:
    def trial(row_id: int) -> None:
        raise ValueError(row_id)

    assert poison.rows_that_kill(ROWS, trial) == set()


@pytest.mark.django_db
def test_deaths_are_counted_and_after_some_the_rows_are_tried(of_five: Batch, monkeypatch: pytest.MonkeyPatch) -> None:
    tried: list[int] = []

    def second_kills(row_ids: Sequence[int], _: object) -> set[int]:
        tried.extend(row_ids)
        return {row_ids[1]}

    monkeypatch.setattr(poison, "rows_that_kill", second_kills)
    chunk = of_five.chunks.get()
    for deaths in range(MOST_DEATHS):
        with leases.hold() as owner:
            BatchChunk.objects.filter(pk=chunk.pk).update(owner=owner, deaths=deaths)
    batch = work_off(of_five)
    assert len(tried) == 5
    assert (batch.state, batch.issued, batch.failed) == ("finished", 4, 1)
    assert batch.rows.get(state=BatchRow.State.FAILED).code == "row.kills_worker"


@pytest.mark.django_db
@pytest.mark.parametrize("error", [MemoryError(), SoftTimeLimitExceeded()])
def test_what_runs_out_of_memory_or_time_counts_as_a_death(
    of_five: Batch, error: Exception, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A row that takes for ever would else be tried for ever."""

    def run_out(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr(batches, "sign_awards", run_out)
    for deaths in range(MOST_DEATHS):
        with pytest.raises(type(error)):
            issue_next_chunk(batch_id=of_five.pk)
        assert of_five.chunks.get().deaths == deaths
    monkeypatch.setattr(poison, "rows_that_kill", lambda *_: set())
    with pytest.raises(type(error)):
        issue_next_chunk(batch_id=of_five.pk)
    assert of_five.chunks.get().deaths == 0  # they count anew
    of_five.refresh_from_db()
    assert (of_five.state, of_five.failed) == ("running", 0)


@pytest.mark.django_db
def test_a_batch_whose_rows_all_kill_pauses(of_five: Batch, monkeypatch: pytest.MonkeyPatch) -> None:
    def give_up(*_: object) -> set[int]:
        raise poison.WorkersDie

    monkeypatch.setattr(poison, "rows_that_kill", give_up)
    of_five.chunks.update(deaths=MOST_DEATHS)
    assert not issue_next_chunk(batch_id=of_five.pk) or not issue_next_chunk(batch_id=of_five.pk)
    of_five.refresh_from_db()
    assert (of_five.state, of_five.pause_reason) == ("paused", "workers_die")


# What says nothing about a row


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif("postgresql" in settings.DATABASES["default"]["ENGINE"], reason="SQLite's own limit")
def test_a_full_disk_pauses_the_batch_and_loses_nothing() -> None:
    """A real "database or disk is full" of SQLite, which may not grow for a while."""
    batch = started(make_batch(make_version(), *people(200)))
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA page_count")
        cursor.execute(f"PRAGMA max_page_count = {cursor.fetchone()[0]}")
    try:
        work_off(batch)
    finally:
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA max_page_count = 1000000000")
    batch.refresh_from_db()
    assert (batch.state, batch.pause_reason, batch.issued, batch.failed) == ("paused", "disk_full", 0, 0)
    assert batch.chunks.get().owner == ""
    resume_batch(batch_id=batch.pk, now=NOW)
    assert (work_off(batch).state, batch.issued) == ("finished", 200)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "error", [OSError(28, "No space left on device"), OperationalError("database or disk is full")]
)
def test_a_disk_full_of_anything_pauses(of_five: Batch, error: Exception, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr(batches, "complete", full)
    assert not issue_next_chunk(batch_id=of_five.pk)
    of_five.refresh_from_db()
    assert (of_five.state, of_five.pause_reason) == ("paused", "disk_full")


@pytest.mark.django_db
def test_a_database_that_is_away_blames_no_row_and_pauses_nothing(
    of_five: Batch, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_: object, **__: object) -> None:
        raise OperationalError("the server closed the connection")

    with monkeypatch.context() as patched:
        patched.setattr(batches, "complete", away)
        with pytest.raises(OperationalError):
            issue_next_chunk(batch_id=of_five.pk)
    of_five.refresh_from_db()
    assert (of_five.state, of_five.failed) == ("running", 0)
    assert work_off(of_five).issued == 5


@pytest.mark.django_db
def test_keys_that_are_gone_pause_the_batch(of_five: Batch) -> None:
    of_five.issuer.keys.update(state="retired")
    work_off(of_five)
    assert (of_five.state, of_five.pause_reason) == ("paused", "no_signing_key")


# Failpoints


def test_a_failpoint_counts_only_at_its_place_and_row(settings: Settings) -> None:
    settings.TOUCHSTONE_FAILPOINT = "sign_row:4:raise"
    failpoint("sign_row", row=3)
    failpoint("after_sign")
    with pytest.raises(FailpointReached):
        failpoint("sign_row", row=4)


def test_a_failpoint_kills_at_once(settings: Settings) -> None:
    settings.TOUCHSTONE_FAILPOINT = "after_sign"
    child = os.fork()
    if child == 0:
        failpoint("after_sign")
        os._exit(0)
    assert os.WTERMSIG(os.waitpid(child, 0)[1]) == signal.SIGKILL
