"""The outbox: what people are to be told, recorded together with the change that it tells of."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q

from credentials.models.awards import Award


class Notice(models.Model):
    """One mail to the holder of an award. Address and words are looked up when it is sent (credentials.notices).

    `key` is unique, so that one event is told once: "expired:17:2026-11-22T00:00:00+00:00".
    """

    class Kind(models.TextChoices):
        SUSPENDED = "suspended", "Suspended"
        REINSTATED = "reinstated", "Reinstated"
        REVOKED = "revoked", "Revoked"
        CORRECTED = "corrected", "Corrected"
        RENEWED = "renewed", "Renewed"
        EXPIRED = "expired", "Expired"

    class State(models.TextChoices):
        WAITING = "waiting", "Waiting"
        SENT = "sent", "Sent"
        DROPPED = "dropped", "Not sent"

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    key = models.CharField(max_length=100, unique=True)
    kind = models.CharField(max_length=10, choices=Kind.choices)
    award = models.ForeignKey(Award, on_delete=models.PROTECT, related_name="notices")
    state = models.CharField(max_length=7, choices=State.choices, default=State.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_try_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True, blank=True)
    problem = models.CharField(max_length=300, blank=True, help_text="Why the last attempt failed.")
    created_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["next_try_at"], condition=Q(state="waiting"), name="notice_to_send"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=["waiting", "sent", "dropped"]), name="notice_state_is_known"),
            models.CheckConstraint(condition=~Q(state="sent") | Q(sent_at__isnull=False), name="sent_notice_says_when"),
            models.CheckConstraint(condition=~Q(state="dropped") | ~Q(problem=""), name="dropped_notice_says_why"),
        ]

    def __str__(self) -> str:
        return f"{self.key} ({self.state})"
