"""Three sample credentials, so that a newcomer has something to check before awarding anything."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import date, datetime
from typing import TYPE_CHECKING

from django.db import transaction

from credentials.batches import issue_next_chunk
from credentials.checked_rows import create_batch
from credentials.imports.values import EvidenceLink, RowValues
from credentials.models import Achievement, Award, Batch
from credentials.transitions import start_batch

if TYPE_CHECKING:
    from learners.models import User

# (issuer, achievement, what a row of a file would say)
SAMPLE_AWARDS = (
    (
        "sample-it-academy",
        "it-security",
        RowValues(
            email="amara.okoye@example.org",
            name="Amara Okoye",
            external_id="sample-1",
            awarded_on=date(2026, 6, 19),
            narrative="Reviewed an invented company's security and trained two colleagues on the way.",
            evidence=(EvidenceLink("https://portfolio.example.org/amara/security-review", "Security review"),),
            results=(("exam", "91"),),
            language="en",
        ),
    ),
    (
        "instituto-ficticio-de-salud-publica",
        "atencion-al-paciente",
        RowValues(
            email="ines.robledo@example.com",
            name="Inés Robledo Peña",
            external_id="sample-2",
            awarded_on=date(2026, 5, 29),
            language="es",
        ),
    ),
    (
        "sample-it-academy",
        "cloud-security",
        RowValues(
            email="kenji.mori@example.net",
            name="森 健司",
            external_id="sample-3",
            results=(("score", "812"),),
            licence_number="SAMPLE-CS-0003",
            language="ja",
        ),
    ),
)


def award_samples(*, now: datetime, created_by: User | None = None) -> tuple[Award, ...]:
    """Award the sample credentials that do not exist yet and return all of them, issued or whatever became of them.

    They go through a batch like any other file; the batch is worked off here, so that no worker needs to run.
    The sample issuers must be loaded.
    """
    for issuer, achievement, values in SAMPLE_AWARDS:
        if not Award.objects.filter(issuer__slug=issuer, external_id=values.external_id).exists():
            batch = _start(issuer, achievement, values, created_by=created_by, now=now)
            while issue_next_chunk(batch_id=batch.pk):
                pass
    return tuple(_existing())


@transaction.atomic
def _start(issuer: str, achievement: str, values: RowValues, *, created_by: User | None, now: datetime) -> Batch:
    version = Achievement.objects.get(issuer__slug=issuer, slug=achievement).current
    batch = create_batch(
        version=version,
        rows=[(1, values)],
        file_name="Sample data",
        file_digest=hashlib.sha256(values.external_id.encode()).hexdigest(),
        # The same invented person may hold this badge from a file that somebody tried before.
        duplicates=Batch.Duplicates.ISSUE,
        created_by=created_by,
        now=now,
    )
    return start_batch(batch_id=batch.pk, now=now)


def _existing() -> Iterator[Award]:
    for issuer, _, values in SAMPLE_AWARDS:
        award = Award.objects.filter(issuer__slug=issuer, external_id=values.external_id).order_by("-pk").first()
        if award is not None:
            yield award
