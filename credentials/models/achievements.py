"""What can be earned. An achievement has versions; a version never changes once something was awarded for it."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q

from credentials import durations
from credentials.vocabularies import (
    AchievementType,
    AssessmentType,
    EqfLevel,
    Pace,
    ParticipationForm,
    QualityAssurance,
    Stackability,
    Supervision,
)
from issuers.models import SLUG, Course, Issuer


class Achievement(models.Model):
    """A name and an address that outlive every version of the definition."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    issuer = models.ForeignKey(Issuer, on_delete=models.PROTECT, related_name="achievements")
    course = models.ForeignKey(Course, on_delete=models.PROTECT, null=True, blank=True, related_name="achievements")
    slug = models.CharField(max_length=60, validators=[SLUG])
    archived_at = models.DateTimeField(null=True, blank=True, help_text="Nothing can be awarded for it any more.")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["issuer", "slug"], name="achievement_slug_is_unique_within_its_issuer"),
        ]

    def __str__(self) -> str:
        return self.slug

    @property
    def address(self) -> str:
        return f"{settings.PUBLIC_URL}/achievements/{self.public_id}"

    @property
    def current(self) -> AchievementVersion:
        """The version that new awards are given for. Every achievement is created together with its first."""
        return self.versions.latest("number")


class AchievementVersion(models.Model):
    """One definition: every field that a badge says about what was achieved.

    Columns follow PRODUCT's table of EU elements (M2 title … M11 quality assurance, O1 … O5).
    JSON shapes: outcomes and tags are lists of text; skills are `{"name", "framework", "url", "code"}` with the last
    three optional; result_descriptions are `{"key", "name", "result_type"}` and, where they apply, `allowed_values`,
    `value_min`, `value_max`, `required_value`.
    """

    achievement = models.ForeignKey(Achievement, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    name = models.CharField(max_length=200)
    description = models.TextField(max_length=5000)
    achievement_type = models.CharField(max_length=40, choices=AchievementType.choices)
    outcomes = models.JSONField(default=list, blank=True)
    criteria_url = models.URLField(blank=True)
    skills = models.JSONField(default=list, blank=True)
    workload = models.CharField(
        max_length=20,
        blank=True,
        validators=[RegexValidator(durations.HOURS, "Write whole hours such as PT60H.")],
        help_text="ISO 8601 duration in hours, for example PT60H.",
    )
    duration_text = models.CharField(max_length=60, blank=True, help_text="For example: about 4 weeks.")
    credits = models.DecimalField(max_digits=6, decimal_places=2, null=True, blank=True)
    credit_framework = models.CharField(max_length=40, blank=True, help_text="For example ECTS.")
    eqf_level = models.PositiveSmallIntegerField(null=True, blank=True, choices=EqfLevel.choices)
    nqf_level = models.CharField(max_length=60, blank=True)
    ehea_cycle = models.CharField(max_length=60, blank=True)
    isced_f = models.CharField(max_length=4, blank=True, help_text="ISCED-F 2013 code, two to four digits.")
    field_of_study = models.CharField(max_length=100, blank=True)
    assessment_type = models.CharField(max_length=20, blank=True, choices=AssessmentType.choices)
    assessment_text = models.CharField(max_length=200, blank=True, help_text="For example: practical exam, 4 tasks.")
    participation_form = models.CharField(max_length=20, blank=True, choices=ParticipationForm.choices)
    pace = models.CharField(max_length=20, blank=True, choices=Pace.choices)
    quality_assurance_type = models.CharField(max_length=20, blank=True, choices=QualityAssurance.choices)
    quality_assurance_text = models.CharField(max_length=300, blank=True)
    entry_requirement = models.CharField(max_length=500, blank=True)
    supervision = models.CharField(max_length=20, blank=True, choices=Supervision.choices)
    stackability = models.CharField(max_length=20, blank=True, choices=Stackability.choices)
    stackability_text = models.CharField(max_length=300, blank=True)
    language = models.CharField(max_length=35, default="en", help_text="BCP 47, for example en or pt-BR.")
    tags = models.JSONField(default=list, blank=True)
    result_descriptions = models.JSONField(default=list, blank=True)
    validity = models.CharField(
        max_length=20,
        blank=True,
        validators=[RegexValidator(durations.CALENDAR, "Write years, months, weeks or days such as P3Y.")],
        help_text="ISO 8601 duration, for example P3Y; empty: no end.",
    )
    price_text = models.CharField(max_length=60, blank=True)
    review_by = models.DateField(null=True, blank=True)
    image_svg = models.TextField()
    image_png = models.BinaryField()
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["achievement", "number"], name="version_number_is_unique"),
            models.CheckConstraint(condition=Q(number__gte=1), name="version_numbers_start_at_1"),
            models.CheckConstraint(condition=~Q(name="") & ~Q(description=""), name="version_says_what_it_is"),
            models.CheckConstraint(
                condition=Q(eqf_level=None) | Q(eqf_level__range=(1, 8)), name="version_eqf_level_is_1_to_8"
            ),
            models.CheckConstraint(
                condition=~Q(achievement_type="MicroCredential")
                | (~Q(outcomes=[]) & ~Q(assessment_type__in=["", "attendance"])),
                name="micro_credential_is_assessed",
            ),
            models.CheckConstraint(
                condition=~Q(achievement_type="Certification") | ~Q(validity=""), name="certification_has_an_end"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} (version {self.number})"

    @property
    def address(self) -> str:
        return f"{self.achievement.address}/v/{self.number}"
