"""Correct and renew: a new award takes the place of an old one, whose link leads to it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from functools import partial

from django.db import transaction

from credentials import durations, notices, wake
from credentials.errors import AchievementArchived
from credentials.imports import RowValues
from credentials.issuing import new_award, store
from credentials.life.changes import COMPLETE_TASK
from credentials.life.errors import AwardEnded, AwardSuspended, ExternalIdTaken, NothingToCorrect
from credentials.life.locking import lock_award, record_change, recording_refusals, refuse_unissued
from credentials.models import AchievementVersion, Award, Notice
from credentials.publishing import CredentialBuilder
from credentials.replacing import completed, hand_on, keep_day, values_of
from credentials.signing import active_keys
from credentials.status_lists import take_indexes
from issuers.audit import Actor
from openbadges import canonical


def correct(*, award_id: int, values: RowValues, actor: Actor, now: datetime) -> Award:
    """Replace an award by one that says it right; return the new one, which a worker signs next.

    values: all of them, as a row of a file has them; a date or external id that it leaves open stays as it was.
    Called again with the same values it returns the award that was made.
    Raises AwardNotIssued, AwardAbandoned, AwardSuspended, AwardEnded, NothingToCorrect, ExternalIdTaken, NoSigningKey,
    DocumentInvalid.
    """
    with recording_refusals("award.corrected", award_id=award_id, actor=actor, now=now):
        return _correct(award_id, values, actor=actor, now=now)


def renew(*, award_id: int, actor: Actor, now: datetime, valid_until: datetime | None = None) -> Award:
    """Give an award anew, from today on and by the achievement's current version; expired ones, too.

    valid_until: the new end, where it is not to follow from the achievement's period of validity.
    Called again it returns the award that was made.
    Raises AwardNotIssued, AwardAbandoned, AwardSuspended, AwardEnded, AchievementArchived, NoSigningKey,
    DocumentInvalid.
    """
    with recording_refusals("award.renewed", award_id=award_id, actor=actor, now=now):
        return _renew(award_id, valid_until=valid_until, actor=actor, now=now)


@transaction.atomic
def _correct(award_id: int, values: RowValues, *, actor: Actor, now: datetime) -> Award:
    old = lock_award(award_id)
    complete = completed(values, old)
    if old.replaced_by and values_of(old.replaced_by) == complete:
        return old.replaced_by
    _check_can_be_replaced(old)
    if complete == values_of(old):
        raise NothingToCorrect
    others = Award.objects.filter(issuer=old.issuer, external_id=complete.external_id).exclude(pk=old.pk)
    if complete.external_id and others.naming().exists():
        raise ExternalIdTaken(complete.external_id)
    new = _successor(old, version=old.achievement_version, values=complete, now=now)
    keep_day(old, new)
    _replace(old, new, kind=Notice.Kind.CORRECTED, actor=actor, now=now)
    return new


@transaction.atomic
def _renew(award_id: int, *, valid_until: datetime | None, actor: Actor, now: datetime) -> Award:
    old = lock_award(award_id)
    if old.replaced_by and old.replaced_by.notices.filter(kind=Notice.Kind.RENEWED).exists():
        return old.replaced_by
    _check_can_be_replaced(old)
    achievement = old.achievement_version.achievement
    version = achievement.current
    if achievement.archived_at is not None:
        raise AchievementArchived(version.name)
    start = now.replace(microsecond=0)
    end = valid_until or (durations.add(start, version.validity) if version.validity else None)
    values = replace(values_of(old), awarded_on=None, valid_from=start, valid_until=end)
    new = _successor(old, version=version, values=values, now=now)
    _replace(old, new, kind=Notice.Kind.RENEWED, actor=actor, now=now)
    return new


def _check_can_be_replaced(old: Award) -> None:
    refuse_unissued(old)
    if old.state == Award.State.SUSPENDED:
        raise AwardSuspended
    if old.state != Award.State.ISSUED:
        raise AwardEnded(old)
    active_keys(old.issuer)  # without them the new one could never be signed


def _successor(old: Award, *, version: AchievementVersion, values: RowValues, now: datetime) -> Award:
    """The new award, not stored yet."""
    [(status_list, index)] = take_indexes(issuer=old.issuer, count=1, now=now)
    new = new_award(version, values, status_list, index, now=now)
    hand_on(old, new)
    return new


def _replace(old: Award, new: Award, *, kind: Notice.Kind, actor: Actor, now: datetime) -> None:
    """Record both: the old one is superseded at once, the new one reserved until a worker has signed it."""
    digest = canonical.digest(CredentialBuilder(new.achievement_version).unsigned(new))
    store([(new, digest)], renewals=[(old, new)], now=now)
    details = {"old": str(old.public_id), "new": str(new.public_id)}
    record_change(f"award.{kind}", old, actor=actor, now=now, details=details)
    record_change("award.reserved", new, actor=actor, now=now, details=details)
    notices.add(kind, new, now=now)
    transaction.on_commit(partial(wake.send, COMPLETE_TASK, new.pk))
