"""The words that describe an achievement: Open Badges 3.0 types and the EU elements' controlled values.

Source of the elements: Council Recommendation 2022/C 243/02, Annex I; of the types: Open Badges 3.0, AchievementType.
"""

from __future__ import annotations

from django.db import models


class AchievementType(models.TextChoices):
    MICRO_CREDENTIAL = "MicroCredential", "Micro-credential"
    BADGE = "Badge", "Badge"
    CERTIFICATE = "Certificate", "Certificate"
    CERTIFICATE_OF_COMPLETION = "CertificateOfCompletion", "Certificate of completion"
    CERTIFICATION = "Certification", "Certification"
    COURSE = "Course", "Course"
    COMPETENCY = "Competency", "Competency"
    LEARNING_PROGRAM = "LearningProgram", "Learning programme"
    MEMBERSHIP = "Membership", "Membership"


class AssessmentType(models.TextChoices):
    EXAM = "exam", "Exam"
    PERFORMANCE = "performance", "Practical performance"
    ARTIFACT = "artifact", "Work product"
    PROJECT = "project", "Project"
    PORTFOLIO = "portfolio", "Portfolio"
    ORAL = "oral", "Oral exam"
    CONTINUOUS = "continuous", "Continuous assessment"
    ATTENDANCE = "attendance", "Attendance only"


class ParticipationForm(models.TextChoices):
    ONLINE = "online", "Online"
    ONSITE = "onsite", "On site"
    BLENDED = "blended", "Blended"
    WORK_BASED = "work-based", "Work-based"


class Pace(models.TextChoices):
    OWN = "own", "Own pace"
    SCHEDULED = "scheduled", "Scheduled"


class QualityAssurance(models.TextChoices):
    INSTITUTION = "institution", "Quality assurance of the institution"
    PROGRAMME = "programme", "Quality assurance of this programme"
    EXTERNAL = "external", "External review"
    INTERNAL = "internal", "Internal review"


class Supervision(models.TextChoices):
    UNSUPERVISED = "unsupervised", "Unsupervised, identity not checked"
    SUPERVISED = "supervised", "Supervised, identity not checked"
    ONLINE_WITH_ID = "online-with-id", "Supervised online, identity checked"
    ONSITE_WITH_ID = "onsite-with-id", "Supervised on site, identity checked"


class Stackability(models.TextChoices):
    STANDALONE = "standalone", "Stands alone"
    STACKABLE = "stackable", "Counts towards a larger award"


class EqfLevel(models.IntegerChoices):
    """The eight levels of the European Qualifications Framework, in plain words."""

    ONE = 1, "basic tasks, with close guidance"
    TWO = 2, "simple tasks, with some freedom"
    THREE = 3, "works with tools and methods, adapts to the situation"
    FOUR = 4, "works alone within known rules"
    FIVE = 5, "specialised, self-managed work"
    SIX = 6, "advanced work, solves complex problems"
    SEVEN = 7, "highly specialised, leads change"
    EIGHT = 8, "at the frontier of the field"
