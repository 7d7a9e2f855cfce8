"""Recall: every award of a batch is revoked, once each, whatever dies on the way and whoever asks twice."""

from collections.abc import Callable

import pytest

from credentials import batches, leases, life, recalls, signing
from credentials.batches import issue_next_chunk
from credentials.errors import BatchStateRefuses, NothingToRecall
from credentials.life import PublicNoteUnfit, ReasonMissing
from credentials.models import Award, Batch, BatchRow, Recall
from credentials.recalls import request_recall, revoke_next_part
from credentials.tasks import issue_recall
from credentials.transitions import retry_failed_rows
from issuers.audit import Actor
from issuers.models import AuditEntry
from tests.factories import NOW, issue, make_batch, make_version, people, person, started, work_off

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("woken")]


@pytest.fixture
def awarded() -> Batch:
    return issue(make_version(), *people(5))


def recall(batch: Batch, note: str = "", reason: str = "issued_in_error") -> Recall:
    return request_recall(
        batch_id=batch.pk, reason=reason, public_note=note, requested_by=None, actor=Actor.command("test"), now=NOW
    )


def finish(asked: Recall) -> Recall:
    for _ in range(20):
        if not revoke_next_part(recall_id=asked.pk, now=NOW):
            break
    asked.refresh_from_db()
    return asked


def states(batch: Batch) -> set[tuple[str, str]]:
    return set(batch.awards.values_list("state", "public_reason"))


def test_every_award_is_revoked_with_the_reason_and_the_note(awarded: Batch, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recalls, "PART", 2)
    other = issue(make_version(awarded.issuer, slug="other"), person())
    asked = finish(recall(awarded, "Meant for the next class"))
    assert (asked.done, asked.finished_at, asked.owner) == (5, NOW, "")
    assert states(awarded) == {("revoked", "Meant for the next class")}
    assert states(other) == {("issued", "")}
    entries = AuditEntry.objects.filter(action="award.revoked")
    assert entries.count() == 5
    assert {entry.details["reason"] for entry in entries} == {"issued_in_error"}
    assert AuditEntry.objects.filter(action="batch.recall_asked").count() == 1


def test_a_second_request_changes_nothing(awarded: Batch) -> None:
    first = recall(awarded, "one")
    assert recall(awarded, "two").pk == first.pk
    assert finish(first).public_note == "one"
    assert recall(awarded).pk == first.pk


def test_suspended_awards_are_revoked_and_those_that_ended_are_passed_over(awarded: Batch) -> None:
    one, other, *_ = awarded.awards.order_by("pk")
    actor = Actor.command("test")
    life.suspend(award_id=one.pk, reason="under_review", actor=actor, now=NOW)
    life.revoke(award_id=other.pk, reason="misconduct", public_note="Copied", actor=actor, now=NOW)
    assert finish(recall(awarded)).done == 4
    assert set(awarded.awards.values_list("state", flat=True)) == {"revoked"}
    other.refresh_from_db()
    assert other.public_reason == "Copied"


def test_rows_of_a_recalled_batch_are_not_tried_again(awarded: Batch) -> None:
    row = awarded.rows.order_by("number").last()
    assert row is not None
    awarded.rows.filter(pk=row.pk).update(state=BatchRow.State.FAILED, code="row.raises", award=None)
    finish(recall(awarded))
    with pytest.raises(BatchStateRefuses) as refused:
        retry_failed_rows(batch_id=awarded.pk, now=NOW)
    assert "It was recalled" in str(refused.value)
    assert not awarded.rows.filter(state=BatchRow.State.PENDING).exists()


@pytest.mark.parametrize("reason", ["", " ", "x" * 61])
def test_a_reason_that_no_award_takes_is_refused_at_once(awarded: Batch, reason: str) -> None:
    with pytest.raises(ReasonMissing):
        recall(awarded, reason=reason)
    assert not Recall.objects.exists()


def test_a_running_batch_is_cancelled_first_and_nothing_is_awarded_behind_its_back(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(batches, "CHUNK_ROWS", 2)
    batch = started(make_batch(make_version(), *people(6)))
    assert issue_next_chunk(batch_id=batch.pk)
    finish(recall(batch))
    work_off(batch)
    assert (batch.state, batch.issued, batch.cancelled) == ("cancelled", 2, 4)
    assert set(batch.awards.values_list("state", flat=True)) == {"revoked"}


def test_what_is_being_signed_meanwhile_is_revoked_when_it_is_issued(monkeypatch: pytest.MonkeyPatch) -> None:
    batch, sign, asked = started(make_batch(make_version(), *people(2))), signing.sign_awards, []

    def recall_and_sign(*arguments: object, **named: object) -> object:
        asked.append(recall(batch))
        assert not revoke_next_part(recall_id=asked[0].pk, now=NOW)
        return sign(*arguments, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(batches, "sign_awards", recall_and_sign)
    assert issue_next_chunk(batch_id=batch.pk)
    asked[0].refresh_from_db()
    assert asked[0].finished_at is None
    assert finish(asked[0]).finished_at == NOW
    assert set(batch.awards.values_list("state", flat=True)) == {"revoked"}


def test_a_recall_whose_worker_died_goes_on(awarded: Batch, woken: list[tuple[object, ...]]) -> None:
    asked = recall(awarded)
    with leases.hold() as owner:
        Recall.objects.update(owner=owner)
        assert not revoke_next_part(recall_id=asked.pk, now=NOW)
        assert recalls.sweep() == 0
    assert recalls.sweep() == 1
    assert (recalls.TASK, [asked.pk]) in woken
    issue_recall(asked.pk)
    issue_recall(asked.pk)
    asked.refresh_from_db()
    assert asked.done == 5 and asked.finished_at is not None
    assert recalls.sweep() == 0


def test_what_never_was_awarded_cannot_be_recalled() -> None:
    with pytest.raises(NothingToRecall):
        recall(make_batch(make_version()))


def test_a_note_that_hides_something_is_refused_before_anything_happens(awarded: Batch) -> None:
    with pytest.raises(PublicNoteUnfit):
        recall(awarded, "Line\nbreak")
    assert not Recall.objects.exists()


def test_one_award_that_cannot_be_revoked_does_not_stop_the_rest(
    awarded: Batch, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It was replaced between being listed and being revoked."""
    real: Callable[..., Award] = life.revoke
    ended = awarded.awards.earliest("pk")

    def revoke(*, award_id: int, **named: object) -> Award:
        if award_id == ended.pk:
            Award.objects.filter(pk=ended.pk).update(state=Award.State.SUPERSEDED)
        return real(award_id=award_id, **named)

    monkeypatch.setattr(life, "revoke", revoke)
    assert finish(recall(awarded)).finished_at == NOW
    assert sorted(awarded.awards.values_list("state", flat=True)) == ["revoked"] * 4 + ["superseded"]
