"""How a change of an award begins: locks in one order, and what is refused goes to the audit log, too."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from credentials.errors import IssuingError
from credentials.life.errors import AwardAbandoned, AwardNotIssued, LifeError
from credentials.models import Award
from issuers import audit
from issuers.audit import Actor
from issuers.models import Issuer
from openbadges.documents import DocumentInvalid


def lock_award(award_id: int) -> Award:
    """The award, locked for this transaction. The issuer comes first, as wherever awards and lists change together.

    Raises Award.DoesNotExist.
    """
    issuer_id = Award.objects.values_list("issuer_id", flat=True).get(pk=award_id)
    Issuer.objects.select_for_update(no_key=True).get(pk=issuer_id)
    return (
        Award.objects.select_for_update(no_key=True, of=("self",))
        .select_related("issuer", "achievement_version__achievement")
        .defer("document", "achievement_version__image_svg", "achievement_version__image_png")
        .get(pk=award_id)
    )


def refuse_unissued(award: Award) -> None:
    """Raises AwardNotIssued, AwardAbandoned."""
    if award.state == Award.State.RESERVED:
        raise AwardNotIssued
    if award.state == Award.State.ABANDONED:
        raise AwardAbandoned


@contextmanager
def recording_refusals(action: str, *, award_id: int, actor: Actor, now: datetime) -> Iterator[None]:
    """Write to the audit log what was tried and refused, after the refused transaction is gone."""
    try:
        yield
    except (LifeError, IssuingError, DocumentInvalid) as error:
        public_id, issuer_id = Award.objects.values_list("public_id", "issuer_id").get(pk=award_id)
        audit.record(
            action,
            actor=actor,
            issuer_id=issuer_id,
            object_kind="award",
            object_id=public_id,
            now=now,
            refused=error.code,
        )
        raise


def record_change(
    action: str, award: Award, *, actor: Actor, now: datetime, details: dict[str, str] | None = None
) -> None:
    """Write a change of this award to the audit log, in the transaction that changes it."""
    audit.record(
        action,
        actor=actor,
        issuer_id=award.issuer_id,
        object_kind="award",
        object_id=award.public_id,
        now=now,
        details=dict(details or {}),
    )
