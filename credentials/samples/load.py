"""Put the sample data into the database: once, however often it is called."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import transaction

from credentials import badge_art
from credentials.models import Achievement, AchievementVersion
from credentials.samples.catalogue import ISSUERS
from credentials.samples.values import SampleAchievement, SampleIssuer
from issuers.audit import Actor
from issuers.models import Course, Issuer, Member
from issuers.services import add_member, create_issuer

if TYPE_CHECKING:
    from learners.models import User


class SampleSlugTaken(Exception):
    """A real issuer holds the address of a sample issuer; the sample data must not touch it."""

    code = "sample_slug_taken"
    title = "The sample data cannot be loaded"

    def __init__(self, slug: str) -> None:
        super().__init__(f"The issuer “{slug}” exists and is not a sample. Rename it, or do without the sample data.")


@dataclass(frozen=True, slots=True)
class LoadedIssuer:
    """What became of one sample issuer: how many of its achievements there are, and how many changed just now."""

    issuer: Issuer
    is_new: bool
    achievements: int
    changed: int


def load_samples(
    *, now: datetime, owner: User | None = None, issuers: Sequence[SampleIssuer] = ISSUERS
) -> tuple[LoadedIssuer, ...]:
    """Make what is missing of the sample issuers, courses and achievements; what is there and unchanged stays.

    owner becomes owner of those issuers that he or she is no member of. An achievement whose definition or picture
    differs from the sample gets a new version if anything was awarded for the current one; otherwise the current one
    is put right.
    Raises SampleSlugTaken.
    """
    return tuple(_load_issuer(sample, owner=owner, now=now) for sample in issuers)


@transaction.atomic
def _load_issuer(sample: SampleIssuer, *, owner: User | None, now: datetime) -> LoadedIssuer:
    issuer = Issuer.objects.filter(slug=sample.slug).first()
    is_new = issuer is None
    if issuer is None:
        issuer = _create_issuer(sample, now=now)
    elif not issuer.is_sample:
        raise SampleSlugTaken(sample.slug)
    if owner is not None and not issuer.members.filter(user_id=owner.pk).exists():
        add_member(issuer=issuer, user=owner, role=Member.Role.OWNER)
    courses = {course.slug: course for course in _load_courses(sample, issuer)}
    changed = [
        _load_achievement(achievement, issuer=issuer, course=courses.get(achievement.course), now=now)
        for achievement in sample.achievements
    ]
    return LoadedIssuer(issuer=issuer, is_new=is_new, achievements=len(changed), changed=changed.count(True))


def _create_issuer(sample: SampleIssuer, *, now: datetime) -> Issuer:
    logo = badge_art.draw_logo(letters=sample.letters, field=sample.field, caption=f"Logo of {sample.name}")
    return create_issuer(
        slug=sample.slug,
        name=sample.name,
        country_code=sample.country_code,
        now=now,
        is_sample=True,
        approved_at=now,
        logo_svg=logo,
        actor=Actor.command("demo"),
        **sample.facts,
    )


def _load_courses(sample: SampleIssuer, issuer: Issuer) -> list[Course]:
    return [
        Course.objects.get_or_create(
            issuer=issuer,
            slug=course.slug,
            defaults={"title": course.title, "description": course.description, "language": course.language},
        )[0]
        for course in sample.courses
    ]


def _load_achievement(sample: SampleAchievement, *, issuer: Issuer, course: Course | None, now: datetime) -> bool:
    """Return whether anything had to be written."""
    achievement, _ = Achievement.objects.get_or_create(issuer=issuer, slug=sample.slug, defaults={"course": course})
    current = achievement.versions.order_by("number").last()
    wanted = {**sample.definition(), "image_svg": draw_art(sample, issuer_name=issuer.name)}
    if current is not None and all(getattr(current, column) == value for column, value in wanted.items()):
        return False
    wanted["image_png"] = _render_art(sample, issuer_name=issuer.name, svg=wanted["image_svg"])
    if current is None or current.awards.exists():
        number = 1 if current is None else current.number + 1
        _save(AchievementVersion(achievement=achievement, number=number, created_at=now), wanted)
    else:
        _save(current, wanted)
    return True


def _save(version: AchievementVersion, values: dict[str, Any]) -> None:
    for column, value in values.items():
        setattr(version, column, value)
    # An empty list is a fine value, but Django's JSON field takes it for a missing one.
    version.full_clean()
    version.save()


def draw_art(sample: SampleAchievement, *, issuer_name: str, latin: bool = False) -> str:
    """The badge of a sample achievement as SVG; `latin` takes the title in Latin letters where there is one."""
    return badge_art.draw(
        title=sample.art.latin if latin and sample.art.latin else sample.art.title,
        type=sample.achievement_type,
        field=sample.isced_f,
        level=sample.eqf_level,
        icon=sample.art.icon,
        ribbon="SAMPLE",
        caption=f"Badge: {sample.name}, {issuer_name}",
        language=sample.language,
    )


def _render_art(sample: SampleAchievement, *, issuer_name: str, svg: str) -> bytes:
    fallback = draw_art(sample, issuer_name=issuer_name, latin=True) if sample.art.latin else ""
    return badge_art.render_png(svg, fallback=fallback)
