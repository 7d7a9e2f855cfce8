"""What workers do. Tasks carry ids, may run twice, and leave the work to the services."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from credentials import batches, file_checks, notices, recalls, status_lists, transitions, uploads, wake
from credentials.life import completing
from issuers import audit, checkpoints


@shared_task
def issue_batch(batch_id: int) -> None:
    """Issue one chunk, then come back for the next, so that batches take turns and a stop waits for one chunk only."""
    if batches.issue_next_chunk(batch_id=batch_id):
        batches.wake_one_worker(batch_id=batch_id)


@shared_task
def issue_recall(recall_id: int) -> None:
    """Revoke some awards of a recalled batch, then come back for the next."""
    if recalls.revoke_next_part(recall_id=recall_id, now=timezone.now()):
        wake.send(recalls.TASK, recall_id)


@shared_task(soft_time_limit=900, time_limit=960)
def check_file(batch_id: int) -> None:
    """Check an uploaded file that is too long for a request."""
    file_checks.check_asked(batch_id=batch_id, now=timezone.now())


@shared_task
def sweep() -> int:
    """Begin batches whose time has come, and find running ones that nobody works on.

    A worker may have died, or the broker may have lost its message. Returns how many batches were woken.
    """
    now = timezone.now()
    transitions.start_due(now=now)
    recalls.sweep()
    file_checks.sweep()
    uploads.forget_abandoned(now=now)
    return batches.sweep()


@shared_task
def issue_award(award_id: int) -> None:
    """Sign and store one award that was corrected, renewed or reinstated."""
    completing.complete_award(award_id=award_id)


@shared_task
def sweep_awards() -> None:
    """Find what lost its message or its worker: single awards, changed lists, entries of the audit log."""
    completing.wake_for_waiting(now=timezone.now())
    status_lists.publish_changed()
    audit.seal()


@shared_task
def publish_changed_lists() -> int:
    """Sign the status lists again in which a bit was set."""
    return status_lists.publish_changed()


@shared_task
def send_notices() -> int:
    """Send what waits in the outbox."""
    return notices.send_due(now=timezone.now())


@shared_task
def note_expired() -> int:
    """Record a notice for each award that ended lately."""
    return notices.add_expired(now=timezone.now())


@shared_task
def write_checkpoint() -> None:
    """Tell the server's log, which is kept elsewhere, how far the audit log is."""
    checkpoints.tell(audit.newest())


@shared_task
def refresh_status_lists() -> int:
    """Sign status lists again before they grow old."""
    return status_lists.publish_due(now=timezone.now())
