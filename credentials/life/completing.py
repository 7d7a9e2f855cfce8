"""What a worker does for one award: sign and store what was reserved or reinstated outside of a batch.

The order is that of batches: record what will be signed, sign it without a lock, store it if it is still wanted. May
run twice, at once or again: whoever stores first has stored.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from credentials import notices, wake
from credentials.issuing import store_signed
from credentials.life.changes import COMPLETE_TASK
from credentials.life.locking import lock_award, record_change
from credentials.models import Award, Notice, Reinstatement, StatusEntry
from credentials.publishing import CredentialBuilder
from credentials.signing import SignedAwards, sign_awards, sign_reinstated
from credentials.status_lists import take_indexes
from issuers.audit import Actor
from openbadges import canonical, strict_json

WORKER = Actor.system("worker")
# Those asked for a moment ago have a message on its way.
PATIENCE = timedelta(seconds=3)
_MOST_WOKEN = 200


def complete_award(*, award_id: int) -> bool:
    """Sign and store what this award waits for; return whether there was anything."""
    prepared = _prepare(award_id, now=timezone.now())
    if prepared is None:
        return False
    if prepared == Award.State.RESERVED:
        return _store_new(award_id, sign_awards([award_id], now=timezone.now()), now=timezone.now())
    return _store_reinstated(award_id, sign_reinstated(award_id, now=timezone.now()), now=timezone.now())


def wake_for_waiting(*, now: datetime) -> int:
    """Wake a worker for each award that waits longer than it should: its message was lost, or its worker died."""
    before = now - PATIENCE
    new = Award.objects.filter(state=Award.State.RESERVED, batch=None, created_at__lt=before)
    reinstated = Reinstatement.objects.filter(requested_at__lt=before)
    waiting = [*new.values_list("pk", flat=True)[:_MOST_WOKEN], *reinstated.values_list("pk", flat=True)[:_MOST_WOKEN]]
    for award_id in waiting:
        wake.send(COMPLETE_TASK, award_id)
    return len(waiting)


@transaction.atomic
def _prepare(award_id: int, *, now: datetime) -> Award.State | None:
    """Record what will be signed, where it is not recorded yet or reads differently by now; None: nothing waits."""
    award = lock_award(award_id)
    if award.state == Award.State.RESERVED and award.batch_id is None:
        _record(award, now=now)
        return Award.State.RESERVED
    waiting = Reinstatement.objects.select_related("status_list").filter(award=award).first()
    if waiting is None:
        return None
    if waiting.status_list is None:
        [(waiting.status_list, waiting.status_index)] = take_indexes(issuer=award.issuer, count=1, now=now)
        waiting.save(update_fields=["status_list", "status_index"])
    _record(waiting.reinstated_award(), now=now)
    return Award.State.SUSPENDED


def _record(award: Award, *, now: datetime) -> None:
    digest = canonical.digest(CredentialBuilder(award.achievement_version).unsigned(award))
    entry, _ = StatusEntry.objects.get_or_create(
        status_list=award.status_list,
        index=award.status_index,
        defaults={"award": award, "digest": digest, "recorded_at": now},
    )
    if bytes(entry.digest) != digest:
        entry.digest, entry.recorded_at = digest, now
        entry.save(update_fields=["digest", "recorded_at"])


@transaction.atomic
def _store_new(award_id: int, signed: SignedAwards, *, now: datetime) -> bool:
    award = lock_award(award_id)
    if award.state != Award.State.RESERVED or not signed.awards:
        return False
    store_signed(signed, now=now)
    record_change("award.issued", award, actor=WORKER, now=now)
    return True


@transaction.atomic
def _store_reinstated(award_id: int, signed: SignedAwards, *, now: datetime) -> bool:
    """Put the new document in the place of the old, unless the reinstatement was withdrawn meanwhile."""
    award = lock_award(award_id)
    waiting = Reinstatement.objects.filter(award=award).first()
    if waiting is None or not signed.awards or not _is_of(signed, waiting):
        return False
    Award.objects.filter(pk=award.pk).update(
        status_list=waiting.status_list_id,
        status_index=waiting.status_index,
        valid_from=waiting.valid_from,
        state_since=now,
        public_reason="",
    )
    store_signed(signed, now=now)
    waiting.delete()
    record_change("award.reinstated", award, actor=WORKER, now=now)
    notices.add(Notice.Kind.REINSTATED, award, now=now)
    return True


def _is_of(signed: SignedAwards, waiting: Reinstatement) -> bool:
    """Whether this was signed for this reinstatement: the award may have been suspended and reinstated once more."""
    if waiting.status_list_id is None or waiting.status_index is None:
        return False
    entry = StatusEntry.objects.filter(status_list=waiting.status_list_id, index=waiting.status_index).first()
    document = strict_json.load_object(signed.awards[0].document)
    return entry is not None and bytes(entry.digest) == canonical.digest(document)
