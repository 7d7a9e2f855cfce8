"""Who issues: the issuer profile, the people who act for it, its signing keys and its courses."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q

from openbadges.did import did_web

if TYPE_CHECKING:
    from learners.models import User

SLUG = RegexValidator(r"^[a-z0-9]+(-[a-z0-9]+)*\Z", "Use lower-case letters, digits and single hyphens.")
# These would collide with documents that verifiers fetch by a fixed name.
RESERVED_SLUGS = frozenset({"did", "well-known", "new"})


class IssuerQuerySet(models.QuerySet["Issuer"]):
    def acting(self, user: User) -> Self:
        """Issuers that this person may award for."""
        return self.filter(members__user=user, members__role__in=AWARDING_ROLES)


class Issuer(models.Model):
    """An issuer profile: the organisation whose name and keys stand behind a credential."""

    slug = models.CharField(max_length=60, unique=True, validators=[SLUG])
    name = models.CharField(max_length=200)
    description = models.TextField(max_length=2000, blank=True)
    url = models.URLField(blank=True)
    email = models.EmailField(blank=True)
    country_code = models.CharField(max_length=2, help_text="ISO 3166-1 alpha-2, for example AT.")
    region = models.CharField(max_length=100, blank=True)
    legal_id = models.CharField(max_length=100, blank=True)
    legal_id_type = models.CharField(max_length=40, blank=True, help_text="For example ext:ROR or ext:VAT.")
    parent_name = models.CharField(max_length=200, blank=True, help_text="The institution that this issuer is part of.")
    logo_svg = models.TextField(blank=True)
    is_sample = models.BooleanField(default=False, help_text="Fictional; every page about it carries a SAMPLE mark.")
    approved_at = models.DateTimeField(
        null=True, blank=True, help_text="When the operator of this installation vouched for the name."
    )
    created_at = models.DateTimeField(auto_now_add=True)

    objects = IssuerQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(slug__in=sorted(RESERVED_SLUGS)) & ~Q(slug=""), name="issuer_slug_is_free_to_use"
            ),
            models.CheckConstraint(condition=~Q(name=""), name="issuer_has_a_name"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def address(self) -> str:
        """Where the profile is published: its page, its JSON and, below it, its DID document."""
        return f"{settings.PUBLIC_URL}/issuers/{self.slug}"

    @property
    def did(self) -> str:
        return did_web(settings.PUBLIC_URL, "issuers", self.slug)


class Member(models.Model):
    """A person who acts for an issuer, in one role."""

    class Role(models.TextChoices):
        OWNER = "owner", "Owner"
        EDITOR = "editor", "Editor"
        AWARDER = "awarder", "Awarder"
        ASSESSOR = "assessor", "Assessor"
        VIEWER = "viewer", "Viewer"

    issuer = models.ForeignKey(Issuer, on_delete=models.CASCADE, related_name="members")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=10, choices=Role.choices)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["issuer", "user"], name="member_once_per_issuer"),
            models.CheckConstraint(
                condition=Q(role__in=["owner", "editor", "awarder", "assessor", "viewer"]), name="member_role_is_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} ({self.role}, {self.issuer})"


AWARDING_ROLES = (Member.Role.OWNER, Member.Role.EDITOR, Member.Role.AWARDER)


class SigningKey(models.Model):
    """One key of an issuer. The private half is sealed (issuers.keystore) and leaves the row only to sign.

    `fragment` names the key inside the issuer's DID document: `did:web:…:issuers:slug#fragment`.
    """

    class Algorithm(models.TextChoices):
        ED25519 = "Ed25519", "Ed25519 (embedded proofs)"
        P256 = "P-256", "P-256 (tokens, ES256)"
        RSA = "RSA", "RSA (tokens, RS256)"

    class Purpose(models.TextChoices):
        PROOF = "proof", "Embedded proofs"
        TOKEN = "token", "Tokens"

    class State(models.TextChoices):
        NEXT = "next", "Published ahead"
        ACTIVE = "active", "Signing"
        RETIRED = "retired", "Retired, still verifying"
        COMPROMISED = "compromised", "Compromised"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    issuer = models.ForeignKey(Issuer, on_delete=models.PROTECT, related_name="keys")
    fragment = models.CharField(max_length=60)
    algorithm = models.CharField(max_length=10, choices=Algorithm.choices)
    purpose = models.CharField(max_length=5, choices=Purpose.choices)
    state = models.CharField(max_length=11, choices=State.choices)
    public_key = models.JSONField(help_text="The public half as a JWK.")
    sealed_private_key = models.BinaryField(editable=False)
    created_at = models.DateTimeField()
    retired_at = models.DateTimeField(null=True, blank=True)
    compromised_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["issuer", "fragment"], name="key_name_is_unique_within_its_issuer"),
            models.UniqueConstraint(
                fields=["issuer", "purpose"], condition=Q(state="active"), name="one_signing_key_per_purpose"
            ),
            models.CheckConstraint(
                condition=(Q(purpose="proof") & Q(algorithm="Ed25519"))
                | (Q(purpose="token") & Q(algorithm__in=["P-256", "RSA"])),
                name="key_algorithm_fits_its_purpose",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["next", "active", "retired", "compromised"]), name="key_state_is_known"
            ),
            models.CheckConstraint(
                condition=~Q(state="compromised") | Q(compromised_at__isnull=False),
                name="compromised_key_says_since_when",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.fragment} ({self.algorithm}, {self.state})"


class InstallationKey(models.Model):
    """A key of the installation itself, for receipts (P-256). The private half is sealed like those of issuers.

    `fragment` names the key inside the installation's DID document: `did:web:{host}#fragment`.
    """

    class State(models.TextChoices):
        ACTIVE = "active", "Signing"
        RETIRED = "retired", "Retired, still verifying"
        COMPROMISED = "compromised", "Compromised"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    fragment = models.CharField(max_length=60, unique=True)
    state = models.CharField(max_length=11, choices=State.choices)
    public_key = models.JSONField(help_text="The public half as a JWK.")
    sealed_private_key = models.BinaryField(editable=False)
    created_at = models.DateTimeField()
    replaced_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["state"], condition=Q(state="active"), name="installation_has_one_signing_key"
            ),
            models.CheckConstraint(
                condition=Q(state__in=["active", "retired", "compromised"]), name="installation_key_state_is_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.fragment} ({self.state})"


class Course(models.Model):
    """What is taught. What can be earned for it is an achievement."""

    issuer = models.ForeignKey(Issuer, on_delete=models.PROTECT, related_name="courses")
    slug = models.CharField(max_length=60, validators=[SLUG])
    title = models.CharField(max_length=200)
    description = models.TextField(max_length=5000, blank=True)
    url = models.URLField(blank=True)
    language = models.CharField(max_length=35, default="en", help_text="BCP 47, for example en or pt-BR.")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["issuer", "slug"], name="course_slug_is_unique_within_its_issuer"),
            models.CheckConstraint(condition=~Q(title=""), name="course_has_a_title"),
        ]

    def __str__(self) -> str:
        return self.title


class AuditEntry(models.Model):
    """One line of the audit log: who did, or tried to do, what to which object (issuers.audit).

    Written once. `position` and `hash` are set when the entry takes its place in the chain, a moment after the
    transaction that it belongs to; after that nothing of it changes. Triggers refuse anything else
    (issuers.audit_guard). It holds ids, no names, addresses or free text about people.
    """

    class Result(models.TextChoices):
        DONE = "done", "Done"
        REFUSED = "refused", "Refused"

    position = models.PositiveBigIntegerField(null=True, blank=True, unique=True, help_text="From 1, without gaps.")
    hash = models.CharField(max_length=64, blank=True, help_text="SHA-256 over this entry and the hash before it.")
    at = models.DateTimeField()
    issuer = models.ForeignKey(Issuer, on_delete=models.PROTECT, null=True, blank=True, related_name="audit_entries")
    actor_kind = models.CharField(max_length=10)
    actor_id = models.CharField(max_length=60, blank=True)
    actor_words = models.CharField(max_length=100, blank=True, help_text="Empty for people.")
    action = models.CharField(max_length=40, help_text="For example award.revoked.")
    object_kind = models.CharField(max_length=20)
    object_id = models.CharField(max_length=60)
    result = models.CharField(max_length=7, choices=Result.choices, default=Result.DONE)
    code = models.CharField(max_length=60, blank=True, help_text="Why it was refused.")
    details = models.JSONField(default=dict, blank=True, help_text="Texts, numbers, lists of them; ids, no names.")

    class Meta:
        indexes = [
            models.Index(fields=["issuer", "-id"], name="audit_newest_first"),
            models.Index(fields=["object_id", "-id"], name="audit_of_object"),
            models.Index(fields=["id"], condition=Q(position=None), name="audit_not_in_chain_yet"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=(Q(position=None) & Q(hash="")) | (Q(position__gte=1) & ~Q(hash="")),
                name="audit_place_and_hash_come_together",
            ),
            models.CheckConstraint(condition=Q(result__in=["done", "refused"]), name="audit_result_is_known"),
            models.CheckConstraint(
                condition=Q(actor_kind__in=["user", "client", "command", "system"]), name="audit_actor_is_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.position or '?'}: {self.action} {self.object_id} ({self.result})"
