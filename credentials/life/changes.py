"""Suspend, reinstate, revoke: what the issuer says of an award, without another award taking its place."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial

from django.db import models, transaction

from credentials import notices, wake
from credentials.imports.text import clean_line
from credentials.imports.values import FieldFault
from credentials.life.errors import AwardEnded, AwardOver, PublicNoteUnfit, ReasonMissing
from credentials.life.locking import lock_award, record_change, recording_refusals, refuse_unissued
from credentials.models import Award, Notice, Reinstatement
from credentials.signing import active_keys
from credentials.status_lists import set_bits
from issuers.audit import Actor

COMPLETE_TASK = "credentials.tasks.issue_award"
LONGEST_NOTE = 300
LONGEST_REASON = 60
_ENDED = (Award.State.REVOKED, Award.State.SUPERSEDED)


class Reason(models.TextChoices):
    """Why an award is withdrawn, for the issuer's own log. What the public reads is the public note."""

    ISSUED_IN_ERROR = "issued_in_error", "Awarded by mistake"
    NOT_MET = "requirements_not_met", "The requirements were not met"
    MISCONDUCT = "misconduct", "Misconduct or false statements"
    REVIEW = "under_review", "Under review"
    HOLDER_ASKED = "holder_asked", "The holder asked for it"
    OTHER = "other", "Another reason"


def suspend(*, award_id: int, reason: str, public_note: str = "", actor: Actor, now: datetime) -> Award:
    """Put an award on hold. Every verifier refuses it until it is reinstated; a second call changes nothing.

    reason: a Reason, or a short code of the caller's own. public_note: what the public reads.
    Raises AwardNotIssued, AwardAbandoned, AwardEnded, ReasonMissing, PublicNoteUnfit.
    """
    with recording_refusals("award.suspended", award_id=award_id, actor=actor, now=now):
        return _withdraw(award_id, Award.State.SUSPENDED, reason=reason, public_note=public_note, actor=actor, now=now)


def revoke(*, award_id: int, reason: str, public_note: str = "", actor: Actor, now: datetime) -> Award:
    """Withdraw an award for good. The first reason stays when it is called again.

    reason: a Reason, or a short code of the caller's own. public_note: what the public reads.
    Raises AwardNotIssued, AwardAbandoned, AwardEnded (where it was replaced), ReasonMissing, PublicNoteUnfit.
    """
    with recording_refusals("award.revoked", award_id=award_id, actor=actor, now=now):
        return _withdraw(award_id, Award.State.REVOKED, reason=reason, public_note=public_note, actor=actor, now=now)


@transaction.atomic
def _withdraw(
    award_id: int, state: Award.State, *, reason: str, public_note: str, actor: Actor, now: datetime
) -> Award:
    reason, note = reason.strip(), checked_note(public_note)
    if not reason or len(reason) > LONGEST_REASON:
        raise ReasonMissing
    award = lock_award(award_id)
    is_reinstating = Reinstatement.objects.filter(award=award).exists()
    if award.state == state and not is_reinstating:
        return award
    refuse_unissued(award)
    if award.state in _ENDED:
        raise AwardEnded(award)
    Reinstatement.objects.filter(award=award).delete()
    award.state, award.state_since, award.public_reason = state, now, note
    award.save(update_fields=["state", "state_since", "public_reason"])
    set_bits(award_ids=[award.pk], now=now)
    record_change(f"award.{state}", award, actor=actor, now=now, details={"reason": reason})
    notices.add(Notice.Kind(state), award, now=now)
    return award


def reinstate(*, award_id: int, actor: Actor, now: datetime, reason: str = "", public_note: str = "") -> Award:
    """Lift a suspension: a worker signs a new document of the same award, and the award is suspended until then.

    A second call changes nothing, nor does one for an award that is not suspended. The note of the suspension goes
    with it; public_note is taken for the sake of one signature for all changes and must be empty.
    Raises AwardNotIssued, AwardAbandoned, AwardEnded, AwardOver, PublicNoteUnfit, NoSigningKey.
    """
    with recording_refusals("award.reinstated", award_id=award_id, actor=actor, now=now):
        if public_note:
            raise PublicNoteUnfit("An award in force carries no note. Leave it empty.")
        return _reinstate(award_id, reason=reason, actor=actor, now=now)


@transaction.atomic
def _reinstate(award_id: int, *, reason: str, actor: Actor, now: datetime) -> Award:
    award = lock_award(award_id)
    refuse_unissued(award)
    if award.state in _ENDED:
        raise AwardEnded(award)
    if award.state == Award.State.ISSUED or Reinstatement.objects.filter(award=award).exists():
        return award
    # Newer than the old document, so that nobody mistakes one for the other.
    start = max(now.replace(microsecond=0), award.valid_from + timedelta(seconds=1))
    if award.valid_until is not None and award.valid_until <= start:
        raise AwardOver(award.valid_until)
    active_keys(award.issuer)  # without them it could never be signed
    Reinstatement.objects.create(award=award, valid_from=start, requested_at=now)
    details = {"reason": reason} if reason else {}
    record_change("award.reinstatement_asked", award, actor=actor, now=now, details=details)
    transaction.on_commit(partial(wake.send, COMPLETE_TASK, award.pk))
    return award


def checked_note(note: str) -> str:
    """A public note as it is kept: one line with nothing hidden in it. Raises PublicNoteUnfit."""
    try:
        return clean_line(note, LONGEST_NOTE)
    except FieldFault as fault:
        raise PublicNoteUnfit(f"{fault.message} {fault.cure}") from fault
