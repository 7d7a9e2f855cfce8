"""Batches: every row ends once, whatever dies on the way and however many workers come."""

import logging
from collections.abc import Callable

import pytest
from celery import current_app
from django.utils import timezone
from kombu.exceptions import OperationalError
from pytest_django import DjangoCaptureOnCommitCallbacks, Settings

from credentials import batches, leases
from credentials.batches import CHUNK_ROWS, TASK, issue_next_chunk, sweep, wake_workers
from credentials.checked_rows import create_batch
from credentials.errors import AchievementArchived, BatchHasErrors, BatchNotStartable, BatchStateRefuses, NoSigningKey
from credentials.imports import CellError
from credentials.issuing import reserve
from credentials.models import Achievement, Award, Batch, BatchChunk, BatchRow, StatusEntry
from credentials.tasks import issue_batch
from credentials.tasks import sweep as sweep_task
from credentials.transitions import cancel_batch, start_batch
from issuers.models import Issuer
from tests.factories import NOW, issue, make_batch, make_version, people, person, started, work_off
from verification.services import verify

pytestmark = pytest.mark.django_db
Woken = list[tuple[object, ...]]
ERROR = CellError(3, "email", "email.missing", "An e-mail address is needed.", "Fill in the cell.")


class Crash(BaseException):
    """Stands for kill -9: whatever was committed stays, nothing else happens."""


@pytest.fixture
def crash(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Make the next worker die where it would call this function of credentials.batches; the one after it lives."""

    def crash_in(function: str) -> None:
        real = getattr(batches, function)

        def dies(*_: object, **__: object) -> None:
            monkeypatch.setattr(batches, function, real)
            raise Crash

        monkeypatch.setattr(batches, function, dies)

    return crash_in


def made_with_errors() -> Batch:
    return create_batch(
        version=make_version(),
        rows=[(2, person())],
        errors=[ERROR],
        file_name="learners.csv",
        file_digest="0" * 64,
        duplicates=Batch.Duplicates.SKIP,
        created_by=None,
        now=NOW,
    )


# Checking and starting


def test_a_checked_file_waits_and_awards_nothing() -> None:
    batch = make_batch(make_version(), *people(3))
    assert (batch.state, batch.total, batch.done) == ("validated", 3, 0)
    assert not issue_next_chunk(batch_id=batch.pk)
    assert not Award.objects.exists()


def test_a_batch_of_an_issuer_without_keys_does_not_start() -> None:
    batch = make_batch(make_version(), person())
    batch.issuer.keys.filter(purpose="token").update(state="retired")
    with pytest.raises(NoSigningKey, match="Rotate its keys"):
        start_batch(batch_id=batch.pk, now=NOW)
    batch.refresh_from_db()
    assert batch.state == "validated"


def test_rows_are_cut_into_chunks_of_five_hundred() -> None:
    batch = make_batch(make_version(), *people(CHUNK_ROWS + 1))
    assert [batch.rows.filter(chunk=number).count() for number in (0, 1)] == [CHUNK_ROWS, 1]
    assert batch.chunks.count() == 2


def test_a_started_batch_wakes_one_worker_for_each_chunk_and_no_more(
    woken: Woken, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    batch = make_batch(make_version(), person())
    with django_capture_on_commit_callbacks(execute=True):
        started(batch)
    assert woken == [(TASK, [batch.pk])]


def test_nobody_is_woken_before_the_start_is_committed(woken: Woken) -> None:
    started(make_batch(make_version()))
    assert woken == []


def test_a_second_start_changes_nothing() -> None:
    batch = work_off(started(make_batch(make_version())))
    again = start_batch(batch_id=batch.pk, now=timezone.now())
    assert (again.state, again.started_at) == ("finished", NOW)
    assert Award.objects.count() == 1


def test_a_file_with_errors_starts_only_when_that_was_agreed_to() -> None:
    batch = made_with_errors()
    with pytest.raises(BatchHasErrors, match="1 row has errors"):
        start_batch(batch_id=batch.pk, now=NOW)
    start_batch(batch_id=batch.pk, now=NOW, accept_errors=True)
    done = work_off(batch)
    assert (done.state, done.total, done.issued, done.failed) == ("finished", 2, 1, 1)
    failed = batch.rows.get(state=BatchRow.State.FAILED)
    assert (failed.number, failed.column, failed.code) == (3, "email", "email.missing")


def test_all_errors_of_a_row_are_told_together() -> None:
    second = CellError(3, "name", "name.missing", "A name is needed.", "Fill in the cell.")
    batch = create_batch(
        version=make_version(),
        rows=[],
        errors=[ERROR, second],
        file_name="x.csv",
        file_digest="",
        duplicates=Batch.Duplicates.SKIP,
        created_by=None,
        now=NOW,
    )
    assert batch.rows.get().message == (
        "An e-mail address is needed. Fill in the cell. A name is needed. Fill in the cell."
    )


def test_a_batch_without_good_rows_is_finished_as_it_starts() -> None:
    batch = create_batch(
        version=make_version(),
        rows=[],
        errors=[ERROR],
        file_name="x.csv",
        file_digest="",
        duplicates=Batch.Duplicates.SKIP,
        created_by=None,
        now=NOW,
    )
    start_batch(batch_id=batch.pk, now=NOW, accept_errors=True)
    batch.refresh_from_db()
    assert (batch.state, batch.finished_at) == ("finished", NOW)


def test_nothing_is_awarded_for_an_archived_achievement() -> None:
    version = make_version()
    version.achievement.archived_at = NOW
    with pytest.raises(AchievementArchived, match="archived"):
        make_batch(version)
    assert not Batch.objects.exists()


def test_a_file_checked_before_the_achievement_was_archived_is_not_awarded() -> None:
    batch = make_batch(make_version())
    Achievement.objects.update(archived_at=NOW)
    with pytest.raises(AchievementArchived):
        started(batch)
    assert not issue_next_chunk(batch_id=batch.pk)


def test_a_dropped_batch_awards_nothing_and_cannot_be_started() -> None:
    batch = make_batch(make_version())
    cancel_batch(batch_id=batch.pk, now=NOW)
    with pytest.raises(BatchNotStartable, match="Cancelled"):
        started(batch)
    assert set(batch.rows.values_list("state", flat=True)) == {"cancelled"}
    assert not issue_next_chunk(batch_id=batch.pk)


def test_a_finished_batch_cannot_be_cancelled() -> None:
    batch = issue(make_version(), person())
    with pytest.raises(BatchStateRefuses, match="Recall it"):
        cancel_batch(batch_id=batch.pk, now=NOW)


# Working


def test_every_row_ends_and_the_counters_say_how() -> None:
    version = make_version()
    issue(version, person())
    batch = issue(version, person(), *people(3))
    assert (batch.state, batch.total, batch.issued, batch.skipped, batch.failed) == ("finished", 4, 3, 1, 0)
    assert batch.finished_at is not None
    assert not batch.rows.filter(state=BatchRow.State.PENDING).exists()
    assert not batch.chunks.exclude(owner="").exists()


def test_chunks_are_worked_off_one_after_the_other(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batches, "CHUNK_ROWS", 2)
    batch = started(make_batch(make_version(), *people(5)))
    progress = []
    while issue_next_chunk(batch_id=batch.pk):
        batch.refresh_from_db()
        progress.append((batch.done, batch.state))
    assert progress == [(2, "running"), (4, "running"), (5, "finished")]


def test_the_task_issues_one_chunk_and_wakes_a_worker_for_the_next(
    woken: Woken, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batches, "CHUNK_ROWS", 1)
    batch = started(make_batch(make_version(), *people(2)))
    issue_batch(batch.pk)
    assert (Award.objects.count(), woken) == (1, [(TASK, [batch.pk])])
    issue_batch(batch.pk)
    issue_batch(batch.pk)
    assert (Award.objects.count(), len(woken)) == (2, 2)


def test_a_message_for_a_batch_that_is_gone_does_nothing(woken: Woken) -> None:
    issue_batch(999_999)
    assert woken == []


# Dying


@pytest.mark.parametrize("step", ["reserve", "set_columns", "sign_awards", "complete", "finish_if_done"])
def test_a_worker_that_dies_at_any_step_leaves_work_that_the_next_one_ends_once(
    step: str, crash: Callable[[str], None]
) -> None:
    batch = started(make_batch(make_version(), *people(3)))
    crash(step)
    with pytest.raises(Crash):
        issue_next_chunk(batch_id=batch.pk)
    assert not Award.objects.filter(state=Award.State.ISSUED).exists()
    done = work_off(batch)
    assert (done.state, done.issued, done.total) == ("finished", 3, 3)
    assert Award.objects.filter(state=Award.State.ISSUED).count() == Award.objects.count() == 3
    assert StatusEntry.objects.values("status_list", "index").distinct().count() == 3


def test_what_was_reserved_before_the_crash_is_what_gets_signed(crash: Callable[[str], None]) -> None:
    batch = started(make_batch(make_version(), *people(2)))
    crash("complete")
    with pytest.raises(Crash):
        issue_next_chunk(batch_id=batch.pk)
    before = set(Award.objects.values_list("public_id", "code", "status_index"))
    work_off(batch)
    assert set(Award.objects.values_list("public_id", "code", "status_index")) == before


def test_an_issuer_renamed_between_crash_and_resumption_does_not_stop_the_batch(crash: Callable[[str], None]) -> None:
    batch = started(make_batch(make_version(), *people(2)))
    crash("sign_awards")
    with pytest.raises(Crash):
        issue_next_chunk(batch_id=batch.pk)
    Issuer.objects.update(name="Renamed Academy (SAMPLE)")
    assert work_off(batch).issued == 2
    for award in Award.objects.all():
        assert "Renamed Academy" in award.document
        assert verify(award.document, now=timezone.now()).report.state == "valid"
    assert StatusEntry.objects.count() == 2


def test_a_chunk_that_a_living_worker_holds_is_left_alone() -> None:
    batch = started(make_batch(make_version()))
    with leases.hold() as owner:
        BatchChunk.objects.update(owner=owner)
        assert not issue_next_chunk(batch_id=batch.pk)
    assert issue_next_chunk(batch_id=batch.pk)


def test_a_worker_that_lost_its_lease_writes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    batch = started(make_batch(make_version()))

    def lose_lease(**arguments: object) -> object:
        outcome = reserve(**arguments)  # type: ignore[arg-type]
        BatchChunk.objects.update(owner="file:somebody-else")
        return outcome

    monkeypatch.setattr(batches, "reserve", lose_lease)
    with pytest.raises(BatchChunk.DoesNotExist):
        issue_next_chunk(batch_id=batch.pk)
    assert not Award.objects.filter(state=Award.State.ISSUED).exists()
    monkeypatch.setattr(batches, "reserve", reserve)
    assert work_off(batch).issued == 1
    assert Award.objects.count() == 1


def test_two_batches_at_once_with_the_same_people_award_each_of_them_once(crash: Callable[[str], None]) -> None:
    """The second batch comes between the two transactions of the first, its worst moment."""
    version = make_version()
    first, second = (started(make_batch(version, *people(3))) for _ in range(2))
    crash("complete")
    with pytest.raises(Crash):
        issue_next_chunk(batch_id=first.pk)
    assert (work_off(second).issued, second.skipped) == (0, 3)
    assert (work_off(first).issued, first.skipped) == (3, 0)
    assert Award.objects.count() == 3


# Waking


def test_a_broker_that_is_away_costs_a_line_in_the_log_and_nothing_else(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def is_away(*_: object, **__: object) -> None:
        raise OperationalError("connection refused")

    batch = started(make_batch(make_version()))
    monkeypatch.setattr(current_app, "send_task", is_away)
    with caplog.at_level(logging.WARNING):
        wake_workers(batch_id=batch.pk)
    assert "broker is away" in caplog.text


def test_no_more_workers_are_woken_than_there_are(
    woken: Woken, monkeypatch: pytest.MonkeyPatch, settings: Settings
) -> None:
    monkeypatch.setattr(batches, "CHUNK_ROWS", 1)
    settings.ISSUING_WORKERS = 2
    batch = started(make_batch(make_version(), *people(5)))
    wake_workers(batch_id=batch.pk)
    assert len(woken) == 2


def test_the_sweeper_wakes_workers_for_a_batch_whose_message_was_lost(woken: Woken) -> None:
    batch = started(make_batch(make_version()))
    assert sweep() == 1
    assert woken == [(TASK, [batch.pk])]


def test_the_sweeper_wakes_workers_for_a_batch_whose_worker_died(woken: Woken) -> None:
    started(make_batch(make_version()))
    with leases.hold() as owner:
        BatchChunk.objects.update(owner=owner)
        assert sweep_task() == 0
    assert sweep_task() == 1


def test_the_sweeper_leaves_alone_what_waits_or_has_ended(woken: Woken) -> None:
    version = make_version()
    make_batch(version)
    cancel_batch(batch_id=make_batch(version).pk, now=NOW)
    issue(version)
    assert sweep() == 0
    assert woken == []
