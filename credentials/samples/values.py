"""Shapes of the sample data. Fields of a sample achievement have the names of AchievementVersion's columns."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date
from decimal import Decimal
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Art:
    """What badge_art.draw takes beyond the achievement itself.

    latin: the title in Latin letters, for pictures made on a machine without fonts for `title`.
    """

    title: tuple[str, ...]
    icon: str
    latin: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleCourse:
    slug: str
    title: str
    description: str
    language: str = "en"


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleAchievement:
    """One achievement. `course` is the slug of a course of the same issuer, or empty."""

    slug: str
    art: Art
    course: str = ""

    name: str
    description: str
    achievement_type: str = "MicroCredential"
    outcomes: tuple[str, ...]
    skills: tuple[Mapping[str, str], ...]
    workload: str
    duration_text: str
    credits: Decimal | None = None
    credit_framework: str = ""
    eqf_level: int
    nqf_level: str = ""
    ehea_cycle: str = ""
    isced_f: str
    field_of_study: str
    assessment_type: str
    assessment_text: str
    participation_form: str
    pace: str
    quality_assurance_type: str
    quality_assurance_text: str
    entry_requirement: str = ""
    supervision: str
    stackability: str = "standalone"
    stackability_text: str = ""
    language: str = "en"
    tags: tuple[str, ...] = ()
    result_descriptions: tuple[Mapping[str, Any], ...] = ()
    validity: str = ""
    price_text: str = ""
    review_by: date | None = None

    def definition(self) -> dict[str, Any]:
        """Columns of AchievementVersion, as the database gives them back; the pictures are not among them."""
        values = {field.name: getattr(self, field.name) for field in fields(self)}
        for name in ("slug", "art", "course"):
            del values[name]
        values["tags"] = ("SAMPLE", *self.tags)
        return {name: _as_stored(value) for name, value in values.items()}


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleIssuer:
    """An issuer with its courses and achievements. `facts` are further columns of Issuer; `letters` make its logo."""

    slug: str
    name: str
    country_code: str
    facts: Mapping[str, str]
    letters: str
    field: str
    courses: tuple[SampleCourse, ...] = ()
    achievements: tuple[SampleAchievement, ...]


def skill(name: str, *, esco: str = "") -> Mapping[str, str]:
    """A skill of the ESCO classification where its UUID is given, otherwise one of our own invented framework."""
    if esco:
        return {"name": name, "framework": "ESCO", "url": f"http://data.europa.eu/esco/skill/{esco}"}
    return {"name": name, "framework": "Sample skills"}


def _as_stored(value: Any) -> Any:
    if isinstance(value, tuple):
        return [dict(item) if isinstance(item, Mapping) else item for item in value]
    return value
