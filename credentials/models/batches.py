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
        CORRECT = "correct", "Correct: the new award says it right; empty cells leave it as it was"

    class PauseReason(models.TextChoices):
        """Why a worker paused a batch by itself."""

        DISK_FULL = "disk_full", "The disk is full. Make room, then resume."
        NO_SIGNING_KEY = "no_signing_key", "The issuer has no active signing key. Rotate its keys, then resume."
        ARCHIVED = "archived", "The achievement was archived meanwhile. Cancel the batch."
        FAILING = "failing", "Issuing fails and no single row is to blame. The log says more; then resume."
        WORKERS_DIE = "workers_die", "Workers die on every row. The log says more; then resume."

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    issuer = models.ForeignKey(Issuer, on_delete=models.PROTECT, related_name="batches")
    achievement_version = models.ForeignKey(AchievementVersion, on_delete=models.PROTECT, related_name="batches")
    file_name = models.CharField(max_length=255)
    file_digest = models.CharField(max_length=64, help_text="SHA-256 of the file, in hex.")
    columns = models.JSONField(
        default=dict, blank=True, help_text="What each header of the file means, where it was asked for."
    )
    notes = models.JSONField(default=list, blank=True, help_text="Sentences to show beside the check of the file.")
    checker = models.CharField(max_length=60, blank=True, help_text="Lease of the process that checks the file.")
    check_asked_at = models.DateTimeField(
        null=True, blank=True, help_text="Since when a worker is to check the file; empty: it is done, or nobody asked."
    )
    check_deaths = models.PositiveSmallIntegerField(default=0, help_text="How many workers died of the check.")
    check_faults = models.JSONField(
        default=list, blank=True, help_text="Why a worker refused the file: pairs of what is wrong and the cure."
    )
    duplicates = models.CharField(max_length=7, choices=Duplicates.choices, default=Duplicates.SKIP)
    state = models.CharField(max_length=9, choices=State.choices, default=State.VALIDATED)
    pause_reason = models.CharField(
        max_length=20, choices=PauseReason.choices, blank=True, help_text="Empty where a person paused it."
    )
    total = models.PositiveIntegerField()
    foreseen_new = models.PositiveIntegerField(default=0, help_text="Rows that nobody held when the file was checked.")
    foreseen_held = models.PositiveIntegerField(default=0, help_text="Rows whose people held it already by then.")
    issued = models.PositiveIntegerField(default=0)
    skipped = models.PositiveIntegerField(default=0)
    failed = models.PositiveIntegerField(default=0)
    cancelled = models.PositiveIntegerField(default=0)
    converted = models.PositiveIntegerField(
        default=0, help_text="Documents that no template could be filled for; they cost more time and are the same."
    )
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField()
    starts_at = models.DateTimeField(null=True, blank=True, help_text="When a held batch begins; until then undo.")
    started_at = models.DateTimeField(null=True, blank=True)
    cancelled_at = models.DateTimeField(
        null=True, blank=True, help_text="Nothing new is begun from here on; what was reserved is completed."
    )
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["issuer", "-id"], name="batch_newest_first"),
            models.Index(
                fields=["check_asked_at"], condition=Q(check_asked_at__isnull=False), name="batch_waits_for_check"
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["draft", "validated", "held", "running", "paused", "finished", "cancelled"]),
                name="batch_state_is_known",
            ),
            models.CheckConstraint(
                condition=Q(duplicates__in=["skip", "renew", "issue", "correct"]), name="batch_policy_is_known"
            ),
            models.CheckConstraint(
                condition=Q(total__gte=F("issued") + F("skipped") + F("failed") + F("cancelled")),
                name="batch_counts_no_row_twice",
            ),
            models.CheckConstraint(
                condition=Q(finished_at__isnull=False, state__in=["finished", "cancelled"])
                | (Q(finished_at=None) & ~Q(state__in=["finished", "cancelled"])),
                name="batch_ends_in_a_final_state",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["running", "paused", "finished"]) | Q(started_at__isnull=False),
                name="batch_at_work_was_started",
            ),
            models.CheckConstraint(
                condition=~Q(state="held") | Q(starts_at__isnull=False), name="held_batch_knows_its_start"
            ),
            models.CheckConstraint(
                condition=~Q(state="cancelled") | Q(cancelled_at__isnull=False), name="cancelled_batch_was_cancelled"
            ),
            models.CheckConstraint(
                condition=Q(check_asked_at=None) | Q(state="draft"), name="only_a_draft_waits_for_its_check"
            ),
            models.CheckConstraint(
                condition=Q(pause_reason="") | Q(state="paused"), name="only_a_paused_batch_has_a_reason"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.file_name} ({self.state})"

    @property
    def done(self) -> int:
        """Rows that have come to an end, whichever."""
        return self.issued + self.skipped + self.failed + self.cancelled


class BatchFilePiece(models.Model):
    """A part of an uploaded file, kept in order until its batch begins: columns can be matched and matched again.

    In the database, because the machine that checks the file need not be the one that received it.
    """

    batch = models.ForeignKey(Batch, on_delete=models.CASCADE, related_name="file_pieces")
    number = models.PositiveIntegerField()
    content = models.BinaryField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["batch", "number"], name="file_piece_number_is_unique")]

    def __str__(self) -> str:
        return f"piece {self.number} of batch {self.batch_id}"


class ColumnNames(models.Model):
    """What the headers of an issuer's files mean: the choice made last time, by header as `columns.header_key` has it.

    `meanings` maps such a header to a column of ours, or to "" where it is left out.
    """

    issuer = models.OneToOneField(Issuer, on_delete=models.CASCADE, related_name="column_names")
    meanings = models.JSONField(default=dict)

    def __str__(self) -> str:
        return f"columns of {self.issuer_id}"


class BatchChunk(models.Model):
    """About 500 rows that one worker takes at a time. `owner` names its lease (credentials.leases); empty: free.

    `deaths`: how many workers died on it since its rows were last looked at one by one (credentials.poison).
    """

    batch = models.ForeignKey(Batch, on_delete=models.CASCADE, related_name="chunks")
    number = models.PositiveIntegerField()
    owner = models.CharField(max_length=60, blank=True)
    deaths = models.PositiveSmallIntegerField(default=0)
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

    class Foreseen(models.TextChoices):
        """What the check of the file found: what would come of this row."""

        NEW = "new", "New"
        HELD = "held", "Holds it already"
        ERROR = "error", "Error"

    batch = models.ForeignKey(Batch, on_delete=models.CASCADE, related_name="rows")
    number = models.PositiveIntegerField()
    chunk = models.PositiveIntegerField(null=True, blank=True, help_text="Empty for a row that failed the check.")
    values = models.JSONField()
    foreseen = models.CharField(max_length=5, choices=Foreseen.choices, default=Foreseen.NEW)
    state = models.CharField(max_length=17, choices=State.choices, default=State.PENDING)
    code = models.CharField(max_length=60, blank=True, help_text="Lasting name of the reason.")
    column = models.CharField(max_length=100, blank=True)
    message = models.CharField(max_length=1000, blank=True)
    award = models.ForeignKey("credentials.Award", on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        indexes = [
            models.Index(fields=["batch", "chunk", "number"], name="row_by_chunk"),
            models.Index(fields=["batch", "foreseen", "number"], name="row_by_foresight"),
            models.Index(fields=["batch", "state", "number"], name="row_by_state"),
        ]
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
            # What was reserved for it is abandoned with it; trying it again begins anew.
            models.CheckConstraint(condition=~Q(state="failed") | Q(award=None), name="failed_row_has_no_award"),
            models.CheckConstraint(condition=Q(foreseen__in=["new", "held", "error"]), name="row_foresight_is_known"),
        ]

    def __str__(self) -> str:
        return f"row {self.number} of batch {self.batch_id}"


class Recall(models.Model):
    """All awards of a batch are revoked, part by part, by a worker. `done` counts those that it has come to."""

    batch = models.OneToOneField(Batch, on_delete=models.CASCADE, related_name="recall")
    reason = models.CharField(max_length=60)
    public_note = models.CharField(max_length=300, blank=True)
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    requested_at = models.DateTimeField()
    owner = models.CharField(max_length=60, blank=True)
    done = models.PositiveIntegerField(default=0)
    finished_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"recall of batch {self.batch_id}"
