"""Awards in two steps: reserve (decide, take an index, record what will be signed), then complete (store it signed).

Both run inside the caller's transaction. Source of the order: boulder's issuance cycle; see docs/architecture.md.
"""

from __future__ import annotations

import logging
import secrets
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time
from typing import Any

from django.db import connection, models
from django.db.models import Count, Max, Min

from credentials import durations, notices
from credentials.codes import new_code
from credentials.failpoints import failpoint
from credentials.imports import RowValues
from credentials.models import (
    AchievementVersion,
    Award,
    Batch,
    BatchRow,
    Notice,
    Reinstatement,
    StatusEntry,
    StatusList,
)
from credentials.publishing import CredentialBuilder
from credentials.replacing import filled_up, hand_on, keep_day, values_of
from credentials.signing import SignedAwards
from credentials.status_lists import publish, set_bits, take_indexes
from issuers import audit
from issuers.models import Issuer
from openbadges import canonical
from openbadges.documents import DocumentInvalid
from openbadges.json_types import JsonValue

log = logging.getLogger(__name__)

_WORKER = audit.Actor.system("worker")

Person = tuple[int, RowValues]
"""The number of a row in its file, and what the row says."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a row gets no award: the state it ends in, a lasting code, the column at fault and a sentence."""

    state: BatchRow.State
    code: str
    column: str
    message: str


NOBODY_HOLDS_IT = Refusal(
    BatchRow.State.FAILED,
    "no_award_to_correct",
    "email",
    "Nobody with this address holds this badge, so there is nothing to correct. "
    "Name the award by its external_id where the address is what is wrong.",
)


def reserve(*, batch: Batch, people: Sequence[Person], now: datetime) -> list[Award | Refusal]:
    """Reserve one award per row, or say why not; answers in the order of `people`."""
    # Whoever holds this lock decides alone who has the achievement already and which ids are taken: two files at once
    # can neither award twice nor give one id to two awards.
    Issuer.objects.select_for_update(no_key=True).get(pk=batch.issuer_id)
    held, taken = _newest_held(batch, people, now), _external_ids_taken(batch, people)
    olds = [_held_by(values, batch=batch, held=held, taken=taken) for _, values in people]
    refusals = [
        _refusal(values, old, batch=batch, taken=taken, earlier=olds[:place])
        for place, ((_, values), old) in enumerate(zip(people, olds, strict=True))
    ]
    places = iter(take_indexes(issuer=batch.issuer, count=refusals.count(None), now=now))
    failpoint("after_indexes")
    builder = CredentialBuilder(batch.achievement_version)
    outcomes: list[Award | Refusal] = []
    reserved: list[tuple[Award, bytes]] = []
    replaced: list[tuple[Award, Award]] = []
    for (number, values), old, refusal in zip(people, olds, refusals, strict=True):
        if refusal is not None:
            outcomes.append(refusal)
            continue
        failpoint("reserve_row", row=number)
        try:
            award = _award_for(values, old, *next(places), batch=batch, now=now)
            award.batch, award.batch_row = batch, number
            reserved.append((award, canonical.digest(builder.unsigned(award))))
            replaced += [] if old is None else [(old, award)]
            outcomes.append(award)
        except DocumentInvalid as error:
            outcomes.append(Refusal(BatchRow.State.FAILED, error.code, "", str(error)))
    store(reserved, renewals=replaced, now=now)
    _follow_abandoned([award for award, _ in reserved], version=batch.achievement_version)
    if replaced:
        kind = Notice.Kind.CORRECTED if batch.duplicates == Batch.Duplicates.CORRECT else Notice.Kind.RENEWED
        notices.add_all(kind, [new for _, new in replaced], now=now)
        _record(batch, f"awards.{kind}", now=now, replaced=[str(old.public_id) for old, _ in replaced])
    return outcomes


def record_again(*, batch: Batch, award_ids: Sequence[int], now: datetime) -> None:
    """Record anew what will be signed for reservations that another worker left, where it reads differently by now.

    The issuer's name or PUBLIC_URL may have changed since. Nothing that was recorded before has left that worker.
    """
    entries = (
        StatusEntry.objects.filter(award__in=award_ids, award__state=Award.State.RESERVED)
        .select_related("award__status_list")
        .defer("award__status_list__bits", "award__status_list__document", "award__status_list__token")
    )
    builder = CredentialBuilder(batch.achievement_version)
    changed = []
    for entry in entries:
        digest = canonical.digest(builder.unsigned(entry.award))
        if digest != bytes(entry.digest):
            entry.digest, entry.recorded_at = digest, now
            changed.append(entry)
    if changed:
        log.warning("Batch %s: %d reserved awards read differently now; recorded again", batch.pk, len(changed))
        StatusEntry.objects.bulk_update(changed, ["digest", "recorded_at"], batch_size=100)


def abandon(*, batch: Batch, award_ids: Sequence[int], now: datetime) -> None:
    """Give up reservations whose rows failed, in the transaction in which they fail.

    The caller holds the chunk: nobody else can be about to store them. A document that was signed and not stored has
    left no worker; should one be found all the same, nobody accepts it, because its bit is set and our record is none.
    """
    if not award_ids:
        return
    Issuer.objects.select_for_update(no_key=True).get(pk=batch.issuer_id)
    abandoned = Award.objects.filter(pk__in=award_ids, state=Award.State.RESERVED)
    public_ids = [str(public_id) for public_id in abandoned.order_by("pk").values_list("public_id", flat=True)]
    Award.objects.filter(replaced_by__in=abandoned).update(replaced_by=None)
    Notice.objects.filter(award__in=abandoned).delete()  # none was sent: they wait until the award is signed
    set_bits(award_ids=award_ids, now=now)
    abandoned.update(state=Award.State.ABANDONED, state_since=now)
    _record(batch, "awards.abandoned", now=now, awards=[*public_ids])


def complete(signed: SignedAwards, *, now: datetime) -> None:
    """Store what was signed of a batch, with an entry in the audit log."""
    store_signed(signed, now=now)
    _record_issued([award.award_id for award in signed.awards], now=now)


def store_signed(signed: SignedAwards, *, now: datetime) -> None:
    """Store both secured forms of awards; a status list that has no signature yet gets one."""
    set_columns(
        Award,
        ("document", "token_signature"),
        ((award.award_id, award.document, award.token_signature) for award in signed.awards),
    )
    failpoint("after_documents_stored")
    award_ids = [award.award_id for award in signed.awards]
    Award.objects.filter(pk__in=award_ids).update(
        state=Award.State.ISSUED, issued_at=now, proof_key=signed.proof_key, token_key=signed.token_key
    )
    failpoint("after_awards_issued")
    for status_list in StatusList.objects.filter(awards__in=award_ids, signed_at=None).distinct():
        publish(status_list, now=now)


def _record_issued(award_ids: Sequence[int], *, now: datetime) -> None:
    """One entry of the audit log for all awards of a chunk; their ids follow from its batch and its rows."""
    facts = Award.objects.filter(pk__in=award_ids).aggregate(
        first=Min("batch_row"), last=Max("batch_row"), count=Count("pk"), batch=Min("batch")
    )
    if not facts["count"]:
        return
    batch = Batch.objects.only("public_id", "issuer_id").get(pk=facts["batch"])
    rows = {"first_row": facts["first"], "last_row": facts["last"]}
    _record(batch, "awards.issued", now=now, awards=facts["count"], **rows)


def _record(batch: Batch, action: str, *, now: datetime, **details: JsonValue) -> None:
    audit.record(
        action,
        actor=_WORKER,
        issuer_id=batch.issuer_id,
        object_kind="batch",
        object_id=batch.public_id,
        now=now,
        details=details,
    )


def set_columns(model: type[models.Model], columns: Sequence[str], rows: Iterable[tuple[Any, ...]]) -> None:
    """Set columns of many rows, each to its own values. rows: (primary key, value of each column)."""
    assignments = ", ".join(f"{column} = %s" for column in columns)
    with connection.cursor() as cursor:
        cursor.executemany(
            f"UPDATE {model._meta.db_table} SET {assignments} WHERE id = %s",  # noqa: S608  # our own names only
            [(*values, key) for key, *values in rows],
        )


def held_already(batch: Batch, now: datetime) -> models.QuerySet[Award]:
    """The awards that a row of this batch would repeat, by its policy; what expired can be renewed, not repeated."""
    awards = Award.objects.filter(achievement_version=batch.achievement_version)
    if batch.duplicates == Batch.Duplicates.ISSUE:
        return awards.none()
    replaces = batch.duplicates in (Batch.Duplicates.RENEW, Batch.Duplicates.CORRECT)
    return awards.replaceable() if replaces else awards.in_force(now)


def _newest_held(batch: Batch, people: Sequence[Person], now: datetime) -> dict[str, Award]:
    """The newest of these awards by e-mail, for the people of these rows."""
    held = held_already(batch, now).filter(recipient_email__in={values.email for _, values in people})
    return {award.recipient_email: award for award in held.order_by("pk")}


def _external_ids_taken(batch: Batch, people: Sequence[Person]) -> dict[str, Award]:
    wanted = {values.external_id for _, values in people if values.external_id}
    awards = Award.objects.filter(issuer=batch.issuer, external_id__in=wanted)
    found = list(awards.naming())
    if batch.duplicates == Batch.Duplicates.CORRECT:  # their ids are free, and still tell which ones are meant
        found = [*awards.bereft().filter(achievement_version=batch.achievement_version).order_by("pk"), *found]
    return {award.external_id: award for award in found}


def _follow_abandoned(awards: Sequence[Award], *, version: AchievementVersion) -> None:
    """Lead to these awards from earlier ones of the same people whose renewal was abandoned."""
    by_email = {award.recipient_email: award.pk for award in awards}
    replaced = Award.objects.bereft().filter(achievement_version=version, recipient_email__in=by_email)
    links = [(key, by_email[email]) for key, email in replaced.values_list("pk", "recipient_email")]
    set_columns(Award, ("replaced_by_id",), links)


def _held_by(values: RowValues, *, batch: Batch, held: Mapping[str, Award], taken: Mapping[str, Award]) -> Award | None:
    """The award that a row would repeat or replace. A correction may name it by its id: the address may be wrong."""
    named = taken.get(values.external_id) if batch.duplicates == Batch.Duplicates.CORRECT else None
    if (
        named is not None
        and named.achievement_version_id == batch.achievement_version_id
        # Of superseded ones only those are among the taken whose successor was abandoned.
        and named.state in (*named.STANDING, Award.State.SUPERSEDED)
    ):
        return named
    return held.get(values.email)


def _award_for(
    values: RowValues, old: Award | None, status_list: StatusList, index: int, *, batch: Batch, now: datetime
) -> Award:
    """The award of a row, not stored yet. old: what it replaces."""
    version, corrects = batch.achievement_version, batch.duplicates == Batch.Duplicates.CORRECT
    if old is None:
        return new_award(version, values, status_list, index, now=now)
    new = new_award(version, filled_up(values, old) if corrects else values, status_list, index, now=now)
    hand_on(old, new)
    if corrects:
        keep_day(old, new)
    return new


def _refusal(
    values: RowValues, old: Award | None, *, batch: Batch, taken: Mapping[str, Award], earlier: Sequence[Award | None]
) -> Refusal | None:
    """old: what the row repeats or replaces; earlier: the same of the rows before it."""
    if old is not None and batch.duplicates == Batch.Duplicates.SKIP and old.state != Award.State.RESERVED:
        until = f"valid until {old.valid_until:%-d %B %Y}" if old.valid_until else "without an end date"
        message = f"This person already holds it, {until}: {old.address}"
        return Refusal(BatchRow.State.SKIPPED, "already_held", "email", message)
    if old is not None and (refusal := _refusal_to_replace(old)):
        return refusal
    if batch.duplicates == Batch.Duplicates.CORRECT and (refusal := _refusal_to_correct(values, old, earlier)):
        return refusal
    # A successor may carry on the id of the award that it replaces.
    if taken.get(values.external_id, old) not in (None, old):
        message = f"“{values.external_id}” names another award of this issuer. Use an id of its own for this row."
        return Refusal(BatchRow.State.FAILED, "external_id_taken", "external_id", message)
    return None


def _refusal_to_replace(old: Award) -> Refusal | None:
    if old.state == Award.State.RESERVED:
        # Not even a renewal may replace what is not signed yet.
        message = f"Another file awards it to this person at this moment: {old.address}"
        return Refusal(BatchRow.State.SKIPPED, "already_held", "email", message)
    if old.state == Award.State.SUSPENDED:
        message = f"The award is suspended: reinstate or revoke it first: {old.address}"
        return Refusal(BatchRow.State.FAILED, "award_suspended", "email", message)
    return None


def _refusal_to_correct(values: RowValues, old: Award | None, earlier: Sequence[Award | None]) -> Refusal | None:
    if old is None:
        return NOBODY_HOLDS_IT
    if old in earlier:
        message = f"Another row of this file corrects the same award: {old.address}"
        return Refusal(BatchRow.State.FAILED, "corrected_twice", "email", message)
    if filled_up(values, old) == values_of(old):
        return Refusal(
            BatchRow.State.SKIPPED, "nothing_to_correct", "", f"The award says all this already: {old.address}"
        )
    return None


def new_award(
    version: AchievementVersion, values: RowValues, status_list: StatusList, index: int, *, now: datetime
) -> Award:
    """An award of these values at this place of a status list, not stored yet."""
    moment = now.replace(microsecond=0)
    awarded_on = datetime.combine(values.awarded_on, time(), UTC) if values.awarded_on else None
    # The default start is the one that the check of the file assumed (credentials.imports.dates.check_order).
    valid_from = values.valid_from or awarded_on or moment
    valid_until = values.valid_until or (durations.add(valid_from, version.validity) if version.validity else None)
    return Award(
        code=new_code(),
        external_id=values.external_id,
        issuer=version.achievement.issuer,
        achievement_version=version,
        recipient_name=values.name,
        recipient_email=values.email,
        recipient_salt=secrets.token_hex(16),
        subject_id=f"urn:uuid:{uuid.uuid4()}",
        state_since=now,
        awarded_at=awarded_on or moment,
        valid_from=valid_from,
        valid_until=valid_until,
        narrative=values.narrative,
        evidence=[{"url": item.url, "name": item.name} for item in values.evidence],
        results=[{"key": key, "value": value} for key, value in values.results],
        licence_number=values.licence_number,
        language=values.language,
        status_list=status_list,
        status_index=index,
        created_at=now,
    )


def store(reserved: Sequence[tuple[Award, bytes]], *, renewals: Sequence[tuple[Award, Award]], now: datetime) -> None:
    """Record awards with the digest of what will be signed. renewals: (old award, the one that replaces it).

    The caller holds the issuer's lock.
    """
    replaced = [old.pk for old, _ in renewals]
    Award.objects.filter(pk__in=replaced).update(state=Award.State.SUPERSEDED, state_since=now)
    Reinstatement.objects.filter(award__in=replaced).delete()
    set_bits(award_ids=replaced, now=now)
    Award.objects.bulk_create(award for award, _ in reserved)
    failpoint("after_awards_stored")
    StatusEntry.objects.bulk_create(
        StatusEntry(
            status_list=award.status_list, index=award.status_index, award=award, digest=digest, recorded_at=now
        )
        for award, digest in reserved
    )
    failpoint("after_digests_stored")
    set_columns(Award, ("replaced_by_id",), ((old.pk, new.pk) for old, new in renewals))
