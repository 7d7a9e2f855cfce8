"""What was given: the award, and the status list that says whether it still stands."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from credentials.models.achievements import AchievementVersion
from credentials.models.batches import Batch
from issuers.models import Issuer, SigningKey
from openbadges.status import LIST_LENGTH


class StatusList(models.Model):
    """A published list of one bit per document; a set bit means: do not rely on it.

    `bits` has LIST_LENGTH bits, left-most first. `document` is the signed list as last published.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    issuer = models.ForeignKey(Issuer, on_delete=models.PROTECT, related_name="status_lists")
    bits = models.BinaryField()
    used = models.PositiveIntegerField(default=0, help_text="How many indexes have been given out.")
    is_open = models.BooleanField(default=True, help_text="New awards take their index from this list.")
    document = models.TextField(blank=True)
    token = models.TextField(blank=True)
    signed_at = models.DateTimeField(null=True, blank=True)
    changed_at = models.DateTimeField(null=True, blank=True, help_text="When a bit was last set.")
    is_changed = models.BooleanField(
        default=False, help_text="Bits were set that the published list does not show yet."
    )
    created_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["changed_at"], condition=Q(is_changed=True), name="status_list_to_sign_again"),
            models.Index(fields=["signed_at"], name="status_list_by_age"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["issuer"], condition=Q(is_open=True), name="one_open_status_list_per_issuer"
            ),
            models.CheckConstraint(condition=Q(used__range=(0, LIST_LENGTH)), name="status_list_is_not_overfull"),
        ]

    def __str__(self) -> str:
        return str(self.public_id)

    @property
    def address(self) -> str:
        return f"{settings.PUBLIC_URL}/status/{self.public_id}"


class AwardQuerySet(models.QuerySet["Award"]):
    def given(self) -> Self:
        """Signed and stored at some time, so that outsiders may have seen it, whatever became of it since."""
        return self.exclude(state__in=[Award.State.RESERVED, Award.State.ABANDONED])

    def naming(self) -> Self:
        """Whose external id no other award of the issuer may have."""
        return self.exclude(state__in=[Award.State.SUPERSEDED, Award.State.ABANDONED])

    def standing(self) -> Self:
        """Given, and neither withdrawn nor replaced; they may have expired."""
        return self.filter(state__in=Award.STANDING)

    def bereft(self) -> Self:
        """Replaced by an award that was abandoned: the next one is to take their place."""
        return self.filter(state=Award.State.SUPERSEDED, replaced_by=None)

    def replaceable(self) -> Self:
        """What a renewal or correction can take the place of."""
        return self.standing() | self.bereft()

    def in_force(self, at: datetime) -> Self:
        """Given and neither withdrawn, replaced nor over."""
        return self.standing().exclude(valid_until__lte=at)


class Award(models.Model):
    """Our record that an achievement was given to somebody, and the two secured forms of the credential.

    `document` is the JSON with its embedded proof; `token_signature` is the signature of the token, which is rebuilt
    from the document (credentials.publishing). Both are empty until the award is issued.

    ABANDONED is final: the row that it was reserved for failed. Nobody got it, so nobody holds it, its external id and
    its row are free for another award, and its place in the status list is spent.
    """

    class State(models.TextChoices):
        RESERVED = "reserved", "Reserved"
        ISSUED = "issued", "Issued"
        SUSPENDED = "suspended", "Suspended"
        REVOKED = "revoked", "Revoked"
        SUPERSEDED = "superseded", "Replaced"
        ABANDONED = "abandoned", "Never issued"

    STANDING = (State.RESERVED, State.ISSUED, State.SUSPENDED)
    """Given, and neither withdrawn nor replaced; it may have expired."""

    class Delivery(models.TextChoices):
        DIRECT = "direct", "Visible by link at once"
        CLAIM = "claim", "Visible once claimed"

    class Visibility(models.TextChoices):
        PRIVATE = "private", "Private"
        LINK = "link", "Anyone with the link"
        PUBLIC = "public", "Public profile"

    id = models.BigAutoField(primary_key=True)
    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    code = models.CharField(max_length=12, unique=True, help_text="12 Crockford base32 characters.")
    external_id = models.CharField(max_length=200, blank=True)
    issuer = models.ForeignKey(Issuer, on_delete=models.PROTECT, related_name="awards")
    achievement_version = models.ForeignKey(AchievementVersion, on_delete=models.PROTECT, related_name="awards")
    batch = models.ForeignKey(Batch, on_delete=models.PROTECT, null=True, blank=True, related_name="awards")
    batch_row = models.PositiveIntegerField(null=True, blank=True)

    recipient_name = models.CharField(max_length=200)
    recipient_email = models.CharField(max_length=254)
    recipient_salt = models.CharField(max_length=32)
    subject_id = models.CharField(max_length=500, help_text="The holder's DID where known, else a random urn:uuid:.")

    state = models.CharField(max_length=10, choices=State.choices, default=State.RESERVED)
    state_since = models.DateTimeField()
    public_reason = models.CharField(max_length=300, blank=True)
    replaced_by = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="replaces")
    delivery = models.CharField(max_length=6, choices=Delivery.choices, default=Delivery.DIRECT)
    visibility = models.CharField(max_length=7, choices=Visibility.choices, default=Visibility.LINK)
    claimed_at = models.DateTimeField(null=True, blank=True)
    erased_at = models.DateTimeField(null=True, blank=True)

    awarded_at = models.DateTimeField()
    valid_from = models.DateTimeField()
    valid_until = models.DateTimeField(null=True, blank=True)
    narrative = models.TextField(max_length=5000, blank=True)
    evidence = models.JSONField(default=list, blank=True)
    results = models.JSONField(default=list, blank=True)
    licence_number = models.CharField(max_length=100, blank=True)
    language = models.CharField(max_length=35, blank=True)

    status_list = models.ForeignKey(StatusList, on_delete=models.PROTECT, related_name="awards")
    status_index = models.PositiveIntegerField()
    proof_key = models.ForeignKey(SigningKey, on_delete=models.PROTECT, null=True, related_name="+")
    token_key = models.ForeignKey(SigningKey, on_delete=models.PROTECT, null=True, related_name="+")
    document = models.TextField(blank=True)
    token_signature = models.BinaryField(default=b"")
    issued_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField()

    objects = AwardQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["achievement_version", "recipient_email"], name="award_by_recipient"),
            models.Index(fields=["achievement_version", "-id"], name="award_newest_first"),
            models.Index(fields=["valid_until"], condition=Q(state="issued"), name="award_by_end"),
            models.Index(
                fields=["created_at"], condition=Q(state="reserved", batch=None), name="award_alone_to_complete"
            ),
        ]
        constraints = [
            models.UniqueConstraint(fields=["status_list", "status_index"], name="award_owns_its_status_bit"),
            models.UniqueConstraint(
                fields=["batch", "batch_row"], condition=~Q(state="abandoned"), name="award_once_per_batch_row"
            ),
            models.UniqueConstraint(
                fields=["issuer", "external_id"],
                condition=~Q(external_id="") & ~Q(state__in=["superseded", "abandoned"]),
                name="external_id_names_one_award",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["reserved", "issued", "suspended", "revoked", "superseded", "abandoned"]),
                name="award_state_is_known",
            ),
            models.CheckConstraint(
                condition=Q(valid_until=None) | Q(valid_until__gt=F("valid_from")), name="award_ends_after_it_starts"
            ),
            models.CheckConstraint(
                condition=Q(state__in=["reserved", "abandoned"]) | (~Q(document="") & Q(issued_at__isnull=False)),
                name="issued_award_has_its_document",
            ),
            models.CheckConstraint(
                condition=~Q(state="abandoned") | Q(document="", issued_at=None),
                name="abandoned_award_was_never_issued",
            ),
            models.CheckConstraint(
                condition=Q(visibility__in=["private", "link", "public"]) & Q(delivery__in=["direct", "claim"]),
                name="award_visibility_is_known",
            ),
        ]

    def __str__(self) -> str:
        return str(self.public_id)

    @property
    def address(self) -> str:
        return f"{settings.PUBLIC_URL}/c/{self.public_id}"

    @property
    def successor(self) -> Award | None:
        """The award that replaced it, once it is there to be seen."""
        newer = self.replaced_by
        return None if newer is None or newer.state == Award.State.RESERVED else newer


class StatusEntry(models.Model):
    """One index of a status list, given out once and never again, with the document that carries it.

    `digest` is openbadges.canonical.digest of the document, recorded before the document is signed: a signature under
    our key over anything else is not ours.
    """

    status_list = models.ForeignKey(StatusList, on_delete=models.PROTECT, related_name="entries")
    index = models.PositiveIntegerField()
    award = models.ForeignKey(Award, on_delete=models.PROTECT, related_name="status_entries")
    digest = models.BinaryField(max_length=32)
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["status_list", "index"], name="status_index_is_given_once"),
            models.CheckConstraint(condition=Q(index__lt=LIST_LENGTH), name="status_index_is_inside_its_list"),
        ]

    def __str__(self) -> str:
        return f"{self.status_list_id}#{self.index}"


class Reinstatement(models.Model):
    """A suspended award that was reinstated and waits for its new document: another index, a newer start.

    A set bit is never cleared, so the old document stays refused. Until a worker has signed the new one, the award is
    suspended. `status_list` and `status_index` are empty until the worker has taken a place and recorded the digest.
    """

    award = models.OneToOneField(Award, on_delete=models.CASCADE, primary_key=True, related_name="reinstatement")
    status_list = models.ForeignKey(StatusList, on_delete=models.PROTECT, null=True, related_name="+")
    status_index = models.PositiveIntegerField(null=True)
    valid_from = models.DateTimeField()
    requested_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(status_list=None, status_index=None)
                | Q(status_list__isnull=False, status_index__isnull=False),
                name="reinstatement_has_a_whole_place_or_none",
            ),
        ]

    def __str__(self) -> str:
        return f"reinstatement of {self.award_id}"

    def reinstated_award(self) -> Award:
        """The award as its new document will say it. To build and sign from, never to save."""
        assert self.status_list is not None and self.status_index is not None  # the place was taken before
        award = Award.objects.select_related("achievement_version__achievement__issuer").get(pk=self.award_id)
        award.status_list, award.status_index, award.valid_from = self.status_list, self.status_index, self.valid_from
        return award
