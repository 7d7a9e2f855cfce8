"""What people do with a batch: each change once, whoever presses first, and nothing lost between two states."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db.models import F
from django.utils import timezone
from pytest_django import Settings

from credentials import batches, leases, signing
from credentials.batches import issue_next_chunk
from credentials.errors import (
    AchievementArchived,
    BatchNotStartable,
    BatchStateRefuses,
    IssuingError,
    NoSigningKey,
    NothingToRetry,
)
from credentials.models import Award, Batch, BatchRow
from credentials.tasks import sweep
from credentials.transitions import (
    UNDO_WINDOW,
    cancel_batch,
    pause_batch,
    resume_batch,
    retry_failed_rows,
    start_batch,
    start_due,
    start_held,
    undo_batch,
)
from issuers.audit import Actor
from issuers.models import AuditEntry
from tests.factories import NOW, issue, make_batch, make_version, people, person, started, work_off

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("woken")]
LATER = NOW + UNDO_WINDOW
SOMEBODY = Actor.command("test")


@pytest.fixture
def of_six(monkeypatch: pytest.MonkeyPatch) -> Batch:
    """Three chunks of two."""
    monkeypatch.setattr(batches, "CHUNK_ROWS", 2)
    return make_batch(make_version(), *people(6))


def held(batch: Batch) -> Batch:
    return start_batch(batch_id=batch.pk, now=NOW, starts_at=LATER)


def facts(batch: Batch) -> tuple[str, int, int, int]:
    batch.refresh_from_db()
    return batch.state, batch.issued, batch.failed, batch.cancelled


# Waiting, undoing, starting


def test_a_held_batch_is_begun_when_its_time_has_come_and_not_before() -> None:
    batch = held(make_batch(make_version()))
    assert not issue_next_chunk(batch_id=batch.pk)
    assert start_due(now=LATER - timedelta(seconds=1)) == 0
    assert facts(batch)[0] == "held"
    assert start_due(now=LATER) == 1
    assert facts(work_off(batch)) == ("finished", 1, 0, 0)


def test_the_sweep_begins_what_is_due() -> None:
    batch = held(make_batch(make_version()))
    sweep()  # by the clock, which is past it
    assert facts(batch)[0] == "running"


def test_an_undone_batch_is_as_if_nobody_had_pressed_and_starts_again() -> None:
    batch = undo_batch(batch_id=held(make_batch(make_version())).pk, now=NOW)
    assert (batch.state, batch.starts_at) == ("validated", None)
    assert start_due(now=LATER) == 0
    assert not Award.objects.exists()
    assert facts(work_off(started(batch))) == ("finished", 1, 0, 0)


def test_a_second_person_who_presses_award_changes_nothing() -> None:
    batch = held(make_batch(make_version()))
    again = start_batch(batch_id=batch.pk, now=NOW, starts_at=LATER + timedelta(days=1))
    assert (again.state, again.starts_at) == ("held", LATER)
    start_held(batch_id=batch.pk, now=NOW)
    start_held(batch_id=batch.pk, now=NOW)
    work_off(batch)
    assert start_batch(batch_id=batch.pk, now=NOW).state == "finished"
    assert AuditEntry.objects.filter(action__in=["batch.started", "batch.begun"]).count() == 2


def test_who_undoes_too_late_is_told_what_can_be_done() -> None:
    with pytest.raises(BatchStateRefuses, match="Cancel the rest of it, or recall"):
        undo_batch(batch_id=started(make_batch(make_version())).pk, now=NOW)


def test_a_batch_starts_within_a_year() -> None:
    batch = make_batch(make_version())
    with pytest.raises(BatchStateRefuses, match="within one year"):
        start_batch(batch_id=batch.pk, now=NOW, starts_at=NOW + timedelta(days=366))


def test_a_batch_that_never_waited_cannot_be_begun_early() -> None:
    with pytest.raises(BatchStateRefuses, match="waits to start"):
        start_held(batch_id=make_batch(make_version()).pk, now=NOW)


@pytest.mark.parametrize("reason", ["archived", "no_signing_key"])
def test_what_cannot_begin_when_it_is_due_pauses_with_the_reason(reason: str) -> None:
    batch = held(make_batch(make_version()))
    if reason == "archived":
        type(batch.achievement_version.achievement).objects.update(archived_at=NOW)
    else:
        batch.issuer.keys.update(state="retired")
    start_due(now=LATER)
    assert facts(batch)[0] == "paused"
    assert batch.pause_reason == reason
    with pytest.raises(AchievementArchived if reason == "archived" else NoSigningKey):
        resume_batch(batch_id=batch.pk, now=LATER)


# Pausing and cancelling


def test_a_paused_batch_rests_until_it_is_resumed(of_six: Batch) -> None:
    batch = started(of_six)
    assert issue_next_chunk(batch_id=batch.pk)
    pause_batch(batch_id=batch.pk, now=NOW)
    assert pause_batch(batch_id=batch.pk, now=NOW).state == "paused"
    assert not issue_next_chunk(batch_id=batch.pk)
    assert facts(batch) == ("paused", 2, 0, 0)
    resume_batch(batch_id=batch.pk, now=NOW)
    assert resume_batch(batch_id=batch.pk, now=NOW).state == "running"
    assert facts(work_off(batch)) == ("finished", 6, 0, 0)


@pytest.mark.parametrize("change", [pause_batch, resume_batch, retry_failed_rows])
def test_what_fits_no_state_is_refused_and_written_down(change: Callable[..., Batch]) -> None:
    batch = make_batch(make_version())
    with pytest.raises(BatchStateRefuses, match="Checked, not started"):
        change(batch_id=batch.pk, now=NOW, actor=SOMEBODY)
    entry = AuditEntry.objects.get(object_kind="batch")
    assert (entry.result, entry.code, entry.object_id) == ("refused", "batch_state_refuses", str(batch.public_id))


@pytest.mark.parametrize("is_paused", [False, True])
def test_cancelling_in_the_middle_keeps_what_was_awarded_and_drops_the_rest(of_six: Batch, is_paused: bool) -> None:
    batch = started(of_six)
    assert issue_next_chunk(batch_id=batch.pk)
    if is_paused:
        pause_batch(batch_id=batch.pk, now=NOW)
    cancel_batch(batch_id=batch.pk, now=NOW)
    cancel_batch(batch_id=batch.pk, now=NOW)
    assert facts(batch) == ("cancelled", 2, 0, 4)
    assert not issue_next_chunk(batch_id=batch.pk)
    assert Award.objects.count() == 2
    with pytest.raises(BatchNotStartable):
        start_batch(batch_id=batch.pk, now=NOW)


def test_what_was_reserved_when_it_was_cancelled_is_completed(of_six: Batch, monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody cancels while a worker signs."""
    batch, sign = started(of_six), signing.sign_awards

    def cancel_and_sign(*arguments: object, **named: object) -> object:
        cancel_batch(batch_id=batch.pk, now=NOW)
        assert facts(batch)[0] == "running"
        with pytest.raises(BatchStateRefuses):
            pause_batch(batch_id=batch.pk, now=NOW)
        return sign(*arguments, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(batches, "sign_awards", cancel_and_sign)
    assert issue_next_chunk(batch_id=batch.pk)
    assert facts(batch) == ("cancelled", 2, 0, 4)
    assert not Award.objects.filter(state=Award.State.RESERVED).exists()


def test_a_chunk_that_somebody_holds_without_reservations_ends_cancelled(of_six: Batch) -> None:
    """Cancelled between taking a chunk and reserving in it; its worker may be dead."""
    batch = started(of_six)
    with leases.hold() as owner:
        batch.chunks.filter(number=1).update(owner=owner)
    cancel_batch(batch_id=batch.pk, now=NOW)
    assert facts(batch) == ("running", 0, 0, 4)
    work_off(batch)
    assert facts(batch) == ("cancelled", 0, 0, 6)
    assert not Award.objects.exists()


def test_a_held_batch_can_be_cancelled() -> None:
    batch = held(make_batch(make_version()))
    cancel_batch(batch_id=batch.pk, now=NOW)
    assert facts(batch) == ("cancelled", 0, 0, 1)
    assert start_due(now=LATER) == 0


# Trying again


def spoil(batch: Batch, *numbers: int) -> None:
    """Let it be as if these rows of a finished batch had failed after their awards were reserved."""
    rows = batch.rows.filter(number__in=numbers)
    awards = list(rows.values_list("award_id", flat=True))
    rows.update(state=BatchRow.State.FAILED, code="row.raises", message="It failed.", award=None)
    Award.objects.filter(pk__in=awards).update(state=Award.State.ABANDONED, document="", issued_at=None)
    counts = {"issued": F("issued") - len(numbers), "failed": F("failed") + len(numbers)}
    Batch.objects.filter(pk=batch.pk).update(**counts)


def test_failed_rows_are_tried_again_and_only_those(of_six: Batch) -> None:
    batch = work_off(started(of_six))
    spoil(batch, 2, 3)
    retry_failed_rows(batch_id=batch.pk, now=NOW, actor=SOMEBODY)
    assert facts(batch) == ("running", 4, 0, 0)
    assert facts(work_off(batch)) == ("finished", 6, 0, 0)
    assert Award.objects.filter(state=Award.State.ISSUED).count() == 6
    with pytest.raises(NothingToRetry):
        retry_failed_rows(batch_id=batch.pk, now=NOW)


@pytest.mark.parametrize("reason", ["", "failing"])
def test_failed_rows_of_a_paused_batch_wait_until_it_is_resumed(of_six: Batch, settings: Settings, reason: str) -> None:
    batch = started(of_six)
    settings.TOUCHSTONE_FAILPOINT = "sign_row:3:raise"
    assert issue_next_chunk(batch_id=batch.pk)
    settings.TOUCHSTONE_FAILPOINT = ""
    pause_batch(batch_id=batch.pk, now=NOW)
    Batch.objects.filter(pk=batch.pk).update(pause_reason=reason)
    retry_failed_rows(batch_id=batch.pk, now=NOW, actor=SOMEBODY)
    assert facts(batch) == ("paused", 1, 0, 0)
    assert batch.pause_reason == reason
    assert not issue_next_chunk(batch_id=batch.pk)
    sweep()
    assert facts(batch) == ("paused", 1, 0, 0)
    resume_batch(batch_id=batch.pk, now=NOW)
    assert facts(work_off(batch)) == ("finished", 6, 0, 0)


def test_every_change_is_in_the_audit_log_with_who_did_it() -> None:
    batch = make_batch(make_version(), *people(2))
    start_batch(batch_id=batch.pk, now=NOW, starts_at=LATER, actor=SOMEBODY)
    undo_batch(batch_id=batch.pk, now=NOW, actor=SOMEBODY)
    start_batch(batch_id=batch.pk, now=NOW, actor=SOMEBODY)
    pause_batch(batch_id=batch.pk, now=NOW, actor=SOMEBODY)
    resume_batch(batch_id=batch.pk, now=NOW, actor=SOMEBODY)
    cancel_batch(batch_id=batch.pk, now=NOW, actor=SOMEBODY)
    entries = list(AuditEntry.objects.filter(object_kind="batch").order_by("pk"))
    found = [(entry.action, entry.actor_words, entry.result) for entry in entries]
    names = ["started", "undone", "started", "paused", "resumed", "cancelled"]
    assert found == [(f"batch.{name}", "manage.py test", "done") for name in names]


def test_errors_of_changes_have_lasting_codes() -> None:
    codes = [error.code for error in IssuingError.__subclasses__()]
    assert len(set(codes)) == len(codes)


def test_an_issuer_can_award_beside_a_paused_batch(of_six: Batch) -> None:
    batch = started(of_six)
    pause_batch(batch_id=batch.pk, now=timezone.now())
    assert issue(of_six.achievement_version, person("other@example.org")).issued == 1
