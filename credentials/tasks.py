"""What workers do. Tasks carry ids, may run twice, and leave the work to the services."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from credentials import batches, status_lists, transitions, uploads


@shared_task
def issue_batch(batch_id: int) -> None:
    """Issue one chunk, then come back for the next, so that batches take turns and a stop waits for one chunk only."""
    if batches.issue_next_chunk(batch_id=batch_id):
        batches.wake_one_worker(batch_id=batch_id)


@shared_task
def sweep() -> int:
    """Begin batches whose time has come, and find running ones that nobody works on.

    A worker may have died, or the broker may have lost its message. Returns how many batches were woken.
    """
    now = timezone.now()
    transitions.start_due(now=now)
    uploads.forget_abandoned(now=now)
    return batches.sweep()


@shared_task
def refresh_status_lists() -> int:
    """Sign status lists again before they grow old."""
    return status_lists.publish_due(now=timezone.now())
