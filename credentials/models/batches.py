"""A batch: many awards from one file. The tables are the queue; the broker only wakes workers."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from credentials.models.achievements import AchievementVersion
from issuers.models import Issuer


class Batch(models.Model):
    """One file of awards and how far it has come. Counters move once per chunk, so reading progress costs one row."""

    class State(models.TextChoices):
        DRAFT = "draft", "Draft"
        VALIDATED = "validated", "Checked, not started"
        HELD = "held", "Waiting to start"
        RUNNING = "running", "Running"
        PAUSED = "paused", "Paused"
        FINISHED = "finished", "Finished"
        CANCELLED = "cancelled", "Cancelled"

    class Duplicates(models.TextChoices):
        SKIP = "skip", "Skip people who hold it already"
        RENEW = "renew", "Renew: the new award replaces the old one"
        ISSUE = "issue", "Issue again beside the old one"

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    issuer = models.ForeignKey(Issuer, on_delete=models.PROTECT, related_name="batches")
    achievement_version = models.ForeignKey(AchievementVersion, on_delete=models.PROTECT, related_name="batches")
    file_name = models.CharField(max_length=255)
    file_digest = models.CharField(max_length=64, help_text="SHA-256 of the file, in hex.")
    duplicates = models.CharField(max_length=5, choices=Duplicates.choices, default=Duplicates.SKIP)
    state = models.CharField(max_length=9, choices=State.choices, default=State.VALIDATED)
    total = models.PositiveIntegerField()
    issued = models.PositiveIntegerField(default=0)
    skipped = models.PositiveIntegerField(default=0)
    failed = models.PositiveIntegerField(default=0)
    converted = models.PositiveIntegerField(
        default=0, help_text="Documents that no template could be filled for; they cost more time and are the same."
    )
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["issuer", "-id"], name="batch_newest_first")]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["draft", "validated", "held", "running", "paused", "finished", "cancelled"]),
                name="batch_state_is_known",
            ),
            models.CheckConstraint(
                condition=Q(duplicates__in=["skip", "renew", "issue"]), name="batch_policy_is_known"
            ),
            models.CheckConstraint(
                condition=Q(total__gte=F("issued") + F("skipped") + F("failed")), name="batch_counts_no_row_twice"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.file_name} ({self.state})"

    @property
    def done(self) -> int:
        """Rows that have come to an end, whichever."""
        return self.issued + self.skipped + self.failed


class BatchChunk(models.Model):
    """About 500 rows that one worker takes at a time. `owner` names its lease (credentials.leases); empty: free."""

    batch = models.ForeignKey(Batch, on_delete=models.CASCADE, related_name="chunks")
    number = models.PositiveIntegerField()
    owner = models.CharField(max_length=60, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["batch", "number"], name="chunk_number_is_unique")]

    def __str__(self) -> str:
        return f"{self.batch_id}/{self.number}"


class BatchRow(models.Model):
    """One row of the file. `number` is the row that a spreadsheet shows; `values` is imports.RowValues as JSON."""

    class State(models.TextChoices):
        PENDING = "pending", "Waiting"
        ISSUED = "issued", "Issued"
        SKIPPED = "skipped_duplicate", "Skipped: already held"
        CANCELLED = "cancelled", "Cancelled"
        FAILED = "failed", "Failed"

    batch = models.ForeignKey(Batch, on_delete=models.CASCADE, related_name="rows")
    number = models.PositiveIntegerField()
    chunk = models.PositiveIntegerField(null=True, blank=True, help_text="Empty for a row that failed the check.")
    values = models.JSONField()
    state = models.CharField(max_length=17, choices=State.choices, default=State.PENDING)
    code = models.CharField(max_length=60, blank=True, help_text="Lasting name of the reason.")
    column = models.CharField(max_length=100, blank=True)
    message = models.CharField(max_length=1000, blank=True)
    award = models.ForeignKey("credentials.Award", on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        indexes = [models.Index(fields=["batch", "chunk", "number"], name="row_by_chunk")]
        constraints = [
            models.UniqueConstraint(fields=["batch", "number"], name="row_number_is_unique"),
            models.CheckConstraint(
                condition=Q(state__in=["pending", "issued", "skipped_duplicate", "cancelled", "failed"]),
                name="row_state_is_known",
            ),
            models.CheckConstraint(condition=~Q(state="failed") | ~Q(code=""), name="failed_row_has_a_reason"),
            models.CheckConstraint(
                condition=~Q(state="issued") | Q(award__isnull=False), name="issued_row_has_its_award"
            ),
        ]

    def __str__(self) -> str:
        return f"row {self.number} of batch {self.batch_id}"
