"""Recall: every award of a batch is revoked with one reason, part by part, by a worker. It may die at any point.

A recall cancels what is left of the batch, so that nothing is awarded behind its back. Each award is revoked as if by
hand, with its own entry in the audit log; what was replaced or revoked already is passed over, so that doing a part
again is safe.
"""

from __future__ import annotations

import logging
from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import F

from credentials import leases, life, wake
from credentials.display import RecallView
from credentials.errors import NothingToRecall
from credentials.life import LifeError, Reason, ReasonMissing
from credentials.life.changes import LONGEST_REASON, checked_note
from credentials.models import Award, Batch, BatchRow, Recall
from credentials.transitions import cancel_batch, lock_with_chunks
from issuers import audit
from issuers.audit import Actor

if TYPE_CHECKING:
    from learners.models import User

log = logging.getLogger(__name__)

PART = 50
TASK = "credentials.tasks.issue_recall"
REASONS = tuple((reason.value, reason.label) for reason in Reason if reason != Reason.REVIEW)
_STANDING = (Award.State.ISSUED, Award.State.SUSPENDED)


def standing(batch: Batch) -> int:
    """How many awards a recall would revoke."""
    return Award.objects.filter(batch=batch, state__in=_STANDING).count()


@transaction.atomic
def request_recall(
    *, batch_id: int, reason: str, public_note: str, requested_by: User | None, actor: Actor, now: datetime
) -> Recall:
    """Ask workers to revoke every award of a batch; a second request changes nothing.

    reason: as life.revoke takes it. Raises NothingToRecall, life.ReasonMissing, life.PublicNoteUnfit.
    """
    note = checked_note(public_note)
    if not reason.strip() or len(reason) > LONGEST_REASON:
        raise ReasonMissing  # of every award in turn, and the recall would never end
    batch = lock_with_chunks(batch_id)  # or else it could be started between the look at its state and the recall
    if batch.state in (Batch.State.RUNNING, Batch.State.PAUSED):
        batch = cancel_batch(batch_id=batch_id, now=now, actor=actor)
    if asked := Recall.objects.filter(batch=batch).first():
        return asked
    if not standing(batch) and batch.state != Batch.State.RUNNING:
        raise NothingToRecall
    recall = Recall.objects.create(
        batch=batch, reason=reason, public_note=note, requested_by=requested_by, requested_at=now
    )
    audit.record(
        "batch.recall_asked",
        actor=actor,
        issuer_id=batch.issuer_id,
        object_kind="batch",
        object_id=batch.public_id,
        now=now,
        details={"reason": reason},
    )
    transaction.on_commit(lambda: wake.send(TASK, recall.pk))
    return recall


def sweep() -> int:
    """Wake a worker for every recall that is not done and that nobody works on; return how many."""
    idle = [recall for recall in Recall.objects.filter(finished_at=None) if not _is_held(recall)]
    for recall in idle:
        wake.send(TASK, recall.pk)
    return len(idle)


def revoke_next_part(*, recall_id: int, now: datetime) -> bool:
    """Revoke some awards of a recalled batch. Returns whether there may be more to do. May run twice, or at once."""
    with leases.hold() as owner:
        recall = _claim(recall_id, owner=owner)
        if recall is None:
            return False
        try:
            return _revoke_part(recall, now=now)
        finally:
            Recall.objects.filter(pk=recall.pk, owner=owner).update(owner="")


def view_of(batch: Batch) -> RecallView | None:
    """How far the recall of a batch is, or None where nobody asked for one."""
    recall = Recall.objects.filter(batch=batch).first()
    if recall is None:
        return None
    reason = dict(REASONS).get(recall.reason, recall.reason)
    left = 0 if recall.finished_at else standing(batch)
    return RecallView(
        reason, recall.public_note, recall.requested_at, recall.finished_at, recall.done, recall.done + left
    )


@transaction.atomic
def _claim(recall_id: int, *, owner: str) -> Recall | None:
    recall = Recall.objects.select_for_update().filter(pk=recall_id, finished_at=None).first()
    if recall is None or _is_held(recall):
        return None
    recall.owner = owner
    recall.save(update_fields=["owner"])
    return recall


@transaction.atomic
def _revoke_part(recall: Recall, *, now: datetime) -> bool:
    awards = Award.objects.filter(batch=recall.batch_id, state__in=_STANDING).order_by("pk")
    part = list(awards.values_list("pk", flat=True)[:PART])
    for award_id in part:
        _revoke(award_id, recall, now=now)
    Recall.objects.filter(pk=recall.pk).update(done=F("done") + len(part))
    is_at_work = BatchRow.objects.filter(batch=recall.batch_id, state=BatchRow.State.PENDING).exists()
    if not part and not is_at_work:
        Recall.objects.filter(pk=recall.pk).update(finished_at=now)
    return bool(part)


def _revoke(award_id: int, recall: Recall, *, now: datetime) -> None:
    actor = Actor("user", str(recall.requested_by_id)) if recall.requested_by_id else Actor.command("recall")
    try:
        life.revoke(award_id=award_id, reason=recall.reason, public_note=recall.public_note, actor=actor, now=now)
    except LifeError as error:
        log.warning("Award %s was not recalled: %s", award_id, error.code)  # it ended meanwhile


def _is_held(recall: Recall) -> bool:
    return bool(recall.owner) and leases.is_alive(recall.owner)
